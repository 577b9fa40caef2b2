"""The types of text columns, of one order on SQLite and PostgreSQL."""

from sqlalchemy import String, Text

# Order by code point everywhere: SQLite's default; PostgreSQL would use the language rules of its database.
Key = String().with_variant(String(collation="C"), "postgresql")
LongText = Text().with_variant(Text(collation="C"), "postgresql")
