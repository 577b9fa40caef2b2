"""Of which revision a database's tables are, and the way to today's.

A new corpus is made with the tables of schema.py at once; an older one goes through the steps in migrations/, in one
transaction. Tests hold that both come to the same.
"""

from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, String, Table, insert, inspect, select

from pipelines.corpus import schema

TABLE = "nianbao_revision"
_STEPS = Path(__file__).with_name("migrations")
# What marked a corpus before there were migrations.
_FIRST_MARK = "nianbao_corpus"
_FIRST = "0001"

# Alembic's own table, by its definition; the tables of schema.py are those that Alembic changes.
_revision = Table(TABLE, MetaData(), Column("version_num", String(32), primary_key=True))


def known() -> list[str]:
    """The revisions that this nianbao knows, the newest last: each step's file begins with its own."""
    return sorted(path.name.partition("_")[0] for path in (_STEPS / "versions").glob("[0-9]*.py"))


def newest() -> str:
    """The revision of the tables in schema.py."""
    return known()[-1]


def found(connection: Connection) -> str | None:
    """The revision of the database; None where it holds no corpus."""
    tables = set(inspect(connection).get_table_names())
    if TABLE in tables:
        return connection.execute(select(_revision.c.version_num)).scalar()
    return _FIRST if _FIRST_MARK in tables else None


def create(connection: Connection) -> None:
    """Make the tables of an empty database."""
    schema.metadata.create_all(connection, checkfirst=False)
    _revision.create(connection, checkfirst=False)
    connection.execute(insert(_revision).values(version_num=newest()))


def upgrade(connection: Connection) -> None:
    """Take the tables through the steps that they lack."""
    # Loaded here: it takes a tenth of a second, and most corpora are of today.
    from alembic import command
    from alembic.config import Config

    if found(connection) == _FIRST and not inspect(connection).has_table(TABLE):
        _revision.create(connection, checkfirst=False)
        connection.execute(insert(_revision).values(version_num=_FIRST))
    config = Config(attributes={"connection": connection})
    # A per cent sign in a path would be read as a reference to another option.
    config.set_main_option("script_location", str(_STEPS).replace("%", "%%"))
    command.upgrade(config, "head")
