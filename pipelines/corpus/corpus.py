"""The corpus: reports by agency and year with all their versions, computed from the records that were stored."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar

from sqlalchemy import Connection, Engine

from archive.record import Location, WebRecord
from config.errors import UsageError
from pipelines.corpus import history, kept, leases, past, read, transactions, write
from pipelines.corpus.agencies import agency_rows
from pipelines.corpus.assemble import assemble_some
from pipelines.corpus.connection import connect, copy_of_protected, place_of, translated
from pipelines.corpus.diff import Changes
from pipelines.corpus.history import FileHistory
from pipelines.corpus.kept import FileMark, Readings, Stored
from pipelines.corpus.leases import Holder
from pipelines.corpus.outdated import begin, outdate
from pipelines.corpus.placement import place_some
from pipelines.corpus.rows import Rows, rows_of
from pipelines.corpus.timeliness import report_facts
from pipelines.fingerprint import Parser
from pipelines.report import Outcome

_Result = TypeVar("_Result")


class Corpus:
    """An open corpus. Use it in one thread; other processes may read it and write to it meanwhile.

    What is stored becomes visible to readers with the next `assemble`.
    """

    def __init__(self, engine: Engine, place: str) -> None:
        self._engine = engine
        self._place = place
        self._rehearsal: Connection | None = None

    @classmethod
    def open(cls, location: Path | str, *, create: bool = False) -> Self:
        """The corpus at ``location``: a SQLite file, or where it holds ``://`` a SQLAlchemy URL.

        Raises `CorpusMissing` (without ``create``), `ForeignCorpus`, `CorpusVersion` and `CorpusUnusable`.
        """
        engine = connect(location, create=create)
        return cls(engine, place_of(engine.url))

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @property
    def address(self) -> str:
        """What `open` takes in another process."""
        return self._engine.url.render_as_string(hide_password=False)

    def store(self, record: WebRecord, outcome: Outcome | None, parser: Parser) -> None:
        """Keep what ``parser`` made of ``record`` (not its payload); replaces what is stored of that record id.

        A ``revisit`` is stored without an outcome: its payload was parsed from the record that holds it, and is now
        known to have been there later, too.
        """
        self.store_many([(record, outcome)], parser)

    def store_many(self, outcomes: Iterable[tuple[WebRecord, Outcome | None]], parser: Parser) -> None:
        """`store` for several records, in one transaction. The last of a record id counts."""
        rows = Rows()
        for record, outcome in {record.location.record_id: (record, outcome) for record, outcome in outcomes}.values():
            rows.add(rows_of(record, outcome))
        self.take(rows, parser)

    def take(self, rows: Rows, parser: Parser) -> None:
        """Keep what ``parser`` made of the records in ``rows``, in one transaction."""
        if rows:
            self._store(lambda connection: write.store(connection, rows, parser))

    def known(self) -> set[str]:
        """The record ids that are stored."""
        with self._reading() as connection:
            return read.known(connection)

    def known_among(self, record_ids: Iterable[str]) -> set[str]:
        """Those of ``record_ids`` that are stored."""
        with self._reading() as connection:
            return read.known_among(connection, sorted(record_ids))

    def ids_in(self, files: Iterable[str]) -> set[str]:
        """The ids of the stored records that lie in ``files``."""
        with self._reading() as connection:
            return read.ids_in(connection, sorted(files))

    def stored_in(self, file: str, start: int, end: int | None, at: Sequence[int] | None = None) -> dict[str, Stored]:
        """See `kept.stored_in`."""
        with self._reading() as connection:
            return kept.stored_in(connection, file, start, end, at)

    def kept_documents(self, contents: Sequence[bytes], stage: str) -> dict[bytes, bytes]:
        """See `kept.kept_documents`."""
        with self._reading() as connection:
            return kept.kept_documents(connection, contents, stage)

    def kept_readings(self, record_ids: Sequence[str]) -> dict[str, Readings]:
        """See `kept.kept_readings`."""
        with self._reading() as connection:
            return kept.kept_readings(connection, record_ids)

    def due_files(self, parser: Parser) -> dict[str, int]:
        """See `kept.due_files`."""
        with self._reading() as connection:
            return kept.due_files(connection, parser)

    def due_offsets(self, file: str, parser: Parser) -> list[int]:
        """See `kept.due_offsets`."""
        with self._reading() as connection:
            return kept.due_offsets(connection, file, parser)

    def marks(self) -> dict[str, FileMark]:
        """The finished WARC files whose records have all been looked at."""
        with self._reading() as connection:
            return kept.marks(connection)

    def mark(self, file: str, mark: FileMark) -> None:
        """Note that every record of ``file`` has been looked at."""
        self._store(lambda connection: write.mark(connection, file, mark))

    def unread(self) -> None:
        """Let every record be parsed from its start, whatever is kept of it, and every file be gone through."""
        self._decide(write.unread)

    def left_unread(self) -> list[Location]:
        """See `kept.left_unread`: those that nobody has stored since `unread`."""
        with self._reading() as connection:
            return kept.left_unread(connection)

    def drop_gone(self, record_ids: Iterable[str]) -> None:
        """Forget records that are no longer in the archive, and the kept documents that no record needs."""
        ids = sorted(record_ids)
        self._store(lambda connection: write.drop_gone(connection, ids))

    def mirrored_files(self) -> set[str]:
        """The closed files of the archive whose part of the history is stored."""
        with self._reading() as connection:
            return history.mirrored_files(connection)

    def mirror(self, files: Iterable[FileHistory]) -> None:
        """Store what files of the archive tell of their runs, in the place of what is stored of them."""
        told = list(files)
        self._store(lambda connection: history.mirror(connection, told))

    def drop_files(self, files: Iterable[str]) -> None:
        """Forget what files that are no longer in the archive told of their runs."""
        names = sorted(files)
        self._store(lambda connection: history.drop_files(connection, names))

    def run_files(self, site: str | None = None) -> list[dict[str, Any]]:
        """The files that crawls (of ``site``) wrote, oldest first: site, run, attempt, opened, ended."""
        with self._reading() as connection:
            return history.run_rows(connection, site)

    def accounts(
        self, event: str | None = None, site: str | None = None, *, details: bool = False
    ) -> list[dict[str, Any]]:
        """The accounts of the archive, oldest first; ``details`` with their long lists."""
        with self._reading() as connection:
            return history.account_rows(connection, event, site, details=details)

    def drop(self, record_ids: Iterable[str]) -> None:
        """Forget single records, those that are no longer in the archive."""
        ids = sorted(record_ids)
        self._store(lambda connection: write.drop(connection, ids))

    def forget(self) -> None:
        """Empty the corpus."""
        self._decide(write.forget)

    def collect(self) -> None:
        """Have all that assemblies change from now on kept for `note_run`, also what other processes assemble."""
        self._decide(lambda connection: past.collect(connection, Changes(), begin=True))

    def assemble(self, *, to_be_noted: bool = False) -> Changes:
        """Bring the reports up to date with what is stored, and tell what changed.

        Killed at any moment, the next call goes on: each transaction takes some reports from their old to their new
        state, and what it has done off the list. ``to_be_noted``: see `collect`, which another's `note_run` may have
        ended.
        """
        last = self._decide(begin)
        while self._decide(lambda connection: place_some(connection, last)):
            pass

        def some(connection: Connection, after: str) -> tuple[Changes, str] | None:
            found = assemble_some(connection, after)
            if found is not None:
                past.collect(connection, found[0], begin=to_be_noted)
            return found

        changes, after = Changes(), ""
        while (found := self._decide(partial(some, after=after))) is not None:
            changes.add(found[0])
            after = found[1]
        return changes

    def outdate(self) -> None:
        """Have the next `assemble` decide about all reports anew, if its own code has changed since it last did."""
        self._decide(outdate)

    def past(self, agency: str, year: int, division: str | None = None) -> dict[str, list[dict[str, Any]]]:
        """See `past.past_of`."""
        with self._reading() as connection:
            return past.past_of(connection, agency, year, division)

    def note_run(self, parser: Parser, summary: dict[str, Any]) -> Changes:
        """Keep what a re-parse came to, with what was changed since the first `collect` that nobody has told; returns
        that. Of several at once, or one after a kill, each change is told by one."""
        return self._decide(lambda connection: past.write_run(connection, write.parser_id(connection, parser), summary))

    def runs(self) -> list[dict[str, Any]]:
        """What each re-parse came to, oldest first."""
        with self._reading() as connection:
            return past.runs(connection)

    def copy_of_protected(self, folder: Path) -> Self | None:
        """Where this is a file that can't be written, a copy of it in ``folder``, in which `rehearsal` is possible."""
        copy = copy_of_protected(self._engine, folder)
        return None if copy is None else self.open(copy)

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        """What is stored and assembled inside is seen inside only and undone at its end. Other writers wait."""
        with translated(self._place), transactions.rehearsing(self._engine) as connection:
            self._rehearsal = connection
            try:
                yield
            finally:
                self._rehearsal = None

    def take_leases(self, names: Iterable[str], owner: Holder, seconds: float) -> None:
        """See `leases.take`; all of ``names`` or none."""
        self._store(lambda connection: leases.take(connection, names, owner, seconds))

    def renew_leases(self, owner: str, seconds: float) -> int:
        """See `leases.renew`."""
        return self._store(lambda connection: leases.renew(connection, owner, seconds))

    def release_leases(self, owners: str) -> None:
        """See `leases.release`."""
        self._store(lambda connection: leases.release(connection, owners))

    def leases(self, names: Collection[str]) -> dict[str, Holder]:
        """See `leases.held`."""
        with self._reading() as connection:
            return leases.held(connection, names)

    def reports(self) -> list[dict[str, Any]]:
        """One row a report: the JSON of ``nianbao reports --json``."""
        with self._reading() as connection:
            return list(read.report_rows(connection))

    def report(self, agency: str, year: int, division: str | None = None) -> dict[str, Any]:
        """The canonical report in full, with the fields of ``nianbao parse --json`` and its versions.

        Raises UsageError where there is none, or several divisions have an agency of that name and none is named.
        """
        with self._reading() as connection:
            found = list(read.full_reports(connection, read.of_agency(agency, year, division)))
        if not found:
            raise UsageError(f"no report of {agency} for {year}; `nianbao reports` lists what there is")
        if len(found) > 1:
            divisions = ", ".join(str(report["agency"]["division"]) for report in found)
            raise UsageError(f"{len(found)} agencies are named {agency}: name the division, one of {divisions}")
        return found[0]

    def agencies(self) -> list[dict[str, Any]]:
        """The agencies that have a report: names, place, years, and the bodies before and after a reform."""
        with self._reading() as connection:
            return agency_rows(connection)

    def report_facts(self) -> list[dict[str, Any]]:
        """One row a report: when it was published, what is wrong in it, where it stands."""
        with self._reading() as connection:
            return list(report_facts(connection))

    def full_reports(self) -> Iterator[dict[str, Any]]:
        """Every canonical report in full, in the order of `reports`; one state of the corpus from first to last."""
        with self._reading() as connection:
            yield from read.full_reports(connection)

    def outcomes(self) -> list[dict[str, Any]]:
        """How many distinct payloads were a report, something else, or could not be read: outcome, code, count."""
        with self._reading() as connection:
            return read.outcome_counts(connection)

    def failures(self) -> list[dict[str, Any]]:
        """The documents that could not be read: url, code, reason, record."""
        with self._reading() as connection:
            return list(read.failure_rows(connection))

    def news(self, record_ids: Iterable[str]) -> dict[str, int]:
        """How many reports on these records are ``new`` at their address, ``corrected`` (other cells than on the
        capture before) or the ``same``."""
        with self._reading() as connection:
            return read.news(connection, sorted(record_ids))

    def year_at(self, url: str) -> int | None:
        """The year of the newest report at ``url``, or that a page there announces; None where there is none."""
        with self._reading() as connection:
            return read.year_at(connection, url)

    def locations(self) -> Iterator[tuple[Location, str]]:
        """Where each stored record lies, and its URL, file by file; one state of the corpus from first to last."""
        with self._reading() as connection:
            yield from read.locations(connection)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        if self._rehearsal is not None:
            yield self._rehearsal
            return
        with translated(self._place), transactions.reading(self._engine) as connection:
            yield connection

    def _store(self, work: Callable[[Connection], _Result]) -> _Result:
        if self._rehearsal is not None:
            return work(self._rehearsal)
        with translated(self._place):
            return transactions.store(self._engine, work)

    def _decide(self, work: Callable[[Connection], _Result]) -> _Result:
        if self._rehearsal is not None:
            return work(self._rehearsal)
        with translated(self._place):
            return transactions.decide(self._engine, work)
