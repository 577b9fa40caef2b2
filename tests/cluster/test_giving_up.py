"""What a cluster can't do, and one that goes away: said in one line, and without waiting for it."""

import json
import os
import time
from pathlib import Path

import pytest

from config.errors import Incomplete
from pipelines.cluster import Cluster, GivenUp
from tests.cluster.conftest import started, until


def test_a_task_that_kills_every_worker_and_a_scheduler_that_dies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES", "0")
    file = tmp_path / "scheduler.json"
    local = ("--scheduler-file", file, "--host", "127.0.0.1", "--no-dashboard")
    with (
        started(tmp_path / "scheduler.log", "scheduler", *local, "--port", "0") as scheduler,
        started(tmp_path / "worker.log", "worker", *local, "--nthreads", "1", "--local-directory", tmp_path),
    ):
        until(file.exists)
        with Cluster(json.loads(file.read_text())["address"]) as cluster:
            [(task, error)] = cluster.run(os._exit, iter([7]), given_up=lambda task, error: error)
            assert task == 7 and isinstance(error, GivenUp)
            with pytest.raises(GivenUp):
                list(cluster.run(os._exit, iter([7])))
            waiting = cluster.run(time.sleep, iter([0, 600]))
            assert next(waiting) == (0, None)  # a worker was started in the place of the dead one
            scheduler.kill()
            with pytest.raises(Incomplete) as raised:
                next(waiting)
            assert "\n" not in str(raised.value) and "goes on" in str(raised.value)
