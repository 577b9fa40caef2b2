"""Looks captures up by their request, in the CDXJ files of the folder: those of finished files by bisection, those
of files in writing through a small table."""

import mmap
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from archive import cdxj
from archive.cdxj import Capture
from archive.folder import OPEN, ArchiveFolder
from archive.surt import surt

_FORM = "application/x-www-form-urlencoded"
_TICK_NS = 50_000_000
_JSON_START = re.compile(rb"\s*[\[{]")


class Index:
    """The captures of a folder. It sees what other writers, in this process or another, add while it is in use."""

    def __init__(self, folder: ArchiveFolder) -> None:
        self._folder = folder
        self._seen_change = -1
        self._sorted: dict[str, _SortedFile] = {}
        self._growing: dict[str, _GrowingFile] = {}

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
        url = url.partition("#")[0]
        key = method.key(url) if method else surt(url)
        found = (capture for raw in self._lines(key) if (capture := cdxj.parse_line(raw)))
        same = [capture for capture in found if capture.url.partition("#")[0] == url and _asked_so(capture, method)]
        return sorted(same, key=lambda capture: capture.captured)

    def all(self) -> Iterator[Capture]:
        """Every capture, file by file, in the order of the keys."""
        return (capture for file in self._files() for raw in file.all() if (capture := cdxj.parse_line(raw)))

    def by_id(self, record_id: str) -> Capture | None:
        """The capture with this record id. It reads the whole index: for what its request does not lead to."""
        return next((capture for capture in self._naming(record_id) if capture.location.record_id == record_id), None)

    def by_digest(self, digest: str) -> Capture | None:
        """A capture, no revisit, with this payload digest. It reads the whole index."""
        value = digest.removeprefix("sha1:")
        return next(
            (capture for capture in self._naming(value) if capture.digest == digest and not capture.is_revisit), None
        )

    def _naming(self, value: str) -> Iterator[Capture]:
        needle = b'"%s"' % value.encode()
        for file in self._files():
            for raw in file.containing(needle):
                if capture := cdxj.parse_line(raw):
                    yield capture

    def _lines(self, key: str) -> Iterator[bytes]:
        for file in self._files():
            for prefix in ("", cdxj.NOT_MODIFIED_PREFIX):
                yield from file.lines(f"{prefix}{key} ".encode())

    def _refresh(self) -> None:
        """Look at the folder again where something was made, renamed or removed in it."""
        try:
            change = self._folder.indexes.stat().st_mtime_ns
        except FileNotFoundError:
            return
        if change == self._seen_change:
            return
        # A folder's time has the grain of the kernel's tick: a fresh one may hide a second change.
        self._seen_change = change if time.time_ns() - change > _TICK_NS else -1
        names = {entry.name for entry in self._folder.indexes.iterdir()}
        finished = {name for name in names if name.endswith(".cdxj")}
        # Between the making of the sorted file and the removal of the other both are there.
        growing = {name for name in names if name.endswith(".cdxj" + OPEN) and name.removesuffix(OPEN) not in finished}
        self._sorted = {name: self._finished(name) for name in sorted(finished)}
        self._growing = {
            name: self._growing.get(name) or _GrowingFile(self._folder.indexes / name) for name in sorted(growing)
        }

    def _finished(self, name: str) -> "_SortedFile":
        path, known = self._folder.indexes / name, self._sorted.get(name)
        with path.open("rb") as stream:
            inode = os.fstat(stream.fileno()).st_ino
            return known if known and known.inode == inode else _SortedFile.of(stream.fileno())

    def _files(self) -> "list[_SortedFile | _GrowingFile]":
        self._refresh()
        return [*self._sorted.values(), *self._growing.values()]


def _asked_so(capture: Capture, method: cdxj.Method | None) -> bool:
    if method is None:
        return capture.method == "GET"
    # An index made by pywb has no digest of the body: the key with the query in it must do.
    return capture.method == method.name and capture.body in (None, method.digest)


@dataclass(frozen=True, slots=True)
class _SortedFile:
    """A finished index, searched where it lies."""

    data: bytes | mmap.mmap
    inode: int

    @classmethod
    def of(cls, descriptor: int) -> "_SortedFile":
        status = os.fstat(descriptor)
        # An empty file cannot be mapped.
        data = mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ) if status.st_size else b""
        return cls(data, status.st_ino)

    def lines(self, prefix: bytes) -> Iterator[bytes]:
        data, low, high = self.data, 0, len(self.data)
        while low < high:  # the first line that is not below the prefix begins in [low, high]
            middle = data.rfind(b"\n", low, (low + high) // 2) + 1 or low
            end = data.find(b"\n", middle) + 1 or len(data)
            if data[middle : middle + len(prefix)] < prefix:
                low = end
            else:
                high = middle
        while data[low : low + len(prefix)] == prefix:
            end = data.find(b"\n", low) + 1 or len(data)
            yield data[low:end]
            low = end

    def all(self) -> Iterator[bytes]:
        at = 0
        while at < len(self.data):
            end = self.data.find(b"\n", at) + 1 or len(self.data)
            yield self.data[at:end]
            at = end

    def containing(self, needle: bytes) -> Iterator[bytes]:
        at = self.data.find(needle)
        while at >= 0:
            end = self.data.find(b"\n", at) + 1 or len(self.data)
            yield self.data[self.data.rfind(b"\n", 0, at) + 1 : end]
            at = self.data.find(needle, end)


@dataclass(slots=True)
class _GrowingFile:
    """The index of a file in writing, in the order of its records: read as it grows, found through the hash of the
    key (the lines themselves stay on the disk, so that a long crawl needs little memory)."""

    path: Path
    read_to: int = 0
    places: dict[int, list[int]] = field(default_factory=dict)

    def lines(self, prefix: bytes) -> Iterator[bytes]:
        try:
            with self.path.open("rb") as stream:
                self._read_on(stream.fileno())
                for place in self.places.get(hash(prefix), ()):
                    stream.seek(place)
                    raw = stream.readline()
                    if raw.startswith(prefix):
                        yield raw
        except FileNotFoundError:
            return  # closed at this moment; the next look at the folder finds the finished one

    def all(self) -> Iterator[bytes]:
        try:
            yield from self.path.read_bytes().splitlines(keepends=True)
        except FileNotFoundError:
            return

    def containing(self, needle: bytes) -> Iterator[bytes]:
        return (raw for raw in self.all() if needle in raw)

    def _read_on(self, descriptor: int) -> None:
        data = os.pread(descriptor, max(0, os.fstat(descriptor).st_size - self.read_to), self.read_to)
        whole = data.rfind(b"\n") + 1
        at = 0
        while at < whole:
            key_end = data.find(b" ", at, whole) + 1
            self.places.setdefault(hash(data[at:key_end]), []).append(self.read_to + at)
            at = data.find(b"\n", at) + 1
        self.read_to += whole
