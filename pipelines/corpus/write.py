"""Storing what was read from records, and forgetting it; what a change touches is noted as pending.

Several processes may store at once (PostgreSQL): the rows of `records` are taken first and in order, so that two who
store the same record wait for each other and none waits in a circle. Notes in `pending` are only ever added here.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Executable, Table, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from pipelines.corpus.batches import for_keys
from pipelines.corpus.rows import Rows
from pipelines.corpus.schema import links, metadata, pending, readings, records

_BATCH = 500


def replace(connection: Connection, rows: Rows) -> None:
    """Put ``rows`` in the place of what is stored of their records."""
    ids = sorted(row["record_id"] for row in rows.records)
    touched = {row["document"] for row in rows.records} | _touched(connection, ids)
    if rows.records:
        taken = sorted(rows.records, key=lambda row: row["record_id"])
        connection.execute(_insert_or_replace(connection), taken)
    _delete(connection, ids, readings, links)
    for table, values in ((readings, rows.readings), (links, rows.links)):
        if values:
            connection.execute(insert(table), values)
    _note_pending(connection, touched)


def drop(connection: Connection, ids: Sequence[str]) -> None:
    """Delete records, and what was read from them."""
    ids = sorted(ids)
    touched = _touched(connection, ids)
    _delete(connection, ids, records, readings, links)
    _note_pending(connection, touched)


def forget(connection: Connection) -> None:
    """Delete everything."""
    for table in metadata.sorted_tables:
        connection.execute(delete(table))


def _touched(connection: Connection, ids: Sequence[str]) -> set[str]:
    """The documents that a change of records touches: their own, and those that they link. Locks the records' rows."""
    record = select(records.c.document).order_by(records.c.record_id).with_for_update()
    own = for_keys(connection, lambda part: record.where(records.c.record_id.in_(part)), ids)
    linked = for_keys(connection, lambda part: select(links.c.target).where(links.c.record_id.in_(part)), ids)
    return {row[0] for row in own} | {row[0] for row in linked}


def _insert_or_replace(connection: Connection) -> Executable:
    """The insertion of records, where another process may have stored the same one a moment ago."""
    dialects: dict[str, Any] = {"sqlite": sqlite, "postgresql": postgresql}
    statement = dialects[connection.dialect.name].insert(records)
    values = {column.name: statement.excluded[column.name] for column in records.c if not column.primary_key}
    upsert: Executable = statement.on_conflict_do_update(index_elements=[records.c.record_id], set_=values)
    return upsert


def _delete(connection: Connection, ids: Sequence[str], *tables: Table) -> None:
    for start in range(0, len(ids), _BATCH):
        for table in tables:
            connection.execute(delete(table).where(table.c.record_id.in_(ids[start : start + _BATCH])))


def _note_pending(connection: Connection, documents: Iterable[str]) -> None:
    notes = [{"document": document} for document in sorted(set(documents))]
    if notes:
        connection.execute(insert(pending), notes)
