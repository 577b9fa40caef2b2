"""Hanweb's disclosure catalogue: ``POST /module/xxgk/search.jsp`` answers a fragment of HTML (field guide §3.3).

``area`` is the body's organisation code, ``infotypeId`` the category: the column's address carries it as ``number``, or
the body's tree of categories (``tree.jsp``) names it.
"""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

from crawler.portals import address, navigation, scripts
from crawler.portals.page import Fetch, Listing, Page, squash
from crawler.portals.rows import fragment_rows

NAME = "hanweb_xxgk"

_SEARCH = re.compile(r"['\"]([^'\"\s]*/module/xxgk/(?:search|subjectinfo)\.jsp[^'\"\s]*)['\"]")
_TREE = re.compile(r"['\"]([^'\"\s]*/module/xxgk/tree\.jsp\?[^'\"\s]*area=[^'\"\s]*)['\"]")
_NODE = re.compile(r"\.add\(\s*['\"]?([\w-]+)['\"]?\s*,[^;\n]*?['\"]([^'\",;]*(?:年报|年度报告)[^'\",;]*)['\"]")
_CODE = re.compile(r"['\"]([A-Za-z]?\d[\w-]*)['\"]")
_ANNUAL = re.compile(r"^(?:政府)?(?:信息)?(?:公开)?(?:工作)?(?:年报|年度报告)$")
_PATH = "/module/xxgk/search.jsp"
_PAGES = re.compile(r"共(?:&nbsp;|<[^>]+>)*(\d+)(?:&nbsp;|<[^>]+>)*页")
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
    """The searches to ask for, or the tree that names their categories; of an answer, its rows and its next page."""
    if page.fetch.context.get("tree"):
        return _categories(page)
    if "family" in page.fetch.context:
        return _answer(page)
    searches = tuple(_searches(page))[:3]
    tree = _TREE.search(page.text)
    url = address.absolute(page.base, tree[1].replace("&amp;", "&")) if tree else None
    if url and searches and not _kind(searches[0]):
        context = {"family": NAME, "base": page.url, "tree": "1"}
        return Listing(NAME, next=(Fetch(url, "list", context=context, instead=searches[0].told(tree="")),))
    return Listing(NAME, next=searches)


def _kind(search: Fetch) -> str:
    return dict(parse_qsl(search.body.decode(), True)).get("infotypeId", "")


def _categories(page: Page) -> Listing:
    """The searches for the categories of a tree that are the annual reports'; its links may lead to other bodies."""
    area = dict(parse_qsl(urlsplit(page.url).query)).get("area", "")
    path = address.absolute(page.base, _PATH) or page.url
    context = {"family": NAME, "base": page.base, "column": "named"}
    searches = []
    for code, own_area in dict.fromkeys(_annual_codes(page)):
        body = {"infotypeId": code, "jdid": "1", "divid": "div0", "currpage": "1", **dict.fromkeys(_EMPTY, "")}
        body |= {"area": own_area or area, "sortfield": "compaltedate:0"}
        searches.append(_post(path, body, context))
    return Listing(NAME, next=tuple(searches), markup=page.text)


def _annual_codes(page: Page) -> Iterator[tuple[str, str]]:
    """(category, area) of the tree's nodes that are called annual reports; '' for an area that they don't name."""
    for element in page.tree.iter("a", "li", "span", "div", "td"):
        if not _is_annual(squash(str(element.text_content()))):
            continue
        said = f"{element.get('href') or ''} {element.get('onclick') or ''}".replace("&amp;", "&")
        code = re.search(r"(?:infotypeId|number)=([\w-]+)", said) or _CODE.search(said)
        area = re.search(r"area=(\w+)", said)
        if code:
            yield code[1], area[1] if area else ""
    for code, name in _NODE.findall(page.scripts):
        if _is_annual(squash(name)):
            yield code, ""


def _is_annual(name: str) -> bool:
    return bool(_ANNUAL.match(name)) or navigation.names_column(name)


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
