"""One call of `run-due` at a time in one data folder. What keeps crawls apart is in crawler/lease.py: that has to hold
between machines, and this must say something also where no corpus can be written."""

import fcntl
import os
from pathlib import Path
from typing import IO

from config.errors import ArchiveError


def call_lock(folder: Path) -> IO[str] | None:
    """Take the lock in ``folder``, and hold it until the file returned is closed; None where another process has it.

    The system lets go of it when the process ends, however it ends. Raises ArchiveError where the folder can't be
    written.
    """
    path = folder / "run-due.lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+", encoding="ascii")
    except OSError as error:
        raise ArchiveError(f"{path}: the lock file cannot be written: {error.strerror}") from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file
