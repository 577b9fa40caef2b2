"""From a worksheet's cells to tables and the text around them.

A sheet has no end of a table: titles stand above it, notes and signatures below, and a second table may follow.
What is alone in its row, above or below the rows of a table, is text; everything between stays in the table.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipelines.documents.model import GridCell, Paragraph, Table
from pipelines.documents.plain.rows import is_figure
from pipelines.documents.sheets.cells import Merge, Sheet

# Places of one table, empty ones included; the largest statutory table has 300.
AREA_LIMIT = 200_000
# A table's first row may be a bar over its full width; above a table it would be a title else.
_BAR = re.compile(r"第.{1,6}条")
# A label, not a unit or a mark; so many of them, and a figure, make a table of its own beside another.
_LABEL = re.compile(r"[^\d\W]{4}")
_FEWEST_LABELS = 3
_NOTE = re.compile(r"\s*(?:注|说明|备注|填表|填报|制表|审核|联系|单位负责人|负责人)|.*年.{1,3}月.{1,3}日\s*$")


@dataclass(frozen=True, slots=True)
class _Cell:
    row: int
    column: int
    rowspan: int
    colspan: int
    text: str

    @property
    def end_row(self) -> int:
        return self.row + self.rowspan

    @property
    def end_column(self) -> int:
        return self.column + self.colspan


@dataclass(frozen=True, slots=True)
class SheetBlocks:
    """``left_out`` counts cells with text in hidden rows and columns, ``cut`` tells that a table was too large."""

    blocks: tuple[Paragraph | Table, ...]
    left_out: int
    cut: bool


def blocks_of(sheet: Sheet) -> SheetBlocks:
    cells, blanks, left_out = _shown(sheet)
    blocks: list[Paragraph | Table] = []
    cut = sheet.cut
    number = 0
    for band in _split_bands(cells):
        head, body, tail = _parts(band)
        blocks.extend(_text(head))
        if body:
            number += 1
            table = _table(body, blanks, f"sheet {sheet.name}, table {number}", sheet.hidden)
            cut = cut or table is None
            blocks.extend([table] if table else _text(body))
        blocks.extend(_text(tail))
    return SheetBlocks(tuple(blocks), left_out, cut)


def _shown(sheet: Sheet) -> tuple[list[_Cell], list[_Cell], int]:
    """The cells with text and the merged empty ones, at their places among the rows and columns that are seen; and
    how many cells with text are not seen."""
    rows, columns = _Seen(sheet.hidden_rows), _Seen(sheet.hidden_columns)
    anchors = {(merge.top, merge.left): merge for merge in sheet.merges}
    empty = {place: "" for place in anchors if place not in sheet.texts}
    cells: list[_Cell] = []
    blanks: list[_Cell] = []
    left_out = 0
    for (row, column), text in (sheet.texts | empty).items():
        merge = anchors.get((row, column), Merge(row, column, row, column))
        top, bottom = rows.place(merge.top), rows.place(merge.bottom + 1)
        left, right = columns.place(merge.left), columns.place(merge.right + 1)
        if bottom == top or right == left:
            left_out += bool(text)
            continue
        (cells if text else blanks).append(_Cell(top, left, bottom - top, right - left, text))
    cells.sort(key=lambda cell: (cell.row, cell.column))
    return _without_covered(cells), blanks, left_out


def _without_covered(cells: Sequence[_Cell]) -> list[_Cell]:
    """Without texts that lie under a merge, which a sheet does not show."""
    merged = [cell for cell in cells if cell.rowspan > 1 or cell.colspan > 1]
    if not merged:
        return list(cells)
    covers: dict[int, list[_Cell]] = {}
    last = max(cell.row for cell in cells)
    for cell in merged:
        for row in range(cell.row, min(cell.end_row, last + 1)):
            covers.setdefault(row, []).append(cell)
    return [
        cell
        for cell in cells
        if not any(
            cover is not cell and cover.column <= cell.column < cover.end_column for cover in covers.get(cell.row, ())
        )
    ]


class _Seen:
    """Maps a row or column number to its place among those that are not hidden."""

    def __init__(self, hidden: Iterable[range]) -> None:
        ranges = sorted(hidden, key=lambda span: span.start)
        self._starts: list[int] = []
        self._stops: list[int] = []
        self._before: list[int] = []
        total = 0
        for span in ranges:
            if self._stops and span.start < self._stops[-1]:
                continue
            self._starts.append(span.start)
            self._stops.append(span.stop)
            self._before.append(total)
            total += len(span)

    def place(self, number: int) -> int:
        index = bisect_left(self._starts, number) - 1
        if index < 0:
            return number
        inside = min(number, self._stops[index]) - self._starts[index]
        return number - self._before[index] - inside


def _bands(cells: Sequence[_Cell]) -> Iterator[list[list[_Cell]]]:
    """Rows (those with text) in groups that belong together: an empty row parts them where the rows after it begin
    with text of their own, or have other columns."""
    band: list[list[_Cell]] = []
    end = 0
    for row in _rows(cells):
        if band and row[0].row > end and not _goes_on(band, row):
            yield band
            band = []
        band.append(row)
        end = max(end if len(band) > 1 else 0, max(cell.end_row for cell in row))
    if band:
        yield band


def _split_bands(cells: Sequence[_Cell]) -> Iterator[list[list[_Cell]]]:
    for band in _bands(cells):
        for beside in _side_by_side(band):
            yield from _split(beside)


def _side_by_side(band: list[list[_Cell]]) -> list[list[list[_Cell]]]:
    """A band cut at columns in which nothing stands, where each part is a table by itself. What is alone in its row
    does not count, and goes with the part above which it begins."""
    starts: list[int] = []
    end = -1
    for first, behind in sorted({(cell.column, cell.end_column) for row in band if len(row) > 1 for cell in row}):
        if first > end:
            starts.append(first)
        end = max(end, behind)
    if len(starts) < 2:
        return [band]
    parts: list[list[_Cell]] = [[] for _ in starts]
    for row in band:
        for cell in row:
            parts[max(0, bisect_right(starts, cell.column) - 1)].append(cell)
    return [list(_rows(part)) for part in parts] if all(map(_is_table, parts)) else [band]


def _is_table(cells: Sequence[_Cell]) -> bool:
    labels = sum(1 for cell in cells if _LABEL.search(cell.text))
    return labels >= _FEWEST_LABELS and any(map(is_figure, (cell.text for cell in cells)))


def _split(band: list[list[_Cell]]) -> Iterator[list[list[_Cell]]]:
    """A band cut above each lone cell below which the table is wider than before: there another table begins."""
    start = 0
    for index in range(1, len(band)):
        if len(band[index]) > 1 or band[index][0].rowspan > 1:
            continue
        above = [cell for row in band[start:index] if len(row) > 1 for cell in row]
        below = _until_next_lone(band, index + 1)
        if above and below and _is_wider(_extent(below), _extent(above)):
            yield band[start:index]
            start = index
    yield band[start:]


def _until_next_lone(band: Sequence[Sequence[_Cell]], start: int) -> list[_Cell]:
    cells: list[_Cell] = []
    for row in band[start:]:
        if len(row) == 1 and cells:
            break
        cells.extend(row if len(row) > 1 else ())
    return cells


def _is_wider(extent: tuple[int, int], other: tuple[int, int]) -> bool:
    return extent[0] < other[0] or extent[1] > other[1]


def _rows(cells: Sequence[_Cell]) -> Iterator[list[_Cell]]:
    row: list[_Cell] = []
    for cell in cells:
        if row and cell.row != row[0].row:
            yield row
            row = []
        row.append(cell)
    if row:
        yield row


def _goes_on(band: Sequence[Sequence[_Cell]], row: Sequence[_Cell]) -> bool:
    """Whether ``row``, below an empty one, belongs to the table above: it has several cells, in the same columns."""
    if len(row) < 2 or row[0].row - band[-1][0].row > 3:
        return False
    left, right = _extent(cell for line in band for cell in line)
    return (row[0].column, row[-1].end_column) == (left, right)


def _extent(cells: Iterable[_Cell]) -> tuple[int, int]:
    found = list(cells)
    return min(cell.column for cell in found), max(cell.end_column for cell in found)


def _parts(band: list[list[_Cell]]) -> tuple[list[list[_Cell]], list[list[_Cell]], list[list[_Cell]]]:
    """The text above, the table, the text below."""
    full = [index for index, row in enumerate(band) if len(row) > 1 or _reaches_down(row, band)]
    if not full:
        return band, [], []
    start, end = full[0], full[-1] + 1
    while end < len(band) and not _is_note(band[end], band[start:end]):
        end += 1
    if start and _is_bar(band[start - 1], band[start:end]):
        start -= 1
    return band[:start], band[start:end], band[end:]


def _reaches_down(row: Sequence[_Cell], band: Sequence[Sequence[_Cell]]) -> bool:
    """Whether a lone cell is merged over rows in which other cells stand."""
    return row[0].rowspan > 1 and any(row[0].row < other[0].row < row[0].end_row for other in band)


def _is_note(row: Sequence[_Cell], body: Sequence[Sequence[_Cell]]) -> bool:
    """Whether a lone cell below a table is text: it goes over the table's full width, or reads like a note."""
    left, right = _extent(cell for line in body for cell in line)
    cell = row[0]
    if any(other.row < cell.row < other.end_row for line in body for other in line):
        return False
    over_all = cell.column <= left and cell.end_column >= right
    return over_all or cell.column > left or bool(_NOTE.match(cell.text))


def _is_bar(row: Sequence[_Cell], body: Sequence[Sequence[_Cell]]) -> bool:
    left, right = _extent(cell for line in body for cell in line)
    cell = row[0]
    return (cell.column, cell.end_column) == (left, right) and bool(_BAR.match(cell.text))


def _text(rows: Iterable[Sequence[_Cell]]) -> Iterator[Paragraph]:
    for row in rows:
        for line in " ".join(cell.text for cell in row).split("\n"):
            yield Paragraph(line)


def _table(rows: Sequence[Sequence[_Cell]], blanks: Sequence[_Cell], where: str, hidden: bool) -> Table | None:
    """The rows as a table in which every place has its cell, or None where that is too large."""
    cells = [cell for row in rows for cell in row]
    left, right = _extent(cells)
    top, bottom = rows[0][0].row, max(cell.end_row for cell in cells)
    if (bottom - top) * (right - left) > AREA_LIMIT:
        return None
    taken: set[tuple[int, int]] = set()
    placed: list[GridCell] = []
    inside = [
        cell
        for cell in blanks
        if top <= cell.row and cell.end_row <= bottom and left <= cell.column and cell.end_column <= right
    ]
    for cell in [*cells, *inside]:
        places = {
            (row, column) for row in range(cell.row, cell.end_row) for column in range(cell.column, cell.end_column)
        }
        if places & taken:
            continue
        taken |= places
        placed.append(GridCell(cell.text, cell.row - top, cell.column - left, cell.rowspan, cell.colspan))
    placed.extend(
        GridCell("", row - top, column - left)
        for row in range(top, bottom)
        for column in range(left, right)
        if (row, column) not in taken
    )
    placed.sort(key=lambda cell: (cell.row, cell.column))
    return Table(tuple(placed), bottom - top, right - left, "resolved", where, hidden)
