"""The columns that the head of a printed table names."""

from dataclasses import dataclass

# What heads the numbers of rows, and stands before the numbers of columns.
COUNTING = frozenset(("栏次", "列次", "序号", "甲", "乙", "行次", "代码"))


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
    """The columns in printed order. ``placed`` says whether each slot's ``start`` is to be trusted. ``blanks`` are the
    columns of the grid in which the head has an empty cell and no label."""

    slots: tuple[Slot, ...]
    blanks: frozenset[int] = frozenset()

    @property
    def placed(self) -> bool:
        return all(slot.start is not None for slot in self.slots)

    @property
    def end(self) -> int:
        """The grid column behind the last label; 0 where no place is known."""
        return max((slot.start + slot.width for slot in self.slots if slot.start is not None), default=0)

    def unplaced(self) -> "Header":
        return Header(tuple(Slot(slot.column, slot.label, slot.row) for slot in self.slots))

    @property
    def columns(self) -> tuple[str, ...]:
        """The known columns, in printed order."""
        return tuple(slot.column for slot in self.slots if slot.column)

    @property
    def keys(self) -> tuple[tuple[str | None, str | None], ...]:
        return tuple((slot.row, slot.column) for slot in self.slots)
