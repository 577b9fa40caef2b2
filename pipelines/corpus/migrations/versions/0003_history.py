"""What the archive tells of its runs: when a site is due is asked of the corpus."""

import sqlalchemy as sa
from alembic import op

from pipelines.corpus.columns import Key

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """The tables fill from the archive by themselves with the next `run-due` or `reparse`."""
    op.create_table(
        "run_files",
        sa.Column("file", Key, primary_key=True),
        sa.Column("final", sa.Boolean, nullable=False),
        sa.Column("site", Key),
        sa.Column("run", Key),
        sa.Column("attempt", Key),
        sa.Column("opened", Key),
        sa.Column("ended", Key),
    )
    op.create_index("run_files_site", "run_files", ["site", "opened"])
    op.create_table(
        "accounts",
        sa.Column("file", Key, primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("event", Key, nullable=False),
        sa.Column("site", Key),
        sa.Column("attempt", Key),
        sa.Column("summary", sa.LargeBinary, nullable=False),
        sa.Column("details", sa.LargeBinary, nullable=False),
    )
    op.create_index("accounts_site", "accounts", ["site", "event"])
