"""The types of columns that need care to be the same on SQLite and PostgreSQL."""

from sqlalchemy import BigInteger, Integer, String, Text

# Order by code point everywhere: SQLite's default; PostgreSQL would use the language rules of its database.
Key = String().with_variant(String(collation="C"), "postgresql")
LongText = Text().with_variant(Text(collation="C"), "postgresql")

# Counts up by itself as a primary key; SQLite does that for INTEGER alone, which has 64 bits there.
Counter = BigInteger().with_variant(Integer(), "sqlite")
