"""The identities of the forms (勾稽关系), assessed on one report: each that fails is a finding about the report."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from config.forms import Identity, Label, load_forms, load_identities, terms
from pipelines.forms.copied import copied_text
from pipelines.forms.dates import Identified, date_findings
from pipelines.forms.reading import Reading
from pipelines.forms.statements import statement_findings
from pipelines.forms.vocabulary import vocabularies
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
class _Term:
    """A row or column in a sum: its label as the form prints it, its sign, and whether last year's is meant."""

    key: str
    label: str
    sign: int
    before: bool


@dataclass(frozen=True, slots=True)
class _Addend:
    term: _Term
    number: Number


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
    numbers = _Numbers(cells, previous or {})
    for rule in (*rules.identities, *(rules.across_years if previous is not None else ())):
        findings += _assess(rule, numbers)
    findings += statement_findings(cells, sections, identity.year)
    findings += copied_text(sections, previous_sections)
    findings += date_findings(reading, identity)
    return tuple(findings)


def _not_whole(cells: Sequence[Cell]) -> Iterator[Finding]:
    """counts.whole: things are counted in whole numbers, and no amount is negative."""
    for cell in cells:
        if cell.state != "number" or cell.value is None:
            continue
        kind = vocabularies()[cell.table].cells[cell.row, cell.column]
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


def _place_zh(cell: Cell) -> str:
    """The printed labels of the cell's row and column, of the newest form that has it."""
    shapes = (form.tables[cell.table] for form in load_forms().values() if cell.table in form.tables)
    shape = next(shape for shape in shapes if (cell.row, cell.column) in shape.cells)
    return f"“{shape.rows[cell.row].label}”行“{shape.columns[cell.column].label}”列"


@dataclass(frozen=True, slots=True)
class _Numbers:
    """This report's cells and last year's numbers, by place."""

    cells: Mapping[CellPlace, Cell]
    previous: Mapping[CellPlace, Number | None]

    def printed(self, place: CellPlace, before: bool) -> bool:
        """Whether the report has such a row and column (of last year's, only numbers are known)."""
        return before or (place in self.cells and self.cells[place].state != "absent")

    def number(self, place: CellPlace, before: bool) -> Number | None:
        return self.previous.get(place) if before else self.cells[place].value


@lru_cache(maxsize=256)
def _terms(rule: Identity, written: str) -> tuple[tuple[_Term, ...], ...]:
    """What one written term of the rule stands for, in each of the rule's forms."""
    found = []
    for name in rule.forms:
        shape = load_forms()[name].tables[rule.table]
        labels: Mapping[str, Label] = shape.rows if rule.along == "rows" else shape.columns
        expanded = terms(written, tuple(labels))
        found.append(tuple(_Term(key, labels[key].label, sign, before) for key, sign, before in expanded))
    return tuple(found)


@lru_cache(maxsize=64)
def _places(rule: Identity) -> tuple[tuple[str, str], ...]:
    """The columns (or rows) that the rule holds for one by one, with their labels."""
    found: dict[str, str] = {}
    for name in rule.forms:
        shape = load_forms()[name].tables[rule.table]
        labels: Mapping[str, Label] = shape.columns if rule.along == "rows" else shape.rows
        found |= {key: label.label for key, label in labels.items() if key not in found}
    return tuple((key, label) for key, label in found.items() if rule.within is None or key in rule.within)


def _assess(rule: Identity, numbers: _Numbers) -> Iterator[Finding]:
    for place, label in _places(rule):
        stated = _sum(rule, rule.stated, place, numbers)
        expected = _sum(rule, rule.expected, place, numbers)
        if stated is None or expected is None:
            continue
        if not _HOLDS[rule.relation](_total(stated), _total(expected)):
            yield _failure(rule, place, label, stated, expected)


def _sum(rule: Identity, written: Sequence[str], place: str, numbers: _Numbers) -> list[_Addend] | None:
    """The addends of one side at ``place``; None where one of them is no number."""
    addends: list[_Addend] = []
    for term in written:
        found = _addends(rule, term, place, numbers)
        if found is None:
            return None
        addends += found
    return addends


def _addends(rule: Identity, written: str, place: str, numbers: _Numbers) -> list[_Addend] | None:
    """One written term, ``*`` expanded: all rows of it that the report prints, if those of one form are complete."""
    found: dict[str, _Addend] = {}
    complete = False
    for expanded in _terms(rule, written):
        present = 0
        for term in expanded:
            at = (rule.table, term.key, place) if rule.along == "rows" else (rule.table, place, term.key)
            if not numbers.printed(at, term.before):
                continue
            number = numbers.number(at, term.before)
            if number is None:
                return None
            present += 1
            found[term.key] = _Addend(term, number)
        complete = complete or (present > 0 and present == len(expanded))
    return list(found.values()) if complete else None


def _failure(rule: Identity, place: str, label: str, stated: Sequence[_Addend], expected: Sequence[_Addend]) -> Finding:
    first = stated[0].term.key
    row, column = (first, place) if rule.along == "rows" else (place, first)
    left, right = _total(stated), _total(expected)
    english, chinese = _WORDS[rule.relation]
    return Finding(
        rule.rule,
        rule.severity,
        f"{rule.table}, {place}: {_written(stated)}{_sum_of(stated, left)} must be {english}"
        f"{_written(expected)}{_sum_of(expected, right)}.",
        f"“{label}”：{_written_zh(stated)}{_sum_of(stated, left)}，{chinese}"
        f"{_written_zh(expected)}{_sum_of(expected, right)}。",
        table=rule.table,
        row=row,
        column=column,
        stated=left,
        expected=right,
    )


def _total(addends: Sequence[_Addend]) -> Number:
    return sum(addend.term.sign * addend.number for addend in addends)


def _sum_of(addends: Sequence[_Addend], number: Number) -> str:
    return f" = {number}" if len(addends) > 1 else ""


def _written(addends: Sequence[_Addend]) -> str:
    return _joined([(addend, f"{'last year’s ' if addend.term.before else ''}{addend.term.key}") for addend in addends])


def _written_zh(addends: Sequence[_Addend]) -> str:
    return _joined([(addend, f"{'上年' if addend.term.before else ''}“{addend.term.label}”") for addend in addends])


def _joined(named: Sequence[tuple[_Addend, str]]) -> str:
    """The addends with their numbers; of many, those that are 0 are left out."""
    shown = [(addend, name) for addend, name in named if len(named) <= 3 or addend.number] or list(named[:1])
    text = " ".join(f"{'-' if addend.term.sign < 0 else '+'} {name} ({addend.number})" for addend, name in shown)
    return text.removeprefix("+ ")
