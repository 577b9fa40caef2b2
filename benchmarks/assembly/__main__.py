"""What it adds to a re-parse to tell whose each report is and which version counts.

    python -m benchmarks.assembly [--versions N]

Re-parses an archive of report pages in the shape of real ones, each of an agency of its own, as `nianbao reparse` does;
stores N versions made from what was read (see `versions`) and assembles them. Counts CPU seconds: identification and
assembly against all the rest of the re-parse. Exits with 1 where they add more than SHARE to it.
"""

import argparse
import os
import resource
import sys
import tempfile
import time
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
from pipelines.corpus import Corpus
from pipelines.fingerprint import Parser
from pipelines.parse import parse
from pipelines.reparse import reparse
from pipelines.report import Report

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


def assembling(corpus: Corpus, count: int, read: list[Report]) -> tuple[float, int, int]:
    """CPU seconds a version to assemble, how many versions there were, and the megabytes that it took."""
    made, source = 0, versions(count, read)
    while batch := list(islice(source, _BATCH)):
        corpus.store_many(batch, Parser("benchmark", "", "", "", ""))
        made += len(batch)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.process_time()
    corpus.assemble()
    spent = time.process_time() - begun
    return spent / made, made, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.assembly")
    parser.add_argument("--versions", type=int, default=5000)
    count = parser.parse_args().versions
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        # What every re-parse takes once, starting a worker above all, is in both.
        whole = (reparsing(place, _PAGES) - reparsing(place, _FEW)) / (_PAGES - _FEW)
        folder = ArchiveFolder(place / f"{_FEW}")
        read = [outcome for record in records(folder) if isinstance(outcome := parse(record, None), Report)]
        identity = stages(ArchiveFolder(place / f"{_PAGES}"))["identity"] / _PAGES
        with Corpus.open(place / "made.sqlite", create=True) as corpus:
            assembly, made, grown = assembling(corpus, count, read)
    added = (identity + assembly) / (whole - identity - assembly)
    print(f"{1000 * identity:.2f} ms to identify a report, {1000 * assembly:.2f} ms to assemble one of {made} versions")
    print(f"of {1000 * whole:.2f} ms that a re-parse takes; assembling took {grown} MB more memory")
    print(f"identity and assembly add {added:.1%} to the rest (at most {SHARE:.0%})")
    return 0 if added <= SHARE else 1


if __name__ == "__main__":
    sys.exit(main())
