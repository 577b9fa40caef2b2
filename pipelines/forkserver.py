"""A fork server for worker processes that has loaded what this process has: a worker need not load it again.

Python's own server is started as a new program, and loads all anew. This one is a fork of the process that begins it,
at a moment at which nothing can be torn by that: it has one thread, and has opened nothing yet.
"""

import gc
import os
import signal
import socket
import traceback
from multiprocessing import connection, forkserver, get_context, resource_tracker
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any, NoReturn

from pipelines.process import end_with_parent

_THREADS = Path("/proc/self/task")
_of: list[int] = []


def begin() -> None:
    """Start the server of this process, which ends with it. For the beginning of a command that is going to parse,
    before it has a corpus, a connection or a thread. Does nothing where the system can't tell that it has one thread,
    or where no socket can be made (its path is too long below some TMPDIR).
    """
    if _of == [os.getpid()] or not _THREADS.is_dir() or len(list(_THREADS.iterdir())) != 1:
        return
    resource_tracker.ensure_running()
    server: Any = forkserver._forkserver
    address = connection.arbitrary_address("AF_UNIX")  # type: ignore[attr-defined]
    with socket.socket(socket.AF_UNIX) as listener:
        try:
            listener.bind(address)
        except OSError:
            return
        listener.listen()
        alive, held = os.pipe()  # closed at this end, it ends the server
        parent = os.getpid()
        if (pid := os.fork()) == 0:
            _serve(parent, listener.detach(), alive)
    os.close(alive)
    server._forkserver_address, server._forkserver_alive_fd, server._forkserver_pid = address, held, pid
    _of[:] = [parent]


def context() -> BaseContext:
    """How a worker is started: by the server of this process, or else as a new program. Never by a fork of this
    process, which may have threads and a reactor."""
    return get_context("forkserver" if _of == [os.getpid()] else "spawn")


def _serve(parent: int, listener: int, alive: int) -> NoReturn:
    try:
        end_with_parent()
        if os.getppid() == parent:
            # What the parent holds open ends with it, though its workers may end a moment later.
            kept = sorted((listener, alive))
            for low, high in zip((2, *kept), (*kept, os.sysconf("SC_OPEN_MAX")), strict=True):
                os.closerange(low + 1, high)
            for number in (signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)
            signal.set_wakeup_fd(-1)
            gc.freeze()
            forkserver.main(listener, alive, [])
    except SystemExit:
        pass
    except BaseException:  # noqa: BLE001 - the last frame of this process
        traceback.print_exc()
    finally:
        os._exit(0)
