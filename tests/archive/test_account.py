"""What the files of the archive tell of their run: at the end of a crawl, after a kill, after a repair."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.account import accounts, run_file
from archive.folder import ArchiveFolder
from archive.recover import recover
from archive.repair import repair
from archive.verify import verify
from archive.writer import ArchiveWriter

VALUE = {"event": "crawl", "site": "青石", "lists": [{"name": "年\u2028报\n"}], "requests": 7}


def written(folder: ArchiveFolder, *values: dict[str, object], pages: int = 3) -> ArchiveWriter:
    writer = ArchiveWriter(folder, info={"isPartOf": "run-1", "site": "one"}, prefix="nianbao-one")
    for number in range(pages):
        writer.resource(f"http://one.example/{number}", datetime(2027, 1, 1, tzinfo=UTC), b"page", "text/html")
    for value in values:
        writer.account(value)
    return writer


def told(folder: ArchiveFolder) -> list[dict[str, object]]:
    (file,) = folder.files()
    found = run_file(folder, file)
    assert found is not None
    assert found.info["isPartOf"] == "run-1"
    return accounts(folder, found)


def test_an_account_comes_back_as_it_was(tmp_path: Path) -> None:
    folder = ArchiveFolder(tmp_path)
    written(folder, VALUE, {"event": "other"}).close()
    assert told(folder) == [VALUE, {"event": "other"}]
    assert verify(folder).problems == ()


def test_a_file_without_one_has_none(tmp_path: Path) -> None:
    folder = ArchiveFolder(tmp_path)
    written(folder).close()
    assert told(folder) == []


def test_a_file_in_writing_and_one_that_was_cut_tell_what_is_whole(tmp_path: Path) -> None:
    folder = ArchiveFolder(tmp_path)
    writer = written(folder, VALUE)
    assert told(folder) == [VALUE]
    writer.record  # noqa: B018 - it lives to here: a writer that is collected closes nothing
    (file,) = folder.files()
    path = folder.in_writing(file)
    data = path.read_bytes()
    del writer
    other = ArchiveFolder(tmp_path / "other")
    other.create()
    (other.in_writing(file)).write_bytes(data + b"\x1f\x8b\x08torn")
    recover(other)
    assert told(other) == [VALUE]


@pytest.mark.parametrize("flipped", [400, 900])
def test_a_mended_file_tells_what_is_left(flipped: int, tmp_path: Path) -> None:
    folder = ArchiveFolder(tmp_path)
    written(folder, VALUE).close()
    (file,) = folder.files()
    data = bytearray(folder.final(file).read_bytes())
    data[flipped] ^= 255
    folder.final(file).write_bytes(data)
    repair(folder)
    assert told(folder) == [VALUE]
