"""What the corpus says: the queries behind ``nianbao reports``, one report, and the summaries of a run.

Every function reads in the transaction that it is given, so that a caller sees one state of the corpus.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, exists, func, or_, select

from archive.record import Location
from pipelines.corpus.address import document_key
from pipelines.corpus.batches import for_keys
from pipelines.corpus.packing import unpack, unpack_cells
from pipelines.corpus.rows import SIGHTING, printed_timestamp
from pipelines.corpus.schema import parsers, readings, records, reports, versions

_BATCH = 500
# What the list of reports tells of a version; a full report tells where its record lies, too.
_VERSION = ("url", "captured", "role", "why")

_ORDER = (
    reports.c.division.is_(None),
    reports.c.division,
    reports.c.agency.is_(None),
    reports.c.agency,
    reports.c.year.is_(None),
    reports.c.year,
    reports.c.key,
)


def report_rows(connection: Connection) -> Iterator[dict[str, Any]]:
    """One row a report as in ``nianbao reports --json``; by division, agency and year, nulls last. Streams."""
    query = _canonical(
        reports.c.key,
        reports.c.agency,
        reports.c.division,
        reports.c.year,
        reports.c.form,
        reports.c.title,
        reports.c.cells_listed,
        reports.c.numbers,
        reports.c.errors,
        reports.c.findings_listed,
    ).order_by(*_ORDER)
    for batch in connection.execute(query).yield_per(_BATCH).partitions():
        listed = _versions(connection, [row.key for row in batch])
        for row in batch:
            yield {
                "agency": row.agency,
                "division": row.division,
                "year": row.year,
                "form": row.form,
                "title": row.title,
                "url": row.url,
                "captured": printed_timestamp(row.captured),
                "record": _record(row),
                "cells": row.cells_listed,
                "numbers": row.numbers,
                "errors": row.errors,
                "findings": row.findings_listed,
                "versions": [{name: version[name] for name in _VERSION} for version in listed[row.key]],
            }


def full_reports(connection: Connection, condition: ColumnElement[bool] | None = None) -> Iterator[dict[str, Any]]:
    """The whole report, with the fields of ``nianbao parse --json`` and its versions; in the order of `report_rows`."""
    query = _canonical(*reports.c, parsers.c.name.label("parser")).order_by(*_ORDER)
    # Which parser the values are from, not which one has read the record since.
    chosen = (versions.c.key == reports.c.key) & (versions.c.position == 0)
    query = query.outerjoin(versions, chosen).outerjoin(parsers, parsers.c.id == versions.c.parser_id)
    if condition is not None:
        query = query.where(condition)
    for batch in connection.execute(query).yield_per(_BATCH).partitions():
        listed = _versions(connection, [row.key for row in batch])
        for row in batch:
            yield {
                "outcome": "report",
                "reason": None,
                **unpack(row.body),
                "cells": unpack_cells(row.cells),
                "findings": all_findings(row),
                "parser": row.parser,
                "captured": printed_timestamp(row.captured),
                "record": _record(row),
                "versions": listed[row.key],
            }


def all_findings(row: Row[Any]) -> list[dict[str, Any]]:
    """A report's own findings, then those that need the year before."""
    found: list[dict[str, Any]] = unpack(row.findings)
    return found + (unpack(row.year_findings) if row.year_findings else [])


def of_agency(agency: str, year: int | None, division: str | None) -> ColumnElement[bool]:
    """The condition for the reports of ``agency``: of ``year``, in ``division`` where one is named."""
    condition = and_(reports.c.agency == agency, reports.c.year == year)
    return condition if division is None else and_(condition, reports.c.division == division)


def outcome_counts(connection: Connection) -> list[dict[str, Any]]:
    """How many distinct payloads gave which outcome: rows of outcome, code and count. One seen again counts once."""
    query = (
        select(records.c.outcome, records.c.code, func.count().label("count"))
        .where(records.c.outcome != SIGHTING, ~_seen_again())
        .group_by(records.c.outcome, records.c.code)
    )
    rows = [row._asdict() for row in connection.execute(query)]
    return sorted(rows, key=lambda row: (row["outcome"], row["code"] or ""))


def failure_rows(connection: Connection) -> Iterator[dict[str, Any]]:
    """The documents whose newest capture could not be read: address, code, reason and where the record lies."""
    newer = records.alias("newer")
    later = exists().where(
        newer.c.document == records.c.document,
        newer.c.outcome != SIGHTING,
        or_(
            newer.c.captured > records.c.captured,
            and_(newer.c.captured == records.c.captured, newer.c.record_id > records.c.record_id),
        ),
    )
    query = (
        select(records)
        .where(records.c.outcome == "failed", ~later)
        .order_by(records.c.url, records.c.captured, records.c.record_id)
    )
    for row in connection.execute(query):
        yield {"url": row.url, "code": row.code, "reason": row.reason, "record": _record(row)}


def known(connection: Connection) -> set[str]:
    """The ids of the stored records."""
    return set(connection.scalars(select(records.c.record_id)))


def known_among(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Those of ``ids`` that are stored."""
    rows = for_keys(connection, lambda part: select(records.c.record_id).where(records.c.record_id.in_(part)), ids)
    return {row.record_id for row in rows}


def ids_in(connection: Connection, files: Sequence[str]) -> set[str]:
    """The ids of the stored records that lie in ``files``."""
    rows = for_keys(connection, lambda part: select(records.c.record_id).where(records.c.file.in_(part)), files)
    return {row.record_id for row in rows}


def news(connection: Connection, record_ids: Sequence[str]) -> dict[str, int]:
    """How many of the readings on these records are new at their address, corrected, or the same as before."""
    told = select(records.c.captured, readings.c.record_id, readings.c.document, readings.c.ordinal, readings.c.cells)
    told = told.join_from(readings, records, readings.c.record_id == records.c.record_id)
    told = told.where(~readings.c.announcement).order_by(records.c.captured, readings.c.record_id)
    own = for_keys(connection, lambda part: told.where(readings.c.record_id.in_(part)), record_ids)
    documents = sorted({row.document for row in own})
    of_document: dict[tuple[str, int], list[Row[Any]]] = defaultdict(list)
    for row in for_keys(connection, lambda part: told.where(readings.c.document.in_(part)), documents):
        of_document[row.document, row.ordinal].append(row)
    counts: Counter[str] = Counter()
    for row in own:
        earlier = [one for one in of_document[row.document, row.ordinal] if one.captured < row.captured]
        counts["new" if not earlier else "same" if earlier[-1].cells == row.cells else "corrected"] += 1
    return dict(counts)


def year_at(connection: Connection, url: str) -> int | None:
    """The year of the newest report that has a version at ``url``, else that was read from a page there."""
    document = document_key(url)
    placed = (
        select(func.max(reports.c.year))
        .join_from(records, versions, records.c.record_id == versions.c.record_id)
        .join(reports, reports.c.key == versions.c.key)
        .where(records.c.document == document)
    )
    alone = select(func.max(readings.c.year)).where(readings.c.document == document)
    year: int | None = connection.scalar(placed)
    return connection.scalar(alone) if year is None else year


def locations(connection: Connection) -> Iterator[tuple[Location, str]]:
    """Where each stored record lies, and its URL; file by file, in the order of the offsets. Streams."""
    columns = (records.c.file, records.c.offset, records.c.record_id, records.c.url)
    query = select(*columns).order_by(records.c.file, records.c.offset)
    for file, offset, record_id, url in connection.execute(query).yield_per(_BATCH):
        yield Location(file, offset, record_id), url


def _seen_again() -> ColumnElement[bool]:
    """Whether another capture of the same payload at the same address stands for this one."""
    other = records.alias("other")
    return exists().where(
        other.c.document == records.c.document,
        other.c.outcome != SIGHTING,
        other.c.payload_digest == records.c.payload_digest,
        or_(
            other.c.captured > records.c.captured,
            and_(other.c.captured == records.c.captured, other.c.record_id > records.c.record_id),
        ),
    )


def _canonical(*columns: ColumnElement[Any]) -> Select[Any]:
    """Reports with the place of their canonical record."""
    place = (records.c.record_id, records.c.url, records.c.captured, records.c.file, records.c.offset)
    own = [column for column in columns if column is not reports.c.record_id]
    return select(*own, *place).join_from(reports, records, reports.c.record_id == records.c.record_id)


def _versions(connection: Connection, keys: list[str]) -> dict[str, list[dict[str, Any]]]:
    query = (
        select(versions.c.key, versions.c.role, versions.c.why, records)
        .join_from(versions, records, versions.c.record_id == records.c.record_id)
        .where(versions.c.key.in_(keys))
        .order_by(versions.c.key, versions.c.position)
    )
    return {
        key: [
            {
                "url": row.url,
                "captured": printed_timestamp(row.captured),
                "role": row.role,
                "why": row.why,
                "record": _record(row),
            }
            for row in rows
        ]
        for key, rows in groupby(connection.execute(query), key=lambda row: row.key)
    }


def _record(row: Row[Any]) -> dict[str, Any]:
    return {"file": row.file, "offset": row.offset, "id": row.record_id}
