"""How a re-parse grows with its records: the peak of memory of each process, and what is done by one process alone.

The records are small, so that a million of them are made and read in half an hour of processor time: nine pages in ten
are short notices, one is a report of an agency and year of its own. Each size is measured in processes of its own.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import NamedTuple

from archive.exchange import Exchange
from archive.folder import ArchiveFolder
from archive.index import Index
from archive.writer import ArchiveWriter
from benchmarks.accuracy.layouts import as_printed, page
from benchmarks.assembly.versions import bodies
from pipelines import fingerprint
from pipelines.corpus import Changes, Corpus
from pipelines.reparse import reparse
from tests.kit.postgres import postgres, programs
from tests.kit.reports.sample import SampleReport

WORKERS = 2
_AGENCY = "某某市某某局"
_YEARS = (2019, 2020, 2021, 2022, 2023)
_ONE_REPORT_IN = 10
_DRAWN = 40


class Measured(NamedTuple):
    """Bytes at the peak and processor seconds, of the ``workers`` together and of the process that hands out (``own``);
    ``assembling`` is the part of the latter that begins when all is parsed."""

    records: int
    worker_peak: int
    own_peak: int
    workers: float
    own: float
    assembling: float

    def speed_up(self, workers: int) -> float:
        """At most so many times faster than with one worker this is with ``workers``, each on a core of its own."""
        alone = max(self.workers, self.own - self.assembling) + self.assembling
        return alone / (max(self.workers / workers, self.own - self.assembling) + self.assembling)


def grow(place: Path, sizes: list[int], server: bool) -> list[Measured]:
    """Measure a first re-parse of each of ``sizes``, in SQLite and, with ``server``, in PostgreSQL; a line each."""
    found = programs() if server else None
    measured = []
    with postgres(found) if found else nullcontext() as running:
        for size in sizes:
            folder = ArchiveFolder(place / f"small-{size}")
            _write_archive(folder, size)
            measured.append(_measured("SQLite", folder, str(place / f"small-{size}.sqlite"), size))
            if running is not None:
                with running.place() as database:
                    _measured("PostgreSQL", folder, str(database), size)
    return measured


def _measured(database: str, folder: ArchiveFolder, corpus: str, size: int) -> Measured:
    command = [sys.executable, "-m", "benchmarks.reparse.growth", str(folder.data), corpus]
    done = Measured(*json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout))
    assert done.records == size, f"{done.records} of {size} records were parsed"
    each = 1000 / size
    print(
        f"{size:7} records, {database:10}: a worker {done.worker_peak / 2**20:.0f} MiB, the process that hands out "
        f"{done.own_peak / 2**20:.0f} MiB; a record {done.workers * each:.2f} ms in workers, "
        f"{(done.own - done.assembling) * each:.3f} ms to hand out, {done.assembling * each:.3f} ms to assemble: "
        f"2 workers are at most {done.speed_up(2):.2f} times one, 20 at most {done.speed_up(20):.1f}",
        flush=True,
    )
    return done


def _write_archive(folder: ArchiveFolder, count: int) -> None:
    folder.create()
    at = datetime.now(UTC)
    with ArchiveWriter(folder, info={"software": "benchmark"}, index=Index(folder)) as writer:
        for number, body in enumerate(_pages(count)):
            head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            url = f"http://h{number % 50}.example.gov.cn/{number}.html"
            writer.exchange(Exchange(url, "GET", at, None, b"GET / HTTP/1.1\r\n\r\n", head + body))


def _pages(count: int) -> Iterator[bytes]:
    names = [agency.name for agency in bodies()]
    reports = [_report(number) for number in range(_DRAWN)]
    for number in range(count):
        if number % _ONE_REPORT_IN:
            shown = f"<h1>公告</h1><p>会议第{number}次召开。</p>"
            yield f"<html><title>第{number}号</title><body>{shown}</body></html>".encode()
        else:
            which = number // _ONE_REPORT_IN
            name = names[which // len(_YEARS) % len(names)]
            yield reports[which % _DRAWN].replace(_AGENCY, name).encode()


def _report(number: int) -> str:
    year = _YEARS[number % len(_YEARS)]
    sample = SampleReport.drawn(_AGENCY, year, "2019" if year < 2021 else "2021", number)
    return page(sample, lambda rows: as_printed(rows, Random(number)))


class _Timed(Corpus):
    """A corpus that knows for how long its assembly kept the process busy."""

    assembling = 0.0

    def assemble(self, *, to_be_noted: bool = False) -> Changes:
        begun = time.process_time()
        try:
            return super().assemble(to_be_noted=to_be_noted)
        finally:
            self.assembling += time.process_time() - begun


def _measure(data: Path, place: str) -> Measured:
    """Re-parse the archive in ``data``."""
    # Told once a process, however many records there are.
    fingerprint.parser(), fingerprint.assembly()
    with _Timed.open(place, create=True) as corpus:
        begun = time.process_time()
        done = reparse(ArchiveFolder(data), corpus, workers=WORKERS)
        own = time.process_time() - begun
    theirs = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Measured(
        records=done.parsed,
        worker_peak=theirs.ru_maxrss * 1024,
        own_peak=_peak(),
        workers=theirs.ru_utime + theirs.ru_stime,
        own=own,
        assembling=corpus.assembling,
    )


def _peak() -> int:
    """Of this program's memory; what `getrusage` tells begins with the size of the process that started it."""
    [line] = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    print(json.dumps(_measure(Path(sys.argv[1]), sys.argv[2])))
