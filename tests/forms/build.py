"""Documents built by hand: tables from rows of texts, with spans or without."""

from collections.abc import Sequence

from pipelines.documents.model import Document, GridCell, Paragraph, Table

# A cell is a text, or a text with (rowspan, colspan).
Given = str | tuple[str, int, int]


def grid(rows: Sequence[Sequence[Given]], *, where: str = "table 1", hidden: bool = False) -> Table:
    """A table with its spans honoured, laid out as a browser does it."""
    taken: set[tuple[int, int]] = set()
    cells = []
    for row, line in enumerate(rows):
        column = 0
        for given in line:
            text, rowspan, colspan = (given, 1, 1) if isinstance(given, str) else given
            while (row, column) in taken:
                column += 1
            rowspan = min(rowspan, len(rows) - row)
            cells.append(GridCell(text, row, column, rowspan, colspan))
            taken |= {(row + down, column + right) for down in range(rowspan) for right in range(colspan)}
            column += colspan
    width = max((column for _, column in taken), default=-1) + 1
    return Table(tuple(cells), height=len(rows), width=width, where=where, hidden=hidden)


def lines(rows: Sequence[Sequence[str]], *, where: str = "line 1") -> Table:
    """A table whose spans are lost."""
    cells = tuple(GridCell(text, row, column) for row, line in enumerate(rows) for column, text in enumerate(line))
    return Table(cells, height=len(rows), width=max(map(len, rows)), spans="lost", where=where)


def document(*blocks: Paragraph | Table | str, title: str = "", images: int = 0) -> Document:
    titles = (("h1", title),) if title else ()
    made = tuple(Paragraph(block) if isinstance(block, str) else block for block in blocks)
    return Document("text/html", titles=titles, blocks=made, images=images)
