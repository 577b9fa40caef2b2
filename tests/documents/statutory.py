"""The statutory tables as grids, to be printed in any format by the tests: labels, spans, and numbers of ours.

They are the tables of the sample reports, and one that differs from them on paper. Every number is different where it
can be, so that a number in a neighbour's place is seen.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count, repeat

from pipelines.documents.model import GridCell
from tests.kit.reports.statutory import Key, tables


@dataclass(frozen=True)
class Statutory:
    """One table: its cells, and from which row on numbers stand in it."""

    name: str
    cells: tuple[GridCell, ...]
    height: int
    width: int

    def texts(self) -> dict[tuple[int, int, int, int], str]:
        """Bare text by (row, column, rowspan, colspan)."""
        return grid_texts(self.cells)


def grid_texts(cells: Iterable[GridCell]) -> dict[tuple[int, int, int, int], str]:
    return {(cell.row, cell.column, cell.rowspan, cell.colspan): "".join(cell.text.split()) for cell in cells}


class _Rows:
    """Lays cells out as HTML does: each goes to the first free column of its row."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.cells: list[GridCell] = []
        self._taken: set[tuple[int, int]] = set()
        self._row = -1

    def row(self, *cells: str | tuple[str, int, int]) -> None:
        """Cells are a text, or (text, rowspan, colspan)."""
        self._row += 1
        column = 0
        for cell in cells:
            text, rowspan, colspan = (cell, 1, 1) if isinstance(cell, str) else cell
            while (self._row, column) in self._taken:
                column += 1
            self.cells.append(GridCell(text, self._row, column, rowspan, colspan))
            self._taken.update(
                (self._row + down, column + across) for down in range(rowspan) for across in range(colspan)
            )
        missing = [column for column in range(self.width) if (self._row, column) not in self._taken]
        assert not missing, (self._row, missing)

    def table(self, name: str) -> Statutory:
        return Statutory(name, tuple(self.cells), self._row + 1, self.width)


def _filled(form: str, key: str, name: str, texts: Iterable[str]) -> Statutory:
    """A table of the sample reports with the ``texts`` for its values, in printed order."""
    printed = tables(form, lambda place: "")[key]
    following = iter(texts)
    rows = _Rows(sum(cell.colspan for cell in printed[0]))
    for row in printed:
        rows.row(*((next(following) if cell.key else cell.text, cell.rowspan, cell.colspan) for cell in row))
    return rows.table(name)


def disclosure_2021(first: int = 101) -> Statutory:
    return _filled("2021", "disclosure", "disclosure_2021", [*map(str, range(first, first + 9)), "168.61"])


def disclosure_2019(first: int = 201) -> Statutory:
    """Twelve narrow columns under it all: rows of four and rows of three columns of equal width."""
    texts = map(str, count(first))
    changes = iter(("减3", "", "-12", "0", "无"))
    rows = _Rows(6)
    for row in tables("2019", lambda place: "")["disclosure"]:
        spans = {1: (6,), 3: (2, 2, 2), 4: (1, 2, 2, 1)}[len(row)]
        printed = ((_changed(cell.key, texts, changes) if cell.key else cell.text) for cell in row)
        rows.row(*((text, 1, span) for text, span in zip(printed, spans, strict=True)))
    return rows.table("disclosure_2019")


def _changed(key: Key, texts: Iterator[str], changes: Iterator[str]) -> str:
    if key[2] == "change":
        return next(changes)
    return "9000万" if key[2] == "amount_10k_cny" else next(texts)


def requests(form: str = "2021", first: int = 1001, blank: bool = False) -> Statutory:
    texts = repeat("") if blank else map(str, count(first))
    return _filled(form, "requests", f"requests_{form}", texts)


def disputes(first: int = 11) -> Statutory:
    return _filled("2021", "disputes", "disputes", map(str, count(first)))


def statistics(first: int = 501) -> Statutory:
    """The 2014 form; every fifth value is left blank."""
    texts = ("" if index % 5 == 0 else str(first + index) for index in count())
    return _filled("2014", "statistics", "statistics", texts)


def all_tables() -> tuple[Statutory, ...]:
    return (
        disclosure_2021(),
        disclosure_2019(),
        requests("2019"),
        requests("2021"),
        disputes(),
        statistics(),
    )
