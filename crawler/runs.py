"""Which run of a site was cut off: the archive itself says so, by its warcinfo and closing records.

Each WARC file opens with the run that it belongs to (``isPartOf``), and the last file of a run that went to its end
closes with ``run-ended``. A run without is gone on with under the same id.
"""

import logging
import re
from dataclasses import dataclass
from datetime import datetime

from archive.build import parse_warc_fields
from archive.closing import parse_closing
from archive.folder import ArchiveFolder
from archive.raw import record_at
from archive.record import Location
from archive.warcdate import parse_warc_date
from config.errors import ArchiveError

logger = logging.getLogger(__name__)

# The closing record is one stored gzip member of less than a kilobyte at the end of its file.
_TAIL = 8192
_MEMBER = b"\x1f\x8b\x08"


@dataclass(frozen=True, slots=True)
class CutRun:
    """A run that has no end. ``id`` is its isPartOf, ``started`` the date of its first file's warcinfo, ``files`` are
    the names of its files."""

    id: str
    started: datetime
    files: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Opening:
    run: str
    site: str
    date: datetime


def file_prefix(site: str) -> str:
    """What the names of the files of a site begin with, so that they are found without reading the others."""
    return f"nianbao-{site}"


def cut_run(folder: ArchiveFolder, site: str) -> CutRun | None:
    """The newest run of ``site`` where it was cut off; None where it ended, or where there is none.

    A file whose first record can't be read is passed over here; ``verify`` is where damage is told of.
    """
    run, started, files = None, None, []
    for file in reversed(_files(folder, site)):
        opening = _opening(folder, file)
        if opening is None or opening.site != site:
            continue
        if run is not None and opening.run != run:
            break
        if _has_ended(folder, file):
            return None
        run, started = opening.run, opening.date
        files.append(file)
    if run is None or started is None:
        return None
    return CutRun(run, started, frozenset(files))


def _files(folder: ArchiveFolder, site: str) -> list[str]:
    """The files of ``site``, oldest first: their names go on with the date, as fourteen digits."""
    own = re.compile(re.escape(file_prefix(site)) + r"-\d{14}-")
    return [file for file in folder.files() if own.match(file)]


def _opening(folder: ArchiveFolder, file: str) -> _Opening | None:
    try:
        record = record_at(folder.path(file), Location(file, 0, ""))
        date = parse_warc_date(record.get("WARC-Date") or "")
    except (ArchiveError, ValueError) as error:
        logger.warning("%s", error)
        return None
    if record.type != "warcinfo":
        return None
    values = parse_warc_fields(record.block)
    if "isPartOf" not in values:
        return None
    return _Opening(values["isPartOf"], values.get("site", ""), date)


def _has_ended(folder: ArchiveFolder, file: str) -> bool:
    path = folder.path(file)
    size = path.stat().st_size
    with path.open("rb") as stream:
        stream.seek(max(0, size - _TAIL))
        tail = stream.read()
    at = tail.rfind(_MEMBER)
    while at >= 0:
        try:
            closing = parse_closing(record_at(path, Location(file, size - len(tail) + at, "")))
        except ArchiveError:
            closing = None
        if closing is not None:
            return "run-ended" in closing.fields
        at = tail.rfind(_MEMBER, 0, at)
    return False
