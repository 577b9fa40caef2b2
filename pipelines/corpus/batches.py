"""Going through many rows in bounded memory."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, Row, Select, select

# A database takes only so many parameters in one statement (SQLite 32,766, PostgreSQL 65,535).
_PARAMETERS = 500

_Key = TypeVar("_Key", str, bytes)


def in_batches(connection: Connection, column: Column[str], size: int) -> Iterator[list[str]]:
    """The distinct values of a column in order, ``size`` at a time; rows behind the reader may be deleted meanwhile."""
    last = None
    while True:
        query = select(column).distinct().order_by(column).limit(size)
        batch = list(connection.scalars(query if last is None else query.where(column > last)))
        if not batch:
            return
        yield batch
        last = batch[-1]


def for_keys(
    connection: Connection, query: Callable[[Sequence[_Key]], Select[Any]], keys: Sequence[_Key]
) -> list[Row[Any]]:
    """The rows of ``query`` asked for all ``keys``, however many they are."""
    rows: list[Row[Any]] = []
    for start in range(0, len(keys), _PARAMETERS):
        rows += connection.execute(query(keys[start : start + _PARAMETERS])).all()
    return rows
