"""What a re-parse has changed that was killed since is told by the one that goes on."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Nothing is to be read again."""
    op.create_table(
        "untold",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("changes", sa.LargeBinary, nullable=False),
    )
