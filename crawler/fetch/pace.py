"""How fast: one request at a time for each server address, seconds apart, and slower where the server asks for it.

Hundreds of counties share the servers of one provincial cloud, so the unit is the address and not the host: Scrapy's
download slot is named after it. The address is checked here a second time, now that DNS has answered.
"""

import logging
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Any

from scrapy import Request, signals
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.error import DNSLookupError

from config import clock
from config.hosts import host_of, is_address
from crawler.session import Session, exchange_over
from crawler.terms import LEAST_DELAY

logger = logging.getLogger(__name__)

_BUSY = frozenset({429, 500, 502, 503, 504, 522, 524})
_LONGEST_PAUSE = 300.0
# What the first pause is made of where the crawl has no delay of its own.
_SHORTEST_PAUSE = 1.0


class Pace:
    """A downloader middleware, next to the downloader: what passes here goes to the network."""

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler
        self._session = Session.of(crawler)
        self._retry_after_max = crawler.settings.getfloat("NIANBAO_RETRY_AFTER_MAX")
        self._delays: dict[str, float] = {}
        self._busy: dict[str, int] = {}

    @classmethod
    def from_crawler(cls, crawler: Any) -> "Pace":
        pace = cls(crawler)
        crawler.signals.connect(pace._exchange_over, signal=exchange_over)
        crawler.signals.connect(pace._response_downloaded, signal=signals.response_downloaded)
        return pace

    async def process_request(self, request: Request) -> None:
        """Put ``request`` into the queue of its server's address."""
        host = host_of(request.url)
        address = await self._address(host)
        if address is not None and not self._session.accepts_address(address):
            self._crawler.stats.inc_value("nianbao/refused/address")
            raise IgnoreRequest(f"{host} leads to {address}, a private or reserved address")
        request.meta["download_slot"] = address or host

    def slow_down(self, url: str, delay: float) -> None:
        """Leave at least ``delay`` seconds between two requests to the server of ``url``, from now on."""
        host = host_of(url)
        slot = self._session.addresses.get(host, host)
        self._delays[slot] = max(delay, self._delays.get(slot, self._session.terms.delay))
        downloader = self._crawler.engine.downloader
        downloader.per_slot_settings[slot] = {"delay": self._delays[slot]}
        if slot in downloader.slots:
            downloader.slots[slot].delay = self._delays[slot]
            downloader.slots[slot].lastseen = monotonic()

    async def _address(self, host: str) -> str | None:
        """The address of ``host``, the same one through the whole crawl; None where DNS knows none (the handler asks
        again, and writes down the failure)."""
        if is_address(host):
            self._session.addresses[host] = host
            return host
        if host not in self._session.addresses:
            from twisted.internet import reactor

            try:
                self._session.addresses[host] = await maybe_deferred_to_future(reactor.resolve(host))
            except (DNSLookupError, OSError, UnicodeError):
                return None
        return self._session.addresses[host]

    def _exchange_over(self, request: Request) -> None:
        """Count the delay from the end of an exchange, where Scrapy counts from its beginning: a server that is slow
        to answer would be asked again at once."""
        slot = self._crawler.engine.downloader.slots.get(request.meta.get("download_slot", ""))
        if slot is not None and slot.delay > LEAST_DELAY:
            slot.lastseen = max(slot.lastseen, monotonic())

    def _response_downloaded(self, response: Response, request: Request) -> None:
        """Runs before the next request of the queue is let go."""
        slot = request.meta.get("download_slot", "")
        if response.status not in _BUSY:
            self._busy.pop(slot, None)
            return
        asked = retry_after(response.headers.get("Retry-After", b"").decode("latin-1"), clock.now())
        if asked is not None and asked > self._retry_after_max:
            self._session.leave_alone(host_of(request.url), "retry_after")
            logger.warning("%s asks to come back in %.0f s: left alone for this run", host_of(request.url), asked)
            return
        self._busy[slot] = self._busy.get(slot, 0) + 1
        self._pause(slot, asked if asked is not None else self._back_off(slot))

    def _back_off(self, slot: str) -> float:
        """Twice as long with each busy answer in a row."""
        delay = max(self._delays.get(slot, self._session.terms.delay), _SHORTEST_PAUSE)
        return float(min(_LONGEST_PAUSE, delay * 2 ** self._busy[slot]))

    def _pause(self, name: str, seconds: float) -> None:
        slot = self._crawler.engine.downloader.slots.get(name)
        if slot is None:
            return
        # A slot waits until ``lastseen + delay``.
        slot.lastseen = max(slot.lastseen, monotonic() + seconds - slot.delay)
        self._crawler.stats.inc_value("nianbao/pauses")
        logger.info("pausing %.1f s", seconds, extra={"address": name})


def retry_after(value: str, now: datetime) -> float | None:
    """The seconds that a Retry-After header asks for, as a number or as an HTTP date; None where it says nothing.

    A date of the past is 0."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
