"""The contract: archived bytes = wire bytes. It holds the private names of Scrapy and Twisted that wire.py uses."""

import gzip
import ssl
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.reader import read
from archive.record import Location
from crawler.fetch.wire import Tape, head_end, split_interim, status_of
from tests.crawler.walk import Walk, walk
from tests.crawler.wire_server import Answers, WireServer, answer, server_context, serving

GBK = "附件：年度报告".encode("gbk")
PACKED = gzip.compress("<html>政府信息公开工作年度报告</html>".encode(), mtime=0)

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
LATE = ("/blank-lines", "/spaced-status", "/small-http", "/odd-names", "/no-length", "/two-lengths", "/identity",
        "/odd-chunks", "/one-byte-chunks", "/unended-chunks", "/no-chunks", "/long-header")  # fmt: skip

# Targets and the answers to them, in the order in which they are asked for; all that is odd about them is kept.
ODD: Answers = {
    "/robots.txt": answer(b"HTTP/1.1 404 Nicht da\r\ncontent-length: 4\r\n\r\nnein"),
    "/plain": answer(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nplain"),
    "/case": answer(
        b"HTTP/1.1 200 \xcd\xea\xb3\xc9\r\nsErVeR: x\r\nX-B: 2\r\nX-A: 1\r\nX-B:3\r\n"
        b"Set-Cookie: a=1\r\nset-cookie: b=2\r\nContent-Disposition: attachment; filename=" + GBK + b".pdf\r\n"
        b"CONTENT-LENGTH:   4  \r\n\r\ncase"
    ),
    "/chunked": answer(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-End\r\n\r\n",
        b"3;name=value\r\nabc\r\n",
        0.05,
        b"0A\r\n0123456789\r\n0\r\nX-End: yes\r\n\r\n",
    ),
    "/gzip": answer(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Type: text/html; charset=gb2312\r\n"
        b"Content-Length: %d\r\n\r\n" % len(PACKED) + PACKED
    ),
    "/no-gzip": answer(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nplain"),
    "/torn-gzip": answer(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % (len(PACKED) - 9) + PACKED[:-9]
    ),
    "/unknown-coding": answer(b"HTTP/1.1 200 OK\r\nContent-Encoding: snappy\r\nContent-Length: 3\r\n\r\n\x00\x01\x02"),
    "/bare-newlines": answer(b"HTTP/1.1 200 OK\nContent-Length: 4\nX: y\n\nbare"),
    "/no-phrase": answer(b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok"),
    "/no-colon": answer(b"HTTP/1.1 200 OK\r\nthis is no header\r\nContent-Length: 3\r\n\r\nodd"),
    "/folded": answer(b"HTTP/1.1 200 OK\r\nX-Long: one\r\n  two\r\nContent-Length: 3\r\n\r\nfol"),
    "/moved": answer(b"HTTP/1.1 302 Found\r\nLocation: /landed\r\nContent-Length: 4\r\n\r\ngone"),
    "/landed": answer(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nlanded"),
    "/missing": answer(b"HTTP/1.1 404 Not Found\r\nContent-Length: 7\r\n\r\nmissing"),
    "/nothing": answer(b"HTTP/1.1 204 No Content\r\nX: 1\r\n\r\n"),
    "/unchanged": answer(b'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\nContent-Length: 99\r\n\r\n'),
    "/empty": answer(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    "/head": answer(b"HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n"),
    "/post": answer(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n[{}]"),
    "/binary": answer(b"HTTP/1.1 200 OK\r\nContent-Length: 65536\r\n\r\n" + bytes(range(256)) * 256),
    "/surplus": answer(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfour and more"),
    "/after-surplus": answer(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nafter"),
    # What Twisted alone gives up at, each with its page in a piece that comes after the head.
    "/blank-lines": answer(b"\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n", 0.02, b"late"),
    "/spaced-status": answer(b"HTTP/1.1  200  OK\r\nContent-Length: 4\r\n\r\n", 0.02, b"late"),
    "/small-http": answer(b"http/1 200 ok\r\nContent-Length: 4\r\n\r\n", 0.02, b"late"),
    "/odd-names": answer(
        b"HTTP/1.1 200 OK\r\n folded at once\r\n" + GBK + b": x\r\n: y\r\nA B: z\r\nContent-Length : 4\r\n\r\n",
        0.02,
        b"late",
    ),
    "/no-length": answer(b"HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n", 0.02, b"late", then="close"),
    "/two-lengths": answer(
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 9\r\n\r\n", 0.02, b"late", then="close"
    ),
    "/identity": answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 4\r\n\r\n", 0.02, b"late"),
    "/odd-chunks": answer(CHUNKED + b"2  \r\nla\r\n", 0.02, b"2\nte\n0 \n", 0.02, b"X-End: \xb1\n\n"),
    "/one-byte-chunks": answer(CHUNKED, *(bytes([byte]) for byte in b"2;x=y\r\nla\r\n2\r\nte\r\n0\r\n\r\n")),
    "/unended-chunks": answer(CHUNKED, b"4\r\nlate\r\n0\r\n", then="close"),
    "/no-chunks": answer(CHUNKED + b"la", 0.02, b"te", then="close"),
    "/long-header": answer(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 90000, 0.02, b"\r\nContent-Length: 4\r\n\r\nlate"),
    "/old": answer(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\nuntil the end", then="close"),
    "/broken": answer(b"HTTP/1.1 500 Oops\r\nContent-Length: 3\r\n\r\nerr"),  # the last: a pause comes after it
}
_ASKED = [target for target in ODD if target not in ("/robots.txt", "/landed", "/head", "/post", "/broken")]


def blocks(data: Path) -> dict[tuple[str, str], list[bytes]]:
    """The blocks of all records as they lie in the files, by record type and target, in order."""
    found: dict[tuple[str, str], list[bytes]] = {}
    for path in sorted((data / "collections" / "nianbao" / "archive").iterdir()):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, no_record_parse=True):
                url = record.rec_headers.get_header("WARC-Target-URI") or ""
                found.setdefault((record.rec_type, url), []).append(record.raw_stream.read())
    return found


def ask_everything(server: WireServer, data: Path) -> Walk:
    asks: list[str | dict[str, object]] = [server.url(target) for target in _ASKED]
    asks.append({"url": server.url("/head"), "method": "HEAD"})
    asks.append({"url": server.url("/post"), "method": "POST", "body": "page=1&名=年报", "headers": {"X-Odd": "1"}})
    asks.append(server.url("/broken"))
    asks[0] = {"url": asks[0], "headers": {"Cookie": "a=b"}}
    return walk(data, asks)


@pytest.fixture(scope="module", params=["http", "https"])
def odd_walk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[WireServer, Walk]:
    folder = tmp_path_factory.mktemp(request.param)
    tls: ssl.SSLContext | None = server_context(folder) if request.param == "https" else None
    with serving(ODD, tls=tls) as server:
        return server, ask_everything(server, folder / "data")


@pytest.mark.parametrize("target", list(ODD))
def test_what_is_archived_is_what_went_over_the_wire(odd_walk: tuple[WireServer, Walk], target: str) -> None:
    server, done = odd_walk
    seen, archived = server.one(target), blocks(done.data)
    assert archived[("request", server.url(target))] == [seen.request], done.log
    assert archived[("response", server.url(target))] == [seen.sent], done.log


def test_connections_are_kept_alive_but_for_a_surplus(odd_walk: tuple[WireServer, Walk]) -> None:
    server, _ = odd_walk
    assert server.one("/plain").connection == server.one("/binary").connection == server.one("/surplus").connection
    assert server.one("/after-surplus").connection != server.one("/surplus").connection


def test_responses_go_on_as_scrapy_gives_them(odd_walk: tuple[WireServer, Walk]) -> None:
    server, done = odd_walk
    assert done.body(server.url("/gzip")).decode() == "<html>政府信息公开工作年度报告</html>"
    assert done.body(server.url("/no-gzip")) == b"plain"
    assert done.body(server.url("/torn-gzip")).decode().startswith("<html>政府")
    assert (
        done.answer(server.url("/torn-gzip"))["flags"]
        == done.answer(server.url("/unknown-coding"))["flags"]
        == ["undecodable"]
    )
    assert done.body(server.url("/chunked")) == b"abc0123456789"
    assert done.answer(server.url("/landed"))["status"] == 200
    assert done.answer(server.url("/missing"))["status"] == 404
    assert all(one["location"] for one in done.answers)
    assert done.reason == "finished"
    assert done.error is None


def test_pages_of_servers_that_get_http_a_little_wrong_are_read_whole(odd_walk: tuple[WireServer, Walk]) -> None:
    """By the crawl, and by whoever reads the archive."""
    server, done = odd_walk
    for target in LATE:
        answered = done.answer(server.url(target))
        assert (done.body(server.url(target)), answered["truncated"]) == (b"late", None), target
        record = read(done.folder, Location(*answered["location"]))
        assert (record.status, record.payload, record.truncated) == (200, b"late", None), target


def test_every_stored_exchange_is_announced(odd_walk: tuple[WireServer, Walk]) -> None:
    server, done = odd_walk
    assert [url for url, _ in done.account["stored"]].count(server.url("/moved")) == 1
    assert {url for url, _ in done.account["stored"]} == {server.url(target) for target in ODD}


def test_only_encodings_that_we_undo_are_asked_for(odd_walk: tuple[WireServer, Walk]) -> None:
    server, _ = odd_walk
    assert b"Accept-Encoding: gzip, deflate\r\n" in server.one("/plain").request
    assert b"Accept-Encoding: gzip, deflate\r\n" in server.one("/robots.txt").request


def test_interim_responses_are_noted_beside_the_final_one(tmp_path: Path) -> None:
    early = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: \xb8\xbd\r\n\r\n"
    final = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    with serving({"/early": answer(early[:30], 0.05, early[30:] + final)}) as server:
        url = server.url("/early")
        done = walk(tmp_path, [url])
    archived = blocks(tmp_path)
    assert archived[("response", url)] == [final]
    (note,) = archived[("metadata", url)]
    assert note.partition(b": ")[0] == b"interim-responses"
    assert note.rstrip().partition(b": ")[2].decode("unicode_escape").encode("latin-1") == early
    assert done.body(url) == b"ok"


def test_interim_responses_stand_apart() -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
    final = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    assert split_interim(b"HTTP/1.1 100 Continue\n\n" + early + final) == (b"HTTP/1.1 100 Continue\n\n" + early, final)
    assert split_interim(final) == (b"", final)
    assert split_interim(b"HTTP/1.1 100 Cont") == (b"", b"HTTP/1.1 100 Cont")


def test_a_head_ends_at_the_first_blank_line() -> None:
    assert head_end(b"HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody\r\n\r\n") == 25
    assert head_end(b"HTTP/1.1 200 OK\nA: b\n\nbody") == 22
    assert head_end(b"HTTP/1.1 200 OK\r\nA: b\r\n") is None


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"HTTP/1.1 200 OK\r\n", 200),
        (b"HTTP/1.1 404\n", 404),
        (b"SSH-2.0-OpenSSH\r\n", None),
        (b"HTTP/1.1 two\r\n", None),
    ],
)
def test_status_of_a_first_line(line: bytes, status: int | None) -> None:
    assert status_of(line) == status


def test_a_second_attempt_wipes_the_first() -> None:
    tape = Tape()
    tape.begin("192.0.2.1")
    tape.write(b"GET / HTTP/1.1\r\n\r\n")
    tape.begin("192.0.2.2")
    tape.write(b"GET / HTTP/1.1\r\n\r\n")
    tape.receive(b"HTTP/1.1 200 OK\r\n\r\n")
    assert (tape.ip, tape.request) == ("192.0.2.2", b"GET / HTTP/1.1\r\n\r\n")
