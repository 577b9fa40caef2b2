"""Whether the values of a row add up to its totals: what tells how they stand where the grid does not."""

from collections.abc import Sequence
from decimal import Decimal

from pipelines.documents.model import GridCell
from pipelines.forms.slots import Slot
from pipelines.forms.value import read_value


def adds_up(cells: Sequence[GridCell], slots: Sequence[Slot]) -> bool:
    """Whether a number stands in each of the cells, and each total is the sum of what stands before it."""
    numbers = [read_value(cell.text).number for cell in cells]
    return None not in numbers and _holds([Decimal(str(number)) for number in numbers], slots) is True


def fails(cells: Sequence[GridCell], slots: Sequence[Slot]) -> bool:
    """Whether a total is not the sum of what stands before it, blanks counting nothing. What can't be read leaves that
    open."""
    values = [read_value(cell.text) for cell in cells]
    if any(value.state == "unreadable" for value in values):
        return False
    return _holds([Decimal(str(value.number or 0)) for value in values], slots) is False


def _holds(numbers: Sequence[Decimal], slots: Sequence[Slot]) -> bool | None:
    """None where there is no total, or a column that the form does not know."""
    if any(slot.column is None for slot in slots):
        return None
    sums: dict[str | None, Decimal] = {}
    totals: dict[str | None, Decimal] = {}
    for slot, number in zip(slots, numbers, strict=True):
        if slot.column == "total":
            totals[slot.row] = number
        else:
            sums[slot.row] = sums.get(slot.row, Decimal(0)) + number
    return totals == sums if totals else None
