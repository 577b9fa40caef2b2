"""Storing what was read from records, and forgetting it; what a change touches is noted as pending.

Several processes may store at once (PostgreSQL): the rows of `records` are taken first and in order, so that two who
store the same record wait for each other and none waits in a circle. Notes in `pending` are only ever added here.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Executable, Table, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from pipelines.corpus.batches import for_keys
from pipelines.corpus.kept import FileMark
from pipelines.corpus.rows import Row, Rows
from pipelines.corpus.schema import (
    documents,
    files,
    leases,
    links,
    metadata,
    parsers,
    pending,
    readings,
    records,
    versions,
)
from pipelines.fingerprint import Parser

_BATCH = 500


def store(connection: Connection, rows: Rows, parser: Parser) -> None:
    """Take in what ``parser`` made of records; what is the same as before is not written again."""
    reader = parser_id(connection, parser)
    for part in _parts(rows.same):
        read = {"parser_id": reader}
        connection.execute(update(records).where(records.c.record_id.in_(part)).values(read | {"unread": False}))
        connection.execute(update(versions).where(versions.c.record_id.in_(part)).values(read))
    if rows.documents:
        kept = {row["content"]: row for row in rows.documents}
        connection.execute(_insert_or_replace(connection, documents), [kept[content] for content in sorted(kept)])
    if rows.checked:
        _check(connection, rows.checked, reader)
    if rows.records:
        _replace(connection, rows, reader)
    if rows.dropped:
        drop(connection, rows.dropped)


def _replace(connection: Connection, rows: Rows, parser_id: int) -> None:
    """Put rows in the place of what is stored of their records."""
    ids = sorted(row["record_id"] for row in rows.records)
    touched = {row["document"] for row in rows.records} | _touched(connection, ids)
    taken = sorted(rows.records, key=lambda row: row["record_id"])
    values = [row | {"parser_id": parser_id, "unread": False} for row in taken]
    connection.execute(_insert_or_replace(connection, records), values)
    _delete(connection, ids, readings, links)
    for table, new in ((readings, rows.readings), (links, rows.links)):
        if new:
            connection.execute(insert(table), new)
    _note_pending(connection, touched)


def _check(connection: Connection, checked: Sequence[Row], parser_id: int) -> None:
    """Put the new findings into readings whose rules alone were asked again."""
    ids = sorted({row["record_id"] for row in checked})
    rows = [{f"new_{name}": value for name, value in row.items()} for row in checked]
    result = update(records).where(records.c.record_id == bindparam("new_record_id"))
    connection.execute(result.values(result=bindparam("new_result"), parser_id=parser_id, unread=False), rows)
    same = (readings.c.record_id == bindparam("new_record_id")) & (readings.c.ordinal == bindparam("new_ordinal"))
    columns: dict[str, Any] = {name: bindparam(f"new_{name}") for name in ("findings", "errors", "findings_listed")}
    connection.execute(update(readings).where(same).values(columns), rows)
    _note_pending(connection, _touched(connection, ids, links_too=False))


def unread(connection: Connection) -> None:
    """Let every record be parsed from its start again, and every file be gone through."""
    connection.execute(update(records).values(unread=True))
    connection.execute(delete(documents))
    connection.execute(delete(files))


def mark(connection: Connection, file: str, mark: FileMark) -> None:
    """Note that every record of a finished file has been looked at."""
    row = asdict(mark) | {"file": file, "skipped": json.dumps(dict(sorted(mark.skipped.items())))}
    connection.execute(_insert_or_replace(connection, files), [row])


def drop_gone(connection: Connection, ids: Sequence[str]) -> None:
    """Delete records that the archive no longer holds, and the documents of which no record is left."""
    drop(connection, ids)
    used = select(records.c.content).where(records.c.content.is_not(None))
    connection.execute(delete(documents).where(documents.c.content.not_in(used)))


def drop(connection: Connection, ids: Sequence[str]) -> None:
    """Delete records, and what was read from them."""
    ids = sorted(ids)
    touched = _touched(connection, ids)
    held = for_keys(
        connection, lambda part: select(records.c.file).where(records.c.record_id.in_(part)).distinct(), ids
    )
    for part in _parts(sorted({row.file for row in held})):
        connection.execute(delete(files).where(files.c.file.in_(part)))
    _delete(connection, ids, records, readings, links)
    _note_pending(connection, touched)


def forget(connection: Connection) -> None:
    """Delete everything that can be computed again, and what was."""
    for table in metadata.sorted_tables:
        if table is leases:  # whoever crawls goes on
            continue
        connection.execute(delete(table))


def _touched(connection: Connection, ids: Sequence[str], *, links_too: bool = True) -> set[str]:
    """The documents that a change of records touches: their own, and those that they link. Locks the records' rows."""
    record = select(records.c.document).order_by(records.c.record_id).with_for_update()
    own = for_keys(connection, lambda part: record.where(records.c.record_id.in_(part)), ids)
    target = select(links.c.target)
    linked = for_keys(connection, lambda part: target.where(links.c.record_id.in_(part)), ids if links_too else ())
    return {row[0] for row in own} | {row[0] for row in linked}


def parser_id(connection: Connection, parser: Parser) -> int:
    """The number under which the parser is known, from now on where it is new."""
    query = select(parsers.c.id).where(parsers.c.name == parser.name)
    found: int | None = connection.scalar(query)
    if found is None:
        statement = dialect(connection).insert(parsers).values(parser._asdict())
        connection.execute(statement.on_conflict_do_nothing(index_elements=[parsers.c.name]))
        found = connection.scalar(query)
    assert found is not None
    return found


def _insert_or_replace(connection: Connection, table: Table) -> Executable:
    """The insertion of rows where another process may have stored the same a moment ago."""
    statement = dialect(connection).insert(table)
    keys = list(table.primary_key)
    values = {column.name: statement.excluded[column.name] for column in table.c if not column.primary_key}
    upsert: Executable = statement.on_conflict_do_update(index_elements=keys, set_=values)
    return upsert


def dialect(connection: Connection) -> Any:
    """The statements that only the connection's kind of database has."""
    return {"sqlite": sqlite, "postgresql": postgresql}[connection.dialect.name]


def _delete(connection: Connection, ids: Sequence[str], *tables: Table) -> None:
    for part in _parts(ids):
        for table in tables:
            connection.execute(delete(table).where(table.c.record_id.in_(part)))


def _parts(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    return (keys[start : start + _BATCH] for start in range(0, len(keys), _BATCH))


def _note_pending(connection: Connection, documents: Iterable[str]) -> None:
    notes = [{"document": document} for document in sorted(set(documents))]
    if notes:
        connection.execute(insert(pending), notes)
