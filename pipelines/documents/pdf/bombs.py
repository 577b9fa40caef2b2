"""Refuses PDFs whose streams unpack to far more than any page holds, before pdfium unpacks them whole.

Only deflated streams can be checked so: those of a protected PDF are enciphered, and pass. What many streams, or one
that is used many times, take together is held by the limit of the process.
"""

import re
import zlib
from collections.abc import Iterator

from pipelines.documents.model import Unreadable

# The content of the most crowded page takes 10 MB, a whole Chinese font 30.
STREAM_LIMIT = 48_000_000
# A page scanned in colour at 600 dots per inch.
PICTURE_LIMIT = 110_000_000
# Deflate can't pack more tightly than this, so shorter streams need no look.
_TIGHTEST = 1032
# Pictures are not unpacked to read text: of them only those that are packed like nothing but a bomb are looked at.
_PICTURE_RATIO = 200
_CHUNK, _PIECE = 1 << 20, 1 << 16

_STREAM = re.compile(rb"stream\r?\n")
_FILTER = re.compile(rb"/(?:FlateDecode|Fl)\b")
_PICTURE = re.compile(rb"/Subtype\s*/Image\b")
_DICTIONARY_LIMIT = 2000


def refuse_bombs(payload: bytes) -> None:
    """Raises `Unreadable` ``too_large`` where a stream unpacks to more than the limit."""
    end = 0
    for match in _STREAM.finditer(payload):
        if payload.endswith(b"end", 0, match.start()):
            continue
        if end < match.end():
            end = payload.find(b"endstream", match.end())
            end = end if end >= 0 else len(payload)
        packed = memoryview(payload)[match.end() : end]
        if not _is_deflated(packed):
            continue
        # Names that are spelt with escapes, or stand in another object, are not seen here.
        dictionary = _dictionary(payload, match.start())
        filters = max(1, len(_FILTER.findall(dictionary)))
        if filters == 1 and len(packed) * _TIGHTEST < STREAM_LIMIT:
            continue
        is_picture = _PICTURE.search(dictionary) is not None
        if filters == 1 and is_picture and not _is_tightly_packed(packed):
            continue
        limit = PICTURE_LIMIT if is_picture else STREAM_LIMIT
        if _unpacked_size(packed, min(filters, 8), limit) > limit:
            raise Unreadable("too_large", f"A stream of the PDF unpacks to more than {limit // 1_000_000} MB.")


def _is_deflated(packed: memoryview) -> bool:
    """Whether the data begin as zlib's do (RFC 1950, 2.2)."""
    return len(packed) > 1 and packed[0] & 0x8F == 8 and (packed[0] << 8 | packed[1]) % 31 == 0


def _dictionary(payload: bytes, end: int) -> bytes:
    """The dictionary that ends where a stream begins, or what may be taken for it."""
    head = payload[max(0, end - _DICTIONARY_LIMIT) : end]
    return head[max(head.rfind(b" obj"), head.rfind(b"endobj"), 0) :]


def _is_tightly_packed(packed: memoryview) -> bool:
    head = packed[:_PIECE]
    return sum(map(len, _unpacked(iter([bytes(head)])))) > _PICTURE_RATIO * len(head)


def _unpacked_size(packed: memoryview, filters: int, limit: int) -> int:
    """How much the stream unpacks to; counting stops beyond the limit, in whichever of its filters that is."""
    pieces: Iterator[bytes] = (bytes(packed[start : start + _PIECE]) for start in range(0, len(packed), _PIECE))
    for _ in range(filters):
        pieces = _limited(_unpacked(pieces), limit)
    return sum(map(len, pieces))


def _limited(pieces: Iterator[bytes], limit: int) -> Iterator[bytes]:
    """The pieces up to the first beyond the limit."""
    total = 0
    for piece in pieces:
        yield piece
        total += len(piece)
        if total > limit:
            return


def _unpacked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Inflates piece by piece; damaged data ends it, as it ends pdfium's own reading."""
    inflate = zlib.decompressobj()
    for piece in pieces:
        rest = piece
        while rest and not inflate.eof:
            try:
                yield inflate.decompress(rest, _CHUNK)
            except zlib.error:
                return
            rest = inflate.unconsumed_tail
