"""What the text of a report says without its numbers is stored, to be held against the year after."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """What was read before tells it once it is read again, which its forms' fingerprint asks for."""
    op.add_column("readings", sa.Column("wording", sa.LargeBinary))
