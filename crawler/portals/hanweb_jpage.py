"""Hanweb jpage: the first rows stand in the page as CDATA records, the rest comes from a proxy in the same form.

Read by pattern and not as XML: the real block has stray tags in it, repeats parameters, and encodes the site's name
twice (field guide §3.2). The next group is asked for as the page itself writes it, or by record numbers.
"""

import re
from urllib.parse import parse_qsl, urlencode

from crawler.portals import address, scripts
from crawler.portals.page import Fetch, Item, Listing, Page
from crawler.portals.rows import fragment_rows

NAME = "hanweb_jpage"

_RECORD = re.compile(r"<record>\s*<!\[CDATA\[(.*?)\]\]>\s*</record>", re.DOTALL)
_NEXT_GROUP = re.compile(r"<nextgroup>\s*<!\[CDATA\[\s*<a[^>]*href=(['\"])(.*?)\1", re.DOTALL)
_CALL = re.compile(r"\.jpage\s*\(\s*\{")
_TOTAL = re.compile(r"<totalrecord>\s*(\d+)", re.IGNORECASE)
_DUMMY_TOTAL = 1000  # the form variant of the call carries it whatever the list's length
_GROUP = 3  # pages that one answer holds


def recognise(page: Page) -> bool:
    """Records in a datastore, or the call that fetches them."""
    return "<datastore>" in page.text or bool(_CALL.search(page.scripts) and "dataproxy" in page.text)


def read(page: Page) -> Listing:
    """The rows of the page's groups, and the group that follows each."""
    if "family" in page.fetch.context:
        return _answer(page)
    items = _items(page)
    calls = _calls(page)
    following = _next_group(page) or ()
    by_number = tuple(
        fetch
        for call in calls[:3]
        if (fetch := _numbered(page, call, len(_RECORD.findall(page.text)) if len(calls) == 1 else _first_group(call)))
    )
    total = max((int(call["totalRecord"]) for call in calls), default=None)
    if not following:
        return Listing(NAME, items, by_number, total)
    other = by_number[0] if by_number else None
    wanted = total is None or total > len(items)
    return Listing(NAME, items, (_or(following[0], other),) if wanted else (), total)


def _or(fetch: Fetch, other: Fetch | None) -> Fetch:
    return Fetch(fetch.url, "list", context=fetch.context, instead=other)


def _answer(page: Page) -> Listing:
    """An answer of the proxy: as far as it says, its own next group; else the next record numbers."""
    items = _items(page)
    total = _TOTAL.search(page.text)
    count = int(total[1]) if total else int(page.fetch.context.get("total", "0"))
    following = _next_group(page)
    if following:
        return Listing(NAME, items, following if items else (), count or None)
    query = dict(parse_qsl(page.fetch.url.partition("?")[2], True))
    end, size = query.get("endrecord", ""), query.get("perpage", "")
    if not (end.isdigit() and size.isdigit()) or int(end) >= count:
        return Listing(NAME, items, total=count or None)
    step = _GROUP * int(size)
    query |= {"startrecord": str(int(end) + 1), "endrecord": str(min(int(end) + step, count))}
    url = f"{page.fetch.url.partition('?')[0]}?{urlencode(query)}"
    return Listing(NAME, items, (_fetch(page, url, count),), count or None)


def _items(page: Page) -> tuple[Item, ...]:
    return fragment_rows("\n".join(_RECORD.findall(page.text)), page.base)


def _next_group(page: Page) -> tuple[Fetch, ...]:
    """The next group as the page writes it; its parameters are replayed untouched."""
    match = _NEXT_GROUP.search(page.text)
    url = address.absolute(page.base, match[2].replace("&amp;", "&")) if match and match[2].strip() else None
    return (_fetch(page, url, int(page.fetch.context.get("total", "0"))),) if url else ()


def _fetch(page: Page, url: str, total: int) -> Fetch:
    number = str(int(page.fetch.context.get("page", "1")) + 1)
    base = page.fetch.context.get("base", page.url)
    return Fetch(url, "list", context={"family": NAME, "base": base, "page": number, "total": str(total)})


def _calls(page: Page) -> list[dict[str, str]]:
    """The ``jpage({…})`` calls that show a list, with the parameters that they name; a dummy twin is left out."""
    found = []
    for match in _CALL.finditer(page.scripts):
        options = scripts.pairs(scripts.block(page.scripts, match.end() - 1))
        if not options.get("totalRecord", "").isdigit() or not options.get("proxyUrl"):
            continue
        named = re.search(rf"\b{re.escape(options.get('ajaxParam', '-'))}\s*=\s*\{{", page.scripts)
        parameters = scripts.pairs(scripts.block(page.scripts, named.end() - 1)) if named else {}
        found.append({**{f"param.{name}": value for name, value in parameters.items()}, **options})
    real = [call for call in found if call["totalRecord"] != str(_DUMMY_TOTAL)]
    unique = {call.get("param.unitid", ""): call for call in real or found}
    return list(unique.values())


def _first_group(call: dict[str, str]) -> int:
    """How many records stand in the page: ``groupSize`` pages."""
    return int(call.get("perPage", "10")) * int(call.get("groupSize", str(_GROUP)))


def _numbered(page: Page, call: dict[str, str], shown: int) -> Fetch | None:
    """The request for the records after the first ``shown``, by their numbers."""
    total = int(call["totalRecord"])
    if shown >= total:
        return None
    size = int(call.get("perPage", "10"))
    query = {
        "startrecord": str(shown + 1),
        "endrecord": str(min(shown + size * int(call.get("groupSize", str(_GROUP))), total)),
        "perpage": str(size),
        **{name.removeprefix("param."): value for name, value in call.items() if name.startswith("param.")},
    }
    url = address.absolute(page.base, f"{call['proxyUrl']}?{urlencode(query)}")
    return _fetch(page, url, total) if url else None
