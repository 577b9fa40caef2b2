"""Leases: who crawls which site, and asks which server, at this moment, on any machine that reaches the corpus.

A lease counts until it expires, by the database's clock, which is one for all machines; unless its holder is known
to be gone, which the machine that it ran on can tell at once.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Float, cast, delete, func, literal, or_, select, update

from pipelines.corpus.schema import leases
from pipelines.corpus.write import dialect
from pipelines.process import is_gone


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lease on ``name``: ``owner`` is drawn anew for each, ``host`` and ``pid`` are for people, ``process``
    is `process.own_name`. ``seconds`` are left of it."""

    name: str
    owner: str
    host: str
    pid: int
    process: str
    seconds: float

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}"


class Taken(Exception):
    """Another holds one of the names: ``holder``."""

    def __init__(self, holder: Holder) -> None:
        super().__init__(str(holder))
        self.holder = holder


def take(connection: Connection, names: Iterable[str], owner: Holder, seconds: float) -> None:
    """Give ``owner`` a lease of ``seconds`` on all of ``names``. Raises Taken, and the transaction is to be undone."""
    wanted = sorted(set(names))
    gone = [one.owner for one in _held(connection, wanted) if is_gone(one.process)]
    now = _now(connection)
    for name in wanted:  # in order, so that no two wait for each other in a circle
        values = {"owner": owner.owner, "host": owner.host, "pid": owner.pid, "process": owner.process}
        row = values | {"name": name, "beat": now, "expires": now + seconds}
        statement = dialect(connection).insert(leases).values(row)
        free = or_(leases.c.expires <= now, leases.c.owner.in_([*gone, owner.owner]))
        new = {key: statement.excluded[key] for key in row if key != "name"}
        upsert = statement.on_conflict_do_update(index_elements=[leases.c.name], set_=new, where=free)
        if connection.scalar(upsert.returning(leases.c.name)) is None:
            raise Taken(_held(connection, [name])[0])


def renew(connection: Connection, owner: str, seconds: float) -> int:
    """Let the leases of ``owner`` hold for ``seconds`` from now, also where they have expired and nobody took them;
    how many there are."""
    now = _now(connection)
    own = update(leases).where(leases.c.owner == owner)
    return int(connection.execute(own.values(beat=now, expires=now + seconds)).rowcount)


def release(connection: Connection, owners: str) -> None:
    """End all leases whose owner begins with ``owners``."""
    connection.execute(delete(leases).where(leases.c.owner.startswith(owners, autoescape=True)))


def held(connection: Connection, names: Collection[str]) -> dict[str, Holder]:
    """The leases on ``names`` that count."""
    return {one.name: one for one in _held(connection, sorted(names)) if one.seconds > 0 and not is_gone(one.process)}


def _held(connection: Connection, names: Sequence[str]) -> list[Holder]:
    left = leases.c.expires - _now(connection)
    columns = (leases.c.name, leases.c.owner, leases.c.host, leases.c.pid, leases.c.process, left)
    found = []
    for start in range(0, len(names), 500):
        part = names[start : start + 500]
        found += [Holder(*row) for row in connection.execute(select(*columns).where(leases.c.name.in_(part)))]
    return found


def _now(connection: Connection) -> ColumnElement[Any]:
    """The database's time, in seconds since 1970."""
    if connection.dialect.name == "postgresql":
        return cast(func.extract("epoch", func.clock_timestamp()), Float)
    return (func.julianday("now", type_=Float) - literal(2440587.5)) * literal(86400.0)
