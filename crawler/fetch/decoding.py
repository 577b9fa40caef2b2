"""Content encodings undone by the archive's own decoder, so that the spider reads what every later reader will read.

Scrapy's middleware asks for encodings that the archive does not want, and raises where a server names an encoding that
its body does not have; old ones do.
"""

from typing import Any

from scrapy import Request
from scrapy.http import Response
from scrapy.responsetypes import responsetypes

from archive.decode import Entity, UndecodablePayload, payload
from archive.message import Message


class Decoding:
    """A downloader middleware. What breaks off goes on as far as it could be read, flagged ``undecodable``."""

    def __init__(self, crawler: Any) -> None:
        self._stats = crawler.stats
        self._limit = crawler.settings.getint("DOWNLOAD_MAXSIZE")

    @classmethod
    def from_crawler(cls, crawler: Any) -> "Decoding":
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        if request.method == "HEAD" or "Content-Encoding" not in response.headers:
            return response
        body, flaw = plain_body(response, self._limit)
        if flaw is not None:
            self._stats.inc_value("nianbao/undecodable")
        headers = response.headers.copy()
        del headers["Content-Encoding"]
        kind = responsetypes.from_args(headers=headers, url=response.url, body=body)
        flags = response.flags + (["undecodable"] if flaw else [])
        return response.replace(cls=kind, headers=headers, body=body, flags=flags)


def header_pairs(response: Response) -> tuple[tuple[str, str], ...]:
    """The headers as (name, value) pairs with duplicates, bytes as latin-1."""
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
    )


def plain_body(response: Response, limit: int) -> tuple[bytes, str | None]:
    """The body with its content encoding undone, up to ``limit`` bytes; and what is wrong with it, or None."""
    try:
        return payload(Message("", header_pairs(response), 0), Entity((response.body,)), limit), None
    except UndecodablePayload as broken:
        return broken.partial, str(broken)
