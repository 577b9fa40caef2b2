"""One table as far as it stands on one page: its cells with their text."""

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from pipelines.documents.model import GridCell, Spans, Table
from pipelines.documents.pdf.drawing import Drawing, Picture, Slant
from pipelines.documents.pdf.grid import REACH, Box, Grid
from pipelines.documents.pdf.lines import CELL_MARGIN, Line, cell_text, line_of, rows_of
from pipelines.documents.pdf.page import Glyph

# No text stands in a row of less than this part of its size.
_THINNEST_ROW = 0.8
# A line through a cell takes this part of its width and of its height.
_CROSSED = 0.6
SLANT = "╱"


@dataclass(slots=True)
class PartCell:
    """``room`` is how much space the cell's last line leaves, in sizes of its characters; ``image``: a picture."""

    row: int
    column: int
    rowspan: int
    colspan: int
    text: str
    room: float = math.inf
    image: bool = False

    @property
    def end_row(self) -> int:
        return self.row + self.rowspan

    @property
    def place(self) -> tuple[int, int]:
        """The columns that the cell covers."""
        return self.column, self.colspan


@dataclass(slots=True)
class Part:
    """``xs`` are the column edges, ``heights`` those of the rows, in points; ``pages`` the first and the last page;
    ``number`` the place among the first page's tables, from 1 (0 before they are counted). ``lines`` is the same text
    as running lines, for boxes that turn out to be no table. ``strayed`` counts numbers that were printed across a
    rule. ``guessed`` is true where the column edges are not drawn. ``closed`` holds the cells of pages after the first
    (it has ``head`` rows) that no later page can go on with: ``cells`` stays short over hundreds of pages."""

    xs: list[float]
    heights: list[float]
    cells: list[PartCell]
    pages: tuple[int, int]
    top: float
    bottom: float
    number: int = 0
    open_top: bool = False
    open_bottom: bool = False
    spans: Spans = "resolved"
    lines: list[Line] = field(default_factory=list)
    strayed: int = 0
    guessed: bool = False
    head: int = 0
    closed: list[PartCell] = field(default_factory=list)

    @property
    def all_cells(self) -> list[PartCell]:
        return [*self.cells, *self.closed]

    @property
    def height(self) -> int:
        return len(self.heights)

    @property
    def width(self) -> int:
        return len(self.xs) - 1

    def row(self, index: int) -> list[PartCell]:
        """The cells that cover row ``index``, one of the first page or the last, from left to right."""
        return sorted((cell for cell in self.cells if cell.row <= index < cell.end_row), key=lambda cell: cell.column)

    def is_tabular(self) -> bool:
        """Whether this is a table of data and not a text box, a frame or a chart's axes."""
        return self.width > 1 and self.height * self.width > 1 and sum(bool(cell.text) for cell in self.all_cells) > 1

    def table(self) -> Table:
        first, last = self.pages
        place = f"page {first}" if first == last else f"pages {first}–{last}"
        cells = (
            GridCell(cell.text, cell.row, cell.column, cell.rowspan, cell.colspan, image=cell.image and not cell.text)
            for cell in sorted(self.all_cells, key=lambda cell: (cell.row, cell.column))
        )
        where = f"{place}, table {self.number}"
        return Table(tuple(cells), self.height, self.width, self.spans, where, gathered=self.spans == "lost")


def stands_in(glyph: Glyph, grid: Grid) -> bool:
    """Whether ``glyph`` belongs to the table: inside it, or printed across its upper or lower border."""
    return grid.holds(glyph.x, glyph.y, slack=0.35 * glyph.size)


def ruled_part(grid: Grid, glyphs: Sequence[Glyph], drawing: Drawing, page: int) -> Part:
    """The table of ``grid`` with the ``glyphs`` and what of the ``drawing`` stands in it."""
    by_box, strayed = _by_box(grid, glyphs)
    part = Part(
        xs=list(grid.xs),
        heights=[lower - upper for upper, lower in pairwise(grid.ys)],
        cells=[_cell(box, by_box.get(index, [])) for index, box in enumerate(grid.boxes)],
        pages=(page, page),
        top=grid.top,
        bottom=grid.bottom,
        open_top=grid.open_top,
        open_bottom=grid.open_bottom,
        lines=[line_of(row, page) for row in rows_of(glyphs)],
        strayed=strayed,
        guessed=grid.guessed,
    )
    for picture in drawing.pictures:
        _mark_picture(grid, part, picture)
    for slant in drawing.slants:
        _mark_slant(grid, part, slant)
    _drop_slivers(part, glyphs)
    return part


def _drop_slivers(part: Part, glyphs: Sequence[Glyph]) -> None:
    """Takes out the rows that are too thin for text and hold none of their own: a merged cell whose border was drawn
    short makes one. The first and the last stay: a page break may have cut them."""
    least = _THINNEST_ROW * median([glyph.size for glyph in glyphs]) if glyphs else 0.0
    for row in range(part.height - 2, 0, -1):
        own = [cell for cell in part.cells if cell.row == row and cell.rowspan == 1]
        begun = [cell for cell in part.cells if cell.row == row and cell.rowspan > 1]
        if part.heights[row] >= least or begun or any(cell.text or cell.image for cell in own):
            continue
        part.heights[row - 1] += part.heights.pop(row)
        part.cells = [cell for cell in part.cells if cell.row != row]
        for cell in part.cells:
            if cell.row > row:
                cell.row -= 1
            elif cell.end_row > row:
                cell.rowspan -= 1


def _by_box(grid: Grid, glyphs: Sequence[Glyph]) -> tuple[dict[int, list[Glyph]], int]:
    """Glyphs by the index of their box. A number printed across a rule belongs to the box that holds most of it."""
    by_box: dict[int, list[Glyph]] = {}
    strayed = 0
    by_slot = _boxes_by_slot(grid)
    for word in _words(glyphs):
        homes = [by_slot[_slot(grid.ys, glyph.y), _slot(grid.xs, glyph.x)] for glyph in word]
        if len(set(homes)) > 1 and any(glyph.text.isdigit() for glyph in word):
            homes = [max(homes, key=homes.count)] * len(word)
            strayed += 1
        for home, glyph in zip(homes, word, strict=True):
            by_box.setdefault(home, []).append(glyph)
    return by_box, strayed


def _boxes_by_slot(grid: Grid) -> dict[tuple[int, int], int]:
    """The index of the box that covers each row and column."""
    return {
        (row, column): index
        for index, box in enumerate(grid.boxes)
        for row in range(box.row, box.row + box.rowspan)
        for column in range(box.column, box.column + box.colspan)
    }


def _slot(edges: Sequence[float], place: float) -> int:
    """The row or column in which ``place`` lies; the nearest one for a place beyond the edges."""
    return min(max(bisect_right(edges, place) - 1, 0), len(edges) - 2)


def _words(glyphs: Sequence[Glyph]) -> Iterable[list[Glyph]]:
    """Upright numbers set by one stroke, each as one group; every other glyph by itself."""
    for row in rows_of(glyph for glyph in glyphs if glyph.quarter == 0):
        word: list[Glyph] = []
        for glyph in row:
            if word and not _same_number(word[-1], glyph):
                yield word
                word = []
            word.append(glyph)
        if word:
            yield word
    yield from ([glyph] for glyph in glyphs if glyph.quarter != 0)


def _same_number(before: Glyph, glyph: Glyph) -> bool:
    in_number = all(each.text.isdigit() or each.text in ".,-−" for each in (before, glyph))
    return in_number and before.run == glyph.run and not glyph.spaced and glyph.x0 - before.x1 < 0.3 * glyph.size


def _cell(box: Box, glyphs: Sequence[Glyph]) -> PartCell:
    text = cell_text(glyphs, box.x0, box.x1) if glyphs else ""
    return PartCell(box.row, box.column, box.rowspan, box.colspan, text, _room(box, glyphs))


def _room(box: Box, glyphs: Sequence[Glyph]) -> float:
    rows = rows_of(glyphs)
    if not rows:
        return math.inf
    last = line_of(rows[-1])
    widest = max(glyph.x1 - glyph.x0 for glyph in rows[-1])
    return (box.x1 - box.x0 - 2 * CELL_MARGIN - (last.x1 - last.x0)) / max(widest, 1.0)


def _mark_picture(grid: Grid, part: Part, picture: Picture) -> None:
    x, y = (picture.x0 + picture.x1) / 2, (picture.top + picture.bottom) / 2
    for box, cell in zip(grid.boxes, part.cells, strict=True):
        if box.holds(x, y) and picture.area < 1.5 * (box.x1 - box.x0) * (box.bottom - box.top):
            cell.image = True


def _mark_slant(grid: Grid, part: Part, slant: Slant) -> None:
    """A line drawn from corner to corner of a cell says that there is no number; across one, it strikes it out. A label
    it parts from another."""
    x, y = (slant.x0 + slant.x1) / 2, (slant.top + slant.bottom) / 2
    for box, cell in zip(grid.boxes, part.cells, strict=True):
        width, height = box.x1 - box.x0, box.bottom - box.top
        across, down = slant.x1 - slant.x0, slant.bottom - slant.top
        within = across < width + 2 * REACH and down < height + 2 * REACH
        crossed = within and across > _CROSSED * width and down > _CROSSED * height
        if crossed and box.holds(x, y) and not any(each.isalpha() or each == SLANT for each in cell.text):
            cell.text = SLANT + cell.text
