"""The head of a statutory table: which column is printed where."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipelines.documents.model import GridCell
from pipelines.forms.gaps import alike, joined_lines, missing_between
from pipelines.forms.lines import Line
from pipelines.forms.printed_order import column_of, header_by_order, heads_unknown_column, row_of
from pipelines.forms.rows import RowLine
from pipelines.forms.slots import Header, Slot
from pipelines.forms.vocabulary import Vocabulary

# No head has more lines; what stands above them is no part of it.
_MOST_LINES = 20


def read_header(block: Sequence[Line], vocabulary: Vocabulary) -> Header | None:
    """The columns that the lines of a head name, or None where they can't be told for certain.

    They are read twice: by the grid, and by the printed order. Where the two disagree the spans are wrong, and the
    printed order is believed only if it is the form's own.
    """
    block = joined_lines(block[-_MOST_LINES:], vocabulary)
    by_order = header_by_order(block, vocabulary)
    by_grid = _by_grid(block, vocabulary) if all(line.resolved for line in block) else None
    header = by_grid or by_order
    if by_grid is not None and by_order is not None and not _agree(by_grid, by_order):
        header = next(
            (read for read in (by_order, by_grid) if _known_keys(read) in _form_orders(read, vocabulary)), None
        )
    return _with_mistyped(header, vocabulary) if header and vocabulary.layout != "across" else header


def sufficient(header: Header, rows: Sequence[RowLine], vocabulary: Vocabulary) -> Header | None:
    """The head that counts for the ``rows`` below it.

    A head with fewer columns than values stand in most rows has lost labels (some may have one too many, and all of
    them under a head that is the form's own): it is the form's, if half of the labels are there in its order, else
    it can't be told. Values under an empty cell of the head are a column too.
    """
    header = _with_blank_labels(header, rows, vocabulary)
    crowded = sum(len(row.values) > len(header.slots) for row in rows)
    values = max((row.extent for row in rows), default=0)
    if (
        values <= len(header.slots)
        or 2 * crowded <= len(rows)
        or _known_keys(header) in _form_orders(header, vocabulary)
    ):
        return header
    if header.slots[0].row:
        return None
    columns = _columns_of_form(header, values, vocabulary)
    return Header(tuple(Slot(column, column) for column in columns)) if columns else None


def _columns_of_form(header: Header, count: int, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The columns of the form, ``count`` in number, of which at least half are printed, in order."""
    for columns in vocabulary.column_orders:
        known: Iterator[str | None] = iter(columns)
        whole = len(columns) == count and 2 * len(header.columns) >= len(columns)
        if whole and all(column in known for column in header.columns):
            return columns
    return ()


def _with_blank_labels(header: Header, rows: Sequence[RowLine], vocabulary: Vocabulary) -> Header:
    """The head with the missing columns of the form where empty cells of the head stand at their places, values below
    them, and no label of a row."""
    if not header.blanks or not header.placed or header.slots[0].row:
        return header
    valued = {cell.column for row in rows for cell in row.values if cell.text.strip() or cell.image}
    labelled = {cell.column + i for row in rows for cell in row.label_cells for i in range(cell.colspan)}
    blank = [Slot(None, "", start=column) for column in (header.blanks & valued) - labelled]
    slots = sorted((*header.slots, *blank), key=lambda slot: slot.start or 0)
    columns = _columns_of_form(header, len(slots), vocabulary)
    if (
        not blank
        or not columns
        or any(slot.column not in (None, column) for slot, column in zip(slots, columns, strict=True))
    ):
        return header
    return replace(header, slots=tuple(replace(s, column=column) for s, column in zip(slots, columns, strict=True)))


def _with_mistyped(header: Header, vocabulary: Vocabulary) -> Header:
    """The head with an unknown label read as the one column that is missing at its place, if they look alike."""
    slots = list(header.slots)
    for i, slot in enumerate(slots):
        if slot.column is not None:
            continue
        before = slots[i - 1].column if i else None
        after = slots[i + 1].column if i + 1 < len(slots) else None
        column = missing_between(before, after, vocabulary.column_orders)
        if column and column not in header.columns and alike(slot.label, vocabulary.column_labels[column]):
            slots[i] = replace(slot, column=column)
    return replace(header, slots=tuple(slots))


def _agree(by_grid: Header, by_order: Header) -> bool:
    """Whether they name the same columns, but for such as the form does not have."""
    return by_order.keys in (by_grid.keys, _named_keys(by_grid)) or by_grid.keys == _known_keys(by_order)


def _named_keys(header: Header) -> tuple[tuple[str | None, str | None], ...]:
    return tuple(key for key in header.keys if key[1] is not None)


def _known_keys(header: Header) -> tuple[tuple[str | None, str | None], ...]:
    """The keys without those of columns that the agency added behind its own (备注)."""
    keys = list(header.keys)
    while keys and keys[-1][1] is None:
        keys.pop()
    return tuple(keys)


def _form_orders(header: Header, vocabulary: Vocabulary) -> list[tuple[tuple[str | None, str | None], ...]]:
    rows: tuple[str | None, ...] = vocabulary.row_orders[0] if header.slots[0].row else (None,)
    return [tuple((row, column) for row in rows for column in order) for order in vocabulary.column_orders]


def _by_grid(block: Sequence[Line], vocabulary: Vocabulary) -> Header | None:
    across = vocabulary.layout == "across"
    heads = [cell for line in block for cell in line.cells if cell.text.strip()]
    leaves = [(cell, column) for cell in heads if (column := column_of(cell, vocabulary))]
    if not leaves:
        return None
    first = min(cell.column for cell, _ in leaves)
    top = min(cell.row for cell, _ in leaves)
    slots = [
        Slot(column, cell.text, _row_above(cell, heads, vocabulary), cell.column, cell.colspan)
        for cell, column in leaves
    ]
    taken = {slot.start for slot in slots}
    for cell in sorted(heads, key=lambda head: -head.row):
        below = cell.row + cell.rowspan > top and cell.column > first and cell.column not in taken
        if below and heads_unknown_column(cell, vocabulary):
            slots.append(Slot(None, cell.text, None, cell.column, cell.colspan))
            taken.add(cell.column)
    if across and any(slot.row for slot in slots):
        if sum(slot.row is None and slot.column is not None for slot in slots) >= len(vocabulary.column_orders[0]):
            return None  # a row's own columns stand below no label of a row: the lines of the head changed places
        # A label below no row's is that of a column which the agency added (合计).
        slots = [slot if slot.row else replace(slot, column=None) for slot in slots]
    starts = [slot.start for slot in slots]
    keys = [(slot.row, slot.column) for slot in slots if slot.column]
    if len(set(starts)) != len(starts) or len(set(keys)) != len(keys):
        return None
    return Header(tuple(sorted(slots, key=lambda slot: slot.start or 0)), _blanks(block, slots))


def _blanks(block: Sequence[Line], slots: Sequence[Slot]) -> frozenset[int]:
    labelled = {(slot.start or 0) + i for slot in slots for i in range(slot.width)}
    return frozenset(cell.column for line in block for cell in line.cells if not cell.text.strip()) - labelled


def _row_above(cell: GridCell, heads: Sequence[GridCell], vocabulary: Vocabulary) -> str | None:
    """In a table that is ``across``: the row label printed above the column label."""
    if vocabulary.layout != "across":
        return None
    above = [
        head
        for head in heads
        if head.row < cell.row and head.column <= cell.column < head.column + head.colspan and row_of(head, vocabulary)
    ]
    return row_of(max(above, key=lambda head: head.row), vocabulary) if above else None
