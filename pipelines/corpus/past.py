"""What was: each change of a report since it is known, and what each re-parse came to.

Nothing else in the corpus is like this: the archive can't give it back.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from config import clock
from pipelines.corpus.diff import Changes, Entry
from pipelines.corpus.kept import known_parsers
from pipelines.corpus.packing import pack, unpack
from pipelines.corpus.rows import printed_timestamp, timestamp
from pipelines.corpus.schema import changes, records, reparses, untold


def write_changes(connection: Connection, entries: Mapping[str, Entry]) -> None:
    """Keep what happened to reports, in the caller's transaction: with the change itself or not at all."""
    at = timestamp(clock.now())
    rows = [_row(key, entry, at) for key, entry in sorted(entries.items())]
    if rows:
        connection.execute(insert(changes), rows)


def _row(key: str, entry: Entry, at: str) -> dict[str, Any]:
    told = {"cells": entry.cells, "gained": entry.gained, "lost": entry.lost, "fields": entry.fields}
    state = entry.after or entry.before
    return {
        "report": key,
        "at": at,
        "kind": entry.kind,
        "other": entry.other,
        "record_id": state.record_id if state else None,
        "parser_before": entry.before.parser_id if entry.before else None,
        "parser_after": entry.after.parser_id if entry.after else None,
        "packed": pack(told) if any(told.values()) else None,
    }


def collect(connection: Connection, found: Changes, *, begin: bool) -> None:
    """Keep for the next `write_run` what changed, in the transaction of the change itself, if a re-parse is under way
    (it may have stored what another process assembles) or is to ``begin``."""
    packed = connection.scalar(select(untold.c.changes))
    if packed is None and not begin:
        return
    whole = Changes.of_json(unpack(packed)) if packed else Changes()
    whole.add(found)
    connection.execute(delete(untold))
    connection.execute(insert(untold).values(id=1, changes=pack(whole.as_json())))


def write_run(connection: Connection, parser_id: int, summary: dict[str, Any]) -> Changes:
    """Keep what a re-parse came to, with all that was changed and not told yet; returns that."""
    packed = connection.scalar(select(untold.c.changes))
    told = Changes.of_json(unpack(packed)) if packed else Changes()
    connection.execute(delete(untold))
    whole = pack(summary | {"changes": told.as_json()})
    row = {"at": timestamp(clock.now()), "parser_id": parser_id, "summary": whole}
    connection.execute(insert(reparses), [row])
    return told


def runs(connection: Connection) -> list[dict[str, Any]]:
    """What each re-parse came to, oldest first."""
    rows = connection.execute(select(reparses).order_by(reparses.c.id))
    return [{"at": printed_timestamp(row.at), **unpack(row.summary)} for row in rows]


def past_of(connection: Connection, agency: str, year: int, division: str | None) -> dict[str, list[dict[str, Any]]]:
    """What happened to the reports of that name and year, by their divisions' label, oldest first; those that came from
    another agency or year with what happened to them there."""
    start = json.dumps([agency, year], ensure_ascii=False)[:-1] + ","
    begins_so = (changes.c.report > start) & (changes.c.report < start + chr(sys.maxunicode))
    keys = connection.scalars(select(changes.c.report).where(begins_so).distinct())
    return {
        key: list(_events(connection, key))
        for key in sorted(keys)
        if division is None or json.loads(key)[2] == division
    }


def _events(connection: Connection, key: str) -> Iterator[dict[str, Any]]:
    names = {number: parser.name for number, parser in known_parsers(connection).items()}
    rows: dict[int, Row[Any]] = {}
    waiting, seen = [key], {key}
    while waiting:
        query = select(changes, records.c.file, records.c.offset, records.c.url).outerjoin(
            records, records.c.record_id == changes.c.record_id
        )
        for row in connection.execute(query.where(changes.c.report == waiting.pop())):
            rows[row.id] = row
            if row.kind == "came" and row.other not in seen:
                seen.add(row.other)
                waiting.append(row.other)
    for _, row in sorted(rows.items()):
        told = unpack(row.packed) if row.packed else {"cells": [], "gained": [], "lost": [], "fields": {}}
        yield {
            "at": printed_timestamp(row.at),
            "what": row.kind,
            "report": json.loads(row.report),
            "other": json.loads(row.other) if row.other else None,
            "parser_before": names.get(row.parser_before),
            "parser": names.get(row.parser_after),
            "record": {"file": row.file, "offset": row.offset, "id": row.record_id, "url": row.url},
            "cells": [
                {"cell": f"{table}.{line}.{column}", "before": before, "after": after}
                for table, line, column, before, after in told["cells"]
            ],
            "findings_gained": told["gained"],
            "findings_lost": told["lost"],
            "fields": told["fields"],
        }
