"""A corpus that an older nianbao wrote: it is brought up to date when it is opened, and loses nothing."""

import sqlite3
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Boolean, Engine, MetaData, create_engine, text

from config.errors import UsageError
from pipelines import fingerprint
from pipelines.corpus import Corpus, CorpusVersion, revision, schema
from tests.corpus.made import PAGE, PARSER, record, report
from tests.kit.forked import Told

# What a corpus of each revision was that this project had: the dump of a database with rows in it.
MIGRATIONS = Path(str(revision.__file__)).with_name("migrations")
OLD = sorted((Path(__file__).parent / "old").glob("*.sql"))


@pytest.fixture(params=OLD, ids=lambda dump: dump.stem)
def old(request: pytest.FixtureRequest, place: Path | str) -> Path | str:
    """A corpus of an old revision, on each kind of database."""
    dump: Path = request.param
    with sqlite3.connect(place if isinstance(place, Path) else ":memory:") as database:
        database.executescript(dump.read_text(encoding="utf-8"))
        if isinstance(place, str):
            _copy(database, place, dump.stem)
    return place


def _copy(database: sqlite3.Connection, place: str, revised: str) -> None:
    """Make the tables of revision ``revised`` in PostgreSQL by the steps up to it, with the rows of ``database``."""
    engine = connect_raw(place)
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS))
        command.upgrade(config, revised)
        tables = MetaData()
        tables.reflect(connection)
        for table in tables.sorted_tables:
            connection.execute(table.delete())
            rows = database.execute(f"SELECT * FROM {table.name}") if _has(database, table.name) else None
            if rows is None:
                table.drop(connection)
                continue
            names = [column[0] for column in rows.description]
            values = [dict(zip(names, row, strict=True)) for row in rows]
            for name, column in table.columns.items():
                if isinstance(column.type, Boolean):
                    values = [row | {name: bool(row[name])} for row in values]
            if values:
                connection.execute(table.insert(), values)
    engine.dispose()


def _has(database: sqlite3.Connection, table: str) -> bool:
    return bool(database.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone())


def connect_raw(place: Path | str) -> Engine:
    """The database itself, whatever is in it."""
    if isinstance(place, Path):
        return create_engine(f"sqlite:///{place}")
    return create_engine(place.replace("postgresql://", "postgresql+psycopg://"))


def state(place: Path | str) -> dict[str, list[str]]:
    """All tables with their columns, indexes and rows."""
    engine = connect_raw(place)
    with engine.connect() as connection:
        tables = MetaData()
        tables.reflect(connection)
        found = {
            table.name: [
                *(f"{column.name} {column.type}" for column in table.columns),
                *sorted(str(index.name) for index in table.indexes),
                *sorted(repr(tuple(row)) for row in connection.execute(table.select())),
            ]
            for table in tables.sorted_tables
        }
    engine.dispose()
    return found


@pytest.mark.parametrize("create", [False, True], ids=["reader", "writer"])
def test_old_corpus_is_brought_up_to_date_with_its_rows(old: Path | str, create: bool) -> None:
    with Corpus.open(old, create=create) as corpus:
        assert [(row["agency"], row["year"]) for row in corpus.reports()] == [
            ("青岛市卫生健康委员会", 2020),
            ("青岛市卫生健康委员会", 2021),
        ]
        assert [failure["code"] for failure in corpus.failures()] == ["encrypted"]
        # One record was stored and not assembled yet.
        assert corpus.assemble().new == 1
        corpus.store(record(day=3), report(year=2018), PARSER)
        corpus.assemble()
        assert [row["year"] for row in corpus.reports()] == [2018, 2019, 2020, 2021]
        assert len(corpus.report("青岛市卫生健康委员会", 2020)["cells"]) == 18
        assert {version["url"] for version in corpus.reports()[0]["versions"]} == {PAGE}


def test_what_a_killed_run_left_unread_is_read_anew(old: Path | str, request: pytest.FixtureRequest) -> None:
    dump: Path = request.node.callspec.params["old"]
    with Corpus.open(old) as corpus:
        left = {"0001": 0, "0010": 1}[dump.stem]
        assert len(corpus.left_unread()) == left
        # Of the others no stage is known, so that they are due as well.
        assert sum(corpus.due_files(fingerprint.parser()).values()) == 5


def test_steps_and_tables_come_to_the_same(old: Path | str, tmp_path: Path) -> None:
    Corpus.open(old, create=True).close()
    engine = connect_raw(old)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": revision.TABLE})
        assert compare_metadata(context, schema.metadata) == []
        assert revision.found(connection) == revision.newest()
    engine.dispose()
    new = tmp_path / "new.sqlite"
    Corpus.open(new, create=True).close()
    assert state(old).keys() == state(new).keys()


def test_file_names_tell_the_order_of_the_steps() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    steps = list(ScriptDirectory.from_config(config).walk_revisions())
    assert [step.revision for step in reversed(steps)] == revision.known()
    assert all(Path(step.path).name.startswith(f"{step.revision}_") for step in steps)


def test_upgrade_that_is_cut_off_leaves_the_old_corpus(old: Path | str) -> None:
    before = state(old)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(revision, "upgrade", _upgrade_and_fail(revision.upgrade))
        with pytest.raises(ZeroDivisionError):
            Corpus.open(old, create=True)
    assert state(old) == before
    Corpus.open(old).close()


def _upgrade_and_fail(upgrade: object) -> object:
    def both(connection: object) -> None:
        upgrade(connection)  # type: ignore[operator]
        raise ZeroDivisionError

    return both


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_old_corpus_that_is_being_written_says_what_to_do(old: Path) -> None:
    with sqlite3.connect(old) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("pipelines.corpus.connection._PATIENCE_SECONDS", 0.1)
            with pytest.raises(CorpusVersion) as raised:
                Corpus.open(old)
    assert "older nianbao" in str(raised.value) and "wait" in str(raised.value)
    assert isinstance(raised.value, UsageError)


def test_processes_that_open_an_old_corpus_at_once_upgrade_it_once(old: Path | str) -> None:
    program = f"from pipelines.corpus import Corpus; print(len(Corpus.open({str(old)!r}).reports()))"
    started = [Told(program) for _ in range(3)]
    told = [child.communicate(timeout=60) for child in started]
    assert told == ["2\n"] * 3


@pytest.mark.parametrize(("other", "advice"), [("9999", "update nianbao"), ("0000", "reparse --all")])
def test_other_revision_is_refused(place: Path | str, other: str, advice: str) -> None:
    Corpus.open(place, create=True).close()
    engine = connect_raw(place)
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE {revision.TABLE} SET version_num = :other"), {"other": other})
    engine.dispose()
    with pytest.raises(CorpusVersion) as raised:
        Corpus.open(place, create=True)
    assert advice in str(raised.value) and "\n" not in str(raised.value)
