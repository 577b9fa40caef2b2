"""What a file of the archive tells of the run that it belongs to: who wrote it, how it ended, and the run's accounts.

An account is a metadata record: one JSON object that says what a crawl came to (its counts, lists, gaps), or what
happened between crawls. It stands in the archive so that the history of the runs, like everything else, can be
computed again from there. The closing record says at which offsets the accounts of its file lie.
"""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from archive.build import parse_warc_fields
from archive.closing import Closing, parse_closing
from archive.folder import ArchiveFolder
from archive.raw import RawRecord, record_at, scan
from archive.record import Location
from archive.statement import stated, statement
from archive.warcdate import parse_warc_date
from config.errors import ArchiveError

logger = logging.getLogger(__name__)

KIND = "nianbao/account"
# In the closing record.
OFFSETS = "accounts"

# The closing record is one stored gzip member of less than a kilobyte at the end of its file.
_TAIL = 8192
_MEMBER = b"\x1f\x8b\x08"


@dataclass(frozen=True, slots=True)
class RunFile:
    """``file`` was begun at ``opened``, as ``info`` (the fields of its warcinfo record) says; ``closing`` is None while
    it is written, and where its end is torn."""

    file: str
    opened: datetime
    info: Mapping[str, str]
    closing: Closing | None


def account_fields(
    record_id: str, warcinfo_id: str, now: datetime, value: Mapping[str, Any]
) -> tuple[list[tuple[str, str]], bytes]:
    """The header's fields (without Content-Length) and the block of an account record."""
    values = {"account": json.dumps(value, ensure_ascii=True, sort_keys=True)}
    return statement(KIND, values, record_id=record_id, warcinfo_id=warcinfo_id, now=now)


def run_file(folder: ArchiveFolder, file: str) -> RunFile | None:
    """What the first and the last record of ``file`` say; None where the first is no warcinfo, or can't be read.

    A file that can't be read is passed over here; ``verify`` is where damage is told of.
    """
    try:
        record = record_at(folder.open(file), Location(file, 0, ""))
        opened = parse_warc_date(record.get("WARC-Date") or "")
    except (ArchiveError, ValueError) as error:
        logger.warning("%s", error)
        return None
    if record.type != "warcinfo":
        return None
    return RunFile(file, opened, parse_warc_fields(record.block), _closing(folder, file))


def accounts(folder: ArchiveFolder, found: RunFile) -> list[dict[str, Any]]:
    """The accounts of a file, oldest first. Raises ArchiveError where the file can't be read."""
    records: Iterator[RawRecord]
    if found.closing is not None and found.closing.fields.get("closed-by") == "writer":
        offsets = found.closing.fields.get(OFFSETS, "").split()
        records = (
            record_at(folder.open(found.file), Location(found.file, int(offset), ""))
            for offset in offsets
            if offset.isdecimal()
        )
    else:
        # Cut off, or mended: nobody could say, or the places have changed.
        records = (record for record in scan(folder.open(found.file), found.file) if isinstance(record, RawRecord))
    return [value for record in records if (value := _account(record)) is not None]


def told_offsets(offsets: Sequence[int]) -> dict[str, str]:
    """The fields of the closing record that say where the accounts lie."""
    return {OFFSETS: " ".join(map(str, offsets))} if offsets else {}


def _account(record: RawRecord) -> dict[str, Any] | None:
    said = stated(record, KIND)
    if said is None:
        return None
    try:
        value = json.loads(said.get("account", ""))
    except json.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None


def _closing(folder: ArchiveFolder, file: str) -> Closing | None:
    with folder.open(file) as source:
        start = max(0, source.size() - _TAIL)
        tail = source.pread(_TAIL, start)
    at = tail.rfind(_MEMBER)
    while at >= 0:
        try:
            closing = parse_closing(record_at(folder.open(file), Location(file, start + at, "")))
        except ArchiveError:
            closing = None
        if closing is not None:
            return closing
        at = tail.rfind(_MEMBER, 0, at)
    return None
