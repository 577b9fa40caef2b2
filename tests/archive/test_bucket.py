"""An archive in a bucket: the same records as on a disk, whole files there, and nothing lost on the way."""

import random
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from archive.account import accounts, run_file
from archive.bucket import Bucket
from archive.folder import ArchiveFolder
from archive.index import Index
from archive.raw import RawRecord, scan
from archive.reader import Reader, records
from archive.recover import recover
from archive.repair import repair
from archive.verify import verify
from archive.wacz import export_wacz
from archive.writer import ArchiveWriter
from config import clock
from config.errors import ArchiveError, BucketError, UsageError
from pipelines.corpus import Corpus
from pipelines.fingerprint import parser
from pipelines.parse import parse
from pipelines.reparse import reparse
from tests.archive.exchanges import INFO, PAGE, die, page
from tests.kit.bucket import Asked, Place
from tests.kit.forked import Told

PAGES = 12


@pytest.fixture
def folder(bucket: Place, tmp_path: Path) -> ArchiveFolder:
    return ArchiveFolder(tmp_path / "data", Bucket.at(bucket.url))


def elsewhere(folder: ArchiveFolder, tmp_path: Path, name: str = "elsewhere") -> ArchiveFolder:
    """The same archive as another machine has it."""
    return ArchiveFolder(tmp_path / name, folder.bucket)


def write(folder: ArchiveFolder, pages: range = range(PAGES), minutes: int = 0, **options: int) -> list[str]:
    """The files that come of it."""
    before = set(folder.files())
    with ArchiveWriter(folder, info=INFO, index=Index(folder), **options) as writer:
        for number in pages:
            writer.exchange(page(number, minutes=minutes))
    return sorted(set(folder.files()) - before)


def local_files(folder: ArchiveFolder) -> list[str]:
    return [path.name for path in folder.archive.iterdir()]


def puts(place: Place) -> list[Asked]:
    return [asked for asked in place.server.asked if asked.method in ("PUT", "POST")]


def test_what_is_read_is_what_is_read_on_a_disk(folder: ArchiveFolder, bucket: Place, tmp_path: Path) -> None:
    disk = ArchiveFolder(tmp_path / "disk")
    told = []
    for one in (disk, folder):
        write(one, file_size=2000)
        write(one, minutes=60)
        reader = Reader(one)
        kept = ("kind", "url", "captured", "status", "payload", "payload_error", "revisit_of")
        told.append(sorted(str([getattr(record, name) for name in kept]) for record in reader.records()))
    assert told[0] == told[1] and len(told[0]) == 2 * PAGES
    assert sum("'revisit'" in one for one in told[1]) == PAGES
    assert local_files(folder) == []
    files = bucket.keys("archive/")
    assert files == folder.files() and len(files) > 2
    assert bucket.keys("indexes/") == [f"{file.removesuffix('.warc.gz')}.cdxj" for file in files]
    # Another machine finds all of it, those files too that come once it has begun.
    other = elsewhere(folder, tmp_path)
    index = Index(other)
    assert len(index.captures(page(3).url)) == 2
    late = ArchiveWriter(folder, info=INFO, index=Index(folder))
    place = late.exchange(page(3, minutes=120))
    late.close()
    again = Reader(other, index).read(place)
    assert again.revisit_of == page(3).url and again.payload == Reader(folder).read(place).payload
    assert verify(folder).problems == () == verify(other).problems
    assert export_wacz(other, tmp_path / "a.wacz", software="test") == len(folder.files())


def test_a_record_costs_one_range_and_a_file_a_few(folder: ArchiveFolder, bucket: Place) -> None:
    with ArchiveWriter(folder, info=INFO) as writer:
        writer.metadata("http://www.example.gov.cn/", page().started, {"note": "x"})
        places = [writer.exchange(page(n, body=bytes(range(256)) * 100 + b"%d" % n)) for n in range(3)]
        noise = random.Random(1)
        places += [writer.exchange(page(n, body=noise.randbytes(60_000))) for n in range(3, 203)]
    reader = Reader(folder)
    for place in (places[0], places[150], places[-1]):
        bucket.server.asked.clear()
        assert reader.read(place).location == place
        assert [(asked.method, asked.length) for asked in bucket.server.asked] == [("GET", 256 * 1024)]
    bucket.server.asked.clear()
    assert len(list(reader.records(place.file))) == len(places)
    size = len(bucket.read(f"archive/{place.file}"))
    gets = [asked for asked in bucket.server.asked if asked.length]
    assert size > 12_000_000 and len(gets) < 8
    assert sum(asked.length for asked in gets) < size + 5_000_000
    assert max(asked.length for asked in gets) <= 4 * 1024 * 1024
    # A stretch is not read far over its end.
    bucket.server.asked.clear()
    found = list(reader.records(place.file, start=places[50].offset, end=places[60].offset))
    assert [one.location for one in found] == places[50:60]
    assert sum(asked.length for asked in bucket.server.asked) < 1_000_000


@pytest.mark.parametrize("refused", ["/archive/", "/indexes/"])
def test_what_could_not_be_put_stays_and_is_put_next_time(
    refused: str, folder: ArchiveFolder, bucket: Place, tmp_path: Path
) -> None:
    bucket.server.denies = lambda asked: asked.method == "PUT" and refused in asked.path
    writer = ArchiveWriter(folder, info=INFO)
    place = writer.exchange(page(1))
    with pytest.raises(BucketError) as raised:
        writer.close()
    assert bucket.url + refused in str(raised.value) and "\n" not in str(raised.value)
    assert local_files(folder) == [place.file] == folder.files()
    assert Reader(folder).read(place).url == page(1).url
    assert [problem.what for problem in verify(folder).problems] == [
        f"not in {bucket.url} yet; the next crawl, import, reparse or repair puts it there"
    ]
    # An index never names what is not there.
    assert bucket.keys("indexes/") == []
    bucket.server.denies = lambda asked: False
    bucket.server.asked.clear()
    recover(folder)
    recover(folder)
    assert len(puts(bucket)) == (2 if refused == "/archive/" else 1)
    assert local_files(folder) == [] and verify(folder).problems == ()
    assert [one.location for one in records(elsewhere(folder, tmp_path))] == [place]


def test_what_was_put_but_not_removed_is_not_put_again(folder: ArchiveFolder, bucket: Place) -> None:
    [file] = write(folder)
    folder.final(file).write_bytes(bucket.read(f"archive/{file}"))
    bucket.server.asked.clear()
    recover(folder)
    assert puts(bucket) == [] and local_files(folder) == []
    assert bucket.keys("torn/") == []


def test_a_delivery_killed_at_any_change_is_gone_on_with(folder: ArchiveFolder, bucket: Place, tmp_path: Path) -> None:
    bucket.server.denies = lambda asked: asked.method == "PUT"
    with pytest.raises(BucketError), ArchiveWriter(folder, info=INFO) as writer:
        writer.exchange(page(1))
    [file] = local_files(folder)
    data = folder.final(file).read_bytes()
    modules = "from pathlib import Path; from archive.bucket import Bucket; from archive.folder import ArchiveFolder"
    call = f"recover(ArchiveFolder(Path({str(folder.data)!r}), Bucket.at({bucket.url!r})))"
    deliver = f"{modules}; from archive.recover import recover; {call}"
    cut: set[tuple[str, str]] = set()
    while True:
        child = Told(deliver)

        def kill(asked: Asked, child: Told = child) -> bool:
            """What arrived before its sender died is done all the same, and the next call need not send it again."""
            if asked.method in ("PUT", "DELETE", "POST") and (asked.method, asked.path) not in cut:
                cut.add((asked.method, asked.path))
                child.kill()
            return False

        bucket.server.denies = kill
        if child.wait(60) == 0:
            break
        # Whatever was cut off, all of it is there, here or in the bucket.
        bucket.server.denies = lambda asked: False
        assert data == (folder.final(file).read_bytes() if local_files(folder) else bucket.read(f"archive/{file}"))
    assert len(cut) == 3  # the WARC, its index, and its name taken out of those in writing
    assert local_files(folder) == [] and bucket.read(f"archive/{file}") == data
    assert bucket.keys("torn/") == []
    assert verify(ArchiveFolder(tmp_path / "elsewhere", folder.bucket)).problems == ()


def test_nothing_in_the_bucket_is_overwritten(folder: ArchiveFolder, bucket: Place) -> None:
    [file] = write(folder)
    data = bucket.read(f"archive/{file}")
    bucket.write(f"archive/{file}", data[:-100])
    folder.final(file).write_bytes(data)
    recover(folder)
    assert bucket.read(f"archive/{file}") == data
    [aside] = bucket.keys("torn/")
    assert aside.startswith(file) and bucket.read(f"torn/{aside}") == data[:-100]


def test_a_writer_that_died_is_recovered_into_the_bucket(folder: ArchiveFolder, bucket: Place) -> None:
    writer = ArchiveWriter(folder, info=INFO)
    place = writer.exchange(page(1))
    die(writer)
    assert [one.file for one in recover(folder)] == [place.file]
    assert bucket.keys("archive/") == [place.file] and local_files(folder) == []
    assert Reader(folder).read(place).url == page(1).url


@pytest.mark.parametrize(("left", "ahead"), [("open", 0), ("open", 3600), ("closed", 0), ("closed", 3600)])
def test_what_another_machine_fetched_again_is_stored_once(
    left: str, ahead: int, folder: ArchiveFolder, bucket: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first machine dies and leaves its file ``left`` so; its clock is so many seconds ``ahead``."""
    other = elsewhere(folder, tmp_path)
    told = clock.now
    monkeypatch.setattr(clock, "now", lambda: told() + timedelta(seconds=ahead))
    writer = ArchiveWriter(folder, info=INFO, index=Index(folder))
    early = [writer.exchange(page(number)) for number in range(4)]
    changed = writer.exchange(page(4, body=b"<p>as it was</p>"))
    note = RawRecord("", 0, None, (("WARC-Type", "metadata"), ("WARC-Record-ID", "<urn:x:1>")), b"imported")
    writer.record(note)
    account = writer.account({"event": "told"})
    if left == "open":
        die(writer)
    else:
        bucket.server.denies = lambda asked: asked.method == "PUT"
        with pytest.raises(BucketError):
            writer.close()
        bucket.server.denies = lambda asked: False
    monkeypatch.setattr(clock, "now", told)
    time.sleep(1.1)  # the bucket tells the seconds of their order
    with ArchiveWriter(other, info=INFO, index=Index(other)) as second:
        for number in range(2, 6):
            second.exchange(page(number, minutes=2))
        second.record(note)
        # As long as the other is at it, nobody knows what both will have.
        assert recover(folder) == [] and len(local_files(folder)) == 1 and bucket.keys("archive/") == []
        [problem] = verify(folder).problems
        assert "once another machine" in problem.what
    recover(folder)
    assert local_files(folder) == []
    records_of = [found for file in folder.files() for found in scan(folder.open(file), file)]
    assert all(isinstance(found, RawRecord) for found in records_of)
    responses = Counter(found.url for found in records_of if isinstance(found, RawRecord) and found.type == "response")
    assert responses == {page(number).url: 2 if number == 4 else 1 for number in range(6)}
    ids = Counter(found.record_id for found in records_of if isinstance(found, RawRecord))
    assert max(ids.values()) == 1 and ids["urn:x:1"] == 1
    reader = Reader(elsewhere(folder, tmp_path, "third"))
    assert [reader.read(place).kind for place in early] == ["response", "response", "revisit", "revisit"]
    for place, number in zip(early, range(4), strict=True):
        assert reader.read(place).payload == Reader(folder).read(place).payload == PAGE + b"<p>%d</p>" % number
    assert reader.read(changed).payload == b"<p>as it was</p>"
    assert verify(other).problems == () == verify(folder).problems
    opened = run_file(folder, account.file)
    assert opened and [one["event"] for one in accounts(folder, opened)] == ["told"]


def test_what_lies_open_on_another_machine_is_known(folder: ArchiveFolder, bucket: Place, tmp_path: Path) -> None:
    other = elsewhere(folder, tmp_path)
    writer = ArchiveWriter(folder, info=INFO)
    place = writer.exchange(page(1))
    assert folder.files_elsewhere() == {}
    [(file, where)] = verify(other).elsewhere.items()
    assert file == place.file and str(folder.in_writing(file)) in where
    with Corpus.open(tmp_path / "corpus.sqlite", create=True) as corpus:
        record = Reader(folder).read(place)
        corpus.store(record, parse(record, None), parser())
        write(other, range(3, 5))
        done = reparse(other, corpus, site_of=lambda url: None, everything=True)
        assert done.gone == 0 and place.record_id in corpus.known()
        writer.close()
        assert verify(other).elsewhere == {} and bucket.keys("open/") == []
        done = reparse(other, corpus, site_of=lambda url: None)
        assert (done.gone, done.parsed) == (0, 1) and place.record_id in corpus.known()
        # What is in the archive no more, and nowhere else, is dropped as ever.
        bucket.remove(f"archive/{file}")
        assert reparse(other, corpus, site_of=lambda url: None, everything=True).gone == 1


def test_an_open_copy_from_a_backup_does_not_take_the_place_of_the_file(folder: ArchiveFolder, bucket: Place) -> None:
    [file] = write(folder)
    data = bucket.read(f"archive/{file}")
    folder.in_writing(file).write_bytes(data[: len(data) // 2])
    recover(folder)
    assert bucket.read(f"archive/{file}") == data and bucket.keys("torn/") == [] == local_files(folder)
    assert [path.read_bytes() for path in folder.torn.iterdir()] == [data[: len(data) // 2]]
    assert verify(folder).problems == ()


def test_damage_is_found_and_mended(folder: ArchiveFolder, bucket: Place, tmp_path: Path) -> None:
    files = write(folder, file_size=1500)
    flipped, missing, unindexed = files[0], files[1], files[2]
    data = bytearray(bucket.read(f"archive/{flipped}"))
    victim = next(one for one in records(folder, flipped))
    data[victim.location.offset + 300] ^= 4
    bucket.write(f"archive/{flipped}", bytes(data))
    lost = [one.url for one in records(folder, missing)]
    bucket.remove(f"archive/{missing}")
    bucket.remove(f"indexes/{unindexed.removesuffix('.warc.gz')}.cdxj")

    with pytest.raises(ArchiveError, match=f"{bucket.url}/archive/{missing}: the file is missing"):
        next(records(folder, missing))
    other = elsewhere(folder, tmp_path)
    for one in (folder, other):
        found = verify(one).problems
        assert {(p.file, p.url) for p in found} == {
            (flipped, victim.url),
            *((missing, url) for url in lost),
            (unindexed, None),
        }
        assert sum("index" in p.what and "is missing" in p.what for p in found) == 1

    mended = repair(other)
    assert mended.rewritten == (flipped,) and mended.reindexed == (unindexed,)
    assert {loss.url for loss in mended.lost} == {victim.url, *lost}
    assert verify(folder).problems == ()
    assert bytes(data) in [bucket.read(f"torn/{name}") for name in bucket.keys("torn/")]
    assert {str(place) for place in mended.torn} <= {f"{bucket.url}/torn/{name}" for name in bucket.keys("torn/")}
    left = {one.url for one in records(folder)}
    assert left == {page(number).url for number in range(PAGES)} - {victim.url, *lost}
    assert not list(other.collection.glob(".fetch-*"))
    bucket.server.asked.clear()
    assert repair(other).rewritten == () and puts(bucket) == []


@pytest.mark.parametrize(
    ("url", "said"),
    [("/tmp/x", "no address of a bucket"), ("s3://", "no address of a bucket"), ("s5://a/b", "s5")],
)
def test_what_is_no_bucket_is_refused(url: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Bucket.at(url)


def test_a_bucket_that_is_not_there_is_no_empty_archive(bucket: Place, tmp_path: Path) -> None:
    folder = ArchiveFolder(tmp_path, Bucket.at("s3://no-such-bucket/x"))
    with pytest.raises(BucketError, match="s3://no-such-bucket"):
        folder.files()
