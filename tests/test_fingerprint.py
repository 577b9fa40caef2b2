"""The parser's fingerprint: the same for the same parser, another one for other code or data, blind to comments."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]


@pytest.fixture
def fingerprint(tmp_path: Path) -> Callable[[], str]:
    """The fingerprint of a copy of the project, taken by a process of its own."""
    for name in ("config", "archive", "pipelines"):
        shutil.copytree(PROJECT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))

    def taken() -> str:
        code = "from pipelines import fingerprint; print(fingerprint.parser())"
        done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    taken.folder = tmp_path  # type: ignore[attr-defined]
    return taken


def append(fingerprint: Callable[[], str], file: str, text: str) -> None:
    path = fingerprint.folder / file  # type: ignore[attr-defined]
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def test_comments_do_not_count_and_code_and_data_do(fingerprint: Callable[[], str]) -> None:
    first = fingerprint()
    assert first == fingerprint()
    append(fingerprint, "pipelines/forms/value.py", "\n# a comment\n")
    assert fingerprint() == first
    append(fingerprint, "pipelines/forms/value.py", "\nANOTHER = 1\n")
    second = fingerprint()
    assert second != first
    append(fingerprint, "config/aliases.yaml", "\n# one more line\n")
    assert fingerprint() not in (first, second)
