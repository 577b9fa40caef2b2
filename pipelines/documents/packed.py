"""A document as bytes, to be kept: MessagePack of its fields, compressed with zstd.

What is unpacked is checked against the types of `Document`, so that no byte in a database can make anything else.
"""

import sys

import msgspec

from pipelines.documents.model import Document

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_LEVEL = 3
# No document is larger (64 MiB of payload, mostly markup); what would be is damaged.
_LARGEST = 256 * 1024 * 1024

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Document)


def pack(document: Document) -> bytes | None:
    """``document`` packed; None for one with half a surrogate pair (from a broken PDF font), which has no bytes."""
    try:
        return zstd.compress(_encoder.encode(document), _LEVEL)
    except UnicodeEncodeError:
        return None


def unpack(packed: bytes) -> Document | None:
    """The document that `pack` was given; None where the bytes are none of its."""
    try:
        plain = zstd.ZstdDecompressor().decompress(packed, _LARGEST)
        return _decoder.decode(plain)
    except (zstd.ZstdError, msgspec.DecodeError, msgspec.ValidationError):
        return None
