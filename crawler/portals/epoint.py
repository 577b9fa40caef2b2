"""Epoint: ``POST /EWB-FRONT/rest/lightfrontaction/getgovinfolist`` with JSON, pages from 0 (field guide §3.10).

The site's id stands in a script file of the site, which is asked for first where the page does not name it.
"""

import json
import re
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

from crawler.portals import address, records, scripts
from crawler.portals.page import Fetch, Listing, Page

NAME = "epoint"

_CALL = re.compile(r"([\w./:-]*/rest/\w+/getgovinfolist)")
_GUID = re.compile(r"siteGuid['\"]?\s*[:=]\s*['\"]([\w-]{8,})")
_MARKS = re.compile(r"webBuilderCommon|EWB[-_]|ewb-|lightfrontaction|getgovinfolist")
_ORGAN = re.compile(r"/govxxgk/(\w+)/")
_PROJECT = re.compile(r"projectName['\"]?\s*[:=]\s*['\"](/[\w-]+)['\"]")
_ACTION = "/rest/lightfrontaction/getgovinfolist"
_SIZE = 20
_HEADERS = (("Content-Type", "application/json;charset=UTF-8"), ("X-Requested-With", "XMLHttpRequest"))


def recognise(page: Page) -> bool:
    """A page of the front end that shows one category."""
    return bool(_MARKS.search(page.text) or "categorynum" in page.url) and bool(_category(page))


def read(page: Page) -> Listing:
    """The script that names the site, the list's request, or the rows of its answer."""
    context = page.fetch.context
    if context.get("epoint") == "rows":
        return _answer(page)
    guid = _GUID.search(page.text)
    if context.get("epoint") == "guid":
        project = _PROJECT.search(page.text)
        call = address.absolute(page.url, f"{project[1]}{_ACTION}") if project else None
        asked = {**context, "call": call or context["call"]}
        return Listing(NAME, next=_list(guid[1], asked) if guid else ())
    asked = {
        "family": NAME,
        "base": page.url,
        "category": _category(page),
        "body": _body(page),
        "call": _call(page),
    }
    if guid:
        return Listing(NAME, next=_list(guid[1], asked))
    script = _script(page)
    return Listing(
        NAME,
        next=(Fetch(script, "list", context={**asked, "epoint": "guid", "apart": asked["category"]}),)
        if script
        else (),
    )


def _category(page: Page) -> str:
    query = dict(parse_qsl(urlsplit(page.url).query, True))
    return query.get("categorynum") or scripts.value(page.scripts, "categorynum", "categoryNum") or ""


def _body(page: Page) -> str:
    query = dict(parse_qsl(urlsplit(page.url).query, True))
    organ = _ORGAN.search(page.url)
    return query.get("deptcode") or scripts.value(page.scripts, "deptcode", "deptCode") or (organ[1] if organ else "")


def _call(page: Page) -> str:
    named = _CALL.search(page.text)
    return address.absolute(page.url, named[1] if named else f"/EWB-FRONT{_ACTION}") or ""


def _script(page: Page) -> str | None:
    sources = [str(src) for src in page.tree.xpath("//script/@src") if "webBuilderCommon" in str(src)]
    return address.absolute(page.base, sources[0] if sources else "/js/webBuilderCommon.js")


def _list(guid: str, asked: dict[str, str]) -> tuple[Fetch, ...]:
    """The first page's request; some front ends want it wrapped in ``params``, some count pages from 1."""
    context = {name: text for name, text in asked.items() if name in ("family", "base", "category", "column", "list")}
    plain = {
        "deptcode": asked["body"],
        "categorynum": asked["category"],
        "pageIndex": 0,
        "pageSize": _SIZE,
        "siteGuid": guid,
    }
    wrapped = _post(asked["call"], {"token": "", "params": plain}, context)
    from_one = _post(asked["call"], {**plain, "pageIndex": 1}, context)
    first = _post(asked["call"], plain, context)
    return (replace(first, instead=replace(wrapped, instead=from_one)),)


def _post(url: str, body: dict[str, object], context: dict[str, str]) -> Fetch:
    sent = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Fetch(url, "list", "POST", sent, _HEADERS, {**context, "epoint": "rows"})


def _answer(page: Page) -> Listing:
    answer = records.load(page.text)
    if isinstance(answer, dict) and isinstance(answer.get("custom"), str):
        answer = records.load(answer["custom"])
    items = records.items(records.records(answer), page.base)
    total = records.number(answer, "total")
    seen = int(page.fetch.context.get("seen", "0")) + len(items)
    if not items or total is None or seen >= total:
        return Listing(NAME, items, total=total)
    following = _following(page, seen, 1)
    if "page" not in page.fetch.context:
        # Where the front end takes 0 for 1, page 1 comes twice.
        following = replace(following, instead=_following(page, seen, 2))
    return Listing(NAME, items, (following,), total)


def _following(page: Page, seen: int, further: int) -> Fetch:
    body = json.loads(page.fetch.body)
    asked = body.get("params", body)
    asked["pageIndex"] = int(asked["pageIndex"]) + further
    context = {**page.fetch.context, "page": str(asked["pageIndex"] + 1), "seen": str(seen)}
    return _post(page.fetch.url, body, context)
