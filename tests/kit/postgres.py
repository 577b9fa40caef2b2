"""A PostgreSQL server for the tests: the real one that the machine has, in a folder of its own, gone with the tests."""

import ctypes
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

# Debian keeps the server's programs out of the path.
_PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -int(path.parent.name))
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_START_SECONDS = 30


def programs() -> Path | None:
    """The folder of initdb and postgres; None where the machine has no server."""
    found = shutil.which("postgres")
    places = [Path(found).parent] if found else []
    return next((place for place in [*places, *_PLACES] if (place / "initdb").exists()), None)


class PostgresServer:
    """A running server. It listens on a socket in its own folder alone, so that no port is taken."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = itertools.count()

    def url(self, database: str = "tests", user: str = "tester", schema: str | None = None) -> str:
        """The address of a database, as ``--corpus`` takes it."""
        path = f"&options=-csearch_path%3D{schema}" if schema else ""
        return f"postgresql://{user}@/{database}?host={self.folder}{path}"

    def execute(self, statement: str, database: str = "tests") -> None:
        """Run one statement as the owner of the server."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(statement.encode())

    def make_database(self) -> None:
        """Make the tests' database. Its order of text is not that of code points: no result may rest on it."""
        order = "LOCALE_PROVIDER icu ICU_LOCALE 'zh-u-co-pinyin'"
        self.execute(f"CREATE DATABASE tests TEMPLATE template0 {order}", "postgres")

    @contextmanager
    def place(self) -> Iterator[str]:
        """The address of an empty place in the database: a schema of its own, which is much quicker than a database."""
        name = f"corpus_{next(self._numbers)}"
        self.execute(f"CREATE SCHEMA {name}")
        try:
            yield self.url(schema=name)
        finally:
            self.execute(f"DROP SCHEMA {name} CASCADE")


@contextmanager
def postgres(bin_folder: Path) -> Iterator[PostgresServer]:
    """Make and start a server with the programs in ``bin_folder``; at the end, stop it and delete everything."""
    user = _user()
    # Not in the tests' own folder: that is closed to others, and a socket's path must be short.
    folder = Path(tempfile.mkdtemp(prefix="nianbao-pg-"))
    try:
        if user is not None:
            shutil.chown(folder, user.pw_name, user.pw_gid)
        data = folder / "data"
        initdb = [bin_folder / "initdb", "-D", data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
        subprocess.run(initdb, check=True, capture_output=True, timeout=120, **_as(user, folder))
        # What is left out is safe from a crash of the machine alone, and most of the time.
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": folder,
            "fsync": "off",
            "full_page_writes": "off",
            "shared_buffers": "32MB",
            "max_connections": 60,
            "timezone": "Asia/Shanghai",
        }
        command = [bin_folder / "postgres", "-D", data]
        command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(command, stdout=log, stderr=log, preexec_fn=_end_with_parent, **_as(user, folder))
        try:
            _wait(server, folder)
            made = PostgresServer(folder)
            made.make_database()
            yield made
        finally:
            server.send_signal(signal.SIGQUIT)
            server.wait(60)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(server: "subprocess.Popen[bytes]", folder: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            psycopg.connect(PostgresServer(folder).url("postgres")).close()
            return
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise AssertionError((folder / "log").read_text(errors="replace")) from None
            time.sleep(0.05)


def _user() -> pwd.struct_passwd | None:
    """Who runs the server: PostgreSQL refuses root."""
    if os.getuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _as(user: pwd.struct_passwd | None, folder: Path) -> dict[str, object]:
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}
    who = {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    return {"cwd": folder, "env": environment, **who}


def _end_with_parent() -> None:
    """A test run that is killed leaves no server behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)
