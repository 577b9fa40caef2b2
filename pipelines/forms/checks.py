"""The identities of the forms (勾稽关系), assessed on one report: each that fails is a finding about the report."""

from collections.abc import Iterator, Mapping, Sequence

from config.forms import Identity, load_forms
from pipelines.forms.dates import Identified, date_findings
from pipelines.forms.identities import Addend, Assessment, CellPlace, Number, compiled, doubtful, total
from pipelines.forms.reading import Reading
from pipelines.forms.statements import statement_findings
from pipelines.forms.vocabulary import vocabularies
from pipelines.report import Cell, Finding, Section

_WORDS = {"=": ("", "应为"), "≥": ("at least ", "应不小于"), "≤": ("at most ", "应不大于")}


def check(reading: Reading, sections: Sequence[Section], identity: Identified) -> tuple[Finding, ...]:
    """What does not hold in the report, in the order of the rules.

    ``identity`` gives agency, year, title and dates. A rule that needs a cell without a number is not assessed; those
    that need the report of the year before are `check_years` and `copied_text`.
    """
    rules = compiled()
    findings = list(_not_whole(reading.cells))
    findings += _failures(rules.identities, rules.numbers(reading.cells))
    findings += statement_findings(reading.cells, sections, identity.year)
    findings += date_findings(reading, identity)
    return tuple(findings)


def check_years(
    printed: Mapping[CellPlace, Number | None], previous: Mapping[CellPlace, Number | None]
) -> tuple[Finding, ...]:
    """What does not fit last year's numbers, ``previous``, by the rules between years alone. ``printed`` are the cells
    that the report prints, None where no number stands in one.
    """
    rules = compiled()
    return tuple(_failures(rules.across_years, rules.between(printed, previous)))


def _not_whole(cells: Sequence[Cell]) -> Iterator[Finding]:
    """counts.whole: things are counted in whole numbers, and no amount is negative."""
    for cell in cells:
        value = cell.value
        if value is None or (value.__class__ is int and value >= 0):
            continue
        kind = vocabularies()[cell.table].cells[cell.row, cell.column]
        fraction = kind != "amount" and value != int(value)
        if not fraction and (value >= 0 or kind == "change"):
            continue
        yield Finding(
            "counts.whole",
            "error",
            f"{cell.table} {cell.row}, {cell.column} ({cell.where}): {value} is not a whole number from 0 up."
            if fraction
            else f"{cell.table} {cell.row}, {cell.column} ({cell.where}): {value} is negative.",
            f"{_place_zh(cell)}（{cell.where}）：{value}{'不是整数' if fraction else '为负数'}。",
            table=cell.table,
            row=cell.row,
            column=cell.column,
            stated=value,
            expected="a whole number, 0 or more" if kind == "count" else "a whole number" if fraction else "0 or more",
        )


def _place_zh(cell: Cell) -> str:
    """The printed labels of the cell's row and column, of the newest form that has it."""
    shapes = (form.tables[cell.table] for form in load_forms().values() if cell.table in form.tables)
    shape = next(shape for shape in shapes if (cell.row, cell.column) in shape.cells)
    return f"“{shape.rows[cell.row].label}”行“{shape.columns[cell.column].label}”列"


def _failures(assessments: tuple[Assessment, ...], numbers: Sequence[Number]) -> Iterator[Finding]:
    for assessment in doubtful(assessments, numbers):
        sides = assessment.failure(numbers)
        if sides is not None:
            yield _failure(assessment.rule, assessment.place, assessment.label, *sides)


def _failure(rule: Identity, place: str, label: str, stated: Sequence[Addend], expected: Sequence[Addend]) -> Finding:
    first = stated[0].term.key
    row, column = (first, place) if rule.along == "rows" else (place, first)
    left, right = total(stated), total(expected)
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


def _sum_of(addends: Sequence[Addend], number: Number) -> str:
    return f" = {number}" if len(addends) > 1 else ""


def _written(addends: Sequence[Addend]) -> str:
    return _joined([(addend, f"{'last year’s ' if addend.term.before else ''}{addend.term.key}") for addend in addends])


def _written_zh(addends: Sequence[Addend]) -> str:
    return _joined([(addend, f"{'上年' if addend.term.before else ''}“{addend.term.label}”") for addend in addends])


def _joined(named: Sequence[tuple[Addend, str]]) -> str:
    """The addends with their numbers; of many, those that are 0 are left out."""
    shown = [(addend, name) for addend, name in named if len(named) <= 3 or addend.number] or list(named[:1])
    text = " ".join(f"{'-' if addend.term.sign < 0 else '+'} {name} ({addend.number})" for addend, name in shown)
    return text.removeprefix("+ ")
