"""Interfaces of single cities: 淮安 cmsweb, and gtapp of Jiangsu's natural-resources bureaus (field guide §3.12)."""

import re

from crawler.portals import endpoint
from crawler.portals.endpoint import Endpoint
from crawler.portals.page import Listing, Page

NAME = "cmsweb"

_ENDPOINTS = (
    Endpoint(
        NAME, "lists_do", re.compile(r"articleCommonController/lists\.do"), "form", "page",
        defaults={"pagesize": "20"},
    ),
    Endpoint(NAME, "gtapp", re.compile(r"gtapp/nrglIndex\.action"), "form", "cpage"),
)  # fmt: skip


def recognise(page: Page) -> bool:
    """One of the interfaces in a script."""
    return any(one.path.search(page.scripts) for one in _ENDPOINTS)


def read(page: Page) -> Listing:
    """The interface's request; of an answer, its rows and its next page."""
    return endpoint.read(page, _ENDPOINTS, NAME)
