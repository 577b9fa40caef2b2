"""Records as they lie in a file: WARC header and block, read one by one, with every flaw reported in its place.

warcio parses the headers, but for plain ones. Its ArchiveIterator does not do the reading: it takes a torn or damaged
member for the end of the file and says nothing.
"""

import contextlib
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from warcio.statusandheaders import StatusAndHeadersParser, StatusAndHeadersParserException

from archive.member import MAGIC, Member, TornMember, next_member
from archive.record import Location
from archive.source import OPEN, LocalSource, Source, SourceStream
from config.errors import ArchiveError

# Larger blocks are videos and disk images, no pages or documents; a record is held in memory while it is read.
MAX_BLOCK = 1024 * 1024 * 1024
RECORD_END = b"\r\n\r\n"
_WARC = b"WARC/"
_RECORD_START = re.compile(rb"(?<=\n)WARC/\d\.\d+\r?\n")
_URL_IN_HEADER = re.compile(rb"WARC-Target-URI:[ \t]*<?([^\r\n>]+)", re.IGNORECASE)
_SCAN = 1024 * 1024
_BUFFER = 64 * 1024
_LONGEST_LINE = 64 * 1024
_LONGEST_VERSION = 16
_PARSER = StatusAndHeadersParser(["WARC/"])
# A header as nearly all writers write it, one field a line. Any other is left to warcio.
_PLAIN_HEADER = re.compile(rb"(?:[!-9;-~]++:[ -~]*+\r\n)++\r\n")


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...
    def readline(self, size: int, /) -> bytes: ...
    def peek(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes of ``file`` from ``offset`` on (``length`` of them) that are no whole record; ``url`` where it can be
    told from what is left."""

    file: str
    offset: int
    length: int
    reason: str
    url: str | None = None

    def __str__(self) -> str:
        return f"{self.file}, offset {self.offset}: {self.reason}" + (f" ({self.url})" if self.url else "")


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One record. ``fields`` are the WARC header's, in order; ``length`` counts the bytes in the file, from
    ``offset`` to the end of the gzip member, or None where several records share a member and no random access
    is possible. ``whole_end`` tells whether the block is followed by two line ends, as it must be.
    """

    file: str
    offset: int
    length: int | None
    fields: tuple[tuple[str, str], ...]
    block: bytes
    whole_end: bool = True

    def get(self, name: str) -> str | None:
        """The value of the WARC header ``name`` (any case), or None."""
        wanted = name.lower()
        for key, value in self.fields:  # no generator: a record is asked ten times
            if key.lower() == wanted:
                return value
        return None

    def id_in(self, name: str) -> str | None:
        """A record id in the header ``name``, without its angle brackets."""
        value = self.get(name)
        return value.strip("<> ") if value else None

    def ids_in(self, name: str) -> list[str]:
        """The record ids in all headers ``name``."""
        wanted = name.lower()
        return [value.strip("<> ") for key, value in self.fields if key.lower() == wanted]

    @property
    def type(self) -> str:
        return (self.get("WARC-Type") or "").lower()

    @property
    def record_id(self) -> str:
        return self.id_in("WARC-Record-ID") or ""

    @property
    def url(self) -> str | None:
        """The WARC-Target-URI; wget 1.19 puts it into angle brackets."""
        return self.id_in("WARC-Target-URI")

    @property
    def is_http(self) -> bool:
        return (self.get("Content-Type") or "").lower().startswith("application/http")


class _BadRecord(Exception):
    """Bytes that are no record; the message says why."""


def scan(place: Path | Source, file: str, start: int = 0) -> Iterator[RawRecord | Damage]:
    """The records of the WARC at ``place`` in order from ``start`` on, and the places where one should be and is not;
    closes the source in the end.

    Plain, one gzip member a record, or one member for the whole file. After damage it goes on at the next
    place where a record begins. Only records whose gzip checksum holds are given (where several share a
    member: those before the damage). A file that is no WARC gives one damage, as long as the file.
    Raises ArchiveError for a file that cannot be read.
    """
    try:
        with LocalSource(place) if isinstance(place, Path) else place as source:
            yield from (_scan_members if _is_packed(source, start) else _scan_plain)(source, file, start)
    except OSError as error:
        raise ArchiveError(f"{place}: the file cannot be read: {error.strerror or error}") from error


def record_at(place: Path | Source, location: Location) -> RawRecord:
    """The record at ``location`` in the WARC at ``place``; an empty record id in it fits any.

    Raises ArchiveError, naming file and offset, where there is no such record.
    """
    found = next(scan(place, location.file, location.offset), None)
    if isinstance(found, RawRecord) and found.offset == location.offset:
        if location.record_id in ("", found.record_id):
            return found
        raise ArchiveError(f"{place}, offset {location.offset}: another record than {location.record_id} is there")
    reason = f": {found.reason}" if isinstance(found, Damage) else ""
    raise ArchiveError(f"{place}, offset {location.offset}: there is no whole record{reason}")


def _is_packed(source: Source, start: int) -> bool:
    """Whether it is made of gzip members. The place that is asked for tells it, unless it is damaged: a single record
    is had by a single read."""
    for offset in (start, 0) if start else (0,):
        head = source.pread(len(_WARC), offset)
        if head.startswith(MAGIC) or head == _WARC:
            return head != _WARC
    return str(source).removesuffix(OPEN).endswith(".gz")


def _scan_members(source: Source, file: str, start: int) -> Iterator[RawRecord | Damage]:
    offset = start
    while source.pread(1, offset):
        member, given = Member(source, offset), 0
        try:
            for record in _member_records(member, file, offset):
                given += 1
                yield record
            offset = member.end
        except (TornMember, zlib.error, _BadRecord) as error:
            following = next_member(source, offset + 1)
            end = source.size() if following is None else following
            if given:
                reason, url = f"{_reason(error)}, behind {given} whole records in one gzip member", None
            else:
                reason, url = _reason(error), _salvaged_url(source, offset)
            yield Damage(file, offset, end - offset, reason, url)
            if following is None:  # also where the file has grown since
                return
            offset = end


def _member_records(member: Member, file: str, offset: int) -> Iterator[RawRecord]:
    """The records of a member: one, given once its checksum has been compared; or many (a file that was packed as a
    whole), each given once another begins behind it, since the checksum is far away at the end."""
    inflated = io.BufferedReader(member, _BUFFER)
    held: RawRecord | None = None
    shared = False
    try:
        while line := _first_line(inflated):
            if held:
                if not line.startswith(b"WARC/"):
                    raise _BadRecord("the record is longer than its Content-Length")
                yield held
                held, shared = None, True
            held = RawRecord(file, offset, None, *_read_record(inflated, line))
    except (TornMember, zlib.error):
        if held and shared:
            yield held
        raise
    if held is None:
        raise _BadRecord("an empty gzip member")
    yield held if shared else RawRecord(file, offset, member.end - offset, held.fields, held.block, held.whole_end)


def _scan_plain(source: Source, file: str, start: int) -> Iterator[RawRecord | Damage]:
    stream = io.BufferedReader(SourceStream(source, start), _BUFFER)
    while line := _first_line(stream):
        offset = stream.tell() - len(line)
        try:
            fields, block, whole_end = _read_record(stream, line)
            yield RawRecord(file, offset, stream.tell() - offset, fields, block, whole_end)
        except _BadRecord as error:
            following = _next_plain(source, offset + 1)
            end = source.size() if following is None else following
            found = _URL_IN_HEADER.search(source.pread(min(_BUFFER, end - offset), offset))
            yield Damage(file, offset, end - offset, str(error), _as_text(found[1]) if found else None)
            stream.seek(end)


def _first_line(stream: _Stream) -> bytes:
    """The next line that is not blank; empty at the end. Some writers put more blank lines between records."""
    line = stream.readline(_LONGEST_LINE)
    while line in (b"\r\n", b"\n"):
        line = stream.readline(_LONGEST_LINE)
    return line


def _read_record(stream: _Stream, first_line: bytes) -> tuple[tuple[tuple[str, str], ...], bytes, bool]:
    try:
        fields = _plain_fields(stream, first_line) or _PARSER.parse(stream, first_line).headers
    except StatusAndHeadersParserException:
        raise _BadRecord("no WARC record begins here") from None
    declared = next((value for name, value in fields if name.lower() == "content-length"), "")
    if not declared.isdecimal():
        raise _BadRecord(f"the record has no valid Content-Length ({declared!r})")
    length = int(declared)
    if length > MAX_BLOCK:
        raise _BadRecord(f"the record's block is larger than {MAX_BLOCK} bytes ({length})")
    block = stream.read(length)
    if len(block) < length:
        raise _BadRecord(f"the record ends early: {len(block)} of {length} bytes of its block")
    return tuple(fields), block, _read_end(stream)


def _plain_fields(stream: _Stream, first_line: bytes) -> list[tuple[str, str]]:
    """The fields of a plain header that is whole in the stream's buffer, as warcio reads them, at a fifth of its time;
    none, and nothing read, where it is not."""
    found = _PLAIN_HEADER.match(stream.peek(1)) if first_line.startswith(_WARC) else None
    if found is None:
        return []
    lines = stream.read(found.end()).decode("ascii").split("\r\n")[:-2]
    return [(name, value.strip(" ")) for name, _, value in (line.partition(":") for line in lines)]


def _read_end(stream: _Stream) -> bool:
    """Read the two line ends after a block; whether they are there. Others than ours may have one, or none at the
    end of the file; anything else means that Content-Length is wrong."""
    end = stream.readline(_LONGEST_LINE)
    if end == b"":
        return False
    if end.strip(b"\r\n"):
        raise _BadRecord("the record is longer than its Content-Length")
    second = stream.readline(2) if stream.peek(1)[:1] in (b"\r", b"\n") else b""
    return end + second == RECORD_END


def _next_plain(source: Source, start: int) -> int | None:
    while data := source.pread(_SCAN, start):
        if found := _RECORD_START.search(data):
            return start + found.start()
        if len(data) < _SCAN:
            return None
        start += len(data) - _LONGEST_VERSION
    return None


def _salvaged_url(source: Source, offset: int) -> str | None:
    """The URL in the header of a damaged member, where the damage is behind it."""
    inflate, text = zlib.decompressobj(zlib.MAX_WBITS | 16), b""
    data = source.pread(_BUFFER, offset)
    with contextlib.suppress(zlib.error):  # it is damaged: what comes before that is asked for
        for at in range(0, len(data), 64):  # in small steps, since an error loses what its own step gave
            text += inflate.decompress(data[at : at + 64])
            if len(text) > _LONGEST_LINE:
                break
    found = _URL_IN_HEADER.search(text)
    return _as_text(found[1]) if found and text.startswith(b"WARC/") else None


def _as_text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").strip()


def _reason(error: Exception) -> str:
    if isinstance(error, zlib.error):
        return f"the gzip data is damaged: {str(error).partition(': ')[2] or error}"
    return str(error)
