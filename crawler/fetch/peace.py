"""Leaving a host in peace: after a handful of challenges, or when nothing answers, it is not asked again in this run.

A challenge says that the site does not want robots. It is archived like every answer, counted with its kind, and
never solved. What was still to be asked of the host is dropped, and counted too.
"""

import logging
from typing import Any

from scrapy import Request, signals
from scrapy.http import Response

from config.hosts import host_of
from crawler.fetch.challenge import challenge_of
from crawler.fetch.decoding import header_pairs, plain_body
from crawler.fetch.failures import NETWORK, failure_kind
from crawler.session import Session

logger = logging.getLogger(__name__)

# Failures in a row, with no answer in between, after which a host counts as down: two pages with their retries.
_DOWN = 6
# Connections that are taken and cut, page after page: so filters by origin or user agent work.
_CUT_OFF = frozenset({"reset", "closed"})
# Challenge pages are small; a longer body is not unpacked to look for one.
_LONGEST = 256 * 1024


class Peace:
    """A downloader middleware, close to the downloader: it must see redirects before they are followed.

    A challenge goes on to whoever asked, with its kind in ``response.meta["challenge"]``.
    """

    def __init__(self, crawler: Any) -> None:
        self._stats = crawler.stats
        self._session = Session.of(crawler)
        self._limit = crawler.settings.getint("NIANBAO_CHALLENGES")
        self._challenges: dict[str, list[str]] = {}
        self._failures: dict[str, int] = {}
        self._answered: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Any) -> "Peace":
        peace = cls(crawler)
        crawler.signals.connect(peace._response_downloaded, signal=signals.response_downloaded)
        crawler.signals.connect(peace._spider_closed, signal=signals.spider_closed)
        return peace

    def process_request(self, request: Request) -> None:
        self._session.check_left(request.url)

    def process_response(self, request: Request, response: Response) -> Response:
        if request.meta.get("challenge"):
            # A gate sends the visitor round in circles; we stay outside.
            request.meta["dont_redirect"] = True
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        kind = failure_kind(exception)
        if kind not in NETWORK:
            return
        host = host_of(request.url)
        self._failures[host] = self._failures.get(host, 0) + 1
        if self._failures[host] < _DOWN:
            return
        if kind in _CUT_OFF and host not in self._answered:
            self._session.leave_alone(host, kind)
        else:
            self._session.give_up(host, kind)

    def _response_downloaded(self, request: Request, response: Response) -> None:
        """Runs before the next request that waits for the server is let go."""
        host = host_of(request.url)
        self._failures.pop(host, None)
        kind = request.meta["challenge"] = self._challenge(request, response)
        if kind is not None:
            self._stats.inc_value(f"nianbao/challenged/{kind}")
            met = self._challenges.setdefault(host, [])
            met.append(kind)
            if len(met) >= self._limit:
                self._session.leave_alone(host, kind)
        elif response.status < 400 and not request.meta.get("robots"):
            self._answered.add(host)
            self._challenges.pop(host, None)

    def _challenge(self, request: Request, response: Response) -> str | None:
        body = plain_body(response, _LONGEST)[0] if len(response.body) <= _LONGEST else response.body
        headers = header_pairs(response)
        return challenge_of(response.status, headers, body, url=request.url, method=request.method)

    def _spider_closed(self) -> None:
        """A host that gave challenges and nothing else is blocked, also where too little was asked of it to be sure."""
        for host, kinds in self._challenges.items():
            if host not in self._answered:
                self._session.leave_alone(host, kinds[-1])
