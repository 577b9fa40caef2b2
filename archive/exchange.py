"""What the crawler hands to the archive: one HTTP exchange as it went over the wire, or why there is none."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer.

    ``request`` and ``response`` are the bytes of the wire: head and body, header case, chunk framing and
    content encoding untouched. ``started`` is the moment at which the request was sent, in UTC. ``ip`` is the
    address of the peer. ``truncated`` is the WARC-Truncated reason (``length``, ``time``, ``disconnect``,
    ``unspecified``) where the response is not whole.
    """

    url: str
    method: str
    started: datetime
    ip: str | None
    request: bytes
    response: bytes
    truncated: str | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A fetch that gave no response at all (DNS, refused, timeout, TLS); ``reason`` is one plain sentence.

    ``request`` holds what was sent before it failed, where something was; ``received`` what came, where that was no
    HTTP head.
    """

    url: str
    method: str
    started: datetime
    reason: str
    ip: str | None = None
    request: bytes = b""
    received: bytes = b""
