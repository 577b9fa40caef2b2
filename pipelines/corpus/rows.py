"""One archived record and what the parser made of it, as rows of the tables."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

import msgspec

from archive.record import WebRecord
from pipelines.corpus.address import document_key
from pipelines.corpus.likeness import pack_sentences, sentences
from pipelines.corpus.packing import CELL_FIELDS, pack, pack_cells, storable
from pipelines.forms import wording
from pipelines.report import Agency, Failed, Finding, NotAReport, Outcome, Report

ANNOUNCEMENT = "attachment_only"
SIGHTING = "sighting"
FAILED = "failed"
# The code of a revisit whose original the archive does not have yet: looked at again by every re-parse.
ORIGINAL_MISSING = "original_missing"
# What a full report tells of a reading beside its cells and findings, in the order of `report.outcome_json`.
_BODY = ("agency", "year", "form", "title", "signed", "published", "sections", "extra", "source", "attachments")
_cell_values = attrgetter(*CELL_FIELDS)
_state = attrgetter("state")

_KINDS = {Report: "report", NotAReport: "not_a_report", Failed: FAILED, type(None): SIGHTING}

Row = dict[str, Any]

# The columns of a reading in which results may differ.
_READ = (
    *("ordinal", "announcement", "agency", "as_written", "division", "level", "sector", "year", "form", "title"),
    *("published", "cells_listed", "numbers", "errors", "findings_listed", "sentences", "cells", "findings", "body"),
    *("period", "from_identity", "from_forms", "wording"),
)


@dataclass(slots=True)
class Rows:
    """What to store of one record, or of several put together.

    ``records`` with their ``readings`` and ``links`` take the place of what is stored of them. ``checked`` are readings
    of which the rules alone say something else now; ``same`` are ids of records whose results are what is stored.
    ``documents`` are kept for the next parse. ``dropped`` are ids of records that are no documents any more.
    """

    records: list[Row] = field(default_factory=list)
    readings: list[Row] = field(default_factory=list)
    links: list[Row] = field(default_factory=list)
    checked: list[Row] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    documents: list[Row] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Whether there is anything to store."""
        return bool(self.records or self.checked or self.same or self.documents or self.dropped)

    def add(self, other: "Rows") -> None:
        self.records += other.records
        self.readings += other.readings
        self.links += other.links
        self.checked += other.checked
        self.same += other.same
        self.documents += other.documents
        self.dropped += other.dropped


def rows_of(record: WebRecord, outcome: Outcome | None, content: bytes | None = None) -> Rows:
    """The rows that hold ``record`` and ``outcome``; the payload is not kept, its document is under ``content``.

    Without an outcome the record is a sighting: it says that a payload, parsed from another record, was there again.
    """
    document = document_key(record.url)
    rows = Rows(records=[_record_row(record, document, outcome, content)])
    for ordinal, part in enumerate(_parts(outcome)):
        rows.readings.append(
            {"record_id": record.location.record_id, "ordinal": ordinal, "document": document, **_reading_row(part)}
        )
        targets = {document_key(url) for url in part.attachments} - {document}
        rows.links += [
            {"record_id": record.location.record_id, "ordinal": ordinal, "target": target, "page": document}
            for target in sorted(targets)
        ]
    rows.records[0]["result"] = result_of(rows.records[0], rows.readings, [row["target"] for row in rows.links])
    return rows


def result_of(record: Row, readings: list[Row], targets: list[str]) -> bytes:
    """A digest of what a parser made of a record: the same where there is nothing to store anew."""
    told = [record[name] for name in ("outcome", "code", "reason", "title")]
    read = [[row[name] for name in _READ] for row in readings]
    return hashlib.blake2b(msgspec.msgpack.encode((told, read, targets)), digest_size=16).digest()


def content_of(record: WebRecord) -> bytes:
    """The key of a record's document: a digest of all that it is read from.

    Not the digest that stands in the archive, which another tool may have got wrong.
    """
    digest = hashlib.blake2b(digest_size=16)
    for piece in (record.url, record.header("Content-Type") or "", record.payload):
        data = piece.encode("utf-8", "surrogatepass") if isinstance(piece, str) else piece
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.digest()


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


def _record_row(record: WebRecord, document: str, outcome: Outcome | None, content: bytes | None) -> Row:
    reasoned = outcome if isinstance(outcome, NotAReport | Failed) else None
    code = reasoned.code if reasoned else None
    if outcome is None and record.kind == "revisit" and record.revisit_of is None:
        code = ORIGINAL_MISSING
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
        "code": code,
        "reason": storable(reasoned.reason) if reasoned else None,
        "title": storable(titled.title) if titled else None,
        "content": content,
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
            "period": None,
            "from_identity": 0,
            "from_forms": 0,
            "wording": None,
        }
    body = {name: getattr(part, name) for name in _BODY}
    text = "\n".join(f"{section.heading}\n{section.text}" for section in part.sections)
    return row | {
        "form": part.form,
        "cells_listed": len(part.cells),
        "numbers": list(map(_state, part.cells)).count("number"),
        "sentences": pack_sentences(sentences(text)),
        "cells": pack(list(map(_cell_values, part.cells))),
        "body": pack(body),
        "period": part.period,
        "from_identity": part.findings_by[0],
        "from_forms": part.findings_by[1],
        "wording": pack_sentences(wording(part.sections)),
        **findings_columns(part.findings),
    }


def findings_columns(findings: Sequence[Finding]) -> Row:
    """The columns of a reading that the rules alone may change."""
    return {
        "errors": sum(finding.severity == "error" for finding in findings),
        "findings_listed": len(findings),
        "findings": pack(findings),
    }


def _agency_columns(agency: Agency | None) -> Row:
    names = ("as_written", "division", "level", "sector")
    return {"agency": storable(agency.name) if agency else None} | {
        name: storable(getattr(agency, name)) if agency else None for name in names
    }
