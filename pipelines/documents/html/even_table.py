"""Tables of which nothing is to be asked, read from their markup.

Most tables are rows of plain cells that, spans taken at their word, all end at the same column. What stands between
their cells, what the cells' tags say and what stands in the cells is spelled the same on every page of an editor, so
that each spelling is taken apart once; where the cells then stand is mostly known, because most tables are of one
official form. For any other table the answer is None.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from html import unescape
from itertools import chain, repeat
from typing import NamedTuple

from pipelines.documents.html.grid import WIDEST_FORM, colspan_of, fitting, rowspan_of
from pipelines.documents.html.tags import (
    ASKED_FOR,
    END,
    HIDDEN,
    LINK,
    LONGEST_KEPT,
    NOTHING,
    UNLIKE,
    Irregular,
    Spelling,
    Tag,
    attributes_of,
    ends_itself,
)
from pipelines.documents.html.visibility import SHOWN
from pipelines.documents.model import GridCell
from pipelines.documents.normal import fold

_MOST_SPANNED = 1_000_000  # places of the grid that cells of several rows may take
_LONGEST_SPANS = 8_192  # characters of the longest structure that is remembered
_MOST_SPELLINGS = 50_000

# Up to the next cell's tag, so that one without an end is not looked for to the end of the page.
_CELL = re.compile(r"<[tT][dDhH]((?:\s[^>]*+)?+)>([^<]*+(?:<(?!/?[tT][dDhH][\s>])[^<]*+)*+)</[tT][dDhH]\s*+>")
_TAG = re.compile(r"<([^>]*)>")
_WRAPPERS = frozenset({"span", "font", "b", "strong", "a", "u", "em", "i", "small", "big", "o:p"})
_LINES = frozenset({"p", "div"})
# What a table's structure is written down with.
_SECTION, _ROW, _SPAN = "S", "R", ","
_BETWEEN = {"tbody": _SECTION, "thead": _SECTION, "tr": _ROW, "/tbody": "s", "/thead": "s", "/tr": "r", "/table": ""}
_BETWEEN |= dict.fromkeys(("col", "colgroup", "/colgroup"), "c")
# Rows in sections or rows alone; columns are told before either.
_STRUCTURE = re.compile(r"c*(?:(?:S(?:R[\d,]+r?)+s?)+|(?:R[\d,]+r?)+)")
_LINE = "\x00"


class EvenTable(NamedTuple):
    """``asks`` says that there are links or files in it."""

    cells: tuple[GridCell, ...]
    height: int
    width: int
    asks: bool


class _Places(NamedTuple):
    """Where the cells of a table stand, each part by cell."""

    rows: Sequence[int]
    columns: Sequence[int]
    rowspans: Sequence[int]
    colspans: Sequence[int]
    height: int
    width: int


class _Odd(Exception):
    """The table is for the careful way."""


class _Meanings(dict[str, str]):
    """By its spelling, what a part of a table means. ``asking`` are the spellings with links or files in them."""

    def __init__(self, spelling: Spelling) -> None:
        self._spelling = spelling
        self.asking: set[str] = set()

    def tag(self, written: str, markup: str) -> Tag:
        """The tag that is written so, in a part that is spelled ``markup``."""
        tag = self._spelling.tag(written)
        asks = tag.effects & (ASKED_FOR | LINK)
        if tag.effects & (HIDDEN | UNLIKE) or (asks and len(markup) > LONGEST_KEPT):
            raise _Odd
        if asks:
            self.asking.add(markup)
        return tag

    def keep(self, markup: str, meaning: str) -> str:
        if len(markup) <= LONGEST_KEPT:
            self[markup] = meaning
        return meaning

    def bound(self) -> None:
        """Forget what is known where it is too much; asked between tables alone."""
        if len(self) >= _MOST_SPELLINGS:
            self.clear()
            self.asking.clear()


class _Spans(_Meanings):
    """By the attributes of a cell, its spans as they are written down."""

    def __missing__(self, attributes: str) -> str:
        self.tag("td" + attributes, attributes)
        if ends_itself(attributes):
            raise _Odd
        told = attributes_of("td" + attributes)
        spans = f"{rowspan_of(told.get('rowspan') or '1')},{colspan_of(told.get('colspan') or '1')},"
        return self.keep(attributes, spans)


class _Between(_Meanings):
    """By what stands between two cells, the rows and sections that begin and end there."""

    def __missing__(self, markup: str) -> str:
        marks: list[str] = []
        for number, part in enumerate(_TAG.split(markup)):
            if number % 2 == 0:
                if part and not part.isspace():
                    raise _Odd
                continue
            tag = self.tag(part, markup)
            name = "/" * (tag.effects & END > 0) + tag.name
            if name == "table" and not marks:
                continue
            if name not in _BETWEEN:
                raise _Odd
            marks.append(_BETWEEN[name])
        return self.keep(markup, "".join(marks))


class _Texts(_Meanings):
    """By what stands in a cell, its text: a line a paragraph."""

    def __missing__(self, markup: str) -> str:
        if "<" not in markup:
            return self.keep(markup, fold(unescape(markup)))
        parts = _TAG.split(markup)
        parts[1::2] = [self._stands_for(written, markup) for written in parts[1::2]]
        text = "".join(parts)
        if "&" in text:
            text = unescape(text)
        if _LINE in text:
            return self.keep(markup, "\n".join(folded for line in text.split(_LINE) if (folded := fold(line))))
        return self.keep(markup, fold(text))

    def _stands_for(self, written: str, markup: str) -> str:
        tag = self.tag(written, markup)
        if tag.name in _WRAPPERS or tag.effects == NOTHING:
            return ""
        if tag.name in _LINES or tag.name == "br":
            return _LINE
        raise _Odd


class EvenReader:
    """Reads the even tables of a page. What its spellings mean serves other pages, as its tags do."""

    def __init__(self, spelling: Spelling) -> None:
        if spelling.rules is SHOWN:
            self._spans, self._between, self._texts = _known
        else:
            self._spans, self._between, self._texts = _Spans(spelling), _Between(spelling), _Texts(spelling)

    def read(self, markup: str, most: int) -> EvenTable | None:
        """The table as `TableReader.read_with_care` would read it, where no stray text, picture, nested table, hidden
        element or uneven row stands in it; None for another, and for more than ``most`` cells."""
        parts = _CELL.split(markup)
        if not 3 < len(parts) <= 3 * most + 1:
            return None
        between, attributes, contents = parts[::3], parts[1::3], parts[2::3]
        known = ((self._between, between), (self._spans, attributes), (self._texts, contents))
        for meanings, _ in known:
            meanings.bound()
        try:
            *marks, end = map(self._between.__getitem__, between)
            spans = "".join(chain.from_iterable(zip(marks, map(self._spans.__getitem__, attributes), strict=True)))
            places = _known_places(spans + end) if len(spans) <= _LONGEST_SPANS else _places(spans + end)
            if places is None:
                return None
            made = zip(map(self._texts.__getitem__, contents), *places[:4], repeat(False))
            # As its class does it, without the calls: a page has hundreds.
            cells = tuple(map(tuple.__new__, repeat(GridCell), made))
            asks = not all(meanings.asking.isdisjoint(written) for meanings, written in known)
            return EvenTable(cells, places.height, places.width, asks)
        except (_Odd, Irregular):
            return None


_known = (_Spans(Spelling()), _Between(Spelling()), _Texts(Spelling()))


def _places(structure: str) -> _Places | None:
    """Where the cells with these spans stand; None where the rows do not end at the same column."""
    if not _STRUCTURE.fullmatch(structure):
        return None
    rows: list[int] = []
    columns: list[int] = []
    rowspans: list[int] = []
    colspans: list[int] = []
    width = started = spanned = top = 0
    for section in structure.strip("c").lstrip(_SECTION).split(_SECTION):
        lines = section.split(_ROW)[1:]
        bottom = top + len(lines)
        free_from: list[int] = []  # by column, the first row in which the column is free again
        for number, line in enumerate(lines, top):
            column = colspan = 0
            for rowspan, colspan in _spans_of(line, bottom - number):
                while column < len(free_from) and free_from[column] > number:
                    column += 1
                if colspan > WIDEST_FORM or fitting(colspan, column, number, free_from) < colspan:
                    return None
                if rowspan > 1:
                    free_from += [0] * (column + colspan - len(free_from))
                    free_from[column : column + colspan] = [number + rowspan] * colspan
                    spanned += colspan
                rows.append(number)
                columns.append(column)
                rowspans.append(rowspan)
                colspans.append(colspan)
                column += colspan
            started = max(started, column - colspan + 1)
            column = max([column, *(end for end, free in enumerate(free_from, 1) if free > number)])
            width = width or column
            if column != width or spanned > _MOST_SPANNED:
                return None
        top = bottom
    # A column in which no cell begins, because a span alone makes it.
    if started < width:
        return None
    return _Places(rows, columns, rowspans, colspans, top, width)


_known_places = lru_cache(maxsize=1024)(_places)


def _spans_of(line: str, most: int) -> Iterator[tuple[int, int]]:
    """Rowspan, at most ``most``, and colspan of each cell in a row."""
    numbers = map(int, line.rstrip("rs").split(_SPAN)[:-1])
    for rowspan, colspan in zip(numbers, numbers, strict=True):
        yield min(rowspan or most, most), colspan
