"""How fast the archive is parsed, as ratios within one run.

    python -m benchmarks.speed [--pages N]

Writes N report pages in the shape of real ones into a WARC, reads them with one process each way, in turns, and
compares CPU seconds: our whole way from the record to the report, against warcio + trafilatura as it comes (which gives
text, and tables as text, but no cells), and against the floor that nobody gets below, gunzip + lxml; all of them with
the garbage collector set as in our workers. Then where our time goes, by stage. All of it twice: for the pages of a few
portals (see `pages`), and for pages of which no two share anything (see `strangers`), on which nothing helps that is
remembered. Exits with 1 where the ratio to warcio + trafilatura is below FLOOR for the former; a full re-parse of an
archive is to reach GOAL.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import lxml.html
import trafilatura
from warcio.archiveiterator import ArchiveIterator

from archive.exchange import Exchange
from archive.folder import ArchiveFolder
from archive.reader import records
from archive.writer import ArchiveWriter
from benchmarks.speed.pages import pages
from benchmarks.speed.strangers import strangers
from pipelines.documents import extract
from pipelines.forms import check, judge, read_forms, read_sections
from pipelines.identity import identify
from pipelines.parse import parse
from pipelines.report import Report
from pipelines.workers import spare_collector

FLOOR = 8.0
GOAL = 10.0
ROUNDS = 3


def write_archive(folder: ArchiveFolder, bodies: Iterable[bytes]) -> None:
    with ArchiveWriter(folder, info={"software": "benchmark"}) as writer:
        for number, body in enumerate(bodies):
            url = f"http://wsjkw.qingdao.gov.cn/n{number}/t20230120_{number}.html"
            head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
            request = f"GET /n{number}/t20230120_{number}.html HTTP/1.1\r\nHost: wsjkw.qingdao.gov.cn\r\n\r\n"
            writer.exchange(Exchange(url, "GET", datetime.now(UTC), None, request.encode(), head.encode() + body))


def ours(folder: ArchiveFolder) -> int:
    return sum(isinstance(parse(record, None), Report) for record in records(folder))


def warcio_and_trafilatura(folder: ArchiveFolder) -> int:
    return sum(bool(trafilatura.extract(payload)) for payload in _payloads(folder))


def gunzip_and_lxml(folder: ArchiveFolder) -> int:
    return sum(lxml.html.fromstring(payload) is not None for payload in _payloads(folder))


def _payloads(folder: ArchiveFolder) -> Iterator[bytes]:
    for name in folder.files():
        with folder.path(name).open("rb") as stream:
            for record in ArchiveIterator(stream):
                if record.rec_type == "response":
                    yield record.content_stream().read()


def cpu_seconds(work: Callable[[], int], expected: int) -> float:
    begun = time.process_time()
    done = work()
    assert done == expected, f"{done} of {expected} pages were read"
    return time.process_time() - begun


def stages(folder: ArchiveFolder) -> dict[str, float]:
    """CPU seconds by stage over all pages."""
    clock = Clock()
    archived = list(records(folder))
    clock.lap("read the record")
    for record in archived:
        document = extract(record.payload, url=record.url, content_type=record.header("Content-Type"))
        clock.lap("extract the document")
        reading = read_forms(document)
        clock.lap("read the forms")
        sections = read_sections(document)
        judge(document, reading, sections)
        clock.lap("sections, judgement")
        identity = identify(document, url=record.url, captured=record.captured, site=None, sections=sections)
        clock.lap("identity")
        check(reading, sections, identity)
        clock.lap("rules")
    return clock.spent


class Clock:
    """CPU seconds by stage, from one `lap` to the next."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self._last = time.process_time()

    def lap(self, stage: str) -> None:
        now = time.process_time()
        self.spent[stage] = self.spent.get(stage, 0.0) + now - self._last
        self._last = now


def compare(name: str, turns: Sequence[Sequence[bytes]]) -> float:
    """Prints how the ways compare on the pages of each turn, of which the first is not counted: imports, compiled
    patterns and caches are paid once in a million records. The answer is how many times warcio + trafilatura ours is.
    """
    count = len(turns[0])
    ways = {"ours": ours, "warcio + trafilatura": warcio_and_trafilatura, "gunzip + lxml": gunzip_and_lxml}
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    for number, bodies in enumerate(turns):
        with tempfile.TemporaryDirectory() as scratch:
            folder = ArchiveFolder(Path(scratch))
            write_archive(folder, bodies)
            if number == len(turns) - 1:
                spent = stages(folder)
                continue
            for way, work in ways.items():
                if number or way == "ours":
                    seconds[way].append(cpu_seconds(lambda work=work, folder=folder: work(folder), count))
    seconds["ours"].pop(0)
    best = {way: min(times) for way, times in seconds.items()}
    ratio = best["warcio + trafilatura"] / best["ours"]
    print(f"{name}, {sum(map(len, turns[0])) / count / 1000:.0f} KB on average:")
    for way, least in best.items():
        print(f"  {way:20} {count / least:8.1f} documents a second and core")
    print(
        f"  ours is {ratio:.1f} times warcio + trafilatura (at least {FLOOR:g}; {GOAL / ratio:.1f} times to {GOAL:g})"
    )
    print(f"  ours takes {best['ours'] / best['gunzip + lxml']:.1f} times the floor, gunzip + lxml")
    for stage, time_spent in spent.items():
        print(f"    {stage:20} {time_spent / sum(spent.values()):6.1%}  {1000 * time_spent / count:6.2f} ms")
    return ratio


def _apart(bodies: list[bytes], count: int) -> list[list[bytes]]:
    return [bodies[at : at + count] for at in range(0, len(bodies), count)]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed")
    parser.add_argument("--pages", type=int, default=120)
    count = parser.parse_args().pages
    spare_collector()
    ratio = compare("Pages of a few portals", [list(pages(count))] * (ROUNDS + 2))
    compare("Pages of which no two share a template or a table", _apart(list(strangers(count * (ROUNDS + 2))), count))
    return 0 if ratio >= FLOOR else 1


if __name__ == "__main__":
    sys.exit(main())
