import gzip
import os
import re
import resource
import subprocess
import sys
import zlib
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive import openfile
from archive.closing import parse_closing
from archive.exchange import Exchange, Failure
from archive.folder import ArchiveFolder
from archive.raw import RawRecord, scan
from archive.reader import read, records
from archive.recover import recover
from archive.verify import verify
from archive.writer import ArchiveWriteError, ArchiveWriter
from config.errors import ArchiveError
from tests.archive.exchanges import INFO, PAGE, STARTED, answer, chunked, get, page


def raw_records(folder: ArchiveFolder) -> list[RawRecord]:
    found = [record for file in folder.files() for record in scan(folder.path(file), file)]
    assert all(isinstance(record, RawRecord) for record in found)
    return found


WIRE = [
    answer(
        PAGE,
        b"Content-Type: text/html; charset=gb2312",
        b"content-type: TEXT/plain",
        b"Set-Cookie: a=1",
        b"Set-Cookie: b=2",
    ),
    answer(chunked(PAGE), b"Transfer-Encoding: chunked", b"X-\xc4\xea: \xb1\xa8\xb8\xe6", length=False),
    answer(chunked(gzip.compress(PAGE)), b"Content-Encoding: gzip", b"Transfer-Encoding: chunked", length=False),
    answer(b"", b"Location: http://www.example.gov.cn/b", status=b"302 \xd2\xc6\xb6\xaf"),
    answer(b"not here", status=b"404 Not Found"),
    b"HTTP/1.0 200\r\nServer: old\n\nbare line ends",
    b"HTTP/1.1 200 OK\r\nServer: cut in the he",
    b"",
]


@pytest.mark.parametrize("response", WIRE)
def test_blocks_are_the_bytes_of_the_wire(folder, writer, response):
    request = get("/a", extra=b"Referer: http://www.example.gov.cn/\r\nX-Odd:  two  spaces\r\n")
    location = writer.exchange(Exchange("http://www.example.gov.cn/a", "GET", STARTED, "192.0.2.7", request, response))
    writer.close()
    _, stored, asked, _ = raw_records(folder)
    assert (stored.block, asked.block) == (response, request)
    assert (stored.offset, stored.record_id) == (location.offset, location.record_id)
    assert verify(folder).problems == ()


def test_each_exchange_is_a_response_and_its_request_behind_a_warcinfo(folder, writer):
    writer.exchange(page(1))
    writer.close()
    info, response, request, closing = raw_records(folder)
    assert [record.type for record in (info, response, request, closing)] == [
        "warcinfo",
        "response",
        "request",
        "metadata",
    ]
    assert info.get("WARC-Filename") == folder.files()[0]
    for name, value in INFO.items():
        assert f"{name}: {value}\r\n".encode() in info.block
    for record in (response, request):
        assert record.get("WARC-Date") == "2026-01-31T09:30:15.250000Z"
        assert record.get("WARC-IP-Address") == "192.0.2.7"
        assert record.id_in("WARC-Warcinfo-ID") == info.record_id
        assert record.url == "http://www.example.gov.cn/gk/1.html"
        assert record.get("WARC-Block-Digest").startswith("sha1:")
    assert request.id_in("WARC-Concurrent-To") == response.record_id
    assert response.get("WARC-Payload-Digest").startswith("sha1:")
    assert response.get("Content-Type") == "application/http;msgtype=response"
    assert parse_closing(closing).records == 3
    # Defined for revisit records alone (WARC 1.1, 5.14); in it stood what the block begins with now.
    assert closing.get("WARC-Profile") is None
    block = closing.block.removeprefix(b"statement: nianbao/closing\r\n")
    assert len(block) < len(closing.block)
    earlier = replace(closing, fields=(*closing.fields, ("WARC-Profile", "nianbao/closing")), block=block)
    assert parse_closing(earlier) == parse_closing(closing)
    assert parse_closing(replace(closing, block=block)) is None


def test_the_payload_digest_does_not_depend_on_the_chunks(folder, writer):
    for size in (7, 50):
        response = answer(chunked(PAGE, size), b"Transfer-Encoding: chunked", length=False)
        writer.exchange(Exchange(f"http://a.gov.cn/{size}", "GET", STARTED, None, get("/"), response))
    writer.exchange(Exchange("http://a.gov.cn/plain", "GET", STARTED, None, get("/"), answer(PAGE)))
    digests = {record.payload_digest for record in records(folder)}
    assert len(digests) == 1


def test_warcio_finds_every_digest_right(folder, writer):
    for number in range(5):
        writer.exchange(page(number))
    writer.exchange(page(3, minutes=5))
    writer.failure(Failure("http://gone.gov.cn/", "GET", STARTED, "the name is not known", request=get("/")))
    writer.resource("file:///report.pdf", STARTED, b"%PDF-1.4 ...", "application/pdf")
    writer.close()
    seen = []
    with folder.path(folder.files()[0]).open("rb") as stream:
        for record in ArchiveIterator(stream, check_digests=True):
            record.content_stream().read()
            assert record.digest_checker.passed is not False, record.digest_checker.problems
            seen.append(record.rec_type)
    assert seen == [
        "warcinfo",
        *["response", "request"] * 5,
        "revisit",
        "request",
        "metadata",
        "request",
        "resource",
        "metadata",
    ]


def test_warcio_check_complains_of_chunked_answers_alone(folder, writer):
    """It takes their payload digest over the chunk framing (warcio#74)."""
    for number in (1, 2, 1):
        writer.exchange(page(number, minutes=number))
    framed = answer(chunked(PAGE), b"Transfer-Encoding: chunked", length=False)
    place = writer.exchange(Exchange("http://a.gov.cn/framed", "GET", STARTED, None, get("/framed"), framed))
    writer.failure(Failure("http://gone.gov.cn/", "GET", STARTED, "the name is not known"))
    writer.close()
    (file,) = folder.files()
    command = [sys.executable, "-m", "warcio.cli", "check", "-v", folder.path(file)]
    told = subprocess.run(command, capture_output=True, text=True).stdout
    failed = re.findall(r"offset (\d+) .*\n +(payload digest failed|block digest failed|.*unknown)", told)
    assert [offset for offset, _ in failed] == [str(place.offset)]
    assert told.count("digest pass") >= 8


def test_each_record_is_one_member_for_an_independent_reader(folder, writer):
    writer.exchange(page(1))
    writer.close()
    data, starts = folder.path(folder.files()[0]).read_bytes(), []
    while data:
        inflate = zlib.decompressobj(31)
        text = inflate.decompress(data)
        assert inflate.eof
        head, _, rest = text.partition(b"\r\n\r\n")
        length = int(re.search(rb"Content-Length: (\d+)", head)[1])
        assert rest[length:] == b"\r\n\r\n"
        starts.append(head.split(b"\r\n")[0])
        data = inflate.unused_data
    assert starts == [b"WARC/1.1"] * 4


def test_truncation_is_told(folder, writer):
    writer.exchange(Exchange("http://a.gov.cn/", "GET", STARTED, None, get("/"), answer(PAGE)[:-9], "disconnect"))
    (record,) = records(folder)
    assert (record.truncated, record.payload) == ("disconnect", PAGE[:-9])


def test_a_failed_fetch_explains_itself(folder, writer):
    writer.failure(
        Failure("http://a.gov.cn/", "GET", STARTED, "timed out\r\nafter 30 s", ip="192.0.2.1", request=get("/"))
    )
    writer.close()
    _, metadata, request, _ = raw_records(folder)
    assert metadata.block == b"fetch-failed: timed out after 30 s\r\nmethod: GET\r\n"
    assert request.id_in("WARC-Concurrent-To") == metadata.record_id
    assert list(records(folder)) == []


def test_an_imported_file_is_a_resource(folder, writer):
    captured = datetime(2025, 5, 6, 7, 8, 9, tzinfo=UTC)
    location = writer.resource("file:///年报 1.txt", captured, PAGE, "text/plain")
    record = read(folder, location)
    assert (record.kind, record.status, record.payload, record.captured) == ("resource", None, PAGE, captured)
    assert record.headers == (("Content-Type", "text/plain"),)
    assert record.url == "file:///年报%201.txt"


def test_a_url_cannot_break_out_of_its_header(folder, writer):
    url = "http://a.gov.cn/\r\nWARC-Type: response\r\n<x> y"
    writer.exchange(Exchange(url, "GET", STARTED, None, get("/"), answer(PAGE)))
    (record,) = records(folder)
    assert record.url == "http://a.gov.cn/%0D%0AWARC-Type:%20response%0D%0A%3Cx%3E%20y"


def test_files_rotate_and_never_share_a_name(folder):
    with (
        ArchiveWriter(folder, info=INFO, file_size=2000) as one,
        ArchiveWriter(folder, info=INFO, file_size=2000) as two,
    ):
        for number in range(6):
            one.exchange(page(number, os.urandom(900)))
            two.exchange(page(number, os.urandom(900)))
    assert len(folder.files()) == 12
    assert all(re.fullmatch(r"nianbao-\d{14}-0000\d-[0-9a-f]{8}\.warc\.gz", file) for file in folder.files())
    assert len(list(records(folder))) == 12
    assert verify(folder).problems == ()


def test_the_file_is_open_until_it_is_closed(folder, writer):
    location = writer.exchange(page(1))
    (file,) = folder.files()
    assert folder.path(file) == folder.in_writing(file)
    assert read(folder, location).payload.startswith(PAGE)
    assert [record.location for record in records(folder)] == [location]
    writer.close()
    assert folder.path(file) == folder.final(file)
    assert [path.suffix for path in folder.indexes.iterdir()] == [".cdxj"]
    assert read(folder, location).location == location


def test_nothing_is_written_without_a_record(folder):
    with ArchiveWriter(folder, info=INFO):
        pass
    assert folder.files() == []


def test_the_end_of_a_run_is_in_its_last_file(folder, writer):
    writer.exchange(page(1))
    writer.finish({"reports": "5"})
    writer.close()
    fields = parse_closing(raw_records(folder)[-1]).fields
    assert (fields["isPartOf"], fields["reports"]) == ("run-1", "5")
    assert fields["run-ended"].endswith("Z")


@contextmanager
def largest_file(size: int):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_write_that_fails_stores_nothing_and_says_so(folder):
    stored = []
    writer = ArchiveWriter(folder, info=INFO)
    with largest_file(20_000), pytest.raises(ArchiveWriteError) as error:
        stored.extend(writer.exchange(page(number, os.urandom(3000))) for number in range(50))
    assert 3 <= len(stored) <= 6
    message = str(error.value)
    assert "File too large" in message and str(folder.archive) in message
    assert re.search(r"\d+ bytes in \d+ whole records are kept, \d+ bytes are free", message)
    with pytest.raises(ArchiveWriteError):
        writer.exchange(page(99))
    with pytest.raises(ArchiveWriteError):
        writer.close()
    assert [record.location for record in records(folder)] == stored
    assert all(isinstance(record, RawRecord) for file in folder.files() for record in scan(folder.path(file), file))


def test_the_floor_of_free_space_stops_before_the_disk_is_full(folder):
    writer = ArchiveWriter(folder, info=INFO, free_floor=2**62)
    with pytest.raises(ArchiveWriteError, match="floor of 4611686018427387904 bytes"):
        writer.exchange(page(1))
    assert verify(folder).problems == ()
    assert list(folder.archive.iterdir()) == list(folder.indexes.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "data").write_text("a file")
    with pytest.raises(ArchiveError, match=re.escape(str(tmp_path / "data"))):
        ArchiveWriter(ArchiveFolder(tmp_path / "data"), info=INFO).exchange(page(1))


FULL_THEN_ROOM = """
import os, sys
from pathlib import Path
from archive.folder import ArchiveFolder
from archive.reader import records
from archive.recover import recover
from archive.verify import verify
from archive.writer import ArchiveWriter
from config.errors import ArchiveError
from tests.archive.exchanges import page

mount = Path(sys.argv[1])
folder = ArchiveFolder(mount / "data")
ballast = mount / "ballast"
ballast.write_bytes(bytes(128 * 1024))
stored = []
try:
    with ArchiveWriter(folder, info={}) as writer:
        while True:
            stored.append(writer.exchange(page(len(stored), os.urandom(3000))))
except ArchiveError as error:
    print("told:", type(error).__name__, error)
try:
    recover(folder)
except ArchiveError as error:
    print("told again:", error)
ballast.unlink()
recover(folder)
print("problems:", verify(folder).problems)
print("kept:", [record.location for record in records(folder)][: len(stored)] == stored, len(stored) > 5)
"""


READ_ONLY = """
import subprocess, sys
from pathlib import Path
from archive.folder import ArchiveFolder
from archive.reader import records
from archive.recover import recover
from archive.repair import repair
from archive.verify import verify
from archive.writer import ArchiveWriter
from config.errors import ArchiveError
from tests.archive.exchanges import page

mount = Path(sys.argv[1])
folder = ArchiveFolder(mount / "data")
with ArchiveWriter(folder, info={}) as writer:
    writer.exchange(page(1))
subprocess.run(["mount", "-o", "remount,ro", mount], check=True)
print("read:", len(list(records(folder))), verify(folder).problems, recover(folder), repair(folder).lost)
try:
    ArchiveWriter(folder, info={}).exchange(page(2))
except ArchiveError as error:
    print("told:", type(error).__name__, error)
"""


def run_on_a_small_disk(script: str, mount: Path) -> str:
    """What ``script`` prints on a file system of 256 KB of its own at ``mount``."""
    mount.mkdir()
    shell = f"mount -t tmpfs -o size=256k none {mount} && exec {sys.executable} -c '{script}' {mount}"
    command = ["unshare", "--mount", "--map-root-user", "sh", "-c", shell]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    if "mount:" in done.stderr or "unshare" in done.stderr:
        pytest.skip("this machine does not let a test mount a small file system")
    assert done.stderr == ""
    return done.stdout


def test_a_full_disk_stops_with_the_numbers_and_costs_nothing_that_was_stored(tmp_path):
    told = run_on_a_small_disk(FULL_THEN_ROOM, tmp_path / "disk")
    assert "told: ArchiveWriteError" in told
    assert "No space left on device" in told
    assert re.search(r"\d+ bytes in \d+ whole records are kept, \d+ bytes are free", told)
    assert "problems: ()" in told
    assert "kept: True True" in told


def test_a_read_only_archive_is_read_and_checked_and_not_written(tmp_path):
    told = run_on_a_small_disk(READ_ONLY, tmp_path / "disk")
    assert "read: 1 () [] ()" in told
    assert re.search(r"told: ArchiveWriteError .*the file cannot be made: Read-only file system", told)


def test_a_writer_closes_while_another_process_recovers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the renaming of the file, the index that was written along looks left over."""
    folder = ArchiveFolder(tmp_path)
    writer = ArchiveWriter(folder, info={"isPartOf": "run-1"})
    writer.resource("http://a.example/", datetime(2027, 1, 1, tzinfo=UTC), b"page", "text/html")
    sync = openfile.sync_folder
    monkeypatch.setattr(openfile, "sync_folder", lambda path: (sync(path), recover(folder)))
    writer.close()
    assert verify(folder).problems == ()
    assert [entry.name for entry in folder.indexes.iterdir()] == [folder.index_path(folder.files()[0]).name]
