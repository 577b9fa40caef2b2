import gzip
import io
import random
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeadersParser

from archive.exchange import Exchange
from archive.index import Index
from archive.raw import Damage, RawRecord, scan
from archive.reader import Reader, read, records
from archive.record import Location
from archive.verify import verify
from archive.writer import ArchiveWriter
from config.errors import ArchiveError
from tests.archive.exchanges import INFO, PAGE, STARTED, answer, chunked, die, get, page
from tests.archive.test_index import post
from tests.archive.test_writer import raw_records


def not_modified(number: int, minutes: int) -> Exchange:
    exchange = page(number, minutes=minutes)
    response = b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n'
    return Exchange(exchange.url, "GET", exchange.started, exchange.ip, exchange.request, response)


def test_a_record_is_read_as_it_was_answered(folder, writer):
    response = answer(
        chunked(gzip.compress(PAGE)), b"Content-Type: text/html", b"Transfer-Encoding: chunked",
        b"content-encoding: gzip", b"X-Name: \xc4\xea", b"Set-Cookie: a", b"set-cookie: b", length=False)  # fmt: skip
    location = writer.exchange(Exchange("http://a.gov.cn/", "GET", STARTED, None, get("/"), response))
    record = read(folder, location)
    assert (record.kind, record.status, record.payload, record.payload_error) == ("response", 200, PAGE, None)
    assert record.headers[-2:] == (("Set-Cookie", "a"), ("set-cookie", "b"))
    assert record.header("x-name") == "Äê"
    assert record.captured == STARTED
    assert record.location == location
    assert record.warcinfo_id == raw_records(folder)[0].record_id


def test_a_payload_that_cannot_be_decoded_is_an_error_of_its_record_alone(folder, writer):
    writer.exchange(
        Exchange("http://a.gov.cn/", "GET", STARTED, None, get("/"), answer(PAGE, b"Content-Encoding: sdch"))
    )
    writer.exchange(
        Exchange(
            "http://b.gov.cn/",
            "GET",
            STARTED,
            None,
            get("/"),
            answer(gzip.compress(PAGE)[:-9], b"Content-Encoding: gzip"),
        )
    )
    first, second = records(folder)
    assert first.payload_error == "content encoding sdch: this encoding is not known"
    assert second.payload_error == "content encoding gzip: the body ends early"


def test_an_unchanged_page_is_a_revisit_of_its_first_response(folder, writer):
    first = writer.exchange(page(1))
    again = [writer.exchange(page(1, minutes=minutes)) for minutes in (5, 10)]
    writer.close()
    original, *revisits = [record for record in raw_records(folder) if record.type in ("response", "revisit")]
    for revisit in revisits:
        assert revisit.get("WARC-Profile") == "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
        assert revisit.id_in("WARC-Refers-To") == first.record_id
        assert revisit.get("WARC-Refers-To-Target-URI") == page(1).url
        assert revisit.get("WARC-Refers-To-Date") == original.get("WARC-Date")
        assert revisit.get("WARC-Payload-Digest") == original.get("WARC-Payload-Digest")
        assert revisit.block == page(1).response[: -len(PAGE + b"<p>1</p>")]
    record = read(folder, again[1])
    assert (record.kind, record.status, record.payload) == ("revisit", 200, PAGE + b"<p>1</p>")
    assert (record.captured, record.location) == (page(1, minutes=10).started, again[1])
    assert len(list(records(folder))) == 3


def test_a_304_is_a_revisit_without_a_digest(folder, writer):
    first = writer.exchange(page(1))
    writer.exchange(page(1, minutes=3))
    told = writer.exchange(not_modified(1, 5))
    writer.close()
    revisit = raw_records(folder)[5]
    assert revisit.get("WARC-Profile") == "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
    assert revisit.get("WARC-Payload-Digest") is None
    assert revisit.id_in("WARC-Refers-To") == first.record_id  # the response, not the revisit between
    record = read(folder, told)
    assert (record.status, record.payload) == (200, PAGE + b"<p>1</p>")
    assert record.header("content-type") == "text/html; charset=gb2312"
    assert record.payload_digest == read(folder, first).payload_digest


def test_a_304_to_the_validators_of_an_older_response_refers_to_that_one(folder, writer):
    older, newer = writer.exchange(page(1)), writer.exchange(page(1, b"newer", minutes=2))
    index = Index(folder)
    first, second = index.captures(page(1).url)
    assert (first.location, second.location) == (older, newer)
    told = writer.exchange(not_modified(1, 5), refers_to=first)
    assert read(folder, told).payload == PAGE + b"<p>1</p>"
    assert read(folder, writer.exchange(not_modified(1, 6))).payload == PAGE + b"<p>1</p>"


@pytest.mark.parametrize("closed", [False, True])
def test_a_posted_list_is_revisited_and_resolved_like_a_page(folder, writer, closed, monkeypatch):
    url = "http://a.gov.cn/list?c=1"
    first = [writer.exchange(post(url, b"page=%d" % number)) for number in (1, 2)]
    again = [writer.exchange(post(url, b"page=%d" % number, minutes=5)) for number in (1, 2)]
    if closed:
        writer.close()
    monkeypatch.setattr(Index, "by_id", None)  # which reads the whole index, once for each of a million
    for one, other in zip(first, again, strict=True):
        record = read(folder, other)
        assert (record.kind, record.payload) == ("revisit", read(folder, one).payload)


def test_a_new_payload_is_stored_whatever_the_request_was_conditional_on(folder, writer):
    writer.exchange(page(1))
    (first,) = Index(folder).captures(page(1).url)
    changed = writer.exchange(page(1, b"changed", minutes=5), refers_to=first)
    assert (read(folder, changed).kind, read(folder, changed).payload) == ("response", b"changed")


def test_nothing_is_a_revisit_that_is_new_cut_or_empty(folder, writer):
    writer.exchange(not_modified(9, 0))
    for minutes in (0, 1):
        writer.exchange(page(2, b"", minutes=minutes))
        cut = page(3, minutes=minutes)
        writer.exchange(Exchange(cut.url, "GET", cut.started, None, cut.request, cut.response[:-4], "length"))
    writer.exchange(page(4))
    writer.exchange(page(4, b"other", minutes=1))
    assert {record.kind for record in records(folder)} == {"response"}


def test_without_its_original_a_page_is_stored_again(folder, writer):
    first = writer.exchange(page(1))
    writer.close()
    folder.path(first.file).unlink()
    with ArchiveWriter(folder, info=INFO, index=Index(folder)) as second:
        again = second.exchange(page(1, minutes=5))
    assert read(folder, again).kind == "response"


def test_a_revisit_whose_original_is_lost_says_so(folder, writer):
    first = writer.exchange(page(1))
    writer.close()
    with ArchiveWriter(folder, info=INFO, index=Index(folder)) as second:
        again = second.exchange(page(1, minutes=5))
    folder.path(first.file).unlink()
    record = read(folder, again)
    assert (record.kind, record.payload) == ("revisit", b"")
    assert record.payload_error.endswith(f"is not in the archive: {page(1).url}")


def test_damage_is_reported_and_everything_else_is_read(folder, writer):
    places = [writer.exchange(page(number)) for number in range(8)]
    writer.close()
    path = folder.path(places[0].file)
    data = bytearray(path.read_bytes())
    for number in (2, 5):
        data[places[number].offset + 40] ^= 0xFF
    del data[-3:]
    path.write_bytes(data)
    damages: list[Damage] = []
    read_ = [record.location for record in records(folder, on_damage=damages.append)]
    assert read_ == [place for number, place in enumerate(places) if number not in (2, 5)]
    assert [damage.offset for damage in damages[:2]] == [places[2].offset, places[5].offset]
    assert all(damage.file == path.name and damage.reason for damage in damages)
    with pytest.raises(ArchiveError, match=f"{path.name}, offset {places[5].offset}"):
        read(folder, places[5])


def test_no_record_behind_damage_is_hidden_wherever_it_is(folder, writer):
    places = [writer.exchange(page(number)) for number in range(5)]
    writer.close()
    path = folder.path(places[0].file)
    whole = path.read_bytes()
    for at in random.Random(3).sample(range(places[1].offset, places[2].offset), 60):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x5A]) + whole[at + 1 :])
        damages: list[Damage] = []
        urls = {record.url for record in records(folder, on_damage=damages.append)}
        assert urls >= {page(number).url for number in (0, 2, 3, 4)}
        assert damages or page(1).url in urls


def test_a_record_that_is_being_written_is_no_damage(folder, writer):
    location = writer.exchange(page(1))
    with folder.in_writing(location.file).open("ab") as stream:
        stream.write(b"\x1f\x8b\x08\x00 half a rec")
    damages: list[Damage] = []
    assert len(list(records(folder, on_damage=damages.append))) == 1
    assert damages == []
    die(writer)
    assert len(list(records(folder, on_damage=damages.append))) == 1
    assert [damage.file for damage in damages] == [location.file]


def test_damage_is_logged_where_nobody_asks_for_it(folder, writer, caplog):
    location = writer.exchange(page(1))
    writer.close()
    path = folder.path(location.file)
    path.write_bytes(path.read_bytes()[:-1])
    assert len(list(records(folder))) == 1
    assert location.file in caplog.text


def test_a_record_that_a_repair_has_moved_is_found_by_its_id(folder, writer):
    location = writer.exchange(page(1))
    writer.close()
    moved = Location(location.file, location.offset + 7, location.record_id)
    assert read(folder, moved).location == location
    with pytest.raises(ArchiveError):
        read(folder, Location(location.file, location.offset, "urn:uuid:another"))
    with pytest.raises(ArchiveError, match="is missing"):
        read(folder, Location("gone.warc.gz", 0, "urn:uuid:another"))


def test_what_is_no_page_is_not_read_as_one(folder, writer):
    writer.exchange(page(1))
    info = raw_records(folder)[0]
    with pytest.raises(ArchiveError, match="a warcinfo record"):
        read(folder, Location(info.file, info.offset, info.record_id))


def test_a_bomb_is_held_to_the_limit(folder, writer):
    bomb = answer(gzip.compress(bytes(10_000_000)), b"Content-Encoding: gzip")
    location = writer.exchange(Exchange("http://a.gov.cn/", "GET", STARTED, None, get("/"), bomb))
    record = Reader(folder, payload_limit=1000).read(location)
    assert (len(record.payload), "larger than 1000 bytes" in record.payload_error) == (1000, True)
    assert verify(folder).problems == ()


@pytest.mark.parametrize("ending", [b"\r\n", b"\n"])
@pytest.mark.parametrize(
    "lines",
    [
        [b"WARC-Type: response", b"WARC-Date:2024-01-01T00:00:00Z", b"X-Note:  two  words  ", b"X-Empty:"],
        [b"X-Note: one", b"  and more", b"X-Next: two"],
        [b"X-Name : apart", b"no field", b"X-Tab:\tvalue\t", b"X-Next: two"],
        ["X-Note: 年报".encode(), b"X-Next: two"],
        [b"X-Note: \xe9", b"X-Next: two"],
    ],
)
def test_headers_are_read_as_warcio_reads_them(lines: list[bytes], ending: bytes, tmp_path: Path):
    """Plain ones are read without it."""
    fields = ending.join([b"WARC/1.1", b"Content-Length: 4", *lines, b"", b""])
    path = tmp_path / "a.warc"
    path.write_bytes(fields + b"data\r\n\r\n")
    expected = StatusAndHeadersParser(["WARC/"]).parse(io.BytesIO(fields))
    record = next(scan(path, path.name))
    assert isinstance(record, RawRecord)
    assert (list(record.fields), record.block) == (expected.headers, b"data")
