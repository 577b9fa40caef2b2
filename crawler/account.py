"""Writes what a crawl came to into the archive: the last thing before the run's end.

The files of `crawler.journal` are for people, and can be thrown away. This account is what the history of the runs is
computed from: when a site is due, and whether something is wrong with it.
"""

from typing import Any

from scrapy import signals

from config import clock
from crawler.run import Run, run_of
from crawler.session import Session

# A broken portal has as many failures as pages; what is wrong is known from the first ones.
_MOST = 200


class Account:
    """A Scrapy extension beside `Session`, after `Parsing`: it tells of parsed documents. An offline crawl visits
    nobody, and leaves none."""

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler
        self._session = Session.of(crawler)
        self._started = clock.now()

    @classmethod
    def from_crawler(cls, crawler: Any) -> "Account":
        account = cls(crawler)
        crawler.signals.connect(account._opened, signal=signals.spider_opened)
        account._session.end_after(account._write)
        return account

    def _opened(self) -> None:
        self._started = clock.now()

    async def _write(self) -> None:
        if not self._session.is_open or self._session.error is not None or self._session.terms.offline:
            return
        account = account_of(run_of(self._crawler, self._started))
        account["scheduled"] = self._crawler.settings.getbool("NIANBAO_SCHEDULED")
        await self._session.store_account(account)


def account_of(run: Run) -> dict[str, Any]:
    """The account of ``run`` as JSON."""
    lines = run.found.lines() if run.found else []
    site: dict[str, Any] = next((line for line in lines if line["kind"] == "site"), {})
    counted = {name: value for name, value in run.stats.items() if name.startswith(("nianbao/", "downloader/"))}
    return {
        "event": "crawl",
        "site": run.site.name,
        "home": run.site.home,
        "run": run.id,
        "attempt": run.attempt,
        "started": f"{run.started:%Y-%m-%dT%H:%M:%SZ}",
        "ended": f"{run.ended:%Y-%m-%dT%H:%M:%SZ}",
        "reason": run.reason,
        "requests": run.requests,
        "max_pages": run.max_pages,
        "bytes": counted.get("downloader/response_bytes", 0),
        "outcomes": dict(run.outcomes),
        "news": dict(run.news),
        "findings": dict(run.findings),
        "failed": [{"url": url, "reason": reason} for url, reason in run.failed[:_MOST]],
        "blocked": dict(run.blocked),
        "down": dict(run.down),
        "robots": {host: {"verdict": verdict, "reason": why} for host, (verdict, why) in run.robots.items()},
        "addresses": dict(run.addresses),
        "counts": {name: value for name, value in sorted(counted.items()) if name.startswith("nianbao/")},
        "found": {name: value for name, value in site.items() if name not in ("kind", "site")},
        "lists": _bare(lines, "list"),
        "units": _bare(lines, "unit"),
        "lost": _bare(lines, "failed")[:_MOST],
        "lost_count": len(run.found.lost) if run.found else 0,
        "failed_count": len(run.failed),
    }


def _bare(lines: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in line.items() if name not in ("kind", "site")}
        for line in lines
        if line["kind"] == kind
    ]
