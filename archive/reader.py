"""Reads what the archive holds: one record by its location, or all of them in the order of a file."""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime

from archive import decode
from archive.cdxj import Capture
from archive.folder import ArchiveFolder
from archive.index import Index
from archive.message import Message, parse_message
from archive.raw import Damage, RawRecord, record_at, scan
from archive.record import Location, RecordKind, WebRecord
from archive.warcdate import parse_warc_date
from config.errors import ArchiveError

_log = logging.getLogger(__name__)
_KINDS: dict[str, RecordKind] = {
    "response": "response",
    "resource": "resource",
    "revisit": "revisit",
    "conversion": "conversion",
}

__all__ = ["Damage", "Reader", "read", "records"]


def read(folder: ArchiveFolder, location: Location) -> WebRecord:
    """The record at ``location``. Raises ArchiveError where it is missing or damaged."""
    return Reader(folder).read(location)


def records(
    folder: ArchiveFolder, file: str | None = None, on_damage: Callable[[Damage], None] | None = None
) -> Iterator[WebRecord]:
    """The records of ``file``, or of all files in the order of their names, files in writing included.

    What cannot be read is given to ``on_damage`` (else logged as a warning) and passed over.
    """
    return Reader(folder).records(file, on_damage)


class Reader:
    """Reads many records of one folder; it keeps the index open, which revisit records are resolved through.

    ``payload_limit`` is the largest payload, in bytes, that a compressed body may unfold to.
    """

    def __init__(self, folder: ArchiveFolder, index: Index | None = None, payload_limit: int = decode.DEFAULT_LIMIT):
        self._folder = folder
        self._index = index or Index(folder)
        self._limit = payload_limit

    def read(self, location: Location) -> WebRecord:
        """The record at ``location``, found again by its id where a repair has moved it."""
        raw = self._raw(location)
        try:
            record = self._web_record(raw)
        except _Unusable as error:
            raise ArchiveError(f"{raw.file}, offset {raw.offset}: {error}") from error
        if record is None:
            raise ArchiveError(f"{location.file}, offset {location.offset}: a {raw.type} record, no page or document")
        return record

    def finds_original(self, location: Location) -> bool:
        """Whether the payload of the revisit record at ``location`` can be had."""
        try:
            return self._original(self._raw(location)) is not None
        except (ArchiveError, _Unusable):
            return False

    def records(
        self,
        file: str | None = None,
        on_damage: Callable[[Damage], None] | None = None,
        start: int = 0,
        end: int | None = None,
    ) -> Iterator[WebRecord]:
        """See `records`; of one file, only those that begin at ``start`` or behind it and before ``end``."""
        for name in [file] if file else self._folder.files():
            for raw in self._scan(name, start, end):
                if end is not None and raw.offset >= end:
                    break
                try:
                    found = raw if isinstance(raw, Damage) else self._web_record(raw)
                except _Unusable as error:
                    found = Damage(name, raw.offset, raw.length or 0, str(error), raw.url)
                if isinstance(found, Damage):
                    (on_damage or _warn)(found)
                elif found is not None:
                    yield found

    def _scan(self, file: str, start: int, end: int | None) -> Iterator[RawRecord | Damage]:
        """What is in ``file``, but for the record that a living writer is adding to its end at this moment."""
        source = self._folder.open(file, end)
        being_written = source.is_being_written
        last: Damage | None = None
        for found in scan(source, file, start):
            if last:
                yield last
            last = found if isinstance(found, Damage) else None
            if isinstance(found, RawRecord):
                yield found
        if last and not being_written:
            yield last

    def _raw(self, location: Location) -> RawRecord:
        try:
            return record_at(self._folder.open(location.file), location)
        except ArchiveError:
            moved = self._moved(location.record_id)
            if moved is None or moved.location == location:
                raise
            return record_at(self._folder.open(moved.location.file), moved.location)

    def _moved(self, record_id: str) -> Capture | None:
        if not record_id:
            return None
        found = self._index.by_id(record_id)
        return self._index.by_id(record_id) if found is None and self._index.look_again() else found

    def _web_record(self, raw: RawRecord) -> WebRecord | None:
        """None for a record of another kind. Raises _Unusable for one without the headers that it must have."""
        kind = _KINDS.get(raw.type)
        if kind is None:
            return None
        if kind == "revisit":
            return self._resolved(raw)
        if not raw.is_http:
            return _made(raw, kind, None, _media_type(raw), raw.block, None)
        message = parse_message(raw.block)
        return _made(raw, kind, message.status, message.headers, *self._payload(message, raw.block))

    def _payload(self, message: Message, block: bytes) -> tuple[bytes, str | None]:
        try:
            return decode.payload(message, decode.entity(message, block), self._limit), None
        except decode.UndecodablePayload as error:
            return error.partial, str(error)

    def _resolved(self, raw: RawRecord) -> WebRecord:
        """A revisit with the payload of the response that it refers to.

        Status and headers are its own, except where the server only said "not modified".
        """
        own = parse_message(raw.block)
        original = self._original(raw)
        if original is None:
            target = raw.get("WARC-Refers-To-Target-URI") or raw.url
            lost = f"the response that this revisit refers to is not in the archive: {target}"
            return _made(raw, "revisit", own.status, own.headers, b"", lost)
        if not original.is_http:
            headers = own.headers if raw.is_http else _media_type(original)
            return _made(raw, "revisit", own.status, headers, original.block, None, original=original)
        message = parse_message(original.block)
        shown = message if own.status in (None, 304) else own
        payload, error = self._payload(message, original.block)
        return _made(raw, "revisit", shown.status, shown.headers, payload, error, original=original)

    def _original(self, raw: RawRecord) -> RawRecord | None:
        """The response that a revisit refers to, by URI and date, else by record id, else by payload digest."""
        found = self._followed(raw)
        return self._followed(raw) if found is None and self._index.look_again() else found

    def _followed(self, raw: RawRecord, hops: int = 4) -> RawRecord | None:
        for capture in self._candidates(raw):
            try:
                record = record_at(self._folder.open(capture.location.file), capture.location)
            except ArchiveError:
                continue  # that copy is damaged; there may be another
            if record.type != "revisit":
                return record
            if hops and (further := self._followed(record, hops - 1)):  # other tools chain them
                return further
        return None

    def _candidates(self, raw: RawRecord) -> Iterator[Capture]:
        uri, date = raw.get("WARC-Refers-To-Target-URI"), raw.get("WARC-Refers-To-Date")
        refers_to, digest = raw.id_in("WARC-Refers-To"), raw.get("WARC-Payload-Digest")
        if uri and date:
            same = self._index.captures_at(uri.strip("<>"), _date(date))
            exact = [capture for capture in same if capture.location.record_id == refers_to]
            yield from exact or [capture for capture in same if digest in (None, capture.digest)]
        if refers_to and (capture := self._index.by_id(refers_to)):
            yield capture
        if digest and (capture := self._index.by_digest(digest)):
            yield capture


class _Unusable(Exception):
    """A whole record that lacks what every record must say."""


def _made(
    raw: RawRecord,
    kind: RecordKind,
    status: int | None,
    headers: tuple[tuple[str, str], ...],
    payload: bytes,
    payload_error: str | None,
    *,
    original: RawRecord | None = None,
) -> WebRecord:
    """``original`` is the response that a revisit refers to; its payload digest goes before that of the revisit."""
    if raw.url is None:
        raise _Unusable(f"the {kind} record has no WARC-Target-URI")
    return WebRecord(
        kind=kind,
        url=raw.url,
        captured=_date(raw.get("WARC-Date") or ""),
        status=status,
        headers=headers,
        payload=payload,
        payload_digest=(original and original.get("WARC-Payload-Digest")) or raw.get("WARC-Payload-Digest"),
        truncated=raw.get("WARC-Truncated"),
        location=Location(raw.file, raw.offset, raw.record_id),
        warcinfo_id=raw.id_in("WARC-Warcinfo-ID"),
        payload_error=payload_error,
        revisit_of=original.url if original else None,
        original=Location(original.file, original.offset, original.record_id) if original else None,
    )


def _media_type(raw: RawRecord) -> tuple[tuple[str, str], ...]:
    """The headers of a record that came by no HTTP."""
    return (("Content-Type", raw.get("Content-Type") or "application/octet-stream"),)


def _date(text: str) -> datetime:
    try:
        return parse_warc_date(text)
    except ValueError as error:
        raise _Unusable(str(error)) from None


def _warn(damage: Damage) -> None:
    _log.warning("a record cannot be read: %s", damage, extra={"file": damage.file, "offset": damage.offset})
