"""What it adds to a re-parse to tell whose each report is and which version counts.

    python -m benchmarks.assembly [--versions N] [--server]

Re-parses an archive of report pages in the shape of real ones, each of an agency of its own, as `nianbao reparse` does;
stores N versions made from what was read (see `versions`) and assembles them. Counts CPU seconds: identification and
assembly against all the rest of the re-parse. Exits with 1 where they add more than SHARE to it.

With ``--versions 200000`` it shows that a large corpus takes minutes, in memory bounded by the batch; with ``--server``
they are assembled in PostgreSQL (its own seconds are not counted, the clock's are).
"""

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from archive.exchange import Exchange
from archive.folder import ArchiveFolder
from archive.reader import records
from archive.writer import ArchiveWriter
from benchmarks.assembly.versions import bodies, versions
from benchmarks.speed.__main__ import stages
from benchmarks.speed.pages import AGENCY, pages
from pipelines import fingerprint
from pipelines.corpus import Corpus
from pipelines.fingerprint import Parser
from pipelines.parse import parse
from pipelines.reparse import reparse
from pipelines.report import Report
from pipelines.workers import spare_collector
from tests.kit.postgres import postgres, programs

SHARE = 0.10
_FEW, _PAGES = 20, 620
_BATCH = 100


def write_archive(folder: ArchiveFolder, count: int) -> None:
    with ArchiveWriter(folder, info={"software": "benchmark"}) as writer:
        for (number, body), agency in zip(enumerate(pages(count)), bodies(), strict=False):
            body = body.replace(AGENCY.encode(), agency.name.encode())
            path = f"/art/t20230120_{number}.html"
            head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
            request = f"GET {path} HTTP/1.1\r\nHost: www.c{agency.division}.gov.cn\r\n\r\n"
            url = f"http://www.c{agency.division}.gov.cn{path}"
            writer.exchange(Exchange(url, "GET", datetime.now(UTC), None, request.encode(), head.encode() + body))


def reparsing(place: Path, count: int) -> float:
    """CPU seconds of a re-parse of ``count`` pages, its worker's included."""
    folder = ArchiveFolder(place / f"{count}")
    write_archive(folder, count)
    with Corpus.open(place / f"{count}.sqlite", create=True) as corpus:
        begun = sum(os.times()[:4])
        done = reparse(folder, corpus, everything=True)
        spent = sum(os.times()[:4]) - begun
    assert done.reports == count, f"{done.reports} of {count} pages were read"
    return spent


@dataclass(frozen=True, slots=True)
class Assembled:
    """``cpu`` seconds of this process, ``elapsed`` by the clock; the peak of its memory, and what assembling added to
    it, in MB."""

    versions: int
    cpu: float
    elapsed: float
    peak: int
    grown: int


def assembling(corpus: Corpus, count: int, read: list[Report]) -> Assembled:
    """What it takes to assemble ``count`` versions and a few more."""
    made, source = 0, versions(count, read)
    while batch := list(islice(source, _BATCH)):
        corpus.store_many(batch, Parser("benchmark", "", "", "", ""))
        made += len(batch)
    # Told once a process, however much there is to assemble.
    fingerprint.assembly()
    before, cpu, begun = _peak(), time.process_time(), time.monotonic()
    corpus.assemble()
    cpu, elapsed = time.process_time() - cpu, time.monotonic() - begun
    return Assembled(made, cpu, elapsed, _peak(), _peak() - before)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


@contextmanager
def place_of_corpus(folder: Path, server: bool) -> Iterator[Path | str]:
    """Where the made versions are stored: a file, or a PostgreSQL of this run's own."""
    if not server:
        yield folder / "made.sqlite"
        return
    found = programs()
    if found is None:
        raise SystemExit("no PostgreSQL is installed")
    with postgres(found) as running, running.place() as url:
        yield url


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.assembly")
    parser.add_argument("--versions", type=int, default=5000)
    parser.add_argument("--server", action="store_true", help="assemble in PostgreSQL")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        # What every re-parse takes once, starting a worker above all, is in both.
        whole = (reparsing(place, _PAGES) - reparsing(place, _FEW)) / (_PAGES - _FEW)
        folder = ArchiveFolder(place / f"{_FEW}")
        read = [outcome for record in records(folder) if isinstance(outcome := parse(record, None), Report)]
        # The tables of names are read once a process, and its garbage is collected as in a worker.
        stages(folder)
        spare_collector()
        identity = stages(ArchiveFolder(place / f"{_PAGES}"))["identity"] / _PAGES
        with place_of_corpus(place, arguments.server) as where, Corpus.open(where, create=True) as corpus:
            done = assembling(corpus, arguments.versions, read)
    assembly = done.cpu / done.versions
    added = (identity + assembly) / (whole - identity - assembly)
    print(f"{1000 * identity:.2f} ms to identify a report, {1000 * assembly:.2f} ms to assemble a version")
    print(f"of {1000 * whole:.2f} ms that a re-parse takes")
    print(
        f"{done.versions} versions: {done.elapsed:.0f} s, at most {done.peak} MB, {done.grown} of them for assembling"
    )
    print(f"identity and assembly add {added:.1%} to the rest (at most {SHARE:.0%})")
    return 0 if added <= SHARE else 1


if __name__ == "__main__":
    sys.exit(main())
