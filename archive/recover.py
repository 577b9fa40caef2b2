"""After a crash: give the files that a dead writer left open their final names, without what is torn, and go on with
what was on its way into a bucket."""

import contextlib
import fcntl
import logging
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from archive.delivery import deliver, locked_file, withdraw
from archive.folder import FETCHED, WARC_SUFFIXES, ArchiveFolder, sync_folder
from archive.indexer import write_index
from archive.inspection import append_closing, inspect
from archive.late import is_fetched_again, without_doubles
from archive.source import OPEN
from config.errors import ArchiveError

# In seconds: no copy out of a bucket is needed for so long.
_ABANDONED_S = 7 * 24 * 3600
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recovered:
    """A file that was left open: how many whole ``records`` it has, and how many bytes were moved to ``torn``."""

    file: str
    records: int
    torn_bytes: int
    torn: Path | None


def recover(folder: ArchiveFolder) -> list[Recovered]:
    """Close the files of writers that are gone, and put into the bucket, if there is one, what is finished; files of
    living writers are left alone, and so are those of which another machine is fetching again what they hold.

    Whole records stay where they are. What follows them (a torn record, the first half of an exchange) is moved
    to ``folder.torn``; nothing is deleted. It may be stopped at any moment and run again.
    Raises ArchiveError where the disk does not let it.
    """
    if not folder.archive.is_dir():
        return []
    recovered = []
    left = sorted(folder.archive.glob("*" + OPEN))
    announced = folder.announced() if left else {}
    for path in left:
        if is_fetched_again(folder, path.name.removesuffix(OPEN), announced):
            continue
        try:
            descriptor = _claim(folder, path)
            if descriptor is None:
                continue
            with _Held(descriptor) as held:
                recovered.append(_finish(folder, path, held))
        except OSError as error:
            raise ArchiveError(f"{path}: the file cannot be recovered: {error.strerror}") from error
    _remove_leftovers(folder)
    if folder.bucket is not None:
        _deliver_closed(folder)
    return recovered


def _claim(folder: ArchiveFolder, path: Path) -> int | None:
    """An open descriptor with the lock of the file; None where its writer, or another recover, is at work."""
    with folder.locked():
        try:
            descriptor = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        return descriptor


class _Held:
    """The descriptor that holds the lock of a file, closed at the end of a block; another may take its place."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        os.close(self.descriptor)


def _finish(folder: ArchiveFolder, path: Path, held: _Held) -> Recovered:
    file = path.name.removesuffix(OPEN)
    if folder.final(file).exists() or (folder.bucket and folder.bucket.look(f"archive/{file}")):
        return _retire(folder, path, file)
    found = inspect(path, file)
    cut = found.unanswered if found.unanswered is not None else found.end
    size = os.fstat(held.descriptor).st_size
    torn = move_aside(folder, path, cut, size - cut) if cut < size else None
    os.ftruncate(held.descriptor, cut)
    if folder.bucket and found.records and found.closing is None:
        held.descriptor = without_doubles(folder, path, file, held.descriptor)
        found = inspect(path, file)
    elif torn:
        found = inspect(path, file)
    if found.records == 0:
        return _discard(folder, path, file, size, torn)
    if found.closing is None:
        append_closing(path, found, {"closed-by": "recover", "torn-bytes": str(size - cut)})
    os.fsync(held.descriptor)
    write_index(folder, file, found.indexer.lines())
    path.rename(folder.final(file))
    sync_folder(folder.archive)
    _log.info("%s: recovered %d records, %d bytes torn", file, found.records, size - cut, extra={"file": file})
    return Recovered(file, found.records, size - cut, torn)


def _deliver_closed(folder: ArchiveFolder) -> None:
    """Put into the bucket the closed files that lie here still, of processes that died or were refused."""
    left = sorted(path for path in folder.archive.iterdir() if path.name.endswith(WARC_SUFFIXES))
    announced = folder.announced() if left else {}
    for path in left:
        if is_fetched_again(folder, path.name, announced):
            continue
        # An archive that lay here before it got its bucket was announced by nobody: no file of it is late.
        if path.name in announced:
            _thin(folder, path)
        deliver(folder, path.name)


def _thin(folder: ArchiveFolder, path: Path) -> None:
    """Take out of a closed file what later ones hold, unless it is in the bucket already."""
    assert folder.bucket is not None
    try:
        descriptor = locked_file(path)
        if descriptor is None:
            return
        with _Held(descriptor) as held:
            if folder.bucket.look(f"archive/{path.name}") is None:
                held.descriptor = without_doubles(folder, path, path.name, held.descriptor)
            if not folder.index_path(path.name).is_file():
                write_index(folder, path.name, inspect(path, path.name).indexer.lines())
    except OSError as error:
        raise ArchiveError(f"{path}: the file cannot be read or changed: {error.strerror}") from error


def _retire(folder: ArchiveFolder, path: Path, file: str) -> Recovered:
    """An earlier state of a file that was closed since, as a backup brings it back: it must not take its place."""
    size = path.stat().st_size
    torn = move_aside(folder, path, 0, size)
    path.unlink()
    sync_folder(folder.archive)
    _log.warning("%s: it is closed; an open copy of it was moved aside to %s", file, torn, extra={"file": file})
    return Recovered(file, 0, size, torn)


def _discard(folder: ArchiveFolder, path: Path, file: str, size: int, torn: Path | None) -> Recovered:
    """A file without a single whole record is no WARC; its bytes, if it had any, are in ``torn``."""
    path.unlink()
    sync_folder(folder.archive)
    withdraw(folder, file)
    _log.info("%s: no whole record in it, %d bytes torn", file, size, extra={"file": file})
    return Recovered(file, 0, size, torn)


def move_aside(folder: ArchiveFolder, path: Path, offset: int, length: int) -> Path:
    """Copy bytes of the file at ``path`` to a file of their own in ``folder.torn``, named by file and offset."""
    folder.torn.mkdir(exist_ok=True)
    target = _free_name(folder.torn / f"{path.name.removesuffix(OPEN)}.{offset}")
    with path.open("rb") as source, target.open("wb") as copy:
        source.seek(offset)
        while length > 0 and (data := source.read(min(length, 1024 * 1024))):
            copy.write(data)
            length -= len(data)
        copy.flush()
        os.fsync(copy.fileno())
    sync_folder(folder.torn)
    return target


def _free_name(path: Path) -> Path:
    """``path``, or the first of its numbered variants that is not taken: nothing in ``torn`` is overwritten."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.name}.{number}")
    return free


def _remove_leftovers(folder: ArchiveFolder) -> None:
    """Copies out of the bucket whose process was killed, and indexes in writing whose WARC is closed: all that they say
    is in the finished index."""
    for scratch in folder.collection.glob(f"{FETCHED}*"):
        with contextlib.suppress(OSError):  # it is in use, and just being removed
            if time.time() - scratch.stat().st_mtime > _ABANDONED_S:
                shutil.rmtree(scratch)
    if not folder.indexes.is_dir():
        return
    with folder.locked():  # a writer makes the index first
        for path in folder.indexes.glob("*.cdxj" + OPEN):
            name = path.name.removesuffix(OPEN).removesuffix(".cdxj") + ".warc.gz" + OPEN
            if not (folder.archive / name).exists():
                path.unlink()
