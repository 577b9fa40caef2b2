"""The tables on both databases."""

from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from pipelines.corpus.schema import metadata


def test_postgresql_orders_text_by_code_point_as_sqlite_does() -> None:
    dialect = postgresql.dialect()
    for table in metadata.sorted_tables:
        statement = str(CreateTable(table).compile(dialect=dialect))
        for line in statement.splitlines():
            if "VARCHAR" in line or "TEXT" in line:
                assert 'COLLATE "C"' in line, line
        for index in table.indexes:
            assert str(CreateIndex(index).compile(dialect=dialect))
