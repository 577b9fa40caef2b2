"""Static lists: TRS WCM, UCAP static, VSB and the many hand-made ones; rows in HTML, the next page's name computed.

About three portals in four. The rows are whatever the page links; which of them is a report is told by its title.
"""

import re

from crawler.portals import address, pager
from crawler.portals.anchors import links
from crawler.portals.page import Fetch, Item, Listing, Page
from crawler.portals.rows import rows, undated

NAME = "static"
_FORM = (("Content-Type", "application/x-www-form-urlencoded"),)

_MARKS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("vsb", r"_simple_list_gotopage_fun|/system/resource/js/|_showDynClickBatch|id=.line_u\d+_\d+"),
        ("ucap_static", r"createPageHTML\w*\(\s*['\"]|UCAPCONTENT|UCAP-CONTENT"),
        (
            "trs",
            r"createPageHTML|\bcountPage\b|TRS_Editor|TRS_UEDITOR|trs_editor|CurrChnlCls|/t20\d{6}_\d+\.s?html?|/was[45]0?/web/",
        ),
    )
)


def recognise(page: Page) -> bool:
    """Any text page may hold a static list."""
    return page.is_text


def family_name(page: Page) -> str:
    """The software that a static page shows by its marks: ``trs``, ``ucap_static``, ``vsb``, or ``generic``."""
    return next((name for name, mark in _MARKS if mark.search(page.text)), "generic")


def read(page: Page) -> Listing:
    """All rows of the page, and the page that follows."""
    found = pager.following(page, links(page))
    following = (_next(page, found),) if found else ()
    if found and found.missed:
        following = (*following, Fetch(found.missed, "list", context={"page": "2"}))
    return Listing(family_name(page), _rows(page), following)


def _rows(page: Page) -> tuple[Item, ...]:
    """The rows of the page; also those that only a script would write, or that are no anchors."""
    found = {item.url: item for item in rows(page.tree, page.base)}
    for link in links(page):
        url = address.without_fragment(link.url)
        if link.source in ("script", "onclick", "option") and link.text and url not in found:
            found[url] = Item(url, undated(link.text))
    return tuple(found.values())


def _next(page: Page, found: pager.Following) -> Fetch:
    number = str(int(page.fetch.context.get("page", "1")) + 1)
    context = {"page": number}
    if page.fetch.context.get("counts_from") or _counts_from_one(page):
        context["counts_from"] = "1"
    other = Fetch(found.instead, "list", context=context) if found.instead else None
    if found.body:
        return Fetch(found.url, "list", "POST", found.body, _FORM, context)
    return Fetch(found.url, "list", context=context, instead=other)


def _counts_from_one(page: Page) -> bool:
    """A first page whose TRS pager already says 1."""
    first = "page" not in page.fetch.context
    return first and bool(re.search(r"createPageHTML\(\s*\d+\s*,\s*1\s*,", page.scripts))
