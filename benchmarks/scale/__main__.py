"""What a report costs: bytes of archive and corpus, seconds of a core. The figures of docs/scale.md.

    python -m benchmarks.scale [--pages N] [--portals directory.csv]

Half of the pages are reports, each of an agency and year of its own. PostgreSQL is measured where the machine has a
server. ``--portals`` counts the hosts of a table with a column ``url`` and says how long they take at a polite pace.
"""

import argparse
import csv
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from archive.exchange import Exchange
from archive.folder import ArchiveFolder
from archive.index import Index
from archive.writer import ArchiveWriter
from benchmarks.pages import portal_page
from pipelines.corpus import Corpus
from pipelines.reparse import reparse
from tests.kit.postgres import postgres, programs

# Seconds from the end of one exchange to the start of the next, and how long an exchange takes.
PAUSE, EXCHANGE = 3.0, 0.5


def write_archive(folder: ArchiveFolder, pages: int) -> int:
    """Archive pages as a crawl does; the bytes of the files and their indexes."""
    folder.create()
    with ArchiveWriter(folder, info={"software": "benchmark"}, index=Index(folder)) as writer:
        for number in range(pages):
            body = portal_page(number)
            url = f"http://www.site{number % 50}.gov.cn/{number}.html"
            request = f"GET /{number}.html HTTP/1.1\r\nHost: www.site{number % 50}.gov.cn\r\n\r\n".encode()
            head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n" % len(
                body
            )
            writer.exchange(Exchange(url, "GET", datetime.now(UTC), "10.0.0.1", request, head + body))
    return sum(path.stat().st_size for path in folder.collection.rglob("*") if path.is_file())


def processor_seconds() -> float:
    """Of this process and all that it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def measure(name: str, folder: ArchiveFolder, place: Path | str, size: Callable[[Path | str], int]) -> None:
    before, begun = processor_seconds(), time.perf_counter()
    with Corpus.open(place, create=True) as corpus:
        done = reparse(folder, corpus, workers=2, everything=True)
        reports = len(corpus.reports())
    spent, seconds = processor_seconds() - before, time.perf_counter() - begun
    print(
        f"{name}: {done.records} records, {reports} reports in the corpus, {size(place) / reports:,.0f} bytes a report"
    )
    print(f"  re-parse: {spent / done.records * 1000:.1f} ms of a core a record (server apart), {seconds:.0f} s in all")


def size_in_sqlite(place: Path | str) -> int:
    return sum(file.stat().st_size for file in Path(place).parent.glob("corpus.sqlite*"))


def size_in_postgresql(place: Path | str) -> int:
    with psycopg.connect(str(place)) as connection:
        query = "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relnamespace = "
        row = connection.execute(query + "current_schema()::regnamespace").fetchone()
        return int(row[0]) if row else 0


def crawl_days(table: Path, pages: int) -> None:
    with table.open(encoding="utf-8-sig", newline="") as stream:
        hosts = Counter(urlsplit(row["url"]).hostname for row in csv.DictReader(stream) if row["url"])
    host_days = pages * (PAUSE + EXCHANGE) / 86400
    print(f"{hosts.total()} portals on {len(hosts)} hosts: at {pages} requests a portal, {PAUSE:g} s apart, in days:")
    for name, portals in (
        ("one after the other", hosts.total()),
        ("60 at a time", hosts.total() / 60),
        ("the host with most portals", max(hosts.values())),
        ("100 portals behind one address", 100),
    ):
        print(f"  {name}: {host_days * portals:.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale")
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--requests", type=int, default=600, help="requests a portal")
    parser.add_argument("--portals", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = ArchiveFolder(Path(scratch))
        written = write_archive(folder, asked.pages)
        print(f"archive: {written / asked.pages:,.0f} bytes a record of {len(portal_page(0)):,} bytes, index included")
        measure("SQLite", folder, Path(scratch) / "corpus.sqlite", size_in_sqlite)
        found = programs()
        with postgres(found) if found else nullcontext() as server:
            if server is not None:
                with server.place() as place:
                    measure("PostgreSQL", folder, place, size_in_postgresql)
    if asked.portals:
        crawl_days(asked.portals, asked.requests)


if __name__ == "__main__":
    main()
