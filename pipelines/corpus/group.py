"""The versions of one agency and year, fetched from the tables."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from config.hosts import host_of, registered_domain
from pipelines.corpus.batches import for_keys
from pipelines.corpus.content import Content
from pipelines.corpus.identity import compatible, unpack_identity
from pipelines.corpus.placement import IDENTITY, NO_GROUP
from pipelines.corpus.schema import links, placements, readings, records
from pipelines.corpus.units import Version, same_content, same_payload

_Part = tuple[str, int]

_QUERY = (
    select(
        placements,
        records.c.url,
        records.c.captured,
        records.c.payload_digest,
        records.c.truncated,
        records.c.parser_id,
        readings.c.announcement,
        readings.c.form,
        *IDENTITY,
        readings.c.cells_listed,
        readings.c.numbers,
        readings.c.errors,
        readings.c.findings_listed,
        readings.c.sentences,
        readings.c.cells,
        readings.c.findings,
        readings.c.body,
    )
    .join_from(placements, records, placements.c.record_id == records.c.record_id)
    .join(readings, (readings.c.record_id == placements.c.record_id) & (readings.c.ordinal == placements.c.ordinal))
)


@dataclass(frozen=True, slots=True)
class Member:
    """A version, and the row that holds its values."""

    version: Version
    row: Row[Any]


def groups(connection: Connection, groupings: Sequence[str]) -> Iterator[tuple[str, list[Member]]]:
    """The members of each group that has any: its reports, and the announcements that link one of them."""
    own: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(_QUERY.where(placements.c.grouping.in_(groupings))):
        own[row.grouping].append(row)
    documents = sorted({row.document for rows in own.values() for row in rows})
    above = for_keys(connection, lambda part: select(links).where(links.c.target.in_(part)), documents)
    announcements = _announcements(connection, sorted({link.record_id for link in above}))
    linking: dict[str, set[_Part]] = defaultdict(set)
    for link in above:
        if (link.record_id, link.ordinal) in announcements:
            linking[link.target].add((link.record_id, link.ordinal))
    ids = {row.record_id for rows in own.values() for row in rows} | {record_id for record_id, _ in announcements}
    targets = _targets(connection, sorted(ids))
    for grouping in sorted(own):
        pages = sorted({part for row in own[grouping] for part in linking[row.document]})
        rows = own[grouping] + [announcements[part] for part in pages]
        yield grouping, [_member(row, targets) for row in rows]


def by_agency(members: Sequence[Member]) -> Iterator[tuple[str | None, str, list[Member]]]:
    """The members of a group by the agency whose they are: its division, and where that can't be told, a neighbourhood.

    Two divisions are two agencies of one name. A version whose division could not be told belongs to the one division
    that has the same report, or the page or file of it. The others are one agency only where their content or their
    portal is the same: 鼓楼区卫生健康局 alone is four. Announcements go with the files that they link.
    """
    if len(members) == 1 and members[0].version.identity.division is not None:
        yield members[0].version.identity.division, "", list(members)
        return
    known: dict[str | None, list[Member]] = defaultdict(list)
    reports = [member for member in members if not member.version.announcement]
    for member in reports:
        known[member.version.identity.division].append(member)
    unknown = known.pop(None, [])
    homes = [_home(member, known) for member in unknown]
    homeless = [member for member, home in zip(unknown, homes, strict=True) if home is None]
    for member, home in zip(unknown, homes, strict=True):
        if home is not None:
            known[home].append(member)
    parts = [(division, "", part) for division, part in known.items()]
    parts += [(None, label, part) for label, part in _neighbourhoods(homeless)]
    for division, label, part in parts:
        announced = [
            member
            for member in members
            if member.version.announcement and any(_announces(member.version, other.version) for other in part)
        ]
        yield division, label, part + announced


def _neighbourhoods(members: Sequence[Member]) -> list[tuple[str, list[Member]]]:
    """``members`` in sets that are connected by content or portal, each with a label that the order does not change.

    The label is empty for the bodies of the State Council, which have no division and are one of each name.
    """
    sets: list[list[Member]] = []
    for member in sorted(members, key=lambda member: member.version.order):
        near = [one for one in sets if any(_neighbours(member.version, other.version) for other in one)]
        sets = [one for one in sets if one not in near]
        sets.append([other for one in near for other in one] + [member])
    return [("" if _is_national(one[0].version) else min(_portal(m.version) for m in one), one) for one in sets]


def _neighbours(one: Version, other: Version) -> bool:
    return _is_national(one) or _portal(one) == _portal(other) or _belongs_to(one, other)


def _is_national(version: Version) -> bool:
    agency = version.identity.agency
    return agency is None or agency["level"] == "national"


def _portal(version: Version) -> str:
    """The portal where a version lies; a file that was imported is a portal of its own."""
    host = host_of(version.url)
    return registered_domain(host) if host else version.document


def _announcements(connection: Connection, ids: Sequence[str]) -> dict[_Part, Row[Any]]:
    rows = for_keys(
        connection,
        lambda part: _QUERY.where(placements.c.record_id.in_(part), placements.c.grouping == NO_GROUP),
        ids,
    )
    return {(row.record_id, row.ordinal): row for row in rows}


def _targets(connection: Connection, ids: Sequence[str]) -> Mapping[_Part, frozenset[str]]:
    found: dict[_Part, set[str]] = defaultdict(set)
    for link in for_keys(connection, lambda part: select(links).where(links.c.record_id.in_(part)), ids):
        found[(link.record_id, link.ordinal)].add(link.target)
    return {part: frozenset(targets) for part, targets in found.items()}


def _member(row: Row[Any], targets: Mapping[_Part, frozenset[str]]) -> Member:
    version = Version(
        record_id=row.record_id,
        ordinal=row.ordinal,
        document=row.document,
        url=row.url,
        captured=row.captured,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        payload_digest=row.payload_digest,
        truncated=row.truncated is not None,
        announcement=row.announcement,
        identity=unpack_identity(row.identity),
        content=Content(row.cells, row.sentences, row.numbers),
        errors=row.errors,
        targets=targets.get((row.record_id, row.ordinal), frozenset()),
    )
    return Member(version, row)


def _home(member: Member, known: Mapping[str | None, Sequence[Member]]) -> str | None:
    """The only division in which the same report stands, or None."""
    homes = [
        division
        for division, others in known.items()
        if any(_belongs_to(member.version, other.version) for other in others if other.version.identity.division)
    ]
    return homes[0] if len(homes) == 1 else None


def _belongs_to(one: Version, other: Version) -> bool:
    linked = one.document in other.targets or other.document in one.targets
    return linked or same_payload(one, other) or one.document == other.document or same_content(one, other)


def _announces(page: Version, file: Version) -> bool:
    return file.document in page.targets and compatible(page.identity, file.identity)
