"""Hanweb's disclosure catalogue: ``POST /module/xxgk/search.jsp`` answers a fragment of HTML (field guide §3.3).

``area`` is the body's organisation code, ``infotypeId`` the category: the column's address carries it as ``number``.
"""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

from crawler.portals import address, scripts
from crawler.portals.page import Fetch, Listing, Page, squash
from crawler.portals.rows import fragment_rows

NAME = "hanweb_xxgk"

_SEARCH = re.compile(r"['\"]([^'\"\s]*/module/xxgk/(?:search|subjectinfo)\.jsp[^'\"\s]*)['\"]")
_TREE = re.compile(r"/module/xxgk/tree\.jsp\?area=")
_PATH = "/module/xxgk/search.jsp"
_PAGES = re.compile(r"共\s*(?:<[^>]+>\s*)*(\d+)\s*(?:<[^>]+>\s*)*页")
_COLUMN = re.compile(r"/col/col(\d+)/")
_HEADERS = (
    ("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"),
    ("X-Requested-With", "XMLHttpRequest"),
)
_EMPTY = ("vc_title", "vc_number", "vc_filenumber", "vc_all", "texttype", "fbtime")
_AREA = re.compile(r"[?&]area=(\w{6,})")


def recognise(page: Page) -> bool:
    """A page whose script loads the catalogue's search, or its tree of bodies."""
    return "/module/xxgk/" in page.text and bool(_SEARCH.search(page.text) or _TREE.search(page.text))


def read(page: Page) -> Listing:
    """The searches to ask for; of an answer, its rows and its next page."""
    return _answer(page) if "family" in page.fetch.context else Listing(NAME, next=tuple(_searches(page))[:3])


def _searches(page: Page) -> Iterator[Fetch]:
    here = dict(parse_qsl(urlsplit(page.url).query, True))
    column = _COLUMN.search(page.url)
    for match in dict.fromkeys(_SEARCH.findall(page.text) or [_PATH]):
        url = address.absolute(page.base, match.replace("&amp;", "&"))
        if not url:
            continue
        given = dict(parse_qsl(urlsplit(url).query, True))
        code = page.scripts
        area = given.get("area") or here.get("area") or scripts.value(code, "area") or _linked_area(page)
        kind = given.get("infotypeId") or here.get("number") or scripts.value(code, "infotypeId", "number") or ""
        number = column[1] if column else scripts.value(code, "columnid", "colid") or ""
        body = {
            "infotypeId": kind,
            "jdid": given.get("jdid") or scripts.value(code, "jdid", "webid") or page.meta("WebId") or "1",
            "divid": given.get("divid") or scripts.value(code, "divid") or f"div{number}",
            "currpage": "1",
            **dict.fromkeys(_EMPTY, ""),
            "area": area,
            "sortfield": given.get("sortfield") or scripts.value(code, "sortfield") or "compaltedate:0",
        }
        yield _post(url.partition("?")[0], body, {"family": NAME, "base": page.url})


def _linked_area(page: Page) -> str:
    found = _AREA.search(page.text)
    return found[1] if found else ""


def _post(path: str, body: dict[str, str], context: dict[str, str]) -> Fetch:
    """The search as browsers ask it: versions differ in whether they read the address or the body."""
    query = {"infotypeId": "", "vc_title": "", "vc_number": "", "area": body["area"], "currpage": body["currpage"]}
    return Fetch(f"{path}?{urlencode(query)}", "list", "POST", urlencode(body).encode(), _HEADERS, context)


def _answer(page: Page) -> Listing:
    items = fragment_rows(page.text, page.base)
    pages = _PAGES.search(squash(page.text))
    body = dict(parse_qsl(page.fetch.body.decode(), True))
    body.setdefault("area", "")
    number = scripts.whole(body.get("currpage"), 1) + 1
    if not items or not pages or number > int(pages[1]):
        return Listing(NAME, items)
    context = {**page.fetch.context, "page": str(number)}
    return Listing(NAME, items, (_post(page.fetch.url.partition("?")[0], {**body, "currpage": str(number)}, context),))
