"""Lists out of TRS's search server: ``was5``, HTML or JSON, and ``fjdzapp`` of Fujian's departments (guide §3.1)."""

import re
from collections.abc import Mapping

from crawler.portals import endpoint
from crawler.portals.endpoint import Endpoint
from crawler.portals.page import Fetch, Listing, Page
from crawler.portals.scripts import value

NAME = "trs_was"

# `prepage` is how the server spells it.
_FJDZAPP: Mapping[str, str] = {
    "sortfield": "-docorderpri,-docreltime",
    "classcol": "publishyear",
    "classnum": "100",
    "classsort": "0",
    "cache": "true",
    "prepage": "75",
}
_ENDPOINTS = (
    Endpoint(NAME, "fjdzapp", re.compile(r"fjdzapp/search"), "form", "page", 1, _FJDZAPP, ("channelid",)),
    Endpoint(NAME, "was", re.compile(r"was[45]0?/web/search"), "query", "page", wanted=("channelid", "classsql")),
)


def recognise(page: Page) -> bool:
    """A script that asks the search server for a channel's rows; a mere search form does not."""
    return any(one.path.search(page.scripts) for one in _ENDPOINTS) and "classsql" in page.scripts


def read(page: Page) -> Listing:
    """The search server's request for the channel; of an answer, its rows and its next page."""
    listing = endpoint.read(page, _ENDPOINTS, NAME)
    if "family" in page.fetch.context or not listing.next:
        return listing
    channel = value(page.scripts, "chnlid", "chnlId", "channelId")
    completed = tuple(_completed(fetch, channel) for fetch in listing.next) if channel else listing.next
    return Listing(NAME, next=completed)


def _completed(fetch: Fetch, channel: str) -> Fetch:
    """``classsql: "chnlid=" + id`` leaves the id to be added."""
    body = re.sub(rb"(classsql=chnlid(?:%3D|=))(?=&|$)", rb"\g<1>" + channel.encode(), fetch.body)
    url = re.sub(r"(classsql=chnlid(?:%3D|=))(?=&|$)", rf"\g<1>{channel}", fetch.url)
    return Fetch(url, fetch.role, fetch.method, body, fetch.headers, fetch.context)
