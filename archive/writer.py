"""Writes exchanges, failures and imported files as WARC 1.1, so that what is reported as stored is stored."""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from archive import cdxj
from archive.account import account_fields, told_offsets
from archive.build import (
    HTTP_REQUEST,
    HTTP_RESPONSE,
    IDENTICAL_PAYLOAD,
    NOT_MODIFIED,
    WARC_FIELDS,
    RecordIds,
    member,
    target_uri,
    warc_fields,
)
from archive.decode import entity
from archive.delivery import announce, deliver
from archive.digest import sha1
from archive.exchange import Exchange, Failure
from archive.folder import ArchiveFolder
from archive.index import Index
from archive.indexer import Indexer
from archive.message import Message, parse_message
from archive.openfile import ArchiveWriteError, OpenFile
from archive.raw import RawRecord, record_at
from archive.record import Location
from archive.warcdate import warc_date
from archive.warcinfo import warcinfo_member
from config import clock
from config.errors import ArchiveError, BucketError

__all__ = ["ArchiveWriteError", "ArchiveWriter"]

# Some eight thousand pages: so many lines of the index are held in memory while a file is being written, and one
# machine can check and re-parse several files at once.
DEFAULT_FILE_SIZE = 64_000_000
# What a power loss may cost; a whole fsync for each exchange would be the larger part of its price.
SYNC_EVERY = 16
_LEVEL, _LEVEL_PACKED = 6, 1
_PACKED_CODINGS = {"gzip", "x-gzip", "deflate", "br", "zstd"}
_PACKED_TYPES = ("image/", "video/", "audio/", "application/pdf", "application/zip", "application/x-rar",
                 "application/vnd.openxmlformats", "application/gzip", "application/x-gzip")  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Record:
    """A record to be written: its header without Content-Length, and its block."""

    fields: list[tuple[str, str]]
    block: bytes
    level: int = _LEVEL
    message: Message | None = None

    @property
    def type(self) -> str:
        return self.fields[0][1]

    @property
    def record_id(self) -> str:
        return self.fields[1][1]


class ArchiveWriter:
    """Writes into new files of ``folder``, never into an old one; a context manager.

    ``info`` goes into the warcinfo record that opens each file: software, operator, contact, robots policy,
    run id (``isPartOf``), configuration hash, fidelity. The first file is made with the first record; the next
    one when ``file_size`` (bytes) is passed. With an ``index``, an unchanged payload or a 304 becomes a revisit
    record of the newest response to the same request. ``free_floor`` is the free space, in bytes, below which
    nothing is written.

    Every method that writes returns once the bytes are handed to the operating system; at most SYNC_EVERY
    exchanges later they are on the disk (`sync` does it at once). It raises ArchiveWriteError where that was not
    possible; what it was given is then not stored, and nothing more will be.
    """

    def __init__(
        self,
        folder: ArchiveFolder,
        *,
        info: Mapping[str, str],
        prefix: str = "nianbao",
        index: Index | None = None,
        file_size: int = DEFAULT_FILE_SIZE,
        free_floor: int = 0,
    ) -> None:
        self._folder = folder
        self._info = dict(info)
        self._prefix = prefix
        self._index = index
        self._file_size = file_size
        self._free_floor = free_floor
        self._file: OpenFile | None = None
        self._serial = 0
        self._unsynced = 0
        self._ids = RecordIds()
        self._warcinfo_id = ""
        self._ending: dict[str, str] = {}
        self._indexer = Indexer()
        self._concurrent: set[str] = set()
        self._accounts: list[int] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.close()
        except (ArchiveError, BucketError):
            if value is None:  # else the first error is the one to be told
                raise

    def exchange(self, exchange: Exchange, *, refers_to: cdxj.Capture | None = None) -> Location:
        """Store the response, or a revisit where nothing has changed, and the request.

        ``refers_to`` is the capture whose validators a conditional request carried: a 304 is a revisit of that one
        (else of the newest that the index knows). Any other answer is a revisit only where the index knows the
        same payload, whatever the caller says. The location is that of the response or revisit.
        """
        message = parse_message(exchange.response)
        body = entity(message, exchange.response)
        digest = sha1(body.pieces)
        asked = parse_message(exchange.request)
        method = cdxj.Method.of_request(asked, exchange.request)
        common = self._common(exchange.url, exchange.started, exchange.ip)
        fields = [
            ("WARC-Type", "response"),
            ("WARC-Record-ID", f"<{self._ids.new()}>"),
            *common,
            *([("WARC-Truncated", exchange.truncated)] if exchange.truncated else []),
            ("WARC-Payload-Digest", digest),
            ("WARC-Block-Digest", sha1((exchange.response,))),
            ("Content-Type", HTTP_RESPONSE),
        ]
        response = _Record(fields, exchange.response, _level(message), message)
        if message.status == 304:
            earlier = refers_to or self._newest(exchange.url, method)
        elif any(body.pieces) and not exchange.truncated:
            earlier = self._same_payload(exchange.url, method, message.status, digest)
        else:
            earlier = None
        response = (earlier and self._revisit(exchange, response, digest, earlier)) or response
        return self._write([response, *self._request(exchange.request, asked, common, response)], method)

    def failure(self, failure: Failure) -> Location:
        """Store why a fetch gave nothing, what was sent, and the bytes that came, though they were no answer."""
        asked = parse_message(failure.request)
        common = self._common(failure.url, failure.started, failure.ip)
        said = {"fetch-failed": failure.reason, "method": failure.method}
        if failure.received:
            said["received-base64"] = base64.b64encode(failure.received).decode("ascii")
        block = warc_fields(said)
        record = self._metadata(block, common)
        return self._write([record, *self._request(failure.request, asked, common, record)])

    def resource(self, url: str, captured: datetime, payload: bytes, media_type: str) -> Location:
        """Store a file that did not come by HTTP; ``url`` says where it was found, ``captured`` is in UTC."""
        return self._write([self._file_record("resource", url, captured, payload, media_type)])

    def conversion(self, url: str, captured: datetime, payload: bytes, media_type: str, of: str) -> Location:
        """Store what was made of the page at ``url`` (its fragment included), whose record has the id ``of``; a revisit
        where it came to the same as before."""
        refers = ("WARC-Refers-To", f"<{of}>")
        record = self._file_record("conversion", url, captured, payload, media_type, refers)
        digest = sha1((payload,))
        captures = reversed(self._index.conversions_of(url)) if self._index else ()
        earlier = next((capture for capture in captures if capture.digest == digest), None)
        return self._write([(earlier and self._same_conversion(record, of, digest, earlier)) or record])

    def _file_record(
        self, kind: str, url: str, captured: datetime, payload: bytes, media_type: str, *more: tuple[str, str]
    ) -> _Record:
        digest = sha1((payload,))
        level = _LEVEL_PACKED if media_type.startswith(_PACKED_TYPES) else _LEVEL
        common = self._common(url, captured, None)
        fields = [
            ("WARC-Type", kind),
            ("WARC-Record-ID", f"<{self._ids.new()}>"),
            *common,
            *more,
            ("WARC-Payload-Digest", digest),
            ("WARC-Block-Digest", digest),
            ("Content-Type", media_type),
        ]
        return _Record(fields, payload, level)

    def metadata(self, url: str, captured: datetime, values: Mapping[str, str]) -> Location:
        """Store facts about ``url``."""
        return self._write([self._metadata(warc_fields(values), self._common(url, captured, None))])

    def account(self, value: Mapping[str, Any]) -> Location:
        """Store what the run has to say of itself, a JSON object; `archive.account` finds it again."""
        self._ready()
        location = self._write([_Record(*account_fields(self._ids.new(), self._warcinfo_id, clock.now(), value))])
        self._accounts.append(location.offset)
        return location

    def record(self, record: RawRecord) -> Location:
        """Store a record of another tool with its header (but Content-Length) and block as they are.

        It gets into the index when the file is closed, joined with its request, which may come before it or after
        it; records that are concurrent to each other go into one file.
        """
        concurrent = {record.record_id, *record.ids_in("WARC-Concurrent-To")}
        if self._concurrent.isdisjoint(concurrent):
            self._ready()
            self._concurrent = set()
        self._concurrent |= concurrent
        message = parse_message(record.block) if record.is_http else None
        fields = [field for field in record.fields if field[0].lower() != "content-length"]
        packed = member(fields, record.block, _level(message) if message else _LEVEL)
        file = self._file or self._open()
        location = Location(file.file, file.size, record.record_id)
        file.append(packed, 1)
        self._indexer.add(replace(record, file=file.file, offset=location.offset, length=len(packed)), message)
        self._count()
        return location

    def finish(self, values: Mapping[str, str]) -> None:
        """End the run: its last file will say so in its closing record (``run-ended`` and ``values``).

        A run whose files have no such end was cut off, and may be continued.
        """
        if self._file is None:
            self._open()
        self._ending = {"run-ended": warc_date(clock.now()), **values}

    def sync(self) -> None:
        """Have everything stored so far survive a power loss."""
        if self._file and self._unsynced:
            self._file.sync()
        self._unsynced = 0

    def close(self) -> None:
        """Close the file and its index, and put them into the bucket, if there is one. Raises ArchiveWriteError, and
        BucketError where that does not take them; what was stored stays stored."""
        file, self._file = self._file, None
        if file is None:
            return
        try:
            fields = {"closed-by": "writer", **self._run(), **told_offsets(self._accounts), **self._ending}
            file.close(self._warcinfo_id, fields, self._indexer.lines())
        finally:
            file.release()
            self._indexer = Indexer()
            self._accounts = []
            self._unsynced = 0
        deliver(self._folder, file.file)

    def leave(self) -> None:
        """Let go of the file as it is; `archive.recover` closes it."""
        file, self._file = self._file, None
        if file is not None:
            file.release()

    def _run(self) -> dict[str, str]:
        return {"isPartOf": self._info["isPartOf"]} if "isPartOf" in self._info else {}

    def _open(self) -> OpenFile:
        self._folder.create()
        self._serial += 1
        now = clock.now()
        name = f"{self._prefix}-{now:%Y%m%d%H%M%S}-{self._serial:05d}-{secrets.token_hex(4)}.warc.gz"
        file = OpenFile(self._folder, name, self._free_floor)
        self._ids = RecordIds()
        self._warcinfo_id = self._ids.new()
        try:
            file.append(warcinfo_member(name, self._warcinfo_id, now, self._info), 1)
            file.sync()
        except ArchiveWriteError:
            file.discard()
            raise
        self._file = file
        announce(self._folder, name)
        return file

    def _common(self, url: str, date: datetime, ip: str | None) -> list[tuple[str, str]]:
        """The headers that a response shares with its request. They name the file's warcinfo record, so the file
        is made, or changed, here."""
        self._ready()
        fields = [("WARC-Date", warc_date(date)), ("WARC-Target-URI", target_uri(url))]
        if ip:
            fields.append(("WARC-IP-Address", ip))
        fields.append(("WARC-Warcinfo-ID", f"<{self._warcinfo_id}>"))
        return fields

    def _metadata(self, block: bytes, common: list[tuple[str, str]]) -> _Record:
        fields = [
            ("WARC-Type", "metadata"),
            ("WARC-Record-ID", f"<{self._ids.new()}>"),
            *common,
            ("WARC-Block-Digest", sha1((block,))),
            ("Content-Type", WARC_FIELDS),
        ]
        return _Record(fields, block)

    def _request(self, request: bytes, asked: Message, common: list[tuple[str, str]], answer: _Record) -> list[_Record]:
        if not request:
            return []
        body = memoryview(request)[asked.body_at :]
        fields = [
            ("WARC-Type", "request"),
            ("WARC-Record-ID", f"<{self._ids.new()}>"),
            *common,
            ("WARC-Concurrent-To", answer.record_id),
            *([("WARC-Payload-Digest", sha1((body,)))] if len(body) else []),
            ("WARC-Block-Digest", sha1((request,))),
            ("Content-Type", HTTP_REQUEST),
        ]
        return [_Record(fields, request)]

    def _revisit(self, exchange: Exchange, response: _Record, digest: str, capture: cdxj.Capture) -> _Record | None:
        """``response`` as a revisit of the response that ``capture`` is or refers to, None where that is lost."""
        refers = self._refers(capture)
        message = response.message
        if refers is None or message is None:
            return None
        head = exchange.response[: message.body_at]
        modified = message.status != 304
        dropped = ("WARC-Type", "WARC-Payload-Digest", "WARC-Block-Digest", "Content-Type")
        fields = [
            ("WARC-Type", "revisit"),
            *(field for field in response.fields if field[0] not in dropped),
            ("WARC-Profile", IDENTICAL_PAYLOAD if modified else NOT_MODIFIED),
            *refers,
            *([("WARC-Payload-Digest", digest)] if modified else []),
            ("WARC-Block-Digest", sha1((head,))),
            ("Content-Type", HTTP_RESPONSE),
        ]
        return _Record(fields, head, message=message)

    def _same_conversion(self, record: _Record, of: str, digest: str, capture: cdxj.Capture) -> _Record | None:
        """A conversion as a revisit of the one that ``capture`` is or refers to, concurrent to the record of the page
        that it was made of."""
        refers = self._refers(capture)
        if refers is None:
            return None
        dropped = ("WARC-Type", "WARC-Refers-To", "WARC-Payload-Digest", "WARC-Block-Digest", "Content-Type")
        fields = [
            ("WARC-Type", "revisit"),
            *(field for field in record.fields if field[0] not in dropped),
            ("WARC-Concurrent-To", f"<{of}>"),
            ("WARC-Profile", IDENTICAL_PAYLOAD),
            *refers,
            ("WARC-Payload-Digest", digest),
            ("WARC-Block-Digest", sha1((b"",))),
            record.fields[-1],
        ]
        return _Record(fields, b"")

    def _refers(self, capture: cdxj.Capture) -> list[tuple[str, str]] | None:
        location = capture.location
        try:
            record = record_at(self._folder.open(location.file), location)
        except ArchiveError:
            return None  # damaged or gone: the payload is stored again
        if record.type == "revisit":
            names = ("WARC-Refers-To", "WARC-Refers-To-Target-URI", "WARC-Refers-To-Date")
            refers = [(name, value) for name in names if (value := record.get(name))]
            return refers if len(refers) == len(names) else None
        return [
            ("WARC-Refers-To", f"<{record.record_id}>"),
            ("WARC-Refers-To-Target-URI", record.url or ""),
            ("WARC-Refers-To-Date", record.get("WARC-Date") or ""),
        ]

    def _newest(self, url: str, method: cdxj.Method | None) -> cdxj.Capture | None:
        """The newest capture of the same request that has a payload, its own or that of another."""
        captures = reversed(self._index.captures_of(url, method)) if self._index else ()
        return next((capture for capture in captures if capture.is_revisit or capture.status == 200), None)

    def _same_payload(
        self, url: str, method: cdxj.Method | None, status: int | None, digest: str
    ) -> cdxj.Capture | None:
        """The newest response to the same request with the same status and payload."""
        captures = reversed(self._index.captures_of(url, method)) if self._index else ()
        return next((capture for capture in captures if capture.status == status and capture.digest == digest), None)

    def _ready(self) -> OpenFile:
        """The file to write into: a new one at first, and where the last one is full."""
        if self._file is not None and self._file.size >= self._file_size:
            self.close()
        return self._file or self._open()

    def _write(self, records: list[_Record], method: cdxj.Method | None = None) -> Location:
        """Append the records in one piece; the location is the first one's."""
        file = self._ready()
        offset, members, lines = file.size, [], []
        for record in records:
            packed = member(record.fields, record.block, record.level)
            if record.type in cdxj.INDEXED:
                raw = RawRecord(file.file, offset, len(packed), tuple(record.fields), b"")
                lines.append(cdxj.line(raw, record.message, method))
            members.append(packed)
            offset += len(packed)
        location = Location(file.file, file.size, records[0].record_id.strip("<>"))
        file.append(b"".join(members), len(records), lines)
        self._count()
        return location

    def _count(self) -> None:
        self._unsynced += 1
        if self._unsynced >= SYNC_EVERY:
            self.sync()


def _level(message: Message) -> int:
    packed = not _PACKED_CODINGS.isdisjoint(message.codings("content-encoding"))
    packed = packed or (message.header("content-type") or "").lower().startswith(_PACKED_TYPES)
    return _LEVEL_PACKED if packed else _LEVEL
