"""One crawl in a process of its own: whatever happens in it, the others go on.

The child is forked, so that it need not load everything again; the parent has no threads. It leads a session of its
own: a Ctrl-C at the terminal reaches the parent alone, and it can be killed with all that it started.
"""

import contextlib
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import NoReturn

from pipelines.process import end_with_parent

# What a crawl may take, with its parsers: a portal that makes one grow must not take the machine.
ADDRESS_SPACE = 6 << 30
# A log that a crawl floods is cut to this, half from its beginning and half from its end.
MOST_LOG = 1 << 20
_FAULT = 1


@dataclass(slots=True)
class Child:
    """A crawl under way: its process, what it was started for, since when (in the seconds of `monotonic`), the end of
    a pipe on which it may say something and that closes when it ends, and its log."""

    site: str
    pid: int
    since: float
    told: int
    log: Path
    text: bytes = b""
    asked_at: float | None = None
    killed: bool = False

    def ask_to_stop(self) -> None:
        """Have it end in good order; what it has is kept, and gone on with."""
        self.asked_at = self.asked_at or monotonic()
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGINT)

    def kill(self) -> None:
        """End it at once, and all that it started."""
        self.killed = True
        for end in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                end(self.pid, signal.SIGKILL)

    def listen(self) -> bool:
        """Take in what it says; False once it has ended."""
        part = os.read(self.told, 65536)
        self.text += part
        return bool(part)

    def wait(self) -> int:
        """Its exit code; minus the number of the signal that ended it. What it started ends with it."""
        _, status = os.waitpid(self.pid, 0)
        os.close(self.told)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        _cut(self.log)
        return os.waitstatus_to_exitcode(status)


def start(site: str, work: Callable[[int], int], log: Path, *, limited: bool = True) -> Child:
    """Do ``work`` for ``site`` in a child; it is given the descriptor by which it may tell the parent something.

    What it prints goes to ``log``, in the place of what stood there. The child dies with its parent (Linux).
    ``limited`` bounds its address space, and that of all that it starts: a browser reserves far more than it uses.
    """
    told, tell = os.pipe()
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        os.close(told)
        become_apart(parent, log, limited=limited)
        _work(work, tell)
    os.close(tell)
    return Child(site, pid, monotonic(), told, log)


def become_apart(parent: int, log: Path, *, limited: bool) -> None:
    """Make this process, which ``parent`` has just started, one that crawls apart; see `start`."""
    os.setsid()
    end_with_parent()
    if os.getppid() != parent:  # it died in between
        os._exit(_FAULT)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.set_wakeup_fd(-1)
    log.parent.mkdir(parents=True, exist_ok=True)
    nothing = os.open(os.devnull, os.O_RDONLY)
    written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o644)
    for descriptor, standard in ((nothing, 0), (written, 1), (written, 2)):
        os.dup2(descriptor, standard)
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if limited and (hard == resource.RLIM_INFINITY or hard > ADDRESS_SPACE):
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, hard))


def _work(work: Callable[[int], int], tell: int) -> NoReturn:
    code = _FAULT
    try:
        code = work(tell)
    except BaseException:  # noqa: BLE001 - the last frame of this process; the log shows where
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _cut(log: Path) -> None:
    with contextlib.suppress(OSError):
        size = log.stat().st_size
        if size <= MOST_LOG:
            return
        with log.open("r+b") as file:
            head = file.read(MOST_LOG // 2)
            file.seek(size - MOST_LOG // 2)
            tail = file.read()
            file.seek(0)
            file.write(head + b"\n[%d bytes left out]\n" % (size - len(head) - len(tail)) + tail)
            file.truncate()
