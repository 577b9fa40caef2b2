"""Tables that are lists: label, unit, value, and what agencies print beside (codes, last year's value, remarks)."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipelines.documents.model import GridCell
from pipelines.forms.label import label_like, unspaced
from pipelines.forms.lines import Line
from pipelines.forms.rows import RowLine
from pipelines.forms.slots import COUNTING, Header, Slot
from pipelines.forms.value import read_value
from pipelines.forms.vocabulary import Vocabulary

# What heads no values: units, codes, remarks.
_NO_VALUES = re.compile(r"(?:计量)?单位|.{0,2}序号|.{0,2}(?:代码|编码|编号)|[行栏列]次|备注|说明|甲|乙")
_UNIT_HEAD = re.compile(r"(?:计量)?单位")
# What the form prints as the unit of rows that have none.
_DASH = re.compile(r"[—–―─━－-]{1,4}")
_YEAR = re.compile(r"(?P<year>20[0-9]{2})年(?:度)?(?:统计)?(?:数|数量|数据|数值|情况)?")


def year_of(text: str) -> int | None:
    """The year for which the label of a column stands."""
    found = _YEAR.fullmatch(unspaced(text))
    return int(found["year"]) if found else None


def list_head(block: Sequence[Line], vocabulary: Vocabulary) -> Header | None:
    """The head with a slot for each of its cells. Of columns that bear years the last one holds the value. None where
    no column of values, or more than one, is named."""
    slots = [Slot(_column(cell, vocabulary), cell.text, None, cell.column, cell.colspan) for cell in _lowest(block)]
    years = [year for slot in slots if (year := year_of(slot.label))]
    if years and not any(slot.column for slot in slots):
        slots = [replace(slot, column="value") if year_of(slot.label) == max(years) else slot for slot in slots]
    return Header(tuple(slots)) if sum(slot.column is not None for slot in slots) == 1 else None


def _column(cell: GridCell, vocabulary: Vocabulary) -> str | None:
    return next(iter(vocabulary.sense(cell.text).columns), None)


def _lowest(block: Sequence[Line]) -> list[GridCell]:
    """The printed cells of the head from the left; of those that stand above each other the lowest."""
    found: dict[int, GridCell] = {}
    for line in block:
        cells = [cell for cell in line.cells if cell.text.strip()]
        if len(cells) > 1:
            found |= {cell.column + i: cell for cell in cells for i in range(cell.colspan)}
    return list(dict.fromkeys(found[column] for column in sorted(found)))


def print_units(rows: Sequence[RowLine], vocabulary: Vocabulary) -> bool:
    """Whether a unit stands behind the label in most rows of the list."""
    printed = [[cell.text.strip() for cell in row.values if _printed(cell)] for row in rows if row.row]
    return sum(texts[:1] != [] and texts[0] in vocabulary.units for texts in printed) * 2 > len(printed)


def most_columns(rows: Sequence[RowLine], vocabulary: Vocabulary) -> int:
    """How many cells stand behind the label and the unit in most rows."""
    counts = Counter(len(row.values) - sum(c.text.strip() in vocabulary.units for c in row.values) for row in rows)
    return counts.most_common(1)[0][0] if counts else 0


def list_value(
    row: RowLine, vocabulary: Vocabulary, with_units: bool = False, columns: int = 1
) -> tuple[GridCell | None, str, str | None]:
    """(cell, why there is none, unit) of a row. The cell is None with an empty reason where nothing is printed.

    The value stands under its head; where the row does not fit the head, it is the only thing printed behind the label
    beside the unit, or beside the dash in the unit's place where the list is one ``with_units``. Two candidates are
    none, nor is one in a list of several ``columns`` without a head.
    """
    unit = next((cell.text.strip() for cell in row.values if cell.text.strip() in vocabulary.units), None)
    printed = [cell for cell in row.values if _printed(cell) and cell.text.strip() not in vocabulary.units]
    under = _by_slot(row, vocabulary)
    if under is not None:
        numbering = [cell for slot, cells in under if unspaced(slot.label) in COUNTING for cell in cells]
        printed = [cell for cell in printed if cell not in numbering]
        headed = next(cells for slot, cells in under if slot.column)
        if len({cell.text for cell in headed}) > 1:
            return None, f"{len(headed)} values stand in a row of one column", unit
        if headed:
            return headed[0], "", unit
    if row.header is not None and len(_valued(row.header, vocabulary)) > 1 and printed:
        return None, "it can't be told under which of the columns the values stand", unit
    if under is None and unit is not None and len(printed) == 1 and _is_code(printed[0], unit, row):
        return None, "nothing stands behind the unit, and what stands before it is no value", unit
    if with_units and unit is None and len(printed) == 2 and _DASH.fullmatch(unspaced(printed[0].text)):
        return printed[1], "", None
    if len(printed) > 1 or (printed and row.header is None and columns > 1):
        return None, f"{max(len(printed), columns)} values stand behind the label", unit
    if printed:
        return printed[0], "", unit
    return next((cell for cell in row.values if not _printed(cell)), None), "", unit


def _is_code(cell: GridCell, unit: str, row: RowLine) -> bool:
    """Whether the cell stands before the ``unit`` where the head has the values behind it."""
    slots = row.header.slots if row.header else ()
    heads = [i for i, slot in enumerate(slots) if _UNIT_HEAD.fullmatch(unspaced(slot.label))]
    value = next((i for i, slot in enumerate(slots) if slot.column), 0)
    texts = [other.text.strip() for other in row.values]
    return bool(heads) and heads[0] < value and row.values.index(cell) < texts.index(unit)


def beside(row: RowLine, vocabulary: Vocabulary) -> Iterator[tuple[Slot, GridCell]]:
    """What is printed under the columns that the form does not have."""
    for slot, cells in _by_slot(row, vocabulary) or ():
        if row.header is not None and slot in _valued(row.header, vocabulary) and not slot.column:
            yield from ((slot, cell) for cell in cells if _printed(cell))


def _valued(head: Header, vocabulary: Vocabulary) -> list[Slot]:
    """The columns that may hold values: the value's, and those right of the labels'."""
    named = [slot for slot in head.slots if not _NO_VALUES.fullmatch(unspaced(slot.label))]
    labels = max((i for i, slot in enumerate(named) if vocabulary.sense(slot.label).caption), default=0)
    return [slot for i, slot in enumerate(named) if slot.column or i > labels]


def _by_slot(row: RowLine, vocabulary: Vocabulary) -> list[tuple[Slot, list[GridCell]]] | None:
    """The cells under each slot of the head; None where the row does not fit the head: its label, a unit or a number
    stands where it can't."""
    head = row.header
    if head is None:
        return None
    if head.placed and row.line.resolved:
        under = [(slot, _within(row, slot)) for slot in head.slots]
    elif len(row.line.cells) == len(head.slots):
        under = [(slot, [cell]) for slot, cell in zip(head.slots, row.line.cells, strict=True)]
    else:
        return None
    valued = _valued(head, vocabulary)
    misplaced = [
        cell
        for slot, cells in under
        for cell in cells
        if slot in valued
        and (cell.text.strip() in vocabulary.units or (cell in row.label_cells and label_like(cell.text)))
    ]
    covered = [cell for _, cells in under for cell in cells]
    stray = [cell for cell in row.values if cell not in covered and read_value(cell.text).state == "number"]
    return None if misplaced or stray else under


def _within(row: RowLine, slot: Slot) -> list[GridCell]:
    start = slot.start or 0
    return [cell for cell in row.line.cells if start <= cell.column < start + slot.width]


def _printed(cell: GridCell) -> bool:
    return bool(cell.text.strip()) or cell.image
