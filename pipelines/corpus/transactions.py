"""Transactions on both databases: what a reader sees, who may write at once, and what is tried again.

A reader sees one state of the corpus from its first query to its last. In SQLite one writer works at a time and others
wait. In PostgreSQL several store at once; only what decides about reports, the assembly, waits for another.
"""

import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Connection, Engine, Table, text
from sqlalchemy.exc import DBAPIError

from pipelines.corpus.schema import placements, records

logger = logging.getLogger(__name__)

_Result = TypeVar("_Result")

# PostgreSQL undid one of two writers, who is meant to try again: serialization_failure, deadlock_detected, and
# unique_violation, where both inserted the same row and neither could see the other's.
_UNDONE = frozenset({"40001", "40P01", "23505"})
_ATTEMPTS = 10
_PAUSE_SECONDS = 0.1


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection whose queries all see the same state."""
    with engine.connect() as connection:
        yield (
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            if _is_server(connection)
            else connection
        )


def store(engine: Engine, work: Callable[[Connection], _Result]) -> _Result:
    """Do ``work`` in a transaction that others may store beside; it reads what is committed at each query."""
    return _again(lambda: _store(engine, work))


def decide(engine: Engine, work: Callable[[Connection], _Result]) -> _Result:
    """Do ``work`` in a transaction that is the only one of its kind, on one state of what is stored."""
    return _again(lambda: _decide(engine, work))


@contextmanager
def rehearsing(engine: Engine) -> Iterator[Connection]:
    """A connection whose changes nobody else sees, and that are undone at the end; all other writers wait."""
    with _deciding(engine, records, placements) as connection:
        try:
            yield connection
        finally:
            connection.rollback()


def _store(engine: Engine, work: Callable[[Connection], _Result]) -> _Result:
    with engine.connect() as connection:
        if _is_server(connection):
            connection = connection.execution_options(isolation_level="READ COMMITTED")
        writer = connection.execution_options(writing=True)
        with writer.begin():
            return work(writer)


def _decide(engine: Engine, work: Callable[[Connection], _Result]) -> _Result:
    with _deciding(engine, placements) as connection:
        result = work(connection)
        connection.commit()
        return result


@contextmanager
def _deciding(engine: Engine, *tables: Table) -> Iterator[Connection]:
    """A transaction on one state, begun when no other writes ``tables``."""
    with engine.connect() as connection:
        writer = connection.execution_options(writing=True)
        if _is_server(writer):
            writer = writer.execution_options(isolation_level="REPEATABLE READ")
            # Before the first query: that fixes the state which is seen, and must find what the one before us left.
            names = ", ".join(table.name for table in tables)
            writer.execute(text(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE"))
        yield writer


def _again(attempt: Callable[[], _Result]) -> _Result:
    for number in range(1, _ATTEMPTS):
        try:
            return attempt()
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) not in _UNDONE:
                raise
            logger.info("another writer went first, attempt %d: %s", number, error.orig)
            # Of different length, or the same two would meet again.
            time.sleep(random.uniform(0, _PAUSE_SECONDS * number))
    return attempt()


def _is_server(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"
