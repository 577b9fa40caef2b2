"""The table of Alembic alone says that a database is a corpus, and of which revision."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """No other table is touched, and no re-parse is needed."""
    op.drop_table("nianbao_corpus")
