"""Mends a damaged archive: every whole record is kept, everything else moved aside, every index made anew."""

import logging
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from archive import cdxj
from archive.bucket import Bucket
from archive.build import new_id
from archive.cdxj import Capture
from archive.delivery import mirror
from archive.folder import ArchiveFolder, stem, sync_folder
from archive.indexer import write_index
from archive.inspection import Inspection, append_closing, inspect
from archive.raw import Damage
from archive.recover import Recovered, move_aside, recover
from archive.source import OPEN
from archive.verify import closing_is_right
from archive.warcinfo import warcinfo_member
from config import clock
from config.errors import ArchiveError

_log = logging.getLogger(__name__)
_NEW = ".new"
_COPY = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Loss:
    """A record that is gone. ``url`` is None where neither its own bytes nor the index tell it (a request, say)."""

    file: str
    offset: int | None
    url: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Repair:
    """``rewritten`` are files that had damage cut out of them, ``reindexed`` those that had only a wrong index,
    ``recovered`` those that a dead writer had left open. ``lost`` says what could not be kept, ``torn`` where its
    bytes are: a path, or a URL in the bucket."""

    rewritten: tuple[str, ...]
    reindexed: tuple[str, ...]
    recovered: tuple[Recovered, ...]
    lost: tuple[Loss, ...]
    torn: tuple[Path | str, ...]


@dataclass(slots=True)
class _Work:
    rewritten: list[str] = field(default_factory=list)
    reindexed: list[str] = field(default_factory=list)
    lost: list[Loss] = field(default_factory=list)
    torn: list[Path | str] = field(default_factory=list)

    def done(self, recovered: Iterable[Recovered]) -> Repair:
        return Repair(
            tuple(self.rewritten), tuple(self.reindexed), tuple(recovered), tuple(self.lost), tuple(self.torn)
        )


def repair(folder: ArchiveFolder) -> Repair:
    """Mend the whole archive. It may be stopped at any moment and run again; a sound archive is not touched.

    A file that loses records keeps its name; those behind the damage move forward in it, and are still found by
    their record id. Raises ArchiveError where the disk does not let it.
    """
    recovered = recover(folder)
    work = _Work()
    if folder.bucket is not None:
        mirror(folder, anew=True)
        for file in folder.files_there():
            _mend_there(folder, folder.bucket, file, work)
        _retire_orphans(folder, work)
        return work.done(recovered)
    for file in folder.files():
        path = folder.path(file)
        if path.name.endswith(OPEN):
            continue  # its writer lives
        try:
            _mend(folder, path, file, work)
        except OSError as error:
            raise ArchiveError(f"{path}: the file cannot be repaired: {error.strerror}") from error
    _retire_orphans(folder, work)
    return work.done(recovered)


def _mend_there(folder: ArchiveFolder, bucket: Bucket, file: str, work: _Work) -> None:
    """Mend a file of the bucket here, and put what comes of it in its place; what was there is set aside there."""
    mended = _Work()
    with folder.borrowed(file) as copy:
        here = ArchiveFolder(copy.parent / "data")
        here.create()
        path = copy.rename(here.final(file))
        index = folder.index_path(file)
        if index.is_file():
            shutil.copy2(index, here.index_path(file))
        _mend(here, path, file, mended)
        for torn in sorted(here.torn.glob("*")):
            bucket.put(torn, f"torn/{torn.name}")
            work.torn.append(bucket.place(f"torn/{torn.name}"))
        if mended.rewritten:
            _replace(bucket, f"archive/{file}", path)
        if mended.rewritten or mended.reindexed:
            _replace(bucket, f"indexes/{index.name}", here.index_path(file))
            index.unlink(missing_ok=True)
            mirror(folder)
    work.rewritten += mended.rewritten
    work.reindexed += mended.reindexed
    work.lost += mended.lost


def _replace(bucket: Bucket, key: str, path: Path) -> None:
    """Have the file at ``path`` in the place of the one in the bucket, or none where nothing is left of it."""
    if path.exists():
        bucket.put(path, key)
    elif there := bucket.look(key):
        bucket.set_aside(key, there)
        bucket.remove(key)


def _mend(folder: ArchiveFolder, path: Path, file: str, work: _Work) -> None:
    found = inspect(path, file)
    index = folder.index_path(file)
    indexed = _index_captures(index)
    if not found.damages and found.records > 0 and (not found.is_ours or closing_is_right(found, path)):
        lines = found.indexer.lines()
        if (index.read_bytes() if index.is_file() else b"") != b"".join(lines):
            write_index(folder, file, lines)
            work.reindexed.append(file)
    elif found.shared_member:
        reason = "several records share a damaged gzip member: take the file out of the folder and import it"
        work.lost.append(Loss(file, None, None, reason))
        return
    else:
        lines = _rewrite(folder, path, found, indexed, work)
    _note_lost(file, indexed, lines, work)


def _rewrite(folder: ArchiveFolder, path: Path, found: Inspection, indexed: list[Capture], work: _Work) -> list[bytes]:
    """Put the whole records into a file that takes the place of the damaged one, the rest into ``torn``; the new
    index lines."""
    urls = {capture.location.offset: capture.url for capture in indexed}
    orphans = _without_request(found, indexed)
    for damage in (*found.damages, *orphans):
        work.torn.append(move_aside(folder, path, damage.offset, damage.length))
        work.lost.append(Loss(found.file, damage.offset, damage.url or urls.get(damage.offset), damage.reason))
    work.rewritten.append(found.file)
    dropped = {orphan.offset for orphan in orphans} | ({found.spans[-1][0]} if found.closing else set())
    spans = [span for span in found.spans if span[0] not in dropped]
    if not spans:  # nothing is left of it
        path.unlink()
        folder.index_path(found.file).unlink(missing_ok=True)
        return []
    new = path.with_name(path.name + _NEW)
    told = found.closing.fields if found.closing else {}
    _copy_spans(path, new, spans, b"" if found.opened or not found.is_ours else _warcinfo_again(found, told))
    if found.is_ours:
        append_closing(new, inspect(new, found.file), {**told, "closed-by": "repair"})
    new.replace(path)
    sync_folder(folder.archive)
    whole = inspect(path, found.file)
    lines = whole.indexer.lines()
    write_index(folder, found.file, lines)
    _log.info("%s: rewritten with %d whole records", found.file, whole.records, extra={"file": found.file})
    return lines


def _without_request(found: Inspection, indexed: list[Capture]) -> list[Damage]:
    """Answers to a POST (or the like) whose request is lost: they would stand in the index as what a GET gave."""
    asked = {capture.location.record_id: capture.method for capture in indexed}
    captures = (capture for raw in found.indexer.lines() if (capture := cdxj.parse_line(raw)))
    return [
        Damage(found.file, capture.location.offset, capture.length, "the request that it answers is lost", capture.url)
        for capture in captures
        if capture.method == "GET" and asked.get(capture.location.record_id, "GET") != "GET"
    ]


def _warcinfo_again(found: Inspection, told: Mapping[str, str]) -> bytes:
    """A record under the id of the lost one, which all others name; the closing record tells what run it was."""
    info = {"restored-by": "repair"} | {name: told[name] for name in ("isPartOf",) if name in told}
    return warcinfo_member(found.file, found.warcinfo_id or new_id(), clock.now(), info)


def _copy_spans(source: Path, target: Path, spans: Iterable[tuple[int, int]], opening: bytes) -> None:
    with source.open("rb") as old, target.open("wb") as new:
        new.write(opening)
        for offset, length in spans:
            old.seek(offset)
            left = length
            while left > 0 and (data := old.read(min(left, _COPY))):
                new.write(data)
                left -= len(data)
        new.flush()
        os.fsync(new.fileno())


def _note_lost(file: str, indexed: list[Capture], lines: list[bytes], work: _Work) -> None:
    """What the old index named and the new one does not, where the damage did not tell it already."""
    here = {capture.location.record_id for raw in lines if (capture := cdxj.parse_line(raw))}
    told = {(loss.file, loss.offset) for loss in work.lost}
    for capture in indexed:
        place = capture.location
        if place.record_id not in here and (file, place.offset) not in told:
            work.lost.append(Loss(file, place.offset, capture.url, "the index names it, the file does not have it"))


def _retire_orphans(folder: ArchiveFolder, work: _Work) -> None:
    """Indexes whose WARC is gone: moved aside, so that their pages count as not fetched."""
    if not folder.indexes.is_dir():
        return
    stems = {stem(file) for file in folder.files()}
    for path in sorted(folder.indexes.glob("*.cdxj")):
        captures = _index_captures(path)
        if path.stem in stems or any(stem(capture.location.file) in stems for capture in captures):
            continue
        work.lost += [Loss(c.location.file, c.location.offset, c.url, "the file is missing") for c in captures]
        if folder.bucket is None:
            work.torn.append(move_aside(folder, path, 0, path.stat().st_size))
        elif there := folder.bucket.look(f"indexes/{path.name}"):
            work.torn.append(folder.bucket.set_aside(f"indexes/{path.name}", there))
            folder.bucket.remove(f"indexes/{path.name}")
        path.unlink()


def _index_captures(path: Path) -> list[Capture]:
    lines = path.read_bytes().splitlines() if path.is_file() else []
    return [capture for raw in lines if (capture := cdxj.parse_line(raw))]
