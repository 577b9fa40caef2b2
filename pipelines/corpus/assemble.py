"""The assembly: from the stored readings to one canonical report an agency and year, with all its versions.

Works on what was touched since the last time. Everything it decides is a function of the set of stored records, so
the result is the one that an assembly of everything gives, whatever the order in which the records came.
"""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from pipelines.corpus.batches import in_batches
from pipelines.corpus.checks import rechecked
from pipelines.corpus.diff import Changes, state
from pipelines.corpus.group import Member, by_division, groups
from pipelines.corpus.merge import Value, merged
from pipelines.corpus.packing import pack, pack_cells, storable, unpack, unpack_cells
from pipelines.corpus.placement import place_pending
from pipelines.corpus.schema import reports, stale, versions
from pipelines.corpus.versions import Verdict, judge
from pipelines.corpus.years import Body, check_years

_BATCH = 200

_Row = dict[str, Any]


def assemble(connection: Connection, changes: Changes) -> None:
    """Bring reports and versions up to date with what is stored; what differs from before is told to ``changes``.

    In the caller's transaction: readers see the state before, or the state after.
    """
    place_pending(connection)
    concerned: set[Body] = set()
    for groupings in in_batches(connection, stale.c.grouping, _BATCH):
        concerned |= _assemble_groups(connection, groupings, changes)
    connection.execute(delete(stale))
    check_years(connection, concerned, changes)


def _assemble_groups(connection: Connection, groupings: Sequence[str], changes: Changes) -> set[Body]:
    """Replace the reports of the groups; returns the bodies whose reports they are."""
    before = {row.key: row for row in connection.execute(select(reports).where(reports.c.grouping.in_(groupings)))}
    connection.execute(delete(versions).where(versions.c.key.in_(list(before))))
    connection.execute(delete(reports).where(reports.c.grouping.in_(groupings)))
    after: dict[str, _Row] = {}
    version_rows: list[_Row] = []
    for grouping, members in groups(connection, groupings):
        for division, part in by_division(members).items():
            row, verdicts = _report(grouping, division, part)
            # Kept until the years are checked again, so that they are compared with what stood there.
            row["year_findings"] = before[row["key"]].year_findings if row["key"] in before else None
            after[row["key"]] = row
            version_rows += _version_rows(row["key"], verdicts)
    if after:
        connection.execute(insert(reports), list(after.values()))
        connection.execute(insert(versions), version_rows)
    for key in sorted(before.keys() | after.keys()):
        old = before.get(key)
        changes.compare(state(dict(old._mapping)) if old else None, state(after[key]) if key in after else None)
    named = [(row.agency, row.division) for row in before.values()]
    named += [(row["agency"], row["division"]) for row in after.values()]
    return {Body(agency, division) for agency, division in named if agency is not None}


def _report(grouping: str, division: str | None, members: Sequence[Member]) -> tuple[_Row, list[Verdict]]:
    verdicts = judge([member.version for member in members])
    rows = {(member.version.record_id, member.version.ordinal): member.row for member in members}
    chosen = verdicts[0].version
    main = rows[(chosen.record_id, chosen.ordinal)]
    identity = chosen.identity
    agency = identity.agency
    if agency is not None and agency["division"] is None:
        agency = agency | {"division": division}
    parts = [
        _value(rows[(verdict.version.record_id, verdict.version.ordinal)])
        for verdict in verdicts
        if verdict.role == "part" and not verdict.version.announcement
    ]
    value = own = _value(main)
    if parts:
        value = rechecked(own, merged(own, parts))
    body = value.body | {"agency": agency, "year": identity.year, "published": identity.published}
    unchanged = value is own
    row = {
        "key": json.dumps([*json.loads(grouping), division], ensure_ascii=False),
        "grouping": grouping,
        "agency": identity.name,
        "division": agency["division"] if agency else None,
        "year": identity.year,
        "form": body["form"],
        "title": storable(body["title"]),
        "record_id": chosen.record_id,
        "cells_listed": len(value.cells),
        "numbers": sum(cell["state"] == "number" for cell in value.cells),
        "cells": main.cells if unchanged else pack_cells(value.cells),
        "findings": main.findings if unchanged else pack(value.findings),
        "errors": sum(finding["severity"] == "error" for finding in value.findings),
        "findings_listed": len(value.findings),
        "body": main.body if body == own.body else pack(body),
    }
    return row, verdicts


def _value(row: Any) -> Value:
    return Value(row.url, unpack(row.body), unpack_cells(row.cells), unpack(row.findings))


def _version_rows(key: str, verdicts: Sequence[Verdict]) -> list[_Row]:
    return [
        {
            "key": key,
            "position": position,
            "record_id": verdict.version.record_id,
            "ordinal": verdict.version.ordinal,
            "role": verdict.role,
            "why": verdict.why,
        }
        for position, verdict in enumerate(verdicts)
    ]
