"""What is wrong with a site, from the history of its crawls: each rule, and what must not set it off."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from config.schedule import Schedule
from config.site import Expect, Site
from crawler.operate.problems import problems
from pipelines.history import CRAWL, FAILED_ATTEMPT, Attempt

SITE = Site(name="one", home="http://www.example.gov.cn/")
NOW = datetime(2027, 6, 20, tzinfo=UTC)
AWAY: dict[str, Any] = {"outcomes": {}, "found": {"failures": {"dns": 3}}}
BLOCKED: dict[str, Any] = {"outcomes": {}, "found": {}, "blocked": {"www.example.gov.cn": "jsl"}}


def visit(days_ago: float, listed: int = 10, **told: Any) -> Attempt:
    started = NOW - timedelta(days=days_ago)
    found = {"home": SITE.home, "items_selected": listed, "families": {"trs": 2} if listed else {}}
    found |= told.pop("found", {})
    account = {"reason": "finished", "requests": 50, "outcomes": {"report": 1, "not_a_report/list": 9}, "found": found}
    return Attempt("one", f"run {started}", f"id {started}", started, started, CRAWL, account | told)


def away(days_ago: float, told: dict[str, Any]) -> Attempt:
    started = NOW - timedelta(days=days_ago)
    account = {"reason": "finished", "requests": 3} | told
    return Attempt("one", f"run {started}", f"id {started}", started, started, CRAWL, account)


def crash(days_ago: float, event: str = "", **told: Any) -> Attempt:
    started = NOW - timedelta(days=days_ago)
    return Attempt("one", "r", f"id {started}", started, None, event, told)


def kinds(*history: Attempt, site: Site = SITE, rows: list[dict[str, Any]] | None = None) -> list[str]:
    found = problems(site, history, rows, Schedule(), NOW)
    assert all(one.message and one.site == "one" for one in found)
    return [one.kind for one in found]


GOOD = [visit(40), visit(30), visit(20)]


def test_a_site_that_goes_on_as_before_has_no_problem() -> None:
    assert kinds(*GOOD, visit(10)) == []
    assert kinds() == [] and kinds(visit(1)) == []
    assert kinds(visit(9, 0), visit(1, 0)) == []  # it never gave any


def test_reports_that_are_gone() -> None:
    assert kinds(*GOOD, visit(10, 0)) == ["no_reports"]
    assert kinds(*GOOD, visit(10, 4)) == ["fewer_reports"]
    assert kinds(*GOOD, visit(10, 5)) == []
    assert kinds(*GOOD, visit(10, 0), visit(5)) == []  # over
    assert kinds(visit(40, 2), visit(30, 0)) == ["no_reports"]
    # Still gone after several visits, as long as there is one to compare with.
    assert kinds(*GOOD, visit(10, 0), visit(5, 0), visit(1, 0)) == ["no_reports"]


def test_a_redesign_is_one_alarm_until_the_new_family_is_the_usual_one() -> None:
    new = {"found": {"families": {"ucap": 2}}}
    history = [*GOOD, visit(15, **new)]
    assert kinds(*history) == ["layout_changed"]
    history.append(visit(12, **new))
    assert kinds(*history) == []  # not all of the visits before agree any more
    (one,) = problems(SITE, history[:-1], None, Schedule(), NOW)
    assert (one.evidence["before"], one.evidence["now"]) == (["trs"], ["ucap"])
    both = {"found": {"families": {"trs": 1, "ucap": 4}}}
    assert kinds(*GOOD, visit(10, **both)) == []


def test_a_portal_that_moved_or_was_sold_is_that_alone() -> None:
    moved = {"found": {"home": "http://www.new.gov.cn/", "items_selected": 0, "families": {}}}
    assert kinds(*GOOD, visit(3, **moved)) == ["moved"]
    inside = {"found": {"home": "https://zwgk.example.gov.cn/index.html"}}
    assert kinds(*GOOD, visit(3, **inside)) == []
    sold = {"found": {"foreign": ["百家乐"], "items_selected": 0, "families": {}}}
    assert kinds(*GOOD, visit(3, **sold)) == ["spam"]


@pytest.mark.parametrize(("since", "expected"), [(29, []), (30, ["blocked"]), (300, ["blocked"])])
def test_a_month_of_blocks(since: int, expected: list[str]) -> None:
    assert kinds(*[visit(since + 9)], away(since, BLOCKED), away(1, BLOCKED)) == expected
    assert kinds(visit(since + 9), away(since, BLOCKED), away(1, BLOCKED), visit(0.5)) == []


@pytest.mark.parametrize(("since", "expected"), [(13, []), (14, ["dead"])])
def test_two_weeks_without_an_answer(since: int, expected: list[str]) -> None:
    assert kinds(visit(since + 9), away(since, AWAY), away(1, AWAY)) == expected
    # A crash of ours in between changes nothing.
    assert kinds(visit(since + 9), away(since, AWAY), crash(4), away(1, AWAY)) == expected


def test_three_crashes_in_a_row() -> None:
    assert kinds(visit(9), crash(3), crash(2)) == []
    assert kinds(visit(9), crash(3), crash(2), crash(1, FAILED_ATTEMPT, reason="crashed", log=["x"])) == ["crashing"]
    assert kinds(visit(9), crash(4), crash(3), crash(2), visit(1)) == []


def test_many_more_failures_than_before() -> None:
    assert kinds(*GOOD, visit(1, failed_count=4, lost_count=3)) == ["more_failed"]
    assert kinds(*GOOD, visit(1, failed_count=4)) == []
    used_to_it = [visit(days, failed_count=7) for days in (40, 30, 20)]
    assert kinds(*used_to_it, visit(1, failed_count=9)) == []
    assert kinds(*GOOD, visit(1, failed_count=7, requests=500)) == []  # one in a hundred


def test_many_more_findings_than_before() -> None:
    bad = {"findings": {"error": 40}, "outcomes": {"report": 8}}
    assert kinds(*GOOD, visit(1, **bad)) == ["more_findings"]
    assert kinds(*GOOD, visit(1, **bad), visit(0.5, outcomes={"list": 1})) == ["more_findings"]
    careless = [visit(days, findings={"error": 4}) for days in (40, 30, 20)]
    assert kinds(*careless, visit(1, **bad)) == []
    assert kinds(visit(1, **bad)) == []  # nothing to compare with


def test_what_the_sites_file_expects() -> None:
    site = SITE.model_copy(update={"expect": Expect(reports_min=3, years="2024-")})
    rows = [{"year": year} for year in (2024, 2025, 2026)]
    assert kinds(*GOOD, site=site, rows=rows) == []
    assert kinds(*GOOD, site=site, rows=rows[1:]) == ["expectation"]
    (one,) = problems(site, GOOD, rows[:2], Schedule(), NOW)
    assert (one.evidence["reports"], one.evidence["missing_years"]) == (2, [2026])
    assert kinds(site=site, rows=[]) == []  # never visited
    # In February the report of the year before is not late yet.
    early = datetime(2027, 2, 1, tzinfo=UTC)
    assert problems(site, [visit(200)], [{"year": 2024}, {"year": 2025}, {"year": 2025}], Schedule(), early) == []


def test_a_paused_site_is_left_alone() -> None:
    assert kinds(*GOOD, visit(1, 0), site=SITE.model_copy(update={"paused": "merged"})) == []
