"""How fast the archive is parsed, against DataTrove's WARC reader and extractor on the same pages.

    python -m benchmarks.datatrove [--pages N]

DataTrove comes into an environment of its own, below build/ of the project, made when it is first asked for; where that
can't be done (no package registry), the benchmark says so and measures nothing. CPU seconds of the processes with all
their children, less those of the same run over a few pages: loading libraries is paid once in a million records. Exits
with 1 where the ratio is below FLOOR.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from archive.folder import ArchiveFolder
from benchmarks.speed.__main__ import ours, write_archive
from benchmarks.speed.pages import pages

# TARGET is what is wanted; FLOOR is what must not be lost again.
TARGET, FLOOR = 25.0, 11.0
VERSION = "0.10.1"
FEW = 20
ENVIRONMENT = Path(__file__).parents[2] / "build" / "datatrove"


def interpreter() -> Path | None:
    """The Python that has DataTrove; None where it can't be installed."""
    python = ENVIRONMENT / "env" / "bin" / "python"
    ready = ENVIRONMENT / f"ready-{VERSION}"
    if ready.exists():
        return python
    ENVIRONMENT.mkdir(parents=True, exist_ok=True)
    # Its trafilatura imports lxml_html_clean without declaring it.
    wanted = (f"datatrove[io,processing]=={VERSION}", "lxml_html_clean")
    for command in (
        [sys.executable, "-m", "venv", str(ENVIRONMENT / "env")],
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted],
    ):
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            print(f"DataTrove can't be installed, nothing is measured: {done.stderr.strip().splitlines()[-1:]}")
            return None
    ready.touch()
    return python


def cpu_of(command: list[str]) -> float:
    """CPU seconds of a command and all its children."""
    # In a session of its own: what it leaves behind is counted with it, since it waits for its own children.
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    assert status == 0, f"{command} ended with {status}"
    return usage.ru_utime + usage.ru_stime


def of_datatrove(python: Path, folder: ArchiveFolder, output: Path) -> float:
    program = str(Path(__file__).with_name("extract.py"))
    return cpu_of([str(python), program, str(folder.archive), str(output)])


def of_ours(folder: ArchiveFolder) -> float:
    return cpu_of([sys.executable, "-m", "benchmarks.datatrove", "--only-ours", str(folder.data)])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.datatrove")
    parser.add_argument("--pages", type=int, default=220)
    parser.add_argument("--only-ours", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.only_ours:
        ours(ArchiveFolder(given.only_ours))
        return 0
    python = interpreter()
    if python is None:
        return 0
    count = given.pages - FEW
    with tempfile.TemporaryDirectory() as scratch:
        few, many = ArchiveFolder(Path(scratch) / "few"), ArchiveFolder(Path(scratch) / "many")
        write_archive(few, pages(FEW))
        write_archive(many, pages(given.pages))
        theirs = [of_datatrove(python, folder, Path(scratch) / f"out-{n}") for n, folder in enumerate((few, many))]
        texts = sum(len(path.read_text().splitlines()) for path in (Path(scratch) / "out-1").glob("*.jsonl"))
        assert texts >= given.pages * 0.9, f"DataTrove gave {texts} of {given.pages} texts"
        own = [of_ours(folder) for folder in (few, many)]
    spent, least = theirs[1] - theirs[0], own[1] - own[0]
    print(
        f"DataTrove {VERSION}: {count / spent:8.1f} documents a second and core, {texts} texts of {given.pages} pages"
    )
    print(f"ours: {count / least:8.1f} documents a second and core, with every cell")
    print(f"ours is {spent / least:.1f} times DataTrove (at least {FLOOR:g}; wanted {TARGET:g})")
    return 0 if spent / least >= FLOOR else 1


if __name__ == "__main__":
    sys.exit(main())
