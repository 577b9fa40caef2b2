"""Opening the database: is it there, is it ours, is it of our version; and transactions that readers can trust."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, inspect, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError, SQLAlchemyError

from config.errors import ArchiveError, NianbaoError, UsageError
from pipelines.corpus import revision

# A writer keeps the database for the length of an assembly; another one waits that long before it gives up.
_PATIENCE_SECONDS = 30
_PAUSE_SECONDS = 0.02
# What a database server may take to be found, and a network to pass on what is sent.
_CONNECT_SECONDS = 15
# Of each connection, once so much has been read or written; four times as much saved no time over 100,000 records.
_CACHE_KIB = 16 * 1024
# Any number will do that no other program locks in the same database: "nb", and ours.
_TABLES_LOCK = 0x6E620001
_SQLITE_MAGIC = b"SQLite format 3\x00"


class CorpusMissing(UsageError):
    """There is no corpus at that place."""


class ForeignCorpus(UsageError):
    """Something else lies at that place."""


class CorpusVersion(UsageError):
    """The corpus has tables that this version of nianbao does not know, or can't bring up to date."""


class CorpusUnusable(NianbaoError):
    """The database refused: locked, full, damaged, not reachable."""

    exit_code = ArchiveError.exit_code


class CorpusUnwritable(CorpusUnusable):
    """The database can't be written, for want of permission or of room; it may well be read."""


def connect(location: Path | str, *, create: bool) -> Engine:
    """The engine of the corpus at ``location`` (a file, or a SQLAlchemy URL), checked, brought up to date and, with
    ``create``, made.

    Raises `CorpusMissing`, `ForeignCorpus`, `CorpusVersion`, `CorpusUnusable`.
    """
    url = _url(location)
    place = place_of(url)
    file = Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
    if file is not None:
        _check_file(file, create)
    engine = _engine(url)
    try:
        with translated(place), engine.connect() as connection:
            _check_tables(connection, place, create)
    except NianbaoError:
        engine.dispose()
        if file is not None:
            _check_head(file)
        raise
    return engine


def copy_of_protected(engine: Engine, folder: Path) -> Path | None:
    """Copy a SQLite corpus that can't be written into ``folder``; None where it is no such."""
    database = engine.url.database if engine.url.get_backend_name() == "sqlite" else None
    if not database or (os.access(database, os.W_OK) and os.access(Path(database).parent, os.W_OK)):
        return None
    copy = folder / Path(database).name
    with translated(database), engine.connect() as connection, closing(sqlite3.connect(copy)) as target:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.backup(target)
    return copy


def place_name(location: Path | str) -> str:
    """How messages name the database at ``location``. Raises UsageError where that is no database's URL."""
    return place_of(_url(location))


def place_of(url: URL) -> str:
    """How messages name the database: its file, or its URL without the password."""
    if url.get_backend_name() == "sqlite" and url.database:
        return url.database
    return url.render_as_string(hide_password=True)


@contextmanager
def translated(place: str) -> Iterator[None]:
    """Database errors as one line that says what and what to do."""
    try:
        yield
    except DBAPIError as error:
        kind = CorpusUnwritable if any(sign in str(error.orig) for sign in _UNWRITABLE) else CorpusUnusable
        raise kind(f"{place}: {_complaint(error)}") from error
    except SQLAlchemyError as error:
        raise CorpusUnusable(f"{place}: {error}") from error


# What SQLite and PostgreSQL say of a write where only reading is possible.
_UNWRITABLE = ("readonly", "read-only", "permission denied for table", "full", "disk I/O", "No space left")
# What a database says, and what to do about it; the first that is found counts.
_ADVICE = (
    ("locked", "another nianbao is writing to this corpus: wait until it has finished"),
    ("full", "make room on the disk, or put the corpus elsewhere"),
    ("disk I/O", "make room on the disk, or put the corpus elsewhere"),
    ("No space left", "make room on the server's disk"),
    ("malformed", "the file is damaged: delete it and run `nianbao reparse --all`, which makes it again"),
    ("not a database", "the file is damaged: delete it and run `nianbao reparse --all`, which makes it again"),
    ("readonly", "the file can't be written: check its permissions"),
    ("authentication failed", "check user and password; keep the password in ~/.pgpass"),
    ("no password supplied", "keep the password in ~/.pgpass, or in $PGPASSWORD"),
    ("permission denied", "let this user own the database: ALTER DATABASE … OWNER TO …"),
    ("FATAL: role", "check the user in the URL; createuser makes one"),
    ("FATAL: database", "make it on the server first: createdb --encoding UTF8 NAME"),
    ("connection failed", "check that the server runs and its address is right"),
)


def _complaint(error: DBAPIError) -> str:
    """What the database said, and what to do, in one line."""
    said = " ".join(str(error.orig).split())
    advice = (advice for sign, advice in _ADVICE if sign in said)
    return f"{said}; {next(advice, 'check that the database can be reached and written')}"


def _url(location: Path | str) -> URL:
    if isinstance(location, Path) or "://" not in location:
        return URL.create("sqlite", database=str(location))
    try:
        url = make_url(location)
    except ArgumentError as error:
        raise UsageError(f"{location} is not a database URL; write sqlite:///FILE or postgresql://HOST/NAME") from error
    return url.set(drivername="postgresql+psycopg") if url.drivername in ("postgres", "postgresql") else url


def _check_file(file: Path, create: bool) -> None:
    if file.is_dir():
        raise ForeignCorpus(f"{file} is a folder; the corpus is a file")
    if not file.exists():
        if not create:
            raise CorpusMissing(f"no corpus at {file}; run `nianbao crawl`, or `nianbao reparse --all` over an archive")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CorpusUnusable(f"{file}: can't make its folder: {error.strerror}") from error
        return
    if not create and not file.stat().st_size:
        raise _foreign(file)


def _check_head(file: Path) -> None:
    """Raise ForeignCorpus where the file that SQLite refused is none of its own.

    Never looked at before: the system drops all locks of a process on a file when the process closes it anywhere, and
    another connection may be writing to this one.
    """
    try:
        with file.open("rb") as stream:
            head = stream.read(len(_SQLITE_MAGIC))
    except OSError as error:
        raise CorpusUnusable(f"{file} can't be read: {error.strerror}") from error
    if head and head != _SQLITE_MAGIC:
        raise _foreign(file)


def _foreign(file: Path) -> ForeignCorpus:
    return ForeignCorpus(f"{file} is not a nianbao corpus (no SQLite file); name another file or move it away")


def _engine(url: URL) -> Engine:
    try:
        engine = create_engine(url, **_engine_options(url))
    except NoSuchModuleError as error:
        raise UsageError(f"{url.drivername} is no database that is supported; use sqlite or postgresql") from error
    except ModuleNotFoundError as error:
        raise UsageError(f"{url.drivername} needs the package {error.name}: install it beside nianbao") from error
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _engine_options(url: URL) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        if url.database and _lies_still(Path(url.database)):
            still = f"{Path(url.database).absolute().as_uri()}?immutable=1"
            return {"creator": lambda: sqlite3.connect(still, uri=True, check_same_thread=False)}
        return {"connect_args": {"timeout": _PATIENCE_SECONDS}}
    # A crawl may leave its connection alone for hours, in which the server may have been started anew. A network that
    # was cut says nothing: without a limit the system waits a quarter of an hour for the answer (milliseconds).
    limits = {"connect_timeout": _CONNECT_SECONDS, "tcp_user_timeout": _CONNECT_SECONDS * 1000}
    given = {name: value for name, value in limits.items() if name not in url.query}
    return {"pool_pre_ping": True, "connect_args": given}


def _lies_still(file: Path) -> bool:
    """Whether nobody can be writing to ``file``: a corpus on read-only media, where SQLite finds no room for the files
    that readers and writers share. What a writer left beside it would be passed over, so then SQLite refuses."""
    left = file.with_name(file.name + "-wal")
    return file.is_file() and not os.access(file.parent, os.W_OK) and not (left.exists() and left.stat().st_size)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver would begin transactions by itself, too late for reads and not at all for tables: `_begin_sqlite` does.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes its lock at the start: one that begins as a reader can be refused half-way, without waiting.
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _check_tables(connection: Connection, place: str, create: bool) -> None:
    """See to it that the tables are today's: made where there are none, brought up to date where they are older."""
    # In this order: another process may make the tables at this moment, all of them at once.
    tables = inspect(connection).get_table_names()
    found = revision.found(connection)
    if found is None:
        _check_empty(connection, place, create, tables)
    elif found not in revision.known():
        raise CorpusVersion(_version_message(place, found))
    connection.rollback()
    if found != revision.newest():
        _bring_up_to_date(connection, place, found)


def _check_empty(connection: Connection, place: str, create: bool, tables: list[str]) -> None:
    if connection.dialect.name == "postgresql":
        encoding = connection.execute(text("SHOW server_encoding")).scalar()
        if encoding != "UTF8":
            raise CorpusUnusable(f"{place} is kept as {encoding}: make a database with createdb --encoding UTF8")
    if tables:
        raise ForeignCorpus(f"{place} is a database, but not a nianbao corpus; name another one")
    if not create:
        raise CorpusMissing(f"no corpus at {place}; run `nianbao crawl`, or `nianbao reparse --all` over an archive")


def _version_message(place: str, found: str) -> str:
    if found > revision.newest():
        return (
            f"{place} was written by a newer nianbao (tables {found}, known here: {revision.newest()}); update nianbao"
        )
    return f"{place} has tables of an unknown revision ({found}); delete it and run `nianbao reparse --all`"


def _bring_up_to_date(connection: Connection, place: str, found: str | None) -> None:
    if found is None and connection.dialect.name == "sqlite":
        # Kept in the file itself: readers go on while a crawl writes.
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        _write_ahead(driver)
    writer = connection.execution_options(writing=True)
    try:
        with writer.begin():
            _wait_alone(writer)
            # Another process may have done it while this one waited.
            now = revision.found(writer)
            if now is None:
                revision.create(writer)
            elif now != revision.newest():
                revision.upgrade(writer)
    except DBAPIError as error:
        if found is None:
            raise
        raise CorpusVersion(
            f"{place} was written by an older nianbao (tables {found}, today {revision.newest()}) and could not be "
            f"brought up to date: {_complaint(error)}"
        ) from error


def _write_ahead(driver: sqlite3.Connection) -> None:
    """Have the file written ahead. Where another process does the same at this moment, SQLite refuses at once instead
    of waiting as it does elsewhere."""
    statement = "PRAGMA journal_mode=WAL"
    for left in reversed(range(int(_PATIENCE_SECONDS / _PAUSE_SECONDS))):
        try:
            driver.execute(statement)
            return
        except sqlite3.Error as error:
            if not left or error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise OperationalError(statement, None, error) from error
            time.sleep(_PAUSE_SECONDS)


def _wait_alone(connection: Connection) -> None:
    """Wait until no other process makes or upgrades the tables; until the transaction's end. SQLite's writer is it."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_TABLES_LOCK)))
