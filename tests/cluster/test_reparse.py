"""A re-parse on a real cluster with a real PostgreSQL: the same corpus, also when a worker is killed in the middle."""

import json
import os
import shutil
import signal
from pathlib import Path

import pytest

from tests.cli.command import nianbao
from tests.cli.conftest import DemoCrawl
from tests.cluster.conftest import DaskCluster, begun, children, is_alive, until
from tests.kit.postgres import PostgresServer


def test_a_killed_worker_changes_nothing(
    demo: DemoCrawl, dask_cluster: DaskCluster, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    data = shutil.copytree(demo.data, tmp_path / "data")
    with postgres_server.place() as url:
        arguments = ["--data", data, "--corpus", url, "reparse", "--cluster", dask_cluster.address, "--json"]
        before = {pid: children(pid) for pid in dask_cluster.pids()}
        running = begun(*arguments)
        # A worker parses in a process of its own, which has only begun to load when the worker dies.
        until(lambda: any(children(pid) - known for pid, known in before.items()))
        victim = next(pid for pid, known in before.items() if children(pid) - known)
        parsers = children(victim)
        os.kill(victim, signal.SIGKILL)
        out, err = running.communicate(timeout=120)
        assert running.returncode == 0, err
        until(lambda: not any(map(is_alive, parsers)))
        alone = nianbao("--data", data, "reparse", "--all", "--json")
        for verb in (["reports", "--json"], ["agencies", "--json"]):
            assert nianbao("--data", data, "--corpus", url, *verb).out == nianbao("--data", data, *verb).out
        assert json.loads(out)["changes"]["new"] == len(demo.result.json["reports"])
        assert alone.json["parsed"] > 0


@pytest.mark.parametrize("verb", [["reparse"], ["crawl", "http://127.0.0.1:1/"], ["import", __file__]])
def test_what_a_cluster_needs_is_said(demo: DemoCrawl, verb: list[str]) -> None:
    refused = nianbao("--data", demo.data, *verb, "--cluster", "tcp://127.0.0.1:1")
    assert refused.code == 2 and "--corpus postgresql://" in refused.complaint
