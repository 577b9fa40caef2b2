"""Lists that a script loads from an address that stands in it as it is: a fragment of HTML, a JSON file, an interface
of no known system. Tried in annual-report columns that show no rows of their own."""

import re

from crawler.portals import address, navigation, records
from crawler.portals.page import Fetch, Listing, Page
from crawler.portals.rows import fragment_rows, rows

NAME = "loaded"

_CALL = re.compile(
    r"(?:\.(?:load|get|getJSON)|\bfetch)\s*\(\s*['\"]([^'\"\s]+)['\"](?!\s*\+)|\burl\s*:\s*['\"]([^'\"\s]+)['\"](?!\s*\+)"
)
_SENT = re.compile(r"\b(?:type|method)\s*:\s*['\"]post", re.IGNORECASE)
# Interfaces of known systems need parameters, and what counts visitors is no list.
_NO_LIST = re.compile(
    r"/module/|site/label|build/unit|common/search|searchList|queryList|getFileListByCodeId|szinf|lightfrontaction"
    r"|getMessage|/was[45]0?/|fjdzapp|lists\.do|gkmlpt/api|hit|count|click|visit|weather|login|captcha|\.(?:js|css)(?:\?|$)",
    re.IGNORECASE,
)
_PAGE = re.compile(
    r"([?&](?:page|page_?no|page_?index|page_?num|current_?page|cur_?page|cpage)=)(\d{1,4})(?=&|$)", re.I
)
_MOST = 3


def recognise(page: Page) -> bool:
    """A column's page without dated rows, whose script names an address that it loads."""
    if "rendered" in page.fetch.context or not ("column" in page.fetch.context or navigation.standing(page).named):
        return False
    return bool(_addresses(page)) and not any(item.date for item in rows(page.tree, page.base))


def read(page: Page) -> Listing:
    """The addresses to ask for; of an answer, its rows, and the next page where its address counts pages."""
    if "family" not in page.fetch.context:
        context = {"family": NAME, "base": page.base}
        return Listing(NAME, next=tuple(Fetch(url, "list", context=context) for url in _addresses(page)[:_MOST]))
    answer = records.load(page.text)
    items = records.items(records.records(answer), page.base) if answer is not None else ()
    if not items and page.text.lstrip().startswith("<"):
        items = fragment_rows(page.text, page.base)
    counted = _PAGE.search(page.url)
    if not items or not counted:
        return Listing(NAME, items)
    number = int(counted[2]) + 1
    url = f"{page.url[: counted.start(2)]}{number}{page.url[counted.end(2) :]}"
    return Listing(NAME, items, (Fetch(url, "list", context={**page.fetch.context, "page": str(number)}),))


def _addresses(page: Page) -> list[str]:
    found = []
    for match in _CALL.finditer(page.scripts):
        written = match[1] or match[2]
        url = None if _NO_LIST.search(written) else address.absolute(page.base, written)
        if url and not _SENT.search(page.scripts[match.end() : match.end() + 200]):
            found.append(address.without_fragment(url))
    return list(dict.fromkeys(found))
