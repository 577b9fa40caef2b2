"""Written text folded to one shape before it is matched: widths, white space, brackets, numerals."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_SPACE = re.compile(r"[\s\u3000\u200b-\u200f\ufeff\xad]+")
_CITED = re.compile(r"《[^》]{0,120}》")
_BRACKETS = str.maketrans("()[]{}〈〉﹙﹚", "（）【】【】《》（）")
# Zeros as they are typed in Chinese years: U+3007, U+25CB, U+25EF, letters of three alphabets, 零.
_ZEROS = "〇○◯零OoОоΟοＯ０0"
_DIGITS = {**dict.fromkeys(_ZEROS, "0"), **{letter: str(value) for value, letter in enumerate("一二三四五六七八九", 1)}}
_DIGITS |= {letter: str(value) for value, letter in enumerate("壹贰叁肆伍陆柒捌玖", 1)}
_DIGITS |= {str(value): str(value) for value in range(10)}
# What no folding changes: all there is in most lines, but for the marks that `folded` writes narrow at once.
_UNCHANGED = r"!-'*-Z\\^-z|~\u4e00-\u9fff、。“”‘’《》（）—〔〕〇"
_PLAIN = re.compile(rf"[{_UNCHANGED}]*")
_PLAIN_LINES = re.compile(rf"[{_UNCHANGED}\n]*")
_FORMAL = r"[零〇○][零〇○壹贰叁肆伍陆柒捌玖]{2}"
_NUMERALS = rf"[{_ZEROS}][{_ZEROS}一二三四五六七八九1-9]{{2}}"
# A year of four digits or numerals. Each way begins with a letter of its own: a search skips to one of them at once.
ANY_YEAR = rf"19\d{{2}}|20\d{{2}}|二{_NUMERALS}|2{_NUMERALS}|贰{_FORMAL}"


@lru_cache(maxsize=2048)
def folded(text: str) -> str:
    """``text`` without white space, full-width letters and digits narrow, round brackets wide, 〔〕 kept.

    Remembered, because title, dates and witnesses each look at the same paragraphs of one document.
    """
    text = _marks_narrow(text)
    return text if _PLAIN.fullmatch(text) else _folded(text)


def folded_lines(lines: Sequence[str]) -> list[str]:
    """Each of the lines `folded`, all at once where none needs more than its marks written narrow."""
    text = _marks_narrow("\n".join(lines))
    found = text.split("\n")
    return found if len(found) == len(lines) and _PLAIN_LINES.fullmatch(text) else list(map(folded, lines))


def _marks_narrow(text: str) -> str:
    return text.replace("，", ",").replace("：", ":").replace("；", ";")


def _folded(text: str) -> str:
    narrow = unicodedata.normalize("NFKC", _SPACE.sub("", text))
    return _SPACE.sub("", narrow).translate(_BRACKETS)


def without_citations(text: str) -> str:
    """``text`` without the titles in 《》: notices and rules that a report cites name other bodies and other years."""
    return _CITED.sub("《》", text)


def year_number(written: str) -> int | None:
    """The year that four digits or numerals write (2019, 二〇一九, 二○一九, 二O一九), or None."""
    if written[-1:] not in _DIGITS:
        return None
    digits = "".join(_DIGITS.get(letter, "x") for letter in written)
    return int(digits) if len(digits) == 4 and digits.isdigit() else None


def small_number(written: str) -> int | None:
    """A month or day: 1 to 31 in digits, numerals (三十一, 廿五, 卅) or 元 for the first month."""
    if written.isdecimal():
        return int(written)
    text = written.replace("元", "一").replace("廿", "二十").replace("卅", "三十").replace("〇", "").replace("○", "")
    tens, mark, ones = text.partition("十")
    if not mark:
        return int(_DIGITS[text]) if text in _DIGITS else None
    if any(part and part not in _DIGITS for part in (tens, ones)):
        return None
    return int(_DIGITS[tens] if tens else 1) * 10 + int(_DIGITS[ones] if ones else 0)
