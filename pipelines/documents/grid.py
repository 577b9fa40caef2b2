"""The grid of an HTML table: which cell stands where, spans resolved.

After "forming a table" of the WHATWG HTML standard, with the tolerance that pages typed by hand need: a span that
reaches further than the table, into an occupied place or into rows that are complete without it is cut, and said so.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipelines.documents.tree import Element

_MAX_COLSPAN = 1000
_MAX_ROWSPAN = 65534
_WIDEST_FORM = 60  # columns that spans alone may make; cells may make more
_MAX_SPAN_WORK = 2_000_000
_MAX_CUTS = 8
_LARGEST_MENDED = 5000  # cells; above, a table is no form, and spans are taken at their word
_CELLS = ("td", "th")


@dataclass(slots=True)
class RawCell:
    """A cell as the markup has it: ``rowspan`` 0 reaches to the end of the section."""

    element: Element | None
    text: str
    rowspan: int = 1
    colspan: int = 1
    image: bool = False


Row = list[RawCell]


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell in its place; spans lie within the grid."""

    cell: RawCell
    row: int
    column: int
    rowspan: int
    colspan: int


@dataclass(frozen=True, slots=True)
class Grid:
    """``cut`` counts the spans that were cut because they displaced the cells of complete rows."""

    cells: tuple[Placed, ...]
    height: int
    width: int
    cut: int = 0


def sections_of(table: Element) -> list[list[list[Element]]]:
    """The table's own cells by row and section (thead, tbody, tfoot last), nested tables' cells left out. Wrappers
    that do not belong between table and cell (form, div) are looked through; cells outside a row make one."""
    sections: list[tuple[bool, list[list[Element]]]] = [(False, [])]
    row: list[Element] | None = None
    for node, leaving in _structure(table):
        tag = node.tag
        if tag in ("thead", "tbody", "tfoot"):
            sections.append((tag == "tfoot" and not leaving, []))
            row = None
        elif tag == "tr":
            row = None
            if not leaving:
                row = []
                sections[-1][1].append(row)
        elif tag in _CELLS:
            if row is None:
                row = []
                sections[-1][1].append(row)
            row.append(node)
    return [rows for _, rows in sorted(sections, key=lambda section: section[0]) if rows]


def _structure(table: Element) -> Iterator[tuple[Element, bool]]:
    """The elements between the table and its cells, entered and left; cells themselves are only entered."""
    stack: list[tuple[Element, bool]] = [(child, False) for child in reversed(table)]
    while stack:
        node, leaving = stack.pop()
        yield node, leaving
        if leaving or node.tag in _CELLS or node.tag in ("table", "caption"):
            continue
        if node.tag in ("thead", "tbody", "tfoot", "tr"):
            stack.append((node, True))
        stack.extend((child, False) for child in reversed(node))


def span_of(element: Element, name: str) -> int:
    """The span attribute by the standard's rules for numbers: leading digits count, nonsense is 1."""
    attribute = element.get(name)
    if attribute is None:
        return 1
    value = attribute.strip(" \t\r\n\f").lstrip("+")
    digits = value[: len(value) - len(value.lstrip("0123456789"))][:9]
    if not digits:
        return 1
    if name == "rowspan":
        return min(int(digits), _MAX_ROWSPAN)
    return min(max(int(digits), 1), _MAX_COLSPAN)


def resolve(sections: Sequence[Sequence[Row]]) -> Grid:
    """Place the cells of all sections, one below the other."""
    _limit_spans(sections)
    best = _place(sections, {})
    if len(best.cells) > _LARGEST_MENDED:
        return best
    if len(sections) > 1 and _spans_reach_out(sections):
        # The standard ends a span with its section; pages that give every row a <tbody> of its own mean otherwise.
        joined = [[row for section in sections for row in section]]
        if _cost(other := _place(joined, {})) < _cost(best):
            best, sections = other, joined
    cut = 0
    cuts: dict[int, int] = {}
    while cut < _MAX_CUTS and (improved := _with_a_span_cut(sections, best, cuts)):
        best = improved
        cut += 1
    return replace(best, cut=cut)


def _limit_spans(sections: Sequence[Sequence[Row]]) -> None:
    """Cut colspans beyond any form's width to what the other cells leave of the table's width."""
    rows = [row for section in sections for row in section]
    if not any(cell.colspan > _WIDEST_FORM for row in rows for cell in row):
        return
    taken = [sum(cell.colspan if cell.colspan <= _WIDEST_FORM else 1 for cell in row) for row in rows]
    width = max(taken)
    for row, others in zip(rows, taken, strict=True):
        for cell in row:
            if cell.colspan > _WIDEST_FORM:
                cell.colspan = max(1, width - others + 1)


def _spans_reach_out(sections: Sequence[Sequence[Row]]) -> bool:
    return any(
        cell.rowspan > len(section) - index for section in sections for index, row in enumerate(section) for cell in row
    )


def _place(sections: Sequence[Sequence[Row]], cuts: dict[int, int]) -> Grid:
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
                rowspan = min(cell.rowspan or bottom, cuts.get(id(cell), _MAX_ROWSPAN), bottom - row_number)
                colspan = _fitting(cell.colspan, column, row_number, free_from)
                if rowspan > 1:
                    work += colspan
                    colspan = colspan if work <= _MAX_SPAN_WORK else 1
                    free_from.extend([0] * (column + colspan - len(free_from)))
                    free_from[column : column + colspan] = [row_number + rowspan] * colspan
                placed.append(Placed(cell, row_number, column, rowspan, colspan))
                column += colspan
        top = bottom
    return _clipped(placed, top)


def _fitting(colspan: int, column: int, row: int, free_from: list[int]) -> int:
    """The colspan as far as no cell from a row above stands in its way."""
    if colspan == 1 or column >= len(free_from):
        return colspan
    ends = next((end for end in range(column, min(column + colspan, len(free_from))) if free_from[end] > row), None)
    return colspan if ends is None else ends - column


def _clipped(placed: list[Placed], height: int) -> Grid:
    """The grid without columns that only an overlong span makes: a cell alone in its row never widens the table."""
    alone = Counter(cell.row for cell in placed)
    started = max((cell.column + 1 for cell in placed), default=0)
    reached = [cell.column + cell.colspan for cell in placed if alone[cell.row] > 1 and cell.colspan <= _WIDEST_FORM]
    if not reached:
        reached = [cell.column + min(cell.colspan, _WIDEST_FORM) for cell in placed]
    width = max(started, *reached, 0) if reached else started
    cells = tuple(
        cell if cell.column + cell.colspan <= width else replace(cell, colspan=width - cell.column) for cell in placed
    )
    return Grid(cells, height, width)


def _with_a_span_cut(sections: Sequence[Sequence[Row]], grid: Grid, cuts: dict[int, int]) -> Grid | None:
    """The grid with one rowspan cut, where that puts displaced rows right; None where no cut improves it.

    A rowspan that is too long pushes the cells of the rows after it to the right, over the edge of the table. Which of
    the spans from above is too long shows when it is cut: the rows fit again. Remembers the cut in ``cuts``.
    """
    width, ends = _usual_width(grid)
    over = next((row for row, end in enumerate(ends) if end > width), None)
    if over is None or sum(end > width for end in ends) * 3 > len(ends):
        return None
    cost = _cost(grid)
    best: tuple[int, Grid, int, int] | None = None
    for cell in grid.cells:
        if cell.row < over < cell.row + cell.rowspan:
            candidate = _place(sections, cuts | {id(cell.cell): over - cell.row})
            candidate_cost = _cost(candidate, width)
            if candidate_cost < cost and (best is None or candidate_cost <= best[0]):
                best = (candidate_cost, candidate, id(cell.cell), over - cell.row)
    if best is None:
        return None
    cuts[best[2]] = best[3]
    return best[1]


def _usual_width(grid: Grid) -> tuple[int, list[int]]:
    """Where most rows end, and where each row's last printed cell ends."""
    ends = [0] * grid.height
    printed = [0] * grid.height
    for cell in grid.cells:
        for row in range(cell.row, cell.row + (cell.rowspan if cell.rowspan < 200 else 1)):
            ends[row] = max(ends[row], cell.column + cell.colspan)
        if cell.cell.text:
            printed[cell.row] = max(printed[cell.row], cell.column + cell.colspan)
    counted = Counter(end for end in ends if end)
    width = max(counted, key=lambda end: (counted[end], -end), default=0)
    return width, printed


def _cost(grid: Grid, width: int | None = None) -> int:
    """How far the rows are from ending at the same column: what sticks out, and what is missing."""
    usual, printed = _usual_width(grid)
    usual = usual if width is None else width
    full = [0] * grid.height
    for cell in grid.cells:
        for row in range(cell.row, cell.row + (cell.rowspan if cell.rowspan < 200 else 1)):
            full[row] = max(full[row], cell.column + cell.colspan)
    over = sum(end - usual for end in printed if end > usual)
    return over + sum(usual - end for end in full if end < usual)
