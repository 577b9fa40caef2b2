"""What Alembic runs before the steps: they work on the connection, and in the transaction, of who opens the corpus."""

from alembic import context

from pipelines.corpus.revision import TABLE

context.configure(
    connection=context.config.attributes["connection"],
    version_table=TABLE,
    # SQLite undoes changes of tables, too: an upgrade that is killed leaves the old corpus.
    transactional_ddl=True,
)
context.run_migrations()
