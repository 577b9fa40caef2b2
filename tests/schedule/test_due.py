"""Which sites are due: cadence and season, what was found, failures, quiet hours, and clocks that go wrong."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from archive.folder import ArchiveFolder
from archive.writer import ArchiveWriter
from config.errors import ConfigurationError
from config.load import load_schedule, load_site
from config.schedule import Cadence, Schedule
from config.site import Expect, Site
from crawler.operate.due import Due, due, in_season, kind_of
from pipelines.corpus import Corpus
from pipelines.history import CRAWL, FAILED_ATTEMPT, Attempt, attempts, take_in

SITE = Site(name="one", home="http://www.example.gov.cn/")
SCHEDULE = Schedule()
SUMMER = datetime(2027, 9, 20, 4, tzinfo=UTC)
WINTER = datetime(2027, 1, 20, 4, tzinfo=UTC)


def attempt(started: datetime, reason: str = "finished", *, news: int = 0, event: str = CRAWL, **told: Any) -> Attempt:
    ended = started + timedelta(hours=1)
    account = {"reason": reason, "news": {"new": news}, "outcomes": {"report": 3}, "found": {"home": SITE.home}} | told
    return Attempt("one", f"run {started}", f"id {started}", started, ended, event, account)


def killed(started: datetime) -> Attempt:
    return Attempt("one", f"run {started}", f"id {started}", started)


def ask(now: datetime, *history: Attempt, site: Site = SITE, schedule: Schedule = SCHEDULE, **more: Any) -> Due:
    (answer,) = due([site], schedule, {"one": history}, now, **more)
    return answer


def days(count: float) -> timedelta:
    return timedelta(days=count)


def test_a_site_that_was_never_visited_is_due() -> None:
    answer = ask(SUMMER)
    assert (answer.due, answer.code, answer.next) == (True, "new", SUMMER)


@pytest.mark.parametrize(("now", "every"), [(SUMMER, 30), (WINTER, 7)])
def test_weekly_in_the_season_and_monthly_otherwise(now: datetime, every: int) -> None:
    visited = attempt(now - days(every))
    early = ask(now, visited)
    assert (early.due, early.code, early.next) == (False, "not_yet", now + timedelta(hours=1))
    assert ask(now + timedelta(hours=1), visited).due
    assert f"every {every} days" in early.why


def test_sooner_where_new_reports_were_found_and_later_where_nothing_changed_in_three_visits() -> None:
    assert ask(WINTER, attempt(WINTER - days(4), news=2)).due
    assert not ask(WINTER, attempt(WINTER - days(3), news=2)).due
    quiet = [attempt(SUMMER - days(ago)) for ago in (130, 100, 70, 40)]
    slow = ask(SUMMER, *quiet[1:])
    assert not slow.due and "later because 3 visits" in slow.why
    assert slow.next == quiet[-1].started + timedelta(hours=1) + days(60)
    assert ask(SUMMER, *quiet[2:]).due  # two visits only


def test_the_pauses_have_bounds() -> None:
    wild = Schedule(sooner=0.01, later=10)
    assert not ask(WINTER, attempt(WINTER - timedelta(hours=23), news=1), schedule=wild).due
    assert ask(WINTER, attempt(WINTER - timedelta(hours=26), news=1), schedule=wild).due
    assert ask(SUMMER, *(attempt(SUMMER - days(ago)) for ago in (120, 90, 61)), schedule=wild).due


def test_the_season_begins_for_a_site_that_was_visited_seldom() -> None:
    autumn = [attempt(datetime(2026, month, 20, tzinfo=UTC)) for month in (9, 10, 12)]
    before = datetime(2027, 1, 9, 15, tzinfo=UTC)  # still the 9th in China
    answer = ask(before, *autumn)
    assert not answer.due
    assert answer.next == datetime(2027, 1, 9, 16, tzinfo=UTC)
    assert ask(before + timedelta(hours=1), *autumn).due
    assert in_season(SCHEDULE, datetime(2027, 4, 15, 15, 59, tzinfo=UTC))
    assert not in_season(SCHEDULE, datetime(2027, 4, 15, 16, tzinfo=UTC))


def test_a_season_may_go_over_the_new_year() -> None:
    over = Schedule(season=("12-15", "03-31"))
    assert in_season(over, datetime(2027, 1, 1, tzinfo=UTC)) and not in_season(over, SUMMER)


def test_a_sites_own_cadence_is_taken_as_it_is() -> None:
    site = SITE.model_copy(update={"cadence": Cadence(in_season=0.5, otherwise=100)})
    assert ask(WINTER, attempt(WINTER - timedelta(hours=13)), site=site).due
    assert not ask(SUMMER, attempt(SUMMER - days(99)), site=site).due
    assert ask(SUMMER, attempt(SUMMER - days(101)), site=site).due


def test_a_machine_that_was_off_for_a_month_visits_once() -> None:
    before = attempt(WINTER - days(35))
    assert ask(WINTER, before).due
    assert not ask(WINTER + timedelta(hours=1), before, attempt(WINTER)).due


def test_a_crawl_that_was_stopped_is_gone_on_with_at_once() -> None:
    answer = ask(WINTER, attempt(WINTER - days(1)), attempt(WINTER - timedelta(hours=1), "shutdown"))
    assert (answer.due, answer.code) == (True, "continue")


def test_what_always_crashes_is_tried_again_with_pauses_that_double_and_end_at_the_usual_one() -> None:
    history, tried, now = [attempt(WINTER - days(9))], [], WINTER
    for _ in range(24 * 40):
        if ask(now, *history).due:
            tried.append(now)
            history.append(killed(now))
        now += timedelta(hours=1)
    gaps = [(after - before) // timedelta(hours=1) for before, after in pairwise(tried)]
    assert gaps[:8] == [1, 2, 4, 8, 16, 32, 64, 128]
    assert set(gaps[8:]) == {7 * 24}


def test_a_portal_that_keeps_us_off_is_asked_daily_at_first() -> None:
    blocked = {"outcomes": {}, "blocked": {"www.example.gov.cn": "jsl"}}
    first = attempt(WINTER - days(1), **blocked)
    assert not ask(WINTER, first).due
    assert ask(WINTER + timedelta(hours=1), first).due
    second = attempt(WINTER - timedelta(hours=30), **blocked), first
    assert "jsl, 2 times in a row" in ask(WINTER, *second).why
    assert not ask(WINTER + timedelta(hours=20), *second).due


def test_a_failure_that_the_parent_tells_of_counts_like_a_kill() -> None:
    told = attempt(WINTER - timedelta(hours=2), "time_limit", event=FAILED_ATTEMPT)
    assert ask(WINTER, told).code == "retry"
    assert "time_limit" in ask(WINTER, told).why


def test_somebodys_look_at_some_pages_is_no_visit() -> None:
    look = attempt(WINTER - days(1), "max_pages", max_pages=30)
    assert ask(WINTER, attempt(WINTER - days(8)), look).due
    own = attempt(WINTER - days(1), "max_pages", max_pages=30, scheduled=True)  # run-due --max-pages 30
    assert not ask(WINTER, attempt(WINTER - days(8)), own).due
    whole = attempt(WINTER - days(1), "max_pages", max_pages=SITE.max_pages)
    assert not ask(WINTER, attempt(WINTER - days(8)), whole).due


def test_what_lies_in_the_future_says_nothing() -> None:
    wrong = attempt(WINTER + days(3000))
    assert ask(WINTER, wrong).code == "new"
    assert ask(WINTER, attempt(WINTER - days(8)), wrong).due
    assert not ask(WINTER, attempt(WINTER - days(2)), wrong).due
    # The clock was set back while a crawl went on: its end is before its beginning.
    turned = Attempt("one", "r", "i", WINTER - days(2), WINTER - days(900), CRAWL, attempt(WINTER).told)
    assert not ask(WINTER, turned).due


def test_quiet_hours_are_those_of_the_site() -> None:
    noon = datetime(2027, 7, 5, 4, tzinfo=UTC)
    answer = ask(noon, quiet="08:30-18:00")
    assert (answer.due, answer.code) == (False, "quiet_hours")
    assert answer.next == datetime(2027, 7, 5, 10, tzinfo=UTC)
    assert ask(noon + timedelta(hours=6), quiet="08:30-18:00").due
    west = SITE.model_copy(update={"quiet_hours": "08:30-18:00", "time_zone": "Asia/Urumqi"})
    assert ask(datetime(2027, 7, 5, 1, tzinfo=UTC), site=west, quiet="00:00-23:00").due
    assert ask(datetime(2027, 7, 5, 11, tzinfo=UTC), site=west).next == datetime(2027, 7, 5, 12, tzinfo=UTC)
    night = ask(datetime(2027, 7, 5, 15, tzinfo=UTC), quiet="22:00-06:00")
    assert night.next == datetime(2027, 7, 5, 22, tzinfo=UTC)


def test_what_is_held_or_paused_is_not_due() -> None:
    assert ask(WINTER, held={"one"}).code == "running"
    paused = SITE.model_copy(update={"paused": "merged into two.yaml"})
    answer = ask(WINTER, site=paused)
    assert (answer.due, answer.code, answer.next) == (False, "paused", None)
    assert "merged into two.yaml" in answer.why


def test_the_shipped_schedule_says_the_defaults() -> None:
    assert load_schedule() == Schedule()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("in_seson: 3", "did you mean in_season?"),
        ('season: ["1-10", "04-15"]', "write it as MM-DD"),
        ('season: ["02-30", "04-15"]', "no day of the year"),
        ("at_least: 30\nat_most_in_season: 5", "no pause fits"),
        ("otherwise: 0", "right is days from 0.04 to 400"),
        ("mail: [nobody]", "write it as name@example.org"),
        ('mail: ["a@b.cn\\nBcc: c@d.cn"]', "no mail address"),
        ('on_alarm: [""]', "names no program"),
    ],
)
def test_a_mistake_in_the_schedule_is_one_line(text: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "schedule.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"schedule\.yaml") as raised:
        load_schedule(tmp_path / "schedule.yaml")
    assert says in str(raised.value)


def test_a_site_says_what_it_expects(tmp_path: Path) -> None:
    file = tmp_path / "one.yaml"
    file.write_text(
        "home: http://www.example.gov.cn/\nexpect: {reports_min: 40, years: 2008-}\ncadence: {in_season: 3}\n"
        'quiet_hours: "08:30-18:00"\ntime_zone: Asia/Urumqi\n',
        encoding="utf-8",
    )
    site = load_site(file)
    assert site.expect == Expect(reports_min=40, years="2008-")
    assert list(site.expect.expected_years(2010)) == [2008, 2009, 2010]
    assert list(Expect(years="2015-2016").expected_years(2030)) == [2015, 2016]
    assert list(Expect().expected_years(2030)) == []
    for wrong in ("time_zone: Asia/Nowhere", "expect: {years: 08-}", "expect: {report_min: 4}", "quiet_hours: nights"):
        file.write_text(f"home: http://www.example.gov.cn/\n{wrong}\n", encoding="utf-8")
        with pytest.raises(ConfigurationError, match="line 2"):
            load_site(file)


def test_a_run_that_ended_before_there_were_accounts_is_a_visit(tmp_path: Path) -> None:
    folder = ArchiveFolder(tmp_path)
    with ArchiveWriter(folder, info={"isPartOf": "run", "site": "one"}, prefix="nianbao-one") as writer:
        writer.resource(SITE.home, WINTER, b"page", "text/html")
        writer.finish({"reason": "finished"})
    with Corpus.open(tmp_path / "corpus.sqlite", create=True) as corpus:
        take_in(folder, corpus)
        (one,) = attempts(corpus)["one"]
    assert kind_of(one, SITE) == "visit" and one.ended is not None
    assert ask(one.started + days(1), one).code == "not_yet"
