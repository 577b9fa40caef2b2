"""The assembly: from the stored readings to one canonical report an agency and year, with all its versions.

Works on what was touched since the last time. Everything it decides is a function of the set of stored records, so
the result is the one that an assembly of everything gives, whatever the order in which the records came.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from pipelines.corpus.agencies import update_agencies
from pipelines.corpus.batches import for_keys
from pipelines.corpus.body import Body
from pipelines.corpus.checks import rechecked
from pipelines.corpus.diff import Changes, state
from pipelines.corpus.group import Member, by_agency, groups
from pipelines.corpus.identity import Identity
from pipelines.corpus.merge import Value, adds, merged, with_identity
from pipelines.corpus.packing import as_text, pack, pack_cells, storable, unpack, unpack_cells, unpack_outline
from pipelines.corpus.past import write_changes
from pipelines.corpus.placement import identity_of
from pipelines.corpus.schema import pending, placements, reports, stale, ties, versions
from pipelines.corpus.units import Version
from pipelines.corpus.versions import judge
from pipelines.corpus.years import check_years, kept_findings

_BATCH = 200

_Row = dict[str, Any]


def assemble_some(connection: Connection, after: str) -> tuple[Changes, str] | None:
    """Bring the reports of some stale groups behind ``after`` up to date; returns what differs from before, and the
    last of these groups. None where none is left.

    In the caller's transaction, with the years before and after, and the groups with which versions were exchanged:
    readers see the state of a report before, or the state after. A group of which another process has stored something
    since it was placed waits for the next assembly.
    """
    listed = select(stale.c.grouping).where(stale.c.grouping > after).order_by(stale.c.grouping)
    groupings = list(connection.scalars(listed.limit(_BATCH)))
    if not groupings:
        return None
    changes, last = Changes(), groupings[-1]
    groupings = _ready(connection, _tied(connection, groupings))
    bodies: set[Body] = set()
    for start in range(0, len(groupings), _BATCH):
        some = groupings[start : start + _BATCH]
        bodies |= _assemble_groups(connection, some, changes)
        for table in (stale, ties):
            connection.execute(delete(table).where(table.c.grouping.in_(some)))
    check_years(connection, bodies, changes)
    update_agencies(connection, bodies)
    changes.settle(connection)
    write_changes(connection, changes.entries)
    return changes, last


def _tied(connection: Connection, groupings: Sequence[str]) -> list[set[str]]:
    """The groups in sets that are assembled together, with all that are tied to them."""
    sets = {grouping: {grouping} for grouping in groupings}
    fresh = list(groupings)
    while fresh:
        pairs = for_keys(connection, lambda part: select(ties).where(ties.c.grouping.in_(part)), fresh)
        fresh = sorted({row.other for row in pairs} - sets.keys())
        sets |= {grouping: {grouping} for grouping in fresh}
        for one, other in ((row.grouping, row.other) for row in pairs):
            if sets[one] is not sets[other]:
                sets[one] |= sets[other]
                for member in sets[other]:
                    sets[member] = sets[one]
    return list({id(members): members for members in sets.values()}.values())


def _ready(connection: Connection, sets: Sequence[set[str]]) -> list[str]:
    """The groups of those sets in which no document has been stored again since it was placed."""
    waiting = select(placements.c.grouping).join(pending, pending.c.document == placements.c.document).distinct()
    every = sorted(set().union(*sets))
    blocked = {
        row.grouping for row in for_keys(connection, lambda part: waiting.where(placements.c.grouping.in_(part)), every)
    }
    return sorted(grouping for members in sets if not members & blocked for grouping in members)


def _assemble_groups(connection: Connection, groupings: Sequence[str], changes: Changes) -> set[Body]:
    """Replace the reports of the groups; returns the bodies whose reports they are."""
    before = {row.key: row for row in connection.execute(select(reports).where(reports.c.grouping.in_(groupings)))}
    stood = _standing(connection, list(before))
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
    stand: dict[str, list[_Row]] = defaultdict(list)
    for one in version_rows:
        stand[one["key"]].append(one)
    for key in sorted(before.keys() | after.keys()):
        old = before.get(key)
        was = state(dict(old._mapping), stood[key]) if old else None
        changes.compare(key, was, state(after[key], stand[key]) if key in after else None)
    named = [(row.agency, row.division) for row in before.values()]
    named += [(row["agency"], row["division"]) for row in after.values()]
    return {Body(agency, division) for agency, division in named if agency is not None}


def _standing(connection: Connection, keys: Sequence[str]) -> dict[str, list[_Row]]:
    """The versions of each report, as they are stored."""
    found: dict[str, list[_Row]] = defaultdict(list)
    names = ("key", "position", "record_id", "ordinal", "role", "parser_id")
    query = select(*(versions.c[name] for name in names))
    for row in for_keys(connection, lambda part: query.where(versions.c.key.in_(part)), keys):
        found[row.key].append(dict(row._mapping))
    return found


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
        "key": as_text([*json.loads(grouping), division, *([label] if label else [])]),
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
    if not main.count or (part.content != main.content and not part.numbers.items() <= main.numbers.items()):
        return True
    own, other = (rows[(version.record_id, version.ordinal)] for version in (main, part))
    return adds(unpack_outline(own.body), unpack_outline(other.body))


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
