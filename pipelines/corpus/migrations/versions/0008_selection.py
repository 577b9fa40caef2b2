"""Which records are documents may be decided anew: files are then gone through for those that were passed over."""

import sqlalchemy as sa
from alembic import op

from pipelines.corpus.columns import Key

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """By what the records were chosen so far is not known: the next re-parse goes through every file once."""
    op.add_column("files", sa.Column("selection", Key))
