"""Carries out a call of `run-due`: crawls what is due, and writes down the attempts that left no trace themselves."""

import gc
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

from scrapy.settings import Settings

from config import clock
from config.errors import NianbaoError
from config.schedule import Schedule
from config.site import Site
from crawler import terms
from crawler.data import DataFolder
from crawler.operate.batch import Batch, Ended
from crawler.operate.ledger import Ledger
from crawler.operate.plan import Call, printed
from crawler.operate.visit import visit
from pipelines import fingerprint
from pipelines.history import CRAWL, FAILED_ATTEMPT, Attempt, attempts, take_in

# Lines of a child's log that are kept with the attempt that left no account.
_LAST_WORDS = 5

_CODES = {0: "done", 1: "fault", 2: "wrong_usage", 3: "incomplete", 4: "archive_error", 5: "refused"}


def crawl_due(
    data: DataFolder,
    done: Call,
    sites: Mapping[str, Site],
    schedule: Schedule,
    settings: Settings,
    history: Mapping[str, Sequence[Attempt]],
) -> None:
    """Crawl what the plan of ``done`` says to be due; ``settings`` are those of the crawls.

    Raises UsageError where a real portal is due and there is no contact.
    """
    wanted = [sites[one.site] for one in done.plan if one.due]
    for site in wanted:
        terms.of(settings, site)
    # The children are forked: what is loaded and computed here is there already.
    fingerprint.parser()
    gc.collect()
    gc.freeze()
    batch = Batch(
        lambda site, pipe: visit(data, site, settings, pipe),
        data.logs,
        parallel=schedule.parallel,
        site_seconds=schedule.hours_per_site * 3600,
        call_seconds=schedule.hours_per_call * 3600,
        known={name: _met(made) for name, made in history.items()},
    )
    with Ledger(data.archive) as ledger:
        done.left = [site.name for site in batch.run(wanted, partial(_ended, data, done, ledger))]
    done.interrupted = batch.interrupted


def _ended(data: DataFolder, done: Call, ledger: Ledger, ended: Ended) -> None:
    """Keep what came of a crawl, and write down that it was tried where it did not say so itself."""
    done.visits.append(ended)
    if ended.outcome in ("held", "busy"):
        return
    begun = clock.now() - timedelta(seconds=ended.seconds + 1)
    try:
        last = _last(data, ended.site)
        if last is not None and last.started >= begun and last.event:
            done.attempts[ended.site] = last
            return
        known = last if last is not None and last.started >= begun else None
        ledger.note(
            FAILED_ATTEMPT,
            site=ended.site,
            attempt=known.id if known else None,
            started=printed(known.started if known else begun),
            ended=printed(clock.now()),
            reason=_reason(ended),
            code=ended.code,
            log=_last_words(ended.log),
        )
        if (told := _last(data, ended.site)) is not None:
            done.attempts[ended.site] = told
    except NianbaoError as error:
        # A full disk, most likely. What is already begun goes on as far as it can, and the call says so at its end.
        done.troubles.append(str(error))


def _last(data: DataFolder, site: str) -> Attempt | None:
    with data.corpus() as corpus:
        take_in(data.archive, corpus)
        return next(reversed(attempts(corpus, site).get(site, [])), None)


def _reason(ended: Ended) -> str:
    if ended.outcome in ("time_limit", "interrupted"):
        return ended.outcome
    if ended.code < 0:
        with suppress(ValueError):
            return f"killed by {signal.Signals(-ended.code).name}"
        return f"killed by signal {-ended.code}"
    return _CODES.get(ended.code, f"exit code {ended.code}") if ended.outcome == "done" else "crashed"


def _last_words(log: Path) -> list[str]:
    with suppress(OSError):
        return log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST_WORDS:]
    return []


def _met(made: Sequence[Attempt]) -> set[str]:
    """The servers that the last crawl of a site met, also those of hosts that its file does not name."""
    told = next((one.told for one in reversed(made) if one.event == CRAWL), {})
    return set(map(str, told.get("addresses", {}).values()))
