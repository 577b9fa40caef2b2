"""Portal families: one module each turns a page into listed items and the next requests, without Scrapy types.

A family module has ``NAME``, ``recognise(page) -> bool`` and ``read(page) -> Listing``. To add one: write the module,
name it in `FAMILIES`, add a style to tests/kit/portal/styles and a walk of it to tests/portals.
"""

from types import ModuleType

from crawler.portals import (
    cmsweb,
    epoint,
    gkmlpt,
    hanweb_jpaas,
    hanweb_jpage,
    hanweb_xxgk,
    loaded,
    lonsun,
    meetfine,
    static,
    trs_was,
    truecms,
    ucap,
)
from crawler.portals.page import Listing, Page

FAMILIES: tuple[ModuleType, ...] = (
    hanweb_jpaas,
    hanweb_jpage,
    hanweb_xxgk,
    gkmlpt,
    lonsun,
    ucap,
    epoint,
    meetfine,
    truecms,
    trs_was,
    cmsweb,
    loaded,
    static,
)
# What `static` calls its lists: their rows are all the links of a page, its menu among them.
PAGE_FAMILIES = frozenset({"generic", "trs", "ucap_static", "vsb"})


def read(page: Page, family: str | None = None) -> tuple[Listing, ...]:
    """What the families find on ``page``, the one that knows most first; what any of them finds is followed.

    An answer to a family's own request is read by that family alone; otherwise every family that recognises the page
    reads it, ``family`` (a site's own setting) even where it does not.
    """
    asked = page.fetch.context.get("family")
    if asked:
        return tuple(module.read(page) for module in FAMILIES if asked == module.NAME)
    chosen = [module for module in FAMILIES if family == module.NAME or module.recognise(page)]
    listings = [listing for module in chosen if (listing := module.read(page)).items or listing.next or listing.markup]
    return tuple(sorted(listings, key=_worth, reverse=True))


def _worth(listing: Listing) -> tuple[bool, int]:
    """A family that knows its own rows goes before the one that takes every link of the page, its menu among them."""
    return listing.family not in PAGE_FAMILIES, len(listing.items)
