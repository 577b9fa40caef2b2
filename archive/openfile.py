"""One WARC file while it is being written, and its index beside it.

It is locked for as long as its writer lives, grows by whole records alone, and gets its final name when it is
closed and on the disk. What a crash leaves is for archive.recover.
"""

import contextlib
import errno
import fcntl
import hashlib
import os
import weakref
from collections.abc import Iterable, Mapping
from pathlib import Path

from archive.closing import Closing
from archive.folder import ArchiveFolder, sync_folder
from archive.indexer import write_index
from config import clock
from config.errors import ArchiveError


class ArchiveWriteError(ArchiveError):
    """The archive could not be written: which file, why, and how much of it stands. What was handed over last
    is not stored."""


_living: "weakref.WeakSet[OpenFile]" = weakref.WeakSet()


class OpenFile:
    """``free_floor`` is the free space, in bytes, that must remain on the file system after each write."""

    def __init__(self, folder: ArchiveFolder, file: str, free_floor: int = 0) -> None:
        self.file = file
        self.size = 0
        self.records = 0
        self._folder = folder
        self._path = folder.in_writing(file)
        self._index_path = folder.indexes / (folder.index_path(file).name + ".open")
        self._free_floor = free_floor
        self._sha256 = hashlib.sha256()
        self._failed: str | None = None
        try:
            with folder.locked():
                self._index = os.open(self._index_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
                self._descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
                fcntl.flock(self._descriptor, fcntl.LOCK_EX)  # a moment at most: another may just be asking `is_held`
                sync_folder(folder.archive)
        except OSError as error:
            raise ArchiveWriteError(f"{self._path}: the file cannot be made: {error.strerror}") from error
        _living.add(self)

    def append(self, data: bytes, records: int, lines: Iterable[bytes] = ()) -> None:
        """Add ``records`` whole records, ``data`` being their members, and their index lines.

        Raises ArchiveWriteError; the file then ends after its last whole record, and takes no more.
        """
        self.check()
        try:
            self._check_space(len(data))
            _write_all(self._descriptor, data)
        except OSError as error:
            raise self._fail(error) from error
        self.size += len(data)
        self.records += records
        self._sha256.update(data)
        try:
            if text := b"".join(lines):
                _write_all(self._index, text)
        except OSError as error:
            raise self._fail(error, self._index_path) from error

    def check(self) -> None:
        """Raise ArchiveWriteError again where a write has failed before."""
        if self._failed:
            raise ArchiveWriteError(self._failed)

    def sync(self) -> None:
        """Have what was appended survive a power loss."""
        self.check()
        try:
            os.fdatasync(self._descriptor)
        except OSError as error:
            raise self._fail(error) from error

    def close(self, warcinfo_id: str, fields: Mapping[str, str], lines: Iterable[bytes] = ()) -> None:
        """Write the closing record, sync, sort the index and give both files their final names.

        ``lines`` are added to those that were written along. Raises ArchiveWriteError; the file stays open then,
        without loss, and archive.recover closes it.
        """
        closing = Closing(self.records, self.size, self._sha256.hexdigest(), fields)
        self.append(closing.member(warcinfo_id, clock.now()), 1)
        self.sync()
        try:
            with self._index_path.open("rb") as along:
                write_index(self._folder, self.file, sorted([*along, *lines]))
            self._path.rename(self._folder.final(self.file))
            sync_folder(self._folder.archive)
            # Whoever recovers files of dead writers at this moment takes it for a leftover, and away.
            self._index_path.unlink(missing_ok=True)
        except OSError as error:
            raise self._fail(error, Path(error.filename) if error.filename else None) from error
        self.release()

    def release(self) -> None:
        """Let go of the files as they are; nothing can be written any more."""
        if self in _living:
            _living.discard(self)
            self._failed = self._failed or f"{self._path}: the archive cannot be written: the file is closed"
            os.close(self._descriptor)
            os.close(self._index)

    def discard(self) -> None:
        """Let go of files that not even the first record could be written to, and take them away: an empty file would
        be told of as damage. One that is not empty stays for archive.recover."""
        empty = self in _living and os.fstat(self._descriptor).st_size == 0
        self.release()
        if empty:
            with contextlib.suppress(OSError):
                self._path.unlink()
                self._index_path.unlink()

    def _check_space(self, length: int) -> None:
        if not self._free_floor:
            return
        space = os.fstatvfs(self._descriptor)
        if space.f_bavail * space.f_frsize - length < self._free_floor:
            raise OSError(errno.ENOSPC, f"the floor of {self._free_floor} bytes of free space is reached")

    def _fail(self, error: OSError, path: Path | None = None) -> ArchiveWriteError:
        """Cut the file back to its last whole record, refuse further writes, and say it in numbers."""
        kept = f"{self.size} bytes in {self.records} whole records are kept"
        try:
            os.ftruncate(self._descriptor, self.size)
        except OSError as failure:  # read-only or gone: the torn tail stays, archive.recover moves it aside
            kept += f", the torn end could not be cut off ({failure.strerror})"
        try:
            space = os.statvfs(self._folder.archive)
            free = f", {space.f_bavail * space.f_frsize} bytes are free"
        except OSError:
            free = ", the file system does not answer"
        self._failed = f"{path or self._path}: the archive cannot be written: {error.strerror}; {kept}{free}"
        return ArchiveWriteError(self._failed)


def _write_all(descriptor: int, data: bytes) -> None:
    written = os.write(descriptor, data)
    while written < len(data):  # a nearly full disk takes a part first and gives the error next
        written += os.write(descriptor, memoryview(data)[written:])


def _release_in_child() -> None:
    # A forked worker inherits the lock; it would make the file look alive after its writer was killed.
    for file in list(_living):
        file.release()


os.register_at_fork(after_in_child=_release_in_child)
