"""The bytes of one exchange, as they pass between Twisted's HTTP/1.1 client and the socket (or the TLS layer above it).

Scrapy hands on a rebuilt head: header names re-cased, Transfer-Encoding gone, chunk framing and trailers gone. What
the archive needs is heard here instead: a ``Tape`` travels with the request through Twisted's connection pool, and the
protocol that serves the request plays every byte that it writes or receives onto the tape. The names used here are
private to Scrapy 2.19 and Twisted; tests/crawler/test_wire.py holds them to "archived bytes = wire bytes".
"""

from collections.abc import Callable
from typing import Any

from scrapy.core.downloader.handlers.http11 import _LenientHTTP11ClientFactory, _LenientHTTP11ClientProtocol
from twisted.internet.defer import Deferred, fail

from config import clock
from crawler.fetch.lenient import LenientParser

_INTERIM = range(100, 200)


class AddressRefused(Exception):
    """A connection reached an address that the crawl must not talk to; nothing was sent over it."""


class Tape:
    """What one request wrote and what came back.

    ``limit`` is the size in bytes at which an answer is cut, ``patience`` the seconds without a byte after which one
    that has begun is (0: none). ``cut`` is the WARC-Truncated reason, once there is one. ``ip`` is the address that was
    talked to, ``started`` the moment when the request was written (UTC).
    """

    def __init__(self, limit: int = 0, patience: float = 0) -> None:
        self.limit = limit
        self.patience = patience
        self.started = clock.now()
        self.ip: str | None = None
        self.cut: str | None = None
        self._written = bytearray()
        self._received = bytearray()

    def begin(self, ip: str) -> None:
        """Start anew, on a connection to ``ip``.

        Twisted writes an idempotent request a second time where a kept-alive connection turns out to be dead
        before the first byte of an answer: only the attempt that was answered is an exchange.
        """
        self.started = clock.now()
        self.ip = ip
        self.cut = None
        self._written.clear()
        self._received.clear()

    def write(self, data: bytes) -> None:
        self._written += data

    def receive(self, data: bytes) -> None:
        self._received += data

    @property
    def overfull(self) -> bool:
        """Whether more was received than the limit allows."""
        return 0 < self.limit < len(self._received)

    @property
    def request(self) -> bytes:
        """The request as it was written."""
        return bytes(self._written)

    def answer(self) -> tuple[bytes, bytes]:
        """The interim (1xx) responses as they were received, and the final response as it was received."""
        return split_interim(bytes(self._received))


def head_end(message: bytes) -> int | None:
    """The offset behind the blank line that ends the head of ``message``, None where the head is not complete.

    Lines end with LF or CRLF, and blank ones before the first are passed over, as the parser of the client has it.
    """
    start = len(message) - len(message.lstrip(b"\r\n"))
    while (end := message.find(b"\n", start)) >= 0:
        if message[start:end] in (b"", b"\r"):
            return end + 1
        start = end + 1
    return None


def split_interim(received: bytes) -> tuple[bytes, bytes]:
    """Part the interim (1xx) responses from the final one: a record holds one HTTP message, and readers take its first
    status line for the answer's."""
    start = 0
    while status_of(received[start : start + 64]) in _INTERIM:
        end = head_end(received[start:])
        if end is None:
            break
        start += end
    return received[:start], received[start:]


def status_of(message: bytes) -> int | None:
    """The status code in the first line of ``message``, None where there is none."""
    parts = message.lstrip(b"\r\n").split(b"\n", 1)[0].split(None, 2)
    if len(parts) < 2 or not parts[0].upper().startswith(b"HTTP/") or not parts[1].isdigit():
        return None
    return int(parts[1])


class RecordingProtocol(_LenientHTTP11ClientProtocol):  # type: ignore[misc]
    """Scrapy's HTTP/1.1 protocol, which also plays what it receives onto the tape of the request that it serves."""

    def __init__(self, quiescent: Callable[[Any], None], accepts: Callable[[str], bool]) -> None:
        super().__init__(quiescent)
        self._accepts = accepts
        self._tape: Tape | None = None
        self._refused: str | None = None
        self._waiting: Any = None

    def connectionMade(self) -> None:
        """The last gate, against an address that DNS gave after the check: closed before the first byte, TLS too."""
        peer = self.transport.getPeer().host
        if not self._accepts(peer):
            self._refused = peer
            self.transport.abortConnection()
            return
        super().connectionMade()

    def request(self, request: Any) -> Deferred[Any]:
        if self._refused is not None:
            return fail(AddressRefused(f"{self._refused} is a private or reserved address"))
        self._tape = request.tape
        self._tape.begin(self.transport.getPeer().host)
        answered = super().request(request)
        if self._parser is not None:
            self._parser.__class__ = LenientParser  # as Scrapy does with its own: Twisted names the class in its code
        return answered

    def dataReceived(self, data: bytes) -> None:
        tape = self._tape
        if tape is None:
            super().dataReceived(data)
            return
        tape.receive(data)
        super().dataReceived(data)
        if self._tape is not tape:
            return  # that was the end of it
        if tape.overfull:
            self._cut(tape, "length")
        elif tape.patience:
            self._wait_for_more(tape)

    def _wait_for_more(self, tape: Tape) -> None:
        """A server that promised more than it has keeps the connection open and says nothing."""
        from twisted.internet import reactor

        if self._waiting is not None and self._waiting.active():
            self._waiting.reset(tape.patience)
        else:
            self._waiting = reactor.callLater(tape.patience, self._cut, tape, "time")

    def _cut(self, tape: Tape, reason: str) -> None:
        if tape.cut is None:
            tape.cut = reason
            self.transport.abortConnection()

    def _over(self) -> None:
        self._tape = None
        if self._waiting is not None and self._waiting.active():
            self._waiting.cancel()

    def connectionLost(self, reason: Any) -> None:
        self._over()
        super().connectionLost(reason)

    def _finishResponse(self, rest: bytes) -> None:
        if rest and self._currentRequest is not None:
            # More came than the head announced. What else may follow could not be told from the next answer.
            self._currentRequest.persistent = False
        self._over()
        super()._finishResponse(rest)


class RecordingFactory(_LenientHTTP11ClientFactory):  # type: ignore[misc]
    """Builds the protocols of the connection pool; ``accepts`` says of an address whether we may talk to it."""

    def __init__(self, quiescent: Callable[[Any], None], metadata: str, *, accepts: Callable[[str], bool]) -> None:
        super().__init__(quiescent, metadata)
        self._accepts = accepts

    def buildProtocol(self, addr: Any) -> RecordingProtocol:
        return RecordingProtocol(self._quiescentCallback, self._accepts)


class TapedPool:
    """The connection pool as one request sees it: each connection that it gets plays onto ``tape``."""

    def __init__(self, pool: Any, tape: Tape) -> None:
        self._pool = pool
        self._tape = tape
        self.persistent = pool.persistent

    def getConnection(self, key: Any, endpoint: Any) -> Deferred[Any]:
        connection: Deferred[Any] = self._pool.getConnection(key, endpoint)
        return connection.addCallback(_TapedConnection, self._tape)


class _TapedConnection:
    def __init__(self, connection: Any, tape: Tape) -> None:
        self._connection = connection
        self._tape = tape

    def request(self, request: Any) -> Deferred[Any]:
        write_to, tape = request.writeTo, self._tape
        request.tape = tape
        request.writeTo = lambda transport: write_to(_Tee(transport, tape))
        return self._connection.request(request)


class _Tee:
    """A transport that also plays what is written to it onto the tape: the part of a transport that a request uses."""

    def __init__(self, transport: Any, tape: Tape) -> None:
        self._transport = transport
        self._tape = tape
        self.registerProducer = transport.registerProducer
        self.unregisterProducer = transport.unregisterProducer

    def write(self, data: bytes) -> None:
        self._tape.write(data)
        self._transport.write(data)

    def writeSequence(self, parts: list[bytes]) -> None:
        self.write(b"".join(parts))
