"""Which cell of a line stands under which column of the head, or why that can't be told."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pipelines.documents.model import GridCell, Table
from pipelines.forms.lines import Line
from pipelines.forms.slots import Header
from pipelines.forms.sums import fails


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why the cells of a line could not be told apart."""

    reason: str


@dataclass(frozen=True, slots=True)
class Placed:
    """The cells of a line in the order of the head's columns; ``merged`` are those printed once for several columns.
    ``weighed`` says that their values told where they belong: with others they might not (no `Plan` is made of them).
    """

    cells: tuple[GridCell, ...]
    merged: frozenset[int] = frozenset()
    weighed: bool = False


@dataclass(slots=True)
class Margins:
    """Where the values begin in lines of one shape (number of cells, and of cells after the label), learnt from full
    lines. A line with blank cells at its ends can only be read by lines of the same shape that have none.

    ``ends`` are the places where the lines below each head end, ``counted`` how many have one cell a column, and
    ``unlabelled`` the heads below which values stand under no label: there the places of longer lines mean nothing.
    ``fillers`` counts in each table the full lines with empty cells before or behind their values, ``beyond`` the lines
    that are longer than their head; ``filled`` tells which tables have lines of one length, or lines that all end in an
    empty cell, ``gapped`` which texts show empty cells before printed ones: converters that leave those out fill their
    lines up at the end.
    """

    starts: dict[tuple[int, int, int], set[int]] = field(default_factory=dict)
    leading: bool = False
    trailing: bool = False
    ends: dict[int, list[int]] = field(default_factory=dict)
    fillers: Counter[tuple[int, bool, bool]] = field(default_factory=Counter)
    beyond: Counter[int] = field(default_factory=Counter)
    filled: dict[int, bool] = field(default_factory=dict)
    gapped: dict[int, bool] = field(default_factory=dict)
    unlabelled: set[int] = field(default_factory=set)
    counted: Counter[int] = field(default_factory=Counter)

    def learn(self, line: Line, values: Sequence[GridCell], header: Header) -> None:
        columns = len(header.slots)
        if not values:
            return
        self.ends.setdefault(id(header), []).append(_end(line))
        self.counted[id(header)] += len(values) == columns
        self.beyond[id(line.table)] += _reaches_beyond(line, values, header)
        if line.resolved and header.placed and len(values) > columns and _by_grid(values, header) is None:
            self.unlabelled.add(id(header))
        core = _core(values)
        if core is not None and core[1] - core[0] == columns and _full(values[core[0] : core[1]]):
            self.starts.setdefault((len(line.cells), len(values), columns), set()).add(core[0])
            self.leading = self.leading or core[0] > 0
            self.trailing = self.trailing or core[1] < len(values)
            self.fillers[id(line.table), core[0] > 0, core[1] < len(values)] += 1

    def overflows(self, line: Line, values: Sequence[GridCell], header: Header) -> bool:
        """Whether the line has cells too many and reaches beyond its head, and neither all lines below the head nor the
        head itself do: then a cell is surplus, and it can't be told which. An empty cell of the head may reach as far
        as most lines."""
        if not _reaches_beyond(line, values, header):
            return False
        end, ends = _end(line), self.ends[id(header)]
        if end - 1 in header.blanks and 2 * ends.count(end) > len(ends):
            return False
        alone = self.beyond[id(line.table)] == 1 and all(column < header.end for column in header.blanks)
        return alone or len(set(ends)) > 1

    def falls_short(self, line: Line, values: Sequence[GridCell], header: Header) -> bool:
        """Whether a value is blank in a line that ends before an empty cell of its head, as no other does: then the
        blank may be that empty cell, and a value lost before it."""
        if _full(values):
            return False
        end, ends = _end(line), self.ends[id(header)]
        return end in header.blanks and (len(ends) == 1 or end < max(ends))

    def is_odd(self, values: Sequence[GridCell], header: Header) -> bool:
        """Whether the line has as many cells as columns where others below the head have not, or where cells reach over
        several columns: then one may be missing, and another surplus."""
        if len(values) != len(header.slots):
            return False
        wide = any(cell.colspan > slot.width for cell, slot in zip(values, header.slots, strict=True))
        return wide or 2 * self.counted[id(header)] < len(self.ends[id(header)])

    def filled_up(self, line: Line, core: tuple[int, int], values: Sequence[GridCell]) -> bool:
        """Whether the empty cells at the ends of a full line hold no value, as in other lines of its table: in one line
        alone a value may be printed twice, and another left blank."""
        if self.fillers[id(line.table), core[0] > 0, core[1] < len(values)] > 1:
            return True
        return self.is_filled(line.table) or (not self.shows_gaps(line) and _ends_empty(line.table) > 1)

    def is_filled(self, table: Table) -> bool:
        """Whether the table's lines are all of one length, or all end in an empty cell."""
        if id(table) not in self.filled:
            rows = [row for row in table.rows() if row]
            self.filled[id(table)] = len({len(row) for row in rows}) == 1 or not any(_printed(row[-1]) for row in rows)
        return self.filled[id(table)]

    def shows_gaps(self, line: Line) -> bool:
        """Whether an empty cell that stands before a printed one is to be seen where there is one."""
        table = line.table
        if line.resolved or table.typed:
            return True
        if id(table) not in self.gapped:
            self.gapped[id(table)] = any(_has_gap(row) for row in table.rows())
        return self.gapped[id(table)]

    def placeable(self, values: Sequence[GridCell], header: Header) -> bool:
        """Whether the places of the values in the grid tell their columns."""
        return header.placed and (len(values) <= len(header.slots) or id(header) not in self.unlabelled)

    def start(self, line: Line, values: Sequence[GridCell], columns: int) -> int | None:
        """The place of the first value in a line whose first or last values may be blank; None where it isn't known."""
        known = self.starts.get((len(line.cells), len(values), columns), set())
        if known:
            return next(iter(known)) if len(known) == 1 else None
        if not self.leading and not self.trailing:
            return 0 if len(values) == columns else None
        core = _core(values) or (0, 0)
        if not self.leading and core[1] == columns:
            return 0
        return core[0] if not self.trailing and len(values) - core[0] == columns else None


def _reaches_beyond(line: Line, values: Sequence[GridCell], header: Header) -> bool:
    return len(values) > len(header.slots) and _end(line) > header.end


def _end(line: Line) -> int:
    """The grid column behind the line's last cell."""
    return max((cell.column + cell.colspan for cell in line.cells), default=0)


def _ends_empty(table: Table) -> int:
    """How many lines end in an empty cell."""
    return sum(not _printed(row[-1]) for row in table.rows() if row)


def _has_gap(row: Sequence[GridCell]) -> bool:
    """Whether an empty cell stands between printed ones."""
    core = _core(row)
    return core is not None and not _full(row[core[0] : core[1]])


def _printed(cell: GridCell) -> bool:
    return bool(cell.text.strip()) or cell.image


def _core(values: Sequence[GridCell]) -> tuple[int, int] | None:
    """From the first to behind the last cell in which something is printed."""
    printed = [i for i, cell in enumerate(values) if _printed(cell)]
    return (printed[0], printed[-1] + 1) if printed else None


def _full(values: Sequence[GridCell]) -> bool:
    """Whether something is printed in each cell: else one of them may be no cell of the form, and an end blank."""
    return all(map(_printed, values))


def align(line: Line, values: Sequence[GridCell], header: Header, margins: Margins, complete: bool) -> Placed | Misfit:
    """The ``values`` of ``line`` (all its cells after the label) under the columns of ``header``, which is ``complete``
    if it names every column of the line's row.

    By the grid where each column of the head has its own cell in the line; else by counting, which needs exactly as
    many cells as columns: blank ones may be left off under a complete head alone, for else a label that is lost may be
    that of a value. Never by shifting: what fits in two ways is a `Misfit`.
    """
    if line.resolved and header.placed and margins.overflows(line, values, header):
        return Misfit(f"{len(values)} cells stand in a row of {len(header.slots)} columns")
    if line.resolved and header.placed and margins.falls_short(line, values, header):
        return Misfit("the row ends before others do, and a cell may be lost in it")
    if line.resolved and margins.placeable(values, header):
        placed = _by_grid(values, header)
        if placed is not None:
            return placed
        if _contradicts(line, values, header, margins):
            return Misfit("the cells that stand in the row do not stand under the labels of the columns")
    is_odd = line.resolved and margins.is_odd(values, header)
    if is_odd and fails(values, header.slots):
        return Misfit("the cells that stand in the row can't be told to be those of the columns: they do not add up")
    columns = len(header.slots)
    if not complete and len(values) != columns:
        return Misfit(f"{len(values)} cells stand in a row of which {columns} columns are known")
    counted = _by_count(line, values, columns, margins)
    return replace(counted, weighed=True) if is_odd and isinstance(counted, Placed) else counted


def _by_grid(values: Sequence[GridCell], header: Header) -> Placed | None:
    by_start = {cell.column: cell for cell in values}
    chosen: list[GridCell] = []
    merged: set[int] = set()
    used: set[int] = set()
    for i, slot in enumerate(header.slots):
        start = slot.start or 0
        cell = by_start.get(start)
        if cell is None:
            cell = next((other for other in values if other.column < start < other.column + other.colspan), None)
            if cell is None or not chosen or chosen[-1] is not cell:
                return None
            merged |= {i - 1, i}
        chosen.append(cell)
        used.add(id(cell))
        if slot.width > 1:
            # A value written again into each place below a label that spans several.
            again = [other for other in values if start < other.column < start + slot.width]
            used |= {id(other) for other in again if other.text == cell.text}
    # A value under no label is the sign of a shifted line, or of a head that lacks a column.
    if any(_printed(cell) for cell in values if id(cell) not in used):
        return None
    return Placed(tuple(chosen), frozenset(merged))


def _contradicts(line: Line, values: Sequence[GridCell], header: Header, margins: Margins) -> bool:
    """Whether as many cells as columns, in a row that does not end where its head does, may be others than those of the
    columns: one stands under a label that is lost, or one is printed for several columns while another is blank, or
    while the row ends where others do."""
    if len(values) != len(header.slots) or _end(line) == header.end:
        return False
    if any(cell.column in header.blanks for cell in values):
        return True
    pairs = zip(values, header.slots, strict=True)
    wide = any(cell.colspan > slot.width and _printed(cell) for cell, slot in pairs)
    return wide and (margins.ends[id(header)].count(_end(line)) > 1 or not _full(values))


def _by_count(line: Line, values: Sequence[GridCell], columns: int, margins: Margins) -> Placed | Misfit:
    core = _core(values)
    if core is None:
        if len(values) >= columns:
            return Placed(tuple(values[:columns]))
        return Misfit(f"no value stands after the label, and {columns} columns are printed above")
    first, behind = core
    full = behind - first == columns and (len(values) == columns or _full(values[first:behind]))
    if full and (len(values) == columns or margins.filled_up(line, core, values)):
        return Placed(tuple(values[first:behind]))
    if full:
        return Misfit(f"{len(values)} cells stand in a row of {columns} columns, and one of them is surplus")
    if behind - first > columns:
        return Misfit(f"{behind - first} values stand in a row of {columns} columns")
    if not margins.shows_gaps(line):
        return Misfit(f"{behind - first} values stand in a row of {columns} columns, and no empty cells between them")
    start = margins.start(line, values, columns)
    # Where empty cells at the ends of lines are left off, one at the start may as well be no value.
    cut = not line.resolved and start is not None and start < first and behind == len(values) > columns
    if start is None or start > first or start + columns < behind or (cut and not margins.is_filled(line.table)):
        return Misfit(f"{behind - first} values stand in a row of {columns} columns: which are missing can't be told")
    return Placed(tuple(values[start : start + columns]))
