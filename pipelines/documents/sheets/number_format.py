"""How a number format of a sheet shows a number (ECMA-376 part 1, 18.8.30 and 18.8.31)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.documents.sheets.cells import printed_date, printed_number

# Built-in formats, those of Chinese editions included: which of them are dates.
_DATE_FORMATS = frozenset({14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58})
BUILT_IN = {1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%"}
_PLAIN = re.compile(r"(#,##)?0(?:\.(0+))?(%)?")
_LONGEST_CODE = 255  # Excel's own limit
_COLOUR = re.compile(r"\[(?:black|blue|cyan|green|magenta|red|white|yellow|color\s?\d+|\$-[^\]]*)\]", re.IGNORECASE)
_PADDING = re.compile(r"_.|\*.")  # room as wide as a character, and a character that fills the cell
_QUOTED = re.compile(r"\"[^\"]*\"?|\\.|_.|\*.")
_PLACES = re.compile(r"[0#@ymdhseg]|general", re.IGNORECASE)
_TOKEN = re.compile(r"\"([^\"]*)\"?|\\(.)|.")
_DATE_TOKEN = re.compile(r"[yd]|(?<![a-z])m+(?![a-z])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Section:
    """How numbers of one sign are shown: as a date, with fixed decimals, or as a ``literal`` in the number's place (the
    dash of accounts for 0, nothing where zeros are hidden). What a reader sees counts, not what the file keeps: it is
    also what a PDF of the sheet says."""

    date: bool = False
    decimals: int | None = None
    grouped: bool = False
    percent: bool = False
    literal: str | None = None

    def show(self, number: float) -> str:
        if self.literal is not None:
            return self.literal
        if self.date:
            return printed_date(number)
        return printed_number(number, self.decimals, grouped=self.grouped, percent=self.percent)


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """What the format makes of a number, by its sign."""

    positive: _Section = _Section()
    negative: _Section = _Section()
    zero: _Section = _Section()

    def show(self, number: float) -> str:
        return (self.positive if number > 0 else self.negative if number < 0 else self.zero).show(number)


def number_format(number: int, code: str) -> NumberFormat:
    """The format of that number among the built-in ones, or with this code. What can't be told from a code (fractions,
    powers of ten, conditions) shows the number as it is kept."""
    if number in _DATE_FORMATS:
        return NumberFormat(*[_Section(date=True)] * 3)
    sections = _sections(code[:_LONGEST_CODE])
    if len(sections) < 2 or "[" in _COLOUR.sub("", code):  # one for all numbers, or by conditions
        return NumberFormat(*[_section(sections[0]) if sections[0] else _Section()] * 3)
    positive, negative = map(_section, sections[:2])
    zero = [_section(code, for_zero=True) for code in sections[2:3]]
    # Without a sign of its own a section for negative numbers shows none; these are kept as they are.
    return NumberFormat(positive, negative if negative.literal is not None else positive, zero[0] if zero else positive)


def _sections(code: str) -> list[str]:
    """The parts between semicolons, those in quotes aside: positive, negative, zero, text."""
    sections = [""]
    for token in _TOKEN.finditer(code):
        if token[0] == ";":
            sections.append("")
        else:
            sections[-1] += token[0]
    return sections


def _section(code: str, *, for_zero: bool = False) -> _Section:
    code = _COLOUR.sub("", code)
    plain = _PLAIN.fullmatch(_PADDING.sub("", code).strip())
    if plain:
        return _Section(decimals=len(plain[2] or ""), grouped=bool(plain[1]), percent=bool(plain[3]))
    bare = _QUOTED.sub("", code)
    if not _PLACES.search(bare) and (for_zero or "?" not in bare):  # a 0 leaves the places of ? free
        return _Section(literal="".join(_shown(code)).strip())
    spoken = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", code)
    return _Section(date=bool(_DATE_TOKEN.search(spoken)) and "general" not in spoken.lower())


def _shown(code: str) -> Iterator[str]:
    """The characters that a format without places for digits shows."""
    for token in _TOKEN.finditer(_PADDING.sub("", code)):
        yield token[1] or token[2] or ("" if token[0] == "?" else token[0])
