"""What was read from records that an import has put into the archive."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.record import Location
from pipelines.corpus.rows import Rows
from pipelines.report import Failed, NotAReport, Report
from pipelines.stretch import skip_reason
from pipelines.workers import ParsePool


@dataclass(frozen=True, slots=True)
class Read:
    """A document: ``outcome`` is ``report``, ``not_a_report``, ``failed``, or ``sighting`` of one that is read
    elsewhere; ``lost`` says why that can't be had. ``rows`` go into the corpus."""

    rows: Rows
    url: str
    outcome: str
    reason: str = ""
    lost: str | None = None


def read_records(pool: ParsePool, places: Sequence[Location]) -> Iterator[Read]:
    """Parse the records at ``places``, in this order; without those that are no documents."""
    futures = [(pool.submit(location), location) for location in places]
    for future, location in futures:
        parsed = pool.result_of(future, location)
        record = parsed.record
        if skip_reason(record) is not None:
            continue
        lost = None
        if record.kind == "revisit" and record.revisit_of is None:
            lost = record.payload_error or ""
        match parsed.outcome:
            case Report():
                yield Read(parsed.rows, record.url, "report", lost=lost)
            case NotAReport(reason=reason):
                yield Read(parsed.rows, record.url, "not_a_report", reason, lost)
            case Failed(reason=reason):
                yield Read(parsed.rows, record.url, "failed", reason, lost)
            case None:
                yield Read(parsed.rows, record.url, "sighting", lost=lost)
