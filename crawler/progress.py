"""Shows how a crawl gets on: a live line on a terminal, a line for each report and every ten seconds elsewhere."""

import sys
import time
from typing import Any

from rich.console import Console
from rich.status import Status
from scrapy import signals

from archive.record import Location
from crawler.parsing import Parsing, record_parsed
from crawler.session import Session, record_stored
from pipelines.parsed import Parsed
from pipelines.report import Report

SECONDS_BETWEEN_LINES = 10.0


class Progress:
    """A Scrapy extension that writes to standard error; the setting NIANBAO_PROGRESS turns it on."""

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler
        self._session = Session.of(crawler)
        self._console = Console(file=sys.stderr, highlight=False, markup=False, soft_wrap=True)
        self._status: Status | None = None
        self._stored = 0
        self._reports = 0
        self._said = time.monotonic()

    @classmethod
    def from_crawler(cls, crawler: Any) -> "Progress":
        progress = cls(crawler)
        if crawler.settings.getbool("NIANBAO_PROGRESS"):
            crawler.signals.connect(progress._start, signal=signals.spider_opened)
            crawler.signals.connect(progress._on_stored, signal=record_stored)
            crawler.signals.connect(progress._on_parsed, signal=record_parsed)
            crawler.signals.connect(progress._stop, signal=signals.spider_closed)
        return progress

    def _start(self) -> None:
        self._console.print(f"{self._session.site.name}: {self._session.site.home}")
        if self._console.is_terminal:
            self._status = self._console.status("")
            self._status.start()

    def _on_stored(self, location: Location, url: str) -> None:
        self._stored += 1
        self._show(url)

    def _on_parsed(self, parsed: Parsed) -> None:
        if not isinstance(parsed.outcome, Report):
            return
        for report in (parsed.outcome, *parsed.outcome.others):
            self._reports += 1
            agency = report.agency.name if report.agency else "agency unknown"
            self._console.print(f"  report: {agency} {report.year or 'year unknown'}  {parsed.record.url}")

    def _show(self, url: str) -> None:
        line = f"{self._stored} pages and files archived, {self._reports} reports read; {url}"
        if self._status is not None:
            self._status.update(line)
        elif time.monotonic() - self._said >= SECONDS_BETWEEN_LINES:
            self._said = time.monotonic()
            self._console.print(line)

    def _stop(self, reason: str) -> None:
        if self._status is not None:
            self._status.stop()
        parsing = self._crawler.get_extension(Parsing)
        left = f", {parsing.waiting} still to be read" if parsing and parsing.waiting else ""
        self._console.print(f"{self._session.site.name}: {self._stored} pages and files archived{left} ({reason})")
