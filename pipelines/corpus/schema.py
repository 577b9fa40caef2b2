"""The corpus's tables. One set of definitions for SQLite and PostgreSQL.

Three layers, each computed from the one before:

- what was stored: ``records`` (one row an archived record), ``readings`` (one row a report that a record carries,
  or the announcement of one), ``links`` (page -> attached file);
- what is due: ``pending`` (documents touched since the last assembly) and ``stale`` (groups to decide anew);
- what was assembled: ``placements`` (whose report of which year a reading is, when the pages that link it have been
  heard), ``reports``, ``versions`` and ``agencies`` (the public corpus).

Reports carry their own copy of the values, so that a reader never meets a reading that is newer than the choice of
versions made from it.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, MetaData, String, Table, Text

# Raised with every change of a table. A corpus is computed from the archive, so an older one is simply computed again.
SCHEMA_VERSION = 1

metadata = MetaData()

# Order by code point everywhere: SQLite's default; PostgreSQL would use the language rules of its database.
_Text = Text().with_variant(Text(collation="C"), "postgresql")
_Key = String().with_variant(String(collation="C"), "postgresql")

about = Table("nianbao_corpus", metadata, Column("schema_version", Integer, primary_key=True))

# captured: UTC, always with six digits of a second: text order is time order. A report has no code and no reason.
records = Table(
    "records",
    metadata,
    Column("record_id", _Key, primary_key=True),
    Column("document", _Key, nullable=False),
    Column("file", _Key, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("url", _Key, nullable=False),
    Column("captured", _Key, nullable=False),
    Column("payload_digest", _Key),
    Column("kind", _Key, nullable=False),
    Column("status", Integer),
    Column("truncated", _Key),
    Column("outcome", _Key, nullable=False),
    Column("code", _Key),
    Column("reason", _Text),
    Column("title", _Text),
    Column("parser", _Key, nullable=False),
    Index("records_document", "document", "payload_digest"),
)

# announcement: a page that is no report itself but links one. sentences, cells, findings, body: see packing.py.
readings = Table(
    "readings",
    metadata,
    Column("record_id", _Key, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("document", _Key, nullable=False),
    Column("announcement", Boolean, nullable=False),
    Column("agency", _Key),
    Column("as_written", _Text),
    Column("division", _Key),
    Column("level", _Key),
    Column("sector", _Key),
    Column("year", Integer),
    Column("form", _Key),
    Column("title", _Text),
    Column("published", _Key),
    Column("cells_listed", Integer, nullable=False),
    Column("numbers", Integer, nullable=False),
    Column("errors", Integer, nullable=False),
    Column("findings_listed", Integer, nullable=False),
    Column("sentences", LargeBinary, nullable=False),
    Column("cells", LargeBinary, nullable=False),
    Column("findings", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("readings_document", "document"),
)

links = Table(
    "links",
    metadata,
    Column("record_id", _Key, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("target", _Key, primary_key=True),
    Column("page", _Key, nullable=False),
    Index("links_target", "target"),
    Index("links_page", "page"),
)

pending = Table("pending", metadata, Column("document", _Key, primary_key=True))

stale = Table("stale", metadata, Column("grouping", _Key, primary_key=True))

# grouping: versions of one agency and year share it; a reading without agency or year stands alone under its document.
placements = Table(
    "placements",
    metadata,
    Column("record_id", _Key, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("document", _Key, nullable=False),
    Column("grouping", _Key, nullable=False),
    Column("identity", _Text, nullable=False),
    Column("first_seen", _Key, nullable=False),
    Column("last_seen", _Key, nullable=False),
    Index("placements_grouping", "grouping"),
    Index("placements_document", "document"),
)

reports = Table(
    "reports",
    metadata,
    Column("key", _Key, primary_key=True),
    Column("grouping", _Key, nullable=False),
    Column("agency", _Key),
    Column("division", _Key),
    Column("year", Integer),
    Column("form", _Key, nullable=False),
    Column("title", _Text),
    Column("record_id", _Key, nullable=False),
    Column("cells_listed", Integer, nullable=False),
    Column("numbers", Integer, nullable=False),
    Column("cells", LargeBinary, nullable=False),
    Column("findings", LargeBinary, nullable=False),
    Column("year_findings", LargeBinary),
    Column("errors", Integer, nullable=False),
    Column("findings_listed", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("reports_order", "division", "agency", "year"),
    Index("reports_agency", "agency", "year"),
    Index("reports_grouping", "grouping"),
)

# as_written and years: JSON lists, sorted.
agencies = Table(
    "agencies",
    metadata,
    Column("key", _Key, primary_key=True),
    Column("name", _Key, nullable=False),
    Column("division", _Key),
    Column("level", _Key),
    Column("sector", _Key),
    Column("as_written", _Text, nullable=False),
    Column("years", _Text, nullable=False),
    Column("reports", Integer, nullable=False),
    Index("agencies_order", "division", "name"),
)

versions = Table(
    "versions",
    metadata,
    Column("key", _Key, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("record_id", _Key, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("role", _Key, nullable=False),
    Column("why", _Text, nullable=False),
    Index("versions_record", "record_id"),
)
