"""The first record of a file: who made it, how, and as part of which run."""

from collections.abc import Mapping
from datetime import datetime

from archive.build import WARC_FIELDS, member, warc_fields
from archive.closing import KIND
from archive.digest import sha1
from archive.warcdate import warc_date

_LEVEL = 6


def warcinfo_member(file: str, record_id: str, now: datetime, info: Mapping[str, str]) -> bytes:
    """The warcinfo record of ``file`` with the values of ``info``; it promises the closing record."""
    block = warc_fields({**info, "format": "WARC File Format 1.1", "ends-with": KIND})
    fields = [
        ("WARC-Type", "warcinfo"),
        ("WARC-Record-ID", f"<{record_id}>"),
        ("WARC-Date", warc_date(now)),
        ("WARC-Filename", file),
        ("WARC-Block-Digest", sha1((block,))),
        ("Content-Type", WARC_FIELDS),
    ]
    return member(fields, block, _LEVEL)
