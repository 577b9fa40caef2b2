"""The last record of a file: how many records and bytes precede it, and their checksum.

A gzip member protects its own data, but not its header's bytes nor its padding, and nothing tells that whole
members are missing at the end of a file. The closing record does, and it is itself stored uncompressed, so that
every bit of the file can be accounted for. Where the run has ended, it says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from archive.build import header, new_id
from archive.member import stored
from archive.raw import RawRecord
from archive.statement import stated, statement

KIND = "nianbao/closing"


@dataclass(frozen=True, slots=True)
class Closing:
    """``records`` and ``size`` (bytes) count what precedes the record, ``sha256`` (hex) is over those bytes.
    ``fields`` is whatever else it says: the run that it belongs to and its end, who closed the file."""

    records: int
    size: int
    sha256: str
    fields: Mapping[str, str]

    def member(self, warcinfo_id: str, now: datetime) -> bytes:
        values = {"records": str(self.records), "bytes": str(self.size), "sha256": self.sha256, **self.fields}
        fields, block = statement(KIND, values, record_id=new_id(), warcinfo_id=warcinfo_id, now=now)
        return stored(header(fields, len(block)) + block + b"\r\n\r\n")


def parse_closing(record: RawRecord) -> Closing | None:
    """What the closing record says; None where ``record`` is none."""
    values = stated(record, KIND)
    if values is None:
        return None
    counts = values.pop("records", ""), values.pop("bytes", "")
    if not all(count.isdecimal() for count in counts):
        return None
    return Closing(int(counts[0]), int(counts[1]), values.pop("sha256", ""), values)
