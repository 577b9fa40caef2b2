"""LonSun: one public page a body, the kind of its list by ``type``, where 3 are the annual reports.

A body's rows come as a fragment of HTML from ``site/label/8888``; its template (``file``) is the site's own and is
taken from the page (field guide §3.8). Every body that a page links is asked for its annual reports at once.
"""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from crawler.portals import address, scripts
from crawler.portals.anchors import links
from crawler.portals.page import Fetch, Listing, Page
from crawler.portals.rows import fragment_rows

NAME = "lonsun"

_LABEL = re.compile(r"['\"]([^'\"\s]*site/label/8888[^'\"\s]*)['\"]")
_BODY = re.compile(r"/public/column/(\d+)")
_PAGES = re.compile(r"pageCount\s*[:=]\s*['\"]?(\d+)")
_ANNUAL = "3"
_PATH = "/site/label/8888"
_COLUMN = 76
# What the request needs where the page leaves it out.
_DEFAULTS = {
    "IsAjax": "1", "dataType": "html", "labelName": "publicInfoList", "action": "list", "isDate": "true",
    "dateFormat": "yyyy-MM-dd", "length": "200", "pageSize": "15", "catId": "", "cId": "", "sortType": "1",
    "result": "暂无相关信息", "file": "/xxgk/publicInfoList_newest2020", "siteId": "",
}  # fmt: skip
_SENT = (
    *("siteId", "organId", "type", "catId", "catIds", "cId", "file", "labelName", "action", "pageSize", "isDate"),
    *("dateFormat", "length", "sortType", "fuzzySearch", "fromCode", "keyWords", "IsAjax", "dataType"),
)


def recognise(page: Page) -> bool:
    """The public pages of bodies, or the label that fills them."""
    return "site/label/8888" in page.text or bool(_BODY.search(page.text)) or bool(_BODY.search(page.url))


def read(page: Page) -> Listing:
    """The label that brings the rows, and the annual-report pages of the bodies that the page links."""
    if "family" in page.fetch.context:
        return _answer(page)
    found = _label(page)
    following = (found,) if found else ()
    return Listing(NAME, next=(*following, *_bodies(page)))


def _bodies(page: Page) -> Iterator[Fetch]:
    """One request for each body that is linked, instead of one for its page and one for its column."""
    seen = set()
    for link in links(page):
        body = _BODY.search(link.url)
        if not body or body[1] in seen:
            continue
        seen.add(body[1])
        url = f"{link.url.partition('?')[0]}?type={_ANNUAL}&action=list"
        yield Fetch(
            url,
            "column",
            context={"column": "named", "name": link.text, "for": address.without_fragment(link.url)},
            priority=_COLUMN,
        )


def _label(page: Page) -> Fetch | None:
    """The request that fills the page's list, for its annual reports."""
    match = _LABEL.search(page.text)
    url = address.absolute(page.base, match[1] if match else _PATH)
    if not url:
        return None
    given = _given(page, match.start() if match else 0) | dict(parse_qsl(urlsplit(url).query))
    here = dict(parse_qsl(urlsplit(page.url).query, True))
    body = _BODY.search(page.url)
    query = {**_DEFAULTS, **{name: value for name, value in given.items() if name in _SENT or name in _DEFAULTS}}
    query |= {"organId": body[1] if body else given.get("organId", ""), "type": here.get("type", given.get("type", ""))}
    if not query["organId"] or not query["siteId"] or query["type"] != _ANNUAL:
        return None
    query |= {"pageIndex": "1", "catId": here.get("catId", ""), "catIds": ""}
    total = _PAGES.search(page.scripts)
    context = {"family": NAME, "base": page.url, "column": "named", "pages": total[1] if total else "0"}
    return Fetch(f"{url.partition('?')[0]}?{urlencode(query)}", "list", context=context)


def _given(page: Page, place: int) -> dict[str, str]:
    """The parameters that stand beside the label's address, which may carry none, some or all of them: those of the
    object around it, or of what follows it."""
    text = page.text
    named = text.find("labelName", max(0, place - 2000))
    inside = scripts.around(text, named) if named >= 0 else ""
    found = scripts.pairs(inside or text[place : place + 2000])
    site = page.meta("SiteId") or scripts.value(page.scripts, "siteId") or ""
    return {**found, "siteId": found.get("siteId", "").strip("+ ") or site}


def _answer(page: Page) -> Listing:
    items = fragment_rows(page.text, urljoin(page.base, "/"))
    total = _PAGES.search(page.text)
    pages = int(total[1]) if total else int(page.fetch.context.get("pages", "0"))
    number = int(page.fetch.context.get("page", "1")) + 1
    size = scripts.whole(dict(parse_qsl(urlsplit(page.fetch.url).query)).get("pageSize"), 15)
    if not items or (pages and number > pages) or (not pages and len(items) < size):
        return Listing(NAME, items)
    url = re.sub(r"([?&]pageIndex=)\d+", rf"\g<1>{number}", page.fetch.url)
    context = {**page.fetch.context, "page": str(number), "pages": str(pages)}
    return Listing(NAME, items, (Fetch(url, "list", context=context),))
