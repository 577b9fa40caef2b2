"""Tables of which nothing is to be asked, read in one pass.

Most tables are rows of plain cells that, spans taken at their word, all end at the same column. They are placed as
they are read, in a third of the time that reading a table with care takes; for any other the answer is None.
"""

from collections.abc import Iterator
from typing import NamedTuple

from pipelines.documents.celltext import flat_lines, innermost, shows_picture
from pipelines.documents.grid import WIDEST_FORM, colspan_of, fitting, rowspan_of
from pipelines.documents.model import GridCell
from pipelines.documents.normal import fold
from pipelines.documents.tree import Element

_MOST_SPANNED = 1_000_000  # places of the grid that cells of several rows may take


class EvenTable(NamedTuple):
    cells: tuple[GridCell, ...]
    height: int
    width: int


def read_even(table: Element, most: int) -> EvenTable | None:
    """The table as `TableReader.read_with_care` would read it, where no stray text, picture, nested element or uneven
    row stands in it; None for another, and for more than ``most`` cells. The caller knows that nothing in it is hidden.
    """
    cells: list[GridCell] = []
    width = started = spanned = top = 0
    for section in _sections(table):
        bottom = top + len(section)
        free_from: list[int] = []  # by column, the first row in which the column is free again
        reached = top  # the first row into which no span of a row above reaches
        for number, row in enumerate(section, top):
            if not _is_plain_row(row):
                return None
            covered = reached > number
            column = colspan = 0
            for element in row:
                text = _text(element)
                if text is None:
                    return None
                while covered and column < len(free_from) and free_from[column] > number:
                    column += 1
                rowspan, colspan = 1, 1
                if (attribute := element.get("colspan")) and attribute != "1":
                    colspan = colspan_of(attribute)
                    if colspan > WIDEST_FORM or fitting(colspan, column, number, free_from) < colspan:
                        return None
                if (attribute := element.get("rowspan")) and attribute != "1":
                    rowspan = min(rowspan_of(attribute) or bottom, bottom - number)
                    if rowspan > 1:
                        free_from += [0] * (column + colspan - len(free_from))
                        free_from[column : column + colspan] = [number + rowspan] * colspan
                        reached = max(reached, number + rowspan)
                        spanned += colspan
                # As its class does it, without the call: a page has hundreds.
                cells.append(tuple.__new__(GridCell, (text, number, column, rowspan, colspan, False)))
                column += colspan
            started = max(started, column - colspan + 1)
            column = max([column, *(end for end, free in enumerate(free_from, 1) if free > number)])
            width = width or column
            if column != width or len(cells) > most or spanned > _MOST_SPANNED:
                return None
        top = bottom
    # A column in which no cell begins is made by a span alone.
    return EvenTable(tuple(cells), top, width) if cells and started == width else None


def _sections(table: Element) -> Iterator[Element]:
    """The parents of the table's rows; of a table of another make something that holds no row."""
    children = [child for child in table if child.tag not in ("colgroup", "col")]
    if not children or _is_printed(table.text):
        return
    if children[0].tag == "tr" and len(children) == len(table):
        yield table
        return
    for child in children:
        odd = child.tag not in ("tbody", "thead") or _is_printed(child.text) or _is_printed(child.tail)
        yield table if odd else child


def _is_plain_row(row: Element) -> bool:
    return row.tag == "tr" and len(row) > 0 and not _is_printed(row.text) and not _is_printed(row.tail)


def _text(cell: Element) -> str | None:
    """The text of a plain cell; None for another, and for what is no cell or has text behind it."""
    if cell.tag not in ("td", "th") or ((tail := cell.tail) and not tail.isspace()):
        return None
    if not len(cell):
        return fold(text) if (text := cell.text) else ""
    inner = innermost(cell)
    if not len(inner):
        return fold(text) if (text := inner.text) else ""
    lines = flat_lines(inner)
    return lines if lines or (lines is not None and not shows_picture(cell)) else None


def _is_printed(text: str | None) -> bool:
    return bool(text) and not text.isspace()  # type: ignore[union-attr]  # it is none
