"""Stretches of the archive parsed on many machines: Dask hands them out, and out again where a worker dies.

The archive lies in a folder that all of them see under the same path, the corpus on a server that all of them reach.
What a task gives comes back here and is stored here, once: a task that was begun twice leaves no trace.
"""

import threading
from collections.abc import Iterator
from typing import Any

from archive.folder import ArchiveFolder
from config.errors import Incomplete, NianbaoError, UsageError
from pipelines import fingerprint
from pipelines.stretch import Gathered, Stretch
from pipelines.workers import ParsePool

# How long a scheduler may take to answer, and a first worker to join it.
_PATIENCE_SECONDS = 60
# Stretches under way per thread of a worker: enough that none waits for the network.
_AHEAD = 2

_own = threading.local()


def gather(
    address: str, folder: ArchiveFolder, corpus: str, stretches: Iterator[Stretch]
) -> Iterator[tuple[Stretch, Gathered]]:
    """Parse stretches on the workers of the scheduler at ``address``; in the order in which they are done.

    Raises UsageError where there is no scheduler or no worker, or where a worker has another nianbao; Incomplete where
    the cluster gives up on a stretch or goes away: the same command goes on.
    """
    try:
        import distributed
    except ModuleNotFoundError as error:
        raise UsageError("--cluster needs Dask: pip install -r requirements-cluster.txt") from error
    dask: Any = distributed
    try:
        client = dask.Client(address, timeout=_PATIENCE_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UsageError(f"no Dask scheduler answers at {address}: {error}; start one with `dask scheduler`") from error
    with client:
        ahead = _AHEAD * _threads(client, address)
        parser = str(fingerprint.parser())
        under_way: dict[Any, Stretch] = {}
        done = dask.as_completed(loop=client.loop)
        while True:
            for stretch in _next(stretches, ahead - len(under_way)):
                future = client.submit(parse, folder, corpus, stretch, parser, pure=False)
                under_way[future] = stretch
                done.add(future)
            if not under_way:
                return
            future = next(done)
            yield under_way.pop(future), _result(future)


def parse(folder: ArchiveFolder, corpus: str, stretch: Stretch, parser: str) -> Gathered:
    """The task of a worker: a stretch, in a process that may die of a document without the worker."""
    own = str(fingerprint.parser())
    if own != parser:
        raise UsageError(f"a worker has another nianbao ({own}) than this one ({parser}): update it and start it again")
    if getattr(_own, "folder", None) != folder:
        # One for each thread of the worker, for as long as it lives; it dies with the worker.
        _own.folder, _own.pool = folder, ParsePool(folder)
    pool: ParsePool = _own.pool
    [(_, gathered)] = pool.gather(corpus, iter([stretch]))
    return gathered


def _threads(client: Any, address: str) -> int:
    try:
        client.wait_for_workers(1, timeout=_PATIENCE_SECONDS)
    except TimeoutError as error:
        raise UsageError(f"the scheduler at {address} has no workers: start some with `dask worker`") from error
    return sum(client.nthreads().values()) or 1


def _next(stretches: Iterator[Stretch], count: int) -> Iterator[Stretch]:
    for _, stretch in zip(range(count), stretches, strict=False):
        yield stretch


def _result(future: Any) -> Gathered:
    try:
        gathered: Gathered = future.result()
    except NianbaoError:
        raise
    except Exception as error:
        # Dask has tried it on one worker after another, or the scheduler is gone.
        raise Incomplete(f"the cluster gave up: {error!r}; the same command goes on where it stopped") from error
    return gathered
