"""Spelling out of the way: the foldings under which printed text is compared or shown.

Everything here is for one string and loses nothing that a reader reads as a digit or a letter: compatibility forms such
as ``①`` or ``⒈`` stay as they are, because folding them (NFKC) would make numbers out of list marks.
"""

import re
from functools import lru_cache

# Not U+202D and U+202E, which turn the order of digits round.
_INVISIBLE = (
    "\x81\x8d\x8f\x90\x9d\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u202a-\u202c\u2060-\u2064\ufeff\ufff9-\ufffb"
)
_ZERO_WIDTH = re.compile(f"[{_INVISIBLE}]+")
# A thin space before exactly three more digits is a separator of thousands (ISO 80000-1, 7.3.1), no white space.
_THOUSANDS = r"(?<=\d)(?<!\d{4})[\u2006\u2008\u2009\u202f](?=\d{3}(?!\d))"
_WHITE = re.compile(rf"(?!{_THOUSANDS})[\s\u3164\uffa0]+")
_SHOWN = r"[!-~\u4e00-\u9fff\u3001\u3002\u201c\u201d\uff0c\uff1a\uff1b\uff08\uff09\u300a\u300b]+"
_FOLDED = re.compile(f"(?:{_SHOWN}(?: {_SHOWN})*)?")  # most text is folded already

# Digits that are set above or below the line: beside a number they must not read as a part of it.
RAISED = dict(zip(map(ord, "0123456789０１２３４５６７８９"), "⁰¹²³⁴⁵⁶⁷⁸⁹" * 2, strict=True))
LOWERED = dict(zip(map(ord, "0123456789０１２３４５６７８９"), "₀₁₂₃₄₅₆₇₈₉" * 2, strict=True))

_LABEL = 80  # characters of the longest text whose folding is kept

_WIDTH = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)}
_BRACKETS = dict.fromkeys(map(ord, "[{〔【〖「『﹙"), "(") | dict.fromkeys(map(ord, "]}〕】〗」』﹚"), ")")
_QUOTES = dict.fromkeys(map(ord, "“”„‟＂〝〞«»"), '"') | dict.fromkeys(map(ord, "‘’‚‛＇`´"), "'")
_MATCHING = {code: chr(plain) for code, plain in _WIDTH.items()} | _BRACKETS | _QUOTES
_MATCHING |= {ord("［"): "(", ord("｛"): "(", ord("］"): ")", ord("｝"): ")"}
_PLAIN = {chr(code): plain for code, plain in _MATCHING.items()}
_SPELLED = re.compile(rf"[\s\u3164\uffa0{_INVISIBLE}]+|[{re.escape(''.join(_PLAIN))}]")

# What a C1 control stands for: windows-1252 under the name of latin-1 (WHATWG HTML, numeric character references).
# Five are defined nowhere; they stay, as bytes of wrongly decoded text, until `mojibake` or a folding sees them.
_UNDEFINED = "\x81\x8d\x8f\x90\x9d"
_C1 = {code: bytes((code,)).decode("cp1252") for code in range(0x80, 0xA0) if chr(code) not in _UNDEFINED}
_CONTROLS: dict[int, str | None] = {code: " " for code in range(0x20) if chr(code) not in "\t\n\r\f"}
_CONTROLS |= {0x00: None, 0x7F: " ", 0x0B: "\n", **_C1}
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_SURROGATES = re.compile("[\ud800-\udfff\ufffe\uffff]")


def compact(text: str) -> str:
    """The text for matching labels and titles: no white space, no zero-width characters, full-width forms of ASCII as
    ASCII, every kind of bracket ``(`` and ``)``, quotation marks plain."""
    return _compact_label(text) if len(text) <= _LABEL else _compact(text)


def _compact(text: str) -> str:
    # str.translate looks up every character; all but a few are Chinese and stay.
    return _SPELLED.sub(_plain, text)


def _plain(spelled: re.Match[str]) -> str:
    return _PLAIN.get(spelled[0], "")


# The labels of the forms and the menus of a portal come back on every page.
_compact_label = lru_cache(maxsize=16_384)(_compact)


def fold(text: str) -> str:
    """One line for showing: zero-width characters dropped, every run of white space (also U+3000, NBSP) one space;
    thin spaces that group the digits of a number stay."""
    return fold_label(text) if len(text) <= _LABEL else _fold(text)


def _fold(text: str) -> str:
    if _FOLDED.fullmatch(text):
        return text
    return _WHITE.sub(" ", _ZERO_WIDTH.sub("", text)).strip()


# `fold` for what stands in cells and menus: the same few thousand words and numbers on every page.
fold_label = lru_cache(maxsize=16_384)(_fold)


def fold_lines(text: str) -> str:
    """`fold` line by line: line breaks stay as ``\\n``, empty lines go."""
    if "\n" not in text and "\r" not in text:
        return fold(text)
    return "\n".join(folded for line in text.splitlines() if (folded := fold(line)))


def scrub(text: str) -> str:
    """The text without what no format may carry: NULs and lone surrogates; other C0 controls become spaces (tab, line
    ends and form feed stay), C1 controls what windows-1252 means by them."""
    if not _CONTROL.search(text):
        return text
    return _SURROGATES.sub("\ufffd", text.translate(_CONTROLS))
