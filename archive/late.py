"""A file whose machine was away while another went on with its work: what both have fetched is stored once.

The machines of a cluster share a bucket and no folder. What one had not put there when it died, another fetches, or
imports, again; when the first comes back, its file would bring the same pages a second time.
"""

import fcntl
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from archive.bucket import Stored
from archive.build import HTTP_RESPONSE, IDENTICAL_PAYLOAD, member
from archive.cdxj import Method
from archive.closing import Closing, parse_closing
from archive.delivery import mirror
from archive.digest import sha1
from archive.folder import ArchiveFolder, sync_folder
from archive.inspection import append_closing, inspect
from archive.message import parse_message
from archive.raw import RawRecord, scan

_NEW = ".late"
# What tells the files of one writer's kind apart: a date, a number, and a random word; see `ArchiveWriter`.
_SERIAL = re.compile(r"-\d{14}-\d+-[0-9a-f]+\.warc\.gz$")
_LEVEL = 6

# URL, method with the body's digest, status and payload digest of a response.
_Exchange = tuple[str | None, str, int | None, str]


def without_doubles(folder: ArchiveFolder, path: Path, file: str, descriptor: int) -> int:
    """Have the responses of a file at ``path``, closed or left open, that a later file of the same site or import
    holds, too, be revisits of those; and leave out records that are there under their own id. ``descriptor`` holds the
    lock on the file; the one that does so afterwards. A closed one that was changed has no index then. It may be cut
    off at any moment. Raises OSError, ArchiveError."""
    stored, blocks = _of_later(folder, file)
    if not blocks:
        return descriptor
    new = path.with_name(path.name + _NEW)
    changed = False
    closing: Closing | None = None
    with new.open("wb") as copy:
        for record, request in _with_requests(_records(folder, file)):
            if (closing := parse_closing(record)) is not None:
                break
            if blocks.get(record.record_id) == sha1((record.block,)):
                changed = True
                continue
            original = stored.get(_exchange(record, request)) if record.type == "response" else None
            packed = _revisit(record, original) if original else None
            changed = changed or packed is not None
            copy.write(packed or os.pread(descriptor, record.length or 0, record.offset))
        copy.flush()
        os.fsync(copy.fileno())
    if not changed:
        new.unlink()
        return descriptor
    if closing is not None:
        append_closing(new, inspect(new, file), {**closing.fields, "closed-by": "recover"})
    mirror(folder)  # it refers to those files
    with folder.locked():  # nobody may claim it in between
        locked = os.open(new, os.O_RDWR)
        fcntl.flock(locked, fcntl.LOCK_EX)
        folder.index_path(path.name).unlink(missing_ok=True)  # of a closed file: it tells other places
        new.rename(path)
        os.close(descriptor)
    sync_folder(folder.archive)
    return locked


def is_fetched_again(folder: ArchiveFolder, file: str, announced: Mapping[str, Stored]) -> bool:
    """Whether a later file of the same site or import is being written on another machine: one of those ``announced``.
    What both have is known when that is finished. Raises BucketError."""
    others = [other for other in announced if other != file and _kind(other) == _kind(file)]
    if not others:
        return False
    here_or_there = set(folder.files())
    return any(_is_later(other, announced[other], file, announced) for other in others if other not in here_or_there)


def _is_later(other: str, stored: Stored | None, file: str, announced: Mapping[str, Stored]) -> bool:
    """Whether ``other`` was begun, or was put there, after ``file`` was begun. The bucket's clock is one for all
    machines; the names, made by their own, count only where it was not told."""
    begun = announced.get(file)
    if begun is None or stored is None:
        return other > file
    return (
        (stored.modified, other) > (begun.modified, file) if other in announced else stored.modified >= begun.modified
    )


def _kind(file: str) -> str:
    return _SERIAL.sub("", file)


def _of_later(folder: ArchiveFolder, file: str) -> tuple[dict[_Exchange, RawRecord], dict[str, str]]:
    """The responses in later files of the same kind, without their blocks, and the digest of each record's block."""
    stored: dict[_Exchange, RawRecord] = {}
    blocks: dict[str, str] = {}
    announced, there = folder.announced(), folder.files_there()
    for other in folder.files():
        if other == file or _kind(other) != _kind(file) or not folder.is_finished(other):
            continue
        if not _is_later(other, there.get(other), file, announced):
            continue
        for record, request in _with_requests(_records(folder, other)):
            blocks[record.record_id] = sha1((record.block,))
            if record.type == "response" and record.is_http and not record.get("WARC-Truncated"):
                bare = RawRecord(other, record.offset, record.length, record.fields, b"")
                stored.setdefault(_exchange(record, request), bare)
    return stored, blocks


def _records(folder: ArchiveFolder, file: str) -> Iterator[RawRecord]:
    return (found for found in scan(folder.open(file), file) if isinstance(found, RawRecord))


def _with_requests(records: Iterable[RawRecord]) -> Iterator[tuple[RawRecord, RawRecord | None]]:
    """Each record with the request that follows it, where that is its own."""
    last: RawRecord | None = None
    for record in records:
        if last is not None:
            own = record.type == "request" and last.record_id in record.ids_in("WARC-Concurrent-To")
            yield last, record if own else None
        last = record
    if last is not None:
        yield last, None


def _exchange(record: RawRecord, request: RawRecord | None) -> _Exchange:
    asked = Method.of_request(parse_message(request.block), request.block) if request else None
    method = f"{asked.name} {asked.digest}" if asked else ""
    status = parse_message(record.block).status if record.is_http else None
    return record.url, method, status, record.get("WARC-Payload-Digest") or ""


def _revisit(record: RawRecord, original: RawRecord) -> bytes | None:
    """The member that says that the payload of ``record`` is that of ``original``; None for one without a payload."""
    head = record.block[: parse_message(record.block).body_at]
    if len(head) == len(record.block) or record.get("WARC-Truncated"):
        return None
    dropped = ("warc-type", "warc-payload-digest", "warc-block-digest", "content-type", "content-length")
    fields = [
        ("WARC-Type", "revisit"),
        *(field for field in record.fields if field[0].lower() not in dropped),
        ("WARC-Profile", IDENTICAL_PAYLOAD),
        ("WARC-Refers-To", f"<{original.record_id}>"),
        ("WARC-Refers-To-Target-URI", original.url or ""),
        ("WARC-Refers-To-Date", original.get("WARC-Date") or ""),
        ("WARC-Payload-Digest", record.get("WARC-Payload-Digest") or ""),
        ("WARC-Block-Digest", sha1((head,))),
        ("Content-Type", HTTP_RESPONSE),
    ]
    return member(fields, head, _LEVEL)
