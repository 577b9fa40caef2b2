"""What each stage of the parser made is known and kept apart, so that a re-parse begins at the first that changed."""

import sqlalchemy as sa
from alembic import op

from pipelines.corpus.columns import Key, LongText

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Of the parsers so far only the names are known: the next re-parse reads everything again."""
    op.create_table(
        "parsers",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", Key, nullable=False, unique=True),
        *(sa.Column(stage, Key, nullable=False) for stage in ("document", "forms", "identity", "rules")),
    )
    op.create_table(
        "documents",
        sa.Column("content", sa.LargeBinary, primary_key=True),
        sa.Column("stage", Key, nullable=False),
        sa.Column("packed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "files",
        sa.Column("file", Key, primary_key=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("modified", sa.BigInteger, nullable=False),
        sa.Column("records", sa.Integer, nullable=False),
        sa.Column("skipped", LongText, nullable=False),
    )
    op.execute(
        "INSERT INTO parsers (name, document, forms, identity, rules) "
        "SELECT DISTINCT parser, '', '', '', '' FROM records ORDER BY parser"
    )
    for name, kind in (("parser_id", sa.Integer), ("content", sa.LargeBinary), ("result", sa.LargeBinary)):
        op.add_column("records", sa.Column(name, kind))
    op.execute("UPDATE records SET parser_id = (SELECT id FROM parsers WHERE name = records.parser)")
    with op.batch_alter_table("records") as batch:
        batch.drop_column("parser")
    op.create_index("records_file", "records", ["file", "offset"])
    op.create_index("records_parser", "records", ["parser_id", "file", "offset"])
    for name in ("period", "from_identity", "from_forms"):
        op.add_column("readings", sa.Column(name, sa.Integer))
    op.add_column("versions", sa.Column("parser_id", sa.Integer))
    op.execute(
        "UPDATE versions SET parser_id = (SELECT parser_id FROM records WHERE records.record_id = versions.record_id)"
    )
