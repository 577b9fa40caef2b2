"""Runs the command line as a user does: a process of its own, its output and exit code."""

import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from tests.kit.forked import Forked

PROJECT = Path(__file__).parents[2]
SHARED = PROJECT.parent / "shared"


@dataclass(frozen=True)
class Result:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def complaint(self) -> str:
        """The one line of a refused command. A traceback is never that."""
        lines = self.err.strip().splitlines()
        assert len(lines) == 1, self.err
        return lines[0]


def nianbao(*arguments: object, timeout: float = 280, **environment: str) -> Result:
    """Run ``nianbao`` with ``arguments``, without any contact or data folder from the caller's environment."""
    process = begun(*arguments, **environment)
    try:
        out, err = process.communicate(timeout)
    finally:
        process.kill()
    assert process.returncode is not None
    return _result(process.returncode, out, err)


class Begun(Forked):
    """A program in the background, and what it prints."""

    def __init__(self, arguments: Sequence[object], environment: dict[str, str], **how: Any) -> None:
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            super().__init__(arguments, environment, out, err, **how)
            self._printed = [os.fdopen(os.dup(file.fileno()), "rb") for file in (out, err)]

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Standard output and error, once the program has ended."""
        self.wait(timeout)
        out, err = (_content(file) for file in self._printed)
        return out, err


def begun(*arguments: object, **environment: str) -> Begun:
    """`nianbao` with ``arguments`` in the background."""
    return Begun(arguments, {**_inherited(), **environment})


def run(*command: object, timeout: float = 280, **environment: str) -> Result:
    """Run a command in the project's folder."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=PROJECT,
        env={**_inherited(), **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=timeout,
        check=False,
    )
    return _result(done.returncode, done.stdout, done.stderr)


def _inherited() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("NIANBAO_")}


def _content(file: IO[bytes]) -> str:
    with file:
        file.seek(0)
        return file.read().decode()


def _result(code: int, out: str, err: str) -> Result:
    assert "Traceback" not in err, err
    return Result(code, out, err)
