import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from distributed import Client

from pipelines.process import end_with_parent
from tests.cli.command import PROJECT, begun
from tests.cli.conftest import demo

__all__ = ["begun", "demo"]

DASK = Path(sys.executable).with_name("dask")
# One worker as people start them, under a nanny that starts it anew; the other one alone.
KINDS = ((), ("--no-nanny",))


@dataclass
class DaskCluster:
    """A scheduler on loopback with two workers, each a process."""

    folder: Path
    address: str = ""
    workers: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    @property
    def local(self) -> tuple[object, ...]:
        return "--scheduler-file", self.folder / "scheduler.json", "--host", "127.0.0.1", "--no-dashboard"

    def pids(self) -> list[int]:
        """The workers' own processes: of one under a nanny, that is not the one that was started."""
        with Client(self.address, set_as_default=False, timeout=120) as client:
            return list(client.run(os.getpid).values())

    def complete(self, processes: ExitStack) -> None:
        """See to it that there are two workers."""
        self.workers = [worker for worker in self.workers if worker.poll() is None]
        alone = ("--nthreads", "1", "--death-timeout", "120", "--local-directory", self.folder)
        while len(self.workers) < len(KINDS):
            log = self.folder / f"worker{time.monotonic_ns()}.log"
            kind = KINDS[len(self.workers)]
            self.workers.append(processes.enter_context(started(log, "worker", *self.local, *alone, *kind)))
        with Client(self.address, set_as_default=False, timeout=120) as client:
            client.wait_for_workers(len(KINDS), timeout=120)


def children(pid: int) -> set[int]:
    """The processes that a process has started, and that live."""
    found = set()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found |= {int(child) for child in task.read_text().split()}
    return found


def parent(pid: int) -> int:
    """The process that started a living one."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}/exe").exists()


def until(condition: Callable[[], object], seconds: float = 240) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.02)


def bare(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Reports without where and when they were stored."""
    stored = ("captured", "record")
    return [
        {name: value for name, value in row.items() if name not in (*stored, "versions")}
        | {"versions": [{k: v for k, v in one.items() if k not in stored} for one in row["versions"]]}
        for row in rows
    ]


@contextmanager
def started(log: Path, *arguments: object) -> Iterator["subprocess.Popen[bytes]"]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(DASK), *map(str, arguments)],
            cwd=PROJECT,
            stdout=output,
            stderr=output,
            env=dict(os.environ),
            preexec_fn=end_with_parent,
        )
    try:
        yield process
    finally:
        process.kill()  # the worker of a nanny ends with it
        process.wait(30)


@pytest.fixture(scope="session")
def _dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[DaskCluster, ExitStack]]:
    cluster = DaskCluster(tmp_path_factory.mktemp("dask"))
    with ExitStack() as processes:
        log = cluster.folder / "scheduler.log"
        processes.enter_context(started(log, "scheduler", *cluster.local, "--port", "0"))
        until((cluster.folder / "scheduler.json").exists)
        cluster.address = json.loads((cluster.folder / "scheduler.json").read_text())["address"]
        yield cluster, processes


@pytest.fixture
def dask_cluster(_dask: tuple[DaskCluster, ExitStack]) -> DaskCluster:
    """The one cluster of this test process, with as many workers as before a test killed some."""
    cluster, processes = _dask
    cluster.complete(processes)
    return cluster
