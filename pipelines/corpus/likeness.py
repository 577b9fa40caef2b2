"""Whether two texts say the same, judged by the sentences that they share.

A text is kept as the checksums and lengths of its sentences (eight bytes each): enough to tell what share of one stands
in the other, without the texts.
"""

import re
import struct
import unicodedata
import zlib
from collections.abc import Iterable, Mapping

Sentences = Mapping[int, int]

_END = re.compile(r"[。；;！!？?\n]+")
_NOT_A_LETTER = re.compile(r"[\W_]+")
# What most texts are made of: marks that end sentences or are left out, whatever their width, and letters that are the
# same when normalised. Such a text is taken apart in a fifth of the time.
_PLAIN_ENDS = "；;！!？?\n"  # and the full stop
_PLAIN_MARKS = "，,、：:（）()“”《》— \u3000.-/%"
_PLAIN = re.compile(r"[。0-9A-Za-z\u4e00-\u9fff]*")
# A shorter piece (二、, 无。) stands in every report and says nothing.
_SHORTEST = 6
_PAIR = struct.Struct("<II")


def sentences(text: str) -> dict[int, int]:
    """Checksum -> length in characters of each distinct sentence. Width, punctuation and white space don't matter."""
    return {
        zlib.crc32(letters.encode("utf-8", "surrogatepass")): len(letters)
        for letters in _lettered(text)
        if len(letters) >= _SHORTEST
    }


def _lettered(text: str) -> list[str]:
    """The letters of each sentence."""
    plain = text
    for mark in _PLAIN_MARKS:
        plain = plain.replace(mark, "")
    for mark in _PLAIN_ENDS:
        plain = plain.replace(mark, "。")
    if _PLAIN.fullmatch(plain):
        return plain.split("。")
    return [_NOT_A_LETTER.sub("", sentence) for sentence in _END.split(unicodedata.normalize("NFKC", text))]


def pack_sentences(found: Sentences) -> bytes:
    return b"".join(_PAIR.pack(checksum, length) for checksum, length in sorted(found.items()))


def unpack_sentences(packed: bytes) -> dict[int, int]:
    return dict(_PAIR.iter_unpack(packed))


def together(parts: Iterable[Sentences]) -> dict[int, int]:
    """The sentences of several texts as one."""
    union: dict[int, int] = {}
    for part in parts:
        union.update(part)
    return union


def likeness(one: Sentences, other: Sentences) -> tuple[float, float]:
    """What share of the shorter text stands in the longer, and of the longer in the shorter; by length, 0 to 1."""
    shorter, longer = sorted((one, other), key=length)
    if not shorter:
        return (0.0, 0.0)
    common = sum(size for checksum, size in shorter.items() if checksum in longer)
    return (common / length(shorter), common / length(longer))


def length(text: Sentences) -> int:
    """Length of a text in the characters of its distinct sentences."""
    return sum(text.values())
