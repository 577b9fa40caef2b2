"""The first check of every request: may the crawl go there at all?"""

from typing import Any

from scrapy import Request
from scrapy.exceptions import IgnoreRequest

from crawler.fetch.scope import refusal
from crawler.session import Session


class Guard:
    """The downloader middleware that every request passes first: those of the spider, redirects, robots.txt."""

    def __init__(self, crawler: Any) -> None:
        self._stats = crawler.stats
        self._session = Session.of(crawler)

    @classmethod
    def from_crawler(cls, crawler: Any) -> "Guard":
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        found = refusal(request.url, self._session.site, allow_private=self._session.terms.allow_private)
        if found is not None:
            self._stats.inc_value(f"nianbao/refused/{found.code}")
            raise IgnoreRequest(found.reason)
