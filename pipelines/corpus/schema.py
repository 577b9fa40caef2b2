"""The corpus's tables. One set of definitions for SQLite and PostgreSQL; a change comes with a step in migrations/.

Layers, each computed from the one before:

- what was stored: ``records`` (one row an archived record), ``readings`` (one row a report that a record carries,
  or the announcement of one), ``links`` (page -> attached file); and for the next parse ``parsers``, ``documents``,
  ``files``;
- what is due: ``pending`` (documents touched since the last assembly) and ``stale`` (groups to decide anew);
- what was: ``changes`` and ``reparses``, the only tables that the archive can't give back;
- what was assembled: ``placements`` (whose report of which year a reading is, when the pages that link it have been
  heard), ``reports``, ``versions`` and ``agencies`` (the public corpus).

Beside them stands the history, a mirror of what the archive tells of its runs: ``run_files`` and ``accounts``; and
``leases``, who is crawling what at this moment.

Reports carry their own copy of the values, so that a reader never meets a reading that is newer than the choice of
versions made from it.
"""

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, LargeBinary, MetaData, Table, false

from pipelines.corpus.columns import Counter, Key, LongText

metadata = MetaData()

# Every parser that stored something, by the fingerprints of its stages; "" for a stage that is not known.
parsers = Table(
    "parsers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Key, nullable=False, unique=True),
    Column("document", Key, nullable=False),
    Column("forms", Key, nullable=False),
    Column("identity", Key, nullable=False),
    Column("rules", Key, nullable=False),
)

# unread: to be read anew whatever parser read it. content: the key in `documents`. result: rows.result_of.
# captured: UTC, always with six digits of a second: text order is time order. A report has no code and no reason.
records = Table(
    "records",
    metadata,
    Column("record_id", Key, primary_key=True),
    Column("document", Key, nullable=False),
    Column("file", Key, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("url", Key, nullable=False),
    Column("captured", Key, nullable=False),
    Column("payload_digest", Key),
    Column("kind", Key, nullable=False),
    Column("status", Integer),
    Column("truncated", Key),
    Column("outcome", Key, nullable=False),
    Column("code", Key),
    Column("reason", LongText),
    Column("title", LongText),
    Column("parser_id", Integer),
    Column("unread", Boolean, nullable=False, server_default=false()),
    Column("content", LargeBinary),
    Column("result", LargeBinary),
    Index("records_document", "document", "payload_digest"),
    Index("records_file", "file", "offset"),
    Index("records_unread", "unread", "file", "offset"),
)

# announcement: a page that is no report itself but links one. sentences, cells, findings, body: see packing.py.
# wording: the sentences without their numbers, by forms.wording; null: not told by an older nianbao.
# findings: those of the identity (from_identity of them), those of the forms (from_forms), then those of the rules.
readings = Table(
    "readings",
    metadata,
    Column("record_id", Key, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("document", Key, nullable=False),
    Column("announcement", Boolean, nullable=False),
    Column("agency", Key),
    Column("as_written", LongText),
    Column("division", Key),
    Column("level", Key),
    Column("sector", Key),
    Column("year", Integer),
    Column("form", Key),
    Column("title", LongText),
    Column("published", Key),
    Column("cells_listed", Integer, nullable=False),
    Column("numbers", Integer, nullable=False),
    Column("errors", Integer, nullable=False),
    Column("findings_listed", Integer, nullable=False),
    Column("sentences", LargeBinary, nullable=False),
    Column("cells", LargeBinary, nullable=False),
    Column("findings", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("period", Integer),
    Column("from_identity", Integer),
    Column("from_forms", Integer),
    Column("wording", LargeBinary),
    Index("readings_document", "document"),
)

links = Table(
    "links",
    metadata,
    Column("record_id", Key, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("target", Key, primary_key=True),
    Column("page", Key, nullable=False),
    Index("links_target", "target"),
    Index("links_page", "page"),
)

# Documents as they were extracted, by rows.content_of; stage: the fingerprint of the extraction. All of it may be
# deleted at any time: what is missing is extracted again.
documents = Table(
    "documents",
    metadata,
    Column("content", LargeBinary, primary_key=True),
    Column("stage", Key, nullable=False),
    Column("packed", LargeBinary, nullable=False),
)

# The finished WARC files whose records have all been looked at, as long as size and time stay what they were, and so
# does what tells documents from other records (`fingerprint.selection`; null: that of an older nianbao).
files = Table(
    "files",
    metadata,
    Column("file", Key, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("modified", BigInteger, nullable=False),
    Column("records", Integer, nullable=False),
    Column("skipped", LongText, nullable=False),
    Column("selection", Key),
)

# A document may be noted more than once: who stores adds a row and touches no other, so that an assembly which runs
# meanwhile takes away only those that it has seen.
pending = Table(
    "pending",
    metadata,
    Column("id", Counter, primary_key=True),
    Column("document", Key, nullable=False),
    Index("pending_document", "document"),
)

stale = Table("stale", metadata, Column("grouping", Key, primary_key=True))

# Stale groups that a document went between: they are assembled in one transaction. Each pair stands both ways.
ties = Table("ties", metadata, Column("grouping", Key, primary_key=True), Column("other", Key, primary_key=True))

# With which code the corpus was last assembled as a whole, by `fingerprint.assembly`.
assembled = Table(
    "assembled",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", Key, nullable=False),
    Column("rules", Key, nullable=False),
)

# What was, and can't be computed from the archive again. A report by its key; kind: new, changed, came (from `other`),
# moved (to `other`), lost. A run of `reparse`: what it printed.
changes = Table(
    "changes",
    metadata,
    Column("id", Counter, primary_key=True),
    Column("report", Key, nullable=False),
    Column("at", Key, nullable=False),
    Column("kind", Key, nullable=False),
    Column("other", Key),
    Column("record_id", Key),
    Column("parser_before", Integer),
    Column("parser_after", Integer),
    Column("packed", LargeBinary),
    Index("changes_report", "report"),
)

reparses = Table(
    "reparses",
    metadata,
    Column("id", Counter, primary_key=True),
    Column("at", Key, nullable=False),
    Column("parser_id", Integer, nullable=False),
    Column("summary", LargeBinary, nullable=False),
)

# What assemblies have changed since a re-parse began, and none has told yet. One row; none where none is under way.
untold = Table(
    "untold",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("changes", LargeBinary, nullable=False),
)

# grouping: versions of one agency and year share it; a reading without agency or year stands alone under its document.
placements = Table(
    "placements",
    metadata,
    Column("record_id", Key, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("document", Key, nullable=False),
    Column("grouping", Key, nullable=False),
    Column("identity", LongText, nullable=False),
    Column("first_seen", Key, nullable=False),
    Column("last_seen", Key, nullable=False),
    Index("placements_grouping", "grouping"),
    Index("placements_document", "document"),
)

reports = Table(
    "reports",
    metadata,
    Column("key", Key, primary_key=True),
    Column("grouping", Key, nullable=False),
    Column("agency", Key),
    Column("division", Key),
    Column("year", Integer),
    Column("form", Key, nullable=False),
    Column("title", LongText),
    Column("record_id", Key, nullable=False),
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
    Column("key", Key, primary_key=True),
    Column("name", Key, nullable=False),
    Column("division", Key),
    Column("level", Key),
    Column("sector", Key),
    Column("as_written", LongText, nullable=False),
    Column("years", LongText, nullable=False),
    Column("reports", Integer, nullable=False),
    Index("agencies_order", "division", "name"),
)

versions = Table(
    "versions",
    metadata,
    Column("key", Key, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("record_id", Key, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("role", Key, nullable=False),
    Column("why", LongText, nullable=False),
    Column("parser_id", Integer),
    Index("versions_record", "record_id"),
)

# final: the file is closed, and need not be looked at again. site, run, attempt: None where no crawl wrote it. opened,
# ended (of the run, where this file says so): as captured.
run_files = Table(
    "run_files",
    metadata,
    Column("file", Key, primary_key=True),
    Column("final", Boolean, nullable=False),
    Column("site", Key),
    Column("run", Key),
    Column("attempt", Key),
    Column("opened", Key),
    Column("ended", Key),
    Index("run_files_site", "site", "opened"),
)

# summary, details: the account as packed JSON, in two parts: what is asked for often, and its long lists.
accounts = Table(
    "accounts",
    metadata,
    Column("file", Key, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("event", Key, nullable=False),
    Column("site", Key),
    Column("attempt", Key),
    Column("summary", LargeBinary, nullable=False),
    Column("details", LargeBinary, nullable=False),
    Index("accounts_site", "site", "event"),
)

# Of this moment alone. name: "site NAME" or "server ADDRESS". beat, expires: seconds since 1970, as the database says.
leases = Table(
    "leases",
    metadata,
    Column("name", Key, primary_key=True),
    Column("owner", Key, nullable=False),
    Column("host", Key, nullable=False),
    Column("process", Key, nullable=False),
    Column("pid", BigInteger, nullable=False),
    Column("beat", Float, nullable=False),
    Column("expires", Float, nullable=False),
)
