"""Imports on the workers of a cluster: the web archives that have records in common a task, then their records."""

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.folder import ArchiveFolder
from archive.importids import ids_of_records
from archive.importing import Imported, import_warc
from archive.raw import Damage
from archive.record import Location
from archive.recover import recover
from archive.segments import Segments
from config.errors import UsageError
from crawler.data import DataFolder
from crawler.lease import Held, Lease
from pipelines.cluster import AHEAD, Cluster, GivenUp, own_pool
from pipelines.parsed import Parsed

_LOOK_SECONDS = 1.0
# What a task reads and stores.
_RECORDS = 50
# A file, by its place among the arguments of the command.
_File = tuple[int, Path]


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What became of each file, or why nothing did; ``left`` are parts of records whose other parts were in no file."""

    files: Mapping[int, Imported | str]
    left: Sequence[Damage]


def take_over(cluster: Cluster, data: DataFolder, files: Sequence[_File], info: Mapping[str, str]) -> TakenOver:
    """Take over web archives, which all workers see under these paths. Raises as `Cluster.run`."""
    call = f"{secrets.token_hex(8)}-"
    ids = dict(cluster.run(_ids, iter(files), given_up=lambda file, error: frozenset()))
    groups = iter(_together({file: ids[file] for file in files}))
    taken: dict[int, Imported | str] = {}
    left: list[Damage] = []
    for _, part in cluster.run(_take_group, groups, data, dict(info), call, given_up=_given_up):
        taken |= part.files
        left += part.left
    return TakenOver(taken, left)


def read_on(cluster: Cluster, folder: ArchiveFolder, corpus: str, places: Sequence[Location]) -> list[Parsed]:
    """Parse the records at ``places`` and store them; those that have a place in the corpus, in this order."""
    done: dict[int, list[Parsed]] = {}
    parts = ((start, tuple(places[start : start + _RECORDS])) for start in range(0, len(places), _RECORDS))
    for (start, _), taken in cluster.run(_read, iter(parts), folder, corpus, ahead=AHEAD):
        done[start] = taken
    return [parsed for start in sorted(done) for parsed in done[start]]


def _read(part: tuple[int, tuple[Location, ...]], folder: ArchiveFolder, corpus: str) -> list[Parsed]:
    return list(own_pool(folder.on_worker()).take_all(corpus, part[1]))


def _together(ids: Mapping[_File, frozenset[int]]) -> list[list[_File]]:
    """The files in groups, so that no record is in two: at once, neither would know that the other stores it."""
    groups: list[tuple[list[_File], set[int]]] = []
    for file, own in ids.items():
        joined = [group for group in groups if not group[1].isdisjoint(own)]
        groups = [group for group in groups if group[1].isdisjoint(own)]
        files = sorted([file, *(one for group in joined for one in group[0])])
        groups.append((files, set(own).union(*(group[1] for group in joined))))
    return [files for files, _ in groups]


def _ids(file: _File) -> frozenset[int]:
    if not file[1].exists():
        raise UsageError(f"a worker does not see {file[1]}: put it where all machines have it under this path")
    return ids_of_records(file[1])


def _take_group(files: Sequence[_File], data: DataFolder, info: Mapping[str, str], call: str) -> TakenOver:
    """The task of a worker."""
    data = data.on_worker()
    recover(data.archive)
    segments = Segments()
    taken = {number: _take(path, data, info, call, segments) for number, path in files}
    return TakenOver(taken, segments.left())


def _take(path: Path, data: DataFolder, info: Mapping[str, str], call: str, segments: Segments) -> Imported | str:
    """Take over one file, alone: where the same task was begun on another machine, once that has ended."""
    while True:
        try:
            with Lease(data, [f"task {path}"], call=call) as lease:
                return import_warc(path, data.archive, info=info, segments=segments, confirm=lease.confirm)
        except Held as held:
            if not held.holder.owner.startswith(call):
                return str(held)
            time.sleep(_LOOK_SECONDS)
        except UsageError as error:
            return str(error)


def _given_up(files: Sequence[_File], error: GivenUp) -> TakenOver:
    return TakenOver({number: str(error) for number, _ in files}, ())
