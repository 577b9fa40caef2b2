"""The head of a table by the order in which its labels are printed, whatever the spans say.

A label that heads several columns stands for the labels on the next line.
"""

from collections.abc import Iterator, Sequence

from pipelines.documents.model import GridCell
from pipelines.forms.label import canonical, label_like
from pipelines.forms.lines import Line
from pipelines.forms.slots import Header, Slot
from pipelines.forms.vocabulary import Vocabulary

# A head counts as the form's own when at least this share of its labels is there, in the form's order.
_MOST_OF = 0.75


def header_by_order(block: Sequence[Line], vocabulary: Vocabulary) -> Header | None:
    """The columns from left to right; None where the labels do not add up to a head. No slot has a ``start``, but in
    lists (their value column is found by its place)."""
    return _across(block, vocabulary) if vocabulary.layout == "across" else _matrix(block, vocabulary)


def column_of(cell: GridCell, vocabulary: Vocabulary) -> str | None:
    """The column that the cell is the label of."""
    columns = vocabulary.sense(cell.text).columns
    return columns[0] if columns else None


def row_of(cell: GridCell, vocabulary: Vocabulary) -> str | None:
    """The row that the cell is the label of."""
    rows = vocabulary.sense(cell.text).rows
    return rows[0] if rows else None


def heads_unknown_column(cell: GridCell, vocabulary: Vocabulary) -> bool:
    """Whether the cell heads a column that the form does not have, or one that can't be told."""
    return not vocabulary.sense(cell.text).known and (label_like(cell.text) or canonical(cell.text).isalpha())


def _matrix(block: Sequence[Line], vocabulary: Vocabulary) -> Header | None:
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
    """Two lines that name all columns of the form between them, each in its order, where the label that ties them is
    missing."""
    found = {word.column: word for word in (*slots, *words) if word is not None}
    if not slots or not words or len(found) != len(slots) + len(words):
        return []
    order = next((order for order in vocabulary.column_orders if set(order) == found.keys()), ())
    place = {column: i for i, column in enumerate(order)}
    lines = [[place[word.column] for word in line if word and word.column] for line in (slots, words)] if order else []
    return [found[column] for column in order] if all(line == sorted(line) for line in lines) else []


def _extends(slots: Sequence[Slot | None], words: Sequence[Slot | None]) -> bool:
    """Whether a further line of the head only repeats columns that are there already."""
    known = {slot.column for slot in slots if slot}
    return all(word is not None and word.column in known for word in words)


def _words(line: Line, vocabulary: Vocabulary) -> list[Slot | None]:
    """The column labels of one line; what stands left of the first is the head of the row labels."""
    words: list[Slot | None] = []
    for cell in line.cells:
        column = column_of(cell, vocabulary)
        if column:
            words.append(Slot(column, cell.text, start=cell.column if vocabulary.layout == "list" else None))
        elif vocabulary.sense(cell.text).column_group:
            words.append(None)
        elif words and heads_unknown_column(cell, vocabulary):
            words.append(Slot(None, cell.text))
    return words


def _across(block: Sequence[Line], vocabulary: Vocabulary) -> Header | None:
    """Row labels and column labels in printed order: each row label takes an equal share of the column labels, the
    upper line first; `_printed_order` then puts the shares in the order in which they stand side by side."""
    leaves = [
        Slot(column, cell.text) for line in block for cell in line.cells if (column := column_of(cell, vocabulary))
    ]
    rows = [row for line in block for cell in line.cells if (row := row_of(cell, vocabulary))]
    if not rows:
        return Header(tuple(leaves)) if _distinct(leaves) else None
    if _lacks_labels(rows, leaves, vocabulary):
        columns = vocabulary.column_orders[0]
        return Header(tuple(Slot(column, column, row) for row in vocabulary.row_orders[0] for column in columns))
    share, left = divmod(len(leaves), len(rows))
    if left or not share or len(set(rows)) != len(rows):
        return None
    shares = {row: leaves[i * share : (i + 1) * share] for i, row in enumerate(rows)}
    order = _printed_order(block, vocabulary)
    form: Iterator[str | None] = iter(vocabulary.row_orders[0])
    # Lines of a head that changed places would change the order of the rows: only the form's own is believed.
    if not all(_distinct(part) for part in shares.values()) or not all(row in form for row in order):
        return None
    return Header(tuple(Slot(slot.column, slot.label, row) for row in order for slot in shares[row]))


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
    lines = [[(row_of(cell, vocabulary), cell) for cell in line.cells if cell.text.strip()] for line in block]
    lines = [line for line in lines if any(row for row, _ in line)]
    below = [row for line in lines[1:] for row, _ in line if row]
    order: list[str] = []
    for row, cell in lines[0] if lines else []:
        if row:
            order.append(row)
        elif vocabulary.sense(cell.text).caption:
            order += [other for other in below if other not in order]
    return order + [row for row in below if row not in order]
