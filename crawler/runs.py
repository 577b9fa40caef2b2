"""Which run of a site was cut off: the archive itself says so, by its warcinfo and closing records.

Each WARC file opens with the run that it belongs to (``isPartOf``), and the last file of a run that went to its end
closes with ``run-ended``. A run without is gone on with under the same id.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from archive.account import run_file
from archive.folder import ArchiveFolder


@dataclass(frozen=True, slots=True)
class CutRun:
    """A run that has no end. ``id`` is its isPartOf, ``started`` the date of its first file's warcinfo, ``files`` are
    the names of its files."""

    id: str
    started: datetime
    files: frozenset[str]


def file_prefix(site: str) -> str:
    """What the names of the files of a site begin with, so that they are found without reading the others."""
    return f"nianbao-{site}"


def cut_run(folder: ArchiveFolder, site: str, now: datetime) -> CutRun | None:
    """The newest run of ``site`` where it was cut off; None where it ended, or where there is none.

    A file whose first record can't be read is passed over here; ``verify`` is where damage is told of. So is one of a
    time after ``now``, which a clock that went wrong has left: it would be the newest for years.
    """
    run, started, files = None, None, []
    for file in reversed(_files(folder, site)):
        found = run_file(folder, file)
        if found is None or "isPartOf" not in found.info or found.info.get("site") != site:
            continue
        if found.opened > now:
            continue
        if run is not None and found.info["isPartOf"] != run:
            break
        if found.closing is not None and "run-ended" in found.closing.fields:
            return None
        run, started = found.info["isPartOf"], found.opened
        files.append(file)
    if run is None or started is None:
        return None
    return CutRun(run, started, frozenset(files))


def _files(folder: ArchiveFolder, site: str) -> list[str]:
    """The files of ``site``, oldest first: their names go on with the date, as fourteen digits."""
    own = re.compile(re.escape(file_prefix(site)) + r"-\d{14}-")
    return [file for file in folder.files() if own.match(file)]
