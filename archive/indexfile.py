"""The CDXJ files that an index looks into: finished ones, which are sorted, and those in writing.

Neither keeps lines in memory: the index of a crawl of years is long.
"""

import os
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_USUAL_LINE = 16 * 1024


# Inode, time and size: a file that was put in the place of another has others.
Stamp = tuple[int, int, int]


def stamp_of(status: os.stat_result) -> Stamp:
    return status.st_ino, status.st_mtime_ns, status.st_size


@dataclass(frozen=True, slots=True)
class SortedIndex:
    """A finished index, searched by bisection where it lies. ``first`` and ``last`` are its outer lines: most files
    are of one site, and need not be opened for another."""

    path: Path
    stamp: Stamp
    first: bytes
    last: bytes

    @classmethod
    def of(cls, path: Path) -> "SortedIndex":
        with path.open("rb") as stream:
            status = os.fstat(stream.fileno())
            return cls(path, stamp_of(status), stream.readline(), _last_line(stream, status.st_size))

    def lines(self, prefix: bytes) -> Iterator[bytes]:
        """The lines that begin with ``prefix``."""
        if not self.first[: len(prefix)] <= prefix <= self.last[: len(prefix)]:
            return
        with self.path.open("rb") as stream:
            low, high = 0, os.fstat(stream.fileno()).st_size
            while low < high:  # the least place behind which no line is below the prefix
                middle = (low + high) // 2
                line = _line_from(stream, middle)
                if line and line[: len(prefix)] < prefix:
                    low = stream.tell()
                else:
                    high = middle
            line = _line_from(stream, low)
            while line.startswith(prefix):
                yield line
                line = stream.readline()

    def all(self) -> Iterator[bytes]:
        """All lines, in the order of the keys."""
        with self.path.open("rb") as stream:
            yield from stream


class GrowingIndex:
    """The index of a file in writing, in the order of its records: read as it grows, found by the hash of the key.

    It stays open, and so readable, when its writer closes and removes it. Raises FileNotFoundError at the start.
    """

    def __init__(self, path: Path) -> None:
        self._stream = path.open("rb")
        weakref.finalize(self, self._stream.close)
        self._read_to = 0
        # Where the newest line of each key begins, and from each line the one before it of the same key.
        self._newest: dict[int, int] = {}
        self._before: dict[int, int] = {}

    def lines(self, prefix: bytes) -> Iterator[bytes]:
        """The lines that begin with ``prefix``; at once where it is a whole key with its space."""
        if not prefix.endswith(b" "):
            yield from (line for line in self.all() if line.startswith(prefix))
            return
        self._read_on()
        place = self._newest.get(hash(prefix))
        while place is not None:
            self._stream.seek(place)
            line = self._stream.readline()
            if line.startswith(prefix):
                yield line
            place = self._before.get(place)

    def all(self) -> Iterator[bytes]:
        """All whole lines so far."""
        self._read_on()
        self._stream.seek(0)
        yield from self._stream.read(self._read_to).splitlines(keepends=True)

    def _read_on(self) -> None:
        descriptor = self._stream.fileno()
        data = os.pread(descriptor, max(0, os.fstat(descriptor).st_size - self._read_to), self._read_to)
        whole = data.rfind(b"\n") + 1
        at = 0
        while at < whole:
            key_end = data.find(b" ", at, whole) + 1
            key, place = hash(data[at:key_end]), self._read_to + at
            if key in self._newest:
                self._before[place] = self._newest[key]
            self._newest[key] = place
            at = data.find(b"\n", at) + 1
        self._read_to += whole


def _last_line(stream: BinaryIO, size: int) -> bytes:
    window = _USUAL_LINE
    while True:
        stream.seek(max(0, size - window))
        _, end, line = stream.read().removesuffix(b"\n").rpartition(b"\n")
        if end or window >= size:
            return line
        window *= 2  # a data: URL may be of any length


def _line_from(stream: BinaryIO, place: int) -> bytes:
    """The first line that begins at ``place`` or behind it; empty at the end."""
    stream.seek(max(0, place - 1))
    if place:
        stream.readline()
    return stream.readline()
