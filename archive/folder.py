"""Where the files of an archive lie: pywb's own layout below the data folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from archive.source import OPEN, LocalSource, Source
from config.errors import ArchiveError

COLLECTION = "nianbao"
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
    while a file is being written it lies as ``NAME.warc.gz.open``, its index as ``NAME.cdxj.open``."""

    data: Path

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

    def files(self) -> list[str]:
        """The final names of all WARC files, finished and in writing, sorted. Raises ArchiveError."""
        if not self.archive.is_dir():
            return []
        try:
            names = {entry.name.removesuffix(OPEN) for entry in self.archive.iterdir()}
        except OSError as error:
            raise ArchiveError(f"{self.archive}: the folder cannot be read: {error.strerror}") from error
        return sorted(name for name in names if name.endswith(WARC_SUFFIXES))

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
        raise ArchiveError(f"{final}: the file is missing from the archive")

    def open(self, file: str) -> Source:
        """The bytes of ``file``, finished or in writing. Raises ArchiveError where the archive has no such file."""
        final = self.final(file)
        for path in (final, self.in_writing(file), final):  # it may be renamed between the two looks
            try:
                return LocalSource(path)
            except FileNotFoundError:
                continue
            except OSError as error:
                raise ArchiveError(f"{path}: the file cannot be read: {error.strerror}") from error
        raise ArchiveError(f"{final}: the file is missing from the archive")

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
