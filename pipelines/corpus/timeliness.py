"""When each report was published, as far as its versions tell: what `nianbao coverage` needs of the corpus."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, select

from pipelines.corpus.packing import unpack
from pipelines.corpus.schema import readings, records, reports, versions

_BATCH = 500


def report_facts(connection: Connection) -> Iterator[dict[str, Any]]:
    """One row a report with agency and year: ``agency``, ``division``, ``year``, ``errors``, ``findings``, ``urls`` of
    all versions (the canonical one first), ``published`` (the earliest day that a version's page gives) and ``signed``
    (the day under the report), as ISO text or None. Streams."""
    columns = ("key", "agency", "division", "year", "errors", "findings_listed", "body")
    query = (
        select(*(reports.c[name] for name in columns))
        .where(reports.c.agency.is_not(None), reports.c.year.is_not(None))
        .order_by(reports.c.key)
    )
    for batch in connection.execute(query).yield_per(_BATCH).partitions():
        told = _versions(connection, [row.key for row in batch])
        for row in batch:
            dates = [published for _, published in told.get(row.key, []) if published]
            yield {
                "agency": row.agency,
                "division": row.division,
                "year": row.year,
                "errors": row.errors,
                "findings": row.findings_listed,
                "urls": [url for url, _ in told.get(row.key, [])],
                "published": min(dates, default=None),
                "signed": unpack(row.body).get("signed"),
            }


def _versions(connection: Connection, keys: list[str]) -> dict[str, list[tuple[str, str | None]]]:
    query = (
        select(versions.c.key, records.c.url, readings.c.published)
        .join_from(versions, records, versions.c.record_id == records.c.record_id)
        .join(readings, (readings.c.record_id == versions.c.record_id) & (readings.c.ordinal == versions.c.ordinal))
        .where(versions.c.key.in_(keys))
        .order_by(versions.c.key, versions.c.position)
    )
    rows = connection.execute(query)
    return {key: [(row.url, row.published) for row in group] for key, group in groupby(rows, key=lambda row: row.key)}
