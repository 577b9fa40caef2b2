"""A corpus that an older nianbao wrote: it is brought up to date when it is opened, and loses nothing."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

from config.errors import UsageError
from pipelines.corpus import Corpus, CorpusVersion, revision, schema
from tests.corpus.made import PAGE, PARSER, record, report

# What a corpus of each revision was that this project had: the dump of a database with rows in it.
OLD = sorted((Path(__file__).parent / "old").glob("*.sql"))


@pytest.fixture(params=OLD, ids=lambda dump: dump.stem)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    file = tmp_path / "corpus.sqlite"
    with sqlite3.connect(file) as database:
        database.executescript(request.param.read_text(encoding="utf-8"))
    return file


@pytest.mark.parametrize("create", [False, True], ids=["reader", "writer"])
def test_old_corpus_is_brought_up_to_date_with_its_rows(old: Path, create: bool) -> None:
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


def test_steps_and_tables_come_to_the_same(old: Path, tmp_path: Path) -> None:
    Corpus.open(old, create=True).close()
    Corpus.open(tmp_path / "new.sqlite", create=True).close()
    engines = [create_engine(f"sqlite:///{file}") for file in (old, tmp_path / "new.sqlite")]
    for engine in engines:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"version_table": revision.TABLE})
            assert compare_metadata(context, schema.metadata) == []
            assert revision.found(connection) == revision.newest()
    tables = [set(inspect(engine).get_table_names()) for engine in engines]
    assert tables[0] == tables[1]


def test_file_names_tell_the_order_of_the_steps() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(str(revision.__file__)).with_name("migrations")))
    steps = list(ScriptDirectory.from_config(config).walk_revisions())
    assert [step.revision for step in reversed(steps)] == revision.known()
    assert all(Path(step.path).name.startswith(f"{step.revision}_") for step in steps)


def test_upgrade_that_is_cut_off_leaves_the_old_corpus(old: Path) -> None:
    with sqlite3.connect(old) as database:
        before = list(database.iterdump())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(revision, "upgrade", _upgrade_and_fail(revision.upgrade))
        with pytest.raises(ZeroDivisionError):
            Corpus.open(old, create=True)
    with sqlite3.connect(old) as database:
        assert list(database.iterdump()) == before
    Corpus.open(old).close()


def _upgrade_and_fail(upgrade: object) -> object:
    def both(connection: object) -> None:
        upgrade(connection)  # type: ignore[operator]
        raise ZeroDivisionError

    return both


def test_old_corpus_that_can_not_be_written_says_what_to_do(old: Path) -> None:
    with sqlite3.connect(old) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("pipelines.corpus.connection._PATIENCE_SECONDS", 0.1)
            with pytest.raises(CorpusVersion) as raised:
                Corpus.open(old)
    assert "older nianbao" in str(raised.value) and "wait" in str(raised.value)
    assert isinstance(raised.value, UsageError)


def test_processes_that_open_an_old_corpus_at_once_upgrade_it_once(old: Path) -> None:
    program = f"from pipelines.corpus import Corpus; print(len(Corpus.open({str(old)!r}).reports()))"
    started = [subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    told = [child.communicate(timeout=60)[0] for child in started]
    assert told == ["2\n"] * 3


@pytest.mark.parametrize(("other", "advice"), [("9999", "update nianbao"), ("0000", "reparse --all")])
def test_other_revision_is_refused(tmp_path: Path, other: str, advice: str) -> None:
    file = tmp_path / "corpus.sqlite"
    Corpus.open(file, create=True).close()
    with sqlite3.connect(file) as database:
        database.execute(f"UPDATE {revision.TABLE} SET version_num = ?", (other,))
    with pytest.raises(CorpusVersion) as raised:
        Corpus.open(file, create=True)
    assert advice in str(raised.value) and "\n" not in str(raised.value)
