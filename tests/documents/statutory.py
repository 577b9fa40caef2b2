"""The statutory tables as grids, to be printed in any format by the tests: labels, spans, and numbers of ours.

They are the tables of the sample reports, and one that differs from them on paper. Every number is different where it
can be, so that a number in a neighbour's place is seen.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count, repeat

from pipelines.documents.model import GridCell
from tests.kit.reports.statutory import tables


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
    number = iter(range(first, first + 100))
    rows = _Rows(6)

    def four(*texts: str) -> None:
        rows.row((texts[0], 1, 1), (texts[1], 1, 2), (texts[2], 1, 2), (texts[3], 1, 1))

    def three(*texts: str) -> None:
        rows.row((texts[0], 1, 2), (texts[1], 1, 2), (texts[2], 1, 2))

    def one() -> str:
        return str(next(number))

    rows.row(("第二十条第（一）项", 1, 6))
    four("信息内容", "本年新制作数量", "本年新公开数量", "对外公开总数量")
    four("规章", one(), one(), one())
    four("规范性文件", one(), one(), one())
    rows.row(("第二十条第（五）项", 1, 6))
    four("信息内容", "上一年项目数量", "本年增/减", "处理决定数量")
    four("行政许可", one(), "减3", one())
    four("其他对外管理服务事项", one(), "", one())
    rows.row(("第二十条第（六）项", 1, 6))
    four("信息内容", "上一年项目数量", "本年增/减", "处理决定数量")
    four("行政处罚", one(), "-12", one())
    four("行政强制", one(), "0", one())
    rows.row(("第二十条第（八）项", 1, 6))
    three("信息内容", "上一年项目数量", "本年增/减")
    three("行政事业性收费", one(), "无")
    rows.row(("第二十条第（九）项", 1, 6))
    three("信息内容", "采购项目数量", "采购总金额")
    three("政府集中采购", one(), "9000万")
    return rows.table("disclosure_2019")


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
