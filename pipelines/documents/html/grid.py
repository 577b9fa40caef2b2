"""The grid of an HTML table: which cell stands where, spans resolved.

After "forming a table" of the WHATWG HTML standard, with the tolerance that pages typed by hand need: a span that
reaches further than the table, into an occupied place or into rows that are complete without it is cut, and said so.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from pipelines.documents.html.tree import Element
from pipelines.documents.model import GridCell

_MAX_COLSPAN = 1000
_MAX_ROWSPAN = 65534
WIDEST_FORM = 60  # columns that spans alone may make; cells may make more
_MAX_SPAN_WORK = 2_000_000
_MAX_CUTS = 16
_MOST_CANDIDATES = 8
_LARGEST_MENDED = 1500  # cells; above, a table is no form, and spans are taken at their word
_CELLS = frozenset({"td", "th"})
_SECTIONS = frozenset({"thead", "tbody", "tfoot"})


class RawCell(NamedTuple):
    """A cell as the markup has it: ``rowspan`` 0 reaches to the end of the section."""

    text: str
    rowspan: int = 1
    colspan: int = 1
    image: bool = False


Row = list[RawCell]


@dataclass(slots=True)
class Placed:
    """A cell in its place; spans lie within the grid."""

    cell: RawCell
    row: int
    column: int
    rowspan: int
    colspan: int


@dataclass(frozen=True, slots=True)
class Grid:
    """``cut`` counts the spans that were cut because they displaced the cells of complete rows; ``uneven`` says that
    the rows, taken at their word, do not end at the same column."""

    cells: tuple[GridCell, ...]
    height: int
    width: int
    cut: int = 0
    uneven: bool = False


@dataclass(frozen=True, slots=True)
class _Trial:
    """One way to place the cells, after ``cut`` spans were cut."""

    cells: tuple[Placed, ...]
    height: int
    width: int
    cut: int = 0

    def grid(self, uneven: bool) -> Grid:
        cells = tuple(
            GridCell(placed.cell.text, placed.row, placed.column, placed.rowspan, placed.colspan, placed.cell.image)
            for placed in self.cells
        )
        return Grid(cells, self.height, self.width, self.cut, uneven)


class Structure:
    """What stands where in a table: its own cells by row and section, nested tables' cells left out, and what stands
    in no cell. Wrappers that do not belong between table and cell (form, div) are looked through; cells outside a row
    make one. Not many more than ``most`` cells are looked for, one after the other, because a row may have a million.
    """

    def __init__(self, table: Element, most: int) -> None:
        self.strays: list[str | Element | None] = [table.text]  # texts and captions, in order
        self._sections: list[tuple[bool, list[list[Element]]]] = [(False, [])]
        self._row: list[Element] | None = None
        self._read(table, most)

    @property
    def sections(self) -> list[list[list[Element]]]:
        """The rows that have cells or are marked up as rows, by section (thead, tbody, tfoot last)."""
        return [rows for _, rows in sorted(self._sections, key=lambda section: section[0]) if rows]

    def _read(self, table: Element, most: int) -> None:
        stack: list[tuple[Element, Iterator[Element]]] = [(table, iter(table))]
        while stack:
            parent, children = stack[-1]
            row = self._row
            for node in children:
                if node.tag not in _CELLS:
                    if self._enter(node):
                        stack.append((node, iter(node)))
                        break
                    continue
                if row is None:
                    row = self._row = self._new_row()
                row.append(node)
                if tail := node.tail:
                    self.strays.append(tail)
                most -= 1
                if most < 0:
                    return
            else:
                stack.pop()
                self._leave(parent, parent is table)

    def _new_row(self) -> list[Element]:
        row: list[Element] = []
        self._sections[-1][1].append(row)
        return row

    def _enter(self, node: Element) -> bool:
        """Begin an element that is no cell; whether cells may stand in it."""
        if node.tag in ("table", "caption"):
            self.strays += [node if node.tag == "caption" else None, node.tail]
            return False
        if node.tag not in ("script", "style"):
            self.strays.append(node.text)
        if node.tag == "tr":
            self._row = self._new_row()
        elif node.tag in _SECTIONS:
            self._sections.append((node.tag == "tfoot", []))
            self._row = None
        return True

    def _leave(self, node: Element, is_table: bool) -> None:
        if is_table:
            return
        self.strays.append(node.tail)
        if node.tag == "tr":
            self._row = None
        elif node.tag in _SECTIONS:
            self._sections.append((False, []))
            self._row = None


def rowspan_of(attribute: str) -> int:
    """The rowspan by the standard's rules; 0 reaches to the end of the section."""
    return 1 if attribute == "1" else min(_number(attribute), _MAX_ROWSPAN)


def colspan_of(attribute: str) -> int:
    """The colspan by the standard's rules, at least 1."""
    return 1 if attribute == "1" else min(max(_number(attribute), 1), _MAX_COLSPAN)


def _number(attribute: str) -> int:
    """By the standard's rules for numbers: leading digits count, nonsense is 1."""
    value = attribute.strip(" \t\r\n\f").lstrip("+")
    digits = value[: len(value) - len(value.lstrip("0123456789"))][:9]
    return int(digits) if digits else 1


def resolve(sections: Sequence[Sequence[Row]], mend: bool = True) -> Grid:
    """Place the cells of all sections, one below the other; ``mend`` says whether spans that are too long are sought,
    which costs up to a tenth of a second for a table that has some."""
    sections = _with_spans_limited(sections)
    trial = _place(sections, {})
    if all(placed.cell.rowspan == 1 for placed in trial.cells) or not (mend and _is_mendable(trial)):
        return trial.grid(uneven=False)
    unevenness = _unevenness(trial)
    if not unevenness:
        return trial.grid(uneven=False)
    for other in _readings(sections):
        alternative = _place(other, {})
        if _unevenness(alternative) < unevenness:
            trial, sections, unevenness = alternative, other, _unevenness(alternative)
    widths = {
        _usual_width(_ends(trial)[0]),
        sum(cell.colspan for cell in next((row for rows in sections for row in rows), [])),
    }
    mended = min((_with_spans_cut(sections, trial, width) for width in sorted(widths)), key=_unevenness)
    return (mended if 2 * _unevenness(mended) <= unevenness else trial).grid(uneven=True)


def _is_mendable(trial: _Trial) -> bool:
    """Not larger than any form, and not made of spans: what follows takes time in proportion to both."""
    return len(trial.cells) <= _LARGEST_MENDED and sum(cell.rowspan for cell in trial.cells) <= 4 * len(trial.cells)


def _readings(sections: Sequence[Sequence[Row]]) -> Iterator[Sequence[Sequence[Row]]]:
    """What the page may mean where the standard's reading leaves the rows uneven: spans that reach over sections (each
    row in a <tbody> of its own), rows without cells that no span counts."""
    if len(sections) > 1:
        yield [[row for section in sections for row in section]]
    if not all(row for section in sections for row in section):
        yield [[row for row in section if row] for section in sections]


def _with_spans_limited(sections: Sequence[Sequence[Row]]) -> Sequence[Sequence[Row]]:
    """The rows with colspans beyond any form's width cut to what the other cells leave of the table's width."""
    rows = [row for section in sections for row in section]
    if not any(cell.colspan > WIDEST_FORM for row in rows for cell in row):
        return sections
    taken = [sum(cell.colspan if cell.colspan <= WIDEST_FORM else 1 for cell in row) for row in rows]
    width = max(taken)
    room = iter(max(1, width - others + 1) for others in taken)
    return [[_limited(row, next(room)) for row in section] for section in sections]


def _limited(row: Row, room: int) -> Row:
    return [cell._replace(colspan=room) if cell.colspan > WIDEST_FORM else cell for cell in row]


def _place(sections: Sequence[Sequence[Row]], cuts: dict[int, int]) -> _Trial:
    """Place all cells; ``cuts`` limits the rowspan of cells, by their identity."""
    placed: list[Placed] = []
    top = 0
    work = 0
    for section in sections:
        bottom = top + len(section)
        free_from: list[int] = []  # by column, the first row in which the column is free again
        for row_number, row in enumerate(section, top):
            column = 0
            for cell in row:
                while column < len(free_from) and free_from[column] > row_number:
                    column += 1
                rowspan, colspan = cell.rowspan, cell.colspan
                if colspan > 1:
                    colspan = fitting(colspan, column, row_number, free_from)
                if rowspan != 1:
                    rowspan = min(rowspan or bottom, cuts.get(id(cell), _MAX_ROWSPAN), bottom - row_number)
                if rowspan > 1:
                    work += colspan
                    colspan = colspan if work <= _MAX_SPAN_WORK else 1
                    free_from.extend([0] * (column + colspan - len(free_from)))
                    free_from[column : column + colspan] = [row_number + rowspan] * colspan
                placed.append(Placed(cell, row_number, column, rowspan, colspan))
                column += colspan
        top = bottom
    return _clipped(placed, top)


def fitting(colspan: int, column: int, row: int, free_from: list[int]) -> int:
    """The colspan as far as no cell from a row above stands in its way."""
    if column >= len(free_from):
        return colspan
    ends = next((end for end in range(column, min(column + colspan, len(free_from))) if free_from[end] > row), None)
    return colspan if ends is None else ends - column


def _clipped(placed: list[Placed], height: int) -> _Trial:
    """The cells without columns that only an overlong span makes: a cell alone in its row never widens the table."""
    started = max((cell.column + 1 for cell in placed), default=0)
    wide = [cell for cell in placed if cell.column + cell.colspan > started]
    if not wide:
        return _Trial(tuple(placed), height, started)
    in_row = Counter(cell.row for cell in placed)
    reached = [cell.column + cell.colspan for cell in wide if in_row[cell.row] > 1 and cell.colspan <= WIDEST_FORM]
    if not any(in_row[cell.row] > 1 and cell.colspan <= WIDEST_FORM for cell in placed):
        reached = [cell.column + min(cell.colspan, WIDEST_FORM) for cell in wide]
    width = max(started, *reached) if reached else started
    for cell in wide:
        cell.colspan = min(cell.colspan, width - cell.column)
    return _Trial(tuple(placed), height, width)


def _with_spans_cut(sections: Sequence[Sequence[Row]], trial: _Trial, width: int) -> _Trial:
    """The cells with rowspans cut, one after the other, that push the cells of complete rows over the table's edge.

    Which of the spans from above is too long shows when it is cut: the rows fit again. Of two that fit equally the
    inner one is cut, because the groups of a form contain each other.
    """
    cuts: dict[int, int] = {}
    unevenness = _unevenness(trial, width)
    for number in range(_MAX_CUTS):
        over = _first_over(trial, width)
        candidates = [cell for cell in trial.cells if over is not None and cell.row < over < cell.row + cell.rowspan]
        if over is None or not candidates:
            break
        candidates = sorted(candidates, key=lambda cell: -cell.column)[:_MOST_CANDIDATES]
        tried = [(cell, _place(sections, cuts | {id(cell.cell): over - cell.row})) for cell in candidates]
        cell, best = min(tried, key=lambda pair: (_unevenness(pair[1], width), -pair[0].column))
        reached = _first_over(best, width)
        moved = reached is None or reached > over
        if (remaining := _unevenness(best, width)) > unevenness or (remaining == unevenness and not moved):
            break
        cuts[id(cell.cell)] = over - cell.row
        trial, unevenness = replace(best, cut=number + 1), remaining
    return trial


def _first_over(trial: _Trial, width: int) -> int | None:
    """The first row whose printed cells stick out over the edge."""
    rows = (cell.row for cell in trial.cells if cell.cell.text and cell.column + cell.colspan > width)
    return min(rows, default=None)


def _ends(trial: _Trial) -> tuple[list[int], list[int]]:
    """Where each row ends, spans from above included, and where its own last printed cell does."""
    ends = [0] * trial.height
    printed = [0] * trial.height
    for cell in trial.cells:
        row, end = cell.row, cell.column + cell.colspan
        if end > ends[row]:
            ends[row] = end
        if cell.cell.text and end > printed[row]:
            printed[row] = end
        if cell.rowspan > 1:
            for below in range(row + 1, row + cell.rowspan):
                if end > ends[below]:
                    ends[below] = end
    return ends, printed


def _usual_width(ends: Sequence[int]) -> int:
    """Where most rows end."""
    counted = Counter(end for end in ends if end)
    return max(counted, key=lambda end: (counted[end], -end), default=0)


def _unevenness(trial: _Trial, width: int | None = None) -> int:
    """How far the rows are from ending at the same column: what is printed beyond it, and what is missing."""
    ends, printed = _ends(trial)
    if width is None:
        width = _usual_width(ends)
    over = sum(end - width for end in printed if end > width)
    return over + sum(width - end for end in ends if 0 < end < width)
