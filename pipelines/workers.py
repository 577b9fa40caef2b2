"""Parsing in processes of its own: a document may take seconds, hang, or kill its process; the batch goes on."""

import ctypes
import logging
import os
import resource
import signal
import sys
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple, cast

from pebble import ProcessExpired, ProcessPool, concurrent

from archive.folder import ArchiveFolder
from archive.reader import read
from archive.record import Location, WebRecord
from config.load import load_sites, site_for
from config.site import Site
from pipelines.parse import is_document, parse
from pipelines.report import Failed, Outcome, Source

# A 4 MB page or a 300-page PDF stays far below both; what does not is broken or hostile.
SECONDS = 120.0
ADDRESS_SPACE = 4 << 30
_PR_SET_PDEATHSIG = 1  # linux/prctl.h

logger = logging.getLogger(__name__)


class Parsed(NamedTuple):
    """A record without its payload, and what was made of it; ``outcome`` is None where it is no document."""

    record: WebRecord
    outcome: Outcome | None


class ParsePool:
    """Parses archived records in ``workers`` processes, each record within ``seconds``.

    Ends a worker that takes longer (`Failed`, code ``timeout``) or that died (code ``crashed``) and starts another.
    Workers are spawned, not forked: the parent may have threads and a reactor.
    """

    def __init__(self, folder: ArchiveFolder, *, workers: int = 1, seconds: float = SECONDS) -> None:
        self.folder = folder
        self.seconds = seconds
        self._pool = ProcessPool(
            max_workers=workers,
            max_tasks=0,
            initializer=_prepare,
            initargs=(str(folder.data),),
            context=get_context("spawn"),
        )

    def submit(self, location: Location) -> "Future[Parsed]":
        """Parse the record at ``location``; the future's `result_of` gives a `Parsed` whatever happened."""
        return cast("Future[Parsed]", self._pool.schedule(_parse_location, args=[location], timeout=self.seconds))

    def result_of(self, future: "Future[Parsed]", location: Location) -> Parsed:
        """The result of a finished future; a worker's death or timeout becomes a `Failed` outcome.

        Raises `ArchiveError` where the record can't be read, and `CancelledError` after `stop`.
        """
        try:
            return future.result()
        except FutureTimeoutError:
            return self._failed(location, "timeout", f"not parsed within {self.seconds:g} seconds")
        except (ProcessExpired, MemoryError) as error:
            return self._failed(location, "crashed", f"the parser's process ended: {error or 'out of memory'}")

    def _failed(self, location: Location, code: str, reason: str) -> Parsed:
        record = read(self.folder, location)
        source = Source(record.url, record.header("Content-Type") or "application/octet-stream")
        return Parsed(replace(record, payload=b""), Failed(code, reason, source))

    def close(self) -> None:
        """Wait for everything that was submitted, then end the workers."""
        self._pool.close()
        self._pool.join()

    def stop(self) -> None:
        """End the workers at once; what was not finished is cancelled."""
        self._pool.stop()
        self._pool.join()


def parse_apart(record: WebRecord, site: Site | None, seconds: float = SECONDS) -> Outcome:
    """Parse one record that lies in no archive, in a process of its own and within ``seconds``."""
    source = Source(record.url, record.header("Content-Type") or "application/octet-stream")
    future = concurrent.process(context=get_context("fork"), timeout=seconds)(_parse_limited)(record, site)
    try:
        return cast(Outcome, future.result())
    except FutureTimeoutError:
        return Failed("timeout", f"not parsed within {seconds:g} seconds", source)
    except (ProcessExpired, MemoryError) as error:
        return Failed("crashed", f"the parser's process ended: {error or 'out of memory'}", source)


def _parse_limited(record: WebRecord, site: Site | None) -> Outcome:
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    return _parse_whatever(record, site)


_folder: ArchiveFolder
_sites: dict[str, Site]


def _prepare(data: str) -> None:
    global _folder, _sites
    # Ctrl-C goes to the whole group of processes; the parent decides what is still to be finished.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _end_with_parent()
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    _folder = ArchiveFolder(Path(data))
    _sites = load_sites()


def _end_with_parent() -> None:
    """Have the system end this process when its parent is killed (Linux; elsewhere the broken pipe does it)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _parse_location(location: Location) -> Parsed:
    record = read(_folder, location)
    head = replace(record, payload=b"")
    if not is_document(record):
        return Parsed(head, None)
    return Parsed(head, _parse_whatever(record, site_for(record.url, _sites)))


def _parse_whatever(record: WebRecord, site: Site | None) -> Outcome:
    try:
        return parse(record, site)
    except MemoryError:
        raise
    except Exception as error:
        # A fault of ours in one document must not end a batch of a million; it is counted and has its place.
        logger.exception("the parser failed", extra={"url": record.url})
        source = Source(record.url, record.header("Content-Type") or "application/octet-stream")
        return Failed("parser_fault", f"a fault of the parser: {type(error).__name__}: {error}", source)


def available_cores() -> int:
    """How many workers this machine can keep busy."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
