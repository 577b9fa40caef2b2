"""The main job: the demonstration portal from its home page to the corpus, and the same again from the archive."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from tests.cli.command import nianbao, run
from tests.cli.conftest import DemoCrawl
from tests.kit.demo.portal import CITY, HEALTH, PORTAL, REPORTS
from tests.kit.portal import serve


def test_every_report_of_the_portal_is_in_the_corpus_and_nothing_else(demo: DemoCrawl) -> None:
    assert demo.result.code == 0, demo.result.err
    found = {(row["agency"], row["year"], row["form"]) for row in demo.result.json["reports"]}
    assert found == {(report.agency, report.year, report.form) for report in REPORTS}


def test_every_cell_of_every_report_is_as_printed(demo: DemoCrawl, tmp_path: Path) -> None:
    assert nianbao("--data", demo.data, "export", tmp_path / "out", "--format", "jsonl").code == 0
    lines = (tmp_path / "out" / "reports.jsonl").read_text(encoding="utf-8").splitlines()
    read = {(line["agency"]["name"], line["year"]): line for line in map(json.loads, lines)}
    for report in REPORTS:
        cells = {(c["table"], c["row"], c["column"]): c for c in read[report.agency, report.year]["cells"]}
        wrong = {key: cells.get(key) for key in report.values if cells[key]["raw"] != report.text_of(key)}
        assert not wrong, (report.title, wrong)
        assert all(cells[key]["state"] == "number" for key in report.values)


def test_the_slip_in_a_printed_total_is_found_and_nothing_else_is_an_error(demo: DemoCrawl) -> None:
    errors = {(row["agency"], row["year"]): row["errors"] for row in demo.result.json["reports"] if row["errors"]}
    # One wrong total breaks the column's sum of outcomes, its balance, and the row's sum of applicants.
    assert errors == {(HEALTH, 2022): 3}


def test_a_report_that_is_published_twice_stands_once_with_both_places(demo: DemoCrawl) -> None:
    row = next(row for row in demo.result.json["reports"] if (row["agency"], row["year"]) == (HEALTH, 2020))
    assert sorted(version["role"] for version in row["versions"]) == ["canonical", "duplicate"]
    assert all(version["why"] for version in row["versions"])


def test_the_portal_shows_several_families_and_what_is_missing(demo: DemoCrawl) -> None:
    (run,) = demo.result.json["runs"]
    assert set(run["families"]) == {"trs", "hanweb_jpage", "vsb", "ucap"}
    assert sum(one["selected"] for one in run["lists"]) == run["items_selected"] == len(REPORTS) + 1
    assert {(gap["agency"], *gap["years"]) for gap in run["missing_years"]} == {
        (f"{CITY}人民政府", 2023, 2024),
        (HEALTH, 2019, 2021),
        (f"{CITY}财政局", 2022),
    }


def test_an_attached_file_belongs_to_the_report_of_its_page(demo: DemoCrawl) -> None:
    row = next(r for r in demo.result.json["reports"] if (r["agency"], r["year"]) == (f"{CITY}财政局", 2021))
    assert sorted(version["role"] for version in row["versions"]) == ["canonical", "part"]
    assert {Path(version["url"]).suffix for version in row["versions"]} == {".pdf", ".html"}


def test_the_corpus_comes_back_from_the_archive_byte_for_byte(demo: DemoCrawl, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(demo.data, data)
    before = nianbao("--data", data, "reports", "--json").out
    nianbao("--data", data, "export", tmp_path / "before", "--format", "jsonl")
    for file in data.glob("corpus.sqlite*"):
        file.unlink()
    assert nianbao("--data", data, "reparse", "--all").code == 0
    assert nianbao("--data", data, "reports", "--json").out == before
    nianbao("--data", data, "export", tmp_path / "after", "--format", "jsonl")
    first, second = ((tmp_path / name / "reports.jsonl").read_bytes() for name in ("before", "after"))
    assert first == second


def test_the_archive_is_sound_and_a_flipped_bit_is_not(demo: DemoCrawl, tmp_path: Path) -> None:
    sound = nianbao("--data", demo.data, "verify", "--json")
    assert (sound.code, sound.json["problems"]) == (0, [])
    assert sound.json["records"] > 2 * len(REPORTS)
    data = tmp_path / "data"
    shutil.copytree(demo.data, data)
    warc = next((data / "collections" / "nianbao" / "archive").glob("*.warc.gz"))
    damaged = bytearray(warc.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    warc.write_bytes(damaged)
    found = nianbao("--data", data, "verify", "--json")
    assert found.code == 4
    assert found.json["problems"][0]["file"] == warc.name


def test_a_missing_archive_file_is_noticed(demo: DemoCrawl, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(demo.data, data)
    warc = next((data / "collections" / "nianbao" / "archive").glob("*.warc.gz"))
    warc.unlink()
    found = nianbao("--data", data, "verify", "--json")
    assert found.code == 4
    assert warc.name in {problem["file"] for problem in found.json["problems"]}


def test_progress_goes_to_standard_error_as_plain_lines_in_a_pipe(demo: DemoCrawl) -> None:
    assert demo.result.err.count("report: ") >= len(REPORTS)
    assert "\x1b" not in demo.result.err


def test_look_alikes_are_not_fetched(tmp_path: Path) -> None:
    with serve(PORTAL) as server:
        result = nianbao("--data", tmp_path, "crawl", server.url, "--allow-private", "--delay", "0", "--json")
        asked = server.asked()
    assert result.code == 0, result.err
    titles = {entry.title for column in PORTAL.columns for entry in column.entries}
    assert any("法治政府" in title for title in titles)
    articles = [target for target in asked if "/t20" in target]
    assert len(articles) <= len(REPORTS) + 1
    assert len(asked) <= 1.5 * len(REPORTS) + 100


@pytest.mark.parametrize("arguments", [("-a", "url={url}")])
def test_scrapy_crawl_does_the_same(arguments: tuple[str, ...], tmp_path: Path, demo: DemoCrawl) -> None:
    with serve(PORTAL) as server:
        filled = [argument.format(url=server.url) for argument in arguments]
        settings = ("NIANBAO_DATA=" + str(tmp_path / "data"), "NIANBAO_ALLOW_PRIVATE=True", "DOWNLOAD_DELAY=0")
        options = [part for setting in settings for part in ("-s", setting)]
        done = run(sys.executable, "-m", "scrapy", "crawl", "annual_reports", *filled, *options)
    assert done.code == 0, done.err
    rows = nianbao("--data", tmp_path / "data", "reports", "--json").json
    names = ("agency", "year", "form", "cells", "numbers", "errors")
    expected = [{name: row[name] for name in names} for row in demo.result.json["reports"]]
    assert [{name: row[name] for name in names} for row in rows] == expected
