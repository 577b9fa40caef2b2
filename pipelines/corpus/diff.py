"""What differs between two states of the corpus: reports, cells and findings, counted, with examples."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from sqlalchemy import Connection, select

from pipelines.corpus.batches import for_keys
from pipelines.corpus.packing import unpack, unpack_cells
from pipelines.corpus.schema import records

_EXAMPLES = 20

# How a cell changed. A number that is gone is a loss; one that became another is what a person looks at first.
NUMBER_LOST = "number_lost"
NUMBER_CHANGED = "number_changed"
NUMBER_GAINED = "number_gained"
STATE_CHANGED = "state_changed"
# What a report says of itself in few words, so that both are shown; of its text only that it changed is told.
_SHORT = ("agency", "year", "form", "title", "signed", "published")
_COUNTS = ("new", "lost", "moved", "changed")
_CELL = ("kind", "table", "row", "column")
_LONG = ("sections", "extra", "source", "attachments")

Findings = Iterable[dict[str, Any]]
CellChange = tuple[str, str, str, Any, Any]


@dataclass(frozen=True, slots=True)
class State:
    """One report at one time; the values are packed. ``roles`` are those of its versions by record and ordinal,
    ``parser_id`` tells who read the canonical one, the version ``ordinal`` of its record."""

    key: str
    agency: str | None
    division: str | None
    year: int | None
    record_id: str
    cells: bytes
    findings: bytes
    body: bytes
    roles: Mapping[tuple[str, int], str]
    ordinal: int
    parser_id: int | None

    @property
    def label(self) -> dict[str, Any]:
        return {"agency": self.agency, "division": self.division, "year": self.year, "record": self.record_id}


def state(row: Mapping[str, Any], versions: Sequence[Mapping[str, Any]]) -> State:
    """The state that a row of `reports` holds, with its rows of `versions`."""
    names = ("key", "agency", "division", "year", "record_id", "cells", "findings", "body")
    main = next(version for version in versions if version["position"] == 0)
    return State(
        **{name: row[name] for name in names},
        roles={(version["record_id"], version["ordinal"]): version["role"] for version in versions},
        ordinal=main["ordinal"],
        parser_id=main["parser_id"],
    )


@dataclass(slots=True)
class Entry:
    """What happened to one report: ``new``, ``changed``, ``came`` (from ``other``), ``moved`` (to ``other``), ``lost``.

    ``cells`` are (table, row, column, before, after), a number where one stands there, else the cell's state; of a
    report that is lost, all that it had.
    """

    kind: str
    before: State | None = None
    after: State | None = None
    other: str | None = None
    cells: list[CellChange] = field(default_factory=list)
    gained: list[dict[str, Any]] = field(default_factory=list)
    lost: list[dict[str, Any]] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Changes:
    """Collects differences, one report at a time, for one transaction (`entries`), and adds those of several up.

    ``changed`` counts reports that say something else than before, if only in their text; ``cells`` by (kind, table,
    row, column); ``gained_findings`` and ``lost_findings`` by rule. ``examples`` are the first ones met, at most
    `_EXAMPLES` of a kind, each with the archived record. ``moved`` are those that stand elsewhere now; one that
    another keeps from being seen there, though it says something else, is ``lost``.
    """

    new: int = 0
    lost: int = 0
    moved: int = 0
    changed: int = 0
    cells: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    gained_findings: Counter[str] = field(default_factory=Counter)
    lost_findings: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    _states: dict[str, tuple[State | None, State | None]] = field(default_factory=dict)

    def add(self, other: "Changes") -> None:
        """Take in what another transaction changed, without its entries."""
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.cells += other.cells
        self.gained_findings += other.gained_findings
        self.lost_findings += other.lost_findings
        for name, rows in other.examples.items():
            for row in rows:
                self._example(name, row)

    def compare(self, key: str, before: State | None, after: State | None) -> None:
        """Take in what one key held before and holds now; None where there was or is no report."""
        self._states[key] = before, after
        if before is not None and after is not None:
            self._compare_values("changed", before, after)
        elif after is not None:
            self.entries[after.key] = Entry("new", after=after)
        elif before is not None:
            self.entries[before.key] = Entry("lost", before=before)

    def compare_findings(self, key: str, record_id: str, before: Findings, after: Findings) -> None:
        """Take in the findings of one report, read from that record, before and now; the same finding in other words
        is another one."""
        old = {repr(finding): finding for finding in before}
        fresh = {repr(finding): finding for finding in after}
        entry = self.entries.setdefault(key, Entry("changed"))
        for name, counter, listed, only in (
            ("findings_gained", self.gained_findings, entry.gained, fresh.keys() - old.keys()),
            ("findings_lost", self.lost_findings, entry.lost, old.keys() - fresh.keys()),
        ):
            for text in sorted(only):
                finding = fresh.get(text) or old[text]
                counter[finding["rule"]] += 1
                listed.append(finding)
                told = {"rule": finding["rule"], "message": finding["message"]}
                self._example(name, {"report": key, **told, "record": record_id})

    def settle(self, connection: Connection) -> None:
        """Tell reports that moved to another agency or year (where their record stands now) from lost ones, count, and
        say of the examples where the records lie."""
        homes = self._homes()
        for key, entry in sorted(self.entries.items()):
            if entry.kind == "lost" and entry.before is not None:
                self._settle(key, entry, entry.before, homes)
        for key, entry in sorted(self.entries.items()):
            if entry.kind == "changed":
                self.changed += 1
                if entry.fields and entry.after is not None:
                    self._example("changed", {**entry.after.label, "report": key, "fields": sorted(entry.fields)})
            elif entry.kind == "new" and entry.after is not None:
                self.new += 1
                self._example("new", entry.after.label)
        self._locate(connection)

    def _homes(self) -> dict[str, list[State]]:
        """By record, the reports among whose versions it stands now and did not before."""
        homes: dict[str, list[State]] = defaultdict(list)
        for before, after in self._states.values():
            here = {record for record, _ in after.roles} if after else set()
            for record in here - ({record for record, _ in before.roles} if before else set()):
                assert after is not None
                homes[record].append(after)
        return homes

    def _settle(self, key: str, entry: Entry, gone: State, homes: Mapping[str, Sequence[State]]) -> None:
        home = min(homes.get(gone.record_id, ()), key=lambda one: self._farness(gone, one), default=None)
        arrived = self.entries.get(home.key) if home else None
        fresh = arrived is not None and arrived.kind == "new"
        if home is None or not (fresh or _is_seen(gone, home)):
            self.lost += 1
            self._example("lost", gone.label | ({"to": home.key} if home else {}))
            entry.cells = [(*place, _shown(cell), None) for place, cell in _by_place(gone.cells).items()]
            return
        self.moved += 1
        entry.kind, entry.other = "moved", home.key
        self._example("moved", {**gone.label, "to": home.key})
        if arrived is not None and fresh:
            arrived.kind, arrived.other = "came", key
            if home.record_id == gone.record_id:
                self._compare_values("came", gone, home)

    def _farness(self, gone: State, home: State) -> tuple[bool, bool, str]:
        """A new report is nearer than one that was there, the same part of a page nearer than another."""
        entry = self.entries.get(home.key)
        is_new = entry is not None and entry.kind == "new"
        return (not is_new, (gone.record_id, gone.ordinal) not in home.roles, home.key)

    @property
    def alarming(self) -> bool:
        """Whether a report or a number is gone."""
        return bool(self.lost) or any(kind == NUMBER_LOST for kind, *_place in self.cells)

    @classmethod
    def of_json(cls, told: dict[str, Any]) -> Self:
        """What `as_json` told."""
        return cls(
            **{name: told[name] for name in _COUNTS},
            cells=Counter({tuple(cell[name] for name in _CELL): cell["count"] for cell in told["cells"]}),
            gained_findings=Counter(told["findings_gained"]),
            lost_findings=Counter(told["findings_lost"]),
            examples=told["examples"],
        )

    def as_json(self) -> dict[str, Any]:
        return {
            **{name: getattr(self, name) for name in _COUNTS},
            "cells": [
                {**dict(zip(_CELL, place, strict=True)), "count": count} for place, count in sorted(self.cells.items())
            ],
            "findings_gained": dict(sorted(self.gained_findings.items())),
            "findings_lost": dict(sorted(self.lost_findings.items())),
            "examples": {name: list(rows) for name, rows in sorted(self.examples.items())},
        }

    def _compare_values(self, kind: str, before: State, after: State) -> None:
        if (before.cells, before.findings, before.body) == (after.cells, after.findings, after.body):
            return
        entry = self.entries.setdefault(after.key, Entry(kind))
        entry.before, entry.after = before, after
        if before.body != after.body:
            entry.fields = _fields(unpack(before.body), unpack(after.body))
        if before.findings != after.findings:
            self.compare_findings(after.key, after.record_id, unpack(before.findings), unpack(after.findings))
        if before.cells != after.cells:
            self._compare_cells(entry, before, after)

    def _compare_cells(self, entry: Entry, before: State, after: State) -> None:
        old, fresh = _by_place(before.cells), _by_place(after.cells)
        for place in sorted(old.keys() | fresh.keys()):
            kind = _kind(old.get(place), fresh.get(place))
            if kind is None:
                continue
            self.cells[(kind, *place)] += 1
            was, now = _shown(old.get(place)), _shown(fresh.get(place))
            entry.cells.append((*place, was, now))
            self._example(kind, {**after.label, "cell": ".".join(place), "before": was, "after": now})

    def _example(self, name: str, row: dict[str, Any]) -> None:
        rows = self.examples.setdefault(name, [])
        if len(rows) < _EXAMPLES:
            rows.append(row)

    def _locate(self, connection: Connection) -> None:
        """Say of each example where its record lies."""
        rows = [row for examples in self.examples.values() for row in examples if row.get("record")]
        query = select(records.c.record_id, records.c.file, records.c.offset, records.c.url)
        ids = sorted({row["record"] for row in rows})
        places = for_keys(connection, lambda part: query.where(records.c.record_id.in_(part)), ids)
        found = {place.record_id: place for place in places}
        for row in rows:
            place = found.get(row["record"])
            row |= {name: getattr(place, name) if place else None for name in ("file", "offset", "url")}


def _is_seen(gone: State, home: State) -> bool:
    """Whether ``home``, among whose versions the record of ``gone`` stands now, says what that said."""
    roles = {role for (record, _), role in home.roles.items() if record == gone.record_id}
    if roles & {"canonical", "part"}:
        return True
    there = _by_place(home.cells)
    return "superseded" not in roles and all(
        _number(cell) in (None, _number(there.get(place))) for place, cell in _by_place(gone.cells).items()
    )


def _by_place(packed: bytes) -> dict[tuple[str, str, str], dict[str, Any]]:
    return {(cell["table"], cell["row"], cell["column"]): cell for cell in unpack_cells(packed)}


def _fields(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The parts of a report beside cells and findings that differ: both values of the short ones."""
    short = {name: [before.get(name), after.get(name)] for name in _SHORT if before.get(name) != after.get(name)}
    return short | {name: True for name in _LONG if before.get(name) != after.get(name)}


def _kind(before: dict[str, Any] | None, after: dict[str, Any] | None) -> str | None:
    was, now = _number(before), _number(after)
    if was is not None and now is None:
        return NUMBER_LOST
    if was is None and now is not None:
        return NUMBER_GAINED
    if was != now:
        return NUMBER_CHANGED
    states = (before["state"] if before else None, after["state"] if after else None)
    return STATE_CHANGED if states[0] != states[1] else None


def _number(cell: dict[str, Any] | None) -> float | None:
    return cell["value"] if cell is not None and cell["state"] == "number" else None


def _shown(cell: dict[str, Any] | None) -> Any:
    if cell is None:
        return None
    return cell["value"] if cell["state"] == "number" else cell["state"]
