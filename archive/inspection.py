"""One pass over a WARC file: what is whole in it, what is not, and the index that it should have."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from archive.closing import KIND, Closing, parse_closing
from archive.indexer import Indexer
from archive.raw import Damage, RawRecord, scan
from archive.source import OPEN
from config import clock

_READ = 1024 * 1024


@dataclass(slots=True)
class Inspection:
    """``spans`` are the (offset, length) of the whole records, in order.

    ``closing`` is the closing record where it is the last one and speaks of this file. ``unanswered`` is the
    offset of a last response whose request is missing: exchanges are written response first, so it was cut off in
    the middle of one. ``opened``: it begins with a warcinfo record. ``is_ours``: one promises a closing record, or
    there is one, in a packed file: unpacked by somebody it is as any other. ``shared_member``: several records share a
    gzip member.
    """

    file: str
    records: int = 0
    spans: list[tuple[int, int]] = field(default_factory=list)
    damages: list[Damage] = field(default_factory=list)
    indexer: Indexer = field(default_factory=Indexer)
    closing: Closing | None = None
    opened: bool = False
    warcinfo_id: str = ""
    unanswered: int | None = None
    shared_member: bool = False
    is_ours: bool = False
    _concurrent: set[str] = field(default_factory=set)

    @property
    def packed(self) -> bool:
        """Whether it may be as we write files: what its closing record tells holds for packed bytes alone."""
        return self.file.removesuffix(OPEN).endswith(".gz")

    @property
    def end(self) -> int:
        """The first byte behind the last whole record."""
        return sum(self.spans[-1]) if self.spans else 0

    def walk(self, path: Path) -> Iterator[RawRecord | Damage]:
        """Scan the file at ``path`` and note everything on the way."""
        for found in scan(path, self.file):
            if isinstance(found, Damage):
                self.damages.append(found)
            else:
                self._note(found)
            yield found

    def _note(self, record: RawRecord) -> None:
        if not self.records:
            self.opened = record.type == "warcinfo"
            self.warcinfo_id = record.record_id if self.opened else record.id_in("WARC-Warcinfo-ID") or ""
        self.records += 1
        closing = parse_closing(record)
        self.closing = closing if closing and closing.size == record.offset else None
        self.is_ours = self.is_ours or (self.packed and (self.closing is not None or _promises_closing(record)))
        self.indexer.add(record)
        self.shared_member = self.shared_member or record.length is None
        self.spans.append((record.offset, record.length or 0))
        joined = {record.record_id, *record.ids_in("WARC-Concurrent-To")}
        answered = not joined.isdisjoint(self._concurrent)
        asked_for = record.type in ("response", "revisit") and record.is_http
        self.unanswered = record.offset if asked_for and not answered else None
        if record.type == "request":
            self._concurrent |= joined


def _promises_closing(record: RawRecord) -> bool:
    return record.type == "warcinfo" and KIND.encode() in record.block


def inspect(path: Path, file: str) -> Inspection:
    """Walk the whole file. Raises ArchiveError where it cannot be read."""
    inspection = Inspection(file)
    for _ in inspection.walk(path):
        pass
    return inspection


def append_closing(path: Path, found: Inspection, fields: Mapping[str, str]) -> None:
    """Write a closing record behind the whole records that ``found`` counts; they end where the file ends."""
    size = path.stat().st_size
    closing = Closing(found.records, size, sha256_of(path, size), fields)
    with path.open("ab") as stream:
        stream.write(closing.member(found.warcinfo_id, clock.now()))
        stream.flush()
        os.fsync(stream.fileno())


def sha256_of(path: Path, size: int) -> str:
    """The checksum of the first ``size`` bytes of a file, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while size > 0 and (data := stream.read(min(_READ, size))):
            digest.update(data)
            size -= len(data)
    return digest.hexdigest()
