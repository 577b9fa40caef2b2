"""A crawl that is killed at any moment, and the same command again: nothing is missing, torn or asked for twice.

Five kills by default, $NIANBAO_KILLS of them in the nightly run.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.cli.command import PROJECT, nianbao
from tests.kit.demo.portal import PORTAL, REPORTS
from tests.kit.portal import serve

KILLS = int(os.environ.get("NIANBAO_KILLS", "5"))
# Exchanges in flight, and those since the last fsync, may be fetched again (archive/writer.py SYNC_EVERY).
FETCHED_AGAIN = 16


@pytest.mark.parametrize("kill", range(KILLS))
def test_a_killed_crawl_goes_on_where_it_was(kill: int, tmp_path: Path) -> None:
    # Up to the length of a whole crawl, so that imports, walk, parsing and assembly are all hit in the long run.
    moment = random.Random(kill).uniform(0.8, 4.0)
    with serve(PORTAL) as server:
        crawl = ["--data", tmp_path / "data", "crawl", server.url, "--allow-private", "--delay", "0.02", "--json"]
        child = subprocess.Popen(
            [sys.executable, "-m", "crawler", *map(str, crawl)],
            cwd=PROJECT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(moment)
        child.send_signal(signal.SIGKILL)
        child.wait(30)
        finished_before = child.returncode == 0
        served = server.asked()
        result = nianbao(*crawl)
        asked = Counter(server.asked())
    assert result.code == 0, result.err
    rows = result.json["reports"]
    assert len(rows) == len(REPORTS)
    assert nianbao("--data", tmp_path / "data", "verify").code == 0
    if not finished_before:
        again = sum(count - 1 for target, count in asked.items() if target in served)
        assert again <= FETCHED_AGAIN, asked
