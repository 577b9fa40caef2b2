"""`nianbao import`: put files that exist already into the archive and parse them."""

import os
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from archive.digest import sha1
from archive.folder import ArchiveFolder
from archive.importing import Imported, import_warc
from archive.index import Index
from archive.raw import Damage
from archive.record import Location
from archive.recover import recover
from archive.segments import Segments
from archive.writer import ArchiveWriter
from config import VERSION, clock
from config.errors import Incomplete, UsageError
from crawler.console import json_option, note, print_json, print_reports, say
from crawler.data import DataFolder
from crawler.intake import Intake
from crawler.lease import Lease
from crawler.takeover import TakenOver, read_on, take_over
from pipelines import forkserver
from pipelines.cluster import Cluster
from pipelines.parsed import Parsed
from pipelines.workers import ParsePool, available_cores

# ARC and Zstandard are refused, with a word on what to do.
WEB_ARCHIVES = (".warc", ".warc.gz", ".wacz", ".arc", ".arc.gz", ".warc.zst")
# What the Content-Type of a `resource` record says; the parser looks at the bytes first.
MEDIA_TYPES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".shtml": "text/html",
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".doc": "application/msword",
    ".wps": "application/vnd.ms-works",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xls": "application/vnd.ms-excel",
    ".et": "application/vnd.ms-excel",
    ".rtf": "application/rtf",
    ".mht": "multipart/related",
    ".mhtml": "multipart/related",
    ".txt": "text/plain",
    ".zip": "application/zip",
}


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--cluster", metavar="ADDRESS", help="Import on the workers of this Dask scheduler, a web archive a task."
)
@json_option
@click.pass_obj
def command(data: DataFolder, paths: tuple[Path, ...], cluster: str | None, as_json: bool) -> int:
    """Put files that exist already into the archive, and read them.

    PATHS are web archives (.warc, .warc.gz, .wacz), documents (.html, .pdf, .docx, .doc, .wps, .xlsx, .xls, .txt; .zip
    of these) or folders of them. A file that is in the archive already is not taken in again.

    \b
    Examples:
      nianbao import reports/ old-crawl.warc.gz
      nianbao --data corpus/ import report.docx --json
      nianbao --data /shared/data --corpus postgresql://me@db/nianbao import /shared/warcs --cluster tcp://head:8786
    """
    if cluster is not None:
        data.check_shared()
        data = replace(data, path=data.path.absolute())
    else:
        forkserver.begin()
    data.prepare()
    recover(data.archive)
    intake = Intake()
    files = list(_files(paths, intake))
    # Two imports of one file at once would each store what the other does not know yet.
    names = [f"file {path.resolve()}" for path in files if _suffix(path) in WEB_ARCHIVES]
    with Cluster(cluster) if cluster is not None else nullcontext() as workers:
        with Lease(data, names) as lease, ArchiveWriter(data.archive, info=_info(), prefix="import") as writer:
            _take_in(data, writer, files, intake, workers, lease)
        _parse(data, intake, workers)
    with data.corpus() as corpus:
        rows = [row for row in corpus.reports() if intake.reports & {version["url"] for version in row["versions"]}]
    if as_json:
        print_json(_json(data, intake, rows))
    else:
        print_reports(rows)
        say(f"{len(intake.taken)} records taken in, {intake.already} were in the archive already")
        say(f"archive: {data.archive}")
        say(f"corpus: {data.corpus_name}")
    return _tell(intake)


def _info() -> dict[str, str]:
    return {"software": f"nianbao/{VERSION}", "description": "files that existed before", "fidelity": "reconstructed"}


def _files(paths: Iterable[Path], intake: Intake) -> Iterator[Path]:
    """The files to take in: each path, folders from top to bottom in the order of names."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        found = sorted(Path(folder) / name for folder, _, names in os.walk(path) for name in names)
        wanted = [file for file in found if _suffix(file) is not None]
        intake.skipped += [(str(file), "not a kind of file that is read") for file in found if _suffix(file) is None]
        if not wanted:
            intake.skipped.append((str(path), "the folder holds no web archive and no document"))
        yield from wanted


def _suffix(path: Path) -> str | None:
    name = path.name.lower()
    return next((suffix for suffix in (*WEB_ARCHIVES, *MEDIA_TYPES) if name.endswith(suffix)), None)


def _take_in(
    data: DataFolder, writer: ArchiveWriter, files: list[Path], intake: Intake, workers: Cluster | None, lease: Lease
) -> None:
    index, segments = Index(data.archive), Segments()
    far = TakenOver({}, ())
    if workers is not None:
        archives = [(number, path.absolute()) for number, path in enumerate(files) if _suffix(path) in WEB_ARCHIVES]
        far = take_over(workers, data, archives, _info())
    for number, path in enumerate(files):
        suffix = _suffix(path)
        try:
            if suffix is None:
                intake.skipped.append((str(path), "not a kind of file that is read"))
            elif suffix in WEB_ARCHIVES:
                _note_archive(path, far.files.get(number) or _take_archive(path, data, segments, lease), intake)
            else:
                _take_document(path, MEDIA_TYPES[suffix], index, writer, intake)
        except OSError as error:
            intake.damaged.append((str(path), f"can't be read: {error.strerror}"))
    intake.damaged += [_named(damage, damage.file) for damage in (*far.left, *segments.left())]


def _take_document(path: Path, media_type: str, index: Index, writer: ArchiveWriter, intake: Intake) -> None:
    payload = path.read_bytes()
    url = path.resolve().as_uri()
    known = [capture.location for capture in index.captures(url) if capture.digest == sha1((payload,))]
    if known:
        intake.already += 1
        intake.places += known
        return
    intake.taken.append(writer.resource(url, clock.now(), payload, media_type))


def _take_archive(path: Path, data: DataFolder, segments: Segments, lease: Lease) -> Imported | str:
    try:
        return import_warc(path, data.archive, info=_info(), segments=segments, confirm=lease.confirm)
    except UsageError as error:
        return str(error)


def _note_archive(path: Path, imported: Imported | str, intake: Intake) -> None:
    if isinstance(imported, str):
        intake.damaged.append((str(path), imported.removeprefix(f"{path}: ")))
        return
    intake.taken += imported.locations
    intake.already += len(imported.places)
    intake.places += imported.places
    intake.damaged += [(str(path), _named(damage, path.name)[1]) for damage in imported.damages]


def _named(damage: Damage, file: str) -> tuple[str, str]:
    """The file and what is damaged in it; of a file in a package, its own name stands with the latter."""
    return file, str(damage).removeprefix(f"{file}, ")


def _parse(data: DataFolder, intake: Intake, workers: Cluster | None) -> None:
    with data.corpus() as corpus:
        read = corpus.ids_in({place.file for place in intake.places})
        unread = (place for place in intake.places if place.record_id not in read)
        places = list(dict.fromkeys((*unread, *intake.taken)))  # a copy of a file in the same import
        if workers is None:
            parsed = _read_here(data.archive, corpus.address, places)
        else:
            parsed = iter(read_on(workers, data.archive, corpus.address, places))
        for one in parsed:
            intake.note(one)
        corpus.assemble()


def _read_here(folder: ArchiveFolder, corpus: str, places: list[Location]) -> Iterator[Parsed]:
    pool = ParsePool(folder, workers=available_cores())
    try:
        yield from pool.take_all(corpus, places)
    finally:
        pool.stop()


def _json(data: DataFolder, intake: Intake, rows: list[dict[str, Any]]) -> dict[str, Any]:
    def told(pairs: list[tuple[str, str]]) -> list[dict[str, str]]:
        return [{"what": what, "reason": reason} for what, reason in pairs]

    return {
        "taken_in": len(intake.taken),
        "already": intake.already,
        "skipped": told(intake.skipped),
        "damaged": told(intake.damaged),
        "failed": told(intake.failed),
        "not_a_report": told(intake.others),
        "reports": rows,
        "archive": str(data.archive),
        "corpus": data.corpus_name,
    }


def _tell(intake: Intake) -> int:
    """Say what was not taken in or not read, a line each, and with which exit code that ends."""
    for label, pairs in (
        ("skipped", intake.skipped),
        ("damaged", intake.damaged),
        ("could not be read", intake.failed),
    ):
        for what, reason in pairs:
            note(f"{label}: {what}: {reason}")
    for what, reason in intake.others:
        note(f"not a report: {what}: {reason}")
    nothing = not intake.taken and not intake.already
    return Incomplete.exit_code if intake.damaged or intake.failed or nothing else 0
