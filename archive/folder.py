"""Where the files of an archive lie: pywb's own layout below the data folder."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from archive.bucket import Bucket, BucketSource, Stored
from archive.source import OPEN, LocalSource, Source
from config.errors import ArchiveError

COLLECTION = "nianbao"
# What the folders begin with in which copies of a bucket's files lie for a while.
FETCHED = ".fetch-"
WARC_SUFFIXES = (".warc.gz", ".warc")


def stem(file: str) -> str:
    """The name of a WARC file without its suffix; its index has the same stem."""
    for suffix in WARC_SUFFIXES:
        if file.endswith(suffix):
            return file.removesuffix(suffix)
    return file


def sync_folder(folder: Path) -> None:
    """Make created and renamed entries of ``folder`` survive a power loss."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@dataclass(frozen=True, slots=True)
class ArchiveFolder:
    """The archive of one data folder. Files are named by their final name (``NAME.warc.gz``) everywhere;
    while a file is being written it lies as ``NAME.warc.gz.open``, its index as ``NAME.cdxj.open``.

    Where there is a ``bucket``, finished files lie there, and here only those in writing, those that could not be put
    there yet, and a copy of each index (see archive.delivery).
    """

    data: Path
    bucket: Bucket | None = None

    def __str__(self) -> str:
        """Where it lies, for people."""
        return self.bucket.url if self.bucket else str(self.archive)

    @property
    def collection(self) -> Path:
        return self.data / "collections" / COLLECTION

    @property
    def archive(self) -> Path:
        return self.collection / "archive"

    @property
    def indexes(self) -> Path:
        return self.collection / "indexes"

    @property
    def torn(self) -> Path:
        """Where recover and repair put the bytes that are no whole record; nothing in it is ever deleted."""
        return self.collection / "torn"

    def create(self) -> None:
        """Make the folders. Raises ArchiveError, naming the folder, where that is not possible."""
        for folder in (self.archive, self.indexes):
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise ArchiveError(f"{folder}: the folder cannot be made: {error.strerror}") from error

    def note_bucket(self) -> None:
        """Note that files of this archive are in the bucket. Raises OSError."""
        if self.bucket is not None and self.noted_bucket() is None:
            self.note.write_text(f"{self.bucket.url}\n", encoding="utf-8")

    @property
    def note(self) -> Path:
        """Where it is noted that the archive lies in a bucket: without it, it would be taken for an empty one."""
        return self.collection / "bucket"

    def noted_bucket(self) -> str | None:
        """The URL of the bucket that the finished files of this folder have been put into."""
        try:
            return self.note.read_text(encoding="utf-8").strip() or None
        except OSError:
            return None

    def files(self) -> list[str]:
        """The final names of all WARC files, finished and in writing, sorted. Raises ArchiveError."""
        here = self.files_here()  # first: what goes into the bucket meanwhile is there
        return sorted(here | self.files_there().keys())

    def files_here(self) -> set[str]:
        """Those in the folder itself. Raises ArchiveError."""
        if not self.archive.is_dir():
            return set()
        try:
            names = {entry.name.removesuffix(OPEN) for entry in self.archive.iterdir()}
        except OSError as error:
            raise ArchiveError(f"{self.archive}: the folder cannot be read: {error.strerror}") from error
        return {name for name in names if name.endswith(WARC_SUFFIXES)}

    def files_there(self) -> dict[str, Stored]:
        """Those in the bucket, and what it says of each. Raises ArchiveError."""
        found = self.bucket.files("archive") if self.bucket else {}
        return {name: stored for name, stored in found.items() if name.endswith(WARC_SUFFIXES)}

    def files_elsewhere(self) -> dict[str, str]:
        """The files that are on their way into the bucket from other machines, in writing or left open there, and where
        they are. Raises ArchiveError."""
        if self.bucket is None:
            return {}
        noted, known = self.announced(), set(self.files())
        return {file: self.bucket.text(f"open/{file}") for file in sorted(noted.keys() - known)}

    def announced(self) -> dict[str, Stored]:
        """The files that the bucket was told of when they were begun, and has not wholly got yet."""
        return self.bucket.files("open") if self.bucket else {}

    def final(self, file: str) -> Path:
        """Where ``file`` lies once it is closed."""
        return self.archive / file

    def in_writing(self, file: str) -> Path:
        """Where ``file`` lies while it is being written."""
        return self.archive / (file + OPEN)

    def path(self, file: str) -> Path:
        """Where ``file`` lies now. Raises ArchiveError where the archive has no such file."""
        final = self.final(file)
        for path in (final, self.in_writing(file), final):  # it may be renamed between the two looks
            if path.is_file():
                return path
        raise ArchiveError(f"{self.final(file)}: the file is missing from the archive")

    def is_finished(self, file: str) -> bool:
        """Whether ``file``, which is in the archive, is closed."""
        return self.final(file).is_file() or (self.bucket is not None and not self.in_writing(file).is_file())

    def place(self, file: str) -> str:
        """How people are told of ``file``: where it lies in the bucket, if there is one, else its name."""
        here = self.bucket is None or self.final(file).is_file() or self.in_writing(file).is_file()
        return file if here or self.bucket is None else self.bucket.place(f"archive/{file}")

    def open(self, file: str, end: int | None = None) -> Source:
        """The bytes of ``file``, finished or in writing; its reader means to stop at ``end``. Raises ArchiveError where
        the archive has no such file; if it has a bucket, the first read does."""
        for place in (self.final, self.in_writing, self.final):  # it may be renamed between the two looks
            path = place(file)
            try:
                return LocalSource(path)
            except FileNotFoundError:
                continue
            except OSError as error:
                raise ArchiveError(f"{path}: the file cannot be read: {error.strerror}") from error
        if self.bucket is not None:
            return BucketSource(self.bucket, f"archive/{file}", end)
        raise ArchiveError(f"{self.final(file)}: the file is missing from the archive")

    def on_worker(self) -> "ArchiveFolder":
        """The archive of a command as a worker of its cluster has it: in the same folder, but where there is a bucket,
        which needs none that all of them share, in one of the worker's own: $NIANBAO_DATA, else under the same path."""
        own = os.environ.get("NIANBAO_DATA") if self.bucket else None
        return replace(self, data=Path(own).absolute()) if own else self

    @contextmanager
    def borrowed(self, file: str) -> Iterator[Path]:
        """``file`` as one on this disk, for as long as it is needed. Raises ArchiveError."""
        if self.bucket is None or self.in_writing(file).is_file():
            yield self.path(file)
            return
        with tempfile.TemporaryDirectory(prefix=FETCHED, dir=self.collection) as scratch:
            copy = Path(scratch) / file
            try:
                if self.final(file).is_file():
                    copy.hardlink_to(self.final(file))  # it may be on its way into the bucket, and then removed
                else:
                    self.bucket.fetch(f"archive/{file}", copy)
            except OSError as error:
                raise ArchiveError(f"{self.place(file)}: the file cannot be copied here: {error.strerror}") from error
            yield copy

    def index_path(self, file: str) -> Path:
        """The finished index of ``file``."""
        return self.indexes / (stem(file) + ".cdxj")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder while a file is made and locked, or while files of dead writers are claimed:
        between the two steps of the first the second would take a living writer for a dead one."""
        descriptor = os.open(self.archive, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)
