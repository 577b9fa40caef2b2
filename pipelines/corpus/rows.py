"""One archived record and what the parser made of it, as rows of the tables."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from archive.record import WebRecord
from pipelines.corpus.address import document_key
from pipelines.corpus.likeness import pack_sentences, sentences
from pipelines.corpus.packing import pack, pack_cells, storable
from pipelines.report import Agency, Failed, NotAReport, Outcome, Report, outcome_json

ANNOUNCEMENT = "attachment_only"
SIGHTING = "sighting"
_STORED_APART = ("outcome", "reason", "cells", "findings", "others", "parser")

_KINDS = {Report: "report", NotAReport: "not_a_report", Failed: "failed", type(None): SIGHTING}

Row = dict[str, Any]


@dataclass(slots=True)
class Rows:
    """The rows of one record, or of several put together."""

    records: list[Row] = field(default_factory=list)
    readings: list[Row] = field(default_factory=list)
    links: list[Row] = field(default_factory=list)

    def add(self, other: "Rows") -> None:
        self.records += other.records
        self.readings += other.readings
        self.links += other.links


def rows_of(record: WebRecord, outcome: Outcome | None, parser: str) -> Rows:
    """The rows that hold ``record`` and ``outcome``; the payload is not kept.

    Without an outcome the record is a sighting: it says that a payload, parsed from another record, was there again.
    """
    document = document_key(record.url)
    rows = Rows(records=[_record_row(record, document, outcome, parser)])
    for ordinal, part in enumerate(_parts(outcome)):
        rows.readings.append(
            {"record_id": record.location.record_id, "ordinal": ordinal, "document": document, **_reading_row(part)}
        )
        targets = {document_key(url) for url in part.attachments} - {document}
        rows.links += [
            {"record_id": record.location.record_id, "ordinal": ordinal, "target": target, "page": document}
            for target in sorted(targets)
        ]
    return rows


def timestamp(moment: datetime) -> str:
    """``moment`` in UTC with six digits of a second: text order is time order."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def printed_timestamp(stored: str) -> str:
    """A stored timestamp as the public JSON prints it, in whole seconds."""
    return stored[: len("2026-11-21T09:30:00")] + "Z"


def _parts(outcome: Outcome | None) -> Iterator[Report | NotAReport]:
    if isinstance(outcome, Report):
        yield outcome
        yield from outcome.others
    elif isinstance(outcome, NotAReport) and outcome.code == ANNOUNCEMENT:
        yield outcome


def _record_row(record: WebRecord, document: str, outcome: Outcome | None, parser: str) -> Row:
    reasoned = outcome if isinstance(outcome, NotAReport | Failed) else None
    titled = outcome if isinstance(outcome, NotAReport | Report) else None
    return {
        "record_id": record.location.record_id,
        "document": document,
        "file": record.location.file,
        "offset": record.location.offset,
        "url": storable(record.url),
        "captured": timestamp(record.captured),
        "payload_digest": record.payload_digest,
        "kind": record.kind,
        "status": record.status,
        "truncated": record.truncated,
        "outcome": _KINDS[type(outcome)],
        "code": reasoned.code if reasoned else None,
        "reason": storable(reasoned.reason) if reasoned else None,
        "title": storable(titled.title) if titled else None,
        "parser": parser,
    }


def _reading_row(part: Report | NotAReport) -> Row:
    row = {
        "announcement": isinstance(part, NotAReport),
        **_agency_columns(part.agency),
        "year": part.year,
        "title": storable(part.title),
        "published": part.published.isoformat() if part.published else None,
    }
    if isinstance(part, NotAReport):
        return row | {
            "form": None,
            "cells_listed": 0,
            "numbers": 0,
            "errors": 0,
            "findings_listed": 0,
            "sentences": b"",
            "cells": pack_cells([]),
            "findings": pack([]),
            "body": pack({}),
        }
    public = outcome_json(part, "")
    body = {name: value for name, value in public.items() if name not in _STORED_APART}
    text = "\n".join(f"{section.heading}\n{section.text}" for section in part.sections)
    return row | {
        "form": part.form,
        "cells_listed": len(part.cells),
        "numbers": sum(cell.state == "number" for cell in part.cells),
        "errors": sum(finding.severity == "error" for finding in part.findings),
        "findings_listed": len(part.findings),
        "sentences": pack_sentences(sentences(text)),
        "cells": pack_cells(public["cells"]),
        "findings": pack(public["findings"]),
        "body": pack(body),
    }


def _agency_columns(agency: Agency | None) -> Row:
    names = ("as_written", "division", "level", "sector")
    return {"agency": storable(agency.name) if agency else None} | {
        name: storable(getattr(agency, name)) if agency else None for name in names
    }
