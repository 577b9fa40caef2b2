"""The compiled identities say what the terms say, written out one by one."""

from collections.abc import Iterable
from dataclasses import replace
from operator import eq, ge, le
from random import Random

import pytest

from pipelines.forms import Reading, check, check_years, read_forms
from pipelines.forms.identities import NO_NUMBER, UNPRINTED, Assessment, CellPlace, Number, compiled, doubtful, total
from pipelines.report import Cell
from tests.forms.build import document, grid
from tests.forms.layouts import form_rows, random_values
from tests.forms.test_checks import Who

_RELATIONS = {"=": eq, "≥": ge, "≤": le}
_PREVIOUS = {("requests", "carried_forward", "total"): 7, ("disclosure", "regulations", "in_force"): 5}


def reading(form: str, seed: int) -> Reading:
    rows = form_rows(form, random_values(form, Random(seed)))
    return read_forms(document(*(grid(given, where=f"table {i}") for i, given in enumerate(rows.values(), 1))))


def printed(cells: Iterable[Cell]) -> dict[CellPlace, Number | None]:
    """The cells that a report prints, as `check_years` takes them."""
    return {(cell.table, cell.row, cell.column): cell.value for cell in cells if cell.state != "absent"}


def written_out(assessment: Assessment, numbers: list[float]) -> bool:
    stated, expected = assessment.stated.addends(numbers), assessment.expected.addends(numbers)
    if stated is None or expected is None:
        return False
    return not _RELATIONS[assessment.rule.relation](total(stated), total(expected))


def test_sums_and_terms_agree_on_numbers_blanks_and_cells_of_any_form() -> None:
    rules = compiled()
    seen = {True: 0, False: 0}
    for seed in range(400):
        random = Random(seed)
        odd = (NO_NUMBER, UNPRINTED)
        share = random.choice((0, 0.003, 0.03, 0.3))
        numbers = [
            random.choice(odd) if random.random() < share else random.choice((0, 0, 1, 2))
            for _ in range(len(rules.positions) + len(rules.before))
        ]
        for place in rules.before.values():
            numbers[place] = NO_NUMBER if numbers[place] is UNPRINTED else numbers[place]
        foreign = random.choice(("other_handling", "other_handling."))
        for (_, row, _), at in rules.positions.items():
            if row == foreign or (foreign.endswith(".") and row.startswith(foreign)):
                numbers[at] = UNPRINTED
        for assessments in (rules.identities, rules.across_years):
            expected = [one for one in assessments if written_out(one, numbers)]
            seen[True] += len(expected)
            seen[False] += len(assessments) - len(expected)
            found = [one for one in doubtful(assessments, numbers) if one.failure(numbers) is not None]
            assert found == expected, seed
    assert min(seen.values()) > 1_000


@pytest.mark.parametrize("form", ["2014", "2019", "2021"])
def test_the_rules_between_years_are_apart_from_those_of_one_report(form: str) -> None:
    for seed in range(5):
        read = reading(form, seed)
        years = check_years(printed(read.cells), _PREVIOUS)
        assert all(finding.rule.startswith("years.") for finding in years)
        assert not any(finding.rule.startswith("years.") for finding in check(read, (), Who()))
        assert bool(years) is (form != "2014")


def test_findings_come_in_one_order_whatever_the_order_of_the_cells() -> None:
    read = reading("2021", 1)
    shuffled = replace(read, cells=tuple(Random(2).sample(read.cells, len(read.cells))))
    findings = check(read, (), Who())
    assert len(findings) > 10
    assert check(shuffled, (), Who()) == findings == check(read, (), Who())
    years = check_years(printed(read.cells), _PREVIOUS)
    assert len(years) > 1
    assert check_years(printed(shuffled.cells), _PREVIOUS) == years
