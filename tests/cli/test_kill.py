"""A command that is killed at any moment, and the same command again: nothing is missing, torn or asked for twice.

Five kills of crawls and five of the other commands by default, $NIANBAO_KILLS of each in the nightly run.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.cli.command import PROJECT, nianbao
from tests.cli.conftest import DemoCrawl
from tests.kit.demo.portal import PORTAL, REPORTS
from tests.kit.portal import serve

KILLS = int(os.environ.get("NIANBAO_KILLS", "5"))
# Exchanges in flight, and those since the last fsync, may be fetched again (archive/writer.py SYNC_EVERY).
FETCHED_AGAIN = 16


def killed(moment: float, *arguments: object) -> bool:
    """Run ``nianbao`` and kill it after ``moment`` seconds; whether it had come to its end before."""
    child = subprocess.Popen(
        [sys.executable, "-m", "crawler", *map(str, arguments)],
        cwd=PROJECT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(moment)
    child.send_signal(signal.SIGKILL)
    child.wait(30)
    return child.returncode == 0


@pytest.mark.parametrize("kill", range(KILLS))
def test_a_killed_crawl_goes_on_where_it_was(kill: int, tmp_path: Path) -> None:
    # Up to the length of a whole crawl, so that imports, walk, parsing and assembly are all hit in the long run.
    moment = random.Random(kill).uniform(0.8, 4.0)
    with serve(PORTAL) as server:
        crawl = ["--data", tmp_path / "data", "crawl", server.url, "--allow-private", "--delay", "0.02", "--json"]
        finished_before = killed(moment, *crawl)
        served = server.asked()
        result = nianbao(*crawl)
        asked = Counter(server.asked())
    assert result.code == 0, result.err
    rows = result.json["reports"]
    assert len(rows) == len(REPORTS)
    assert nianbao("--data", tmp_path / "data", "verify").code == 0
    # Killed after its run had ended, a crawl is followed by a new one, which asks for everything once more.
    ended = finished_before or set(asked) <= set(served)
    if not ended:
        again = sum(count - 1 for target, count in asked.items() if target in served)
        assert again <= FETCHED_AGAIN, asked


def test_a_killed_import_goes_on_where_it_was(kill_of_import: int, demo: DemoCrawl, tmp_path: Path) -> None:
    archive = demo.data / "collections" / "nianbao" / "archive"
    command = ["--data", tmp_path / "data", "import", archive, "--json"]
    killed(random.Random(kill_of_import).uniform(0.4, 2.5), *command)
    assert nianbao(*command).code == 0
    assert addresses(tmp_path / "data") == {row["url"] for row in demo.result.json["reports"]}
    assert nianbao("--data", tmp_path / "data", "verify").code == 0
    again = nianbao(*command)
    assert (again.code, again.json["taken_in"]) == (0, 0)


def test_a_killed_reparse_is_made_good_by_the_next(kill_of_reparse: int, demo: DemoCrawl, tmp_path: Path) -> None:
    data = shutil.copytree(demo.data, tmp_path / "data")
    (data / "corpus.sqlite").unlink()
    killed(random.Random(kill_of_reparse).uniform(0.4, 2.5), "--data", data, "reparse")
    assert nianbao("--data", data, "reparse").code == 0
    assert nianbao("--data", data, "reports", "--json").json == demo.result.json["reports"]


def test_a_killed_repair_is_made_good_by_the_next(kill_of_repair: int, demo: DemoCrawl, tmp_path: Path) -> None:
    data = shutil.copytree(demo.data, tmp_path / "data")
    damaged = demo.result.json["reports"][3]
    [warc] = (data / "collections" / "nianbao" / "archive").glob("*.warc.gz")
    content = bytearray(warc.read_bytes())
    content[damaged["record"]["offset"] + 400] ^= 0x04
    warc.write_bytes(content[:-1])
    killed(random.Random(kill_of_repair).uniform(0.25, 0.8), "--data", data, "repair")
    assert nianbao("--data", data, "repair").code == 0
    left = nianbao("--data", data, "verify", "--json").json["problems"]
    assert [problem["url"] for problem in left] == [damaged["url"]]
    kept = sum(path.stat().st_size for path in (data / "collections" / "nianbao" / "torn").iterdir())
    assert kept > 0
    assert nianbao("--data", data, "reparse", "--all").code == 3  # the report is lost until the next crawl
    assert nianbao("--data", data, "verify").code == 0


def addresses(data: Path) -> set[str]:
    return {row["url"] for row in nianbao("--data", data, "reports", "--json").json}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Deal the kills out to the commands in turn."""
    for turn, name in enumerate(("kill_of_import", "kill_of_reparse", "kill_of_repair")):
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, range(turn, KILLS, 3))
