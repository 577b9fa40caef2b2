"""The bytes of one WARC file by their place in it, wherever the file lies."""

import fcntl
import io
import os
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import Self

# The suffix of a file in writing. pywb reads neither `.warc.gz.open` nor `.cdxj.open`.
OPEN = ".open"


class Source(ABC):
    """A file that is open for reading; a context manager. As text it is where the file lies, for messages.

    ``is_being_written``: a living process is adding to its end.
    """

    is_being_written = False

    @abstractmethod
    def pread(self, length: int, offset: int) -> bytes:
        """At most ``length`` bytes from ``offset`` on; fewer, or none, at the end of the file alone."""

    @abstractmethod
    def size(self) -> int:
        """How many bytes there are now."""

    @abstractmethod
    def close(self) -> None:
        """Let go of it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class LocalSource(Source):
    """A file on a disk. Raises OSError."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("rb", buffering=0)
        self._descriptor = self._file.fileno()
        self.is_being_written = path.name.endswith(OPEN) and _is_locked(self._descriptor)

    def __str__(self) -> str:
        return str(self._path)

    def pread(self, length: int, offset: int) -> bytes:
        return os.pread(self._descriptor, length, offset)

    def size(self) -> int:
        return os.fstat(self._descriptor).st_size

    def close(self) -> None:
        self._file.close()


class SourceStream(io.RawIOBase):
    """A source as a stream, which begins at ``start``."""

    def __init__(self, source: Source, start: int) -> None:
        self._source = source
        self._at = start

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at}
        self._at = offset + (base[whence] if whence in base else self._source.size())
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._source.pread(len(buffer), self._at)
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def is_held(path: Path) -> bool:
    """Whether a living process writes the file at ``path`` (it holds a lock on it)."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        return _is_locked(descriptor)
    finally:
        os.close(descriptor)


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return False
