"""Parses every record that a crawl has stored, read back from the archive, and keeps the corpus up to date.

A Scrapy extension beside `Session`: what it hears of is a location in the archive, never a response, so that a live
crawl and a re-parse go the same way. Documents are parsed in worker processes and the corpus is written on a thread
of its own: neither holds the reactor.
"""

import asyncio
import logging
from collections import Counter, deque
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from scrapy import signals

from archive.record import Location
from config.errors import NianbaoError
from crawler.session import Session, record_stored
from pipelines import fingerprint
from pipelines.corpus import Corpus
from pipelines.parsed import Parsed
from pipelines.report import Failed, NotAReport, Report
from pipelines.workers import ParsePool

logger = logging.getLogger(__name__)

# A batch is one transaction. A fast crawl fills it; at a polite pace a page is in the corpus after a moment.
_BATCH = 50
_PATIENCE = 0.5  # seconds
# Batches under way per worker: enough that none waits.
_AHEAD = 2
# So far behind the crawl: where there are as many cores as processes it makes no difference.
_NICE = 5

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
        self._data = self._session.terms.folder
        self._waiting: deque[Location] = deque()
        self._under_way: dict[asyncio.Task[None], int] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="corpus")
        self._corpus: Corpus | None = None
        self._pool: ParsePool | None = None

    @classmethod
    def from_crawler(cls, crawler: Any) -> "Parsing":
        parsing = cls(crawler)
        # Which parser this is takes half a second to find out, and is remembered: now nothing waits for the reactor.
        fingerprint.parser()
        crawler.signals.connect(parsing._open, signal=signals.spider_opened)
        crawler.signals.connect(parsing._stored, signal=record_stored)
        parsing._session.end_after(parsing._close)
        return parsing

    @property
    def waiting(self) -> int:
        """Records that are archived and not yet parsed."""
        return len(self._waiting) + sum(self._under_way.values())

    async def _open(self) -> None:
        try:
            self._corpus = await self._apart(self._data.corpus)
        except NianbaoError as error:
            self._session.fail(error, "corpus_error")
            return
        workers = self._crawler.settings.getint("NIANBAO_WORKERS")
        self._pool = ParsePool(self._data.archive, workers=workers, nice=_NICE)

    def _stored(self, location: Location, url: str) -> None:
        if self._pool is not None:
            self._waiting.append(location)
            self._look()

    def _look(self) -> None:
        """Hand out what waits once it fills a batch, or has waited long enough."""
        if len(self._waiting) >= _BATCH:
            self._hand_out()
        elif self._waiting and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_PATIENCE, self._hand_out)

    def _hand_out(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        assert self._pool is not None
        while self._waiting and len(self._under_way) < _AHEAD * self._pool.workers:
            self._begin([self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))])

    def _begin(self, batch: list[Location]) -> None:
        assert self._pool is not None
        task = asyncio.ensure_future(self._take(self._pool, batch))
        self._under_way[task] = len(batch)
        task.add_done_callback(self._over)

    def _over(self, task: "asyncio.Task[None]") -> None:
        del self._under_way[task]
        self._look()

    async def _take(self, pool: ParsePool, batch: list[Location]) -> None:
        """Have a batch parsed and stored; what the process that did it could not bear is tried record by record."""
        address = self._corpus_open().address
        future = pool.submit_batch(address, batch)
        await asyncio.wait([asyncio.wrap_future(future)])
        try:
            for one in await self._apart(lambda: list(pool.taken(future, address, batch))):
                if isinstance(one, Location):
                    await self._take(pool, [one])
                else:
                    self._count(one)
                    self._crawler.signals.send_catch_log(record_parsed, parsed=one)
        except NianbaoError as error:
            self._waiting.clear()
            self._session.fail(error, "corpus_error")

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
        while self._waiting or self._under_way:
            self._hand_out()
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
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
