"""Last step of the assembly: the findings that need the report of the year before."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, select, update

from pipelines.corpus.body import Body
from pipelines.corpus.checks import year_findings
from pipelines.corpus.diff import Changes
from pipelines.corpus.packing import pack, unpack, unpack_cells
from pipelines.corpus.schema import reports

_COLUMNS = [column for column in reports.c if column is not reports.c.body]


def check_years(connection: Connection, bodies: Iterable[Body], changes: Changes) -> None:
    """Compare the reports of each body with those of the year before; `reports.year_findings` is replaced."""
    for body in sorted(bodies, key=lambda body: body.order):
        same_division = reports.c.division.is_(None) if body.division is None else reports.c.division == body.division
        query = select(*_COLUMNS).where(reports.c.agency == body.name, same_division, reports.c.year.is_not(None))
        rows = connection.execute(query.order_by(reports.c.year, reports.c.key)).all()
        # Two reports of one year under a name without a division are of two bodies: which one goes on can't be told.
        one_body = len({row.year for row in rows}) == len(rows)
        previous: Row[Any] | None = None
        for row in rows:
            follows = one_body and previous is not None and previous.year == row.year - 1
            _check(connection, row, previous if follows else None, changes)
            previous = row


def _check(connection: Connection, row: Row[Any], previous: Row[Any] | None, changes: Changes) -> None:
    found = []
    if previous is not None and row.numbers and previous.numbers:
        found = year_findings(unpack_cells(row.cells), unpack_cells(previous.cells))
    before = unpack(row.year_findings) if row.year_findings else []
    own = unpack(row.findings)
    errors = sum(finding["severity"] == "error" for finding in own + found)
    if found == before and (errors, len(own + found)) == (row.errors, row.findings_listed):
        return
    changes.compare_findings(row.key, before, found)
    connection.execute(
        update(reports)
        .where(reports.c.key == row.key)
        .values(year_findings=pack(found) if found else None, errors=errors, findings_listed=len(own + found))
    )
