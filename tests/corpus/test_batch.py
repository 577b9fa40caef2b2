"""Batches of records, parsed and stored by worker processes that are killed or given no time: none is lost."""

import os
import signal
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import wait
from pathlib import Path

import pytest

from archive.folder import ArchiveFolder
from archive.index import Index
from archive.record import Location
from archive.writer import ArchiveWriter
from pipelines.corpus import Corpus
from pipelines.parsed import Parsed
from pipelines.reparse import reparse
from pipelines.report import Failed
from pipelines.workers import ParsePool
from tests.corpus.test_reparse import AGENCY, exchange, json_of, page
from tests.corpus.test_reparse_workers import children
from tests.kit.reports.sample import SampleReport

COUNT = 12
BATCH = 4

Batches = list[list[Location]]


@pytest.fixture
def folder(tmp_path: Path) -> ArchiveFolder:
    folder = ArchiveFolder(tmp_path / "data")
    folder.create()
    return folder


@pytest.fixture
def batches(folder: ArchiveFolder) -> Batches:
    """Reports, and what has no place in the corpus at the end of the last batch."""
    with ArchiveWriter(folder, info={"software": "test"}, index=Index(folder)) as writer:
        places = [
            writer.exchange(exchange(f"http://a.example.gov.cn/{number}.html", page(sample), minute=number))
            for number in range(COUNT)
            for sample in [SampleReport.drawn(AGENCY, 2019 + number % 5, "2021", number)]
        ]
        places.append(writer.exchange(exchange("http://a.example.gov.cn/robots.txt", b"User-agent: *", minute=59)))
    return [places[start : start + BATCH] for start in range(0, COUNT, BATCH - 1)]


def test_corpus_is_that_of_a_reparse(folder: ArchiveFolder, batches: Batches, tmp_path: Path) -> None:
    """Also where a record comes twice, as in a run that goes on: the batches overlap."""
    with Corpus.open(tmp_path / "live.sqlite", create=True) as corpus:
        pool = ParsePool(folder, workers=2)
        taken = list(take_all(pool, corpus.address, batches))
        pool.close()
        assert not any(parsed.rows.records for parsed in taken), "what is stored goes through no pipe"
        assert len({parsed.record.url for parsed in taken}) == COUNT
        corpus.assemble()
        live = json_of(corpus)
    with Corpus.open(tmp_path / "again.sqlite", create=True) as corpus:
        reparse(folder, corpus, site_of=lambda url: None)
        assert json_of(corpus) == live


def test_records_that_get_no_time_are_stored_as_such(folder: ArchiveFolder, batches: Batches, tmp_path: Path) -> None:
    with Corpus.open(tmp_path / "corpus.sqlite", create=True) as corpus:
        pool = ParsePool(folder, workers=1, seconds=0.001)
        taken = list(take_all(pool, corpus.address, batches[:1]))
        pool.stop()
        stored = corpus.failures()
    assert [parsed.outcome.code for parsed in taken if isinstance(parsed.outcome, Failed)] == ["timeout"] * BATCH
    assert sorted(one["url"] for one in stored) == sorted(parsed.record.url for parsed in taken)


def test_killed_workers_lose_no_record(folder: ArchiveFolder, batches: Batches, tmp_path: Path) -> None:
    with Corpus.open(tmp_path / "corpus.sqlite", create=True) as corpus:
        pool = ParsePool(folder, workers=2)
        taken = list(take_all(pool, corpus.address, disturbed(batches)))
        pool.close()
        assert {parsed.record.url for parsed in taken} == {url for _, url in corpus.locations()}
        assert len({parsed.record.url for parsed in taken}) == COUNT
        ends = {parsed.outcome.code for parsed in taken if isinstance(parsed.outcome, Failed)}
        assert ends <= {"crashed"}


def take_all(pool: ParsePool, corpus: str, batches: Iterable[list[Location]]) -> Iterator[Parsed]:
    futures = deque((pool.submit_batch(corpus, batch), batch) for batch in batches)
    while futures:
        future, batch = futures.popleft()
        wait([future])
        for one in pool.taken(future, corpus, batch):
            if isinstance(one, Location):
                futures.append((pool.submit_batch(corpus, [one]), [one]))
            else:
                yield one


def disturbed(batches: Batches) -> Iterator[list[Location]]:
    """The batches; before the last is given all workers are killed, whatever they are doing."""
    for batch in batches:
        if batch is batches[-1]:
            time.sleep(1)
            for child in children():
                os.kill(child, signal.SIGKILL)
        yield batch
