"""The assembly: from the stored readings to one canonical report an agency and year, with all its versions.

Works on what was touched since the last time. Everything it decides is a function of the set of stored records, so
the result is the one that an assembly of everything gives, whatever the order in which the records came.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from pipelines.corpus.agencies import update_agencies
from pipelines.corpus.batches import in_batches
from pipelines.corpus.body import Body
from pipelines.corpus.checks import rechecked
from pipelines.corpus.diff import Changes, state
from pipelines.corpus.group import Member, by_agency, groups
from pipelines.corpus.identity import Identity
from pipelines.corpus.merge import Value, adds, merged, with_identity
from pipelines.corpus.packing import pack, pack_cells, storable, unpack, unpack_cells
from pipelines.corpus.placement import identity_of, place_pending
from pipelines.corpus.schema import reports, stale, versions
from pipelines.corpus.units import Version
from pipelines.corpus.versions import judge
from pipelines.corpus.years import check_years, kept_findings

_BATCH = 200

_Row = dict[str, Any]


def assemble(connection: Connection, changes: Changes) -> None:
    """Bring reports and versions up to date with what is stored; what differs from before is told to ``changes``.

    In the caller's transaction: readers see the state before, or the state after.
    """
    changes.fresh = connection.execute(select(reports.c.key).limit(1)).first() is None
    place_pending(connection)
    concerned: set[Body] = set()
    for groupings in in_batches(connection, stale.c.grouping, _BATCH):
        concerned |= _assemble_groups(connection, groupings, changes)
    connection.execute(delete(stale))
    check_years(connection, concerned, changes)
    update_agencies(connection, concerned)


def _assemble_groups(connection: Connection, groupings: Sequence[str], changes: Changes) -> set[Body]:
    """Replace the reports of the groups; returns the bodies whose reports they are."""
    before = {row.key: row for row in connection.execute(select(reports).where(reports.c.grouping.in_(groupings)))}
    if before:
        connection.execute(delete(versions).where(versions.c.key.in_(list(before))))
        connection.execute(delete(reports).where(reports.c.grouping.in_(groupings)))
    after: dict[str, _Row] = {}
    version_rows: list[_Row] = []
    for grouping, members in groups(connection, groupings):
        for division, label, part in by_agency(members):
            row, listed = _report(grouping, division, label, part)
            old = before.get(row["key"])
            after[row["key"]] = row | kept_findings(row, old.year_findings if old else None)
            version_rows += listed
    if after:
        connection.execute(insert(reports), list(after.values()))
        connection.execute(insert(versions), version_rows)
    for key in sorted(before.keys() | after.keys()):
        old = before.get(key)
        changes.compare(state(dict(old._mapping)) if old else None, state(after[key]) if key in after else None)
    named = [(row.agency, row.division) for row in before.values()]
    named += [(row["agency"], row["division"]) for row in after.values()]
    return {Body(agency, division) for agency, division in named if agency is not None}


def _report(grouping: str, division: str | None, label: str, members: Sequence[Member]) -> tuple[_Row, list[_Row]]:
    verdicts = judge([member.version for member in members])
    rows = {(member.version.record_id, member.version.ordinal): member.row for member in members}
    chosen = verdicts[0].version
    main = rows[(chosen.record_id, chosen.ordinal)]
    identity = chosen.identity
    agency = identity.agency
    if agency is not None and agency["division"] is None:
        agency = agency | {"division": division}
    parts = [verdict.version for verdict in verdicts if verdict.role == "part"]
    dates = [part.identity.published for part in parts if part.identity.published]
    placed = Identity(agency, identity.year, identity.published or min(dates, default=None), main.title)
    others = [rows[(part.record_id, part.ordinal)] for part in parts if _adds(part, chosen, rows)]
    if others or placed != identity_of(main):
        whole = merged(_value(main), [_value(other) for other in others])
        values = _columns(rechecked(with_identity(whole, placed)))
    else:
        values = _stored_columns(main)
    row = values | {
        "key": json.dumps([*json.loads(grouping), division, *([label] if label else [])], ensure_ascii=False),
        "grouping": grouping,
        "agency": identity.name,
        "division": agency["division"] if agency else None,
        "year": identity.year,
        "record_id": chosen.record_id,
    }
    return row, [
        {
            "key": row["key"],
            "position": position,
            "record_id": verdict.version.record_id,
            "ordinal": verdict.version.ordinal,
            "role": verdict.role,
            "why": verdict.why,
            "parser_id": rows[(verdict.version.record_id, verdict.version.ordinal)].parser_id,
        }
        for position, verdict in enumerate(verdicts)
    ]


def _adds(part: Version, main: Version, rows: Mapping[tuple[str, int], Any]) -> bool:
    """Whether the report ``main`` learns anything from its part; the page and its file mostly say the same."""
    if part.announcement:
        return False
    if not main.numbers or not part.numbers.items() <= main.numbers.items():
        return True
    own, other = (rows[(version.record_id, version.ordinal)] for version in (main, part))
    return adds(unpack(own.body), unpack(other.body))


def _stored_columns(main: Any) -> _Row:
    """The values of a report that is one version as it was read: what was stored, as it lies packed."""
    names = ("form", "title", "cells_listed", "numbers", "errors", "findings_listed", "cells", "findings", "body")
    return {name: getattr(main, name) for name in names}


def _columns(whole: Value) -> _Row:
    """The values of a report that the assembly has changed."""
    return {
        "form": whole.body["form"],
        "title": storable(whole.body["title"]),
        "cells_listed": len(whole.cells),
        "numbers": sum(cell["state"] == "number" for cell in whole.cells),
        "errors": sum(finding["severity"] == "error" for finding in whole.findings),
        "findings_listed": len(whole.findings),
        "cells": pack_cells(whole.cells),
        "findings": pack(whole.findings),
        "body": pack(whole.body),
    }


def _value(row: Any) -> Value:
    return Value(row.url, unpack(row.body), unpack_cells(row.cells), unpack(row.findings))
