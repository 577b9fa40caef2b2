"""Years of hourly calls in compressed time, over portals that change: the right corpus and the right alarms at the end.

Every hour is asked for whether something is due, by the same pure function as `run-due` asks; where it is, `run-due` is
called at that hour, and so it is at some hours at which nothing is, where it must do nothing. CI lives through one
season; NIANBAO_YEARS=2 through two years with the schedule as it is shipped.
"""

import json
import os
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.folder import ArchiveFolder
from archive.verify import verify
from config.load import load_site
from config.schedule import Schedule
from config.site import Site
from crawler.operate.alarms import known_alarms
from crawler.operate.due import due
from crawler.operate.problems import problems
from pipelines.corpus import Corpus
from pipelines.history import Attempt, attempts, take_in
from tests.kit.portal.server import Reply, Route
from tests.kit.reports.sample import SampleReport
from tests.schedule.operator_folder import Operator
from tests.schedule.portals import Street, portal, report, routes

YEARS = int(os.environ.get("NIANBAO_YEARS", "0"))
BEGIN = datetime(2026, 12, 20, 1, tzinfo=UTC)
END = BEGIN + (timedelta(days=366 * YEARS) if YEARS else timedelta(days=215))
# One season with fewer visits, where it must be quick: each crawl takes two seconds of the processor.
SCHEDULE: dict[str, Any] = {} if YEARS else {"in_season": 24, "at_most_in_season": 24, "otherwise": 60}
HOUR = timedelta(hours=1)
SAMPLES = 30 if YEARS else 5  # calls at hours at which nothing is due

CHALLENGE = Reply(b"<html><script>var _0xabc=1;</script></html>", status=412, validators=False)
GONE = Reply(b"", status=0)
SPAM = Reply("<html><head><title>澳门新葡京官网</title></head><body><p>百家乐 老虎机</p></body></html>".encode())
NAMES = {"living": "青石市教育局", "blocked": "青石市财政局", "dead": "青石市审计局", "sold": "青石市水利局"}
ADDRESS = {name: f"127.0.4.{number}" for number, name in enumerate(NAMES, start=1)}


def day(text: str, year: int = 2027) -> datetime:
    return datetime.fromisoformat(f"{year}-{text}T02:00:00+00:00")


class World:
    """The portals at a moment. ``published`` is what each agency has on its portal, in its last version."""

    def __init__(self) -> None:
        self.published: dict[str, dict[int, SampleReport]] = {
            name: {year: report(agency, year) for year in (2023, 2024, 2025)} for name, agency in NAMES.items()
        }
        self.corrected: set[tuple[str, int]] = set()

    def events(self) -> Iterator[tuple[datetime, str]]:
        """When which portal changes."""
        for year in range(2027, 2029):
            yield day("01-22", year), "living"
            yield day("03-05", year), "living"
            yield day("03-20", year), "blocked"
        yield from ((day("04-18"), "living"), (day("01-31"), "blocked"), (day("03-12"), "blocked"))
        yield from ((day("04-02"), "dead"), (day("04-25"), "sold"))

    def at(self, now: datetime, name: str) -> dict[str, Route] | Route:
        """What the portal ``name`` answers at ``now``."""
        if name == "dead" and now >= day("04-02"):
            return GONE
        if name == "sold" and now >= day("04-25"):
            return SPAM
        if name == "blocked" and day("01-31") <= now < day("03-12"):
            return CHALLENGE
        for year in range(2027, now.year + 1):
            agency, held = NAMES[name], self.published[name]
            first = {"living": "01-22", "blocked": "03-20"}.get(name)
            if first and now >= day(first, year):
                held.setdefault(year - 1, report(agency, year - 1))
            if name == "living" and now >= day("03-05", year) and (name, year - 1) not in self.corrected:
                self.corrected.add((name, year - 1))
                held[year - 1] = report(agency, year - 1, seed=7)
        if name == "living" and now >= day("04-18"):
            new = portal(NAMES[name], self.published[name].values(), style="ucap", folder="/jyj/xxgk/nb")
            return routes(new)
        return routes(portal(NAMES[name], self.published[name].values()))


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_machine_in_a_corner(tmp_path: Path) -> None:
    operator = machine(tmp_path)
    world, chance = World(), random.Random(20270110)
    calls = idle = 0
    with Street({ADDRESS[name]: world.at(BEGIN, name) for name in NAMES}) as street:
        sites = [site_of(operator, street, name) for name in NAMES]
        changes = sorted(world.events())
        history: dict[str, list[Attempt]] = {}
        raised: set[tuple[str, str | None]] = set()
        sampled = set(chance.sample(range(int((END - BEGIN) / HOUR)), SAMPLES))
        now, hour = BEGIN, 0
        while now < END:
            while changes and changes[0][0] <= now:
                name = changes.pop(0)[1]
                street.portals[ADDRESS[name]] = world.at(now, name)
            schedule = Schedule(**SCHEDULE)
            wanted = [one.site for one in due(sites, schedule, history, now) if one.due]
            wrong = {
                (one.kind, one.site)
                for site in sites
                for one in problems(site, history.get(site.name, ()), None, schedule, now)
            }
            if wanted or wrong != raised:
                told = operator.call(now, "--parallel", 3, timeout=600)
                assert {one["site"] for one in told.json["visits"]} == set(wanted), told.err
                calls += 1
                history, raised = read_back(operator, sites)
                # The same hour once more, as after a timer that fires twice.
                again = [one.site for one in due(sites, schedule, history, now + HOUR / 2) if one.due]
                assert not set(again) & set(wanted)
            elif hour in sampled:
                asked = len(street.server.requests)
                nothing = operator.call(now)
                assert (nothing.json["visits"], nothing.json["alarms"]["raised"]) == ([], [])
                assert len(street.server.requests) == asked
                idle += 1
            now, hour = now + HOUR, hour + 1
    assert idle and calls >= 10
    check_corpus(operator, world)
    check_alarms(operator)
    assert verify(ArchiveFolder(operator.data)).problems == ()


def machine(folder: Path) -> Operator:
    operator = Operator(folder)
    told = folder / "told.jsonl"
    program = f"import json, sys; print(json.dumps(json.load(sys.stdin)), file=open({str(told)!r}, 'a'))"
    operator.schedule(on_alarm=[sys.executable, "-c", program], **SCHEDULE)
    return operator


def site_of(operator: Operator, street: Street, name: str) -> Site:
    operator.site(name, street.url(ADDRESS[name]))
    return load_site(operator.folder / "config" / "sites" / f"{name}.yaml")


def read_back(operator: Operator, sites: list[Site]) -> tuple[dict[str, list[Attempt]], set[tuple[str, str | None]]]:
    with Corpus.open(operator.data / "corpus.sqlite") as corpus:
        take_in(ArchiveFolder(operator.data), corpus)
        still = {(one.kind, one.site) for one in known_alarms(corpus) if one.closed is None}
        return attempts(corpus), still


def check_corpus(operator: Operator, world: World) -> None:
    """Every report in its last version, cell by cell; nothing lost with the portals that are gone, nothing else."""
    expected = {(NAMES[name], year): sample for name, held in world.published.items() for year, sample in held.items()}
    with Corpus.open(operator.data / "corpus.sqlite") as corpus:
        read = {(one["agency"]["name"], one["year"]): one["cells"] for one in corpus.full_reports()}
        versions = {(row["agency"], row["year"]): row["versions"] for row in corpus.reports()}
    assert set(read) == set(expected)
    for key, sample in expected.items():
        cells = {(cell["table"], cell["row"], cell["column"]): cell["value"] for cell in read[key]}
        assert {place: cells[place] for place in sample.values} == sample.values, key
    for name, year in world.corrected:
        assert len(versions[NAMES[name], year]) >= 2  # what was corrected is kept


def check_alarms(operator: Operator) -> None:
    lines = (operator.folder / "told.jsonl").read_text(encoding="utf-8").splitlines()
    told = [json.loads(line) for line in lines]
    by_site: dict[str, list[tuple[str, str]]] = {}
    for one in told:
        by_site.setdefault(one["site"], []).append((one["event"], one["kind"]))
    assert by_site == {
        "blocked": [("raised", "blocked"), ("closed", "blocked")],
        "living": [("raised", "layout_changed"), ("closed", "layout_changed")],
        "dead": [("raised", "dead")],
        "sold": [("raised", "spam")],
    }
    (blocked,) = [one for one in told if one["kind"] == "blocked" and one["event"] == "raised"]
    since = datetime.fromisoformat(blocked["evidence"]["since"])
    assert timedelta(days=30) <= datetime.fromisoformat(blocked["raised"]) - since < timedelta(days=30, hours=2)
    assert blocked["evidence"]["hosts"]
