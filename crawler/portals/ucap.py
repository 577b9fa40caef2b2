"""UCAP with script lists: four interfaces that answer JSON. Static UCAP lists are `static`'s (field guide §3.5)."""

import re
from dataclasses import replace

from crawler.portals import endpoint
from crawler.portals.endpoint import Endpoint
from crawler.portals.page import Fetch, Listing, Page
from crawler.portals.rows import rows
from crawler.portals.scripts import value

NAME = "ucap"

_SEARCH = {"_isAgg": "true", "_isJson": "true", "_pageSize": "20", "_template": "index"}
_COMMON = Endpoint(NAME, "common_search", re.compile(r"common/search/\w+"), "query", "page", 1, _SEARCH)
_SEARCH_LIST = replace(_COMMON, name="search_list", path=re.compile(r"searchList/\w+"))
_QUERY_LIST = Endpoint(
    NAME,
    "query_list",
    re.compile(r"queryList\b"),
    "form",
    "current",
    defaults={"pageSize": "20", "sort": "sortNum", "order": "desc"},
    wanted=("channelCode[]",),
)
_BY_CODE = Endpoint(
    NAME,
    "file_list",
    re.compile(r"getFileListByCodeId\b"),
    "form",
    "page",
    defaults={"size": "20", "relateSubChannels": "true"},
    wanted=("channelId",),
)
_SZINF = Endpoint(
    NAME,
    "szinf",
    re.compile(r"szinf/[\w/]*loadDataByChannelId\w*"),
    "form",
    "pageIndex",
    defaults={"pageSize": "20"},
    wanted=("channelId",),
)
_ENDPOINTS = (_COMMON, _SEARCH_LIST, _QUERY_LIST, _BY_CODE, _SZINF)

_CODES = re.compile(r"['\"]?(channelCode|webSiteCode)(?:\[\])?['\"]?\s*[:=]\s*\[?\s*['\"]([^'\"]+)")
_MARKS = re.compile(r"UCAPCONTENT|UCAP-CONTENT|ucap|/c\d{5,6}/|common_list|zfxxgk_list|xxgk_list|xlist", re.IGNORECASE)
_CHANNEL = re.compile(r"^[0-9a-f]{32}$")


def recognise(page: Page) -> bool:
    """One of the interfaces in a script; or a channel's id on a UCAP page that shows no rows."""
    if "family" in page.fetch.context:
        return False
    return any(one.path.search(page.scripts) for one in _ENDPOINTS) or bool(_channel(page))


def read(page: Page) -> Listing:
    """The interface's request for the page's channel; of an answer, its rows and its next page."""
    listing = endpoint.read(_named(page), _ENDPOINTS, NAME)
    if listing.items or listing.next or "family" in page.fetch.context:
        return listing
    guessed = _guessed(page)
    return Listing(NAME, next=(guessed,) if guessed else ())


def _named(page: Page) -> Page:
    """The page with its codes written as the form names them: scripts hold them as lists and without brackets."""
    codes = dict(reversed(_CODES.findall(page.scripts)))
    if not codes or "family" in page.fetch.context:
        return page
    text = page.text
    for name, code in codes.items():
        text = re.sub(rf"['\"]?{name}(?:\[\])?['\"]?\s*:\s*\[[^\]]*\]", f"'{name}[]': '{code}'", text)
        text = re.sub(rf"['\"]?{name}(?:\[\])?['\"]?\s*:", f"'{name}[]':", text)
    return replace(page, payload=text.encode(), headers=())


def _channel(page: Page) -> str | None:
    """The channel that a UCAP page without rows names; its interface is asked in a script file of the site."""
    found = page.meta("channelid") or value(page.scripts, "channelId", "channelid") or ""
    if not _CHANNEL.match(found) or not _MARKS.search(page.text + page.url):
        return None
    return None if any(item.date for item in rows(page.tree, page.base)) else found


def _guessed(page: Page) -> Fetch | None:
    channel = _channel(page)
    if not channel:
        return None
    first = _COMMON.asked(page, _root(page, f"/common/search/{channel}"), {})
    other = _SEARCH_LIST.asked(page, _root(page, f"/searchList/{channel}"), {})
    last = _BY_CODE.asked(page, _root(page, "/getFileListByCodeId"), {"channelId": channel})
    if not first or not other:
        return None
    return replace(first, instead=replace(other, instead=last))


def _root(page: Page, path: str) -> str:
    return re.sub(r"^(\w+://[^/]+).*$", rf"\g<1>{path}", page.url)
