"""Parsing in processes of its own: a document may take seconds, hang, or kill its process; the batch goes on."""

import gc
import logging
import os
import resource
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures import TimeoutError as FutureTimeoutError
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from itertools import islice
from multiprocessing import get_context
from threading import Lock
from typing import cast

from pebble import ProcessExpired, ProcessPool, concurrent

from archive.folder import ArchiveFolder
from archive.reader import read
from archive.record import Location, WebRecord
from config.site import Site
from pipelines import fingerprint, forkserver
from pipelines.batch import take
from pipelines.corpus import Corpus
from pipelines.corpus.rows import rows_of
from pipelines.fingerprint import Parser, Stage
from pipelines.parse import parse
from pipelines.parsed import SECONDS, Parsed, failed, guarded
from pipelines.process import end_with_parent
from pipelines.report import Outcome
from pipelines.stretch import Gathered, Stretch, parse_stretch, skip_reason

logger = logging.getLogger(__name__)

# What a process may map, and of that hold as its own: a document that takes more memory ends its process.
ADDRESS_SPACE, DATA = 4 << 30, 512 << 20
# Pieces of work under way per worker: enough that none waits, few enough that memory stays flat.
_AHEAD = 3
# Records that one transaction stores.
_BATCH = 50
# So often in a row all workers may die before they do anything.
_MOST_BROKEN = 3
# Ends that a document may bring about: too long, a crash, memory.
_ENDS = (FutureTimeoutError, ProcessExpired, MemoryError)


class ParsePool:
    """Parses archived records in ``workers`` processes, ``nice`` steps behind this one, each record within ``seconds``.

    Ends a worker that takes longer (`Failed`, code ``timeout``) or that died (code ``crashed``) and starts another.
    Workers are started by the process's fork server, where it has begun one, else spawned.
    """

    def __init__(self, folder: ArchiveFolder, *, workers: int = 1, seconds: float = SECONDS, nice: int = 0) -> None:
        self.folder = folder
        self.seconds = seconds
        self.workers = workers
        self._nice = nice
        self._renewing = Lock()
        self._pool = self._fresh()

    def _fresh(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self.workers,
            max_tasks=0,
            initializer=_prepare,
            # A single one tells it from the code itself, beside this process, which may be crawling.
            initargs=[self._nice, fingerprint.parser() if self.workers > 1 else fingerprint.known()],
            context=forkserver.context(),
        )

    def submit_batch(self, corpus: str, batch: Sequence[Location]) -> "Future[list[Parsed]]":
        """Parse the records of ``batch`` and store them, see `batch.take`; `taken` makes a result of the future."""
        return cast("Future[list[Parsed]]", self._schedule(take, corpus, batch, len(batch)))

    def taken(
        self, future: "Future[list[Parsed]]", corpus: str, batch: Sequence[Location]
    ) -> Iterator[Parsed | Location]:
        """What became of a batch, once its future has a result, whatever happened to the process: the records that have
        a place in the corpus, and the locations of those that are to be submitted again, each alone.

        A single record that ends its process, or takes too long, is stored here as a `Failed`, with the code
        ``crashed`` or ``timeout``. Raises `ArchiveError` where a record can't be read, `CorpusUnusable`, and
        `CancelledError` after `stop`.
        """
        try:
            yield from future.result()
            return
        except BrokenProcessPool as error:
            ended: Exception = error
            self._renew()
        except _ENDS as error:
            ended = error
        if len(batch) > 1:
            yield from batch
            return
        parsed = self._ended(batch[0], ended)
        if skip_reason(parsed.record) is None:
            with Corpus.open(corpus) as opened:
                opened.take(parsed.rows, fingerprint.parser())
            yield parsed

    def take_all(self, corpus: str, places: Sequence[Location]) -> Iterator[Parsed]:
        """Parse the records at ``places`` and store them, some at a time; gives those that have a place in the corpus,
        in this order. Raises as `taken`."""
        batches = (places[start : start + _BATCH] for start in range(0, len(places), _BATCH))
        under_way: deque[tuple[Future[list[Parsed]], Sequence[Location]]] = deque()
        while True:
            for batch in islice(batches, self.workers * _AHEAD - len(under_way)):
                under_way.append((self.submit_batch(corpus, batch), batch))
            if not under_way:
                return
            yield from self._settled(corpus, *under_way.popleft())

    def _settled(self, corpus: str, future: "Future[list[Parsed]]", batch: Sequence[Location]) -> Iterator[Parsed]:
        for one in self.taken(future, corpus, batch):
            if isinstance(one, Location):
                yield from self._settled(corpus, self.submit_batch(corpus, [one]), [one])
            else:
                yield one

    def gather(self, corpus: str, stretches: Iterator[Stretch]) -> Iterator[tuple[Stretch, Gathered]]:
        """Parse stretches of the archive with what the corpus at ``corpus`` keeps; in the order in which they are done.

        A stretch that ends its process, or takes longer than two documents may, is parsed record by record: only the
        record at fault fails.
        """
        alone: deque[tuple[Stretch, _Whole]] = deque()

        def next_of(fresh: Iterator[Stretch]) -> deque[tuple[Stretch, _Whole]]:
            return deque((stretch, _Whole(stretch)) for stretch in islice(fresh, 1))

        under_way: dict[Future[Gathered], tuple[Stretch, _Whole]] = {}
        broken = 0
        while True:
            while len(under_way) < self.workers * _AHEAD and (waiting := alone or next_of(stretches)):
                stretch, whole = waiting.popleft()
                task = self._schedule(parse_stretch, corpus, stretch, len(stretch.offsets))
                under_way[cast("Future[Gathered]", task)] = (stretch, whole)
            if not under_way:
                return
            for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                stretch, whole = under_way.pop(future)
                try:
                    whole.gathered.add(future.result())
                    broken = 0
                except BrokenProcessPool:
                    # All workers were killed between two tasks. Nothing is wrong with the stretches.
                    broken += 1
                    if broken > _MOST_BROKEN * self.workers * _AHEAD:
                        raise
                    alone.append((stretch, whole))
                    self._renew()
                    continue
                except _ENDS as error:
                    if len(stretch.offsets) > 1:
                        parts = list(stretch.singles())
                        whole.left += len(parts)
                        alone += ((part, whole) for part in parts)
                    else:
                        whole.gathered.add(self._failed(stretch, error))
                whole.left -= 1
                if not whole.left:
                    yield whole.stretch, whole.gathered

    def _renew(self) -> None:
        """Another pool in the place of one that no longer takes tasks."""
        with self._renewing:
            if not self._pool.active:
                self._pool.stop()
                self._pool.join()
                self._pool = self._fresh()

    def _schedule(self, work: Callable[..., object], corpus: str, piece: object, records: int) -> "Future[object]":
        """Have a process do ``work`` on a piece of so many records, within the time of two at most: more than one that
        takes too long is nobody's fault but theirs."""
        limit = self.seconds * min(2, records)
        for _ in range(_MOST_BROKEN):
            self._renew()
            try:
                return cast("Future[object]", self._pool.schedule(work, [self.folder, corpus, piece], timeout=limit))
            except RuntimeError as error:
                logger.info("the parser's processes have ended since the last task: %s", error)
        raise BrokenProcessPool("the parser's processes end as soon as they begin")

    def _failed(self, stretch: Stretch, error: Exception) -> Gathered:
        """What a stretch of one record gave that ended its process."""
        parsed = self._ended(Location(stretch.file, stretch.offsets[0], ""), error)
        gathered = Gathered(parsed.rows, records=0 if stretch.known else 1)
        gathered.count(parsed.record.url, parsed.outcome, Stage.DOCUMENT)
        return gathered

    def _ended(self, location: Location, error: Exception) -> Parsed:
        record = read(self.folder, location)
        if isinstance(error, FutureTimeoutError):
            outcome = failed(record, "timeout", f"not parsed within {self.seconds:g} seconds")
        else:
            outcome = failed(record, "crashed", f"the parser's process ended: {error or 'out of memory'}")
        return Parsed(replace(record, payload=b""), outcome, rows_of(record, outcome))

    def close(self) -> None:
        """Wait for everything that was submitted, then end the workers."""
        self._pool.close()
        self._pool.join()

    def stop(self) -> None:
        """End the workers at once; what was not finished is cancelled."""
        self._pool.stop()
        self._pool.join()


@dataclass(slots=True)
class _Whole:
    """A stretch, in one piece or in ``left`` pieces that are still under way."""

    stretch: Stretch
    left: int = 1
    gathered: Gathered = field(default_factory=Gathered)


def parse_apart(record: WebRecord, site: Site | None, seconds: float = SECONDS) -> Outcome:
    """Parse one record that lies in no archive, in a process of its own and within ``seconds``."""
    future = concurrent.process(context=get_context("fork"), timeout=seconds)(_parse_limited)(record, site)
    try:
        return cast(Outcome, future.result())
    except FutureTimeoutError:
        return failed(record, "timeout", f"not parsed within {seconds:g} seconds")
    except (ProcessExpired, MemoryError) as error:
        return failed(record, "crashed", f"the parser's process ended: {error or 'out of memory'}")


def _parse_limited(record: WebRecord, site: Site | None) -> Outcome:
    _limit_memory()
    return guarded(record, lambda: parse(record, site))


def _prepare(nice: int, parser: Parser | None) -> None:
    os.nice(nice)
    if parser is not None:
        fingerprint.hand_over(parser)
    # Ctrl-C goes to the whole group of processes; the parent decides what is still to be finished.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()
    _limit_memory()
    spare_collector()


def _limit_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    # The hard limit stays for programs that are started, see `documents.office`.
    resource.setrlimit(resource.RLIMIT_DATA, (DATA, resource.getrlimit(resource.RLIMIT_DATA)[1]))


def spare_collector() -> None:
    """Let the search for cyclic garbage pass over what is loaded for good, and begin more seldom: a document leaves
    hardly any, and going through the forms and divisions again and again took a twentieth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def available_cores() -> int:
    """How many workers this machine can keep busy."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
