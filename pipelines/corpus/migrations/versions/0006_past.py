"""What changed in each report is kept, and a corpus is assembled report by report."""

import sqlalchemy as sa
from alembic import op

from pipelines.corpus.columns import Counter, Key

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Of the time before nothing is known. The next `reparse` assembles everything once."""
    op.create_table("ties", *(sa.Column(name, Key, primary_key=True) for name in ("grouping", "other")))
    op.create_table(
        "assembled",
        sa.Column("id", sa.Integer, primary_key=True),
        *(sa.Column(name, Key, nullable=False) for name in ("code", "rules")),
    )
    op.create_table(
        "changes",
        sa.Column("id", Counter, primary_key=True),
        *(sa.Column(name, Key, nullable=False) for name in ("report", "at", "kind")),
        *(sa.Column(name, Key) for name in ("other", "record_id")),
        *(sa.Column(name, sa.Integer) for name in ("parser_before", "parser_after")),
        sa.Column("packed", sa.LargeBinary),
    )
    op.create_index("changes_report", "changes", ["report"])
    op.create_table(
        "reparses",
        sa.Column("id", Counter, primary_key=True),
        sa.Column("at", Key, nullable=False),
        sa.Column("parser_id", sa.Integer, nullable=False),
        sa.Column("summary", sa.LargeBinary, nullable=False),
    )
