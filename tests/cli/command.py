"""Runs the command line as a user does: a process of its own, its output and exit code."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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


def nianbao(*arguments: object, timeout: float = 120, **environment: str) -> Result:
    """Run ``nianbao`` with ``arguments``, without any contact or data folder from the caller's environment."""
    return run(sys.executable, "-m", "crawler", *arguments, timeout=timeout, **environment)


def run(*command: object, timeout: float = 120, **environment: str) -> Result:
    """Run a command in the project's folder."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("NIANBAO_")}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=PROJECT,
        env={**inherited, **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=timeout,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Result(done.returncode, done.stdout, done.stderr)
