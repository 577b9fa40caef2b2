"""From the lines of one statutory table to its cells: every reading of every cell, wherever it is printed."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from pipelines.documents.model import GridCell, Table
from pipelines.forms.align import Margins, Misfit, Placed, align
from pipelines.forms.header import read_header, sufficient
from pipelines.forms.label import canonical, loose
from pipelines.forms.lines import Line
from pipelines.forms.listing import beside, list_head, list_value, most_columns, print_units, year_of
from pipelines.forms.rows import RowLine, name_rows, row_line
from pipelines.forms.slots import COUNTING, Header, Slot
from pipelines.forms.sums import adds_up
from pipelines.forms.value import AMOUNT_UNITS, BLANK, Value, is_in_words, read_value
from pipelines.forms.vocabulary import Vocabulary
from pipelines.report import ExtraCell

Key = tuple[str, str]

_UNIT_AT_END = re.compile(
    rf"[(,/:;为以](?:计量)?(?:单位)?[:为]?(?:人民币)?(?P<unit>{'|'.join(AMOUNT_UNITS)})(?:人民币|计|整)*[)]*$"
)
_MANY_COLUMNS = 7
_MANY_ROWS = 5
_MOST_STEPS = 0.75
_ONE_OR_DASH = Value("unreadable", reason="it is the number one or a dash, and no other number is in words")
_SEVERAL_ROWS = Value("unreadable", reason="one number is printed for several rows")


class Printed(NamedTuple):
    """One printing of a cell. ``table`` is the printed table it stands in; ``empty_row`` says that nothing at all is
    printed in its row. ``cell`` is the one printed cell that it was read from, where there is one, and ``unit`` the
    unit of money that its head names."""

    value: Value
    raw: str
    where: str
    table: Table
    empty_row: bool = False
    cell: GridCell | None = None
    unit: str | None = None


@dataclass(slots=True)
class TableReading:
    """All printings by (row, column); cells that the form does not know, with the labels and places of their rows and
    columns; heads of columns that are printed as 本年增 or 本年减 alone. ``in_words``: others than 一 are in Chinese
    numerals."""

    vocabulary: Vocabulary
    in_words: bool = False
    cells: dict[Key, list[Printed]] = field(default_factory=dict)
    extra: list[ExtraCell] = field(default_factory=list)
    unknown_rows: dict[str, str] = field(default_factory=dict)
    unknown_columns: dict[str, str] = field(default_factory=dict)
    change_heads: dict[str, str] = field(default_factory=dict)

    def add(self, key: Key, printed: Printed) -> None:
        self.cells.setdefault(key, []).append(printed)

    def unit(self, row: str | None, column: str | None, label: str) -> str | None:
        """The unit of money that the printed ``label`` of a column of amounts names."""
        return _unit_in(label) if self.vocabulary.cells.get((row or "", column or "")) == "amount" else None

    def value(self, cell: GridCell, row: str | None, column: str | None, unit: str | None) -> Value:
        """What the cell says."""
        if cell.image and not cell.text.strip():
            return Value("unreadable", reason="image")
        if not self.in_words and cell.text.strip() == "一":
            return _ONE_OR_DASH
        return read_value(cell.text, self.vocabulary.cells.get((row or "", column or ""), "count"), unit)

    def keep(
        self, row: RowLine, slot: Slot, cell: GridCell, value: Value, unit: str | None = None, weighed: bool = False
    ) -> None:
        """Files the cell under its row and column, or as an extra cell where the form has no such place."""
        row_key, column = row.row or slot.row, slot.column
        where = row.line.place(cell)
        if row_key and column and (row_key, column) in self.vocabulary.cells:
            printed = Printed(value, cell.text, where, row.line.table, not row.printed, None if weighed else cell, unit)
            self.add((row_key, column), printed)
            if column == "change" and canonical(slot.label) in ("本年增", "本年减"):
                self.change_heads.setdefault(canonical(slot.label), where)
            return
        if value.state == "blank":
            return
        if row_key or (self.vocabulary.layout == "across" and not row.label):
            self.unknown_columns.setdefault(slot.label, where)
        else:
            self.unknown_rows.setdefault(row.label, row.line.where)
        self.extra.append(
            ExtraCell(self.vocabulary.table, row.label, slot.label, value.state, value.number, cell.text, where)
        )


def read_table(lines: Sequence[Line], vocabulary: Vocabulary) -> TableReading:
    """The cells of one statutory table from all its lines in printed order (they may stand in several tables)."""
    in_words = any(is_in_words(cell.text) for line in lines for cell in line.cells[1:])
    rows = list(_rows_under_heads(lines, vocabulary))
    rows = name_rows(_without_serials(rows) if vocabulary.layout == "matrix" else rows, vocabulary)
    if vocabulary.layout == "list":
        return _read_list(rows, vocabulary, in_words)
    rows = _with_sufficient_heads(rows, vocabulary)
    margins = Margins()
    for row in rows:
        if row.header is not None:
            margins.learn(row.line, row.values, row.header)
    placings = [(row, _place(row, margins, vocabulary)) for row in rows]
    whole = {(id(row.line.table), row.line.row) for row, placed in placings if isinstance(placed, Placed)}
    reading = TableReading(vocabulary, in_words)
    for row, placed in placings:
        if isinstance(placed, Misfit):
            _unplaced(row, placed.reason, reading)
        else:
            _placed(row, placed, whole, reading)
    return reading


def _has_room(row: RowLine) -> bool:
    """Whether there are more cells than columns of the form, so that the first may be no value."""
    return row.header is None or len(row.values) > sum(slot.column is not None for slot in row.header.slots)


def _without_serials(rows: Sequence[RowLine]) -> list[RowLine]:
    """The rows without their numbers, where those stand between labels and values: 1, 2, 3 … from above, whatever their
    head."""
    numbers = [
        (i, int(row.values[0].text)) for i, row in enumerate(rows) if row.values and row.values[0].text.isdecimal()
    ]
    if not any(_has_room(rows[i]) for i, _ in numbers):
        return list(rows)
    steps = sum(after == before + 1 for (_, before), (_, after) in pairwise(numbers))
    if len(numbers) < _MANY_ROWS or numbers[0][1] != 1 or _MOST_STEPS * (len(numbers) - 1) > steps:
        return list(rows)
    result, last = list(rows), 0
    for i, number in numbers:
        if last < number <= i + 1:
            result[i] = rows[i].with_values(rows[i].values[1:])
            last = number
    return result


def _with_sufficient_heads(rows: Sequence[RowLine], vocabulary: Vocabulary) -> list[RowLine]:
    """The rows without heads that have lost labels, or with the form's own in their place."""
    below: dict[int, list[RowLine]] = {}
    for row in rows:
        if row.header is not None:
            below.setdefault(id(row.header), []).append(row)
    heads = {key: sufficient(part[0].header, part, vocabulary) for key, part in below.items() if part[0].header}
    return [row._replace(header=heads.get(id(row.header))) for row in rows]


def _rows_under_heads(lines: Sequence[Line], vocabulary: Vocabulary) -> Iterator[RowLine]:
    header: Header | None = None
    table: Table | None = None
    block: list[Line] = []
    for line in lines:
        if table is not None and table is not line.table and header is not None:
            # The head of the table that this one continues: its columns hold, their places in the grid do not.
            header = header.unplaced()
        table = line.table
        if _is_head(line, header, vocabulary):
            block.append(line)
            continue
        if vocabulary.layout == "list":
            header = list_head(block, vocabulary) or header
        elif any(vocabulary.sense(cell.text).columns for part in block for cell in part.cells):
            header = read_header(block, vocabulary)
        block = []
        yield row_line(line, header, vocabulary)


def _is_head(line: Line, header: Header | None, vocabulary: Vocabulary) -> bool:
    """Whether the line heads columns: column labels or captions stand in it, and nothing that could be a value."""
    texts = [cell.text for cell in line.cells if cell.text.strip()]
    states = {read_value(text).state for text in texts}
    if vocabulary.layout == "list" and len(texts) > 1 and any(map(year_of, texts)):
        return True
    if "number" in states:
        return _counts_columns(texts)
    senses = [vocabulary.sense(text) for text in texts]
    columns = sum(bool(sense.columns) for sense in senses)
    if any(sense.columns and not sense.rows for sense in senses) or columns >= 2:
        return True
    if "mark" in states:
        return False
    if vocabulary.layout == "across" and any(sense.rows for sense in senses):
        return header is None or any(slot.row for slot in header.slots)
    return any(sense.caption or sense.column_group for sense in senses)


def _counts_columns(texts: Sequence[str]) -> bool:
    """Whether the line numbers the columns: 栏次 1 2 3 4 5 6 7, or 1 to 15 and no word."""
    numbers = [text for text in texts if text.isdecimal()]
    counted = numbers == [str(i) for i in range(1, len(numbers) + 1)]
    if counted and len(numbers) == len(texts) >= _MANY_COLUMNS:
        return True
    return counted and len(texts) - len(numbers) <= 2 and any(text.strip() in COUNTING for text in texts)


def _place(row: RowLine, margins: Margins, vocabulary: Vocabulary) -> Placed | Misfit:
    """The row's cells under the columns of its head."""
    if row.header is None:
        return Misfit("the labels of the columns can't be told")
    if row.doubtful:
        return Misfit("nothing stands in the row, and the values beside it belong to no row")
    if row.row is None and row.sense.rows:
        return Misfit("it can't be told which row of the form it is")
    placed = align(row.line, row.values, row.header, margins, vocabulary.names_all(row.row, row.header.keys))
    if isinstance(placed, Misfit) and _is_surplus(row.values, row.header):
        return Placed(row.values[: len(row.header.slots)], weighed=True)
    return placed


def _is_surplus(values: Sequence[GridCell], header: Header) -> bool:
    """Whether what stands behind as many values as there are columns is nothing but empty cells, as the totals show."""
    cells, behind = values[: len(header.slots)], values[len(header.slots) :]
    return bool(behind) and not any(cell.text.strip() or cell.image for cell in behind) and adds_up(cells, header.slots)


def _placed(row: RowLine, placed: Placed, whole: set[tuple[int, int]], reading: TableReading) -> None:
    for i, (slot, cell) in enumerate(zip(row.header.slots if row.header else (), placed.cells, strict=True)):
        unit = reading.unit(row.row or slot.row, slot.column, slot.label)
        value = reading.value(cell, row.row or slot.row, slot.column, unit)
        if cell.rowspan > 1 and value.state == "number" and not whole.issuperset(_below(row, cell)):
            value = _SEVERAL_ROWS
        if value.state == "number" and i in placed.merged:
            value = Value("unreadable", reason="one number is printed for several columns")
        reading.keep(row, slot, cell, value, unit, weighed=placed.weighed)


def _below(row: RowLine, cell: GridCell) -> list[tuple[int, int]]:
    """The rows of the printed table into which the cell reaches from its own."""
    return [(id(row.line.table), line) for line in range(cell.row + 1, cell.row + cell.rowspan)]


def _unplaced(row: RowLine, reason: str, reading: TableReading) -> None:
    """The values of a row that can't be told apart: `unreadable` in every cell that they could belong to."""
    if not row.printed and not row.row:
        return
    raw = " ".join(cell.text for cell in row.values if cell.text.strip())
    value = Value("unreadable", reason=reason) if row.printed or row.doubtful else _nothing_printed(row)
    keys = list(_possible(row, reading.vocabulary))
    for key in keys:
        reading.add(key, Printed(value, raw, row.line.where, row.line.table, not row.printed))
    for cell in row.values if not keys else ():
        reading.keep(row, Slot(None, f"column {cell.column + 1}"), cell, read_value(cell.text))


def _nothing_printed(row: RowLine) -> Value:
    """What a row without values says: nothing was filled in, unless what is printed for it may stand in another, as
    where a text shows no empty cell behind the label."""
    if not row.line.table.gathered and (row.line.resolved or row.values):
        return BLANK
    return Value("unreadable", reason="nothing stands behind the label, and the table does not show its cells")


def _possible(row: RowLine, vocabulary: Vocabulary) -> Iterable[Key]:
    rows = (row.row,) if row.row else row.sense.rows
    slots = row.header.slots if row.header else ()
    columns = {slot.column for slot in slots if slot.column}
    if rows:
        return [key for key in vocabulary.cells if key[0] in rows and (not columns or key[1] in columns)]
    if vocabulary.layout == "across" and not row.label and not columns:
        return list(vocabulary.cells)
    return [(slot.row, slot.column) for slot in slots if slot.row and slot.column]


def _read_list(rows: Sequence[RowLine], vocabulary: Vocabulary, in_words: bool) -> TableReading:
    reading = TableReading(vocabulary, in_words)
    slot = Slot("value", "统计数")
    with_units = print_units(rows, vocabulary)
    columns = most_columns(rows, vocabulary)
    labelled = {(id(row.line.table), row.line.row) for row in rows if row.sense.rows}
    for row in rows:
        cell, reason, unit = list_value(row, vocabulary, with_units, columns)
        if row.row is None and row.sense.rows:
            _unplaced(row, "it can't be told which row of the form it is", reading)
        elif row.doubtful or (cell is None and reason):
            _unplaced(row, reason or "nothing stands in the row, and the value beside it belongs to no row", reading)
        elif cell is not None:
            money = reading.unit(row.row, slot.column, f"({unit})")
            value = reading.value(cell, row.row, slot.column, money)
            if value.state == "number" and labelled.intersection(_below(row, cell)):
                value = _SEVERAL_ROWS
            reading.keep(row, slot, cell, value, money)
            for other, surplus in beside(row, vocabulary):
                reading.keep(row, other, surplus, reading.value(surplus, row.row, slot.column, money))
        elif row.row:
            nothing = _nothing_printed(row)
            reading.add((row.row, "value"), Printed(nothing, "", row.line.where, row.line.table, empty_row=True))
    return reading


@lru_cache(maxsize=1024)
def _unit_in(label: str) -> str | None:
    """The unit of money that a label ends with: 本年收费金额（单位：元）, 采购总金额（人民币万元）, 采购总金额/元."""
    found = _UNIT_AT_END.search(loose(label))
    return found["unit"] if found else None
