"""The archive through today's parser again: the corpus brought up to date, and what that changed in it."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from archive.folder import ArchiveFolder
from archive.reader import Damage, read
from archive.record import Location
from config.errors import ArchiveError
from pipelines import fingerprint
from pipelines.cluster import gather
from pipelines.corpus import Changes, Corpus
from pipelines.stretch import Gathered, Gatherer, SiteOf, Stretch, skip_reason
from pipelines.workers import ParsePool
from pipelines.workload import Workload

# Failures that are kept by name.
MOST_NAMED = 1000

Progress = Callable[["Reparsed"], None]


@dataclass(slots=True)
class Reparsed:
    """What one run did.

    ``records`` were there, ``total`` of them to be ``looked_at`` one by one: ``parsed`` gave ``reports``, by the stage
    in which that ``began``; ``current`` had nothing in them that has changed since they were parsed; ``skipped`` by the
    reason are no documents. ``failed`` counts by code what could not be read, and ``failures`` are (URL, code, reason)
    of so many of it that memory stays flat; ``damage`` is what the archive could not give, ``gone`` counts stored
    records that it no longer holds. ``changes`` is there at the end.
    """

    total: int = 0
    looked_at: int = 0
    records: int = 0
    parsed: int = 0
    reports: int = 0
    current: int = 0
    gone: int = 0
    began: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[str, str, str]] = field(default_factory=list)
    damage: list[Damage] = field(default_factory=list)
    changes: Changes = field(default_factory=Changes)

    def add(self, gathered: Gathered) -> None:
        """Take in what a stretch gave."""
        self.records += gathered.records
        self.parsed += gathered.parsed
        self.reports += gathered.reports
        self.current += gathered.current
        self.began += gathered.began
        self.skipped += gathered.skipped
        self.failed.update(code for _, code, _ in gathered.failures)
        self.failures += gathered.failures
        if len(self.failures) > 2 * MOST_NAMED:
            self.failures = sorted(self.failures)[:MOST_NAMED]
        self.damage += gathered.damage

    def named(self) -> list[tuple[str, str, str]]:
        """The first of the failures in the order of their URLs: the same ones, however many processes there were."""
        return sorted(self.failures)[:MOST_NAMED]

    def as_json(self) -> dict[str, Any]:
        return {
            "parser": str(fingerprint.parser()),
            "records": self.records,
            "parsed": self.parsed,
            "began": dict(sorted(self.began.items())),
            "reports": self.reports,
            "current": self.current,
            "gone": self.gone,
            "skipped": dict(sorted(self.skipped.items())),
            "failed": dict(sorted(self.failed.items())),
            "failures": [{"url": url, "code": code, "reason": reason} for url, code, reason in self.named()],
            "damage": sorted(str(damage) for damage in self.damage),
            "changes": self.changes.as_json(),
        }


def reparse(
    folder: ArchiveFolder,
    corpus: Corpus,
    *,
    site_of: SiteOf | None = None,
    workers: int = 1,
    cluster: str | None = None,
    everything: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Reparsed:
    """Parse what is due of the records of ``folder``, each from the first stage that changed, and bring ``corpus`` up
    to date.

    With ``everything``, nothing that is kept of earlier parses is used, and the corpus becomes what a new one would be:
    records that the archive no longer holds are dropped, unless a damage of their file may hide them. ``dry_run`` finds
    the same differences and undoes them. Documents are parsed in ``workers`` processes with the configured sites, or on
    the workers of the Dask scheduler at ``cluster``; with ``site_of``, in this process. Killed at any
    moment, the next run goes on.
    """
    done = Reparsed()
    parser = fingerprint.parser()
    with corpus.rehearsal() if dry_run else nullcontext():
        corpus.collect()
        if everything:
            corpus.unread()
        work = Workload(folder, corpus, everything=everything, rehearsed=dry_run)
        done.total = work.total
        passed = Gathered(records=work.records, current=work.current, skipped=work.skipped)
        done.add(passed)
        for stretch, gathered in _gathered(work.stretches(), folder, corpus, site_of, cluster or workers):
            corpus.take(gathered.rows, parser)
            work.settle(stretch, gathered)
            done.add(gathered)
            done.looked_at += gathered.parsed + gathered.current + gathered.skipped.total()
            if progress is not None:
                progress(done)
        gone = [place.record_id for place in corpus.left_unread() if not _may_be_there(folder, place, work.unfinished)]
        corpus.drop_gone(gone)
        done.gone = len(gone)
        corpus.outdate()
        corpus.assemble(to_be_noted=True)
        done.changes = corpus.note_run(parser, done.as_json())
    return done


def _may_be_there(folder: ArchiveFolder, place: Location, unfinished: Collection[str]) -> bool:
    """Whether a record that this run did not store is in the archive all the same: in a file that was not gone through
    to its end, or at its place, where another run has meanwhile marked it as to be read anew."""
    if place.file in unfinished:
        return True
    try:
        return skip_reason(read(folder, place)) is None
    except ArchiveError:
        return False


def _gathered(
    stretches: Iterator[Stretch], folder: ArchiveFolder, corpus: Corpus, site_of: SiteOf | None, workers: int | str
) -> Iterator[tuple[Stretch, Gathered]]:
    if site_of is not None:
        gatherer = Gatherer(folder, corpus, site_of)
        yield from ((stretch, gatherer.gather(stretch)) for stretch in stretches)
        return
    if isinstance(workers, str):
        yield from gather(workers, folder, corpus.address, stretches)
        return
    pool = ParsePool(folder, workers=workers)
    try:
        yield from pool.gather(corpus.address, stretches)
    except BaseException:
        pool.stop()
        raise
    pool.close()
