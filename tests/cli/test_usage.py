"""What the interface promises: help with examples, JSON alone on standard output, exit codes, one clear line."""

import socket
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from crawler.cli import VERBS
from tests.cli.command import nianbao, run
from tests.kit.portal import Column, Entry, Portal, Reply, serve
from tests.kit.reports.render import html_body
from tests.kit.reports.sample import SampleReport

COMMANDS = [[verb] for verb in VERBS if verb != "sites"] + [["sites", "list"], ["sites", "check"], ["sites", "add"]]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example(command: list[str]) -> None:
    # Loaded alone, as a user's; elsewhere in the tests all verbs have been loaded before.
    result = run(sys.executable, "-m", "crawler", *command, "--help")
    assert result.code == 0
    assert f"nianbao {' '.join(command)}" in result.out.replace("--data corpus/ ", "")
    assert "Example" in result.out


def test_an_unknown_command_is_wrong_usage() -> None:
    assert nianbao("fetch").code == 2


def test_a_real_portal_is_not_crawled_without_a_contact(tmp_path: Path) -> None:
    result = nianbao("--data", tmp_path / "data", "crawl", "https://www.example.gov.cn/")
    assert result.code == 2
    for way in ("--contact", "NIANBAO_CONTACT", "settings.yaml"):
        assert way in result.err


def test_a_loopback_portal_is_refused_unless_allowed(tmp_path: Path) -> None:
    with serve(Portal("测试", (Column("政府信息公开年报", "nb"),))) as server:
        result = nianbao("--data", tmp_path / "data", "crawl", server.url, "--contact", "a@example.org")
        assert not server.requests
    assert result.code == 2
    assert "--allow-private" in result.err


def test_a_site_that_gives_no_report_is_exit_code_3(tmp_path: Path) -> None:
    with serve(Portal("测试", (Column("政府信息公开年报", "nb"),))) as server:
        result = nianbao("--data", tmp_path / "data", "crawl", server.url, "--allow-private", "--delay", "0", "--json")
    assert result.code == 3
    assert result.json["reports"] == []
    assert "no report" in result.err


def test_a_site_that_does_not_answer_is_exit_code_3_and_says_why(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    result = nianbao(
        "--data", tmp_path / "data", "crawl", f"http://127.0.0.1:{port}/", "--allow-private", "--delay", "0"
    )
    assert result.code == 3
    assert "no page" in result.err and "refused" in result.err
    assert "ERROR" not in result.err
    assert result.out.startswith("no reports\n")


def test_standard_streams_that_are_closed_lead_nowhere(tmp_path: Path) -> None:
    data = tmp_path / "data"
    closed = 'exec "$@" <&- >&- 2>&-'
    crawl = ("-m", "crawler", "--data", data, "crawl", "http://127.0.0.1:9/", "--allow-private", "--delay", "0")
    assert run("sh", "-c", closed, "-", sys.executable, *crawl).code == 3
    assert nianbao("--data", data, "verify").code == 0
    with closing(sqlite3.connect(data / "corpus.sqlite")) as corpus:
        assert corpus.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_an_unknown_site_names_the_configured_ones(tmp_path: Path) -> None:
    result = nianbao("--data", tmp_path / "data", "crawl", "nowhere")
    assert result.code == 2
    assert "nowhere" in result.complaint and "https://" in result.complaint


@pytest.mark.parametrize("verb", ["reports", "verify", "reparse", "export"])
def test_a_command_that_reads_says_what_makes_a_corpus(verb: str, tmp_path: Path) -> None:
    more = [tmp_path / "out"] if verb == "export" else []
    result = nianbao("--data", tmp_path / "nothing", verb, *more)
    assert result.code == 2
    assert "nianbao crawl" in result.complaint
    assert not (tmp_path / "nothing").exists()


def test_a_folder_of_somebody_else_is_not_written_into(tmp_path: Path) -> None:
    (tmp_path / "thesis.odt").write_bytes(b"")
    (tmp_path / "a.txt").write_text("text")
    result = nianbao("--data", tmp_path, "import", tmp_path / "a.txt")
    assert result.code == 2
    assert "not a nianbao data folder" in result.complaint
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "thesis.odt"]


def test_a_corpus_that_is_another_program_s_database(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "corpus.sqlite")) as database:
        database.execute("CREATE TABLE guests (name TEXT)")
    result = nianbao("--data", tmp_path, "reports")
    assert result.code == 2
    assert "not a nianbao corpus" in result.complaint


def test_a_corpus_that_is_damaged_says_how_it_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "corpus.sqlite").write_bytes(b"SQLite format 3\x00 and then nothing")
    result = nianbao("--data", tmp_path, "reports")
    assert result.code == 4
    assert "reparse --all" in result.complaint


def test_a_data_folder_that_can_not_be_made_is_exit_code_4() -> None:
    result = nianbao("--data", "/proc/nianbao", "import", __file__)
    assert result.code == 4
    assert "/proc/nianbao" in result.complaint


def test_sites_are_listed_and_right() -> None:
    assert len(nianbao("sites", "list", "--json").json) >= 3
    assert nianbao("sites", "check", "--json").json["mistakes"] == []


def test_scrapy_s_own_commands_work_in_the_project() -> None:
    assert run(".venv/bin/scrapy", "list").out.split() == ["annual_reports"]
    assert run(".venv/bin/scrapy", "check").code == 0


def test_a_listed_report_that_is_not_given_is_exit_code_3_with_its_address(tmp_path: Path) -> None:
    kept, refused = (SampleReport.drawn("青石市财政局", year, "2021") for year in (2021, 2022))
    entries = tuple(
        Entry(report.title, f"{report.year + 1}-01-23", html_body(report).encode(), path=f"/nb/t{report.year}.html")
        for report in (kept, refused)
    )
    pages = {"/nb/t2022.html": Reply(b"<html><body>403 Forbidden</body></html>", status=403)}
    with serve(Portal("青石市", (Column("政府信息公开年报", "nb", entries),), pages=pages)) as server:
        result = nianbao("--data", tmp_path / "data", "crawl", server.url, "--allow-private", "--delay", "0", "--json")
    assert [row["year"] for row in result.json["reports"]] == [2021]
    assert result.code == 3
    assert "/nb/t2022.html" in result.err and "403" in result.err
