"""${message}"""

import sqlalchemy as sa
from alembic import op

from pipelines.corpus.columns import Key, LongText

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """What old rows say afterwards, and whether a re-parse is needed."""
