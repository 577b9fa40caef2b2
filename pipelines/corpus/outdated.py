"""Whether the corpus was assembled by today's code, and what to decide anew where it was not."""

from sqlalchemy import Connection, delete, func, insert, select

from pipelines.corpus.placement import widen_pending
from pipelines.corpus.schema import assembled, pending, readings, reports, stale, versions
from pipelines.fingerprint import assembly

_ROW = 1


def begin(connection: Connection) -> int:
    """Begin an assembly: see `placement.widen_pending`. A corpus without reports is of today's code."""
    if connection.execute(select(reports.c.key).limit(1)).first() is None:
        _note(connection)
    return widen_pending(connection)


def outdate(connection: Connection) -> None:
    """List all documents where the code that decides about reports has changed; where only the rules that it asks have,
    the groups with more than one version (only theirs are asked again) and those of bodies with several years."""
    if connection.execute(select(reports.c.key).limit(1)).first() is None:
        return
    now = assembly()
    found = connection.execute(select(assembled.c.code, assembled.c.rules)).first()
    if found is not None and tuple(found) == now:
        return
    if found is None or found.code != now.code:
        connection.execute(insert(pending).from_select(["document"], select(readings.c.document).distinct()))
    else:
        several = select(versions.c.key).group_by(versions.c.key).having(func.count() > 1)
        years = select(reports.c.agency).group_by(reports.c.agency).having(func.count() > 1)
        due = select(reports.c.grouping).where(reports.c.key.in_(several) | reports.c.agency.in_(years)).distinct()
        listed = select(stale.c.grouping)
        connection.execute(insert(stale).from_select(["grouping"], due.where(reports.c.grouping.not_in(listed))))
    _note(connection)


def _note(connection: Connection) -> None:
    connection.execute(delete(assembled))
    connection.execute(insert(assembled).values(id=_ROW, **assembly()._asdict()))
