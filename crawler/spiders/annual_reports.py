"""The spider: makes the requests of a `Walk` and hands it the answers; crawler/portals decides what to ask for."""

import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

import scrapy
from scrapy import signals
from scrapy.exceptions import DontCloseSpider, IgnoreRequest
from scrapy.http import Request, Response

from config.errors import UsageError
from config.load import load_sites, made_up_site
from config.site import Site
from crawler.fetch.failures import failure_kind
from crawler.portals.found import Found
from crawler.portals.page import Fetch, Page
from crawler.portals.walk import Walk

logger = logging.getLogger(__name__)

# Requests under way. The walk decides best with all answers at hand, so few are asked for ahead of them; one more than
# the server answers at a time keeps it busy while an answer is read.
_AHEAD = 2
# Whose further pages are turned to in the browser.
_LISTS = frozenset({"column", "list"})


class AnnualReports(scrapy.Spider):  # type: ignore[misc]
    """Walks one portal from its home page to every annual report on it.

    Arguments: ``site`` is a name of config/sites, or a `Site`; or ``url`` the address of a portal that has no file.
    ``found`` tells what the walk came upon. Every request carries its ``role`` in meta: ``home``, ``menu``,
    ``platform``, ``unit``, ``column``, ``list``, ``item`` or ``attachment``.
    """

    name = "annual_reports"
    # One-time download links of Hanweb's jpaas carry a page of encrypted text.
    custom_settings = {"URLLENGTH_LIMIT": 8192}  # noqa: RUF012 - Scrapy's own declaration

    def __init__(self, site: Site | str | None = None, url: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.site = _site(site, url)
        self._walk = Walk(self.site)
        self._under_way = 0

    @classmethod
    def from_crawler(cls, crawler: Any, *args: Any, **kwargs: Any) -> "AnnualReports":
        spider: AnnualReports = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider._idle, signal=signals.spider_idle)
        return spider

    @property
    def found(self) -> Found:
        """What the walk found so far."""
        return self._walk.found

    async def start(self) -> AsyncIterator[Request]:
        for request in self._requests():
            yield request

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Request]:
        """Hand an answer of any status to the walk, and make the requests that it now wants."""
        self._under_way -= 1
        fetch: Fetch = response.meta["fetch"]
        challenge = response.meta.get("challenge")
        if challenge:
            self._walk.failed(fetch, f"challenge_{challenge}", connection=False)
        else:
            self._walk.visit(_page(response, fetch))
        yield from self._requests()

    def failed(self, failure: Any) -> Iterator[Request]:
        """Tell the walk of a request that got no answer."""
        self._under_way -= 1
        fetch: Fetch = failure.request.meta["fetch"]
        refused = failure.check(IgnoreRequest)
        reason = "refused" if refused else failure_kind(failure.value)
        logger.info("no answer: %s", reason, extra={"site": self.site.name, "url": fetch.url, "role": fetch.role})
        self._walk.failed(fetch, reason, connection=not refused)
        yield from self._requests()

    def closed(self, reason: str) -> None:
        """Put the counts of the walk into the crawl's stats."""
        found = self.found
        self._count("items/seen", found.seen)
        self._count("items/selected", len(found.selected))
        groups = {"end": found.ends, "skipped": found.skipped, "fetched": found.fetched, "lists": found.families}
        for group, counts in groups.items():
            for name, number in counts.items():
                self._count(f"{group}/{name}", number)

    def _count(self, name: str, number: int) -> None:
        if self.crawler.stats is not None:
            self.crawler.stats.inc_value(f"nianbao/{name}", number)

    def _requests(self) -> Iterator[Request]:
        while self._under_way < _AHEAD and (fetch := self._walk.next()) is not None:
            self._under_way += 1
            yield self._request(fetch)

    def _request(self, fetch: Fetch) -> Request:
        shown = {"render": "turn" if fetch.role in _LISTS else "once"} if "rendered" in fetch.context else {}
        return Request(
            fetch.url,
            callback=self.parse,
            errback=self.failed,
            method=fetch.method,
            body=fetch.body,
            headers=dict(fetch.headers),
            priority=fetch.priority,
            # The walk asks for each document once, and follows redirects itself, within the site and counted.
            dont_filter=True,
            meta={"fetch": fetch, "role": fetch.role, "handle_httpstatus_all": True, "dont_redirect": True} | shown,
        )

    def _idle(self) -> None:
        """Nothing is under way, whatever was dropped on the way without a word: go on with what is left."""
        self._under_way = 0
        requests = list(self._requests())
        if not requests:
            return
        for request in requests:
            assert self.crawler.engine is not None
            self.crawler.engine.crawl(request)
        raise DontCloseSpider


def _site(site: Site | str | None, url: str | None) -> Site:
    if isinstance(site, Site):
        return site
    if url:
        return made_up_site(url)
    if not site:
        raise UsageError("name a site or an address: scrapy crawl annual_reports -a site=NAME, or -a url=ADDRESS")
    sites = load_sites()
    if site not in sites:
        raise UsageError(f"no site {site!r} in config/sites; known are {', '.join(sorted(sites)) or 'none'}")
    return sites[site]


def _page(response: Response, fetch: Fetch) -> Page:
    headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
    )
    return Page(response.url, response.status, response.body, fetch, headers)
