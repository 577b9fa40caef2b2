"""Processes: whether one that wrote its name down still lives, and children that end with their parent."""

import ctypes
import os
import signal
import sys
from functools import cache
from pathlib import Path

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_PROC = Path("/proc")


def own_name() -> str:
    """This process, as no other that ever was: the start of its machine, its numbering, its number, its own start.
    Where the system does not tell them (no Linux), a name that nobody can judge."""
    started = _started(os.getpid())
    return f"{_numbering()} {os.getpid()} {started}" if started else ""


def is_gone(name: str) -> bool:
    """Whether the process that `own_name` named so is known to have ended: it was one of this machine."""
    numbering, _, rest = name.rpartition(" ")[0].rpartition(" ")
    if not numbering or numbering != _numbering():
        return False
    started = name.rpartition(" ")[2]
    return not rest.isdecimal() or _started(int(rest)) != started


def end_with_parent() -> None:
    """Have the system end this process when its parent is killed (Linux; elsewhere the broken pipe does it)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


@cache
def _numbering() -> str:
    """The space in which numbers of processes are unique: one start of a kernel, and in it one container."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {(_PROC / 'self/ns/pid').readlink()}"
    except OSError:
        return ""


def _started(pid: int) -> str:
    """When a living process was started; empty for one that is not there, or has only not been waited for."""
    try:
        # Behind the name, which may hold anything: the state is the third field, the start the 22nd.
        fields = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]
