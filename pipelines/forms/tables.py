"""From the lines of one statutory table to its cells: every reading of every cell, wherever it is printed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pipelines.documents.model import GridCell, Table
from pipelines.forms.align import Margins, Misfit, align
from pipelines.forms.header import Header, Slot, read_header
from pipelines.forms.label import canonical, loose
from pipelines.forms.lines import Line
from pipelines.forms.listing import list_value
from pipelines.forms.rows import RowLine, name_rows, row_line
from pipelines.forms.value import AMOUNT_UNITS, BLANK, Value, read_value
from pipelines.forms.vocabulary import Vocabulary
from pipelines.report import ExtraCell

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Printed:
    """One printing of a cell. ``table`` is the printed table it stands in; ``empty_row`` says that nothing at all is
    printed in its row."""

    value: Value
    raw: str
    where: str
    table: Table
    empty_row: bool = False


@dataclass(slots=True)
class TableReading:
    """All printings by (row, column); cells that the form does not know; the heads of columns that it does not know or
    that are printed as 本年增 or 本年减 alone."""

    cells: dict[Key, list[Printed]] = field(default_factory=dict)
    extra: list[ExtraCell] = field(default_factory=list)
    unknown_rows: dict[str, str] = field(default_factory=dict)
    unknown_columns: dict[str, str] = field(default_factory=dict)
    change_heads: dict[str, str] = field(default_factory=dict)

    def add(self, key: Key, printed: Printed) -> None:
        self.cells.setdefault(key, []).append(printed)


def read_table(lines: Sequence[Line], vocabulary: Vocabulary) -> TableReading:
    """The cells of one statutory table from all its lines in printed order (they may stand in several tables)."""
    rows = name_rows(list(_rows_under_heads(lines, vocabulary)), vocabulary)
    reading = TableReading()
    margins = Margins()
    for row in rows:
        if row.header is not None:
            margins.learn(row.line, row.values, len(row.header.slots))
    for row in rows:
        if vocabulary.layout == "list":
            _read_listed(row, vocabulary, reading)
        else:
            _read_row(row, vocabulary, margins, reading)
    return reading


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
        if any(vocabulary.sense(cell.text).columns for part in block for cell in part.cells):
            header = read_header(block, vocabulary)
        block = []
        yield row_line(line, header, vocabulary)


def _is_head(line: Line, header: Header | None, vocabulary: Vocabulary) -> bool:
    """Whether the line heads columns: column labels or captions stand in it, and nothing that could be a value."""
    texts = [cell.text for cell in line.cells if cell.text.strip()]
    if any(read_value(text).state in ("number", "mark") for text in texts):
        return False
    senses = [vocabulary.sense(text) for text in texts]
    columns = sum(bool(sense.columns) for sense in senses)
    if any(sense.columns and not sense.rows for sense in senses) or columns >= 2:
        return True
    if vocabulary.layout == "across" and any(sense.rows for sense in senses):
        return header is None or any(slot.row for slot in header.slots)
    return any(sense.caption or sense.column_group for sense in senses)


def _read_row(row: RowLine, vocabulary: Vocabulary, margins: Margins, reading: TableReading) -> None:
    if row.header is None:
        _unplaced(row, Misfit("the labels of the columns can't be told"), vocabulary, reading)
        return
    if row.label and not row.printed and row.row is None:
        return
    placed = align(row.line, row.values, row.header, margins)
    if isinstance(placed, Misfit):
        _unplaced(row, placed, vocabulary, reading)
        return
    for i, (slot, cell) in enumerate(zip(row.header.slots, placed.cells, strict=True)):
        value = _value(cell, row.row or slot.row, slot, vocabulary)
        if i in placed.merged and value.state == "number":
            value = Value("unreadable", reason="one number is printed for several columns")
        _keep(row, slot, cell, value, vocabulary, reading)


def _value(cell: GridCell, row: str | None, slot: Slot, vocabulary: Vocabulary) -> Value:
    if cell.image and not cell.text.strip():
        return Value("unreadable", reason="image")
    kind = vocabulary.cells.get((row or "", slot.column or ""), "count")
    return read_value(cell.text, kind, _unit_in(slot.label) if kind == "amount" else None)


def _unit_in(label: str) -> str | None:
    """The unit of money that a column's label names: 本年收费金额（单位：元） → 元."""
    words = loose(label).replace("单位:", "").replace("单位", "")
    return next((unit for unit in sorted(AMOUNT_UNITS, key=len, reverse=True) if f"({unit})" in words), None)


def _keep(
    row: RowLine, slot: Slot, cell: GridCell, value: Value, vocabulary: Vocabulary, reading: TableReading
) -> None:
    key = (row.row or slot.row, slot.column)
    where = f"{row.line.where}, column {cell.column + 1}"
    if key in vocabulary.cells:
        row_key, column_key = key
        assert row_key is not None
        assert column_key is not None
        reading.add((row_key, column_key), Printed(value, cell.text, where, row.line.table, not row.printed))
        if column_key == "change" and canonical(slot.label) in ("本年增", "本年减"):
            reading.change_heads.setdefault(canonical(slot.label), where)
        return
    if value.state == "blank":
        return
    if key[0] is None:
        reading.unknown_rows.setdefault(row.label, row.line.where)
    else:
        reading.unknown_columns.setdefault(slot.label, where)
    reading.extra.append(
        ExtraCell(vocabulary.table, row.label, slot.label, value.state, value.number, cell.text, where)
    )


def _unplaced(row: RowLine, misfit: Misfit, vocabulary: Vocabulary, reading: TableReading) -> None:
    """The values of a row that can't be told apart: `unreadable` in every cell that they could belong to."""
    raw = " ".join(cell.text for cell in row.values if cell.text.strip())
    keys = list(_possible(row, vocabulary))
    for key in keys:
        value = Value("unreadable", reason=misfit.reason) if row.printed else BLANK
        reading.add(key, Printed(value, raw, row.line.where, row.line.table, not row.printed))
    if keys or not row.printed:
        return
    reading.unknown_rows.setdefault(row.label, row.line.where)
    for cell in row.values:
        value = read_value(cell.text)
        if value.state != "blank":
            where = f"{row.line.where}, column {cell.column + 1}"
            reading.extra.append(
                ExtraCell(
                    vocabulary.table,
                    row.label,
                    f"column {cell.column + 1}",
                    value.state,
                    value.number,
                    cell.text,
                    where,
                )
            )


def _possible(row: RowLine, vocabulary: Vocabulary) -> Iterable[Key]:
    rows = (row.row,) if row.row else row.sense.rows
    slots = row.header.slots if row.header else ()
    columns = {slot.column for slot in slots if slot.column}
    if rows:
        return [key for key in vocabulary.cells if key[0] in rows and (not columns or key[1] in columns)]
    return [(slot.row, slot.column) for slot in slots if slot.row and slot.column]


def _read_listed(row: RowLine, vocabulary: Vocabulary, reading: TableReading) -> None:
    if row.row is None and not row.printed:
        return
    cell, reason, unit = list_value(row, vocabulary)
    slot = Slot("value", "统计数")
    if cell is None:
        if row.row is None:
            _unplaced(row, Misfit(reason), vocabulary, reading)
        else:
            blank = not reason
            value = BLANK if blank else Value("unreadable", reason=reason)
            raw = "" if blank else " ".join(part.text for part in row.values)
            reading.add((row.row, "value"), Printed(value, raw, row.line.where, row.line.table, blank))
        return
    kind = vocabulary.cells.get((row.row or "", "value"), "count")
    value = read_value(cell.text, kind, unit if kind == "amount" else None)
    if cell.image and not cell.text.strip():
        value = Value("unreadable", reason="image")
    _keep(row, slot, cell, value, vocabulary, reading)
