"""What archiving and parsing cost a crawl, against plain Scrapy without an archive, as ratios within one run.

    python -m benchmarks.recording [--pages N] [--many N]

One portal on loopback, in a process of its own; crawls without delay, in turns, each in a process of its own. Compares
pages a second, and the processor time of the crawler's process alone. Exits with 1 where a ratio is beyond its floor,
where the reactor was held for longer than HELD, where what has not changed takes space again, or where memory grows
with the pages.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from archive.folder import ArchiveFolder

MANNERS = ("plain", "recorded", "parsed")
ROUNDS = 3
SPEED = {"recorded": 0.9, "parsed": 0.4}  # pages a second, at least this share of plain Scrapy's
CPU = {"recorded": 1.25}  # processor time a page, at most so many times plain Scrapy's
HELD = 0.05  # seconds
# Of the first crawl's bytes. A revisit record and its request take some 1,000 bytes, each packed by itself: of a file
# that is 3 %, of a page that was packed to 8 KB it can't be; that share is printed.
UNCHANGED = 0.03
# Of the peak memory, from --pages to --many. The second crawl fills a whole WARC file, whose index is sorted in memory
# when it is closed; then nothing of ours grows. Half of what is allowed is Scrapy's own list of what it has seen.
GROWTH = 1.2

Account = dict[str, Any]


@contextmanager
def portal() -> Iterator[str]:
    """The address of the portal, served until the block ends."""
    command = [sys.executable, "-m", "benchmarks.recording.portal"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None and server.stdout is not None
        yield f"http://127.0.0.1:{int(server.stdout.readline())}/"
        server.stdin.close()


def crawl(manner: str, url: str, pages: int, data: str, kind: str = "page") -> Account:
    """One crawl into the folder ``data``."""
    command = [sys.executable, "-m", "benchmarks.recording.crawl", manner, url, str(pages), data, kind]
    account: Account = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    return account


def first_crawl(manner: str, url: str, pages: int) -> Account:
    """One crawl into an empty folder."""
    with tempfile.TemporaryDirectory() as data:
        return crawl(manner, url, pages, data)


def compare(url: str, pages: int) -> list[str]:
    """Crawl in all manners, in turns; what is beyond its floor."""
    turns = [{manner: first_crawl(manner, url, pages) for manner in MANNERS} for _ in range(ROUNDS)]
    beyond = []
    for manner in MANNERS:
        runs = [turn[manner] for turn in turns]
        speed = median(turn["plain"]["seconds"] / turn[manner]["seconds"] for turn in turns)
        cpu = median(turn[manner]["cpu"] / turn["plain"]["cpu"] for turn in turns)
        # Another process of the machine can only lengthen the longest wait: the shortest of them is ours.
        held = min(run["held"] for run in runs)
        rate = max(run["pages"] / run["seconds"] for run in runs)
        print(f"{manner:9} {rate:6.0f} pages/s  × {speed:.2f}   CPU × {cpu:.2f}   held {1000 * held:3.0f} ms")
        if speed < SPEED.get(manner, 0):
            beyond.append(f"{manner}: × {speed:.2f} of plain Scrapy's pages a second, at least {SPEED[manner]}")
        if cpu > CPU.get(manner, float("inf")):
            beyond.append(f"{manner}: × {cpu:.2f} of plain Scrapy's CPU a page, at most {CPU[manner]}")
        if manner != "plain" and held > HELD:
            beyond.append(f"{manner}: the reactor was held for {1000 * held:.0f} ms, at most {1000 * HELD:.0f}")
    return beyond


def compare_unchanged(url: str, pages: int) -> list[str]:
    """What a second crawl stores of what has not changed, as a share of the first one's bytes in WARC files."""
    beyond = []
    for kind in ("file", "page"):
        with tempfile.TemporaryDirectory() as data:
            folder, sizes = ArchiveFolder(Path(data)), [0]
            for _ in range(2):
                crawl("recorded", url, pages, data, kind)
                sizes.append(sum(folder.path(file).stat().st_size for file in folder.files()))
        first, second = sizes[1], sizes[2] - sizes[1]
        print(f"unchanged {kind}s: {second / pages:.0f} bytes each, {second / first:.1%} of {first / pages:.0f}")
        if kind == "file" and second > UNCHANGED * first:
            beyond.append(
                f"unchanged {kind}s: {second / first:.1%} of the first crawl's bytes, at most {UNCHANGED:.0%}"
            )
    return beyond


def compare_memory(url: str, pages: int, many: int) -> list[str]:
    """Whether the peak of a long crawl is that of a short one."""
    few, long = (first_crawl("recorded", url, number)["peak"] for number in (pages, many))
    print(f"peak memory {few / 2**20:.0f} MB for {pages} pages, {long / 2**20:.0f} MB for {many}")
    if long <= GROWTH * few:
        return []
    return [f"memory grew × {long / few:.2f} from {pages} to {many} pages, at most {GROWTH}"]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.recording")
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--many", type=int, default=10_000)
    options = parser.parse_args()
    with portal() as url:
        beyond = compare(url, options.pages) + compare_unchanged(url, options.pages)
        beyond += compare_memory(url, options.pages, options.many)
    for line in beyond:
        print(f"beyond the floor: {line}")
    return 1 if beyond else 0


if __name__ == "__main__":
    sys.exit(main())
