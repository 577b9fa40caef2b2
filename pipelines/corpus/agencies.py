"""The agencies of the corpus as entities: how they are written, where they belong, and what became of them."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from config import divisions
from pipelines.corpus.batches import for_keys
from pipelines.corpus.body import Body
from pipelines.corpus.identity import unpack_identity
from pipelines.corpus.packing import as_text
from pipelines.corpus.schema import agencies, placements, reports, versions
from pipelines.identity.name import read_name

_BATCH = 200


def update_agencies(connection: Connection, bodies: Iterable[Body]) -> None:
    """Replace the rows of ``bodies`` by what their reports say now; a body without a report has none."""
    ordered = sorted(bodies, key=lambda body: body.order)
    for start in range(0, len(ordered), _BATCH):
        batch = ordered[start : start + _BATCH]
        connection.execute(delete(agencies).where(agencies.c.key.in_([_key(body) for body in batch])))
        rows = list(_rows(connection, frozenset(batch)))
        if rows:
            connection.execute(insert(agencies), rows)


def agency_rows(connection: Connection) -> list[dict[str, Any]]:
    """One row an agency, by division (none last) and name.

    ``former`` and ``later`` are the agencies that a reform turned into this one, or this one into: of bodies by the
    vocabulary of config/sectors.yaml, of divisions by the lists of config/divisions.csv; as far as the corpus has them.
    """
    rows = {Body(row.name, row.division): row for row in connection.execute(select(agencies))}
    later: dict[Body, list[Body]] = {body: [new for new in _successors(body) if new in rows] for body in rows}
    former: dict[Body, list[Body]] = defaultdict(list)
    for old, successors in later.items():
        for new in successors:
            former[new].append(old)
    return [
        {
            "name": body.name,
            "division": body.division,
            "level": row.level,
            "sector": row.sector,
            "as_written": json.loads(row.as_written),
            "years": json.loads(row.years),
            "reports": row.reports,
            "former": sorted(old.name for old in former[body]),
            "later": sorted(new.name for new in later[body]),
        }
        for body, row in sorted(rows.items(), key=lambda item: item[0].order)
    ]


def _rows(connection: Connection, bodies: frozenset[Body]) -> Iterator[dict[str, Any]]:
    query = select(reports.c.key, reports.c.agency, reports.c.division, reports.c.year)
    names = sorted({body.name for body in bodies})
    found: dict[Body, dict[str, int | None]] = defaultdict(dict)
    for row in for_keys(connection, lambda part: query.where(reports.c.agency.in_(part)), names):
        body = Body(row.agency, row.division)
        if body in bodies:
            found[body][row.key] = row.year
    told = _told(connection, [key for years in found.values() for key in years])
    for body, years in sorted(found.items(), key=lambda item: item[0].order):
        said = [agency for key in years for agency in told[key] if agency["name"] == body.name]
        yield {
            "key": _key(body),
            "name": body.name,
            "division": body.division,
            "level": _said(said, "level"),
            "sector": _said(said, "sector"),
            "as_written": json.dumps(sorted({agency["as_written"] for agency in said}), ensure_ascii=False),
            "years": json.dumps(sorted({year for year in years.values() if year is not None})),
            "reports": len(years),
        }


def _told(connection: Connection, keys: list[str]) -> dict[str, list[dict[str, Any]]]:
    """What the versions of each report say of the agency."""
    query = select(versions.c.key, placements.c.identity).join(
        placements, (placements.c.record_id == versions.c.record_id) & (placements.c.ordinal == versions.c.ordinal)
    )
    told: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in for_keys(connection, lambda part: query.where(versions.c.key.in_(part)), keys):
        agency = unpack_identity(row.identity).agency
        if agency is not None:
            told[row.key].append(agency)
    return told


def _said(said: list[dict[str, Any]], field: str) -> str | None:
    """What most say; of two that as many say, the first in the alphabet."""
    values = [agency[field] for agency in said if agency[field] is not None]
    return min(set(values), key=lambda value: (-values.count(value), value), default=None)


def _successors(body: Body) -> list[Body]:
    """What a reform made of ``body`` by the vocabulary, or the renaming of its division by the lists."""
    return sorted({*_reformed(body), *_renamed(body)}, key=lambda one: one.order)


def _renamed(body: Body) -> Iterator[Body]:
    """邹平市财政局 after 邹平县财政局."""
    for old in divisions.former(body.division) if body.division else ():
        new = divisions.followed_by(old)
        if new is not None and old.name in body.name:
            yield Body(body.name.replace(old.name, new.name, 1), new.code)


def _reformed(body: Body) -> list[Body]:
    name = read_name(body.name)
    if name is None:
        return []
    renamed = (body.name.replace(option.name, option.later) for option in name.options if option.later)
    return [Body(later, body.division) for later in set(renamed) if later != body.name]


def _key(body: Body) -> str:
    return as_text(body)
