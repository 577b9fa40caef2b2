"""The archive through today's parser again: the corpus brought up to date, and what that changed in it."""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from itertools import groupby, islice
from typing import Any

from archive.cdxj import Capture
from archive.folder import ArchiveFolder
from archive.index import Index
from archive.reader import Damage, records
from archive.record import Location, WebRecord
from config.site import Site
from pipelines import fingerprint, history
from pipelines.corpus import Changes, Corpus
from pipelines.parse import is_document, parse
from pipelines.report import Failed, Report
from pipelines.workers import Parsed, ParsePool

# Records that one transaction stores. A killed run loses no more than these.
_BATCH = 100
# Records under way per worker: enough that none waits, few enough that memory stays flat.
_AHEAD = 8
SIGHTING = "seen again"

Progress = Callable[["Reparsed"], None]


@dataclass(slots=True)
class Reparsed:
    """What one run did.

    ``records`` were read: ``parsed`` of them, which gave ``reports``; ``current`` had been read by today's parser
    before; ``skipped`` by the reason are no documents. ``failures`` are (URL, code, reason) of what could not be read,
    ``damage`` is what the archive could not give, ``gone`` counts stored records that it no longer holds. ``changes``
    is there at the end.
    """

    records: int = 0
    parsed: int = 0
    reports: int = 0
    current: int = 0
    gone: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[str, str, str]] = field(default_factory=list)
    damage: list[Damage] = field(default_factory=list)
    changes: Changes = field(default_factory=Changes)

    def as_json(self) -> dict[str, Any]:
        return {
            "parser": str(fingerprint.parser()),
            "records": self.records,
            "parsed": self.parsed,
            "reports": self.reports,
            "current": self.current,
            "gone": self.gone,
            "skipped": dict(sorted(self.skipped.items())),
            "failures": [{"url": url, "code": code, "reason": reason} for url, code, reason in self.failures],
            "damage": [str(damage) for damage in self.damage],
            "changes": self.changes.as_json(),
        }


def reparse(
    folder: ArchiveFolder,
    corpus: Corpus,
    *,
    site_of: Callable[[str], Site | None] | None = None,
    workers: int = 1,
    everything: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Reparsed:
    """Parse the records of ``folder`` and bring ``corpus`` up to date.

    Without ``everything``, what today's parser has read already is passed over. With it, the corpus becomes what a new
    one would be: records that the archive no longer holds are dropped, unless a damage of their file may hide them.
    ``dry_run`` finds the same differences and undoes them. Documents are parsed in ``workers`` processes with the
    configured sites; with ``site_of``, in this process. Killed at any moment, the next run goes on.
    """
    done = Reparsed()
    with corpus.rehearsal() if dry_run else nullcontext():
        stored = corpus.known() if everything else set()
        current = frozenset[str]() if everything else frozenset(corpus.known(str(fingerprint.parser())))
        due = _due(folder, current, stored, done)
        for batch in _batches(_parsed(due, folder, site_of, workers)):
            corpus.store_many([(parsed.record, parsed.outcome) for parsed in batch], str(fingerprint.parser()))
            _count(batch, done)
            if progress is not None:
                progress(done)
        if everything:
            done.gone = _drop(corpus, stored, done)
        history.take_in(folder, corpus, everything=everything)
        done.changes = corpus.assemble()
    return done


def _due(folder: ArchiveFolder, current: frozenset[str], stored: set[str], done: Reparsed) -> Iterator[WebRecord]:
    """The records to parse or to note as seen again; takes them out of ``stored``."""
    passed = _pass_over(folder, current, done) if current else frozenset()
    for file in folder.files():
        if file in passed:
            continue
        for record in records(folder, file, on_damage=done.damage.append):
            if not _count_settled(record, current, done):
                stored.discard(record.location.record_id)
                yield record


def _pass_over(folder: ArchiveFolder, current: frozenset[str], done: Reparsed) -> frozenset[str]:
    """The finished files whose index names nothing that is due: they are counted by it and need no reading."""
    passed = set()
    for file, captures in groupby(Index(folder).all(), key=lambda capture: capture.location.file):
        tally = Reparsed()
        due = sum(not _count_settled(_head(capture), current, tally) for capture in captures)
        if not due and folder.final(file).is_file():
            passed.add(file)
            done.records += tally.records
            done.current += tally.current
            done.skipped += tally.skipped
    return frozenset(passed)


def _count_settled(record: WebRecord, current: frozenset[str], done: Reparsed) -> bool:
    """Count the record, and say whether there is nothing to do for it."""
    done.records += 1
    reason = skip_reason(record)
    if reason is not None:
        done.skipped[reason] += 1
    elif record.location.record_id in current:
        done.current += 1
    else:
        return False
    return True


def _head(capture: Capture) -> WebRecord:
    """What the index tells of a record."""
    return WebRecord(
        kind="revisit" if capture.is_revisit else "response" if capture.status else "resource",
        url=capture.url,
        captured=capture.captured,
        status=capture.status,
        headers=(),
        payload=b"",
        payload_digest=capture.digest,
        truncated=None,
        location=capture.location,
    )


def skip_reason(record: WebRecord) -> str | None:
    """Why ``record`` has no place in the corpus, or None: it is a document, or one that was seen again."""
    if is_document(record) or _is_sighting(record):
        return None
    if record.status not in (None, 200):
        return f"status {record.status}"
    return "robots.txt"


def _is_sighting(record: WebRecord) -> bool:
    """Whether a revisit says of a document that it was there again."""
    return record.kind == "revisit" and is_document(replace(record, kind="response"))


def _parsed(
    due: Iterator[WebRecord], folder: ArchiveFolder, site_of: Callable[[str], Site | None] | None, workers: int
) -> Iterator[Parsed]:
    if site_of is not None:
        for record in due:
            outcome = parse(record, site_of(record.url)) if is_document(record) else None
            yield Parsed(replace(record, payload=b""), outcome)
        return
    pool = ParsePool(folder, workers=workers)
    try:
        yield from _in_pool(due, pool, workers * _AHEAD)
    except BaseException:
        pool.stop()
        raise
    pool.close()


def _in_pool(due: Iterator[WebRecord], pool: ParsePool, ahead: int) -> Iterator[Parsed]:
    """Results in the order of the records, ``ahead`` of them under way."""
    waiting: deque[tuple[Parsed | Future[Parsed], Location]] = deque()
    while True:
        for record in islice(due, ahead - len(waiting)):
            head = Parsed(replace(record, payload=b""), None)
            waiting.append((pool.submit(record.location) if is_document(record) else head, record.location))
        if not waiting:
            return
        result, location = waiting.popleft()
        yield result if isinstance(result, Parsed) else pool.result_of(result, location)


def _batches(parsed: Iterator[Parsed]) -> Iterator[list[Parsed]]:
    while batch := list(islice(parsed, _BATCH)):
        yield batch


def _count(batch: list[Parsed], done: Reparsed) -> None:
    for record, outcome in batch:
        if outcome is None:
            done.skipped[SIGHTING] += 1
            continue
        done.parsed += 1
        if isinstance(outcome, Report):
            done.reports += 1 + len(outcome.others)
        elif isinstance(outcome, Failed):
            done.failures.append((record.url, outcome.code, outcome.reason))


def _drop(corpus: Corpus, missing: set[str], done: Reparsed) -> int:
    """Drop stored records that the archive no longer holds; those of a damaged file may still be there, and stay."""
    kept = corpus.ids_in({damage.file for damage in done.damage})
    gone = missing - kept
    corpus.drop(gone)
    return len(gone)
