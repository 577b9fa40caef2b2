"""A command that is killed at any moment, and the same command again: nothing is missing, torn or asked for twice.

Five kills of crawls and five of the other commands by default, $NIANBAO_KILLS of each in the nightly run.
"""

import contextlib
import os
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.command import nianbao
from tests.cli.conftest import DemoCrawl
from tests.kit.demo.portal import PORTAL, REPORTS
from tests.kit.forked import Forked
from tests.kit.portal import serve

KILLS = int(os.environ.get("NIANBAO_KILLS", "5"))
# Exchanges in flight, and those since the last fsync, may be fetched again (archive/writer.py SYNC_EVERY).
FETCHED_AGAIN = 16


def killed(done: Callable[[], int], share: float, whole: int, *arguments: object) -> bool:
    """Run ``nianbao`` and kill it once it has ``done`` this ``share`` of the ``whole``, or soon after: by work and not
    by time, so that it is hit in the middle on any machine. Whether it had come to its end before."""
    child = Forked(arguments, dict(os.environ))
    while child.poll() is None and done() < share * whole:
        time.sleep(0.002)
    child.send_signal(signal.SIGKILL)
    child.wait(30)
    return child.returncode == 0


def written(*places: Path) -> int:
    """How many bytes lie in these files and folders at the moment."""
    size = 0
    for place in places:
        for path in [place, *place.rglob("*")]:
            with contextlib.suppress(FileNotFoundError):  # renamed or removed since
                size += path.stat().st_size if path.is_file() else 0
    return size


def corpus_files(data: Path) -> list[Path]:
    return [data / "corpus.sqlite", data / "corpus.sqlite-wal"]


@pytest.mark.parametrize("kill", range(KILLS))
def test_a_killed_crawl_goes_on_where_it_was(kill: int, demo: DemoCrawl, tmp_path: Path) -> None:
    # Of the bytes of archive and corpus: the walk, the parsing and the assembly are all hit in the long run.
    share = random.Random(kill).uniform(0, 1.05)
    whole = written(demo.data / "collections", *corpus_files(demo.data))
    data = tmp_path / "data"
    with serve(PORTAL) as server:
        crawl = ["--data", data, "crawl", server.url, "--allow-private", "--delay", "0.02", "--json"]
        done = lambda: written(data / "collections", *corpus_files(data))  # noqa: E731
        finished_before = killed(done, share, whole, *crawl)
        served = server.asked()
        result = nianbao(*crawl)
        asked = Counter(server.asked())
    assert result.code == 0, result.err
    rows = result.json["reports"]
    assert len(rows) == len(REPORTS)
    assert nianbao("--data", data, "verify").code == 0
    # Killed after its run had ended, a crawl is followed by a new one, which asks for everything once more.
    ended = finished_before or set(asked) <= set(served)
    if not ended:
        again = sum(count - 1 for target, count in asked.items() if target in served)
        assert again <= FETCHED_AGAIN, asked


def test_a_killed_import_goes_on_where_it_was(kill_of_import: int, demo: DemoCrawl, tmp_path: Path) -> None:
    archive, data = demo.data / "collections" / "nianbao" / "archive", tmp_path / "data"
    command = ["--data", data, "import", archive, "--json"]
    whole = written(archive, demo.data / "corpus.sqlite")
    done = lambda: written(data / "collections", *corpus_files(data))  # noqa: E731
    killed(done, random.Random(kill_of_import).uniform(0, 1.05), whole, *command)
    assert nianbao(*command).code == 0
    assert addresses(data) == {row["url"] for row in demo.result.json["reports"]}
    assert nianbao("--data", data, "verify").code == 0
    again = nianbao(*command)
    assert (again.code, again.json["taken_in"]) == (0, 0)


def test_a_killed_reparse_is_made_good_by_the_next(kill_of_reparse: int, demo: DemoCrawl, tmp_path: Path) -> None:
    data = shutil.copytree(demo.data, tmp_path / "data")
    (data / "corpus.sqlite").unlink()
    whole, share = written(demo.data / "corpus.sqlite"), random.Random(kill_of_reparse).uniform(0, 1.5)
    killed(lambda: written(*corpus_files(data)), share, whole, "--data", data, "reparse")
    assert nianbao("--data", data, "reparse").code == 0
    assert nianbao("--data", data, "reports", "--json").json == demo.result.json["reports"]


def test_a_killed_repair_is_made_good_by_the_next(kill_of_repair: int, demo: DemoCrawl, tmp_path: Path) -> None:
    data = shutil.copytree(demo.data, tmp_path / "data")
    damaged = demo.result.json["reports"][3]
    [warc] = (data / "collections" / "nianbao" / "archive").glob("*.warc.gz")
    content = bytearray(warc.read_bytes())
    content[damaged["record"]["offset"] + 400] ^= 0x04
    warc.write_bytes(content[:-1])
    before = written(data / "collections")
    done = lambda: written(data / "collections") - before  # noqa: E731
    killed(done, random.Random(kill_of_repair).uniform(0, 1), warc.stat().st_size, "--data", data, "repair")
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
