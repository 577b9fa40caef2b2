import random
import re
from pathlib import Path

import pytest

from archive.folder import ArchiveFolder
from archive.index import Index
from archive.record import Location
from archive.recover import recover
from archive.repair import repair
from archive.verify import absent, verify
from archive.writer import ArchiveWriter
from tests.archive.exchanges import INFO, STARTED, die, page


@pytest.fixture
def closed(folder, writer) -> Path:
    """The WARC file of an archive with four exchanges, one of them a revisit."""
    for number in (1, 2, 3):
        writer.exchange(page(number))
    writer.exchange(page(1, minutes=5))
    writer.close()
    return folder.path(folder.files()[0])


def test_a_sound_archive_has_no_problems(folder, closed):
    verification = verify(folder)
    assert (verification.files, verification.records, verification.problems) == (1, 10, ())


def test_a_cut_is_found_wherever_it_is(folder, closed):
    whole = closed.read_bytes()
    for length in [0, 1, len(whole) - 1, *random.Random(5).sample(range(len(whole)), 150)]:
        closed.write_bytes(whole[:length])
        problems = verify(folder).problems
        assert problems, f"a cut at {length} of {len(whole)} bytes was not seen"
        assert all(problem.file == closed.name for problem in problems)


def test_a_flipped_bit_is_found_wherever_it_is(folder, closed):
    whole = closed.read_bytes()
    # Bits that no checksum of gzip covers come first: time, flags and system in the headers of its members.
    headers = [found.start() + n for found in re.finditer(rb"\x1f\x8b\x08\x00\x00", whole) for n in (4, 7, 8, 9)]
    for at in [*headers, len(whole) - 1, *random.Random(7).sample(range(len(whole)), 250)]:
        damaged = bytearray(whole)
        damaged[at] ^= 1 << (at % 8)
        closed.write_bytes(damaged)
        assert verify(folder).problems, f"bit {at % 8} of byte {at} was not seen"


def test_a_flipped_bit_of_an_index_is_found_wherever_it_is(folder, closed):
    index = folder.index_path(closed.name)
    whole = index.read_bytes()
    ids = whole.index(b'"id": "') + 20  # with its highest bit an id is no text any more
    for at, bit in [(ids, 7), *((at, at % 8) for at in random.Random(9).sample(range(len(whole)), 100))]:
        damaged = bytearray(whole)
        damaged[at] ^= 1 << bit
        index.write_bytes(damaged)
        assert {problem.file for problem in verify(folder).problems} == {closed.name}, (at, bit)


def test_damage_is_named_by_file_offset_and_url(folder, writer):
    places = [writer.exchange(page(number)) for number in range(4)]
    writer.close()
    path = folder.path(places[2].file)
    damaged = bytearray(path.read_bytes())
    damaged[places[2].offset + 300] ^= 0x10
    path.write_bytes(damaged)
    first = verify(folder).problems[0]
    assert (first.file, first.offset, first.url) == (path.name, places[2].offset, page(2).url)
    assert "gzip" in first.what


def test_a_record_lost_at_a_boundary_is_seen(folder, writer):
    """Every member that is left is whole: only the closing record and the index know."""
    places = [writer.exchange(page(number)) for number in range(4)]
    writer.close()
    path = folder.path(places[2].file)
    path.write_bytes(path.read_bytes()[: places[3].offset])
    problems = verify(folder).problems
    assert any("cut" in problem.what and problem.offset == places[3].offset for problem in problems)
    assert any(problem.url == page(3).url for problem in problems)


def test_a_missing_and_a_stale_index_are_seen(folder, closed):
    index = folder.index_path(closed.name)
    whole = index.read_bytes()
    lines = whole.splitlines(keepends=True)
    for damaged in (
        b"".join(lines[1:]),
        b"".join(reversed(lines)),
        whole[:-1],
        whole + lines[0],
        b"",
        whole.replace(b'"offset": "', b'"offset": "9'),
    ):
        index.write_bytes(damaged)
        assert verify(folder).problems
    index.unlink()
    assert [problem.what for problem in verify(folder).problems] == [f"its index {index.name} is missing"]


def test_a_deleted_file_is_missed_with_every_page_in_it(folder, closed):
    closed.unlink()
    problems = verify(folder).problems
    assert {problem.what for problem in problems} == {"the file is missing"}
    assert {problem.url for problem in problems} == {page(number).url for number in (1, 2, 3)}


def test_records_that_others_name_and_the_archive_lacks_are_told(folder, writer):
    kept = [writer.exchange(page(1)), writer.resource("file:///a.txt", STARTED, b"a", "text/plain")]
    gone = [
        (Location(kept[0].file, kept[0].offset, "urn:uuid:another"), page(1).url),
        (Location("gone.warc.gz", 0, "urn:uuid:other"), page(2).url),
    ]
    moved = Location(kept[0].file, kept[0].offset + 99, kept[0].record_id)
    elsewhere = Location("gone.warc.gz", 0, kept[0].record_id)
    named = [*((place, page(1).url) for place in (*kept, moved)), gone[0], gone[1], (elsewhere, page(1).url)]
    assert absent(folder, named) == gone
    writer.close()
    assert absent(folder, named) == gone
    folder.index_path(kept[0].file).unlink()
    assert absent(folder, named[:4]) == gone[:1]


def test_a_revisit_whose_page_is_gone_is_told(folder):
    with ArchiveWriter(folder, info=INFO) as writer:
        lost = writer.exchange(page(1))
        writer.exchange(page(2))
    for number in (1, 2):
        with ArchiveWriter(folder, info=INFO, index=Index(folder)) as writer:
            revisit = writer.exchange(page(number, minutes=number))
            kept = revisit if number == 1 else None
            assert verify(folder).problems == ()
        if kept:
            dangling = kept
    path = folder.path(lost.file)
    damaged = bytearray(path.read_bytes())
    damaged[lost.offset + 300] ^= 0x10
    path.write_bytes(damaged)
    repair(folder)
    [problem] = verify(folder).problems
    assert (problem.file, problem.offset, problem.url) == (dangling.file, dangling.offset, page(1).url)


def test_a_file_in_writing_is_no_problem_until_its_writer_is_gone(folder, writer):
    writer.exchange(page(1))
    assert verify(folder).problems == ()
    die(writer)
    assert [problem.what for problem in verify(folder).problems] == [
        "left open by a writer that is gone; repair closes it"
    ]
    recover(folder)
    assert verify(folder).problems == ()


def test_a_torn_write_is_no_problem_while_its_writer_lives(folder, writer):
    writer.exchange(page(1))
    with folder.in_writing(folder.files()[0]).open("ab") as stream:
        stream.write(b"\x1f\x8b\x08\x00 half a rec")
    assert verify(folder).problems == ()


def test_several_files_are_checked_in_several_processes(folder):
    for _ in range(3):
        with ArchiveWriter(folder, info=INFO) as writer:
            writer.exchange(page(1))
    damaged = folder.path(folder.files()[1])
    damaged.write_bytes(damaged.read_bytes()[:-1])
    verification = verify(folder, processes=2)
    assert (verification.files, verification.records) == (3, 11)
    assert {problem.file for problem in verification.problems} == {damaged.name}


def test_garbage_in_the_folder_is_named(folder, closed):
    (folder.archive / "foreign.warc.gz").write_bytes(b"no gzip at all" * 50)
    (folder.archive / "empty.warc.gz").write_bytes(b"")
    (folder.archive / "folder.warc.gz").mkdir()
    (folder.archive / "link.warc.gz").symlink_to(closed.with_name("gone"))
    named = {problem.file for problem in verify(folder).problems}
    assert named == {"foreign.warc.gz", "empty.warc.gz", "folder.warc.gz", "link.warc.gz"}


def test_no_archive_is_no_problem(tmp_path):
    assert verify(ArchiveFolder(tmp_path)).files == 0
