"""What differs between two states of the corpus: reports, cells and findings, counted, with examples."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from pipelines.corpus.packing import unpack, unpack_cells
from pipelines.corpus.schema import reports, versions

_EXAMPLES = 20

# How a cell changed. A number that is gone is a loss; one that became another is what a person looks at first.
NUMBER_LOST = "number_lost"
NUMBER_CHANGED = "number_changed"
NUMBER_GAINED = "number_gained"
STATE_CHANGED = "state_changed"


@dataclass(frozen=True, slots=True)
class State:
    """One report at one time; the values are packed."""

    key: str
    agency: str | None
    division: str | None
    year: int | None
    record_id: str
    cells: bytes
    findings: bytes
    body: bytes

    @property
    def label(self) -> dict[str, Any]:
        return {"agency": self.agency, "division": self.division, "year": self.year, "record": self.record_id}


def state(row: Mapping[str, Any] | None) -> State | None:
    """The state that a row of `reports` holds."""
    return None if row is None else State(**{name: row[name] for name in State.__slots__})


@dataclass(slots=True)
class Changes:
    """Collects differences one report at a time; memory grows with the number of reports that came or went alone.

    ``fresh`` says that there was nothing before: nothing can have moved, and no key needs to be kept.
    ``changed`` counts reports that say something else than before, if only in their text; ``cells`` by (kind, table,
    row, column); ``gained_findings`` and ``lost_findings`` by rule. ``examples`` are the first ones met, at most
    `_EXAMPLES` of a kind.
    """

    fresh: bool = False
    new: int = 0
    lost: dict[str, State] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    changed: int = 0
    cells: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    gained_findings: Counter[str] = field(default_factory=Counter)
    lost_findings: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    _arrived: set[str] = field(default_factory=set)

    def compare(self, before: State | None, after: State | None) -> None:
        """Take in what one key held before and holds now; None where there was or is no report."""
        if before is None and after is not None:
            self.new += 1
            if not self.fresh:
                self._arrived.add(after.key)
        elif before is not None and after is None:
            self.lost[before.key] = before
        elif before is not None and after is not None:
            self._compare_values(before, after)

    def compare_findings(self, key: str, before: Iterable[dict[str, Any]], after: Iterable[dict[str, Any]]) -> None:
        """Take in the findings of one report before and now; the same finding in other words is another one."""
        old = {repr(finding): finding for finding in before}
        fresh = {repr(finding): finding for finding in after}
        for name, counter, only in (
            ("findings_gained", self.gained_findings, fresh.keys() - old.keys()),
            ("findings_lost", self.lost_findings, old.keys() - fresh.keys()),
        ):
            for text in sorted(only):
                finding = fresh.get(text) or old[text]
                counter[finding["rule"]] += 1
                self._example(name, {"report": key, "rule": finding["rule"], "message": finding["message"]})

    def settle(self, connection: Connection) -> None:
        """Tell reports that moved to another agency or year (where their record stands now) from lost ones."""
        for key, gone in sorted(self.lost.items()):
            query = (
                select(versions.c.key)
                .join(reports, reports.c.key == versions.c.key)
                .where(versions.c.record_id == gone.record_id)
                .order_by(versions.c.key)
            )
            home = connection.scalars(query).first()
            if home is not None:
                self.moved[key] = home
                self.new -= home in self._arrived
                self._arrived.discard(home)
                self._example("moved", {**gone.label, "to": home})
            else:
                self._example("lost", gone.label)
        for key in self.moved:
            del self.lost[key]

    @property
    def alarming(self) -> bool:
        """Whether a report or a number is gone."""
        return bool(self.lost) or any(kind == NUMBER_LOST for kind, *_place in self.cells)

    def as_json(self) -> dict[str, Any]:
        return {
            "new": self.new,
            "lost": len(self.lost),
            "moved": len(self.moved),
            "changed": self.changed,
            "cells": [
                {"kind": kind, "table": table, "row": row, "column": column, "count": count}
                for (kind, table, row, column), count in sorted(self.cells.items())
            ],
            "findings_gained": dict(sorted(self.gained_findings.items())),
            "findings_lost": dict(sorted(self.lost_findings.items())),
            "examples": {name: list(rows) for name, rows in sorted(self.examples.items())},
        }

    def _compare_values(self, before: State, after: State) -> None:
        if (before.cells, before.findings, before.body) == (after.cells, after.findings, after.body):
            return
        self.changed += 1
        if before.findings != after.findings:
            self.compare_findings(after.key, unpack(before.findings), unpack(after.findings))
        if before.cells != after.cells:
            self._compare_cells(before, after)

    def _compare_cells(self, before: State, after: State) -> None:
        old = {(cell["table"], cell["row"], cell["column"]): cell for cell in unpack_cells(before.cells)}
        fresh = {(cell["table"], cell["row"], cell["column"]): cell for cell in unpack_cells(after.cells)}
        for place in sorted(old.keys() | fresh.keys()):
            kind = _kind(old.get(place), fresh.get(place))
            if kind is None:
                continue
            self.cells[(kind, *place)] += 1
            values = {"before": _shown(old.get(place)), "after": _shown(fresh.get(place))}
            self._example(kind, {**after.label, "cell": ".".join(place), **values})

    def _example(self, name: str, row: dict[str, Any]) -> None:
        rows = self.examples.setdefault(name, [])
        if len(rows) < _EXAMPLES:
            rows.append(row)


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
