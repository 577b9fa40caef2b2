"""A re-parse on a real cluster with a real PostgreSQL: the same corpus, also when a worker is killed in the middle."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.cli.command import PROJECT, nianbao
from tests.cli.conftest import DemoCrawl
from tests.cluster.conftest import DaskCluster, children, until
from tests.kit.postgres import PostgresServer


def test_a_killed_worker_changes_nothing(
    demo: DemoCrawl, dask_cluster: DaskCluster, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    data = shutil.copytree(demo.data, tmp_path / "data")
    with postgres_server.place() as url:
        arguments = ["--data", data, "--corpus", url, "reparse", "--cluster", dask_cluster.address, "--json"]
        command = [sys.executable, "-m", "crawler", *map(str, arguments)]
        running = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        # A worker parses in a process of its own, which has only begun to load when the worker dies.
        until(lambda: any(children(worker.pid) for worker in dask_cluster.workers))
        victim = next(worker for worker in dask_cluster.workers if children(worker.pid))
        parsers = children(victim.pid)
        victim.kill()
        victim.wait(30)
        out, err = running.communicate(timeout=120)
        assert running.returncode == 0, err
        until(lambda: not any(Path(f"/proc/{pid}/exe").exists() for pid in parsers))
        alone = nianbao("--data", data, "reparse", "--all", "--json")
        for verb in (["reports", "--json"], ["agencies", "--json"]):
            assert nianbao("--data", data, "--corpus", url, *verb).out == nianbao("--data", data, *verb).out
        assert b'"new": %d,' % len(demo.result.json["reports"]) in out
        assert alone.json["parsed"] > 0


def test_what_a_cluster_needs_is_said(demo: DemoCrawl) -> None:
    refused = nianbao("--data", demo.data, "reparse", "--cluster", "tcp://127.0.0.1:1")
    assert refused.code == 2 and "--corpus postgresql://" in refused.complaint
