"""A re-parse on a real cluster with a real PostgreSQL: the same corpus, also when the command or a worker is killed in
its middle."""

import json
import os
import random
import shutil
import signal
import time
from pathlib import Path

import pytest
from distributed import Client

from pipelines.corpus import Corpus
from tests.cli.command import nianbao
from tests.cli.conftest import DemoCrawl
from tests.cluster.conftest import DaskCluster, begun, children, is_alive, until
from tests.kit.postgres import PostgresServer

KILLS = int(os.environ.get("NIANBAO_KILLS", "2"))


def test_a_killed_command_and_a_killed_worker_change_nothing(
    demo: DemoCrawl, dask_cluster: DaskCluster, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    data = shutil.copytree(demo.data, tmp_path / "data")
    with postgres_server.place() as url:
        arguments = ["--data", data, "--corpus", url, "reparse", "--cluster", dask_cluster.address, "--json"]
        kill_commands(arguments, url, dask_cluster)
        running = begun(*arguments, "--all")
        until(lambda: busy(dask_cluster))
        victim = min(busy(dask_cluster) or dask_cluster.pids())
        parsers = children(victim)
        os.kill(victim, signal.SIGKILL)
        out, err = running.communicate(timeout=120)
        assert running.returncode == 0, err
        until(lambda: not any(map(is_alive, parsers)))
        alone = nianbao("--data", data, "reparse", "--all", "--json")
        for verb in (["reports", "--json"], ["agencies", "--json"]):
            assert nianbao("--data", data, "--corpus", url, *verb).out == nianbao("--data", data, *verb).out
        assert json.loads(out)["parsed"] == alone.json["parsed"] > 0


def kill_commands(arguments: list[object], corpus: str, cluster: DaskCluster) -> None:
    """Begin a re-parse and kill it while workers have tasks of it, again and again; what is stored stays whole."""
    rng = random.Random(5)
    for _ in range(KILLS):
        running = begun(*arguments)
        until(lambda running=running: running.poll() is not None or busy(cluster))
        time.sleep(rng.uniform(0, 2))
        running.kill()
        running.communicate(timeout=60)
        with Corpus.open(corpus, create=True) as opened:
            assert all(one["versions"] and one["parser"] and one["record"]["file"] for one in opened.full_reports())


def busy(cluster: DaskCluster) -> list[int]:
    """The workers' processes that have tasks."""
    with Client(cluster.address, set_as_default=False, timeout=120) as client:
        processes = client.run(os.getpid)
        return [processes[worker] for worker, tasks in client.processing().items() if tasks and worker in processes]


@pytest.mark.parametrize("verb", [["reparse"], ["crawl", "http://127.0.0.1:1/"], ["import", __file__]])
def test_what_a_cluster_needs_is_said(demo: DemoCrawl, verb: list[str]) -> None:
    refused = nianbao("--data", demo.data, *verb, "--cluster", "tcp://127.0.0.1:1")
    assert refused.code == 2 and "--corpus postgresql://" in refused.complaint
