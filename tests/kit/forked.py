"""Starts `nianbao`, or another program of ours, in a process of its own without loading its code each time, which takes
longer than most commands: a process that has loaded it, and has run nothing, is forked, and becomes what `python -m
crawler`, or `python -c`, would have become.

A test process keeps two of them and asks them in turn: they order sets differently, as two runs of a user's do.
"""

import atexit
import functools
import gc
import importlib
import itertools
import json
import os
import re
import runpy
import select
import signal
import socket
import subprocess
import sys
import time
import types
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

PROJECT = Path(__file__).parents[2]
# What crawls, parsers and buckets need beside the modules of the verbs; none installs a reactor or starts a thread.
_MORE = (
    "aiohttp.web",
    "crawler.fetch.recorder",
    "crawler.spiders.annual_reports",
    "pipelines.documents.html.reader",
    "pipelines.documents.pdf.reader",
    "pipelines.documents.plain.reader",
    "pipelines.documents.sheets.reader",
    "pipelines.documents.word.reader",
    "queuelib",
    "s3fs",
    "trafilatura",
    "twisted.conch.telnet",
)


class Forked:
    """`nianbao` with ``arguments``, running; what `subprocess.Popen` offers of it, as far as tests want it. In its
    place another ``module`` as `python -m` takes it, or the text of a ``program`` as `python -c` takes it.

    Standard output and error are the files given, and are nothing without them.
    """

    def __init__(
        self,
        arguments: Sequence[object],
        environment: dict[str, str],
        stdout: IO[Any] | None = None,
        stderr: IO[Any] | None = None,
        *,
        stdin: IO[Any] | None = None,
        module: str = "crawler",
        program: str | None = None,
    ) -> None:
        told, tell = os.pipe()
        with Path(os.devnull).open("r+b") as nothing:
            files = [*((one or nothing).fileno() for one in (stdin, stdout, stderr)), tell]
            order = {
                "arguments": [str(part) for part in arguments],
                "environment": environment,
                "module": module,
                "program": program,
            }
            next(_servers()).ask(order, files)
        os.close(tell)
        self._told = os.fdopen(told, "r", encoding="ascii")
        self.pid = int(self._told.readline())
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit code, minus the number of the signal that ended it; None while it runs."""
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        if (code := self._ended(timeout)) is None:
            raise subprocess.TimeoutExpired("nianbao", timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _ended(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._told], [], [], timeout)[0]:
            self.returncode = int(self._told.readline())
            self._told.close()
        return self.returncode


class Told(Forked):
    """A program whose standard output is read line by line from ``stdout``, while it runs."""

    def __init__(self, program: str, *arguments: object) -> None:
        read, written = os.pipe()
        with os.fdopen(written, "wb") as stdout:
            super().__init__(arguments, dict(os.environ), stdout, sys.__stderr__, program=program)
        self.stdout = os.fdopen(read, encoding="utf-8")

    def communicate(self, timeout: float | None = None) -> str:
        """The rest of the output, once the program has ended."""
        self.wait(timeout)
        with self.stdout:
            return self.stdout.read()


class _Server:
    """A process that has loaded `nianbao`, in this one's eyes."""

    def __init__(self) -> None:
        self._socket, other = socket.socketpair()
        with other:
            command = [sys.executable, "-m", "tests.kit.forked", str(other.fileno())]
            clean = {name: value for name, value in os.environ.items() if not name.startswith("NIANBAO_")}
            self._process = subprocess.Popen(
                command, cwd=PROJECT, env=clean, stdout=subprocess.DEVNULL, pass_fds=[other.fileno()]
            )

    def ask(self, order: dict[str, Any], files: list[int]) -> None:
        data = json.dumps(order).encode()
        socket.send_fds(self._socket, [len(data).to_bytes(4, "big")], files)
        self._socket.sendall(data)

    def end(self) -> None:
        self._socket.close()
        self._process.wait(60)


@functools.cache
def _servers() -> "itertools.cycle[_Server]":
    made = _Server(), _Server()
    for server in made:
        atexit.register(server.end)
    return itertools.cycle(made)


def main() -> None:
    """Serve orders that come by the socket of the given number, until its other end is closed."""
    from crawler.cli import VERBS
    from pipelines import fingerprint

    orders = socket.socket(fileno=int(sys.argv[1]))
    for module in (*(f"crawler.commands.{name}" for name in VERBS.values()), *_MORE, *_parts_of_a_crawl()):
        importlib.import_module(module)
    assert "twisted.internet.reactor" not in sys.modules
    # Each command would tell from the source again which parser it is; `test_fingerprint` holds that it tells the same.
    for told in (fingerprint.parser, fingerprint.assembly, fingerprint.selection):
        told()
    gc.freeze()  # a child that collects garbage need not copy all of it
    while True:
        head, files, _, _ = socket.recv_fds(orders, 4, 4)
        if not head:
            return
        data = b""
        while len(data) < int.from_bytes(head, "big"):
            data += orders.recv(1 << 20)
        if os.fork() == 0:
            orders.close()
            _run(json.loads(data), files)
            return
        for file in files:
            os.close(file)
        while _has_ended():
            pass


def _parts_of_a_crawl() -> set[str]:
    """The modules of all that Scrapy's settings and ours name."""
    from scrapy.settings import BaseSettings, Settings

    settings = Settings()
    settings.setmodule("crawler.settings")
    named = [name for value in settings.values() for name in (value if isinstance(value, BaseSettings) else [value])]
    return {name.rpartition(".")[0] for name in map(str, named) if re.fullmatch(r"(scrapy|crawler)(\.\w+)+", name)}


def _has_ended() -> bool:
    try:
        return os.waitpid(-1, os.WNOHANG)[0] != 0
    except ChildProcessError:
        return False


def _run(order: dict[str, Any], files: list[int]) -> None:
    """Be the command, in a child of this process, which tells its number and how it ends."""
    from pipelines import fingerprint

    *standard, tell = files
    if child := os.fork():
        os.write(tell, f"{child}\n".encode())
        _, status = os.waitpid(child, 0)
        os.write(tell, f"{os.waitstatus_to_exitcode(status)}\n".encode())
        os._exit(0)
    os.close(tell)
    for place, file in enumerate(standard):
        os.dup2(file, place)
        os.close(file)
    os.environ.clear()
    os.environ.update(order["environment"])
    if hasattr(time, "tzset"):
        time.tzset()
    if "NIANBAO_CONFIG" in os.environ:  # the sites that the parser counts may be others
        fingerprint.parser.cache_clear()
    module, program = order["module"], order["program"]
    sys.argv = ["-c" if program else module, *order["arguments"]]
    sys.orig_argv = [sys.executable, *(["-c", program] if program else ["-m", module]), *order["arguments"]]
    if program:
        main = sys.modules["__main__"] = types.ModuleType("__main__")
        exec(compile(program, "<string>", "exec"), vars(main))
    else:
        runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
