"""Portals move between http and https, and the old address goes dead: where one gives nothing, the other is tried."""

import logging
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from scrapy import Request
from scrapy.http import Response

from config import clock
from config.hosts import host_of
from crawler.fetch.failures import NETWORK, failure_kind
from crawler.session import Session

logger = logging.getLogger(__name__)

_OTHER = {"http": "https", "https": "http"}


class OtherScheme:
    """A downloader middleware, on the engine's side: it hears of a failure when the retries are used up.

    A host that never answered by the scheme it was asked by is asked by the other one for the rest of the run; the
    archive has a note of it.
    """

    def __init__(self, crawler: Any) -> None:
        self._stats = crawler.stats
        self._session = Session.of(crawler)
        self._answered: set[tuple[str, str]] = set()
        self._silent: dict[str, str] = {}

    @classmethod
    def from_crawler(cls, crawler: Any) -> "OtherScheme":
        return cls(crawler)

    def process_request(self, request: Request) -> Request | None:
        parts = urlsplit(request.url)
        if self._silent.get(host_of(request.url)) != parts.scheme:
            return None
        return _by_other(request)

    def process_response(self, request: Request, response: Response) -> Response:
        self._answered.add((urlsplit(request.url).scheme, host_of(request.url)))
        return response

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        kind, scheme, host = failure_kind(exception), urlsplit(request.url).scheme, host_of(request.url)
        if kind not in NETWORK or kind == "dns" or (scheme, host) in self._answered or host in self._silent:
            return None
        other = _by_other(request)
        if other is None:
            return None
        self._silent[host] = scheme
        self._stats.inc_value("nianbao/other_scheme")
        logger.warning("%s gives nothing by %s (%s): asked by %s", host, scheme, kind, _OTHER[scheme])
        note = {"other-scheme": f"{host} gave nothing by {scheme} ({kind}); asked by {_OTHER[scheme]}"}
        await self._session.store_note(request.url, clock.now(), note)
        return other


def by_other_scheme(url: str) -> str | None:
    """``url`` by the other of http and https; None where it names a port, which speaks one of them alone."""
    parts = urlsplit(url)
    if parts.port is not None or parts.scheme not in _OTHER:
        return None
    return urlunsplit(parts._replace(scheme=_OTHER[parts.scheme]))


def _by_other(request: Request) -> Request | None:
    url = by_other_scheme(request.url)
    if url is None:
        return None
    return request.replace(url=url, dont_filter=True, meta=request.meta | {"retry_times": 0})
