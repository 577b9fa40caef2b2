"""Takes over WARCs and WACZs of other tools, record by record, into files of ours.

Blocks, dates, URIs and record ids stay what they are; digests are checked, and added where they are missing. A
record that the archive has already is passed over, so that an import may be cut off and run again; one that bears the
id of another gets an id of its own.
"""

import copy
import hashlib
import json
import tempfile
import uuid
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from archive.cdxj import INDEXED
from archive.closing import parse_closing
from archive.decode import entity
from archive.digest import matches, sha1
from archive.folder import WARC_SUFFIXES, ArchiveFolder
from archive.index import Index
from archive.member import MAGIC
from archive.message import parse_message
from archive.raw import Damage, RawRecord, scan
from archive.record import Location
from archive.segments import Segments, is_segment, origin_of
from archive.warcdate import parse_warc_date
from archive.writer import ArchiveWriter
from config.errors import ArchiveError, UsageError

_ZIP = b"PK\x03\x04"
_ARC = b"filedesc:"
_ZSTD = (b"\x28\xb5\x2f\xfd", b"\x2a\x4d\x18")  # a frame, or from the second byte on one with a dictionary
_COPY = 1024 * 1024
_PACKAGE = "datapackage.json"
_NAMESPACE = uuid.UUID("6b8a2f0e-3f0c-5f0e-9d59-0d1f4c0a9a11")


class NotAnArchive(UsageError):
    """The file is no WARC and no WACZ; the message says what it is instead, where that can be told."""


@dataclass(slots=True)
class Imported:
    """What became of one file: ``taken`` records were stored (``locations`` are those of the captures among them),
    ``known`` ones were in the archive already (``places`` are those of the captures among them), ``segments`` wait for
    the rest of their record, ``damages`` could not be read and ``notes`` are oddities of records that were taken."""

    source: Path
    taken: int = 0
    known: int = 0
    segments: int = 0
    locations: list[Location] = field(default_factory=list)
    places: list[Location] = field(default_factory=list)
    damages: list[Damage] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, part: "Imported") -> None:
        """Count what became of a file within this one."""
        for name in ("taken", "known", "segments"):
            setattr(self, name, getattr(self, name) + getattr(part, name))
        for name in ("locations", "places", "damages", "notes"):
            getattr(self, name).extend(getattr(part, name))


@dataclass(frozen=True, slots=True)
class _Call:
    """What is the same for all files of one call of `import_warc`."""

    folder: ArchiveFolder
    info: Mapping[str, str]
    segments: Segments
    confirm: Callable[[], object]


def import_warc(
    path: Path,
    folder: ArchiveFolder,
    *,
    info: Mapping[str, str],
    segments: Segments | None = None,
    confirm: Callable[[], object] = lambda: None,
) -> Imported:
    """Take over the WARC or WACZ at ``path``; ``info`` is for the warcinfo records of the files that are made.

    ``segments`` are those of records that other files have the rest of: the caller asks them in the end what is `left`.
    ``confirm`` is called before each record is written: it raises where another may be taking over the same by now.
    Raises NotAnArchive (one line) for a file that is neither, UsageError for an ARC, ArchiveWriteError.
    """
    if segments is None:
        segments = Segments()
        imported = import_warc(path, folder, info=info, segments=segments, confirm=confirm)
        imported.damages += segments.left()
        return imported
    try:
        with path.open("rb") as stream:
            head = stream.read(1024)
    except OSError as error:
        raise UsageError(f"{path}: the file cannot be read: {error.strerror}") from error
    return _import_file(path, path.name, head, _Call(folder, info, segments, confirm))


def _import_file(path: Path, name: str, head: bytes, call: _Call) -> Imported:
    if head.startswith(_ZIP):
        return _import_wacz(path, name, call)
    _refuse(path, head)
    return _Import(path, name, call).run()


def _refuse(path: Path, head: bytes) -> None:
    if not head:
        raise NotAnArchive(f"{path}: the file is empty")
    if head.startswith(_ZSTD[0]) or head[1:4] == _ZSTD[1]:
        raise UsageError(
            f"{path}: packed with Zstandard, which is not read; `zstd -d` unpacks it, then import the .warc"
        )
    if head.startswith(MAGIC):
        try:
            head = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, 64)
        except zlib.error as error:
            raise NotAnArchive(f"{path}: no gzip file, although it begins like one ({error})") from error
    if head.startswith(_ARC):
        raise UsageError(
            f"{path}: an ARC, the format before WARC, which is not read; `warcio recompress` makes a WARC of it"
        )


def _import_wacz(path: Path, name: str, call: _Call) -> Imported:
    """The WARCs in it, and those of the WACZs in it, one after the other."""
    total = Imported(path)
    try:
        with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as scratch:
            hashes = _hashes(archive)
            inner = [one for one in archive.infolist() if one.filename.endswith((*WARC_SUFFIXES, ".warc.zst", ".wacz"))]
            if not inner:
                raise NotAnArchive(f"{path}: a ZIP file without a WARC in it, so no WACZ{_elsewhere(hashes)}")
            for entry in inner:
                unpacked = Path(scratch) / Path(entry.filename).name
                digest = _unpack(archive, entry, unpacked)
                try:
                    part = _import_entry(unpacked, f"{name}/{entry.filename}", call)
                except UsageError as error:
                    reason = str(error).partition(": ")[2]
                    part = Imported(path, damages=[Damage(f"{name}/{entry.filename}", 0, entry.file_size, reason)])
                told = hashes.get(entry.filename, digest)
                if told.startswith("sha256:") and told.lower() != digest:
                    what = f"the file differs from its hash in {_PACKAGE}; its records were looked at one by one"
                    part.damages.append(Damage(f"{name}/{entry.filename}", 0, entry.file_size, what))
                unpacked.unlink()
                total.add(part)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:  # encrypted, too
        raise NotAnArchive(f"{path}: a ZIP file that cannot be read: {error}") from error
    except OSError as error:
        raise ArchiveError(f"{path}: it cannot be unpacked: {error.strerror}") from error
    return total


def _import_entry(path: Path, name: str, call: _Call) -> Imported:
    with path.open("rb") as stream:
        head = stream.read(1024)
    return _import_file(path, name, head, call)


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> str:
    """Put ``entry`` into the file ``target``; its SHA-256. A wrong checksum of the ZIP is passed over: those of the
    records tell which of them are damaged."""
    unchecked = copy.copy(entry)
    del unchecked.CRC
    digest = hashlib.sha256()
    with archive.open(unchecked) as source, target.open("wb") as unpacked:
        while piece := source.read(_COPY):
            digest.update(piece)
            unpacked.write(piece)
    return f"sha256:{digest.hexdigest()}"


def _hashes(archive: zipfile.ZipFile) -> dict[str, str]:
    """What the package says of its files, by path; nothing where it can't be read: it is not needed."""
    try:
        package = json.loads(archive.read(_PACKAGE))
        return {str(one["path"]): str(one.get("hash")) for one in package["resources"]}
    except (KeyError, TypeError, ValueError, AttributeError, zipfile.BadZipFile, zlib.error):
        return {}


def _elsewhere(hashes: Mapping[str, str]) -> str:
    others = [path for path in hashes if path.endswith(".wacz")]
    return f"; it only names others, which can be imported themselves: {', '.join(others)}" if others else ""


class _Import:
    """The taking over of one WARC."""

    def __init__(self, path: Path, name: str, call: _Call) -> None:
        self._path = path
        self._name = name
        self._call = call
        self._folder = call.folder
        with path.open("rb") as stream:
            self._source_digest = hashlib.file_digest(stream, "sha256").hexdigest()
            stream.seek(0)
            self._packed = stream.read(3) == MAGIC
        # The same file gets the same prefix: an import that is run again finds what it made before.
        self._prefix = f"import-{self._source_digest[:12]}"
        self._result = Imported(path)
        self._our_digests: dict[str, str] = {}
        # The records that are stored, by id and the digest of their block.
        self._stored: dict[str, dict[str, Location]] = {}

    def run(self) -> Imported:
        self._note_known()
        source = {"imported-from": self._name, "imported-sha256": self._source_digest}
        with ArchiveWriter(self._folder, info={**self._call.info, **source}, prefix=self._prefix) as writer:
            for found in scan(self._path, self._name):
                if isinstance(found, Damage):
                    self._result.damages.append(found)
                elif parse_closing(found) is None:  # which speaks of the file that it was in
                    record = self._with_id(found)
                    whole = self._joined(record) if is_segment(record) else record
                    if whole is None:
                        self._result.segments += 1
                    elif place := self._place_of(whole):
                        self._result.known += 1
                        self._result.places += [place] if whole.type in INDEXED else []
                    elif sound := self._checked(whole):
                        self._take(sound, writer)
        if not self._result.taken and not self._result.known and not self._result.segments:
            raise NotAnArchive(f"{self._path}: no WARC: {self._why()}")
        return self._result

    def _why(self) -> str:
        damage = next(iter(self._result.damages), None)
        return f"at offset {damage.offset} {damage.reason}" if damage else "there is no record in it"

    def _joined(self, segment: RawRecord) -> RawRecord | None:
        """The whole record where ``segment`` completes it, else None. One that is not what was written is missed."""
        if matches(segment.get("WARC-Block-Digest") or "", (segment.block,)) is not False:
            return self._call.segments.add(segment)
        what = "the block of the segment differs from its digest"
        self._result.damages.append(Damage(self._name, segment.offset, segment.length or 0, what, segment.url))
        return None

    def _take(self, record: RawRecord, writer: ArchiveWriter) -> None:
        self._call.confirm()
        location = writer.record(record)
        self._note_stored(record, location)
        self._result.taken += 1
        if record.type in INDEXED:
            self._result.locations.append(location)

    def _place_of(self, record: RawRecord) -> Location | None:
        """Where the record is stored already, under its own id or the one that it got in the place of a taken one."""
        block = sha1((record.block,))
        for record_id in (record.record_id, self._other_id(record)):
            if place := self._stored.get(record_id, {}).get(block):
                return place
        return None

    def _note_stored(self, record: RawRecord, location: Location) -> None:
        self._stored.setdefault(record.record_id, {})[sha1((record.block,))] = location

    def _note_known(self) -> None:
        """The records that the archive has in common with the source, or might have.

        The index knows the ids of captures alone; where one of them is the source's, the file that it is in is read.
        """
        own = {one for record in self._source_records() for one in (record.record_id, origin_of(record)) if one}
        shared = Index(self._folder).files_with(own)
        for file in self._folder.files():
            if file in shared or file.startswith(self._prefix):
                for record in scan(self._folder.open(file), file):
                    if isinstance(record, RawRecord):
                        self._note_stored(record, Location(file, record.offset, record.record_id))

    def _source_records(self) -> Iterator[RawRecord]:
        for found in scan(self._path, self._name):
            if isinstance(found, RawRecord):
                yield self._with_id(found)

    def _with_id(self, record: RawRecord) -> RawRecord:
        """The record with the id that it has, or one that follows from its place in the file."""
        if record.record_id:
            return record
        return replace(record, fields=(*record.fields, ("WARC-Record-ID", f"<{self._other_id(record)}>")))

    def _other_id(self, record: RawRecord) -> str:
        place = f"{self._source_digest}:{record.offset}:{sha1((record.block,))}"
        return uuid.uuid5(_NAMESPACE, place).urn

    def _checked(self, record: RawRecord) -> RawRecord | None:
        """The record with right digests and an id of its own; None, with the damage noted, where its block is not what
        was written, or it lacks what every record must say."""
        if lacking := _lacking(record):
            self._result.damages.append(Damage(self._name, record.offset, record.length or 0, lacking, record.url))
            return None
        declared = record.get("WARC-Block-Digest")
        fits = matches(declared, (record.block,)) if declared else None
        if fits is False:
            what = "the block differs from its digest"
            if not self._packed or record.length is None:  # no checksum of gzip has said that it is whole
                self._result.damages.append(Damage(self._name, record.offset, record.length or 0, what, record.url))
                return None
            self._result.notes.append(f"{self._name}, offset {record.offset}: {what}, but its gzip checksum is right")
        headers = {} if fits else {"WARC-Block-Digest": sha1((record.block,))}
        if record.record_id in self._stored:
            self._result.notes.append(
                f"{self._name}, offset {record.offset}: another record has its id; it gets a new one"
            )
            headers["WARC-Record-ID"] = f"<{self._other_id(record)}>"
        return _with_headers(record, headers | self._payload_digest(record) | _plain_uri(record))

    def _payload_digest(self, record: RawRecord) -> dict[str, str]:
        """The payload digest as we take it. Other tools take it over the chunk framing or the decoded body; their
        revisits, which name it, are changed in the same way."""
        declared = record.get("WARC-Payload-Digest")
        if record.type == "revisit":
            return {"WARC-Payload-Digest": self._our_digests[declared]} if declared in self._our_digests else {}
        if record.type not in INDEXED:
            return {}
        pieces = entity(parse_message(record.block), record.block).pieces if record.is_http else (record.block,)
        ours = sha1(pieces)
        if declared and declared != ours:
            self._our_digests[declared] = ours
        return {"WARC-Payload-Digest": ours}


def _lacking(record: RawRecord) -> str | None:
    """What keeps a record from ever being read again, None where nothing does."""
    if record.type in INDEXED and not record.url:
        return f"the {record.type} record has no WARC-Target-URI"
    try:
        parse_warc_date(record.get("WARC-Date") or "")
    except ValueError as error:
        return str(error)
    return None


def _plain_uri(record: RawRecord) -> dict[str, str]:
    """wget 1.19 writes the URI in angle brackets, which other readers take for a part of it."""
    return {"WARC-Target-URI": record.url} if record.url else {}


def _with_headers(record: RawRecord, headers: Mapping[str, str]) -> RawRecord:
    """The record with these WARC headers in the place of its own."""
    missing = dict(headers)
    fields = []
    for name, value in record.fields:
        canonical = next((key for key in missing if key.lower() == name.lower()), None)
        fields.append((name, value if canonical is None else missing.pop(canonical)))
    return replace(record, fields=(*fields, *missing.items()))
