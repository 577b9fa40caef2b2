"""Tables that are printed more than once (a twin for telephones, a hidden copy): which printing of a cell counts."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipelines.forms.notices import copies_differ, hidden_copy_differs, row_twice
from pipelines.forms.tables import Key, Printed, TableReading
from pipelines.report import Cell, Finding


@dataclass(slots=True)
class Choice:
    """The cells of one statutory table, the printing that each was taken from (none where two were not believed), and
    what was found while choosing them."""

    cells: dict[Key, Cell] = field(default_factory=dict)
    printings: dict[Key, Printed] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def choose(table: str, reading: TableReading) -> Choice:
    """One printing of each cell: one of a filled table before an empty form, a visible one before a hidden one, one
    with something printed in its row before an empty row, and one that can be read before another table's that can't;
    the last two not where the tables differ elsewhere. Where two that count equally differ, neither is believed: the
    cell is ``unreadable``, with a finding.
    """
    choice = Choice()
    several = [key for key, printings in reading.cells.items() if len(printings) > 1]
    templates = _templates(reading) if several else frozenset()
    hidden = [key for key in several if _hidden_differs(reading.cells[key])]
    if hidden:
        choice.findings.append(hidden_copy_differs(table, hidden))
    best = {key: _best(reading.cells[key], templates) for key in several}
    differ = any(len({printed.value.number for printed in printings} - {None}) > 1 for printings in best.values())
    best = {key: _filled(printings, differ) for key, printings in best.items()}
    if not differ:
        best = {key: _readable(printings) for key, printings in best.items()}
    for key, printings in reading.cells.items():
        candidates = best.get(key, printings)
        first = candidates[0]
        other = next((printed for printed in candidates[1:] if _content(printed) != _content(first)), None)
        if other is None:
            choice.cells[key] = _cell(table, key, first)
            choice.printings[key] = first
            continue
        notice = row_twice if other.table is first.table else copies_differ
        choice.findings.append(notice(table, key, first, other))
        reason = "it is printed twice, and differs"
        raw = f"{first.raw} | {other.raw}"
        choice.cells[key] = Cell(table, *key, "unreadable", raw=raw, where=first.where, reason=reason)
    return choice


def _templates(reading: TableReading) -> frozenset[int]:
    """The printed tables in which no number stands: beside others that have numbers they are empty forms."""
    numbers: dict[int, int] = {}
    for printings in reading.cells.values():
        for printed in printings:
            table = id(printed.table)
            numbers[table] = numbers.get(table, 0) + (printed.value.state == "number")
    return frozenset(table for table, count in numbers.items() if not count)


def _best(printings: Sequence[Printed], templates: frozenset[int]) -> list[Printed]:
    best = list(printings)
    for worse in (lambda printed: id(printed.table) in templates, lambda printed: printed.table.hidden):
        best = [printed for printed in best if not worse(printed)] or best
    return best


def _filled(printings: list[Printed], differ: bool) -> list[Printed]:
    """Without empty rows where another has something: of tables that ``differ``, only one of the same table."""
    filled = {id(printed.table) for printed in printings if not printed.empty_row}
    kept = [p for p in printings if not p.empty_row or (differ and id(p.table) not in filled)]
    return kept or printings


def _readable(printings: list[Printed]) -> list[Printed]:
    """Another table may say what can't be read here; the same table, printing a row twice, only adds to the doubt."""
    doubtful = {id(printed.table) for printed in printings if printed.value.state == "unreadable"}
    return [printed for printed in printings if id(printed.table) not in doubtful] or printings


def _hidden_differs(printings: Sequence[Printed]) -> bool:
    """Whether a hidden printing has another number than a visible one."""
    numbers = [{p.value.number for p in printings if p.table.hidden is hidden} - {None} for hidden in (False, True)]
    return bool(numbers[0] and numbers[1] and numbers[0] != numbers[1])


def _content(printed: Printed) -> tuple[str, int | float | None]:
    return printed.value.state, printed.value.number


def _cell(table: str, key: Key, printed: Printed) -> Cell:
    value = printed.value
    return Cell(table, *key, value.state, value.number, printed.raw, value.unit, printed.where, value.reason)
