"""First step of the assembly: of the documents that were touched, whose report of which year each version is."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select

from pipelines.corpus.batches import for_keys
from pipelines.corpus.identity import Identity, Numbers, Page, Relative, pack_identity, placed
from pipelines.corpus.packing import as_text, unpack_numbers
from pipelines.corpus.schema import links, pending, placements, readings, records, stale, ties

_BATCH = 400

_AGENCY = ("as_written", "division", "level", "sector")
# What a reading says of its identity; `identity_of` reads them.
IDENTITY = tuple(readings.c[name] for name in ("agency", *_AGENCY, "year", "published", "title"))

_Key = tuple[str, int]

# Announcements are placed under no group: they follow the files that they link.
NO_GROUP = ""


@dataclass(frozen=True, slots=True)
class Sighted:
    """One distinct payload of a document: its newest capture, and when it was first and last seen."""

    row: Row[Any]
    first_seen: str
    last_seen: str

    @property
    def key(self) -> _Key:
        return (self.row.record_id, self.row.ordinal)


def widen_pending(connection: Connection) -> int:
    """Note what depends on the pending documents, too; returns the last note that `place_some` may take."""
    _widen(connection)
    return connection.scalar(select(func.max(pending.c.id))) or 0


def place_some(connection: Connection, last: int) -> bool:
    """Place every version of some pending documents anew; groups that lose or gain one become stale. False where none
    was left that had been noted up to ``last``."""
    noted = select(pending.c.document).where(pending.c.id <= last).distinct().order_by(pending.c.document)
    documents = list(connection.scalars(noted.limit(_BATCH)))
    if not documents:
        return False
    before = _groupings(connection, documents)
    connection.execute(delete(placements).where(placements.c.document.in_(documents)))
    rows = list(_placement_rows(connection, documents))
    if rows:
        connection.execute(insert(placements), rows)
    after: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        after[row["document"]].add(row["grouping"])
    _mark_stale(connection, {grouping for found in (before, after) for some in found.values() for grouping in some})
    _tie(connection, ((before[document], after[document]) for document in documents))
    connection.execute(delete(pending).where(pending.c.id <= last, pending.c.document.in_(documents)))
    return True


def _tie(connection: Connection, moves: Iterable[tuple[set[str], set[str]]]) -> None:
    """Have the groups that a document leaves and enters assembled together: no reader misses its report meanwhile."""
    pairs = {
        pair
        for left, entered in moves
        for old in left - entered - {NO_GROUP}
        for new in entered - left - {NO_GROUP}
        for pair in ((old, new), (new, old))
    }
    known = {
        (row.grouping, row.other)
        for row in for_keys(
            connection, lambda part: select(ties).where(ties.c.grouping.in_(part)), sorted({a for a, _ in pairs})
        )
    }
    if pairs - known:
        connection.execute(insert(ties), [{"grouping": one, "other": other} for one, other in sorted(pairs - known)])


def _widen(connection: Connection) -> None:
    """Add what depends on the pending documents: the pages that link them, and the files of all those pages."""
    known = select(pending.c.document)
    for found, near in ((links.c.page, links.c.target), (links.c.target, links.c.page)):
        query = select(found).where(near.in_(known), found.not_in(known)).distinct()
        connection.execute(insert(pending).from_select(["document"], query))


def _groupings(connection: Connection, documents: Sequence[str]) -> dict[str, set[str]]:
    """The groups in which the versions of each document are."""
    found: dict[str, set[str]] = defaultdict(set)
    query = select(placements.c.document, placements.c.grouping).where(placements.c.document.in_(documents))
    for row in connection.execute(query):
        found[row.document].add(row.grouping)
    return found


def _mark_stale(connection: Connection, groupings: set[str]) -> None:
    groupings = groupings - {NO_GROUP}
    if not groupings:
        return
    known = set(connection.scalars(select(stale.c.grouping).where(stale.c.grouping.in_(groupings))))
    added = [{"grouping": grouping} for grouping in sorted(groupings - known)]
    if added:
        connection.execute(insert(stale), added)


def _placement_rows(connection: Connection, documents: Sequence[str]) -> Iterator[dict[str, Any]]:
    family = _Family(connection, documents)
    for document in documents:
        for sighted in family.sightings.get(document, ()):
            identity = family.placed(sighted)
            yield {
                "record_id": sighted.row.record_id,
                "ordinal": sighted.row.ordinal,
                "document": document,
                "grouping": NO_GROUP if sighted.row.announcement else _grouping(identity, document, sighted),
                "identity": pack_identity(identity),
                "first_seen": sighted.first_seen,
                "last_seen": sighted.last_seen,
            }


def _grouping(identity: Identity, document: str, sighted: Sighted) -> str:
    if identity.name is None or identity.year is None:
        return as_text([None, document, sighted.row.ordinal])
    return as_text([identity.name, identity.year])


class _Family:
    """The versions of some documents with the pages that link them and the files beside and below them."""

    def __init__(self, connection: Connection, documents: Sequence[str]) -> None:
        self._connection = connection
        above = connection.execute(select(links).where(links.c.target.in_(documents))).all()
        pages = sorted({*documents, *(link.page for link in above)})
        below = for_keys(connection, lambda part: select(links).where(links.c.page.in_(part)), pages)
        targets = {link.target for link in below}
        self.sightings = _sightings(connection, sorted({*pages, *targets}))
        self._targets: Mapping[_Key, list[str]] = _gathered(
            ((link.record_id, link.ordinal), link.target) for link in below
        )
        self._pages: Mapping[str, list[str]] = _gathered({(link.target, link.page): None for link in above})
        # A page may link thousands of files, each of which asks for all the others.
        self._files = cache(self._linked)
        self._numbers = cache(self._unpacked)

    def placed(self, sighted: Sighted) -> Identity:
        if sighted.row.announcement:
            return identity_of(sighted.row)
        if not self._pages.get(sighted.row.document) and not self._targets.get(sighted.key):
            return identity_of(sighted.row)
        pages = [
            Page(self._relative(page), self._files(page.key))
            for document in self._pages.get(sighted.row.document, ())
            for page in self.sightings.get(document, ())
            if sighted.row.document in self._targets.get(page.key, ())
        ]
        return placed(self._relative(sighted), pages, self._files(sighted.key))

    def _linked(self, page: _Key) -> list[Relative]:
        return [
            self._relative(file)
            for target in self._targets.get(page, ())
            for file in self.sightings.get(target, ())
            if not file.row.announcement
        ]

    def _relative(self, sighted: Sighted) -> Relative:
        place = (sighted.row.document, sighted.row.ordinal)
        return Relative(place, identity_of(sighted.row), lambda: self._numbers(sighted.key))

    def _unpacked(self, reading: _Key) -> Numbers:
        own = (readings.c.record_id == reading[0], readings.c.ordinal == reading[1])
        return unpack_numbers(self._connection.execute(select(readings.c.cells).where(*own)).scalar_one())


def _sightings(connection: Connection, documents: Sequence[str]) -> dict[str, list[Sighted]]:
    """The distinct payloads of each document. A record without a digest is a payload of its own.

    A record without a reading (a revisit) only tells when its payload was there.
    """
    query = select(
        records.c.document,
        records.c.record_id.label("record"),
        records.c.payload_digest,
        records.c.kind,
        records.c.captured,
        readings.c.record_id,
        readings.c.ordinal,
        readings.c.announcement,
        *IDENTITY,
    ).join_from(records, readings, records.c.record_id == readings.c.record_id, isouter=True)
    seen: dict[tuple[str, str], list[str]] = defaultdict(list)
    captures: dict[tuple[str, int, str], list[Row[Any]]] = defaultdict(list)
    for row in for_keys(connection, lambda part: query.where(records.c.document.in_(part)), documents):
        payload = row.payload_digest or row.record
        seen[(row.document, payload)].append(row.captured)
        if row.ordinal is not None:
            captures[(row.document, row.ordinal, payload)].append(row)
    found: dict[str, list[Sighted]] = defaultdict(list)
    for document, ordinal, payload in sorted(captures):
        rows = captures[(document, ordinal, payload)]
        # A revisit only says that the payload was there again: the record that holds it represents it.
        newest = max(rows, key=lambda row: (row.kind != "revisit", row.captured, row.record_id))
        times = seen[(document, payload)]
        found[document].append(Sighted(newest, min(times), max(times)))
    return found


def identity_of(row: Row[Any]) -> Identity:
    """What the reading in ``row`` says of itself."""
    agency = None
    if row.agency is not None:
        agency = {"name": row.agency} | {name: getattr(row, name) for name in _AGENCY}
    return Identity(agency, row.year, row.published, row.title)


def _gathered(pairs: Iterable[tuple[Any, str]]) -> dict[Any, list[str]]:
    gathered: dict[Any, list[str]] = defaultdict(list)
    for key, value in pairs:
        gathered[key].append(value)
    return gathered
