"""`nianbao run-due` as a timer calls it: real processes, real portals on loopback, real kills."""

import json
import signal
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from archive.folder import ArchiveFolder
from archive.verify import verify
from pipelines.corpus import Corpus
from pipelines.history import attempts
from tests.kit.portal.server import Reply
from tests.schedule.operator_folder import Operator, outcomes
from tests.schedule.portals import Street, portal, report, routes

NOW = datetime(2027, 1, 20, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return Operator(tmp_path)


def small(agency: str, *years: int) -> dict[str, object]:
    return routes(portal(agency, [report(agency, year) for year in years]))  # type: ignore[return-value]


def slow(pages: dict[str, object], delay: float) -> dict[str, object]:
    return {path: Reply(page.body, page.media_type, delay=delay) for path, page in pages.items()}  # type: ignore[attr-defined]


def test_what_is_due_is_crawled_once_and_again_when_it_is_due(operator: Operator) -> None:
    with Street({"127.0.1.1": small("青石市教育局", 2021, 2022), "127.0.1.2": small("青石市民政局", 2022)}) as street:
        operator.site("one", street.url("127.0.1.1"))
        operator.site("two", street.url("127.0.1.2"))
        rehearsed = operator.nianbao("run-due", "--dry-run", "--json", now=NOW)
        assert [(one["site"], one["due"], one["code"]) for one in rehearsed.json["due"]] == [
            ("one", True, "new"),
            ("two", True, "new"),
        ]
        assert not operator.data.exists() and not street.server.requests
        first = operator.call(NOW)
        assert first.code == 0, first.err
        assert {name: one["news"] for name, one in outcomes(first).items()} == {"one": {"new": 2}, "two": {"new": 1}}
        asked = len(street.server.requests)
        for hours in (1, 80):
            again = operator.call(NOW + hours * HOUR)
            assert (again.code, again.json["visits"]) == (0, [])
            assert {one["code"] for one in again.json["due"]} == {"not_yet"}
        assert len(street.server.requests) == asked
        # Off for a month: once, and not four times.
        assert set(outcomes(operator.call(NOW + timedelta(days=30)))) == {"one", "two"}
        assert outcomes(operator.call(NOW + timedelta(days=30, hours=1))) == {}
    assert verify(ArchiveFolder(operator.data)).problems == ()


def test_two_calls_at_once_crawl_once(operator: Operator) -> None:
    with Street({"127.0.1.1": slow(small("青石市教育局", 2022), 0.3)}) as street:
        operator.site("one", street.url("127.0.1.1"))
        calls = [operator.begin() for _ in range(2)]
        told = [json.loads(call.communicate(timeout=60)[0]) for call in calls]
    assert sorted(len(one["visits"]) for one in told) == [0, 1]
    assert [one["running"] for one in told].count(True) == 1
    assert [call.returncode for call in calls] == [0, 0]
    assert street.asked("127.0.1.1").count("/") == 1


def test_never_two_on_one_server_at_once_also_by_other_names(operator: Operator) -> None:
    pages = slow(small("青石市教育局", 2022), 0.1)
    with Street({"127.0.0.1": pages, "localhost": pages, "127.0.1.2": pages}) as street:
        operator.site("name", street.url("localhost"))
        operator.site("number", street.url("127.0.0.1"))
        operator.site("same", street.url("127.0.0.1") + "index.html?same")
        operator.site("other", street.url("127.0.1.2"))
        result = operator.call(None, "--parallel", 4)
        assert set(outcomes(result)) == {"name", "number", "same", "other"}, result.err
    with Corpus.open(operator.data / "corpus.sqlite") as corpus:
        spans = {name: (made[0].started, made[0].ended) for name, made in attempts(corpus).items() if name != "other"}
    ordered = sorted(spans.values())
    # The accounts tell whole seconds: one may end in the second in which the next begins.
    assert all(before[1] <= after[0] + timedelta(seconds=1) for before, after in pairwise(ordered))


def test_a_crawl_that_was_killed_with_its_parent_is_gone_on_with(operator: Operator) -> None:
    with Street({"127.0.1.1": slow(small("青石市教育局", 2021, 2022, 2023), 0.3)}) as street:
        operator.site("one", street.url("127.0.1.1"))
        call = operator.begin()
        wait_for(lambda: len(street.asked("127.0.1.1")) >= 4)
        call.kill()
        call.wait(20)
        seen = len(street.server.requests)
        time.sleep(1.0)
        assert len(street.server.requests) <= seen + 1  # the child died with it
        # It is tried again after an hour and not at once: what kills a machine must not do so every minute.
        assert outcomes(operator.call()) == {}
        street.portals["127.0.1.1"] = small("青石市教育局", 2021, 2022, 2023)
        later = operator.call(datetime.now(UTC) + HOUR)
        assert later.code == 0, later.err
        assert outcomes(later)["one"]["reason"] == "finished"
        assert street.asked("127.0.1.1").count("/") == 1  # what it had came from the archive
    assert len(operator.nianbao("reports", "--json").json) == 3


def test_a_signal_ends_the_crawls_in_good_order_and_the_next_call_goes_on(operator: Operator) -> None:
    with Street({f"127.0.1.{n}": slow(small(f"第{n}局", 2021, 2022), 0.3) for n in (1, 2)}) as street:
        for n in (1, 2):
            operator.site(f"s{n}", street.url(f"127.0.1.{n}"))
        call = operator.begin("--parallel", 1)
        wait_for(lambda: len(street.server.requests) >= 4)
        call.send_signal(signal.SIGTERM)
        out, err = call.communicate(timeout=60)
        told = json.loads(out)
        assert call.returncode == 3, err
        assert (told["interrupted"], [one["outcome"] for one in told["visits"]]) == (True, ["interrupted"])
        assert len(told["left"]) == 1
        after = operator.call()
        assert {name: one["reason"] for name, one in outcomes(after).items()} == {"s1": "finished", "s2": "finished"}


def test_a_site_that_hangs_is_ended_in_its_time(operator: Operator) -> None:
    pages = small("青石市教育局", 2021, 2022)
    hanging = {**pages, "/": Reply(b"<html>", delay=600)}
    with Street({"127.0.1.1": hanging, "127.0.1.2": pages}) as street:
        operator.site("hanging", street.url("127.0.1.1"))
        operator.site("well", street.url("127.0.1.2"))
        result = operator.call(None, "--limit-hours", 15 / 3600)
    found = outcomes(result)
    assert result.code == 3
    assert (found["hanging"]["outcome"], found["well"]["reason"]) == ("time_limit", "finished")
    (answer,) = [
        one for one in operator.nianbao("run-due", "--dry-run", "--json").json["due"] if one["site"] == "hanging"
    ]
    assert answer["last"] is not None


def test_what_can_not_even_start_is_an_attempt_too(operator: Operator) -> None:
    operator.site("forbidden", "http://127.0.0.1:9/")
    refused = operator.nianbao("run-due", "--json", now=NOW)  # without --allow-private
    assert refused.code == 3
    assert outcomes(refused)["forbidden"]["reason"] == "wrong_usage"
    assert "port 9" in Path(outcomes(refused)["forbidden"]["log"]).read_text(encoding="utf-8")
    for hours, visits in ((0.5, 0), (1.1, 1), (2.2, 0)):
        result = operator.nianbao("run-due", "--json", now=NOW + hours * HOUR)
        assert len(result.json["visits"]) == visits, hours
    before = operator.nianbao("run-due", "--dry-run", "--json", now=NOW + 6 * HOUR).json
    for file in operator.data.glob("corpus.sqlite*"):
        file.unlink()
    assert operator.nianbao("run-due", "--dry-run", "--json", now=NOW + 6 * HOUR).json["due"] == before["due"]


def test_quiet_hours_hold_for_a_call(operator: Operator) -> None:
    operator.site("one", "http://127.0.0.1:9/", quiet_hours="08:30-18:00")
    result = operator.call(datetime(2027, 1, 20, 4, tzinfo=UTC))
    assert result.json["visits"] == []
    assert result.json["due"][0]["code"] == "quiet_hours"


def wait_for(condition: object, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.02)
