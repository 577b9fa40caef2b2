"""Conversion of old office files by LibreOffice, where it is installed."""

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from pipelines.documents.model import Unreadable

# A report converts in three to six seconds on a cold machine; ten times that is a hang.
TIME_LIMIT = 60.0
OUTPUT_LIMIT = 64_000_000

# No macro runs, and nothing that a document links to is fetched: what can't be blocked goes to a closed port.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">{items}</oor:items>"""
_SETTING = (
    '<item oor:path="/org.openoffice.{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
)
_LOCKED_DOWN = (
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Inet/Settings", "ooInetProxyType", "1"),
    ("Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPSProxyPort", "9"),
    ("Inet/Settings", "ooInetNoProxy", ""),
)

# A worker's limit of its own memory (`pipelines.workers`) is too low for an office program.
_UNBOUND = ("sh", "-c", 'ulimit -S -d "$(ulimit -H -d)"; exec "$@"', "sh")

NEEDS_LIBREOFFICE = "needs_libreoffice"
_FILTERS = {"docx": "docx:MS Word 2007 XML", "xlsx": "xlsx:Calc MS Excel 2007 XML"}


def libreoffice() -> str | None:
    """The path of LibreOffice's program, or None where it is not installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def converted(payload: bytes, *, suffix: str, target: str, time_limit: float = TIME_LIMIT) -> bytes:
    """``payload`` (a file that would be named with ``suffix``) as ``target``: ``docx`` or ``xlsx``.

    Safe to run many at a time: each has a profile of its own, and is ended with its children after ``time_limit``
    seconds. Raises `Unreadable`: ``needs_libreoffice``, ``broken``, ``too_large``.
    """
    program = libreoffice()
    if program is None:
        package = "libreoffice-calc-nogui" if target == "xlsx" else "libreoffice-writer-nogui"
        raise Unreadable(
            NEEDS_LIBREOFFICE, f"A {suffix} file needs LibreOffice to be read: install the Debian package {package}."
        )
    with tempfile.TemporaryDirectory(prefix="nianbao-office-") as name:
        folder = Path(name)
        source = folder / f"document{suffix}"
        source.write_bytes(payload)
        _lock_down(folder / "profile" / "user")
        command = [
            *_UNBOUND,
            program,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--norestore",
            "--nolockcheck",
            "--nodefault",
            "--convert-to",
            _FILTERS[target],
            "--outdir",
            str(folder / "out"),
            str(source),
        ]
        _run(command, folder, suffix, time_limit)
        return _output(folder / "out" / f"document.{target}", suffix)


def _lock_down(user: Path) -> None:
    items = "".join(_SETTING.format(path=path, name=name, value=value) for path, name, value in _LOCKED_DOWN)
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(_SETTINGS.format(items=items), encoding="utf-8")


def _run(command: list[str], folder: Path, suffix: str, time_limit: float) -> None:
    environment = {**os.environ, "HOME": str(folder), "TMPDIR": str(folder)}
    child = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        child.wait(time_limit)
    except subprocess.TimeoutExpired as error:
        raise Unreadable("broken", f"LibreOffice did not convert the {suffix} file in {time_limit:.0f} s.") from error
    finally:
        _end_group(child)


def _end_group(child: subprocess.Popen[bytes]) -> None:
    """Ends what the conversion may have left running: soffice starts children of its own."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _output(path: Path, suffix: str) -> bytes:
    if not path.is_file():
        raise Unreadable("broken", f"LibreOffice can't read this {suffix} file.")
    if path.stat().st_size > OUTPUT_LIMIT:
        raise Unreadable("too_large", f"The {suffix} file converts to more than {OUTPUT_LIMIT // 1_000_000} MB.")
    return path.read_bytes()
