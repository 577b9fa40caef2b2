"""Last step of the assembly: the findings that need the report of the year before."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from pipelines.corpus.batches import for_keys
from pipelines.corpus.body import Body
from pipelines.corpus.checks import Compared, compared, text_findings, year_findings
from pipelines.corpus.diff import Changes
from pipelines.corpus.likeness import Sentences, together, unpack_sentences
from pipelines.corpus.packing import pack, unpack
from pipelines.corpus.schema import readings, reports, versions

# Names asked for at a time: their reports of all years, cells and all, are in memory together.
_BATCH = 50
_QUERY = select(
    *(reports.c[name] for name in ("key", "agency", "division", "year", "record_id", "numbers", "cells")),
    *(reports.c[name] for name in ("year_findings", "errors", "findings_listed")),
).where(reports.c.year.is_not(None))
# The text of a report is that of the version chosen and of its parts.
_WORDING = (
    select(versions.c.key, readings.c.wording)
    .join(readings, (readings.c.record_id == versions.c.record_id) & (readings.c.ordinal == versions.c.ordinal))
    .where(versions.c.role.in_(("canonical", "part")), readings.c.wording.is_not(None))
)
_UPDATE = (
    update(reports)
    .where(reports.c.key == bindparam("report"))
    .values({name: bindparam(f"new_{name}") for name in ("year_findings", "errors", "findings_listed")})
)

_Row = dict[str, Any]
_Findings = list[dict[str, Any]]


def kept_findings(row: _Row, year_findings: bytes | None) -> _Row:
    """What a report's ``row`` has of its former ``year_findings``, which stand until `check_years` has looked again."""
    before: _Findings = unpack(year_findings) if year_findings else []
    return {
        "year_findings": year_findings,
        "errors": row["errors"] + _errors(before),
        "findings_listed": row["findings_listed"] + len(before),
    }


def check_years(connection: Connection, bodies: Iterable[Body], changes: Changes) -> None:
    """Compare the reports of each body with those of the year before; `reports.year_findings` is replaced."""
    wanted = frozenset(bodies)
    names = sorted({body.name for body in wanted})
    for start in range(0, len(names), _BATCH):
        query = _QUERY.where(reports.c.agency.in_(names[start : start + _BATCH]))
        rows = connection.execute(query.order_by(reports.c.agency, reports.c.division, reports.c.year, reports.c.key))
        grouped = groupby(rows.all(), key=lambda row: Body(row.agency, row.division))
        of_bodies = [list(of_body) for body, of_body in grouped if body in wanted]
        texts = _texts(connection, [row.key for of_body in of_bodies for row in of_body])
        updates = [one for of_body in of_bodies for one in _checked(of_body, texts, changes)]
        if updates:
            connection.execute(_UPDATE, updates)


def _texts(connection: Connection, keys: Sequence[str]) -> dict[str, Sentences]:
    """What each report says, as far as today's parser has read it."""
    parts: dict[str, list[Sentences]] = defaultdict(list)
    for row in for_keys(connection, lambda part: _WORDING.where(versions.c.key.in_(part)), keys):
        parts[row.key].append(unpack_sentences(row.wording))
    return {key: together(of_report) for key, of_report in parts.items()}


def _checked(rows: Sequence[Row[Any]], texts: Mapping[str, Sentences], changes: Changes) -> Iterable[_Row]:
    """The new values of those reports of one body, in the order of their years, that have other findings now."""
    # Two reports of one year under a name without a division are of two bodies: which one goes on can't be told.
    one_body = len({row.year for row in rows}) == len(rows)
    previous: Row[Any] | None = None
    left: Compared | None = None
    for row in rows:
        found: _Findings = []
        own = compared(row.cells) if one_body and row.numbers else None
        if one_body and previous is not None and previous.year == row.year - 1:
            if own is not None and left is not None:
                found += year_findings(own, left)
            found += text_findings(texts.get(row.key, {}), texts.get(previous.key, {}))
        before: _Findings = unpack(row.year_findings) if row.year_findings else []
        if found != before:
            changes.compare_findings(row.key, row.record_id, before, found)
            yield {
                "report": row.key,
                "new_year_findings": pack(found) if found else None,
                "new_errors": row.errors - _errors(before) + _errors(found),
                "new_findings_listed": row.findings_listed - len(before) + len(found),
            }
        previous, left = row, own


def _errors(findings: _Findings) -> int:
    return sum(finding["severity"] == "error" for finding in findings)
