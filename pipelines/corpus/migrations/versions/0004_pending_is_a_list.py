"""A document may be pending more than once: several processes store at the same time."""

import sqlalchemy as sa
from alembic import op

from pipelines.corpus.columns import Counter, Key

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """What was pending stays pending; no re-parse is needed."""
    op.execute("CREATE TABLE pending_before AS SELECT document FROM pending")
    op.drop_table("pending")
    op.create_table(
        "pending",
        sa.Column("id", Counter, primary_key=True),
        sa.Column("document", Key, nullable=False),
    )
    op.create_index("pending_document", "pending", ["document"])
    op.execute("INSERT INTO pending (document) SELECT document FROM pending_before ORDER BY document")
    op.drop_table("pending_before")
