"""Storing what was read from records, and forgetting it; what a change touches is marked as pending."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, delete, insert, select

from pipelines.corpus.batches import for_keys
from pipelines.corpus.rows import Rows
from pipelines.corpus.schema import links, metadata, pending, readings, records

_BATCH = 500


def replace(connection: Connection, rows: Rows) -> None:
    """Put ``rows`` in the place of what is stored of their records."""
    ids = [row["record_id"] for row in rows.records]
    touched = {row["document"] for row in rows.records} | _delete(connection, ids)
    for table, values in ((records, rows.records), (readings, rows.readings), (links, rows.links)):
        if values:
            connection.execute(insert(table), values)
    _mark_pending(connection, touched)


def drop(connection: Connection, ids: Sequence[str]) -> None:
    """Delete records, and what was read from them."""
    _mark_pending(connection, _delete(connection, ids))


def forget(connection: Connection) -> None:
    """Delete everything."""
    for table in metadata.sorted_tables:
        connection.execute(delete(table))


def _delete(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Delete the rows of records; returns the documents that this touches: their own, and those that they linked."""
    own = for_keys(connection, lambda part: select(records.c.document).where(records.c.record_id.in_(part)), ids)
    linked = for_keys(connection, lambda part: select(links.c.target).where(links.c.record_id.in_(part)), ids)
    for start in range(0, len(ids), _BATCH):
        for table in (records, readings, links):
            connection.execute(delete(table).where(table.c.record_id.in_(ids[start : start + _BATCH])))
    return {row[0] for row in own} | {row[0] for row in linked}


def _mark_pending(connection: Connection, documents: Iterable[str]) -> None:
    wanted = sorted(set(documents))
    marked = for_keys(connection, lambda part: select(pending.c.document).where(pending.c.document.in_(part)), wanted)
    added = set(wanted) - {row[0] for row in marked}
    if added:
        connection.execute(insert(pending), [{"document": document} for document in sorted(added)])
