"""Parses every record that a crawl has stored, read back from the archive, and keeps the corpus up to date.

A Scrapy extension beside `Session`: what it hears of is a location in the archive, never a response, so that a live
crawl and a re-parse go the same way. Documents are parsed in worker processes and the corpus is written on a thread
of its own: neither holds the reactor.
"""

import asyncio
import gc
import logging
from collections import Counter, deque
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from scrapy import signals

from archive.record import Location
from config.errors import NianbaoError
from crawler.data import DataFolder
from crawler.session import Session, record_stored
from pipelines import fingerprint
from pipelines.corpus import Corpus
from pipelines.corpus.rows import Rows
from pipelines.parsed import Parsed
from pipelines.report import Failed, NotAReport, Report
from pipelines.stretch import skip_reason
from pipelines.workers import ParsePool

logger = logging.getLogger(__name__)

# Sent when a record was parsed and stored in the corpus, with ``parsed: Parsed``.
record_parsed = object()


class Parsing:
    """``outcomes`` counts what the records of this run were; ``failed`` are (URL, reason) of what could not be read.

    ``findings`` counts those of its reports by severity; ``news`` is how many of its reports are new, corrected or the
    same as before, known once the crawl has ended.
    """

    def __init__(self, crawler: Any) -> None:
        self.outcomes: Counter[str] = Counter()
        self.failed: list[tuple[str, str]] = []
        self.findings: Counter[str] = Counter()
        self.news: Counter[str] = Counter()
        self._read: list[str] = []
        self._crawler = crawler
        self._session = Session.of(crawler)
        self._data = DataFolder(self._session.terms.data, self._session.terms.corpus)
        self._tasks: set[asyncio.Task[None]] = set()
        self._ready: deque[Parsed] = deque()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="corpus")
        self._corpus: Corpus | None = None
        self._pool: ParsePool | None = None

    @classmethod
    def from_crawler(cls, crawler: Any) -> "Parsing":
        parsing = cls(crawler)
        crawler.signals.connect(parsing._open, signal=signals.spider_opened)
        crawler.signals.connect(parsing._stored, signal=record_stored)
        parsing._session.end_after(parsing._close)
        return parsing

    @property
    def waiting(self) -> int:
        """Records that are archived and not yet parsed."""
        return len(self._tasks)

    async def _open(self) -> None:
        try:
            self._corpus = await self._apart(self._prepare)
        except NianbaoError as error:
            self._session.fail(error, "corpus_error")
            return
        self._pool = ParsePool(self._data.archive, workers=self._crawler.settings.getint("NIANBAO_WORKERS"))

    def _prepare(self) -> Corpus:
        """Do what takes long before the crawl begins; runs on the corpus's thread."""
        fingerprint.parser()
        # What is loaded by now stays. A collection that goes through all of it holds the reactor for 0.2 s.
        gc.collect()
        gc.freeze()
        return self._data.corpus()

    def _stored(self, location: Location, url: str) -> None:
        if self._pool is not None:
            task = asyncio.ensure_future(self._parse(self._pool, location))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _parse(self, pool: ParsePool, location: Location) -> None:
        future = pool.submit(location)
        await asyncio.wait([asyncio.wrap_future(future)])
        try:
            parsed = pool.result_of(future, location)
            if skip_reason(parsed.record) is not None:
                return
            self._ready.append(parsed)
            await self._apart(self._store_ready)
        except NianbaoError as error:
            self._session.fail(error, "corpus_error")
            return
        self._count(parsed)
        self._crawler.signals.send_catch_log(record_parsed, parsed=parsed)

    def _store_ready(self) -> None:
        """Store what has been parsed so far, in one transaction; runs on the corpus's thread.

        Every record asks for it once it is ready, and finds nothing left to do where it went with another's."""
        batch = [self._ready.popleft() for _ in range(len(self._ready))]
        if batch:
            rows = Rows()
            for parsed in batch:
                rows.add(parsed.rows)
            self._corpus_open().take(rows, fingerprint.parser())

    def _count(self, parsed: Parsed) -> None:
        match parsed.outcome:
            case Report() as report:
                self.outcomes["report"] += 1 + len(report.others)
                for one in (report, *report.others):
                    self.findings.update(finding.severity for finding in one.findings)
                self._read.append(parsed.record.location.record_id)
            case NotAReport(code=code):
                self.outcomes[f"not_a_report/{code}"] += 1
            case Failed(code=code, reason=reason):
                self.outcomes[f"failed/{code}"] += 1
                self.failed.append((parsed.record.url, reason))

    async def _close(self) -> None:
        """Wait for the last documents, then let the reports be chosen anew."""
        if self._pool is None:
            return
        while self._tasks:
            await asyncio.wait(self._tasks)
        try:
            await self._apart(self._corpus_open().assemble)
            self.news.update(await self._apart(self._corpus_open().news, self._read))
        except NianbaoError as error:
            self._session.fail(error, "corpus_error")
        await self._apart(self._corpus_open().close)
        await self._apart(self._pool.close)
        self._thread.shutdown(wait=False)

    def _corpus_open(self) -> Corpus:
        assert self._corpus is not None
        return self._corpus

    async def _apart(self, work: Any, *arguments: Any) -> Any:
        """Do ``work`` on the corpus's own thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)
