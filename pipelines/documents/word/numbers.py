"""Automatic list numbers: 一、（二）3. that Word prints and the text does not hold."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from pipelines.documents.word.xml import Element, W, is_on, number, value

_DIGITS = "〇一二三四五六七八九"
_STEMS = "甲乙丙丁戊己庚辛壬癸"


@dataclass(slots=True)
class _Level:
    """``form`` is the numFmt, ``pattern`` the lvlText (``%1、``); ``legal``: all its numbers are printed 1, 2, 3."""

    start: int = 1
    form: str = "decimal"
    pattern: str = ""
    legal: bool = False


@dataclass(slots=True)
class _List:
    levels: dict[int, _Level] = field(default_factory=dict)
    restarts: dict[int, int] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)


class Numbers:
    """Counts the list paragraphs of one document in the order of its text."""

    def __init__(self, numbering: Element | None) -> None:
        self._lists: dict[str, _List] = {}
        if numbering is None:
            return
        abstract = {value(item, "abstractNumId"): _levels(item) for item in numbering.iter(W + "abstractNum")}
        counts: dict[str | None, dict[int, int]] = {}
        for item in numbering.iter(W + "num"):
            source = value(item.find(W + "abstractNumId"))
            restarts = {
                number(value(override, "ilvl")): number(value(override.find(W + "startOverride")), 1)
                for override in item.iter(W + "lvlOverride")
                if override.find(W + "startOverride") is not None
            }
            # Lists of one definition count on from each other, unless one is told to start anew.
            shared = {} if restarts else counts.setdefault(source, {})
            self._lists[value(item, "numId") or ""] = _List(abstract.get(source, {}), restarts, shared)

    def next(self, num_id: str, depth: int) -> str:
        """The number printed before the next paragraph at ``depth`` of the list ``num_id``; empty for bullets."""
        numbered = self._lists.get(num_id)
        level = numbered.levels.get(depth) if numbered else None
        if numbered is None or level is None:
            return ""
        start = numbered.restarts.get(depth, level.start)
        numbered.counts[depth] = numbered.counts.get(depth, start - 1) + 1
        for deeper in [each for each in numbered.counts if each > depth]:
            del numbered.counts[deeper]
        return re.sub(r"%([1-9])", lambda found: self._one(numbered, int(found[1]) - 1, level.legal), level.pattern)

    @staticmethod
    def _one(numbered: _List, depth: int, legal: bool) -> str:
        level = numbered.levels.get(depth, _Level())
        count = numbered.counts.get(depth, level.start)
        form = "decimal" if legal else level.form
        return _FORMS.get(form, str)(count)


def _levels(abstract: Element) -> dict[int, _Level]:
    levels = {}
    for item in abstract.iter(W + "lvl"):
        form = value(item.find(W + "numFmt")) or "decimal"
        pattern = value(item.find(W + "lvlText")) or ""
        levels[number(value(item, "ilvl"))] = _Level(
            start=number(value(item.find(W + "start")), 1),
            form=form,
            pattern="" if form in ("bullet", "none") else pattern,
            legal=is_on(item.find(W + "isLgl")),
        )
    return levels


def chinese(count: int) -> str:
    """一 … 十一 … 二十 … 一百零三, as numbers of headings are written; plain digits beyond 999 and below 1."""
    if not 1 <= count <= 999:
        return str(count)
    hundreds, rest = divmod(count, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "")


def _digitwise(count: int) -> str:
    return "".join(_DIGITS[int(digit)] for digit in str(max(count, 0)))


def _circled(count: int) -> str:
    return chr(0x2460 + count - 1) if 1 <= count <= 20 else str(count)


def _bracketed(count: int) -> str:
    return chr(0x3220 + count - 1) if 1 <= count <= 10 else f"（{chinese(count)}）"


def _stem(count: int) -> str:
    return _STEMS[(count - 1) % len(_STEMS)]


def _wide(count: int) -> str:
    return str(count).translate({ord("0") + digit: chr(0xFF10 + digit) for digit in range(10)})


def _letters(count: int) -> str:
    return chr(ord("A") + (count - 1) % 26) * ((count - 1) // 26 + 1) if 1 <= count <= 260 else str(count)


def _roman(count: int) -> str:
    if not 1 <= count <= 399:
        return str(count)
    text = ""
    steps = ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
    for size, sign in steps:
        times, count = divmod(count, size)
        text += sign * times
    return text


# ST_NumberFormat as Chinese editions of Word and WPS write it: 一、 is japaneseCounting as often as chineseCounting.
_FORMS: dict[str, Callable[[int], str]] = {
    "chineseCounting": chinese,
    "chineseCountingThousand": chinese,
    "japaneseCounting": chinese,
    "taiwaneseCounting": chinese,
    "taiwaneseCountingThousand": chinese,
    "ideographDigital": _digitwise,
    "japaneseDigitalTenThousand": _digitwise,
    "taiwaneseDigital": _digitwise,
    "ideographTraditional": _stem,
    "ideographEnclosedCircle": _bracketed,
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalFullWidth": _wide,
    "decimalFullWidth2": _wide,
    "upperLetter": _letters,
    "lowerLetter": lambda count: _letters(count).lower(),
    "upperRoman": _roman,
    "lowerRoman": lambda count: _roman(count).lower(),
}
