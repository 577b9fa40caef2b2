"""What is stored of records for the next parse: which parser read them, their documents, what their forms gave."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, Row, func, or_, select

from archive.record import Location, WebRecord
from pipelines.corpus.batches import for_keys
from pipelines.corpus.packing import unpack, unpack_plain
from pipelines.corpus.rows import FAILED, ORIGINAL_MISSING, SIGHTING, findings_columns, result_of
from pipelines.corpus.schema import documents, files, links, parsers, readings, records
from pipelines.documents.office import NEEDS_LIBREOFFICE, libreoffice
from pipelines.fingerprint import Parser
from pipelines.forms import Reading
from pipelines.identity import Identity
from pipelines.parse import Form, Kept
from pipelines.report import Agency, Cell, ExtraCell, Finding, Report, Section, Source


@dataclass(frozen=True, slots=True)
class Stored:
    """One stored record: ``head`` without headers and payload, the parser that read it (None: to be read anew), and
    what it came to."""

    head: WebRecord
    parser: Parser | None
    outcome: str
    code: str | None
    content: bytes | None
    result: bytes | None


@dataclass(frozen=True, slots=True)
class FileMark:
    """A finished WARC file whose records have all been looked at: how many, and how many of them are no documents by
    the ``selection`` (see `fingerprint.selection`)."""

    size: int
    modified: int
    records: int
    skipped: Mapping[str, int]
    selection: str | None


def stored_in(
    connection: Connection, file: str, start: int, end: int | None, at: Sequence[int] | None
) -> dict[str, Stored]:
    """The stored records that begin in a stretch of a file, by their ids; with ``at``, only those at these offsets."""
    known = known_parsers(connection)
    query = select(records).where(records.c.file == file, records.c.offset >= start)
    query = query if end is None else query.where(records.c.offset < end)
    query = query if at is None else query.where(records.c.offset.in_(at))
    return {
        row.record_id: _stored(row, None if row.unread else known.get(row.parser_id))
        for row in connection.execute(query)
    }


def _stored(row: Row[Any], parser: Parser | None) -> Stored:
    head = WebRecord(
        kind=row.kind,
        url=row.url,
        captured=datetime.fromisoformat(row.captured),
        status=row.status,
        headers=(),
        payload=b"",
        payload_digest=row.payload_digest,
        truncated=row.truncated,
        location=Location(row.file, row.offset, row.record_id),
    )
    return Stored(head, parser, row.outcome, row.code, row.content, row.result)


def kept_documents(connection: Connection, contents: Sequence[bytes], stage: str) -> dict[bytes, bytes]:
    """The packed documents that the extraction ``stage`` left, by their keys."""
    query = select(documents.c.content, documents.c.packed).where(documents.c.stage == stage)
    rows = for_keys(connection, lambda part: query.where(documents.c.content.in_(part)), contents)
    return {row.content: row.packed for row in rows}


@dataclass(slots=True)
class Readings:
    """What is stored of the reports of one record: their ``rows``, in order, and the ``targets`` of their links."""

    rows: list[Row[Any]] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)


def kept_readings(connection: Connection, ids: Sequence[str]) -> dict[str, Readings]:
    """The readings of records; of one from which an older nianbao kept too little, none."""
    found: dict[str, Readings] = defaultdict(Readings)
    query = select(readings).where(readings.c.from_identity.is_not(None)).order_by(readings.c.ordinal)
    for row in for_keys(connection, lambda part: query.where(readings.c.record_id.in_(part)), ids):
        found[row.record_id].rows.append(row)
    listed = select(links.c.record_id, links.c.target).order_by(links.c.ordinal, links.c.target)
    for row in for_keys(connection, lambda part: listed.where(links.c.record_id.in_(part)), list(found)):
        found[row.record_id].targets.append(row.target)
    return dict(found)


def kept_of(rows: Sequence[Row[Any]], *, whole: bool) -> Kept:
    """What the forms and the identity of a report gave. ``whole``: with cells to store, not only to look at."""
    found = [_stages(row, whole) for row in rows]
    return Kept(forms=tuple(form for form, _ in found), identities=tuple(identity for _, identity in found))


def _stages(row: Row[Any], whole: bool) -> tuple[Form, Identity]:
    body = unpack(row.body)
    findings = tuple(Finding(**finding) for finding in unpack(row.findings))
    plain = unpack_plain(row.cells)
    # The rules read the same fields of both kinds of cell.
    cells = tuple(Cell(*_values(cell)) for cell in plain) if whole else cast(tuple[Cell, ...], plain)
    extra = tuple(ExtraCell(**cell) for cell in body["extra"])
    of_forms = findings[row.from_identity : row.from_identity + row.from_forms]
    form = Form(
        Reading(body["form"], cells, extra, of_forms, (), row.period),
        tuple(Section(**section) for section in body["sections"]),
        None,
        Source(**body["source"] | {"repairs": tuple(body["source"]["repairs"])}),
        tuple(body["attachments"]),
    )
    identity = Identity(
        agency=Agency(**body["agency"]) if body["agency"] else None,
        year=body["year"],
        title=body["title"],
        signed=_day(body["signed"]),
        published=_day(body["published"]),
        findings=findings[: row.from_identity],
    )
    return form, identity


def _values(cell: Any) -> tuple[Any, ...]:
    return tuple(getattr(cell, name) for name in cell.__struct_fields__)


def checked_rows(stored: Stored, kept: Readings, report: Report) -> list[dict[str, Any]]:
    """The readings with the findings that the rules give now; none where they are what is stored."""
    parts = (report, *report.others)
    new = [dict(row._mapping) | findings_columns(part.findings) for row, part in zip(kept.rows, parts, strict=True)]
    if all(row.findings == values["findings"] for row, values in zip(kept.rows, new, strict=True)):
        return []
    told = {"outcome": stored.outcome, "code": stored.code, "reason": None, "title": kept.rows[0].title}
    digest = result_of(told, new, kept.targets)
    names = ("record_id", "ordinal", "findings", "errors", "findings_listed")
    return [{name: values[name] for name in names} | {"result": digest} for values in new]


def known_parsers(connection: Connection) -> dict[int, Parser]:
    """The parsers that stored something, by their numbers."""
    columns = (parsers.c[name] for name in Parser._fields)
    return {row[0]: Parser(*row[1:]) for row in connection.execute(select(parsers.c.id, *columns))}


def due_files(connection: Connection, parser: Parser) -> dict[str, int]:
    """How many records of each file another parser than ``parser``, or none, has read, or could not without another."""
    query = select(records.c.file, func.count()).where(_due(connection, parser)).group_by(records.c.file)
    return {row[0]: row[1] for row in connection.execute(query)}


def due_offsets(connection: Connection, file: str, parser: Parser) -> list[int]:
    """Where those of one file begin, in order."""
    query = select(records.c.offset).where(records.c.file == file, _due(connection, parser))
    return list(connection.scalars(query.order_by(records.c.offset)))


def left_unread(connection: Connection) -> list[Location]:
    """Where the records lie that are to be read anew whatever read them."""
    query = select(records.c.file, records.c.offset, records.c.record_id).where(records.c.unread)
    return [Location(*row) for row in connection.execute(query.order_by(records.c.file, records.c.offset))]


def _due(connection: Connection, parser: Parser) -> ColumnElement[bool]:
    stale = [number for number, known in known_parsers(connection).items() if parser.first_changed(known) is not None]
    lacking = records.c.outcome.in_((SIGHTING, FAILED)) & records.c.code.in_(tried_again())
    return or_(records.c.unread, records.c.parser_id.in_(stale), lacking)


def tried_again() -> frozenset[str]:
    """The codes of records that are due whoever has read them: what they lacked may be there by now."""
    return frozenset((ORIGINAL_MISSING, NEEDS_LIBREOFFICE) if libreoffice() else (ORIGINAL_MISSING,))


def marks(connection: Connection) -> dict[str, FileMark]:
    """The files that have been gone through."""
    return {
        row.file: FileMark(row.size, row.modified, row.records, json.loads(row.skipped), row.selection)
        for row in connection.execute(select(files))
    }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
