"""The report of a run: its lines, its summary for a terminal, and what looks missing."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from config.errors import ArchiveError
from config.site import Site
from crawler.data import DataFolder
from crawler.gaps import missing_units, missing_years
from crawler.journal import lines_of, summary_of, told, write_run
from crawler.portals.found import Found, FoundList, FoundUnit
from crawler.portals.page import Item
from crawler.run import Run

SITE = Site(name="demo", home="http://www.example.gov.cn/", title="青岛市人民政府门户网站")
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
COLUMN = FoundList(
    f"{SITE.home}nb/", "trs", "政府信息公开年报", True, f"{SITE.home}nb/", pages=2, items=9, selected=3, end="last_page"
)
UNITS = {
    "a": FoundUnit("教育局", f"{SITE.home}jyj/", visited=True),
    "b": FoundUnit("民政局", f"{SITE.home}mzj/"),
    "c": FoundUnit("财政局", f"{SITE.home}czj/", reports=2, visited=True),
}


def row(agency: str | None, year: int | None) -> Mapping[str, Any]:
    return {"agency": agency, "year": year}


ROWS = [row("青岛市人民政府", year) for year in (2018, 2019, 2021, 2024)] + [
    row("青岛市财政局", 2020),
    row("青岛市财政局", 2023),
]


def titled(title: str | None) -> Site:
    """The site under another title."""
    return SITE.model_copy(update={"title": title})


@pytest.fixture
def run() -> Run:
    found = Found("demo", lists={"x": COLUMN}, units=dict(UNITS), seen=9)
    found.selected = [(Item(f"{SITE.home}{number}", "年报"), "report") for number in range(3)]
    found.skipped.update({"other_title": 5, "budget": 1})
    return Run(
        SITE,
        NOW,
        NOW,
        "finished",
        found=found,
        requests=21,
        outcomes={"report": 3, "failed/broken": 1},
        failed=[(f"{SITE.home}a.pdf", "cut off")],
        blocked={"www.example.gov.cn": "jsl"},
        down={"old.example.gov.cn": "timeout"},
        stats={"nianbao/skipped/other_title": 5, "nianbao/skipped/robots": 2, "finish_reason": "finished"},
    )


def test_every_line_names_its_kind_and_site(run: Run, tmp_path: Path) -> None:
    path = write_run(DataFolder(tmp_path), run, ROWS)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [line["kind"] for line in lines] == [
        "run",
        "site",
        "list",
        *["unit"] * 3,
        *["missing_years"] * 2,
        *["missing_unit"] * 2,
        "failed",
        "blocked",
        "down",
    ]
    assert {line["site"] for line in lines} == {"demo"}
    listed = next(line for line in lines if line["kind"] == "list")
    assert (listed["family"], listed["items"], listed["selected"], listed["end"]) == ("trs", 9, 3, "last_page")
    assert lines[0]["reports_stored"] == 3


def test_the_object_of_a_run_holds_all_details(run: Run) -> None:
    summary = summary_of(run, ROWS)
    assert (summary["items_seen"], summary["items_selected"], summary["reports_stored"]) == (9, 3, 3)
    # What the crawl's own rules kept back stands beside what the walk passed over; nothing counts twice.
    assert summary["skipped"] == {"budget": 1, "other_title": 5, "robots": 2}
    assert [one["family"] for one in summary["lists"]] == ["trs"]
    assert [one["name"] for one in summary["missing_units"]] == ["教育局", "民政局"]
    assert {one["agency"]: one["years"] for one in summary["missing_years"]} == {
        "青岛市人民政府": [2020, 2022, 2023],
        "青岛市财政局": [2021, 2022],
    }
    json.dumps(summary)


def test_the_terminal_gets_a_few_lines(run: Run, tmp_path: Path) -> None:
    lines = list(told(run, ROWS, tmp_path / "x.jsonl"))
    text = "\n".join(lines)
    assert len(lines) == 7
    for part in (
        "21 requests",
        "3 reports new or changed, 6 in",
        "1 trs",
        "5 other_title",
        "(jsl)",
        "(timeout)",
        "教育局, 民政局",
    ):
        assert part in text
    assert "青岛市人民政府 2020, 2022–2023" in text
    assert str(tmp_path / "x.jsonl") in text


def test_the_terminal_is_not_flooded(run: Run, tmp_path: Path) -> None:
    assert run.found is not None
    run.found.units = {str(n): FoundUnit(f"第{n}局", f"{SITE.home}{n}/") for n in range(200)}
    run.found.skipped.update({f"rule_{n}": 1 for n in range(30)})
    assert max(map(len, told(run, [row(f"第{n}厅", y) for n in range(50) for y in (2019, 2021)], tmp_path))) < 400


def test_a_run_that_was_refused_has_a_report_as_well(tmp_path: Path) -> None:
    refused = Run(SITE, NOW, NOW, "refused", ArchiveError("the disk is full"))
    assert [line["kind"] for line in lines_of(refused, [])] == ["run", "missing_years"]
    assert summary_of(refused, [])["error"] == "the disk is full"
    assert list(told(refused, [], tmp_path))


def test_the_portals_own_agency_is_expected_every_year_and_others_between_two() -> None:
    rows = [
        row("青岛市人民政府", 2020),
        row("青岛市教育局", 2021),
        row("青岛市民政局", 2016),
        row("青岛市民政局", 2020),
    ]
    gaps = {gap.agency: gap.years for gap in missing_years(rows, SITE, None, 2026)}
    assert gaps == {"青岛市人民政府": (2019, 2021, 2022, 2023, 2024), "青岛市民政局": (2019,)}


def test_reports_that_may_still_come_are_not_missing() -> None:
    rows = [row("青岛市人民政府", year) for year in range(2019, 2022)]
    assert missing_years(rows, SITE, None, 2023) == []
    assert [gap.years for gap in missing_years(rows, SITE, None, 2024)] == [(2022,)]


def test_an_agency_of_its_own_is_only_named_where_it_is_known() -> None:
    unknown = titled("某某网")
    assert missing_years([], unknown, None, 2026) == []
    (gap,) = missing_years([], SITE, None, 2026)
    assert gap.agency == "青岛市人民政府"
    (gap,) = missing_years([row("青岛市教育局", 2020)], unknown, Found("x", site_name="青岛市教育局网站"), 2022 + 1)
    assert (gap.agency, gap.years) == ("青岛市教育局", (2019, 2021))


def test_rows_without_agency_or_year_make_no_gap() -> None:
    assert missing_years([row(None, 2019), row("青岛市教育局", None)], titled(None), None, 2026) == []


def test_a_unit_is_not_missing_where_its_report_stands_in_another_list() -> None:
    missing = missing_units([row("青岛市教育局", 2020)], list(UNITS.values()))
    assert [unit.name for unit in missing] == ["民政局"]


def test_a_folder_that_cannot_be_written_is_an_error_of_the_archive(run: Run, tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("in the way")
    with pytest.raises(ArchiveError, match="runs"):
        write_run(DataFolder(tmp_path), run, ROWS)
