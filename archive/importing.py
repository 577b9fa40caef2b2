"""Takes over WARCs and WACZs of other tools, record by record, into files of ours.

Blocks, dates, URIs and record ids stay what they are; digests are checked, and added where they are missing. A
record that the archive has already is passed over, so that an import may be cut off and run again; one that bears the
id of another gets an id of its own.
"""

import hashlib
import tempfile
import uuid
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from archive.closing import parse_closing
from archive.decode import entity
from archive.digest import matches, sha1
from archive.folder import ArchiveFolder
from archive.index import Index
from archive.member import MAGIC
from archive.message import parse_message
from archive.raw import Damage, RawRecord, scan
from archive.record import Location
from archive.warcdate import parse_warc_date
from archive.writer import ArchiveWriter
from config.errors import ArchiveError, UsageError

_ZIP = b"PK\x03\x04"
_ARC = b"filedesc:"
_WEB = ("response", "resource", "revisit")
_NAMESPACE = uuid.UUID("6b8a2f0e-3f0c-5f0e-9d59-0d1f4c0a9a11")


class NotAnArchive(UsageError):
    """The file is no WARC and no WACZ; the message says what it is instead, where that can be told."""


@dataclass(slots=True)
class Imported:
    """What became of one file: ``taken`` records were stored (``locations`` are those of the responses, resources
    and revisits among them), ``known`` ones were in the archive already (``places`` are those of the same among them),
    ``damages`` could not be read and ``notes`` are oddities of records that were taken."""

    source: Path
    taken: int = 0
    known: int = 0
    locations: list[Location] = field(default_factory=list)
    places: list[Location] = field(default_factory=list)
    damages: list[Damage] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def import_warc(path: Path, folder: ArchiveFolder, *, info: Mapping[str, str]) -> Imported:
    """Take over the WARC or WACZ at ``path``; ``info`` is for the warcinfo records of the files that are made.

    Raises NotAnArchive (one line) for a file that is neither, UsageError for an ARC, ArchiveWriteError.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(1024)
    except OSError as error:
        raise UsageError(f"{path}: the file cannot be read: {error.strerror}") from error
    if head.startswith(_ZIP):
        return _import_wacz(path, folder, info)
    _refuse(path, head)
    return _Import(path, path.name, folder).run(info)


def _refuse(path: Path, head: bytes) -> None:
    if not head:
        raise NotAnArchive(f"{path}: the file is empty")
    if head.startswith(MAGIC):
        try:
            head = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, 64)
        except zlib.error as error:
            raise NotAnArchive(f"{path}: no gzip file, although it begins like one ({error})") from error
    if head.startswith(_ARC):
        raise UsageError(
            f"{path}: an ARC, the format before WARC, which is not read; `warcio recompress` makes a WARC of it"
        )


def _import_wacz(path: Path, folder: ArchiveFolder, info: Mapping[str, str]) -> Imported:
    total = Imported(path)
    try:
        with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as scratch:
            names = [name for name in archive.namelist() if name.endswith((".warc.gz", ".warc"))]
            if not names:
                raise NotAnArchive(f"{path}: a ZIP file without a WARC in it, so no WACZ")
            for name in names:
                inner = Path(archive.extract(name, scratch))
                part = _Import(inner, f"{path.name}/{name}", folder).run(info)
                inner.unlink()
                total.taken += part.taken
                total.known += part.known
                total.locations += part.locations
                total.places += part.places
                total.damages += part.damages
                total.notes += part.notes
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:  # RuntimeError: encrypted
        raise NotAnArchive(f"{path}: a ZIP file that cannot be read: {error}") from error
    except OSError as error:
        raise ArchiveError(f"{path}: it cannot be unpacked: {error.strerror}") from error
    return total


class _Import:
    """The taking over of one WARC."""

    def __init__(self, path: Path, name: str, folder: ArchiveFolder) -> None:
        self._path = path
        self._name = name
        self._folder = folder
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

    def run(self, info: Mapping[str, str]) -> Imported:
        self._note_known()
        source = {"imported-from": self._name, "imported-sha256": self._source_digest}
        with ArchiveWriter(self._folder, info={**info, **source}, prefix=self._prefix) as writer:
            for found in scan(self._path, self._name):
                if isinstance(found, Damage):
                    self._result.damages.append(found)
                    continue
                if parse_closing(found):  # it speaks of the file that it was in
                    continue
                record = self._with_id(found)
                if place := self._place_of(record):
                    self._result.known += 1
                    self._result.places += [place] if record.type in _WEB else []
                elif sound := self._checked(record):
                    self._take(sound, writer)
        if not self._result.taken and not self._result.known:
            raise NotAnArchive(f"{self._path}: no WARC: {self._why()}")
        return self._result

    def _why(self) -> str:
        damage = next(iter(self._result.damages), None)
        return f"at offset {damage.offset} {damage.reason}" if damage else "there is no record in it"

    def _take(self, record: RawRecord, writer: ArchiveWriter) -> None:
        location = writer.record(record)
        self._note_stored(record, location)
        self._result.taken += 1
        if record.type in _WEB:
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
        own = {record.record_id for record in self._source_records()}
        shared = Index(self._folder).files_with(own)
        for file in self._folder.files():
            if file in shared or file.startswith(self._prefix):
                for record in scan(self._folder.path(file), file):
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
        if record.type not in ("response", "resource"):
            return {}
        pieces = entity(parse_message(record.block), record.block).pieces if record.is_http else (record.block,)
        ours = sha1(pieces)
        if declared and declared != ours:
            self._our_digests[declared] = ours
        return {"WARC-Payload-Digest": ours}


def _lacking(record: RawRecord) -> str | None:
    """What keeps a record from ever being read again, None where nothing does."""
    if record.type in _WEB and not record.url:
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
