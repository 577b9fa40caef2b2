"""WARCs as other tools write them: made with warcio's writer, or by hand where a tool has a habit of its own."""

import gzip
import hashlib
import io
import json
import shutil
import subprocess
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.build import parse_warc_fields
from archive.folder import ArchiveFolder
from archive.importing import NotAnArchive, import_warc
from archive.index import Index
from archive.raw import Damage, RawRecord, scan
from archive.reader import read, records
from archive.verify import verify
from config.errors import UsageError
from tests.archive.exchanges import INFO, PAGE, chunked, page
from tests.archive.test_writer import raw_records

URL = "http://www.example.gov.cn/gk/{}.html"


def foreign(path: Path, count: int = 3, packed: bool = True, framed: bool = False) -> Path:
    """``count`` pages, each with its request, then a revisit of the first one and a resource."""
    with path.open("wb") as stream:
        writer = WARCWriter(stream, gzip=packed)
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "another tool"}))
        first = None
        for number in range(count):
            body = PAGE + str(number).encode()
            headers = [("Content-Type", "text/html"), *([("Transfer-Encoding", "chunked")] if framed else [])]
            response = writer.create_warc_record(
                URL.format(number), "response", payload=io.BytesIO(chunked(body) if framed else body),
                http_headers=StatusAndHeaders("200 OK", headers, protocol="HTTP/1.1"))  # fmt: skip
            head = StatusAndHeaders(
                f"GET /gk/{number}.html HTTP/1.1", [("Host", "www.example.gov.cn")], is_http_request=True
            )
            request = writer.create_warc_record(URL.format(number), "request", http_headers=head)
            writer.write_request_response_pair(request, response)
            first = first or response
        if first is not None:
            revisit = writer.create_revisit_record(
                URL.format(0),
                first.rec_headers["WARC-Payload-Digest"],
                URL.format(0),
                first.rec_headers["WARC-Date"],
                http_headers=StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1"),
            )
            writer.write_record(revisit)
        resource = writer.create_warc_record(
            "urn:text:a", "resource", payload=io.BytesIO(PAGE), warc_content_type="text/plain"
        )
        writer.write_record(resource)
    return path


def whole_file_gzip(path: Path) -> Path:
    plain = foreign(path.with_suffix(""), packed=False)
    path.write_bytes(gzip.compress(plain.read_bytes()))
    return path


def warcinfos(folder: ArchiveFolder) -> list[dict[str, str]]:
    return [parse_warc_fields(record.block) for record in raw_records(folder) if record.type == "warcinfo"]


FLAVOURS = {
    "a member a record": lambda path: foreign(path / "a.warc.gz"),
    "plain": lambda path: foreign(path / "a.warc", packed=False),
    "one member a file": lambda path: whole_file_gzip(path / "a.warc.gz"),
    "chunk framing kept": lambda path: foreign(path / "a.warc.gz", framed=True),
}


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_records_keep_their_blocks_dates_and_ids(folder, tmp_path, flavour):
    source = FLAVOURS[flavour](tmp_path)
    result = import_warc(source, folder, info=INFO)
    before = [record for record in scan(source, "x") if isinstance(record, RawRecord)]
    after = raw_records(folder)[1:-1]
    assert (result.taken, result.known, result.damages, result.notes) == (9, 0, [], [])
    for name in ("WARC-Type", "WARC-Record-ID", "WARC-Date", "WARC-Target-URI", "Content-Type", "WARC-Concurrent-To"):
        assert [record.get(name) for record in after] == [record.get(name) for record in before]
    assert [record.block for record in after] == [record.block for record in before]
    assert verify(folder).problems == ()
    payloads = [read(folder, location).payload for location in result.locations]
    assert payloads == [PAGE + b"0", PAGE + b"1", PAGE + b"2", PAGE + b"0", PAGE]
    assert len(Index(folder).captures(URL.format(1))) == 1


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_a_second_import_takes_nothing(folder, tmp_path, flavour):
    source = FLAVOURS[flavour](tmp_path)
    import_warc(source, folder, info=INFO)
    files = folder.files()
    copy = source.rename(tmp_path / ("other" + source.name))
    result = import_warc(copy, folder, info=INFO)
    assert (result.taken, result.known, result.locations) == (0, 9, [])
    assert folder.files() == files


def test_what_two_files_have_in_common_is_stored_once(folder, tmp_path):
    one, two = foreign(tmp_path / "1.warc.gz"), foreign(tmp_path / "2.warc.gz")
    both = tmp_path / "both.warc.gz"
    both.write_bytes(one.read_bytes() + two.read_bytes())
    import_warc(one, folder, info=INFO)
    result = import_warc(both, folder, info=INFO)
    assert (result.taken, result.known) == (9, 9)


@pytest.mark.parametrize("flavour", ["a member a record", "plain", "one member a file"])
def test_a_truncated_file_gives_its_whole_records_and_says_what_is_lost(folder, tmp_path, flavour):
    source = FLAVOURS[flavour](tmp_path)
    source.write_bytes(source.read_bytes()[:-30])
    result = import_warc(source, folder, info=INFO)
    whole = [record.record_id for record in raw_records(folder)[1:-1]]
    assert (result.taken, len(set(whole))) == (8, 8)
    (damage,) = result.damages
    assert damage.file == source.name and "ends" in damage.reason
    assert damage.url == ("urn:text:a" if flavour != "one member a file" else None)
    assert verify(folder).problems == ()


@pytest.mark.parametrize("packed", [True, False])
def test_a_flipped_bit_costs_one_record(folder, tmp_path, packed):
    source = foreign(tmp_path / "a.warc.gz", packed=packed)
    place = next(record for record in scan(source, "x") if record.url == URL.format(1))
    data = bytearray(source.read_bytes())
    data[place.offset + place.length - 30] ^= 4
    source.write_bytes(data)
    result = import_warc(source, folder, info=INFO)
    assert result.taken == 8
    assert [(damage.offset, damage.url) for damage in result.damages] == [(place.offset, URL.format(1))]


def test_habits_of_other_writers(folder, tmp_path):
    """Angle brackets around the URI (wget 1.19), no record id, one line end too few at the end, header lines that
    are folded, LF alone, a space in the URI, a body de-chunked under its old header, a sha256 in hex."""
    body = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/html\r\n\r\n" + PAGE
    source = tmp_path / "odd.warc"
    source.write_bytes(
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: <http://a.gov.cn/1>\r\n"
        b"WARC-Date: 2020-01-02T03:04:05Z\r\n"
        b"Content-Type: application/http;\r\n msgtype=response\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n"
        % (len(body), body)
        + b"WARC/0.18\nWARC-Type: resource\nWARC-Record-ID: <urn:uuid:1>\nWARC-Target-URI: http://a.gov.cn/2\n"
        b"WARC-Date: 2020-01-02\nContent-Type: text/plain\nContent-Length: 5\n\nhello\n\n\n"
        b"WARC/1.1\r\nwarc-type: resource\r\nWARC-Record-ID: <urn:uuid:2>\r\nWARC-Target-URI: http://a.gov.cn/3 x\r\n"
        b"WARC-Date: 2020-01-02T03:04:05.123456789Z\r\nWARC-Block-Digest: sha256:"
        + hashlib.sha256(b"hello").hexdigest().encode()
        + b"\r\n"
        b"Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello\r\n"
    )
    result = import_warc(source, folder, info=INFO)
    assert (result.taken, result.damages, result.notes) == (3, [], [])
    first, second, third = records(folder)
    assert (first.url, first.payload, first.payload_error) == ("http://a.gov.cn/1", PAGE, None)
    assert first.location.record_id.startswith("urn:uuid:")
    assert (second.payload, second.captured.isoformat()) == (b"hello", "2020-01-02T00:00:00+00:00")
    assert third.captured.microsecond == 123456
    assert verify(folder).problems == ()


def by_hand(path: Path, *records: tuple[dict[str, str], bytes]) -> Path:
    """A WARC of records with these headers and blocks, a member each."""
    lines = [
        "".join(f"{name}: {value}\r\n" for name, value in [*headers.items(), ("Content-Length", str(len(block)))])
        for headers, block in records
    ]
    path.write_bytes(
        b"".join(
            gzip.compress(f"WARC/1.0\r\n{head}\r\n".encode() + block + b"\r\n\r\n")
            for head, (_, block) in zip(lines, records, strict=True)
        )
    )
    return path


def capture(number: int, **changed: str | None) -> tuple[dict[str, str], bytes]:
    headers = {
        "WARC-Type": "response",
        "WARC-Record-ID": f"<urn:uuid:00000000-0000-4000-8000-00000000000{number}>",
        "WARC-Date": "2022-03-04T05:06:07Z",
        "WARC-Target-URI": URL.format(number),
        "Content-Type": "application/http; msgtype=response",
    }
    for name, value in changed.items():
        headers[name.replace("_", "-")] = value or ""
    return {name: value for name, value in headers.items() if value}, page(number).response


def test_a_record_that_could_never_be_read_costs_nothing_but_itself(folder, tmp_path):
    source = by_hand(
        tmp_path / "a.warc.gz",
        capture(1, WARC_Date="yesterday"),
        capture(2, WARC_Target_URI=None),
        capture(3, WARC_Date="2022-13-40"),
        capture(4, WARC_Date="2022-03"),
        capture(5, WARC_Date="2022-03-04T05:06:07+00:00"),
    )
    imported = import_warc(source, folder, info=INFO)
    assert [damage.reason for damage in imported.damages] == [
        "'yesterday' is no WARC-Date",
        "the response record has no WARC-Target-URI",
        "'2022-13-40' is no WARC-Date",
    ]
    assert [record.url for record in records(folder)] == [URL.format(4), URL.format(5)]
    assert verify(folder).problems == ()


def test_an_id_that_two_records_bear_loses_neither(folder, tmp_path):
    same = "<urn:uuid:00000000-0000-4000-8000-000000000001>"
    source = by_hand(tmp_path / "a.warc.gz", capture(1), capture(1), capture(2, WARC_Record_ID=same))
    imported = import_warc(source, folder, info=INFO)
    assert (imported.taken, imported.known) == (2, 1)
    assert "another record has its id" in imported.notes[0]
    again = import_warc(source, folder, info=INFO)
    assert (again.taken, again.known) == (0, 3)
    other = by_hand(tmp_path / "b.warc.gz", capture(3, WARC_Record_ID=same))
    assert import_warc(other, folder, info=INFO).taken == 1
    assert {record.url for record in records(folder)} == {URL.format(number) for number in (1, 2, 3)}
    assert len({record.location.record_id for record in records(folder)}) == 3
    assert verify(folder).problems == ()


def test_a_post_is_found_whether_its_request_stands_before_or_behind(folder, tmp_path):
    request = (
        b"POST /list HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 6\r\n\r\npage=%d"
    )
    response = b"HTTP/1.1 200 OK\r\n\r\npage %d"

    def record(kind: str, number: int, block: bytes, concurrent: str) -> bytes:
        head = (
            f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:{kind}:{number}>\r\n"
            "WARC-Date: 2020-01-02T03:04:05Z\r\n"
            f"WARC-Target-URI: http://a.gov.cn/list\r\nContent-Type: application/http; msgtype={kind}\r\n{concurrent}"
            f"Content-Length: {len(block)}\r\n\r\n"
        )
        return head.encode() + block + b"\r\n\r\n"

    source = tmp_path / "wget.warc"
    source.write_bytes(
        record("request", 1, request % 1, "")
        + record("response", 1, response % 1, "WARC-Concurrent-To: <urn:request:1>\r\n")
        + record("response", 2, response % 2, "")
        + record("request", 2, request % 2, "WARC-Concurrent-To: <urn:response:2>\r\n")
    )
    import_warc(source, folder, info=INFO)
    index = Index(folder)
    for number in (1, 2):
        (capture,) = index.captures("http://a.gov.cn/list", "POST", b"page=%d" % number)
        assert read(folder, capture.location).payload == b"page %d" % number
    assert index.captures("http://a.gov.cn/list") == []
    assert verify(folder).problems == ()


@pytest.mark.skipif(shutil.which("wget") is None, reason="wget is not installed here")
@pytest.mark.parametrize("options", [[], ["--no-warc-compression"]])
def test_what_wget_writes_is_taken_over_whole(folder, tmp_path, options):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_bytes(b'<a href="a.html">')
    (tmp_path / "site" / "a.html").write_bytes(PAGE)
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "site"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        home = f"http://127.0.0.1:{server.server_port}/"
        command = ["wget", "-q", "-r", "-l1", "-e", "robots=off", "--no-proxy", "--warc-file=site", *options, home]
        subprocess.run(command, cwd=tmp_path, check=True, timeout=30)
        server.shutdown()
    (source,) = tmp_path.glob("site.warc*")
    result = import_warc(source, folder, info=INFO)
    assert (result.damages, result.notes) == ([], [])
    pages = {record.url: record.payload for record in records(folder) if record.kind == "response"}
    assert pages[home + "a.html"] == PAGE
    assert verify(folder).problems == ()
    assert import_warc(source, folder, info=INFO).taken == 0


def test_an_archive_of_ours_moves_into_another(folder, writer, tmp_path):
    writer.exchange(page(1))
    writer.close()
    other = ArchiveFolder(tmp_path / "other")
    assert import_warc(folder.path(folder.files()[0]), other, info=INFO).taken == 3
    types = [record.type for record in raw_records(other)]
    assert types == ["warcinfo", "warcinfo", "response", "request", "metadata"]
    assert verify(other).problems == ()


def test_a_wacz_is_the_warcs_in_it(folder, tmp_path):
    one, two = foreign(tmp_path / "1.warc.gz"), foreign(tmp_path / "2.warc", packed=False)
    path = tmp_path / "site.wacz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(one, "archive/1.warc.gz")
        archive.write(two, "archive/2.warc")
        archive.writestr("datapackage.json", "{}")
    assert import_warc(path, folder, info=INFO).taken == 18
    assert import_warc(path, folder, info=INFO).known == 18


def packed(path: Path, **entries: bytes | Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content if isinstance(content, bytes) else content.read_bytes())
    return path


def test_a_package_of_waczs_is_what_is_in_them(folder, tmp_path):
    inner = packed(tmp_path / "1.wacz", **{"archive/1.warc.gz": foreign(tmp_path / "1.warc.gz")})
    outer = packed(
        tmp_path / "all.wacz", **{"1.wacz": inner, "archive/2.warc": foreign(tmp_path / "2.warc", packed=False)}
    )
    assert import_warc(outer, folder, info=INFO).taken == 18
    assert {info["imported-from"] for info in warcinfos(folder) if "imported-from" in info} == {
        "all.wacz/1.wacz/archive/1.warc.gz",
        "all.wacz/archive/2.warc",
    }


def test_a_wacz_that_is_not_what_it_says_is_told_and_its_whole_records_taken(folder, tmp_path):
    """The hash of the package is wrong, and so is the checksum of the ZIP; one record is damaged in truth."""
    source = foreign(tmp_path / "1.warc.gz")
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    resources = [{"path": "archive/1.warc.gz", "hash": f"sha256:{digest}"}, {"path": "archive/2.warc.zst"}]
    path = packed(
        tmp_path / "site.wacz",
        **{
            "archive/1.warc.gz": source,
            "archive/2.warc.zst": b"\x28\xb5\x2f\xfd...",
            "datapackage.json": json.dumps({"resources": resources}).encode(),
        },
    )
    content = bytearray(path.read_bytes())
    content[content.index(source.read_bytes()[-300:]) + 150] ^= 1
    path.write_bytes(content)
    imported = import_warc(path, folder, info=INFO)
    told = {damage.reason.partition(":")[0] for damage in imported.damages}
    assert imported.taken == 8
    assert any("gzip data is damaged" in reason for reason in told)
    assert any("hash in datapackage.json" in reason for reason in told)
    assert any("Zstandard" in reason for reason in told)


def test_a_package_that_only_names_others_says_which(folder, tmp_path):
    package = {"resources": [{"path": "https://example.org/one.wacz", "hash": "sha256:00"}]}
    path = packed(tmp_path / "all.wacz", **{"datapackage.json": json.dumps(package).encode()})
    with pytest.raises(NotAnArchive, match=r"https://example\.org/one\.wacz"):
        import_warc(path, folder, info=INFO)


BAD = {
    "new.warc.zst": (b"\x28\xb5\x2f\xfd" + b"x" * 20, "Zstandard"),
    "dictionary.warc.zst": (b"\x5d\x2a\x4d\x18" + b"x" * 20, "Zstandard"),
    "empty.warc.gz": (b"", "the file is empty"),
    "text.warc": (b"just some text\n" * 100, "no WARC"),
    "random.warc.gz": (bytes(range(256)) * 20, "no WARC"),
    "page.warc.gz": (gzip.compress(b"<html></html>"), "no WARC"),
    "half.warc.gz": (b"\x1f\x8b\x08\x00\x00", "no WARC"),
    "zip.wacz": (b"PK\x03\x04 but no more", "a ZIP file that cannot be read"),
    "old.arc.gz": (gzip.compress(b"filedesc://x.arc 0.0.0.0 2001 text/plain 76\n1 0 x\n"), "an ARC"),
    "old.arc": (b"filedesc://x.arc 0.0.0.0 2001 text/plain 76\n1 0 x\n", "an ARC"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_warc_is_refused_in_one_line(folder, tmp_path, name):
    content, reason = BAD[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError, match=reason) as error:
        import_warc(tmp_path / name, folder, info=INFO)
    assert str(tmp_path / name) in str(error.value) and "\n" not in str(error.value)
    assert folder.files() == []


def test_a_missing_file_and_an_empty_zip_are_told_apart(folder, tmp_path):
    with pytest.raises(UsageError, match="No such file"):
        import_warc(tmp_path / "gone.warc", folder, info=INFO)
    with zipfile.ZipFile(tmp_path / "x.wacz", "w") as archive:
        archive.writestr("a.txt", "a")
    with pytest.raises(NotAnArchive, match="without a WARC"):
        import_warc(tmp_path / "x.wacz", folder, info=INFO)


def test_the_chunk_framing_of_the_wire_is_no_reason_to_lose_a_revisit(folder, tmp_path):
    """warcio takes the digest over the framing; ours is over the body, and the revisit must still find it."""
    source = foreign(tmp_path / "a.warc.gz", framed=True)
    import_warc(source, folder, info=INFO)
    (response, *_), (revisit,) = (
        [record for record in raw_records(folder) if record.type == kind] for kind in ("response", "revisit")
    )
    assert revisit.get("WARC-Payload-Digest") == response.get("WARC-Payload-Digest")
    assert not [found for found in scan(source, "x") if isinstance(found, Damage)]
