"""The identities of the forms (勾稽关系), assessed on one report: each that fails is a finding about the report."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from config.forms import Identity, TableForm, load_forms, load_identities, terms
from pipelines.forms.copied import copied_text
from pipelines.forms.dates import Identified, date_findings
from pipelines.forms.reading import Reading
from pipelines.forms.statements import statement_findings
from pipelines.forms.tables import Key
from pipelines.report import Cell, Finding, Section

CellPlace = tuple[str, str, str]
Number = int | float

_HOLDS = {
    "=": lambda stated, expected: stated == expected,
    "≥": lambda stated, expected: stated >= expected,
    "≤": lambda stated, expected: stated <= expected,
}
_WORDS = {"=": ("", "应为"), "≥": ("at least ", "应不小于"), "≤": ("at most ", "应不大于")}


@dataclass(frozen=True, slots=True)
class _Addend:
    """One term of a sum: its label as the form prints it, its sign and its number."""

    key: str
    label: str
    sign: int
    number: Number
    before: bool


def check(
    reading: Reading,
    sections: Sequence[Section],
    identity: Identified,
    previous: Mapping[CellPlace, Number | None] | None = None,
    previous_sections: Sequence[Section] = (),
) -> tuple[Finding, ...]:
    """What does not hold in the report, in the order of the rules.

    ``identity`` gives agency, year, title and dates. ``previous`` are the numbers of the same agency's report of the
    year before by (table, row, column), ``previous_sections`` its text; the rules between years run when they are
    given. A rule that needs a cell without a number is not assessed.
    """
    cells = {(cell.table, cell.row, cell.column): cell for cell in reading.cells}
    rules = load_identities()
    findings = list(_not_whole(reading.cells))
    for rule in rules.identities:
        findings += _assess(rule, cells, {})
    if previous is not None:
        for rule in rules.across_years:
            findings += _assess(rule, cells, previous)
    findings += statement_findings(cells, sections)
    findings += copied_text(sections, previous_sections)
    findings += date_findings(reading, identity)
    return tuple(findings)


def _not_whole(cells: Sequence[Cell]) -> Iterator[Finding]:
    """counts.whole: things are counted in whole numbers, and no amount is negative."""
    for cell in cells:
        if cell.state != "number" or cell.value is None:
            continue
        kind = _shape(cell.table, (cell.row, cell.column)).kind(cell.row, cell.column)
        fraction = kind != "amount" and cell.value != int(cell.value)
        if not fraction and (cell.value >= 0 or kind == "change"):
            continue
        yield Finding(
            "counts.whole",
            "error",
            f"{cell.table} {cell.row}, {cell.column} ({cell.where}): {cell.value} is not a whole number from 0 up."
            if fraction
            else f"{cell.table} {cell.row}, {cell.column} ({cell.where}): {cell.value} is negative.",
            f"{_place_zh(cell)}（{cell.where}）：{cell.value}{'不是整数' if fraction else '为负数'}。",
            table=cell.table,
            row=cell.row,
            column=cell.column,
            stated=cell.value,
            expected="a whole number, 0 or more" if kind == "count" else "a whole number" if fraction else "0 or more",
        )


def _shape(table: str, key: Key) -> TableForm:
    """The form's table that has the cell, of the newest form that has it."""
    return next(
        form.tables[table] for form in load_forms().values() if table in form.tables and key in form.tables[table].cells
    )


def _place_zh(cell: Cell) -> str:
    shape = _shape(cell.table, (cell.row, cell.column))
    return f"“{shape.rows[cell.row].label}”行“{shape.columns[cell.column].label}”列"


def _assess(
    rule: Identity, cells: Mapping[CellPlace, Cell], previous: Mapping[CellPlace, Number | None]
) -> Iterator[Finding]:
    shapes = [load_forms()[name].tables[rule.table] for name in rule.forms]
    by_rows = rule.along == "rows"
    places = dict.fromkeys(place for shape in shapes for place in (shape.columns if by_rows else shape.rows))
    for place in places:
        if rule.within is not None and place not in rule.within:
            continue
        stated = _sum(rule, rule.stated, place, shapes, cells, previous)
        expected = _sum(rule, rule.expected, place, shapes, cells, previous)
        if stated is None or expected is None:
            continue
        left, right = (sum(addend.sign * addend.number for addend in side) for side in (stated, expected))
        if not _HOLDS[rule.relation](left, right):
            yield _failure(rule, place, shapes, stated, expected, left, right)


def _sum(
    rule: Identity,
    written: Sequence[str],
    place: str,
    shapes: Sequence[TableForm],
    cells: Mapping[CellPlace, Cell],
    previous: Mapping[CellPlace, Number | None],
) -> list[_Addend] | None:
    """The addends of one side at ``place``; None where one of them is no number."""
    addends: list[_Addend] = []
    for term in written:
        found = _addends(rule, term, place, shapes, cells, previous)
        if found is None:
            return None
        addends += found
    return addends


def _addends(
    rule: Identity,
    term: str,
    place: str,
    shapes: Sequence[TableForm],
    cells: Mapping[CellPlace, Cell],
    previous: Mapping[CellPlace, Number | None],
) -> list[_Addend] | None:
    """One term, ``*`` expanded: all rows of it that the report prints, if it prints those of one form completely."""
    found: dict[str, _Addend] = {}
    complete = False
    for shape in shapes:
        labels = shape.rows if rule.along == "rows" else shape.columns
        wanted = terms(term, tuple(labels))
        present = 0
        for key, sign, before in wanted:
            at = (rule.table, key, place) if rule.along == "rows" else (rule.table, place, key)
            cell = cells.get(at)
            if not before and (cell is None or cell.state == "absent"):
                continue
            present += 1
            number = previous.get(at) if before else cell.value if cell else None
            if number is None:
                return None
            found[key] = _Addend(key, labels[key].label, sign, number, before)
        complete = complete or (bool(wanted) and present == len(wanted))
    return list(found.values()) if complete else None


def _failure(
    rule: Identity,
    place: str,
    shapes: Sequence[TableForm],
    stated: Sequence[_Addend],
    expected: Sequence[_Addend],
    left: Number,
    right: Number,
) -> Finding:
    by_rows = rule.along == "rows"
    row, column = (stated[0].key, place) if by_rows else (place, stated[0].key)
    across = next(
        label.label
        for shape in shapes
        for key, label in (shape.columns if by_rows else shape.rows).items()
        if key == place
    )
    english, chinese = _WORDS[rule.relation]
    return Finding(
        rule.rule,
        rule.severity,
        f"{rule.table}, {place}: {_written(stated)}{_sum_of(stated, left)} must be {english}"
        f"{_written(expected)}{_sum_of(expected, right)}.",
        f"“{across}”：{_written_zh(stated)}{_sum_of(stated, left)}，{chinese}"
        f"{_written_zh(expected)}{_sum_of(expected, right)}。",
        table=rule.table,
        row=row,
        column=column,
        stated=left,
        expected=right,
    )


def _sum_of(addends: Sequence[_Addend], number: Number) -> str:
    return f" = {number}" if len(addends) > 1 else ""


def _written(addends: Sequence[_Addend]) -> str:
    return _joined([(addend, f"{'last year’s ' if addend.before else ''}{addend.key}") for addend in addends])


def _written_zh(addends: Sequence[_Addend]) -> str:
    return _joined([(addend, f"{'上年' if addend.before else ''}“{addend.label}”") for addend in addends])


def _joined(named: Sequence[tuple[_Addend, str]]) -> str:
    """The addends with their numbers; of many, those that are 0 are left out."""
    shown = [(addend, name) for addend, name in named if len(named) <= 3 or addend.number] or list(named[:1])
    text = " ".join(f"{'-' if addend.sign < 0 else '+'} {name} ({addend.number})" for addend, name in shown)
    return text.removeprefix("+ ")
