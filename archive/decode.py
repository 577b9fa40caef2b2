"""From the body on the wire to the payload: chunk framing and content encoding undone, within a limit.

The payload digest is taken in between, over the de-chunked but still encoded body (`entity`): so the WARC
specification reads, and so the same page has the same digest whatever the chunks.
"""

import re
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import brotli  # type: ignore[import-untyped]

from archive.digest import Bytes
from archive.message import Message
from config.errors import Incomplete

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

DEFAULT_LIMIT = 64 * 1024 * 1024
_CHUNK_HEAD = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\r\n]*)?\r?\n")
# What servers write into Content-Encoding although the body is not encoded: nothing, or the charset.
_NO_CODING = {
    "",
    "identity",
    "none",
    "utf-8",
    "utf8",
    "gbk",
    "gb2312",
    "gb18030",
    "iso-8859-1",
    "binary",
    "8bit",
    "chunked",
}
_GZIP_MAGIC = b"\x1f\x8b"


class UndecodablePayload(Incomplete):
    """A body whose encoding cannot be undone; ``encoding`` names it, ``partial`` is what could be read."""

    def __init__(self, encoding: str, reason: str, partial: bytes = b"") -> None:
        super().__init__(f"content encoding {encoding}: {reason}")
        self.encoding = encoding
        self.partial = partial


@dataclass(frozen=True, slots=True)
class Entity:
    """A de-chunked body, in pieces that are views of the block (nothing is copied); ``flaw`` says what is wrong
    with the chunk framing, None where it is whole or absent."""

    pieces: tuple[Bytes, ...]
    flaw: str | None = None

    def joined(self) -> bytes:
        return b"".join(self.pieces)


def entity(message: Message, block: bytes) -> Entity:
    """The de-chunked body of ``message`` in ``block``.

    A body that was de-chunked by its writer but kept the header (warcs of other tools do) is taken as it is.
    """
    body = memoryview(block)[message.body_at :]
    if "chunked" not in message.codings("transfer-encoding"):
        return Entity((body,))
    return _dechunk(block, message.body_at)


def _dechunk(block: bytes, start: int) -> Entity:
    view = memoryview(block)
    pieces: list[Bytes] = []
    at = start
    while head := _CHUNK_HEAD.match(block, at):
        size, data_at = int(head[1], 16), head.end()
        end = data_at + size
        if size == 0:
            return Entity(tuple(pieces))
        if end > len(block):
            return Entity((*pieces, view[data_at:]), "the chunked body ends early")
        if end < len(block) and block[end] not in b"\r\n":
            break
        pieces.append(view[data_at:end])
        at = end + (2 if block.startswith(b"\r\n", end) else 1)
    if not pieces:
        return Entity((view[start:],))
    if at >= len(block):
        return Entity(tuple(pieces), "the chunked body ends early")
    return Entity(tuple(pieces), f"the chunk framing breaks at byte {at - start} of the body")


def payload(message: Message, body: Entity, limit: int = DEFAULT_LIMIT) -> bytes:
    """The payload of ``message``: ``body`` with its codings undone, the last one first.

    Raises UndecodablePayload, naming the coding, for one that is not known, a body that is damaged or ends
    early, and one that grows beyond ``limit`` bytes.
    """
    transfer = tuple(coding for coding in message.codings("transfer-encoding") if coding != "chunked")
    codings = message.codings("content-encoding") + transfer
    data = body.joined()
    for coding in reversed(codings):
        if data and coding not in _NO_CODING:
            data = _undo(coding, data, limit)
    if body.flaw:
        raise UndecodablePayload("chunked", body.flaw, data)
    return data


def _undo(coding: str, data: bytes, limit: int) -> bytes:
    undo = _DECODERS.get(coding.removeprefix("x-"))
    if undo is None:
        raise UndecodablePayload(coding, "this encoding is not known")
    try:
        decoded, whole = undo(data, limit + 1)
    except (zlib.error, brotli.error, zstd.ZstdError) as error:
        raise UndecodablePayload(coding, f"the body is damaged: {error}") from error
    if len(decoded) > limit:
        raise UndecodablePayload(coding, f"the body is larger than {limit} bytes when it is undone", decoded[:limit])
    if not whole:
        raise UndecodablePayload(coding, "the body ends early", decoded)
    return decoded


def _gunzip(data: bytes, limit: int) -> tuple[bytes, bool]:
    if not data.startswith(_GZIP_MAGIC):
        return data, True  # decoded already by the tool that wrote the record, or never encoded by the server
    decoded = b""
    while data.startswith(_GZIP_MAGIC) and len(decoded) < limit:
        inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
        decoded += inflate.decompress(data, limit - len(decoded))
        if not inflate.eof:
            return decoded, False
        data = inflate.unused_data
    return decoded, True


def _inflate(data: bytes, limit: int) -> tuple[bytes, bool]:
    # RFC 9110 means the zlib format; servers that send the bare stream are as old as the word.
    try:
        inflate = zlib.decompressobj()
        decoded = inflate.decompress(data, limit)
    except zlib.error:
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        decoded = inflate.decompress(data, limit)
    return decoded, inflate.eof


def _unbrotli(data: bytes, limit: int) -> tuple[bytes, bool]:
    decompressor = brotli.Decompressor()
    decoded = decompressor.process(data, output_buffer_limit=limit)
    return decoded, decompressor.is_finished()


def _unzstd(data: bytes, limit: int) -> tuple[bytes, bool]:
    decoded = b""
    while data and len(decoded) < limit:
        decompressor = zstd.ZstdDecompressor()
        decoded += decompressor.decompress(data, max_length=limit - len(decoded))
        if not decompressor.eof:
            return decoded, False
        data = decompressor.unused_data
    return decoded, True


_DECODERS: dict[str, Callable[[bytes, int], tuple[bytes, bool]]] = {
    "gzip": _gunzip,
    "deflate": _inflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
