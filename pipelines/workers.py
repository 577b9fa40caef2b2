"""Parsing in processes of its own: a document may take seconds, hang, or kill its process; the batch goes on."""

import resource
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from pebble import ProcessExpired, ProcessPool

from archive.folder import ArchiveFolder
from archive.reader import read
from archive.record import Location, WebRecord
from config.load import load_sites, site_for
from config.site import Site
from pipelines.parse import parse
from pipelines.report import Failed, Outcome, Source

# A 4 MB page or a 300-page PDF stays far below both; what does not is broken or hostile.
SECONDS = 120.0
ADDRESS_SPACE = 4 << 30


class Parsed(NamedTuple):
    """A record without its payload, and what was made of it."""

    record: WebRecord
    outcome: Outcome


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
        return self._pool.schedule(_parse_location, args=[location], timeout=self.seconds)

    def result_of(self, future: "Future[Parsed]", location: Location) -> Parsed:
        """The result of a finished future; a worker's death or timeout becomes a `Failed` outcome.

        Raises what the parser raised (a fault of ours) and `CancelledError` after `stop`.
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


_folder: ArchiveFolder
_sites: dict[str, Site]


def _prepare(data: str) -> None:
    global _folder, _sites
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    _folder = ArchiveFolder(Path(data))
    _sites = load_sites()


def _parse_location(location: Location) -> Parsed:
    record = read(_folder, location)
    outcome = parse(record, site_for(record.url, _sites))
    return Parsed(replace(record, payload=b""), outcome)


__all__ = ["CancelledError", "ParsePool", "Parsed"]
