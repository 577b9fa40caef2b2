"""Work done on many machines: Dask hands out the tasks, and out again where a worker dies.

The corpus is on a server that all machines reach, the archive and the data folder under a path that all of them see.
"""

import multiprocessing
import threading
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any, Self, TypeVar

from archive.folder import ArchiveFolder
from config.errors import Incomplete, NianbaoError, UsageError
from pipelines import fingerprint
from pipelines.stretch import Gathered, Stretch
from pipelines.workers import ParsePool

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")

# How long a scheduler may take to answer, and a first worker to join it.
_PATIENCE_SECONDS = 60
# Stretches under way per thread of a worker: enough that none waits for the network.
AHEAD = 2

_own = threading.local()


class GivenUp(Incomplete):
    """Dask has tried a task on one worker after another."""


class Cluster:
    """The workers of the Dask scheduler at ``address``; a context manager.

    Raises UsageError where there is no scheduler or no worker.
    """

    def __init__(self, address: str) -> None:
        try:
            import distributed
        except ModuleNotFoundError as error:
            raise UsageError("--cluster needs Dask: pip install -r requirements-cluster.txt") from error
        self._dask: Any = distributed
        try:
            self._client = self._dask.Client(address, timeout=_PATIENCE_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            raise UsageError(
                f"no Dask scheduler answers at {address}: {error}; start one with `dask scheduler`"
            ) from error
        try:
            self._client.wait_for_workers(1, timeout=_PATIENCE_SECONDS)
        except TimeoutError as error:
            self._client.close()
            raise UsageError(f"the scheduler at {address} has no workers: start some with `dask worker`") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def run(
        self,
        work: Callable[..., _Result],
        tasks: Iterator[_Task],
        *arguments: object,
        ahead: int = 1,
        given_up: Callable[[_Task, GivenUp], _Result] | None = None,
    ) -> Iterator[tuple[_Task, _Result]]:
        """``work(task, *arguments)`` on the workers for each of ``tasks``, in the order in which they are done.

        So many are under way ``ahead`` for each thread of a worker. ``tasks`` may have none for now and more later: it
        is asked again whenever one is done. What a task gives comes back once, also where it was begun twice.
        Raises what the work raises and UsageError where a worker has another nianbao; Incomplete where the cluster
        goes away; and where it gives up on a task, unless ``given_up`` makes a result of that.
        """
        parser = str(fingerprint.parser())
        under_way: dict[Any, _Task] = {}
        done = self._dask.as_completed(loop=self._client.loop)
        while True:
            room = ahead * self._threads() - len(under_way)
            for _, task in zip(range(room), tasks, strict=False):
                future = self._client.submit(_do, parser, work, task, *arguments, pure=False)
                under_way[future] = task
                done.add(future)
            if not under_way:
                return
            future = next(done)
            task = under_way.pop(future)
            try:
                result = self._result(future)
            except GivenUp as error:
                if given_up is None:
                    raise
                result = given_up(task, error)
            yield task, result

    def _threads(self) -> int:
        try:
            return sum(self._client.nthreads().values()) or 1
        except OSError as error:
            raise _gone(error) from error

    def _result(self, future: Any) -> Any:
        try:
            return future.result()
        except NianbaoError:
            raise
        except Exception as error:
            if isinstance(error, self._dask.KilledWorker):
                raise GivenUp(str(_gone(error))) from error
            raise _gone(error) from error


def _gone(error: Exception) -> Incomplete:
    said = " ".join(str(error).split())
    return Incomplete(f"the cluster gave up: {said}; the same command goes on where it stopped")


def gather(
    address: str, folder: ArchiveFolder, corpus: str, stretches: Iterable[Stretch]
) -> Iterator[tuple[Stretch, Gathered]]:
    """Parse stretches on the workers of the scheduler at ``address``; in the order in which they are done.

    A task stores what it gives; one that is begun twice stores the same twice. Raises as `Cluster`.
    """
    with Cluster(address) as cluster:
        yield from cluster.run(parse, iter(stretches), folder, corpus, ahead=AHEAD)


def parse(stretch: Stretch, folder: ArchiveFolder, corpus: str) -> Gathered:
    """The task of a worker: a stretch, in a process that may die of a document without the worker."""
    [(_, gathered)] = own_pool(folder.on_worker()).gather(corpus, iter([stretch]))
    return gathered


def own_pool(folder: ArchiveFolder) -> ParsePool:
    """The parser of this thread of a worker, for as long as that lives; its process dies with the worker."""
    if getattr(_own, "folder", None) != folder:
        _own.folder, _own.pool = folder, ParsePool(folder)
    pool: ParsePool = _own.pool
    return pool


def _do(parser: str, work: Callable[..., _Result], task: _Task, *arguments: object) -> _Result:
    """What a worker does first."""
    own = str(fingerprint.parser())
    if own != parser:
        raise UsageError(f"a worker has another nianbao ({own}) than this one ({parser}): update it and start it again")
    # Dask's nanny makes its workers daemons, and those may not have processes of their own.
    multiprocessing.current_process().daemon = False
    return work(task, *arguments)
