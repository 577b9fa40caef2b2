"""TrueCMS: JSONP whose ``result`` is a datastore like Hanweb's, thirty rows a call, refused without a referer.

Sites whose interface is gone keep their rows in ``#initData`` with the address in ``onclick`` (field guide §3.11).
"""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

from crawler.portals import address, records, scripts
from crawler.portals.page import Fetch, Item, Listing, Page, squash
from crawler.portals.rows import fragment_rows, iso

NAME = "truecms"

_CALL = re.compile(r"['\"]([^'\"\s]*messageController/getMessage\.do[^'\"\s]*)['\"]")
_RECORD = re.compile(r"<record>\s*<!\[CDATA\[(.*?)\]\]>\s*</record>", re.DOTALL)
_TOTAL = re.compile(r"<totalrecord>\s*(\d+)", re.IGNORECASE)
_CLICK = re.compile(r"\(\s*['\"]([^'\"]+)['\"]")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}", re.IGNORECASE)
_DEFAULT = "/truecms/messageController/getMessage.do"
_GROUP = 30


def recognise(page: Page) -> bool:
    """The interface, or rows that wait for a script."""
    return (
        "messageController" in page.text
        or "truecms" in page.text.lower()
        or bool(page.tree.xpath("//*[@id='initData']"))
    )


def read(page: Page) -> Listing:
    """The first group's request and what stands in the page; of an answer, its rows and the next group."""
    if "family" in page.fetch.context:
        return _answer(page)
    call = _CALL.search(page.text)
    column = scripts.value(page.scripts, "columnId", "columnid") or _named_id(call[1] if call else "")
    following = (_group(page, call[1] if call else _DEFAULT, column),) if column else ()
    return Listing(NAME, _waiting(page), tuple(fetch for fetch in following if fetch))


def _named_id(text: str) -> str:
    found = _ID.search(text)
    return found[0] if found else ""


def _group(page: Page, path: str, column: str) -> Fetch | None:
    url = address.absolute(page.base, path.partition("?")[0])
    if not url:
        return None
    query = {
        "startrecord": "1",
        "endrecord": str(_GROUP),
        "perpage": "10",
        "columnId": column,
        "contentTemplate": "",
        "callback": "cb",
    }
    context = {"family": NAME, "base": page.url}
    return Fetch(f"{url}?{urlencode(query)}", "list", headers=(("Referer", page.url),), context=context)


def _waiting(page: Page) -> tuple[Item, ...]:
    """Rows hidden in ``#initData``: their address is the argument of an onclick."""
    found = []
    for element in page.tree.xpath("//*[@id='initData']//*[@onclick]"):
        click = _CLICK.search(element.get("onclick") or "")
        url = address.absolute(page.base, click[1]) if click else None
        title = squash(element.get("title") or str(element.text_content()))
        if url and title:
            row = next(element.iterancestors("li", "tr"), element)
            found.append(Item(url, title, iso(str(row.text_content()))))
    return tuple(found)


def _answer(page: Page) -> Listing:
    answer = records.load(page.text)
    result = str(answer.get("result", "")) if isinstance(answer, dict) else page.text
    items = fragment_rows("\n".join(_RECORD.findall(result)), page.base)
    total = _TOTAL.search(result)
    query = dict(parse_qsl(urlsplit(page.fetch.url).query, True))
    end = scripts.whole(query.get("endrecord"), 0)
    if not items or not total or end >= int(total[1]):
        return Listing(NAME, items, total=int(total[1]) if total else None)
    query |= {"startrecord": str(end + 1), "endrecord": str(end + _GROUP)}
    number = int(page.fetch.context.get("page", "1")) + 1
    url = f"{page.fetch.url.partition('?')[0]}?{urlencode(query)}"
    context = {**page.fetch.context, "page": str(number)}
    following = Fetch(url, "list", headers=page.fetch.headers, context=context)
    return Listing(NAME, items, (following,), int(total[1]))
