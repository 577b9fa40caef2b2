"""Hanweb jpage: the first rows stand in the page as CDATA records, the rest comes from a proxy in the same form.

Read by pattern and not as XML: the real block has stray tags in it, repeats parameters, and encodes the site's name
twice (field guide §3.2). The next group is asked for as the page itself writes it, or by record numbers.
"""

import re
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

from crawler.portals import address, scripts
from crawler.portals.page import Fetch, Item, Listing, Page
from crawler.portals.rows import fragment_rows
from crawler.portals.scripts import whole

NAME = "hanweb_jpage"

_RECORD = re.compile(r"<record>\s*<!\[CDATA\[(.*?)\]\]>\s*</record>", re.DOTALL)
_NEXT_GROUP = re.compile(r"<nextgroup>\s*<!\[CDATA\[\s*<a[^>]*href=(['\"])(.*?)\1", re.DOTALL)
_CALL = re.compile(r"\.jpage\s*\(\s*\{")
_TOTAL = re.compile(r"<totalrecord>\s*(\d+)", re.IGNORECASE)
_DUMMY_TOTAL = 1000  # the form variant of the call carries it whatever the list's length
_WIDE = "100"  # rows a page; more are cut by the server
_GROUP = 3  # pages that one answer holds


def recognise(page: Page) -> bool:
    """Records in a datastore, or the call that fetches them."""
    return "<datastore>" in page.text or bool(_CALL.search(page.scripts) and "dataproxy" in page.text)


def read(page: Page) -> Listing:
    """The rows of the page's groups, and the group that follows each."""
    if "family" in page.fetch.context:
        return _answer(page)
    shown = len(_RECORD.findall(page.text))
    calls = _calls(page)
    total = max((int(call["totalRecord"]) for call in calls), default=None)
    by_number = [_by_number(page, call, shown if len(calls) == 1 else _first_group(call)) for call in calls[:3]]
    following = tuple(fetch for fetch in by_number if fetch)
    group = _next_group(page, shown, total or 0)
    if group and (total is None or total > shown):
        following = (replace(group, instead=following[0] if following else None),)
    return Listing(NAME, _items(page), tuple(_last_resort(fetch) for fetch in following), total)


def _last_resort(fetch: Fetch) -> Fetch:
    """Some proxies ignore record numbers and only count pages: then the list is asked for again, in long pages."""
    if fetch.instead is not None:
        return replace(fetch, instead=_last_resort(fetch.instead))
    path, _, query = fetch.url.partition("?")
    wide = dict(parse_qsl(query, True)) | {"page": "1", "perpage": _WIDE, "startrecord": "1", "endrecord": _WIDE}
    context = {**fetch.context, "by": "pages", "seen": "0"}
    return replace(fetch, instead=Fetch(f"{path}?{urlencode(wide)}", "list", context=context))


def _answer(page: Page) -> Listing:
    """An answer of the proxy: its own next group as far as it names one; else the next numbers, or the next page."""
    items = _items(page)
    context = page.fetch.context
    said = _TOTAL.search(page.text)
    total = int(said[1]) if said else int(context.get("total", "0"))
    seen = int(context.get("seen", "0")) + len(items)
    if not items or (total and seen >= total):
        return Listing(NAME, items, total=total or None)
    group = _next_group(page, seen, total)
    if group:
        return Listing(NAME, items, (group,), total or None)
    query = dict(parse_qsl(page.fetch.url.partition("?")[2], True))
    if "endrecord" not in query or context.get("by") == "pages":
        return Listing(NAME, items, (_fetch(page, _counted_up(page.fetch.url), seen, total),), total or None)
    end, size = whole(query["endrecord"], total), whole(query.get("perpage"), 10)
    query |= {"startrecord": str(end + 1), "endrecord": str(end + _GROUP * size)}
    url = f"{page.fetch.url.partition('?')[0]}?{urlencode(query)}"
    following = (_fetch(page, url, seen, total),) if end < total else ()
    return Listing(NAME, items, following, total or None)


def _counted_up(url: str) -> str:
    """``url`` with its group's number one higher."""
    return re.sub(r"([?&]page=)(\d+)", lambda match: f"{match[1]}{int(match[2]) + 1}", url)


def _items(page: Page) -> tuple[Item, ...]:
    return fragment_rows("\n".join(_RECORD.findall(page.text)), page.base)


def _next_group(page: Page, seen: int, total: int) -> Fetch | None:
    """The next group as the page writes it; its parameters are replayed untouched."""
    match = _NEXT_GROUP.search(page.text)
    url = address.absolute(page.base, match[2].replace("&amp;", "&")) if match and match[2].strip() else None
    return _fetch(page, url, seen, total) if url else None


def _fetch(page: Page, url: str, seen: int, total: int) -> Fetch:
    context = page.fetch.context
    told = {
        **({"by": context["by"]} if "by" in context else {}),
        "family": NAME,
        "base": context.get("base", page.url),
        "page": str(int(context.get("page", "1")) + 1),
        "seen": str(seen),
        "total": str(total),
    }
    return Fetch(url, "list", context=told)


def _calls(page: Page) -> list[dict[str, str]]:
    """The ``jpage({…})`` calls that show a list, with the parameters that they name; a dummy twin is left out."""
    found = []
    for match in _CALL.finditer(page.scripts):
        options = scripts.pairs(scripts.block(page.scripts, match.end() - 1))
        if not options.get("totalRecord", "").isdecimal() or not options.get("proxyUrl"):
            continue
        named = re.search(rf"\b{re.escape(options.get('ajaxParam', '-'))}\s*=\s*\{{", page.scripts)
        parameters = scripts.pairs(scripts.block(page.scripts, named.end() - 1)) if named else {}
        found.append({**{f"param.{name}": value for name, value in parameters.items()}, **options})
    real = [call for call in found if call["totalRecord"] != str(_DUMMY_TOTAL)]
    unique = {call.get("param.unitid", ""): call for call in real or found}
    return list(unique.values())


def _first_group(call: dict[str, str]) -> int:
    """How many records stand in the page: ``groupSize`` pages."""
    return whole(call.get("perPage"), 10) * whole(call.get("groupSize"), _GROUP)


def _by_number(page: Page, call: dict[str, str], shown: int) -> Fetch | None:
    """The request for the records after the first ``shown``, by their numbers."""
    total = int(call["totalRecord"])
    if shown >= total:
        return None
    size = whole(call.get("perPage"), 10)
    query = {
        "startrecord": str(shown + 1),
        "endrecord": str(min(shown + size * whole(call.get("groupSize"), _GROUP), total)),
        "perpage": str(size),
        **{name.removeprefix("param."): value for name, value in call.items() if name.startswith("param.")},
    }
    url = address.absolute(page.base, f"{call['proxyUrl']}?{urlencode(query)}")
    return _fetch(page, url, shown, total) if url else None
