"""The labelled cases stay above their floors, and no two agencies become one."""

import yaml

from benchmarks.identity.__main__ import FOLDER, load_cases, measure
from config import divisions


def test_the_floors_hold_and_nothing_is_merged() -> None:
    floors = yaml.safe_load((FOLDER / "baseline.yaml").read_text(encoding="utf-8"))
    result = measure(load_cases())
    assert {part: result.share(part) for part in floors if result.share(part) < floors[part]} == {}, result.wrong
    assert result.merged == []


def test_the_cases_cover_every_province_and_every_label_is_a_division() -> None:
    cases = load_cases()
    assert len(cases) > 500
    labelled = {case.division for case in cases if case.division}
    assert all(divisions.division(code) for code in labelled)
    assert len({code[:2] for code in labelled}) == 31


def test_no_case_stands_twice() -> None:
    cases = load_cases()
    assert len(cases) == len(set(cases))
