"""Walks one site after another in this process, and tells what came of each."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings

from config import clock
from config.errors import Incomplete, NianbaoError
from config.site import Site
from crawler.parsing import Parsing
from crawler.portals.found import Found
from crawler.session import Session
from crawler.spiders.annual_reports import AnnualReports


@dataclass(frozen=True, slots=True)
class Run:
    """One walk over one site.

    ``reason`` is why it ended (``finished``, ``shutdown``, ``max_pages`` …), ``error`` what stopped it.
    ``requests`` went to the network; ``outcomes`` counts what the stored records were; ``failed`` are (URL, reason) of
    documents that could not be read; ``blocked`` are hosts that were left alone, ``down`` those that gave no answer,
    each with the reason. ``findings`` counts those of the reports that were read, by severity; ``news`` how many of
    these reports are ``new`` at their address, say something else than before (``corrected``), or the same (``same``).
    ``id`` is the run's in the archive, ``attempt`` that of this process's part in it; ``max_pages`` is how far it was
    let go, ``addresses`` are the servers that it met, by host.
    """

    site: Site
    started: datetime
    ended: datetime
    reason: str
    error: NianbaoError | None = None
    found: Found | None = None
    requests: int = 0
    outcomes: Mapping[str, int] = field(default_factory=dict)
    failed: Sequence[tuple[str, str]] = ()
    blocked: Mapping[str, str] = field(default_factory=dict)
    down: Mapping[str, str] = field(default_factory=dict)
    robots: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    stats: Mapping[str, Any] = field(default_factory=dict)
    findings: Mapping[str, int] = field(default_factory=dict)
    news: Mapping[str, int] = field(default_factory=dict)
    id: str = ""
    attempt: str = ""
    max_pages: int = 0
    addresses: Mapping[str, str] = field(default_factory=dict)

    @property
    def interrupted(self) -> bool:
        """Whether a signal ended it."""
        return self.reason == "shutdown"


def walk(sites: Sequence[Site], settings: Settings) -> list[Run]:
    """Crawl ``sites`` one after the other. A signal ends the current one in good order and leaves out the rest.

    May be called once a process: Twisted's reactor does not start twice. Raises Incomplete where a second signal ended
    it at once.
    """
    process = AsyncCrawlerProcess(settings)
    runs: list[Run] = []
    task = asyncio.get_event_loop().create_task(_walk(process, sites, runs))
    task.add_done_callback(lambda _: _stop_reactor())
    process.start(stop_after_crawl=False)
    if not task.done():
        raise Incomplete("stopped at once; the same command goes on where it stopped")
    task.result()
    return runs


async def _walk(process: AsyncCrawlerProcess, sites: Sequence[Site], runs: list[Run]) -> None:
    for site in sites:
        run = await _walk_one(process, site)
        runs.append(run)
        if run.interrupted:
            return


async def _walk_one(process: AsyncCrawlerProcess, site: Site) -> Run:
    started = clock.now()
    crawler = process.create_crawler(AnnualReports)
    try:
        await process.crawl(crawler, site=site)
    except NianbaoError as error:
        return Run(site, started, clock.now(), "refused", error)
    return run_of(crawler, started)


def run_of(crawler: Crawler, started: datetime) -> Run:
    """The run of ``crawler`` as far as it has come. Raises UsageError where there was none."""
    session = Session.of(crawler)
    parsing = crawler.get_extension(Parsing)
    assert crawler.stats is not None
    return Run(
        site=session.site,
        started=started,
        ended=clock.now(),
        reason=session.reason,
        error=session.error,
        found=getattr(crawler.spider, "found", None),
        requests=session.requests,
        outcomes=dict(parsing.outcomes) if parsing else {},
        failed=tuple(parsing.failed) if parsing else (),
        blocked=dict(session.blocked),
        down=dict(session.down),
        robots=dict(session.robots),
        stats=dict(crawler.stats.get_stats()),
        findings=dict(parsing.findings) if parsing else {},
        news=dict(parsing.news) if parsing else {},
        id=session.run,
        attempt=session.attempt,
        max_pages=session.terms.max_pages,
        addresses=dict(session.addresses),
    )


def _stop_reactor() -> None:
    from twisted.internet import reactor

    if reactor.running:
        reactor.stop()
