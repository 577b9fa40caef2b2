"""Have a walk made (see walker.py), and read what came of it."""

import atexit
import base64
import contextlib
import functools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.folder import ArchiveFolder

REPOSITORY = Path(__file__).parents[2]
_PROCESS_WIDE = ("TWISTED_DNS_RESOLVER",)
# Loopback, no pauses: what a test of anything but manners wants.
QUICK: dict[str, Any] = {
    "NIANBAO_ALLOW_PRIVATE": True,
    "DOWNLOAD_DELAY": 0,
    "RETRY_TIMES": 0,
    "DOWNLOAD_TIMEOUT": 20,
    # Without the parsing of what was stored, which has its own tests.
    "EXTENSIONS": {"crawler.session.Session": 0},
}


@dataclass(frozen=True)
class Walk:
    """The account of a walk. ``error`` is (type, exit code, message) of what stopped it, or None."""

    data: Path
    account: dict[str, Any]
    log: str

    @property
    def answers(self) -> list[dict[str, Any]]:
        return self.account["answers"]  # type: ignore[no-any-return]

    @property
    def failures(self) -> dict[str, tuple[str, str]]:
        return {one["url"]: (one["error"], one["message"]) for one in self.account["failures"]}

    @property
    def stats(self) -> dict[str, Any]:
        return self.account["stats"]  # type: ignore[no-any-return]

    @property
    def error(self) -> tuple[str, int, str] | None:
        return tuple(self.account["error"]) if self.account["error"] else None  # type: ignore[return-value]

    @property
    def reason(self) -> str | None:
        return self.account["reason"]  # type: ignore[no-any-return]

    def answer(self, url: str) -> dict[str, Any]:
        found = [one for one in self.answers if one["url"] == url]
        assert len(found) == 1, f"{url}: {len(found)} answers; {self.failures}\n{self.log}"
        return found[0]

    def body(self, url: str) -> bytes:
        return base64.b64decode(self.answer(url)["body"])

    @property
    def folder(self) -> ArchiveFolder:
        return ArchiveFolder(self.data)


class Walker:
    """A process that walks; see walker.py. ``settings`` are those that hold for the whole process."""

    def __init__(self, environment: dict[str, str] | None = None, **settings: Any) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("NIANBAO_")}
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - open as long as the process
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.crawler.walker"],
            cwd=REPOSITORY,
            env=clean | (environment or {}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        self._say(settings)

    def order(self, orders: dict[str, Any]) -> None:
        self._errors.truncate(0)
        self._say(orders)

    def account(self) -> dict[str, Any]:
        """What came of the last order; empty where the process ended before it could tell."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        return json.loads(line) if line else {}

    @property
    def log(self) -> str:
        self._errors.seek(0)
        return self._errors.read()

    def until(self, condition: Callable[[], bool], seconds: float = 20) -> None:
        """Wait for ``condition``; fail when it doesn't come, or the process goes."""
        end = time.monotonic() + seconds
        while not condition():
            assert self.process.poll() is None, f"the process ended\n{self.log}"
            assert time.monotonic() < end, f"waited in vain\n{self.log}"
            time.sleep(0.02)

    def end(self, seconds: float = 20) -> int:
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        try:
            return self.process.wait(seconds)
        finally:
            self.process.kill()
            self._errors.close()

    def _say(self, thing: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(thing) + "\n")
        self.process.stdin.flush()


@functools.cache
def _shared() -> Walker:
    """One process for all walks that need none of their own: starting it takes longer than most walks."""
    walker = Walker()
    atexit.register(walker.end)
    return walker


def walk(
    data: Path,
    asks: Sequence[str | dict[str, Any]],
    *,
    site: dict[str, Any] | None = None,
    while_running: Callable[[Walker], None] | None = None,
    environment: dict[str, str] | None = None,
    **settings: Any,
) -> Walk:
    """Ask for ``asks`` (URLs, or arguments of a Scrapy request) within ``site`` (the first URL's host where it is
    None), with ``settings`` on top of QUICK. ``while_running`` gets the walker once it has started; it and an
    ``environment`` make the walk one in a process of its own."""
    requests = [{"url": ask} if isinstance(ask, str) else ask for ask in asks]
    orders = {
        "asks": requests,
        "site": {"name": "walked", "home": requests[0]["url"]} | (site or {}),
        "settings": QUICK | {"NIANBAO_DATA": str(data)} | settings,
    }
    if while_running is None and environment is None:
        walker = _shared()
        walker.order(orders)
        return Walk(data, walker.account(), walker.log)
    walker = Walker(environment, **{name: settings[name] for name in _PROCESS_WIDE if name in settings})
    try:
        walker.order(orders)
        if while_running is not None:
            while_running(walker)
        return Walk(data, walker.account(), walker.log)
    finally:
        walker.end()
