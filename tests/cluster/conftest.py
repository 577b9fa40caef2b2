import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from distributed import Client

from tests.cli.command import PROJECT
from tests.cli.conftest import demo

__all__ = ["demo"]

DASK = Path(sys.executable).with_name("dask")


@dataclass(frozen=True)
class DaskCluster:
    """A scheduler on loopback with two workers, each a process."""

    address: str
    workers: tuple["subprocess.Popen[bytes]", ...]


def children(pid: int) -> set[int]:
    """The processes that a process has started, and that live."""
    found = set()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found |= {int(child) for child in task.read_text().split()}
    return found


def until(condition: Callable[[], object], seconds: float = 240) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.02)


@contextmanager
def started(log: Path, *arguments: object) -> Iterator["subprocess.Popen[bytes]"]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(DASK), *map(str, arguments)], cwd=PROJECT, stdout=output, stderr=output, env=dict(os.environ)
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait(30)


@pytest.fixture
def dask_cluster(tmp_path: Path) -> Iterator[DaskCluster]:
    file = tmp_path / "scheduler.json"
    local = ("--scheduler-file", file, "--host", "127.0.0.1", "--no-dashboard")
    alone = ("--no-nanny", "--nthreads", "1", "--death-timeout", "120")
    worker = ("worker", *local, *alone, "--local-directory", tmp_path)
    with (
        started(tmp_path / "scheduler.log", "scheduler", *local, "--port", "0"),
        started(tmp_path / "worker1.log", *worker) as first,
        started(tmp_path / "worker2.log", *worker) as second,
    ):
        until(file.exists)
        address = json.loads(file.read_text())["address"]
        with Client(address, set_as_default=False, timeout=120) as client:
            client.wait_for_workers(2, timeout=120)
        yield DaskCluster(address, (first, second))
