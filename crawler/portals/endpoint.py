"""An address that a page's script asks for its list: found in the script, with the parameters that stand beside it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

from crawler.portals import address, records, scripts
from crawler.portals.page import Fetch, Item, Listing, Page
from crawler.portals.rows import fragment_rows

Encoding = Literal["query", "form", "json"]
_FORM = (("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"), ("X-Requested-With", "XMLHttpRequest"))
_JSON = (("Content-Type", "application/json;charset=UTF-8"), ("X-Requested-With", "XMLHttpRequest"))
_TOTALS = ("total", "allRow", "totalCount", "totalRecord", "totalRows", "recordCount", "count")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """How one interface is asked.

    ``path`` matches its address inside a string of the page. ``defaults`` are sent where the page gives nothing;
    ``page_name`` counts pages from ``first``. ``wanted`` are parameters without which there is no use in asking.
    """

    family: str
    name: str
    path: re.Pattern[str]
    encoding: Encoding
    page_name: str
    first: int = 1
    defaults: Mapping[str, str] = field(default_factory=dict)
    wanted: tuple[str, ...] = ()

    def found(self, page: Page) -> Fetch | None:
        """The request for the list's first page, or None where the page does not use this interface."""
        match = re.search(rf"['\"]((?:[^'\"\s]*/)?{self.path.pattern}[^'\"\s]*)['\"]", page.scripts)
        url = address.absolute(page.base, match[1]) if match else None
        if not match or not url:
            return None
        start = match.start()
        near = scripts.around(page.scripts, start) or scripts.block(page.scripts, match.end()) or ""
        data = re.search(r"\bdata\s*:\s*(?=\{)", near)
        inside = scripts.block(near, data.end()) if data else near
        given = {**dict(parse_qsl(urlsplit(url).query, True)), **scripts.resolved(inside, page.scripts)}
        for noise in ("url", "type", "method", "dataType", "async", "success", "error", "contentType", "cache"):
            if noise not in self.defaults:
                given.pop(noise, None)
        return self.asked(page, url.partition("?")[0], given)

    def asked(self, page: Page, url: str, given: Mapping[str, str]) -> Fetch | None:
        """The request for the first page at ``url`` with what the page ``given``."""
        query = {**self.defaults, **{name: value for name, value in given.items() if value}}
        query[self.page_name] = str(self.first)
        for name in self.wanted:
            query[name] = query.get(name) or page.meta(name)
        if not all(query[name] for name in self.wanted):
            return None
        context = {"family": self.family, "endpoint": self.name, "base": page.base}
        return self._request(url, query, context)

    def _request(self, url: str, query: Mapping[str, str], context: Mapping[str, str]) -> Fetch:
        if self.encoding == "query":
            return Fetch(f"{url}?{urlencode(query)}", "list", context=context)
        if self.encoding == "form":
            return Fetch(url, "list", "POST", urlencode(query).encode(), _FORM, context)
        body = json.dumps(query, ensure_ascii=False, separators=(",", ":")).encode()
        return Fetch(url, "list", "POST", body, _JSON, context)

    def answered(self, page: Page) -> Listing:
        """The rows of an answer, JSON or HTML, and the request for the next page while the total is not reached."""
        items, total = _read(page)
        seen = int(page.fetch.context.get("seen", "0")) + len(items)
        if not items or (total is not None and seen >= total):
            return Listing(self.family, items, total=total)
        return Listing(self.family, items, (self._following(page, seen),), total)

    def _following(self, page: Page, seen: int) -> Fetch:
        fetch = page.fetch
        number = int(fetch.context.get("page", "1")) + 1
        context = {**fetch.context, "page": str(number), "seen": str(seen)}
        sent = fetch.body.decode() if fetch.body else urlsplit(fetch.url).query
        query = json.loads(sent) if self.encoding == "json" else dict(parse_qsl(sent, True))
        query[self.page_name] = str(self.first + number - 1)
        return self._request(fetch.url.partition("?")[0], query, context)


def _read(page: Page) -> tuple[tuple[Item, ...], int | None]:
    answer = records.load(page.text)
    if answer is None:
        return fragment_rows(page.text, page.base), _total_in(page.text)
    rows = records.items(records.records(answer), page.base)
    return rows, records.number(answer, *_TOTALS)


def _total_in(markup: str) -> int | None:
    match = re.search(r"共(?:有|计)?\s*(?:<[^>]+>\s*)*(\d+)\s*(?:<[^>]+>\s*)*(?:条|篇)", markup)
    return int(match[1]) if match else None


def read(page: Page, endpoints: tuple[Endpoint, ...], family: str) -> Listing:
    """What the first of ``endpoints`` that the page uses asks for; of an answer, what the asked one reads."""
    asked = page.fetch.context.get("endpoint")
    if asked:
        return next(one for one in endpoints if one.name == asked).answered(page)
    found = (one.found(page) for one in endpoints)
    return Listing(family, next=tuple(fetch for fetch in found if fetch)[:2])
