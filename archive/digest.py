"""Digests as WARC writes them: ``algorithm:value``, ours always ``sha1:`` in base32."""

import base64
import hashlib
from collections.abc import Iterable

Bytes = bytes | memoryview
_ALGORITHMS = ("sha1", "sha256", "sha512", "md5", "blake2b", "sha384")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_PAIRS = [first + second for first in _LETTERS for second in _LETTERS]


def sha1(pieces: Iterable[Bytes]) -> str:
    """The digest of the pieces in order, without joining them."""
    digest = hashlib.sha1(usedforsecurity=False)
    for piece in pieces:
        digest.update(piece)
    return "sha1:" + _base32(digest.digest())


def _base32(raw: bytes) -> str:
    # base64.b32encode works byte by byte in Python, and takes longer than the hashing of a small page.
    number = int.from_bytes(raw, "big")
    return "".join([_PAIRS[number >> shift & 1023] for shift in range(len(raw) * 8 - 10, -1, -10)])


def matches(declared: str, pieces: Iterable[Bytes]) -> bool | None:
    """Whether ``declared`` is the digest of the pieces; None where its algorithm or writing is not known.

    The specification fixes neither: base32, base16 and base64 are all found.
    """
    algorithm, _, value = declared.strip().partition(":")
    name = algorithm.lower().replace("-", "")
    if name not in _ALGORITHMS or not value:
        return None
    digest = hashlib.new(name, usedforsecurity=False)
    for piece in pieces:
        digest.update(piece)
    raw = digest.digest()
    if name == "sha1" and value == _base32(raw):
        return True
    base32 = base64.b32encode(raw).decode("ascii").rstrip("=")
    writings = {base64.b64encode(raw).decode("ascii"), base64.urlsafe_b64encode(raw).decode("ascii")}
    return value.upper().rstrip("=") == base32 or value.lower() == raw.hex() or value in writings
