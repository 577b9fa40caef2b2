"""MeetFine: static rows under ``OpennessContent``, one branch a body; its annual reports at ``opennessAnnualReport``
(field guide §3.9). The next page is ``page_2`` beside ``page_1``."""

import re
from collections.abc import Iterator

from crawler.portals import address
from crawler.portals.anchors import links
from crawler.portals.page import Fetch, Listing, Page
from crawler.portals.rows import rows

NAME = "meetfine"

_MARKS = re.compile(r"openness(?:content|annualreport)", re.IGNORECASE)
_BRANCH = re.compile(r"/OpennessContent/(?:showList|index|branch)/(\w+)|[?&]branch_id=(\w+)", re.IGNORECASE)
_ANNUAL = re.compile(r"/opennessAnnualReport\b", re.IGNORECASE)
# What stands before the openness pages of a link: the host, folders, and a folder ``openness`` where there is one.
_BEFORE = re.compile(r"^\w+://[^/?#]+(?:(?:/[^/?#]+)*?(?:/openness)?(?=/(?:openness\w+)?(?:[/?#]|$)))?", re.IGNORECASE)
_NUMBERED = re.compile(r"/page_(\d+)\.html", re.IGNORECASE)
_PAGES = re.compile(r"共\s*(?:<[^>]+>\s*)*(\d+)\s*(?:<[^>]+>\s*)*页|/(\d+)\s*页")
_COLUMN = 76


def recognise(page: Page) -> bool:
    """Links or the address of its openness pages."""
    return bool(_MARKS.search(page.url) or _MARKS.search(page.text))


def read(page: Page) -> Listing:
    """The rows, the next page, and the annual-report pages of the branches that the page links."""
    return Listing(NAME, rows(page.tree, page.base), (*_following(page), *_branches(page)))


def _following(page: Page) -> Iterator[Fetch]:
    here = _NUMBERED.search(page.url)
    total = _PAGES.search(page.text)
    if not here or not total or int(here[1]) >= int(total[1] or total[2]):
        return
    number = int(here[1]) + 1
    url = page.url[: here.start()] + f"/page_{number}.html" + page.url[here.end() :]
    yield Fetch(url, "list", context={"page": str(number)})


def _branches(page: Page) -> Iterator[Fetch]:
    """The annual reports of each branch: as the page links them, else beside the branch's own pages."""
    seen = set()
    for link in sorted(links(page), key=lambda link: not _ANNUAL.search(link.url)):
        branch = _BRANCH.search(link.url)
        number = (branch[1] or branch[2]) if branch else ""
        before = _BEFORE.match(link.url)
        if not number or number in seen or not before:
            continue
        seen.add(number)
        shown = address.without_fragment(link.url)
        yield Fetch(
            shown if _ANNUAL.search(shown) else f"{before[0]}/opennessAnnualReport/?branch_id={number}",
            "column",
            context={"column": "named", "name": link.text, "for": shown},
            priority=_COLUMN,
        )
