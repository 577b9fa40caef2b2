"""Which records a web archive holds, known before it is imported: those of two files may be the same."""

import hashlib
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from archive.digest import sha1
from archive.folder import WARC_SUFFIXES
from archive.raw import RawRecord, scan
from archive.segments import origin_of
from config.errors import ArchiveError

_ZIP = b"PK\x03\x04"


def ids_of_records(path: Path) -> frozenset[int]:
    """A number for each record of the WARC or WACZ at ``path``; records that may be one, or parts of one, share it.

    What can't be read has none here; the import says why.
    """
    try:
        with path.open("rb") as stream:
            is_zip = stream.read(len(_ZIP)) == _ZIP
        if not is_zip:
            records = (found for found in scan(path, path.name) if isinstance(found, RawRecord))
            return frozenset(_number(one) for record in records for one in _names(record))
        with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as scratch:
            found: set[int] = set()
            for entry in archive.infolist():
                if entry.filename.endswith((*WARC_SUFFIXES, ".wacz")):
                    inner = Path(archive.extract(entry, scratch))
                    found |= ids_of_records(inner)
                    inner.unlink()
            return frozenset(found)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError, ArchiveError):
        return frozenset()


def _names(record: RawRecord) -> Iterator[str]:
    yield record.record_id or sha1((record.block,))
    if origin := origin_of(record):
        yield origin


def _number(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big")
