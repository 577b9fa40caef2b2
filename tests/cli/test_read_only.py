"""Everything that only reads works on a data folder that can't be written."""

import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from config import clock
from pipelines.corpus import Corpus
from tests.cli.command import Result, nianbao
from tests.cli.conftest import DemoCrawl
from tests.kit.demo.portal import REPORTS

SITE = "127.0.0.1-8731"  # as the crawl of the demonstration names it
READING = (
    ("reports",),
    ("agencies",),
    ("verify",),
    ("status", SITE),
    ("coverage", "--years", "2017-2023"),
    ("run-due", "--dry-run"),
)


@pytest.fixture
def disc(demo: DemoCrawl, tmp_path: Path) -> Iterator[Path]:
    """The demonstration crawl, mounted as a disc that can't be written; nothing has asked for its history yet."""
    folder = tmp_path / "disc"
    folder.mkdir()
    shutil.copytree(demo.data, tmp_path / "data")
    mount = ["mount", "--bind", "-o", "ro", str(tmp_path / "data"), str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root mounts a read-only disc")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def test_commands_that_read_need_no_room(disc: Path, tmp_path: Path) -> None:
    sites = tmp_path / "config" / "sites"
    sites.mkdir(parents=True)
    (sites / f"{SITE}.yaml").write_text("home: http://127.0.0.1:8731/\n")
    now = f"{clock.now() + timedelta(minutes=1):%Y-%m-%dT%H:%M}+00:00"  # not before the crawl's end

    def ask(data: Path, *command: str) -> Result:
        return nianbao("--data", data, *command, "--json", NIANBAO_CONFIG=str(sites.parent), NIANBAO_CLOCK=now)

    for command in READING:
        there, here = ask(disc, *command), ask(tmp_path / "data", *command)
        assert there.code == here.code, (command, there.err)
        assert without_seconds(there.out) == without_seconds(here.out), command
    assert [run["reason"] for run in ask(disc, "status", SITE).json["runs"]] == ["finished"]
    assert len(ask(disc, "reports").json) == len(REPORTS)


def test_a_dry_run_shows_what_would_change_and_needs_no_room(disc: Path, tmp_path: Path) -> None:
    with Corpus.open(tmp_path / "data" / "corpus.sqlite") as corpus:
        corpus.drop(list(corpus.known())[:1])
        corpus.assemble()
    told = nianbao("--data", disc, "reparse", "--dry-run", "--workers", "1", "--json")
    assert (told.code, told.json["parsed"]) == (0, 1), told.err


def without_seconds(printed: str) -> list[str]:
    """What the lines say, but for those whose moment goes on between two commands."""
    return [line for line in printed.splitlines() if '"now"' not in line and '"next"' not in line]
