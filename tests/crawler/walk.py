"""Run a walk (see walker.py) in a process of its own, and read back what it archived."""

import base64
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.folder import ArchiveFolder

REPOSITORY = Path(__file__).parents[2]
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
    exit_code: int

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


def walk(
    data: Path,
    asks: Sequence[str | dict[str, Any]],
    *,
    site: dict[str, Any] | None = None,
    while_running: Callable[[subprocess.Popen[str]], None] | None = None,
    environment: dict[str, str] | None = None,
    timeout: float = 60,
    **settings: Any,
) -> Walk:
    """Ask for ``asks`` (URLs, or arguments of a Scrapy request) within ``site`` (the first URL's host where it is
    None), with ``settings`` on top of QUICK. ``while_running`` gets the process once it has started."""
    requests = [{"url": ask} if isinstance(ask, str) else ask for ask in asks]
    orders = {
        "asks": requests,
        "site": {"name": "walked", "home": requests[0]["url"]} | (site or {}),
        "settings": QUICK | {"NIANBAO_DATA": str(data)} | settings,
    }
    clean = {name: value for name, value in os.environ.items() if not name.startswith("NIANBAO_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.crawler.walker"],
        cwd=REPOSITORY,
        env=clean | (environment or {}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdin is not None
        process.stdin.write(json.dumps(orders))
        process.stdin.close()
        process.stdin = None
        if while_running is not None:
            while_running(process)
        output, log = process.communicate(timeout=timeout)
    finally:
        process.kill()
    if process.returncode not in (0, -signal.SIGKILL):
        raise AssertionError(f"the walk ended with {process.returncode}\n{log}")
    return Walk(data, json.loads(output) if output else {}, log, process.returncode)


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for ``condition``; fail when it doesn't come."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
