"""Writers are killed for real here; what they had on the disk must be there afterwards, whole."""

import os
import random
import subprocess
import time
from pathlib import Path

import pytest

from archive.folder import ArchiveFolder
from archive.index import Index
from archive.reader import read, records
from archive.recover import recover
from archive.verify import verify
from archive.writer import ArchiveWriter
from tests.archive.exchanges import INFO, die, page
from tests.kit.forked import Told

# The nightly run asks for 50.
KILLS = int(os.environ.get("NIANBAO_KILLS", "5"))
# Writes pages for ever and tells, after each sync, how many are safe.
CHILD = """
import sys
from pathlib import Path
from archive.folder import ArchiveFolder
from archive.writer import ArchiveWriter
from tests.archive.exchanges import page
import os
writer = ArchiveWriter(ArchiveFolder(Path(sys.argv[1])), info={"isPartOf": "killed"}, file_size=300_000)
number = 0
while True:
    location = writer.exchange(page(number, os.urandom(2000) + b"%d" % number))
    number += 1
    print(number, location.file, location.offset, flush=True)
"""


def killed_writer(data: Path, after: float) -> list[list[str]]:
    """Run the child, kill it ``after`` seconds from its first record, and give what it had reported as stored."""
    child = Told(CHILD, data)
    first = child.stdout.readline()
    time.sleep(after)
    child.kill()
    rest = child.communicate()
    # The last line may be torn by the kill, in the middle of an offset even: only a whole line reports anything.
    return [line.split() for line in (first + rest).splitlines(keepends=True) if line.endswith("\n")]


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_killed_writer_loses_nothing_that_it_reported(folder, seed):
    reported = killed_writer(folder.data, random.Random(seed).uniform(0, 0.25))
    recovered = recover(folder)
    assert len(recovered) <= 1
    assert verify(folder).problems == ()
    stored = [(record.location.file, str(record.location.offset)) for record in records(folder)]
    assert set(stored) >= {(file, offset) for _, file, offset in reported}
    index = Index(folder)
    for number, file, _ in reported[:: max(1, len(reported) // 20)]:
        (capture,) = index.captures(page(int(number) - 1).url)
        assert capture.location.file == file
        assert read(folder, capture.location).payload.endswith(number_of(number))
    assert recover(folder) == []


# Imports the WARC, or repairs the archive, whatever is left to be done.
IMPORT = """
import sys
from pathlib import Path
from archive.folder import ArchiveFolder
from archive.importing import import_warc
from archive.recover import recover
folder = ArchiveFolder(Path(sys.argv[1]))
recover(folder)
print("ready", flush=True)
import_warc(Path(sys.argv[2]), folder, info={})
"""
REPAIR = """
import sys
from pathlib import Path
from archive.folder import ArchiveFolder
from archive.repair import repair
print("ready", flush=True)
repair(ArchiveFolder(Path(sys.argv[1])))
"""


def run_to_the_end_through_kills(script: str, arguments: list[Path], seed: int) -> int:
    """Run ``script`` again and again, killed after longer and longer times, until it ends by itself; the kills."""
    pause = random.Random(seed)
    for kills in range(100):
        child = Told(script, *arguments)
        child.stdout.readline()
        try:
            # Ever longer by a quarter: on a machine that is busy otherwise, too, it comes to its end at last.
            child.wait(timeout=pause.uniform(0, 0.01 * 1.25**kills))
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            continue
        assert child.returncode == 0
        return kills
    raise AssertionError("it never came to its end")


def foreign_archive(folder: Path, pages: int) -> tuple[Path, ArchiveFolder]:
    """A WARC of many pages, made in another data folder."""
    other = ArchiveFolder(folder / "other")
    with ArchiveWriter(other, info={}) as writer:
        for number in range(pages):
            writer.exchange(page(number, os.urandom(3000)))
    return other.path(other.files()[0]), other


@pytest.mark.parametrize("seed", range(KILLS // 2 + 1))
def test_a_killed_import_stores_every_record_once(folder, tmp_path, seed):
    source, other = foreign_archive(tmp_path, 300)
    kills = run_to_the_end_through_kills(IMPORT, [folder.data, source], seed)
    assert verify(folder).problems == ()
    stored = [record.location.record_id for record in records(folder)]
    assert sorted(stored) == sorted(record.location.record_id for record in records(other)), f"after {kills} kills"


@pytest.mark.parametrize("seed", range(KILLS // 2 + 1))
def test_a_killed_repair_loses_nothing_that_was_whole(tmp_path, seed):
    source, other = foreign_archive(tmp_path, 300)
    captures = sorted(Index(other).all(), key=lambda capture: capture.location.offset)
    damaged = bytearray(source.read_bytes())
    for capture in captures[::50]:
        damaged[capture.location.offset + 100] ^= 1
    source.write_bytes(damaged)
    kept = [capture.location.record_id for number, capture in enumerate(captures) if number % 50]
    run_to_the_end_through_kills(REPAIR, [other.data], seed)
    assert verify(other).problems == ()
    assert [record.location.record_id for record in records(other)] == kept


def number_of(reported: str) -> bytes:
    return str(int(reported) - 1).encode()


@pytest.mark.parametrize("cut", [1, 5, 200, 1500])
def test_a_torn_tail_is_moved_aside_with_the_exchange_that_it_belongs_to(folder, writer, cut):
    places = [writer.exchange(page(number, os.urandom(1000))) for number in range(3)]
    die(writer)
    path = folder.in_writing(places[0].file)
    before = path.read_bytes()
    path.write_bytes(before[:-cut])
    (recovered,) = recover(folder)
    # The response of the last exchange may be whole: without its request it is fetched again all the same.
    kept = before[: places[2].offset]
    assert folder.path(places[0].file).read_bytes().startswith(kept)
    assert recovered.torn.read_bytes() == before[len(kept) : len(before) - cut]
    assert recovered.torn.name == f"{places[0].file}.{places[2].offset}"
    assert [record.location for record in records(folder)] == places[:2]
    assert verify(folder).problems == ()


def test_a_living_writer_is_left_alone(folder, writer):
    location = writer.exchange(page(1))
    assert recover(folder) == []
    writer.exchange(page(2))
    assert folder.path(location.file) == folder.in_writing(location.file)
    writer.close()
    assert verify(folder).records == 6


def test_a_forked_worker_does_not_keep_its_dead_writer_alive(folder, writer):
    writer.exchange(page(1))
    ready, gate = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        os.write(ready[1], b".")
        os.read(gate[0], 1)
        os._exit(0)
    try:
        os.read(ready[0], 1)
        die(writer)
        assert len(recover(folder)) == 1
    finally:
        os.write(gate[1], b".")
        os.waitpid(child, 0)


def test_recovery_can_be_cut_off_anywhere_and_run_again(folder, writer, monkeypatch):
    """Each step before the last is made to fail in turn; the run after it ends in the same state."""
    for number in range(3):
        writer.exchange(page(number))
    die(writer)
    path = folder.in_writing(folder.files()[0])
    path.write_bytes(path.read_bytes()[:-3])
    for step in ("move_aside", "append_closing", "write_index"):
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(f"archive.recover.{step}", interrupted)
            recover(folder)
    recover(folder)
    assert verify(folder).problems == ()
    assert len(list(records(folder))) == 2


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_file_with_nothing_whole_in_it_leaves_only_its_bytes(folder):
    folder.create()
    folder.in_writing("x.warc.gz").write_bytes(b"\x1f\x8b\x08\x00half")
    folder.in_writing("y.warc.gz").write_bytes(b"")
    assert [found.records for found in recover(folder)] == [0, 0]
    assert folder.files() == []
    assert [path.read_bytes() for path in folder.torn.iterdir()] == [b"\x1f\x8b\x08\x00half"]


def test_an_open_copy_of_a_closed_file_does_not_take_its_place(folder, writer):
    """As a backup that was taken while a crawl wrote brings both back."""
    writer.exchange(page(1))
    (file,) = folder.files()
    early = folder.in_writing(file).read_bytes()
    writer.exchange(page(2))
    writer.close()
    whole = folder.final(file).read_bytes()
    folder.in_writing(file).write_bytes(early)
    assert [problem.file for problem in verify(folder).problems] == [file]
    recover(folder)
    assert folder.final(file).read_bytes() == whole
    assert [path.read_bytes() for path in folder.torn.iterdir()] == [early]
    assert verify(folder).problems == ()


def test_indexes_left_behind_are_removed(folder, writer):
    writer.exchange(page(1))
    writer.close()
    left = folder.indexes / (folder.files()[0].replace(".warc.gz", ".cdxj") + ".open")
    left.write_bytes(b"old")
    recover(folder)
    assert not left.exists()


def test_an_old_file_is_never_written_to(folder):
    with ArchiveWriter(folder, info=INFO) as writer:
        writer.exchange(page(1))
    path = folder.path(folder.files()[0])
    before = path.read_bytes()
    with ArchiveWriter(folder, info=INFO) as writer:
        writer.exchange(page(2))
    assert path.read_bytes() == before
    assert len(folder.files()) == 2
