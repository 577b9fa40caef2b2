"""Hanweb jpaas: the page is a shell, and each of its units is built by a request that its script tag describes.

``GET …/front/page/build/unit?<queryData>`` answers JSON with a fragment of HTML. Further pages are asked for with
``paramJson={"pageNo":2,"pageSize":15}``; ``queryData`` is no JSON, and must be sent as UTF-8 (field guide §3.4).
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from crawler.portals import address, records, scripts
from crawler.portals.page import Fetch, Listing, Page, parse
from crawler.portals.rows import fragment_rows

NAME = "hanweb_jpaas"

_UNIT = re.compile(r"build/unit|unitbuild", re.IGNORECASE)
_LISTS = re.compile(r"列表|内容|信息|右侧|年报|list|content", re.IGNORECASE)
_FURNITURE = re.compile(
    r"头部|页头|底部|页脚|友情|链接|banner|footer|header|漂浮|飘窗|访问量|搜索|位置|logo", re.IGNORECASE
)
_MOST_UNITS = 5
_PATH = "/api-gateway/jpaas-publish-server/front/page/build/unit"
# Spelt so on most sites; a page that spells it otherwise says so.
_STATIC = {"parseType": "bulidstatic", "pageType": "column"}
_RENDER = re.compile(r"\b(rows|count)\s*[:=]\s*['\"]?(\d+)")


def recognise(page: Page) -> bool:
    """A page with a unit to be built."""
    return bool(_UNIT.search(page.text)) and bool(page.tree.xpath("//*[@querydata]") or _asked_by_script(page))


def read(page: Page) -> Listing:
    """The units to ask for; of a unit's answer, its rows and its next page."""
    if "family" in page.fetch.context:
        return _unit(page)
    units = sorted(_units(page), key=_rank)[:_MOST_UNITS]
    return Listing(NAME, next=tuple(units or _asked_by_script(page)))


def _units(page: Page) -> Iterator[Fetch]:
    for element in page.tree.xpath("//*[@querydata]"):
        path = element.get("url") or element.get("uniturl") or ""
        url = address.absolute(page.base, path) if path else None
        query = scripts.literal(element.get("querydata") or "")
        if not url or not query or _FURNITURE.search(str(query.get("tagId", ""))):
            continue
        context = {"family": NAME, "base": page.url, "tag": str(query.get("tagId", ""))}
        yield Fetch(_with(url, query), "list", context=context)


def _asked_by_script(page: Page) -> list[Fetch]:
    """The unit of a page whose own script asks for it: the parameters stand somewhere in that script."""
    given = {name: scripts.value(page.text, name) for name in ("webId", "pageId", "tplSetId", "tagId", "parseType")}
    url = address.absolute(page.base, _PATH)
    if not (given["webId"] and given["pageId"] and given["tplSetId"]) or not url:
        return []
    query = {**_STATIC, **{name: text for name, text in given.items() if text}}
    context = {"family": NAME, "base": page.url, "tag": query.get("tagId", "")}
    return [Fetch(_with(url, query), "list", context=context)]


def _rank(unit: Fetch) -> bool:
    return not _LISTS.search(unit.context["tag"])


def _with(url: str, query: Mapping[str, Any]) -> str:
    return f"{url.partition('?')[0]}?{urlencode({name: str(value) for name, value in query.items()})}"


def _unit(page: Page) -> Listing:
    answer = records.load(page.text)
    data = answer.get("data") if isinstance(answer, Mapping) else None
    markup = data.get("html") if isinstance(data, Mapping) else data
    if not isinstance(markup, str):
        return Listing(NAME)
    items = fragment_rows(markup, page.base)
    count, size = _counts(markup)
    current = int(page.fetch.context.get("page", "1"))
    more = size and count and current * size < count
    return Listing(NAME, items, (_following(page, current + 1, size),) if more else (), count, markup)


def _counts(markup: str) -> tuple[int | None, int]:
    """(rows in all, rows a page) of the pager that comes in the fragment, as attributes or as a script's argument."""
    for element in parse(markup).xpath("//*[@count and @rows]"):
        if element.get("count", "").isdecimal() and element.get("rows", "").isdecimal():
            return int(element.get("count", "0")), int(element.get("rows", "0"))
    said = {name: int(number) for name, number in reversed(_RENDER.findall(markup))}
    return said.get("count"), said.get("rows", 0)


def _following(page: Page, number: int, size: int) -> Fetch:
    """The same request for another page. A ``paramJson`` that is there already keeps what else it says."""
    parts = urlsplit(page.fetch.url)
    query = dict(parse_qsl(parts.query, True))
    asked = records.load(query.get("paramJson", "")) or {}
    asked |= {"pageNo": number, "pageSize": asked.get("pageSize", size)}
    query["paramJson"] = json.dumps(asked, ensure_ascii=False, separators=(",", ":"))
    url = parts._replace(query=urlencode(query)).geturl()
    return Fetch(url, "list", context={**page.fetch.context, "page": str(number)})
