"""Looks captures up by their request, in the CDXJ files of the folder."""

import re
import time
from collections.abc import Collection, Iterator
from datetime import datetime

from archive import cdxj
from archive.build import target_uri
from archive.cdxj import Capture
from archive.delivery import mirror
from archive.folder import ArchiveFolder, stem
from archive.indexfile import GrowingIndex, SortedIndex, stamp_of
from archive.source import OPEN
from archive.surt import surt
from config.errors import ArchiveError

_FORM = "application/x-www-form-urlencoded"
_ID = re.compile(rb'"id": ?"([^"]+)"')
_OFFSET = re.compile(rb'"offset": ?"?(\d+)')
_TICK_NS = 50_000_000
_ATTEMPTS = 5
# In seconds: how long the copies of a bucket's indexes are taken as they are, and where something was not found.
_FRESH_S, _LOOKED_S = 60.0, 2.0
_JSON_START = re.compile(rb"\s*[\[{]")


class Index:
    """The captures of a folder. It sees what other writers, in this process or another, add while it is in use."""

    def __init__(self, folder: ArchiveFolder) -> None:
        self._folder = folder
        self._looked = False
        self._seen_change = -1
        self._sorted: dict[str, SortedIndex] = {}
        self._growing: dict[str, GrowingIndex] = {}

    def captures(
        self, url: str, method: str = "GET", body: bytes = b"", media_type: str | None = None
    ) -> list[Capture]:
        """All captures of exactly this request, oldest first; ``media_type`` is the body's (else it is guessed
        between JSON and a form)."""
        if media_type is None:
            media_type = "application/json" if _JSON_START.match(body) else _FORM
        return self.captures_of(url, cdxj.Method.of(method, body, media_type))

    def captures_of(self, url: str, method: cdxj.Method | None) -> list[Capture]:
        """The same, for a request that has been taken apart; None stands for a GET."""
        url = _as_asked(url)
        key = method.key(url) if method else surt(url)
        found = (capture for raw in self._lines(key) if (capture := cdxj.parse_line(raw)))
        same = [capture for capture in found if _as_asked(capture.url) == url and _asked_so(capture, method)]
        return sorted(same, key=lambda capture: (capture.captured, capture.location.file, capture.location.offset))

    def conversions_of(self, url: str) -> list[Capture]:
        """What was made of the page at exactly ``url``, its fragment included, oldest first."""
        key = f"{cdxj.CONVERSION_PREFIX}{surt(url)} ".encode()
        found = (cdxj.parse_line(raw) for file in self._files() for raw in file.lines(key))
        same = [capture for capture in found if capture and capture.url == target_uri(url)]
        return sorted(same, key=lambda capture: (capture.captured, capture.location.file, capture.location.offset))

    def captures_at(self, url: str, moment: datetime) -> list[Capture]:
        """The captures of ``url`` in the second of ``moment``, whatever the request's method and body were."""
        second = moment.replace(microsecond=0)
        # `__wb_method` sorts before other arguments: the POSTs of an address stand together, whatever their bodies.
        prefixes = (f"{surt(url)} ", f"{surt(url.partition('?')[0])}?__wb_method=")
        found = (cdxj.parse_line(raw) for file in self._files() for p in prefixes for raw in file.lines(p.encode()))
        return [capture for capture in found if capture and capture.url == url and capture.captured == second]

    def all(self) -> Iterator[Capture]:
        """Every capture, file by file, in the order of the keys."""
        return (capture for file in self._files() for raw in file.all() if (capture := cdxj.parse_line(raw)))

    def offsets(self, file: str) -> list[int]:
        """Where the captures of one WARC file begin, in order; empty where it has no index of its own."""
        self._files()
        name = stem(file) + ".cdxj"
        index = self._sorted.get(name) or self._growing.get(name + OPEN)
        lines = index.all() if index else ()
        return sorted({int(found[1]) for raw in lines if (found := _OFFSET.search(raw))})

    def by_id(self, record_id: str) -> Capture | None:
        """The capture with this record id. It reads the whole index: for what its request does not lead to."""
        return next((capture for capture in self._naming(record_id) if capture.location.record_id == record_id), None)

    def files_with(self, record_ids: set[str]) -> set[str]:
        """The files in which captures with these ids are."""
        wanted = {record_id.encode() for record_id in record_ids}
        lines = (raw for file in self._files() for raw in file.all())
        known = (raw for raw in lines if (found := _ID.search(raw)) and found[1] in wanted)
        return {capture.location.file for raw in known if (capture := cdxj.parse_line(raw))}

    def known_ids(self, record_ids: Collection[str]) -> frozenset[str]:
        """Those of ``record_ids`` that are in the index. It reads the whole index."""
        return frozenset(
            found for file in self._files() for raw in file.all() for found in ids_of(raw) if found in record_ids
        )

    def by_digest(self, digest: str) -> Capture | None:
        """A capture, no revisit, with this payload digest. It reads the whole index."""
        value = digest.removeprefix("sha1:")
        return next(
            (capture for capture in self._naming(value) if capture.digest == digest and not capture.is_revisit), None
        )

    def look_again(self) -> bool:
        """Look for what other machines have put into the archive since; whether there was something to look for."""
        return mirror(self._folder, age=_LOOKED_S)

    def _naming(self, value: str) -> Iterator[Capture]:
        needle = b'"%s"' % value.encode()
        for file in self._files():
            for raw in file.all():
                if needle in raw and (capture := cdxj.parse_line(raw)):
                    yield capture

    def _lines(self, key: str) -> Iterator[bytes]:
        for file in self._files():
            for prefix in ("", cdxj.NOT_MODIFIED_PREFIX):
                yield from file.lines(f"{prefix}{key} ".encode())

    def _files(self) -> list[SortedIndex | GrowingIndex]:
        if not self._looked:
            mirror(self._folder, age=_FRESH_S)
            self._looked = True
        for _ in range(_ATTEMPTS):
            try:
                self._refresh()
                break
            except FileNotFoundError:  # closed, and so renamed, between the listing and the opening
                self._seen_change = -1
            except OSError as error:
                raise ArchiveError(f"{self._folder.indexes}: the index cannot be read: {error.strerror}") from error
        return [*self._sorted.values(), *self._growing.values()]

    def _refresh(self) -> None:
        """Look at the folder again where something was made, renamed or removed in it."""
        if not self._folder.indexes.is_dir():
            return
        change = self._folder.indexes.stat().st_mtime_ns
        if change == self._seen_change:
            return
        names = {entry.name for entry in self._folder.indexes.iterdir()}
        finished = {name for name in names if name.endswith(".cdxj")}
        # Between the making of the sorted file and the removal of the other both are there.
        growing = {name for name in names if name.endswith(".cdxj" + OPEN) and name.removesuffix(OPEN) not in finished}
        self._sorted = {name: self._finished(name) for name in sorted(finished)}
        self._growing = {
            name: self._growing.get(name) or GrowingIndex(self._folder.indexes / name) for name in sorted(growing)
        }
        # A folder's time has the grain of the kernel's tick: a fresh one may hide a second change.
        self._seen_change = change if time.time_ns() - change > _TICK_NS else -1

    def _finished(self, name: str) -> SortedIndex:
        path, known = self._folder.indexes / name, self._sorted.get(name)
        return known if known and known.stamp == stamp_of(path.stat()) else SortedIndex.of(path)


def ids_of(lines: bytes) -> Iterator[str]:
    """The record ids in lines of an index, damaged ones too; a fifth of the work of parsing them."""
    return (found[1].decode("utf-8", "replace") for found in _ID.finditer(lines))


def _as_asked(url: str) -> str:
    """The address as it goes over the wire and stands in a record."""
    return target_uri(url.partition("#")[0])


def _asked_so(capture: Capture, method: cdxj.Method | None) -> bool:
    if method is None:
        return capture.method == "GET"
    # An index made by pywb has no digest of the body: the key with the query in it must do.
    return capture.method == method.name and capture.body in (None, method.digest)
