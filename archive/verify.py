"""Checks every byte of an archive: checksums, lengths, digests, indexes, and that nothing is missing."""

import multiprocessing
import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from archive import cdxj, digest
from archive.cdxj import Capture
from archive.closing import Closing
from archive.decode import entity
from archive.delivery import mirror
from archive.folder import ArchiveFolder, stem
from archive.index import Index, ids_of
from archive.inspection import Inspection, sha256_of
from archive.late import is_fetched_again
from archive.member import framing_is_ours
from archive.message import parse_message
from archive.raw import Damage, RawRecord, scan
from archive.reader import Reader
from archive.record import Location
from archive.source import OPEN, is_held
from config.errors import ArchiveError

# Below this size starting a second process takes longer than the check itself.
_WORTH_A_PROCESS = 16 * 1024 * 1024

# What `recover` waits for, see `archive.late`.
_ONCE = ", once another machine has put into the bucket what it fetches of the same site"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it was written. ``offset`` is None where it is the whole file,
    ``url`` where it cannot be told."""

    file: str
    offset: int | None
    url: str | None
    what: str

    def __str__(self) -> str:
        place = self.file if self.offset is None else f"{self.file}, offset {self.offset}"
        return f"{place}: {self.what}" + (f" ({self.url})" if self.url else "")


@dataclass(frozen=True, slots=True)
class Verification:
    """``files`` and ``records`` count what was checked; the archive is sound where there are no ``problems``.
    ``elsewhere`` are files that other machines have not put into the bucket yet, and where they are."""

    files: int
    records: int
    problems: tuple[Problem, ...]
    elsewhere: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Check:
    """What one file gave; of its revisit records the place, the URL and the id of the response referred to."""

    records: int = 0
    problems: list[Problem] = field(default_factory=list)
    revisits: list[tuple[Location, str | None, str | None]] = field(default_factory=list)


def verify(folder: ArchiveFolder, processes: int | None = None) -> Verification:
    """Check the whole archive, several files at a time (``processes``; as many as there are processors by default).

    Damage is never an exception: it is in the answer, with file, offset and URL. A file that a living writer is
    still adding to is checked as far as it has got.
    """
    mirror(folder, anew=True)
    files = folder.files()
    checks = list(_check_all(folder, files, processes or os.cpu_count() or 1))
    problems = [problem for check in checks for problem in check.problems]
    problems += _missing_files(folder, set(files))
    problems += _lost_originals(folder, [revisit for check in checks for revisit in check.revisits])
    records = sum(check.records for check in checks)
    return Verification(len(files), records, tuple(problems), folder.files_elsewhere())


def absent(folder: ArchiveFolder, named: Iterable[tuple[Location, str]]) -> list[tuple[Location, str]]:
    """Those of ``named`` (location, URL; the ones of a file together) whose record the archive has no more.

    A record that a repair or an import has moved is not absent. The indexes are asked first, and the files
    themselves before a record counts as gone: a damaged index is a problem of its own, which `verify` tells.
    """
    files = set(folder.files())
    gone: list[tuple[Location, str]] = []
    for file, group in groupby(named, key=lambda pair: pair[0].file):
        known = _indexed_ids(folder, file) if file in files else frozenset()
        missing = [pair for pair in group if pair[0].record_id not in known]
        if missing and file in files:
            here = _ids_within(folder, file)
            missing = [pair for pair in missing if pair[0].record_id not in here]
        gone += missing
    elsewhere = Index(folder).known_ids({location.record_id for location, _ in gone}) if gone else frozenset()
    return [pair for pair in gone if pair[0].record_id not in elsewhere or not _is_readable(folder, pair[0])]


def _indexed_ids(folder: ArchiveFolder, file: str) -> frozenset[str]:
    path = folder.index_path(file)
    if not path.is_file():
        path = path.with_name(path.name + OPEN)
    return frozenset(ids_of(path.read_bytes())) if path.is_file() else frozenset()


def _ids_within(folder: ArchiveFolder, file: str) -> frozenset[str]:
    try:
        return frozenset(found.record_id for found in scan(folder.open(file), file) if isinstance(found, RawRecord))
    except ArchiveError:
        return frozenset()


def _is_readable(folder: ArchiveFolder, location: Location) -> bool:
    try:
        Reader(folder).read(location)
    except ArchiveError:
        return False
    return True


def _check_all(folder: ArchiveFolder, files: list[str], processes: int) -> Iterator[_Check]:
    size = sum(path.stat().st_size for file in files if (path := folder.final(file)).is_file())
    size += sum(stored.size for stored in folder.files_there().values())
    if processes == 1 or len(files) < 2 or size < _WORTH_A_PROCESS:
        yield from (_check_file(folder, file) for file in files)
        return
    # forkserver: the caller may have threads, and a forked copy of them must not run here.
    context = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(min(processes, len(files)), mp_context=context) as pool:
        yield from pool.map(_check_file, [folder] * len(files), files)


def _check_file(folder: ArchiveFolder, file: str) -> _Check:
    check, found = _Check(), Inspection(file)
    try:
        with folder.borrowed(file) as path:
            _check_path(folder, path, found, check)
    except (ArchiveError, OSError) as error:
        check.problems.append(Problem(file, None, None, str(error)))
    check.records = found.records
    check.problems.sort(key=lambda problem: -1 if problem.offset is None else problem.offset)
    return check


def _check_path(folder: ArchiveFolder, path: Path, found: Inspection, check: _Check) -> None:
    file = found.file
    in_writing = path.name.endswith(OPEN)
    held = in_writing and is_held(path)
    for record in found.walk(path):
        if isinstance(record, Damage):
            continue
        check.problems += _record_problems(record)
        if record.type == "revisit":
            place = Location(file, record.offset, record.record_id)
            check.revisits.append((place, record.url, record.id_in("WARC-Refers-To")))
    check.problems += _damage_problems(found, folder, held)
    if not in_writing and folder.in_writing(file).exists():
        what = "it lies there twice, closed and still open (from a backup?); repair moves the open one aside"
        check.problems.append(Problem(file, None, None, what))
    if in_writing and not held:
        closes = "repair closes it" + (_ONCE if is_fetched_again(folder, file, folder.announced()) else "")
        check.problems.append(Problem(file, None, None, f"left open by a writer that is gone; {closes}"))
    if not in_writing:
        check.problems += _closing_problems(found, path)
        check.problems += _index_problems(found, folder)
    if folder.bucket is not None and folder.final(file).exists() and not is_held(folder.final(file)):
        what = f"not in {folder.bucket.url} yet; the next crawl, import, reparse or repair puts it there"
        what += _ONCE if is_fetched_again(folder, file, folder.announced()) else ""
        check.problems.append(Problem(file, None, None, what))


def _record_problems(record: RawRecord) -> list[Problem]:
    flaws = []
    if not record.whole_end:
        flaws.append("the record does not end with two line ends")
    if not record.record_id:
        flaws.append("the record has no WARC-Record-ID")
    block_digest = record.get("WARC-Block-Digest")
    if block_digest and digest.matches(block_digest, (record.block,)) is False:
        flaws.append("the block differs from its digest")
    elif not _payload_fits(record):
        flaws.append("the payload differs from its digest")
    return [Problem(record.file, record.offset, record.url, flaw) for flaw in flaws]


def _payload_fits(record: RawRecord) -> bool:
    """Whether the payload digest is right, where it is that of a payload which is here (a revisit's is elsewhere)."""
    declared = record.get("WARC-Payload-Digest")
    if not declared or record.type not in ("response", "resource", "conversion"):
        return True
    if not record.is_http:
        return declared == record.get("WARC-Block-Digest") or digest.matches(declared, (record.block,)) is not False
    message = parse_message(record.block)
    if digest.matches(declared, entity(message, record.block).pieces) is not False:
        return True
    # Other tools take it over the body with its chunk framing (warcio#74).
    return digest.matches(declared, (memoryview(record.block)[message.body_at :],)) is True


def _damage_problems(found: Inspection, folder: ArchiveFolder, held: bool) -> list[Problem]:
    damages = found.damages
    if held and damages and damages[-1].offset >= found.end:
        damages = damages[:-1]  # the record that is being written at this moment
    known = {capture.location.offset: capture.url for capture in _indexed(folder, found.file)} if damages else {}
    return [
        Problem(found.file, damage.offset, damage.url or known.get(damage.offset), damage.reason) for damage in damages
    ]


def _closing_problems(found: Inspection, path: Path) -> list[Problem]:
    """What only the closing record tells: whole records that are missing, and flipped bits that no checksum covers."""
    file, closing = found.file, found.closing
    if found.records == 0 and not found.damages:
        return [Problem(file, 0, None, "the file is empty")]
    if closing is None:
        if not found.is_ours:
            return []
        return [Problem(file, found.end, None, "the closing record is missing: the file was cut here")]
    if found.damages:
        return []  # which say it better
    same = _prefix_is_right(closing, path)
    changed = _uncovered_bits(found, path, found.spans[-1:] if same else found.spans)
    return changed if same or changed else [Problem(file, 0, None, "the file differs from its closing record")]


def closing_is_right(found: Inspection, path: Path) -> bool:
    """Whether the file ends with a closing record that fits everything before it, and is itself unchanged."""
    closing = found.closing
    return (
        closing is not None and _prefix_is_right(closing, path) and not _uncovered_bits(found, path, found.spans[-1:])
    )


def _prefix_is_right(closing: Closing, path: Path) -> bool:
    return sha256_of(path, closing.size) == closing.sha256


def _uncovered_bits(found: Inspection, path: Path, spans: list[tuple[int, int]]) -> list[Problem]:
    urls = {capture.location.offset: capture.url for raw in found.indexer.lines() if (capture := cdxj.parse_line(raw))}
    with path.open("rb") as stream:
        return [
            Problem(found.file, offset, urls.get(offset), "bits in the gzip framing have changed; the record is whole")
            for offset, length in spans
            if not framing_is_ours(os.pread(stream.fileno(), length, offset))
        ]


def _index_problems(found: Inspection, folder: ArchiveFolder) -> list[Problem]:
    """The index that lies there against the one that the records give."""
    path = folder.index_path(found.file)
    expected = found.indexer.lines()
    if not path.is_file():
        return [Problem(found.file, None, None, f"its index {path.name} is missing")] if expected else []
    lines = path.read_bytes().splitlines(keepends=True)
    if lines == expected:
        return []
    here, there = set(expected), set(lines)
    problems = [
        *(_line_problem(found.file, raw, f"{path.name} names a record that is not there") for raw in there - here),
        *(_line_problem(found.file, raw, f"{path.name} does not name this record") for raw in here - there),
    ]
    return problems or [Problem(found.file, None, None, f"{path.name} is not sorted, or has lines twice")]


def _line_problem(file: str, raw: bytes, what: str) -> Problem:
    capture = cdxj.parse_line(raw)
    return Problem(file, capture.location.offset, capture.url, what) if capture else Problem(file, None, None, what)


def _indexed(folder: ArchiveFolder, file: str) -> Iterator[Capture]:
    path = folder.index_path(file)
    if not path.is_file():
        path = path.with_name(path.name + OPEN)
    lines = path.read_bytes().splitlines() if path.is_file() else []
    return (capture for raw in lines if (capture := cdxj.parse_line(raw)))


def _lost_originals(
    folder: ArchiveFolder, revisits: list[tuple[Location, str | None, str | None]]
) -> Iterator[Problem]:
    """Revisit records whose page is gone: it was deleted, or a repair could not keep it."""
    referred = {original for _, _, original in revisits if original}
    here = Index(folder).known_ids(referred) if referred else frozenset()
    reader = Reader(folder)
    lost = [revisit for revisit in revisits if revisit[2] not in here and not reader.finds_original(revisit[0])]
    # The index may be what is missing, and not the page.
    unindexed = frozenset[str]().union(*(_ids_within(folder, file) for file in folder.files())) if lost else frozenset()
    for place, url, original in lost:
        if original not in unindexed:
            what = "the response that this revisit record refers to is not in the archive"
            yield Problem(place.file, place.offset, url, what)


def _missing_files(folder: ArchiveFolder, files: set[str]) -> list[Problem]:
    """Files that an index names and that are not there, with the pages that went with them."""
    if not folder.indexes.is_dir():
        return []
    stems = {stem(file) for file in files}
    problems = []
    for path in sorted(folder.indexes.glob("*.cdxj")):
        if path.stem in stems:
            continue
        captures = [capture for raw in path.read_bytes().splitlines() if (capture := cdxj.parse_line(raw))]
        lost = [capture for capture in captures if capture.location.file not in files]
        problems += [
            Problem(capture.location.file, capture.location.offset, capture.url, "the file is missing")
            for capture in lost
        ]
        if not captures:
            problems.append(Problem(path.name, None, None, "the index has no WARC file"))
    return problems
