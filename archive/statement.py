"""Metadata records of ours that speak of the whole file or its run: told from others' by the first line of their block.

WARC-Profile, in which this stood at first, is defined for revisit records alone and must be a URI (WARC 1.1, 5.14).
"""

from collections.abc import Mapping
from datetime import datetime

from archive.build import WARC_FIELDS, parse_warc_fields, warc_fields
from archive.digest import sha1
from archive.raw import RawRecord
from archive.warcdate import warc_date

_KIND = "statement"


def statement(
    kind: str, values: Mapping[str, str], *, record_id: str, warcinfo_id: str, now: datetime
) -> tuple[list[tuple[str, str]], bytes]:
    """The header's fields (without Content-Length) and the block of such a record; as what it says is about the whole
    file, it refers to the file's warcinfo record."""
    block = warc_fields({_KIND: kind, **values})
    fields = [
        ("WARC-Type", "metadata"),
        ("WARC-Record-ID", f"<{record_id}>"),
        ("WARC-Date", warc_date(now)),
        ("WARC-Refers-To", f"<{warcinfo_id}>"),
        ("WARC-Warcinfo-ID", f"<{warcinfo_id}>"),
        ("WARC-Block-Digest", sha1((block,))),
        ("Content-Type", WARC_FIELDS),
    ]
    return fields, block


def stated(record: RawRecord, kind: str) -> dict[str, str] | None:
    """What ``record`` says; None where it is no statement of this kind."""
    ours = record.block.startswith(warc_fields({_KIND: kind})) or record.get("WARC-Profile") == kind
    if record.type != "metadata" or not ours:
        return None
    return {name: value for name, value in parse_warc_fields(record.block).items() if name != _KIND}
