"""Printed labels, reduced to what tells them apart: no numbering, white space or punctuation."""

import re
import unicodedata
from functools import lru_cache

_NUMBERING = re.compile(
    r"(?:\((?:[一二三四五六七八九十]{1,3}|[0-9]{1,2})\)[、.,:]?"
    r"|(?:第)?[一二三四五六七八九十]{1,3}[、.,:)]"
    r"|[0-9]{1,2}(?:[、.,:)]|(?=[\u4e00-\u9fff])))"
)
_INVISIBLE = re.compile(r"[\s\u00ad\u180e\u200b-\u200f\u2060-\u2064\u3164\ufeff\uffa0]+")
_NOTHING = re.compile(r"[^0-9A-Za-z\u3400-\u9fff\ufffd□〇]+")
_BRACKETED = re.compile(r"\([^()]*\)?")
_HAN = re.compile(r"[\u3400-\u9fff]")
# 约20, 近30件, 10多个: numbers with words around, never labels.
_ABOUT = re.compile(r"^[约近超逾共计大]{0,2}[0-9零〇一二三四五六七八九十百千万]+[余多几]?[\u4e00-\u9fff]{0,2}$")
_QUOTE = str.maketrans("[]{}【】〔〕〖〗", "()()()()()")
MAX_LABEL = 120


@lru_cache(maxsize=16384)
def unspaced(text: str) -> str:
    """Without white space, line breaks and what can't be seen."""
    return _INVISIBLE.sub("", text)


@lru_cache(maxsize=16384)
def loose(text: str) -> str:
    """Without white space and leading numbering, full-width forms as ASCII; punctuation stays."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text[:MAX_LABEL])).translate(_QUOTE)
    while found := _NUMBERING.match(plain):
        plain = plain[found.end() :]
    return plain.removeprefix("其中").lstrip(":,、")


@lru_cache(maxsize=16384)
def canonical(text: str) -> str:
    """The letters, digits and Chinese characters of a label."""
    return _NOTHING.sub("", loose(text))


@lru_cache(maxsize=16384)
def without_remarks(text: str) -> str:
    """`canonical` of the label without what it says in brackets: ``规章（市政府令）`` → ``规章``."""
    return canonical(_BRACKETED.sub("", loose(text)))


@lru_cache(maxsize=16384)
def label_like(text: str) -> bool:
    """Whether words stand there rather than a number, a mark or nothing."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text[:MAX_LABEL]))
    return len(_HAN.findall(plain)) >= 2 and not _ABOUT.match(plain)


def distance(one: str, other: str, limit: int) -> int:
    """Edit distance (insert, delete, replace), or ``limit`` + 1 where it is larger. O(len × limit)."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    previous = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        current = [i]
        for j, right in enumerate(other, 1):
            current.append(min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (left != right)))
        if min(current) > limit:
            return limit + 1
        previous = current
    return previous[-1]
