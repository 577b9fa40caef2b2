"""How fast an archive is checked: seconds for a gigabyte of records, counted before compression.

    python -m benchmarks.archive [--megabytes N]

Writes pages of about 35 KB with their requests into WARC files of the usual size and runs ``verify`` on them, in as
many processes as there are processors. Exits with 1 where a gigabyte takes longer than SECONDS.
"""

import argparse
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from archive.exchange import Exchange
from archive.folder import ArchiveFolder
from archive.verify import verify
from archive.writer import ArchiveWriter
from benchmarks.pages import portal_page

SECONDS = 20.0
# So many pages differ; behind them they come again, each with a mark of its own.
_DRAWN = 500


def write_archive(folder: ArchiveFolder, size: int) -> int:
    """Fill ``folder`` with at least ``size`` bytes of HTTP messages; how many there are."""
    drawn = [portal_page(number) for number in range(_DRAWN)]
    written = number = 0
    with ArchiveWriter(folder, info={"software": "benchmark"}) as writer:
        while written < size:
            body = drawn[number % _DRAWN] + b"<!-- %d -->" % number
            request = b"GET /%d.html HTTP/1.1\r\nHost: www.example.gov.cn\r\n\r\n" % number
            head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body)
            url = f"http://www.example.gov.cn/{number}.html"
            writer.exchange(Exchange(url, "GET", datetime.now(UTC), None, request, head + body))
            written += len(request) + len(head) + len(body)
            number += 1
    return written


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.archive")
    parser.add_argument("--megabytes", type=int, default=1000)
    with tempfile.TemporaryDirectory() as scratch:
        folder = ArchiveFolder(Path(scratch))
        written = write_archive(folder, parser.parse_args().megabytes * 1_000_000)
        begun = time.perf_counter()
        found = verify(folder)
        seconds = (time.perf_counter() - begun) * 1e9 / written
    for problem in found.problems:
        print(f"a sound archive has a problem: {problem}")
    print(f"{found.records} records in {found.files} files: {seconds:.1f} s a gigabyte (at most {SECONDS:g})")
    return 0 if seconds <= SECONDS and not found.problems else 1


if __name__ == "__main__":
    sys.exit(main())
