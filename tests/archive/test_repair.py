import gzip
import os

import pytest

from archive.index import Index
from archive.reader import read, records
from archive.repair import repair
from archive.verify import verify
from archive.writer import ArchiveWriter
from tests.archive.exchanges import INFO, die, page
from tests.archive.test_index import post


@pytest.fixture
def places(writer):
    """Where five pages lie in a closed file."""
    found = [writer.exchange(page(number, os.urandom(500))) for number in range(5)]
    writer.finish({})
    writer.close()
    return found


def contents(folder):
    return {path: path.read_bytes() for path in folder.collection.rglob("*") if path.is_file()}


def test_a_sound_archive_is_not_touched(folder, places):
    before = contents(folder)
    result = repair(folder)
    assert (result.rewritten, result.reindexed, result.lost) == ((), (), ())
    assert contents(folder) == before


def test_damage_is_cut_out_and_all_else_kept(folder, places):
    path = folder.path(places[0].file)
    whole = path.read_bytes()
    damaged = bytearray(whole)
    damaged[places[1].offset + 50] ^= 1
    damaged[places[3].offset + 50] ^= 1
    path.write_bytes(damaged[:-4])
    result = repair(folder)
    assert result.rewritten == (path.name,)
    assert {loss.url for loss in result.lost} >= {page(1).url, page(3).url}
    assert verify(folder).problems == ()
    assert [record.url for record in records(folder)] == [page(number).url for number in (0, 2, 4)]
    assert damaged[places[1].offset :][:200] == result.torn[0].read_bytes()[:200]
    assert read(folder, places[4]).location.record_id == places[4].record_id  # under its old offset
    assert Index(folder).captures(page(1).url) == []
    assert repair(folder).rewritten == ()


def test_every_byte_is_in_the_file_or_aside(folder, places):
    path = folder.path(places[0].file)
    damaged = bytearray(path.read_bytes())
    damaged[places[2].offset + 20] ^= 8
    path.write_bytes(damaged)
    result = repair(folder)
    mended = path.read_bytes()
    (torn,) = result.torn
    assert mended.startswith(damaged[: places[2].offset])
    behind = damaged[places[2].offset + torn.stat().st_size :]
    closing = behind.rfind(b"\x1f\x8b\x08\x00\x00")
    assert behind[:closing] in mended
    assert torn.read_bytes() + behind == damaged[places[2].offset :]


@pytest.mark.parametrize("damage", ["missing", "stale", "unsorted"])
def test_an_index_is_made_anew(folder, places, damage):
    index = folder.index_path(places[0].file)
    whole = index.read_bytes()
    if damage == "missing":
        index.unlink()
    else:
        lines = whole.splitlines(keepends=True)
        index.write_bytes(b"".join(lines[1:] if damage == "stale" else reversed(lines)))
    result = repair(folder)
    assert (result.reindexed, result.lost) == ((places[0].file,), ())
    assert index.read_bytes() == whole


def test_records_that_only_the_index_remembers_are_named(folder, places):
    path = folder.path(places[0].file)
    path.write_bytes(path.read_bytes()[: places[3].offset])
    result = repair(folder)
    assert {loss.url for loss in result.lost} == {page(3).url, page(4).url}
    assert verify(folder).problems == ()


def test_a_deleted_file_is_named_and_its_index_retired(folder, places):
    folder.path(places[0].file).unlink()
    result = repair(folder)
    assert {loss.url for loss in result.lost} == {page(number).url for number in range(5)}
    assert verify(folder).problems == ()
    assert [path.suffix for path in folder.torn.iterdir()] == [".0"]


def test_an_answer_to_a_lost_post_is_not_taken_for_that_of_a_get(folder, writer):
    url = "http://a.gov.cn/list"
    asked = [writer.exchange(post(url, b"page=%d" % number)) for number in (1, 2)]
    writer.close()
    path = folder.path(asked[0].file)
    damaged = bytearray(path.read_bytes())
    damaged[asked[1].offset - 40] ^= 1  # the first request
    path.write_bytes(damaged)
    assert [loss.url for loss in repair(folder).lost] == [url, url]
    index = Index(folder)
    assert (index.captures(url), index.captures(url, "POST", b"page=1")) == ([], [])
    assert len(index.captures(url, "POST", b"page=2")) == 1
    assert verify(folder).problems == ()


def test_a_lost_warcinfo_is_made_up_from_what_is_left(folder, places):
    path = folder.path(places[0].file)
    damaged = bytearray(path.read_bytes())
    damaged[30] ^= 1
    path.write_bytes(damaged)
    assert repair(folder).rewritten == (path.name,)
    assert gzip.decompress(path.read_bytes()).startswith(b"WARC/1.1\r\nWARC-Type: warcinfo\r\n")
    assert verify(folder).problems == ()
    assert len(list(records(folder))) == 5
    damaged = path.read_bytes()[:-1]
    path.write_bytes(damaged)
    assert verify(folder).problems


@pytest.mark.parametrize("content", [b"", b"garbage" * 100, b"\x1f\x8b\x08\x00"])
def test_a_file_with_nothing_whole_in_it_is_moved_aside(folder, places, content):
    path = folder.path(places[0].file)
    path.write_bytes(content)
    result = repair(folder)
    assert {page(number).url for number in range(5)} <= {loss.url for loss in result.lost}
    assert verify(folder).problems == ()
    assert b"".join(torn.read_bytes() for torn in result.torn) == content


def test_what_a_dead_writer_left_is_recovered_and_a_living_one_is_left_alone(folder):
    with ArchiveWriter(folder, info=INFO) as living:
        living.exchange(page(1))
        dead = ArchiveWriter(folder, info=INFO)
        dead.exchange(page(2))
        die(dead)
        result = repair(folder)
        assert [found.records for found in result.recovered] == [3]
        living.exchange(page(3))
    assert verify(folder).problems == ()
    assert len(list(records(folder))) == 3


@pytest.mark.parametrize("step", ["move_aside", "_copy_spans", "append_closing", "write_index"])
def test_a_repair_that_was_cut_off_is_finished_by_the_next(folder, places, step, monkeypatch):
    path = folder.path(places[0].file)
    damaged = bytearray(path.read_bytes())
    damaged[places[1].offset + 50] ^= 1
    path.write_bytes(damaged)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(f"archive.repair.{step}", interrupted)
        repair(folder)
    repair(folder)
    assert verify(folder).problems == ()
    assert len(list(records(folder))) == 4


def test_a_file_of_ours_that_somebody_unpacked_stays_one_that_can_be_read(folder, places):
    [file] = folder.files()
    packed = folder.path(file)
    plain = packed.with_suffix("")
    plain.write_bytes(gzip.decompress(packed.read_bytes())[:-300])
    packed.unlink()
    repair(folder)
    assert b"\x1f\x8b" not in plain.read_bytes()
    assert len([record for record in records(folder) if record.kind == "response"]) == len(places)
    assert verify(folder).problems == ()
