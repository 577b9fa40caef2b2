"""Reads the answers of servers that get HTTP a little wrong, as browsers do; Twisted would drop the connection, and
with it the rest of the page. What is archived is not touched: the bytes are taken before they get here.

The names used here are private to Scrapy 2.19 and Twisted; tests/crawler/test_wire.py holds what they are used for.
"""

import re
from collections.abc import Callable, Iterable
from typing import ClassVar

from scrapy.core.downloader.handlers.http11 import _LenientHTTPClientParser
from twisted.web._newclient import STATUS
from twisted.web.http import PotentialDataLoss, _DataLoss

_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VERSION = re.compile(rb"HTTP/(\d+)(?:\.(\d+))?", re.IGNORECASE)
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,16})[ \t]*(?:;.*)?\r?\n", re.DOTALL)
# In bytes; nothing longer is the size of a chunk, or a trailer.
_LONGEST_LINE = 64 * 1024


class ChunkedBody:
    """Undoes chunk framing, by the same rules as archive/decode.py: spaces around a size and bare LF are passed over,
    and a body that has no framing, whatever its head says, is taken as it is, to the end of the connection."""

    def __init__(self, data: Callable[[bytes], None], finish: Callable[[bytes], None]) -> None:
        self._data = data
        self._finish = finish
        self._buffer = bytearray()
        self._left = 0
        self._step: Callable[[], bool] = self._read_first_size

    def dataReceived(self, data: bytes) -> None:
        """Raises ValueError where the framing breaks; what came before has been handed on then."""
        self._buffer += data
        while self._buffer and self._step():
            pass

    def noMoreData(self) -> None:
        """Raises what Twisted expects where the body is not whole, or nothing tells whether it is."""
        if self._step == self._read_first_size and self._buffer:
            self._unframed()
        if self._step == self._pass_on:
            raise PotentialDataLoss
        if self._step not in (self._read_trailer, self._refuse):
            raise _DataLoss("the chunked body ends early")

    def _read_first_size(self) -> bool:
        line = self._line()
        if line is None:
            return len(self._buffer) > _LONGEST_LINE and self._unframed()
        return self._begin_chunk(line) if _CHUNK_SIZE.fullmatch(line) else self._unframed()

    def _read_size(self) -> bool:
        line = self._line()
        return line is not None and self._begin_chunk(line)

    def _begin_chunk(self, line: bytes) -> bool:
        found = _CHUNK_SIZE.fullmatch(line)
        if found is None:
            raise ValueError("no size of a chunk stands where one should be")
        del self._buffer[: len(line)]
        self._left = int(found[1], 16)
        self._step = self._read_chunk if self._left else self._read_trailer
        return True

    def _read_chunk(self) -> bool:
        piece = bytes(memoryview(self._buffer)[: self._left])
        del self._buffer[: len(piece)]
        self._left -= len(piece)
        if not self._left:
            self._step = self._read_end
        self._data(piece)
        return True

    def _read_end(self) -> bool:
        if self._buffer == b"\r":
            return False  # the other half is on its way
        if not self._buffer.startswith((b"\r", b"\n")):
            raise ValueError("a chunk is longer than its size")
        del self._buffer[: 2 if self._buffer.startswith(b"\r\n") else 1]
        self._step = self._read_size
        return True

    def _read_trailer(self) -> bool:
        line = self._line()
        if line is None:
            return False
        del self._buffer[: len(line)]
        if line.strip(b"\r\n"):
            return True
        self._step = self._refuse
        self._finish(bytes(self._buffer))
        return False

    def _unframed(self) -> bool:
        self._step = self._pass_on
        return self._pass_on()

    def _pass_on(self) -> bool:
        piece = bytes(self._buffer)
        self._buffer.clear()
        self._data(piece)
        return False

    def _refuse(self) -> bool:
        raise RuntimeError("data behind the end of a body")

    def _line(self) -> bytes | None:
        """The line that the buffer begins with, None where its end is not there yet."""
        end = self._buffer.find(b"\n") + 1
        if not end and len(self._buffer) > _LONGEST_LINE and self._step != self._read_first_size:
            raise ValueError("a line of the chunk framing has no end")
        return bytes(self._buffer[:end]) if end else None


class LenientParser(_LenientHTTPClientParser):  # type: ignore[misc]
    """Takes the place of a parser that Twisted has made, and so has no state of its own."""

    _transferDecoders: ClassVar = {b"chunked": ChunkedBody}
    # At 16 KB Twisted drops the connection, or not, as the packets fall; browsers take heads of 256 KB.
    MAX_LENGTH = 1024 * 1024

    def lineReceived(self, line: bytes) -> None:
        if self.state == STATUS:
            if not line.strip(b"\r"):
                return  # blank lines before the answer
        elif line[:1] in (b" ", b"\t") and self._partialHeader is None:
            return  # the continuation of nothing
        super().lineReceived(line)

    def statusReceived(self, status: bytes) -> None:
        super().statusReceived(b" ".join(status.split(None, 2)))

    def parseVersion(self, strversion: bytes) -> tuple[bytes, int, int]:
        found = _VERSION.fullmatch(strversion)
        if found is None:
            return super().parseVersion(strversion)  # type: ignore[no-any-return]
        return b"HTTP", int(found[1]), int(found[2] or 0)

    def headerReceived(self, name: bytes, value: bytes) -> None:
        """Leaves out lines that are no headers, like Scrapy those without a colon."""
        name = name.rstrip(b" \t")
        if _TOKEN.fullmatch(name):
            super().headerReceived(name, value)

    def allHeadersReceived(self) -> None:
        """Leaves out lengths that are none or that differ, and codings of the transfer that nobody undoes: such a body
        goes to the end of the connection."""
        lengths = {text if text.isdigit() else b"" for text in self._listed(b"Content-Length")}
        self._control(b"Content-Length", lengths.pop() if len(lengths) == 1 else b"")
        self._control(b"Transfer-Encoding", b"chunked" if b"chunked" in self._listed(b"Transfer-Encoding") else b"")
        super().allHeadersReceived()

    def _listed(self, name: bytes) -> Iterable[bytes]:
        values = self.connHeaders.getRawHeaders(name, ())
        return [part.strip().lower() for value in values for part in value.split(b",")]

    def _control(self, name: bytes, value: bytes) -> None:
        self.connHeaders.removeHeader(name)
        if value:
            self.connHeaders.setRawHeaders(name, [value])
