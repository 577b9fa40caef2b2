"""A stretch of a WARC file, parsed: the piece of work that is handed to a process, here or on another machine.

What the corpus keeps of its records is read there, and what they give is stored from there: between processes go counts
alone, and who hands out the work can serve any number of them.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial

from archive.folder import ArchiveFolder
from archive.reader import Damage, Reader
from archive.record import WebRecord
from config.errors import ArchiveError
from config.load import load_sites, site_for
from config.site import Site
from pipelines import fingerprint
from pipelines.corpus import Corpus
from pipelines.corpus.kept import Readings, Stored, checked_rows, kept_of, tried_again
from pipelines.corpus.rows import ORIGINAL_MISSING, Rows, rows_of
from pipelines.documents.packed import unpack
from pipelines.fingerprint import Stage
from pipelines.parse import Kept, is_document, of_crawler, parse
from pipelines.parsed import Parsed, guarded, parse_anew
from pipelines.report import Failed, Outcome, Report

SIGHTING = "seen again"
# Failures that another time may not bring again: a new parser reads the record from its start.
_ACCIDENTS = frozenset(("timeout", "crashed", "parser_fault"))

SiteOf = Callable[[str], Site | None]


@dataclass(frozen=True, slots=True)
class Stretch:
    """The records of ``file`` that begin at ``start`` or behind it, before ``end`` (None: up to the end of the file).

    ``offsets`` are those that are known, at which it may be cut. ``known``: what the corpus does not know of the file
    is no document, so that only what is stale is looked at. ``everything``: nothing that is kept is used.
    ``rehearsed``: what it gives is sent back and not stored.
    """

    file: str
    offsets: tuple[int, ...]
    start: int
    end: int | None
    known: bool = False
    everything: bool = False
    rehearsed: bool = False

    def singles(self) -> Iterator["Stretch"]:
        """The same records, each in a stretch of its own."""
        begins = (self.start, *(offset for offset in self.offsets if offset > self.start))
        for start, end in zip(begins, (*begins[1:], self.end), strict=True):
            yield replace(self, offsets=(start,), start=start, end=end)


@dataclass(slots=True)
class Gathered:
    """What a stretch gave: the ``rows`` that are still to be stored, and what people want to know of it (see
    `Reparsed`)."""

    rows: Rows = field(default_factory=Rows)
    records: int = 0
    parsed: int = 0
    reports: int = 0
    current: int = 0
    began: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[str, str, str]] = field(default_factory=list)
    damage: list[Damage] = field(default_factory=list)

    def add(self, other: "Gathered") -> None:
        self.rows.add(other.rows)
        for name in ("records", "parsed", "reports", "current"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.began += other.began
        self.skipped += other.skipped
        self.failures += other.failures
        self.damage += other.damage

    def count(self, url: str, outcome: Outcome | None, stage: Stage) -> None:
        """Take in what the parse of one record from ``stage`` on came to."""
        if outcome is None:
            self.skipped[SIGHTING] += 1
            return
        self.parsed += 1
        self.began[stage.name.lower()] += 1
        if isinstance(outcome, Report):
            self.reports += 1 + len(outcome.others)
        elif isinstance(outcome, Failed):
            self.failures.append((url, outcome.code, outcome.reason))


def parse_stretch(folder: ArchiveFolder, corpus: str, stretch: Stretch) -> Gathered:
    """Parse a stretch and store what it gives in the corpus (a file or URL), in one transaction; what comes back has no
    rows, unless the stretch is ``rehearsed``.

    Raises ArchiveError and CorpusUnusable. It may take long, hang or end its process, as documents do: who can't afford
    that leaves it to `ParsePool`.
    """
    gatherer = _opened(folder, corpus)
    gathered = gatherer.gather(stretch)
    if not stretch.rehearsed:
        gatherer.corpus.take(gathered.rows, gatherer.parser)
        gathered.rows = Rows()
    return gathered


@lru_cache(maxsize=1)
def _opened(folder: ArchiveFolder, corpus: str) -> "Gatherer":
    sites = load_sites()
    return Gatherer(folder, Corpus.open(corpus), lambda url: site_for(url, sites))


def skip_reason(record: WebRecord) -> str | None:
    """Why ``record`` has no place in the corpus, or None: it is a document, or one that was seen again."""
    if is_document(record) or _is_sighting(record):
        return None
    if record.status not in (None, 200):
        return f"status {record.status}"
    return "of a crawler itself" if of_crawler(record) else "robots.txt"


def _is_sighting(record: WebRecord) -> bool:
    """Whether a revisit says of a document that it was there again."""
    return record.kind == "revisit" and is_document(replace(record, kind="response"))


@dataclass(frozen=True, slots=True)
class _Due:
    """A stored record that is to be parsed again from ``stage`` on, and what there is to begin with."""

    stored: Stored
    stage: Stage
    readings: Readings | None
    document: bytes | None


class Gatherer:
    """Parses stretches of one archive, with what one corpus keeps of it."""

    def __init__(self, folder: ArchiveFolder, corpus: Corpus, site_of: SiteOf) -> None:
        self._reader = Reader(folder)
        self.corpus = corpus
        self._site_of = site_of
        self.parser = fingerprint.parser()

    def gather(self, stretch: Stretch) -> Gathered:
        """See `parse_stretch`."""
        gathered = Gathered()
        at = stretch.offsets if stretch.known else None
        stored = self.corpus.stored_in(stretch.file, stretch.start, stretch.end, at)
        due = self._due(stored, stretch)
        if stretch.known:
            for one in sorted(due.values(), key=lambda one: one.stored.head.location.offset):
                self._again(one, partial(self._load, one, stretch, gathered), gathered)
            return gathered
        for record in self._reader.records(stretch.file, gathered.damage.append, stretch.start, stretch.end):
            gathered.records += 1
            record_id = record.location.record_id
            reason = skip_reason(record)
            if reason is not None:
                gathered.skipped[reason] += 1
                if record_id in stored:
                    gathered.rows.dropped.append(record_id)
            elif record_id in stored and not _is_as_stored(record, stored[record_id]):
                self._store(parse_anew(record, self._site_of(record.url)), None, Stage.DOCUMENT, gathered)
            elif record_id in due:
                self._again(due[record_id], partial(_itself, record), gathered)
            elif record_id in stored:
                gathered.current += 1
            else:
                self._store(parse_anew(record, self._site_of(record.url)), None, Stage.DOCUMENT, gathered)
        return gathered

    def _due(self, stored: dict[str, Stored], stretch: Stretch) -> dict[str, _Due]:
        first: dict[str, Stage] = {}
        lacking = tried_again()
        for record_id, one in stored.items():
            if stretch.everything or one.parser is None or one.code in lacking:
                first[record_id] = Stage.DOCUMENT
            elif (stage := self.parser.first_changed(one.parser)) is not None:
                first[record_id] = stage
        # The results of the forms serve the identity and the rules, and the document the forms and the identity.
        late = [i for i, stage in first.items() if stage >= Stage.IDENTITY and stored[i].outcome == "report"]
        readings = self.corpus.kept_readings(late)
        early = [
            i for i, stage in first.items() if stage > Stage.DOCUMENT and not (stage is Stage.RULES and i in readings)
        ]
        contents = [content for i in early if (content := stored[i].content) is not None]
        documents = self.corpus.kept_documents(contents, self.parser.document)
        return {
            i: _Due(stored[i], stage, readings.get(i), documents.get(stored[i].content or b""))
            for i, stage in first.items()
        }

    def _again(self, due: _Due, load: Callable[[], WebRecord | None], gathered: Gathered) -> None:
        """Parse a stored record from the stage that is due; ``load`` reads it where nothing is kept to begin with."""
        head, stage = due.stored.head, due.stage
        if _settled(due.stored, stage):
            gathered.rows.same.append(head.location.record_id)
            if due.stored.outcome == "sighting":
                gathered.skipped[SIGHTING] += 1
            else:
                gathered.current += 1
            return
        site = self._site_of(head.url)
        if stage is Stage.RULES and due.readings:
            kept = kept_of(due.readings.rows, whole=False)
            outcome = guarded(head, lambda: parse(head, site, kept))
            if isinstance(outcome, Report):
                self._check(due, outcome, gathered)
                return
        document = unpack(due.document) if due.document and stage > Stage.DOCUMENT else None
        if document is not None:
            forms = kept_of(due.readings.rows, whole=True).forms if stage is Stage.IDENTITY and due.readings else None
            outcome = guarded(head, lambda: parse(head, site, Kept(document, forms)))
            parsed = Parsed(head, outcome, rows_of(head, outcome, due.stored.content))
            self._store(parsed, due.stored, stage, gathered)
            return
        record = load()
        if record is not None:
            self._store(parse_anew(record, site), due.stored, Stage.DOCUMENT, gathered)

    def _check(self, due: _Due, report: Report, gathered: Gathered) -> None:
        """Take in what the rules alone say now."""
        assert due.readings is not None
        rows = checked_rows(due.stored, due.readings, report)
        gathered.rows.checked += rows
        if not rows:
            gathered.rows.same.append(due.stored.head.location.record_id)
        gathered.count(due.stored.head.url, report, Stage.RULES)

    def _store(self, parsed: Parsed, stored: Stored | None, stage: Stage, gathered: Gathered) -> None:
        row = parsed.rows.records[0]
        rows = parsed.rows
        if stored is not None and (stored.result, stored.content) == (row["result"], row["content"]):
            rows = Rows(same=[row["record_id"]], documents=rows.documents)
        gathered.rows.add(rows)
        gathered.count(parsed.record.url, parsed.outcome, stage)

    def _load(self, due: _Due, stretch: Stretch, gathered: Gathered) -> WebRecord | None:
        """The stored record from where it lies, or where several share a gzip member, found by going through them."""
        location = due.stored.head.location
        try:
            return self._reader.read(location)
        except ArchiveError as error:
            found = self._reader.records(stretch.file, lambda damage: None, stretch.start, stretch.end)
            for record in found:
                if record.location.record_id == location.record_id:
                    return record
            gathered.damage.append(Damage(stretch.file, location.offset, 0, str(error), due.stored.head.url))
            return None


def _is_as_stored(record: WebRecord, stored: Stored) -> bool:
    """Not one that a repair has moved; or that became a revisit before its file went into a bucket (archive.late)."""
    head = stored.head
    return (record.kind, record.location.offset) == (head.kind, head.location.offset)


def _itself(record: WebRecord) -> WebRecord:
    return record


def _settled(stored: Stored, stage: Stage) -> bool:
    """Whether the stages from ``stage`` on have no part in what the record came to."""
    if stored.outcome == "sighting":
        return stored.code != ORIGINAL_MISSING
    if stored.outcome == "failed":
        return stage > Stage.DOCUMENT and stored.code not in _ACCIDENTS
    unread = stored.outcome == "not_a_report" and stored.code == "no_document"
    return (unread and stage > Stage.DOCUMENT) or (stored.outcome == "not_a_report" and stage is Stage.RULES)
