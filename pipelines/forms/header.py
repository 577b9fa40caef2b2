"""The head of a statutory table: which column is printed where."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipelines.documents.model import GridCell
from pipelines.forms.gaps import alike, joined_lines, missing_between
from pipelines.forms.label import canonical, label_like
from pipelines.forms.lines import Line
from pipelines.forms.vocabulary import Vocabulary

# A head counts as the form's own when at least this share of its labels is there, in the form's order.
_MOST_OF = 0.75


@dataclass(frozen=True, slots=True)
class Slot:
    """One printed column: its key (None where the form does not know it), its row key in tables that are ``across``,
    and ``start``, its column in the grid (None where that can't be told); its label reaches over ``width`` columns."""

    column: str | None
    label: str
    row: str | None = None
    start: int | None = None
    width: int = 1


@dataclass(frozen=True, slots=True)
class Header:
    """The columns in printed order. ``placed`` says whether each slot's ``start`` is to be trusted."""

    slots: tuple[Slot, ...]

    @property
    def placed(self) -> bool:
        return all(slot.start is not None for slot in self.slots)

    def unplaced(self) -> "Header":
        return Header(tuple(Slot(slot.column, slot.label, slot.row) for slot in self.slots))

    @property
    def columns(self) -> tuple[str, ...]:
        """The known columns, in printed order."""
        return tuple(slot.column for slot in self.slots if slot.column)

    @property
    def keys(self) -> tuple[tuple[str | None, str | None], ...]:
        return tuple((slot.row, slot.column) for slot in self.slots)


def read_header(block: Sequence[Line], vocabulary: Vocabulary) -> Header | None:
    """The columns that the lines of a head name, or None where they can't be told for certain.

    They are read twice: by the grid, and by the printed order (a label that heads several columns stands for the
    labels on the next line). Where the two disagree the spans are wrong, and the printed order is believed only if it
    is the form's own.
    """
    block = joined_lines(block, vocabulary)
    across = vocabulary.layout == "across"
    by_order = _across_by_order(block, vocabulary) if across else _by_order(block, vocabulary)
    by_grid = _by_grid(block, vocabulary) if all(line.resolved for line in block) else None
    header = by_grid or by_order
    if by_grid is not None and by_order is not None and by_grid.keys != by_order.keys:
        # By order, labels are only ever missed, namely where the one that ties two lines is gone.
        believed = (by_order, by_grid) if len(by_order.slots) < len(by_grid.slots) else (by_order,)
        header = next((read for read in believed if read.keys in _form_orders(read, vocabulary)), None)
    return _with_mistyped(header, vocabulary) if header and not across else header


def sufficient(header: Header, values: int, vocabulary: Vocabulary) -> Header | None:
    """The head that counts where up to ``values`` values stand in the rows below it.

    A head with fewer columns has lost labels (a row alone may have a value too many, but not under a head that is the
    form's own): it is the form's, if half of the labels are there in its order, else it can't be told.
    """
    orders = _form_orders(header, vocabulary)
    if values <= len(header.slots) or header.keys in orders:
        return header
    if header.slots[0].row:
        return None
    for columns in vocabulary.column_orders:
        known: Iterator[str | None] = iter(columns)
        whole = len(columns) == values and 2 * len(header.slots) >= len(columns)
        if whole and all(slot.column in known for slot in header.slots):
            return Header(tuple(Slot(column, column) for column in columns))
    return None


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
    return Header(tuple(slots))


def _form_orders(header: Header, vocabulary: Vocabulary) -> list[tuple[tuple[str | None, str | None], ...]]:
    rows: tuple[str | None, ...] = vocabulary.row_orders[0] if header.slots[0].row else (None,)
    return [tuple((row, column) for row in rows for column in order) for order in vocabulary.column_orders]


def _leaf(cell: GridCell, vocabulary: Vocabulary) -> str | None:
    columns = vocabulary.sense(cell.text).columns
    return columns[0] if columns else None


def _is_unknown(cell: GridCell, vocabulary: Vocabulary) -> bool:
    """Whether the cell heads a column that the form does not have, or one that can't be told."""
    return not vocabulary.sense(cell.text).known and (label_like(cell.text) or canonical(cell.text).isalpha())


def _by_order(block: Sequence[Line], vocabulary: Vocabulary) -> Header | None:
    slots: list[Slot | None] = []  # None stands for a label that heads several columns
    for line in block:
        words = _words(line, vocabulary)
        if not words:
            continue
        together = _interleaved(slots, words, vocabulary)
        if None in slots:
            at = slots.index(None)
            slots[at : at + 1] = words
        elif together:
            slots = together
        elif not slots or not _extends(slots, words):
            slots = words
    columns = [slot for slot in slots if slot is not None]
    keys = [slot.column for slot in columns if slot.column]
    if not keys or len(set(keys)) != len(keys):
        return None
    return Header(tuple(columns))


def _interleaved(
    slots: Sequence[Slot | None], words: Sequence[Slot | None], vocabulary: Vocabulary
) -> list[Slot | None]:
    """Two lines that name all columns of the form between them, where the label that ties them is missing."""
    found = {word.column: word for word in (*slots, *words) if word is not None}
    if not slots or not words or len(found) != len(slots) + len(words):
        return []
    order = next((order for order in vocabulary.column_orders if set(order) == found.keys()), ())
    return [found[column] for column in order]


def _extends(slots: Sequence[Slot | None], words: Sequence[Slot | None]) -> bool:
    """Whether a further line of the head only repeats columns that are there already."""
    known = {slot.column for slot in slots if slot}
    return all(word is not None and word.column in known for word in words)


def _words(line: Line, vocabulary: Vocabulary) -> list[Slot | None]:
    """The column labels of one line; what stands left of the first is the head of the row labels."""
    words: list[Slot | None] = []
    for cell in line.cells:
        column = _leaf(cell, vocabulary)
        if column:
            words.append(Slot(column, cell.text, start=cell.column if vocabulary.layout == "list" else None))
        elif vocabulary.sense(cell.text).column_group:
            words.append(None)
        elif words and _is_unknown(cell, vocabulary):
            words.append(Slot(None, cell.text))
    return words


def _by_grid(block: Sequence[Line], vocabulary: Vocabulary) -> Header | None:
    across = vocabulary.layout == "across"
    heads = [cell for line in block for cell in line.cells if cell.text.strip()]
    leaves = [(cell, column) for cell in heads if (column := _leaf(cell, vocabulary))]
    if not leaves:
        return None
    first = min(cell.column for cell, _ in leaves)
    top = min(cell.row for cell, _ in leaves)
    slots = [
        Slot(column, cell.text, _row_above(cell, heads, vocabulary), cell.column, cell.colspan)
        for cell, column in leaves
    ]
    slots += [
        Slot(None, cell.text, None, cell.column, cell.colspan)
        for cell in heads
        if cell.column > first and cell.row >= top and _is_unknown(cell, vocabulary)
    ]
    if across and any(slot.row for slot in slots) and not all(slot.row for slot in slots if slot.column):
        return None
    starts = [slot.start for slot in slots]
    keys = [(slot.row, slot.column) for slot in slots if slot.column]
    if len(set(starts)) != len(starts) or len(set(keys)) != len(keys):
        return None
    return Header(tuple(sorted(slots, key=lambda slot: slot.start or 0)))


def _row_above(cell: GridCell, heads: Sequence[GridCell], vocabulary: Vocabulary) -> str | None:
    """In a table that is ``across``: the row label printed above the column label."""
    if vocabulary.layout != "across":
        return None
    above = [
        head
        for head in heads
        if head.row < cell.row and head.column <= cell.column < head.column + head.colspan and _row(head, vocabulary)
    ]
    return _row(max(above, key=lambda head: head.row), vocabulary) if above else None


def _row(cell: GridCell, vocabulary: Vocabulary) -> str | None:
    rows = vocabulary.sense(cell.text).rows
    return rows[0] if rows else None


def _across_by_order(block: Sequence[Line], vocabulary: Vocabulary) -> Header | None:
    """Row labels and column labels in printed order: each row label takes an equal share of the column labels, the
    upper line first; `_printed_order` then puts the shares in the order in which they stand side by side."""
    leaves = [Slot(column, cell.text) for line in block for cell in line.cells if (column := _leaf(cell, vocabulary))]
    rows = [row for line in block for cell in line.cells if (row := _row(cell, vocabulary))]
    if not rows:
        return Header(tuple(leaves)) if _distinct(leaves) else None
    if _lacks_labels(rows, leaves, vocabulary):
        columns = vocabulary.column_orders[0]
        return Header(tuple(Slot(column, column, row) for row in vocabulary.row_orders[0] for column in columns))
    share, left = divmod(len(leaves), len(rows))
    if left or not share or len(set(rows)) != len(rows):
        return None
    shares = {row: leaves[i * share : (i + 1) * share] for i, row in enumerate(rows)}
    if not all(_distinct(part) for part in shares.values()):
        return None
    return Header(
        tuple(Slot(slot.column, slot.label, row) for row in _printed_order(block, vocabulary) for slot in shares[row])
    )


def _lacks_labels(rows: Sequence[str], leaves: Sequence[Slot], vocabulary: Vocabulary) -> bool:
    """Whether some labels are missing of a head that is otherwise the form's own, label after label."""
    full_rows = vocabulary.row_orders[0]
    full = [*vocabulary.column_orders[0]] * len(full_rows)
    whole = len(leaves) == len(full) and len(rows) == len(full_rows)
    if whole or len(leaves) < _MOST_OF * len(full):
        return False
    known_rows: Iterator[str | None] = iter(full_rows)
    known: Iterator[str | None] = iter(full)
    return all(row in known_rows for row in rows) and all(leaf.column in known for leaf in leaves)


def _distinct(leaves: Sequence[Slot]) -> bool:
    return bool(leaves) and len({slot.column for slot in leaves}) == len(leaves)


def _printed_order(block: Sequence[Line], vocabulary: Vocabulary) -> list[str]:
    """The row keys from left to right: a caption on the first line (行政诉讼) stands for the row labels below it."""
    lines = [[(_row(cell, vocabulary), cell) for cell in line.cells if cell.text.strip()] for line in block]
    lines = [line for line in lines if any(row for row, _ in line)]
    below = [row for line in lines[1:] for row, _ in line if row]
    order: list[str] = []
    for row, cell in lines[0] if lines else []:
        if row:
            order.append(row)
        elif vocabulary.sense(cell.text).caption:
            order += [other for other in below if other not in order]
    return order + [row for row in below if row not in order]
