"""robots.txt, read as RFC 9309 says, and with an eye on who answered.

Scrapy's own middleware parses whatever comes in its place, so that a challenge page reads as "allow all". Here the
answer decides: rules (2xx) are obeyed; missing (4xx) allows all; a server that fails (5xx, or no answer at all) means
"not now", and the host is not crawled; a challenge means "unknown", and the host is crawled slowly.
"""

import asyncio
import logging
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import ProtegoRobotParser, RobotParser

from config.hosts import host_of
from crawler.fetch.failures import failure_kind
from crawler.fetch.pace import Pace
from crawler.session import Session

logger = logging.getLogger(__name__)

# A host whose rules we couldn't see is asked this many times more slowly.
_CAREFUL_FACTOR = 3
# Before everything else that waits for the host.
_PRIORITY = 1000


@dataclass(frozen=True, slots=True)
class Rules:
    """What robots.txt said.

    ``verdict`` is ``rules`` (then ``parser`` has them), ``none`` (all is allowed), ``not_now`` or ``unknown``;
    ``reason`` says for a person why it is one of the last two.
    """

    verdict: str
    reason: str = ""
    parser: RobotParser | None = None

    def allows(self, url: str, agent: str) -> bool:
        return self.verdict != "not_now" and (self.parser is None or bool(self.parser.allowed(url, agent)))


class Robots:
    """A downloader middleware: asks for a host's robots.txt before the first request to it."""

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler
        self._session = Session.of(crawler)
        if not crawler.settings.getbool("ROBOTSTXT_OBEY") or self._session.terms.offline:
            raise NotConfigured
        self._agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self._delay_max = crawler.settings.getfloat("NIANBAO_CRAWL_DELAY_MAX")
        self._careful_delay = crawler.settings.getfloat("NIANBAO_CAREFUL_DELAY")
        self._rules: dict[str, asyncio.Future[Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Any) -> "Robots":
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if request.meta.get("robots"):
            return
        rules = await self._rules_for(request.url)
        if rules.allows(request.url, self._agent):
            return
        if rules.verdict == "not_now":
            self._crawler.stats.inc_value("nianbao/skipped/robots_not_now")
            raise IgnoreRequest(f"{request.url}: {rules.reason}; not crawled now")
        self._crawler.stats.inc_value("nianbao/skipped/robots")
        if request.url in (self._session.site.home, *self._session.site.start):
            self._session.note_robots(host_of(request.url), "disallowed", f"robots.txt forbids {request.url}")
        raise IgnoreRequest(f"{request.url} is forbidden by robots.txt")

    async def _rules_for(self, url: str) -> Rules:
        """The rules of the host of ``url``; requests that come while they are being fetched wait for them."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            self._rules[origin] = asyncio.ensure_future(self._fetch(f"{origin}/robots.txt"))
        return await asyncio.shield(self._rules[origin])

    async def _fetch(self, url: str) -> Rules:
        request = Request(url, priority=_PRIORITY, meta={"robots": True}, callback=NO_CALLBACK, dont_filter=True)
        try:
            rules = self._read(url, await self._crawler.engine.download_async(request))
        except IgnoreRequest as error:
            # Refused on our side (a redirect out of the site, a host left alone): nothing was said about robots.
            rules = Rules("none", str(error))
        except Exception as error:  # noqa: BLE001 - whatever kept robots.txt from us, the host must not be crawled
            rules = Rules("not_now", f"robots.txt could not be fetched ({failure_kind(error)})")
        self._crawler.stats.inc_value(f"nianbao/robots/{rules.verdict}")
        if rules.verdict in ("not_now", "unknown"):
            logger.warning("%s: %s", url, rules.reason, extra={"site": self._session.site.name})
            self._session.note_robots(host_of(url), rules.verdict, rules.reason)
        return rules

    def _read(self, url: str, response: Response) -> Rules:
        challenge = response.meta.get("challenge")
        if challenge is not None:
            self._pace().slow_down(url, max(self._careful_delay, _CAREFUL_FACTOR * self._session.terms.delay))
            return Rules("unknown", f"a challenge ({challenge}) stands in place of robots.txt: crawled slowly")
        if response.status >= 500:
            return Rules("not_now", f"robots.txt answers {response.status}")
        if response.status >= 300:
            return Rules("none")
        parser = ProtegoRobotParser(response.body, None)
        self._keep_crawl_delay(url, parser)
        return Rules("rules", parser=parser)

    def _keep_crawl_delay(self, url: str, parser: RobotParser) -> None:
        asked = parser.crawl_delay(self._agent)
        if not asked:
            return
        if asked > self._delay_max:
            logger.warning("%s: a Crawl-delay of %g s is kept to %g s", url, asked, self._delay_max)
            self._crawler.stats.inc_value("nianbao/robots/crawl_delay_capped")
        self._pace().slow_down(url, min(asked, self._delay_max))

    def _pace(self) -> Pace:
        pace: Pace = self._crawler.get_downloader_middleware(Pace)
        return pace
