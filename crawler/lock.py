"""One crawl of a site at a time into one data folder."""

import fcntl
import os
from pathlib import Path
from typing import IO

from config.errors import ArchiveError, UsageError


def site_lock(folder: Path, name: str) -> IO[str]:
    """Take the lock of the site ``name`` in ``folder``, and hold it until the file returned is closed.

    The system lets go of it when the process ends, however it ends. Raises UsageError where another process holds it,
    ArchiveError where the folder can't be written.
    """
    path = folder / f"{name}.lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+", encoding="ascii")
    except OSError as error:
        raise ArchiveError(f"{path}: the lock file cannot be written: {error.strerror}") from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = _holder(file)
        file.close()
        raise UsageError(
            f"site {name} is being crawled already{holder}; wait for it, or name another folder with --data"
        ) from None
    file.seek(0)
    file.truncate()
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def is_locked(folder: Path, name: str) -> bool:
    """Whether a process holds the lock of the site ``name``. Makes nothing."""
    try:
        with (folder / f"{name}.lock").open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # nobody ever took it
        return False
    return False


def _holder(file: IO[str]) -> str:
    file.seek(0)
    number = file.read(32).strip()
    return f" by process {number}" if number.isdigit() else ""
