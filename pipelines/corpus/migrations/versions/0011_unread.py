"""What is to be read anew is marked beside the parser that read it: a report keeps the name of its parser meanwhile."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """A record without a parser was to be read anew by a re-parse that was killed; which parser read it is lost."""
    op.add_column("records", sa.Column("unread", sa.Boolean, nullable=False, server_default=sa.false()))
    op.execute("UPDATE records SET unread = TRUE WHERE parser_id IS NULL")
    op.drop_index("records_parser", "records")
    op.create_index("records_unread", "records", ["unread", "file", "offset"])
