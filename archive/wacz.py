"""Packs the archive into one WACZ 1.1.1: the WARCs as they are, one index over all of them, a list of pages."""

import gzip
import hashlib
import heapq
import json
import os
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from archive import cdxj
from archive.delivery import mirror
from archive.folder import ArchiveFolder
from config import clock
from config.errors import ArchiveError, UsageError

VERSION = "1.1.1"
# As many lines of the index are packed together; a reader fetches that many to find one.
_BLOCK_LINES = 3000
_COPY = 1024 * 1024
_HTML = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class Page:
    """An entry of the list that a viewer opens with; ``captured`` in UTC."""

    url: str
    captured: datetime
    title: str | None = None


def export_wacz(
    folder: ArchiveFolder,
    target: Path,
    *,
    software: str,
    title: str = "nianbao",
    pages: Iterable[Page] | None = None,
) -> int:
    """Write all finished files of the archive to ``target``; how many they are.

    ``pages`` are the entry points (all HTML pages where they are not given). The file appears under its name once
    it is whole. Raises UsageError for an archive without a finished file, ArchiveError where it cannot be written.
    """
    mirror(folder)
    files = [file for file in folder.files() if folder.is_finished(file)]
    if not files:
        raise UsageError(f"{folder}: there is no finished WARC file to pack")
    part = target.with_name(target.name + ".part")
    try:
        with zipfile.ZipFile(part, "w") as archive:
            package = _Package(archive)
            _add_index(package, folder, files)
            package.add("pages/pages.jsonl", _page_lines(title, pages or _html_pages(folder, files)), packed=True)
            for file in files:
                package.add(f"archive/{file}", _pieces(folder, file))
            package.close(title, software)
        _sync(part)
        part.replace(target)
    except BaseException as error:
        part.unlink(missing_ok=True)
        if not isinstance(error, OSError):
            raise
        raise ArchiveError(f"{target}: the WACZ cannot be written: {error.strerror or error}") from error
    return len(files)


class _Package:
    """A data package (frictionlessdata.io) in a ZIP: every file that is added is hashed on the way."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._now = clock.now()
        self._resources: list[dict[str, object]] = []

    def add(self, path: str, pieces: Iterable[bytes], packed: bool = False) -> None:
        """``packed``: to be deflated by the ZIP. What is gzip itself must be stored, so that readers can seek in it."""
        digest, size = hashlib.sha256(), 0
        with self._archive.open(self._entry(path, packed), "w", force_zip64=True) as entry:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                entry.write(piece)
        name = path.rpartition("/")[2].lower()
        self._resources.append({"name": name, "path": path, "hash": f"sha256:{digest.hexdigest()}", "bytes": size})

    def close(self, title: str, software: str) -> None:
        """Add the description of the package and its hash."""
        package = {
            "profile": "data-package",
            "wacz_version": VERSION,
            "title": title,
            "software": software,
            "created": f"{self._now:%Y-%m-%dT%H:%M:%SZ}",
            "resources": self._resources,
        }
        text = json.dumps(package, ensure_ascii=False, indent=2).encode()
        digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(text).hexdigest()}"}
        self._archive.writestr(self._entry("datapackage.json", True), text)
        self._archive.writestr(self._entry("datapackage-digest.json", True), json.dumps(digest, indent=2))

    def _entry(self, path: str, packed: bool) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(path, self._now.timetuple()[:6])
        entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        entry.external_attr = 0o644 << 16
        return entry


def _add_index(package: _Package, folder: ArchiveFolder, files: list[str]) -> None:
    """All lines in order, in blocks of gzip, and a table of the blocks (the ZipNum scheme of pywb)."""
    meta = {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}
    table = [f"!meta 0 {json.dumps(meta)}\n"]

    def blocks() -> Iterator[bytes]:
        lines, offset = _merged_lines(folder, files), 0
        while block := list(islice(lines, _BLOCK_LINES)):
            data = gzip.compress(b"".join(block), mtime=0)
            place = {"offset": offset, "length": len(data), "digest": f"sha256:{hashlib.sha256(data).hexdigest()}"}
            key, timestamp, _ = block[0].decode().split(" ", 2)
            table.append(f"{key} {timestamp} {json.dumps(place)}\n")
            offset += len(data)
            yield data

    package.add("indexes/index.cdx.gz", blocks())
    package.add("indexes/index.idx", ["".join(table).encode()], packed=True)


def _merged_lines(folder: ArchiveFolder, files: list[str]) -> Iterator[bytes]:
    paths = [path for file in files if (path := folder.index_path(file)).is_file()]
    merged = heapq.merge(*(_lines(path) for path in paths))
    apart = (cdxj.NOT_MODIFIED_PREFIX.encode(), cdxj.CONVERSION_PREFIX.encode())
    return (line for line in merged if not line.startswith(apart))


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        yield from stream


def _html_pages(folder: ArchiveFolder, files: list[str]) -> Iterator[Page]:
    for raw in _merged_lines(folder, files):
        capture = cdxj.parse_line(raw)
        if capture and capture.status == 200 and capture.mime in _HTML and capture.method == "GET":
            yield Page(capture.url, capture.captured)


def _page_lines(title: str, pages: Iterable[Page]) -> Iterator[bytes]:
    yield json.dumps({"format": "json-pages-1.0", "id": "pages", "title": title}).encode() + b"\n"
    for number, page in enumerate(pages, 1):
        moment = page.captured.astimezone(UTC)
        line = {"id": str(number), "url": page.url, "ts": f"{moment:%Y-%m-%dT%H:%M:%SZ}"}
        yield json.dumps(line | ({"title": page.title} if page.title else {}), ensure_ascii=False).encode() + b"\n"


def _pieces(folder: ArchiveFolder, file: str) -> Iterator[bytes]:
    at = 0
    with folder.open(file) as source:
        while piece := source.pread(_COPY, at):
            yield piece
            at += len(piece)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
