"""Word tables as grids: spans from ``w:gridSpan`` and ``w:vMerge``, whatever their order says elsewhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipelines.documents.model import GridCell, Table
from pipelines.documents.word.xml import REMOVED, Element, W, number, shown, value

# Word itself allows 63 columns and 32,767 rows.
COLUMNS_LIMIT = 200
CELLS_LIMIT = 100_000
_FRAME_CELLS = 3


@dataclass(slots=True)
class CellContent:
    """What stands in a cell: its own paragraphs' text, the tables nested in it, and whether it shows a picture."""

    text: str
    nested: list[Element] = field(default_factory=list)
    pictured: bool = False


@dataclass(slots=True)
class WordCell:
    """``element`` is the ``w:tc`` whose content is printed; `CellContent` is read from it once the table is known
    to hold data, for reading counts list numbers on."""

    row: int
    column: int
    rowspan: int
    colspan: int
    element: Element

    @property
    def holds_table(self) -> bool:
        return next(self.element.iter(W + "tbl"), None) is not None

    @property
    def holds_text(self) -> bool:
        return _holds_text(self.element)


@dataclass(slots=True)
class WordTable:
    """``overlaid`` counts cells whose text a merge hides: Word prints the first cell of a merge alone."""

    cells: list[WordCell]
    height: int
    width: int
    overlaid: int = 0

    def is_layout(self) -> bool:
        """Whether the table only arranges what is in it: one column, or nothing but other tables in its cells."""
        if self.width <= 1 or len(self.cells) <= 1:
            return True
        beside = sum(cell.holds_text and not cell.holds_table for cell in self.cells)
        return beside <= 2 and any(cell.holds_table for cell in self.cells)

    def is_frame(self) -> bool:
        """Whether the table, nested in a cell, only frames what the cell says: a few cells in one row or column."""
        return len(self.cells) <= _FRAME_CELLS and min(self.height, self.width) <= 1

    def table(self, contents: Sequence[CellContent], where: str) -> Table:
        """The table with the ``contents`` of its cells, in their order."""
        cells = tuple(
            GridCell(
                content.text,
                cell.row,
                cell.column,
                cell.rowspan,
                cell.colspan,
                image=content.pictured and not content.text,
            )
            for cell, content in zip(self.cells, contents, strict=True)
        )
        return Table(cells, self.height, self.width, "resolved", where)


def read_table(table: Element) -> WordTable:
    """The grid of ``w:tbl``."""
    result = WordTable([], 0, 0)
    above: dict[int, WordCell] = {}
    for row in _rows(table):
        if len(result.cells) > CELLS_LIMIT:
            break
        above = _read_row(row, result, above)
        result.height += 1
    return result


def _rows(table: Element) -> Iterator[Element]:
    for row in shown(table):
        if row.tag == W + "tr" and not _is_struck(row):
            yield row


def _is_struck(row: Element) -> bool:
    properties = row.find(W + "trPr")
    return properties is not None and any(child.tag in REMOVED for child in properties)


def _holds_text(element: Element) -> bool:
    return any((text.text or "").strip() for text in element.iter(W + "t"))


def _read_row(row: Element, result: WordTable, above: dict[int, WordCell]) -> dict[int, WordCell]:
    """Adds the row's cells; returns the cells that a merge may continue below, by their column."""
    index = result.height
    column = _skipped(row, "gridBefore")
    reaching: dict[int, WordCell] = {}
    before: WordCell | None = None
    for element in shown(row):
        if element.tag != W + "tc" or column >= COLUMNS_LIMIT:
            continue
        properties = element.find(W + "tcPr")
        if properties is not None and properties.find(W + "cellDel") is not None:
            continue
        colspan = _colspan(properties, COLUMNS_LIMIT - column)
        upper = above.get(column)
        if before is not None and _merge(properties, "hMerge") == "continue":
            before.colspan += colspan
            result.overlaid += _holds_text(element)
        elif upper is not None and upper.colspan == colspan and _merge(properties, "vMerge") == "continue":
            upper.rowspan = index - upper.row + 1
            reaching[column] = before = upper
            result.overlaid += _holds_text(element)
        else:
            before = WordCell(index, column, 1, colspan, element)
            result.cells.append(before)
            if _merge(properties, "vMerge"):
                reaching[column] = before
        column += colspan
    result.width = max(result.width, min(column + _skipped(row, "gridAfter"), COLUMNS_LIMIT))
    return reaching


def _skipped(row: Element, name: str) -> int:
    """Grid columns left free at the start or end of a row."""
    properties = row.find(W + "trPr")
    found = None if properties is None else properties.find(W + name)
    return min(max(number(value(found)), 0), COLUMNS_LIMIT)


def _colspan(properties: Element | None, limit: int) -> int:
    found = None if properties is None else properties.find(W + "gridSpan")
    return max(1, min(number(value(found), 1), limit))


def _merge(properties: Element | None, name: str) -> str:
    """``restart``, ``continue`` (also where no value is given), or empty where the cell is not merged."""
    found = None if properties is None else properties.find(W + name)
    return "" if found is None else value(found) or "continue"


def texts_of(paragraphs: Sequence[str]) -> str:
    """The paragraphs of a cell as one text, empty ones left out."""
    return "\n".join(text for text in paragraphs if text)
