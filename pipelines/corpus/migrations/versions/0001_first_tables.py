"""The tables as they were before migrations: the corpus of the first version."""

import sqlalchemy as sa
from alembic import op

from pipelines.corpus.columns import Key, LongText

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Run for a database of its own only in tests: a new corpus is made with today's tables."""
    op.create_table("nianbao_corpus", sa.Column("schema_version", sa.Integer, primary_key=True))
    op.create_table(
        "records",
        sa.Column("record_id", Key, primary_key=True),
        sa.Column("document", Key, nullable=False),
        sa.Column("file", Key, nullable=False),
        sa.Column("offset", sa.BigInteger, nullable=False),
        sa.Column("url", Key, nullable=False),
        sa.Column("captured", Key, nullable=False),
        sa.Column("payload_digest", Key),
        sa.Column("kind", Key, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("truncated", Key),
        sa.Column("outcome", Key, nullable=False),
        sa.Column("code", Key),
        sa.Column("reason", LongText),
        sa.Column("title", LongText),
        sa.Column("parser", Key, nullable=False),
    )
    op.create_index("records_document", "records", ["document", "payload_digest"])
    op.create_table(
        "readings",
        sa.Column("record_id", Key, primary_key=True),
        sa.Column("ordinal", sa.Integer, primary_key=True),
        sa.Column("document", Key, nullable=False),
        sa.Column("announcement", sa.Boolean, nullable=False),
        sa.Column("agency", Key),
        sa.Column("as_written", LongText),
        sa.Column("division", Key),
        sa.Column("level", Key),
        sa.Column("sector", Key),
        sa.Column("year", sa.Integer),
        sa.Column("form", Key),
        sa.Column("title", LongText),
        sa.Column("published", Key),
        sa.Column("cells_listed", sa.Integer, nullable=False),
        sa.Column("numbers", sa.Integer, nullable=False),
        sa.Column("errors", sa.Integer, nullable=False),
        sa.Column("findings_listed", sa.Integer, nullable=False),
        sa.Column("sentences", sa.LargeBinary, nullable=False),
        sa.Column("cells", sa.LargeBinary, nullable=False),
        sa.Column("findings", sa.LargeBinary, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("readings_document", "readings", ["document"])
    op.create_table(
        "links",
        sa.Column("record_id", Key, primary_key=True),
        sa.Column("ordinal", sa.Integer, primary_key=True),
        sa.Column("target", Key, primary_key=True),
        sa.Column("page", Key, nullable=False),
    )
    op.create_index("links_target", "links", ["target"])
    op.create_index("links_page", "links", ["page"])
    op.create_table("pending", sa.Column("document", Key, primary_key=True))
    op.create_table("stale", sa.Column("grouping", Key, primary_key=True))
    op.create_table(
        "placements",
        sa.Column("record_id", Key, primary_key=True),
        sa.Column("ordinal", sa.Integer, primary_key=True),
        sa.Column("document", Key, nullable=False),
        sa.Column("grouping", Key, nullable=False),
        sa.Column("identity", LongText, nullable=False),
        sa.Column("first_seen", Key, nullable=False),
        sa.Column("last_seen", Key, nullable=False),
    )
    op.create_index("placements_grouping", "placements", ["grouping"])
    op.create_index("placements_document", "placements", ["document"])
    op.create_table(
        "reports",
        sa.Column("key", Key, primary_key=True),
        sa.Column("grouping", Key, nullable=False),
        sa.Column("agency", Key),
        sa.Column("division", Key),
        sa.Column("year", sa.Integer),
        sa.Column("form", Key, nullable=False),
        sa.Column("title", LongText),
        sa.Column("record_id", Key, nullable=False),
        sa.Column("cells_listed", sa.Integer, nullable=False),
        sa.Column("numbers", sa.Integer, nullable=False),
        sa.Column("cells", sa.LargeBinary, nullable=False),
        sa.Column("findings", sa.LargeBinary, nullable=False),
        sa.Column("year_findings", sa.LargeBinary),
        sa.Column("errors", sa.Integer, nullable=False),
        sa.Column("findings_listed", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("reports_order", "reports", ["division", "agency", "year"])
    op.create_index("reports_agency", "reports", ["agency", "year"])
    op.create_index("reports_grouping", "reports", ["grouping"])
    op.create_table(
        "agencies",
        sa.Column("key", Key, primary_key=True),
        sa.Column("name", Key, nullable=False),
        sa.Column("division", Key),
        sa.Column("level", Key),
        sa.Column("sector", Key),
        sa.Column("as_written", LongText, nullable=False),
        sa.Column("years", LongText, nullable=False),
        sa.Column("reports", sa.Integer, nullable=False),
    )
    op.create_index("agencies_order", "agencies", ["division", "name"])
    op.create_table(
        "versions",
        sa.Column("key", Key, primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("record_id", Key, nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("role", Key, nullable=False),
        sa.Column("why", LongText, nullable=False),
    )
    op.create_index("versions_record", "versions", ["record_id"])
    op.execute("INSERT INTO nianbao_corpus (schema_version) VALUES (1)")
