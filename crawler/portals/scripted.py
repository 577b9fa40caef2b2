"""Pages that show nothing until their scripts have run."""

import re
from collections.abc import Sequence

from crawler.portals.page import Listing, Page, squash

_WORDS = 300  # characters; less than that, with hardly a link, is a frame that waits to be filled
_LINKS = 5
# Scripts that ask for data, and templates that wait for it.
_FILLED = re.compile(
    r"\bfetch\s*\(|axios|XMLHttpRequest|\$\.(?:ajax|get|post|getJSON)\b|\bnew Vue\b|createApp|ReactDOM|\{\{|\bv-for="
    r"|ng-repeat=|id=['\"](?:app|root|__nuxt|__next)['\"]|type=['\"]module['\"]|<script[^>]+src=[^>]*(?:/|['\"=])"
    r"(?:app|main|index|chunk[\w-]*|umi|runtime|vendors?|bundle)[.\-~][\w.\-~]*js",
    re.IGNORECASE,
)


def is_filled(page: Page) -> bool:
    """Whether scripts of the page fill it with data."""
    return bool(_FILLED.search(page.text))


def is_shell(page: Page) -> bool:
    """Whether the page is hardly more than the scripts that will fill it."""
    if not page.tree.xpath("//script") or not is_filled(page):
        return False
    links = [href for href in page.tree.xpath("//a/@href") if not str(href).strip().lower().startswith(("#", "java"))]
    return len(links) < _LINKS and len(_words(page)) < _WORDS


def is_empty_list(page: Page, listings: Sequence[Listing]) -> bool:
    """Whether a column's page has no row yet, and nothing that we know how to ask for."""
    known = any(listing.next for listing in listings) or any(item.date for one in listings for item in one.items)
    return not known and is_filled(page)


def _words(page: Page) -> str:
    return squash(
        "".join(map(str, page.tree.xpath("//body//text()[not(parent::script or parent::style or parent::noscript)]")))
    )
