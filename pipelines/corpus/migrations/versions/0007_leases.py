"""Who crawls a site at this moment is known to all machines."""

import sqlalchemy as sa
from alembic import op

from pipelines.corpus.columns import Key

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Nothing is to be read again."""
    op.create_table(
        "leases",
        sa.Column("name", Key, primary_key=True),
        *(sa.Column(name, Key, nullable=False) for name in ("owner", "host", "process")),
        sa.Column("pid", sa.BigInteger, nullable=False),
        sa.Column("beat", sa.Float, nullable=False),
        sa.Column("expires", sa.Float, nullable=False),
    )
