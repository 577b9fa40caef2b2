"""A re-parse in worker processes: any number of them, killed or hanging at any moment, comes to the same corpus."""

import json
import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.folder import ArchiveFolder
from archive.index import Index
from archive.reader import records
from archive.writer import ArchiveWriter
from pipelines import closure, fingerprint
from pipelines.corpus import Corpus
from pipelines.fingerprint import Parser
from pipelines.reparse import reparse
from pipelines.stretch import Stretch
from pipelines.workers import ParsePool
from tests.corpus.test_reparse import AGENCY, exchange, json_of, page
from tests.kit.reports.sample import SampleReport

KILLS = int(os.environ.get("NIANBAO_KILLS", "3"))
COUNT = 24


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> ArchiveFolder:
    """Reports in several files."""
    folder = ArchiveFolder(tmp_path_factory.mktemp("archived"))
    folder.create()
    for part in range(3):
        with ArchiveWriter(folder, info={"software": "test"}, index=Index(folder)) as writer:
            for number in range(part * COUNT // 3, (part + 1) * COUNT // 3):
                sample = SampleReport.drawn(AGENCY, 2019 + number % 5, "2019" if number % 5 < 2 else "2021", number)
                url = f"http://h{number // 5}.example.gov.cn/{number}.html"
                writer.exchange(exchange(url, page(sample), minute=number))
    return folder


@pytest.fixture(scope="module")
def expected(archived: ArchiveFolder, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The corpus of one process that nobody disturbs."""
    with Corpus.open(tmp_path_factory.mktemp("expected") / "corpus.sqlite", create=True) as corpus:
        reparse(archived, corpus, site_of=lambda url: None)
        assert len(corpus.reports()) > 4
        return json_of(corpus)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "corpus.sqlite"


def command(folder: ArchiveFolder, place: Path, workers: int) -> list[str]:
    program = textwrap.dedent(
        f"""
        from pathlib import Path
        import pipelines.workload as workload
        from archive.folder import ArchiveFolder
        from pipelines.corpus import Corpus, assemble, placement
        from pipelines.reparse import reparse
        workload._RECORDS, assemble._BATCH, placement._BATCH = 2, 2, 3
        if __name__ == "__main__":
            with Corpus.open(Path({str(place)!r}), create=True) as corpus:
                reparse(ArchiveFolder(Path({str(folder.data)!r})), corpus, workers={workers})
        """
    )
    return [sys.executable, "-c", program]


def test_killed_at_any_moment_it_goes_on_to_the_same_corpus(
    archived: ArchiveFolder, expected: str, place: Path
) -> None:
    """The run is killed with all that it is doing; its workers end with it."""
    rng = random.Random(7)
    for _ in range(KILLS):
        child = subprocess.Popen(command(archived, place, 2))
        time.sleep(rng.uniform(1.0, 4.0))
        child.send_signal(signal.SIGKILL)
        child.wait(timeout=30)
        if place.exists():
            with Corpus.open(place, create=True) as corpus:
                # What can be read is whole: no report without its versions, its record and its parser.
                assert all(one["versions"] and one["parser"] and one["record"]["file"] for one in corpus.full_reports())
    subprocess.run(command(archived, place, 2), check=True, timeout=200)
    with Corpus.open(place) as corpus:
        assert json_of(corpus) == expected


def test_workers_are_told_which_parser_they_are(archived: ArchiveFolder) -> None:
    pool = ParsePool(archived, workers=2)
    try:
        assert pool._pool.schedule(told).result() == (fingerprint.parser(), 0)
    finally:
        pool.stop()


def told() -> tuple[Parser, int]:
    """Today's parser, and how much of the source was read for it."""
    return fingerprint.parser(), closure._module.cache_info().currsize


def test_killed_workers_cost_time_alone(archived: ArchiveFolder, expected: str, place: Path) -> None:
    with Corpus.open(place, create=True) as corpus:
        pool = ParsePool(archived, workers=2)
        files = [(file, tuple(places(archived, file))) for file in archived.files()]
        stretches = [Stretch(file, offsets, 0, None) for file, offsets in files]
        found = list(pool.gather(corpus.address, disturbed(iter(stretches))))
        pool.close()
        assert {stretch for stretch, _ in found} == set(stretches)
        assert sum(gathered.parsed for _, gathered in found) == COUNT
        crashed = [code for _, gathered in found for _, code, _ in gathered.failures]
        assert set(crashed) <= {"crashed"}
    with Corpus.open(place) as corpus:
        reparse(archived, corpus, workers=2)
        assert json_of(corpus) == expected


def test_workers_that_are_killed_with_nothing_to_do_are_started_anew(archived: ArchiveFolder, place: Path) -> None:
    """As that of a machine in a cluster between two of its tasks."""
    first, second, *_ = [Stretch(file, tuple(places(archived, file)), 0, None) for file in archived.files()]
    with Corpus.open(place, create=True) as corpus:
        pool = ParsePool(archived)
        [(_, gathered)] = pool.gather(corpus.address, iter([first]))
        killed = children()
        for child in killed:
            os.kill(child, signal.SIGKILL)
        while pool._pool.active and not set(children()) - set(killed):
            time.sleep(0.01)
        [(_, again)] = pool.gather(corpus.address, iter([second]))
        pool.close()
    assert gathered.records == again.records == COUNT // 3


def places(folder: ArchiveFolder, file: str) -> list[int]:
    return sorted(record.location.offset for record in records(folder, file))


def disturbed(stretches: Iterator[Stretch]) -> Iterator[Stretch]:
    """The stretches; before the last is given all workers are killed, whatever they are doing."""
    for number, stretch in enumerate(stretches):
        if number == 2:
            time.sleep(3)
            for child in children():
                os.kill(child, signal.SIGKILL)
        yield stretch


def children() -> list[int]:
    """Worker processes that this one has spawned."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                status = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                line = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if int(status[1]) == os.getpid() and b"spawn_main" in line:
                found.append(int(entry.name))
    return found


def test_document_that_takes_too_long_fails_alone(archived: ArchiveFolder, place: Path) -> None:
    """A page that is made to take long stands among others in one stretch; all but it are read."""
    folder = ArchiveFolder(place.parent)
    folder.create()
    paragraphs = "<p>一、政府信息公开</p>" * 250_000
    slow = f"<html><body>{'<div>' * 200}{paragraphs}</body></html>"
    with ArchiveWriter(folder, info={"software": "test"}, index=Index(folder)) as writer:
        for number in range(4):
            sample = SampleReport.drawn(AGENCY, 2019 + number, "2021", number)
            writer.exchange(exchange(f"http://a.example.gov.cn/{number}.html", page(sample), minute=number))
        writer.exchange(exchange("http://a.example.gov.cn/slow.html", slow.encode(), minute=9))
    with Corpus.open(place, create=True) as corpus:
        pool = ParsePool(folder, workers=1, seconds=6.0)
        (file,) = folder.files()
        ((_, gathered),) = pool.gather(corpus.address, iter([Stretch(file, tuple(places(folder, file)), 0, None)]))
        pool.close()
    told = [(url.rpartition("/")[2], code) for url, code, _ in gathered.failures]
    assert gathered.parsed == 5 and gathered.records == 5
    assert told in ([("slow.html", "timeout")], []), json.dumps(told)
    assert gathered.reports >= 4
