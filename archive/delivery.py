"""The traffic between a folder and its bucket: finished files go there whole, indexes come here.

A WARC is written here, put into the bucket once it is closed, then its index, and only then is the WARC removed here:
an index never names what is not there, and what lies here as finished is not (wholly) there yet. So it may be cut off
at any moment and run again. The index stays: `archive/indexes` mirrors those of the bucket, which are small, so that
looking something up is the same as in an archive on a disk.
"""

import fcntl
import logging
import os
import socket
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from archive.bucket import Stored
from archive.folder import FETCHED, ArchiveFolder, stem, sync_folder
from config.errors import ArchiveError, BucketError

# So many indexes are fetched at once.
_FETCHED = 8
_log = logging.getLogger(__name__)
# When this process has last looked into the bucket for indexes, by folder.
_mirrored: dict[ArchiveFolder, float] = {}


def deliver(folder: ArchiveFolder, file: str) -> None:
    """Put one finished WARC and its index into the bucket, if there is one. Raises BucketError; what could not be put
    stays here, and `archive.recover` goes on with it."""
    if folder.bucket is None:
        return
    path, index = folder.final(file), folder.index_path(file)
    descriptor = locked_file(path)
    if descriptor is None:
        return
    try:
        folder.bucket.put(path, f"archive/{file}")
        if index.is_file():
            _mark(index, folder.bucket.put(index, f"indexes/{index.name}"))
        withdraw(folder, file)
        folder.note_bucket()
        path.unlink()
        sync_folder(folder.archive)
    except OSError as error:
        raise ArchiveError(f"{path}: the file cannot be put into {folder.bucket.url}: {error.strerror}") from error
    finally:
        os.close(descriptor)


def locked_file(path: Path) -> int | None:
    """A descriptor of the file at ``path`` with its lock, once no other process is at it; None where it is gone then.
    Raises OSError."""
    while True:
        try:
            descriptor = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            return None
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
        os.close(descriptor)  # another was put in its place meanwhile, or it went


def announce(folder: ArchiveFolder, file: str) -> None:
    """Have the bucket, if there is one, say where a file is that is being written: others would take its records for
    lost. A bucket that refuses does not keep a crawl from going on."""
    if folder.bucket is not None:
        try:
            folder.bucket.write(f"open/{file}", f"{socket.gethostname()}, {folder.in_writing(file).absolute()}")
        except (ArchiveError, BucketError) as error:
            _log.info("not announced: %s", error, extra={"file": file})


def withdraw(folder: ArchiveFolder, file: str) -> None:
    """Take back what `announce` said: the file is in the bucket, or there is none. Raises BucketError."""
    if folder.bucket is not None:
        folder.bucket.remove(f"open/{file}")


def mirror(folder: ArchiveFolder, *, age: float = 0.0, anew: bool = False) -> bool:
    """Have the indexes of the bucket here, as they are there; whether it was looked. ``age``: not where this process
    has looked within so many seconds. ``anew``: copy all of them again. Raises BucketError."""
    now = time.monotonic()
    if folder.bucket is None or now - _mirrored.get(folder, -float("inf")) < age:
        return False
    folder.create()
    # What is here alone is asked for first: an index is in the bucket before its WARC is removed here.
    written = {stem(file) for file in folder.files_here()}
    here = {path.name for path in folder.indexes.glob("*.cdxj") if path.stem not in written}
    there = {name: stored for name, stored in folder.bucket.files("indexes").items() if name.endswith(".cdxj")}
    due = [name for name in there if anew or not _is_marked(folder.indexes / name, there[name])]
    due = [name for name in due if Path(name).stem not in written]
    with ThreadPoolExecutor(_FETCHED) as pool:
        for _ in pool.map(lambda name: _fetch(folder, name, there[name]), due):
            pass
    for name in here - set(there):
        folder.torn.mkdir(exist_ok=True)
        with suppress(FileNotFoundError):
            (folder.indexes / name).replace(folder.torn / name)
    _mirrored[folder] = now
    return True


def _fetch(folder: ArchiveFolder, name: str, stored: Stored) -> None:
    assert folder.bucket is not None
    path = folder.indexes / name
    try:
        folder.note_bucket()
        with tempfile.TemporaryDirectory(prefix=FETCHED, dir=folder.collection) as scratch:
            copy = Path(scratch) / name
            folder.bucket.fetch(f"indexes/{name}", copy)
            _mark(copy, stored)
            copy.replace(path)
    except OSError as error:
        raise ArchiveError(f"{path}: the index cannot be copied here: {error.strerror}") from error


def _mark(index: Path, stored: Stored) -> None:
    """Give an index the time of its copy in the bucket."""
    os.utime(index, ns=(stored.modified, stored.modified))


def _is_marked(index: Path, stored: Stored) -> bool:
    try:
        status = index.stat()
    except FileNotFoundError:
        return False
    return (status.st_size, status.st_mtime_ns) == (stored.size, stored.modified)
