"""What an import did with the files that it was given, and what was read from them."""

from dataclasses import dataclass, field

from archive.record import Location
from pipelines.parsed import Parsed
from pipelines.report import Failed, NotAReport, Report


@dataclass
class Intake:
    """What one import did: records taken in (with the path or URL of each), and what was not, with the reason.

    ``places`` are those of documents that were in the archive already: an import that was killed may not have read
    them."""

    taken: list[Location] = field(default_factory=list)
    places: list[Location] = field(default_factory=list)
    already: int = 0
    skipped: list[tuple[str, str]] = field(default_factory=list)
    damaged: list[tuple[str, str]] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    others: list[tuple[str, str]] = field(default_factory=list)
    reports: set[str] = field(default_factory=set)

    def note(self, parsed: Parsed) -> None:
        """Take in what was read from a record."""
        record = parsed.record
        if record.kind == "revisit" and record.revisit_of is None:
            self.failed.append((record.url, record.payload_error or ""))
        match parsed.outcome:
            case Report():
                self.reports.add(record.url)
            case NotAReport(reason=reason):
                self.others.append((record.url, reason))
            case Failed(reason=reason):
                self.failed.append((record.url, reason))
