"""What is archived when an exchange does not go to its end, and what stops a crawl."""

import base64
import json
import os
import ssl
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from tests.crawler.resolver import VARIABLE
from tests.crawler.walk import walk
from tests.crawler.wire_server import answer, server_context, serving

NO_ROBOTS = answer(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
LONG = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def records(data: Path) -> list[tuple[str, str, str | None, bytes]]:
    """Type, target, WARC-Truncated and block of all records, in order."""
    found = []
    for path in sorted((data / "collections" / "nianbao" / "archive").iterdir()):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, no_record_parse=True):
                header = record.rec_headers.get_header
                url = header("WARC-Target-URI") or ""
                found.append((record.rec_type, url, header("WARC-Truncated"), record.raw_stream.read()))
    return found


def response_of(data: Path, url: str) -> tuple[str | None, bytes]:
    found = [(cut, block) for kind, target, cut, block in records(data) if (kind, target) == ("response", url)]
    assert len(found) == 1, found
    return found[0]


def failure_of(data: Path, url: str) -> str:
    found = [block for kind, target, _, block in records(data) if (kind, target) == ("metadata", url)]
    assert len(found) == 1, found
    return found[0].decode()


def test_bodies_that_were_cut_are_kept_and_say_why(tmp_path: Path) -> None:
    answers = {
        "/robots.txt": NO_ROBOTS,
        "/short": answer(LONG + b"short", then="close"),
        "/chunk": answer(CHUNKED + b"5\r\nabcde\r\n9\r\nxy", then="close"),
        "/frame": answer(CHUNKED + b"5\r\nabcde\r\nnot a length\r\n", then="close"),
        "/reset": answer(LONG + b"reset", 0.2, then="reset"),
        "/slow": answer(LONG + b"slow", then="hang"),
        "/large": answer(LONG, b"x" * 60000, 0.05, b"y" * 40000),
        "/endless": answer(b"HTTP/1.1 200 OK\r\n\r\n", b"z" * 60000, 0.05, b"z" * 60000, then="close"),
    }
    with serving(answers) as server:
        urls = {target: server.url(target) for target in answers if target != "/robots.txt"}
        done = walk(tmp_path, list(urls.values()), DOWNLOAD_TIMEOUT=2, DOWNLOAD_MAXSIZE=50000)

        def kept(target: str) -> tuple[str | None, bytes]:
            return response_of(tmp_path, urls[target])

        for target in ("/short", "/chunk", "/frame", "/reset"):
            assert kept(target) == ("disconnect", server.one(target).sent)
        assert kept("/slow") == ("time", server.one("/slow").sent)
        for target in ("/large", "/endless"):
            cut, block = kept(target)
            assert cut == "length"
            assert len(block) > 50000
            assert server.one(target).sent.startswith(block)
    assert done.answer(urls["/short"])["truncated"] == "disconnect"
    assert done.body(urls["/chunk"]) == b"abcdexy"
    assert done.answer(urls["/large"])["truncated"] == "length"
    assert done.failures[urls["/slow"]][0] == "DownloadTimeoutError"


def test_an_answer_that_stops_in_the_middle_is_taken_as_it_is(tmp_path: Path) -> None:
    steady = [part for number in range(4) for part in (0.3, b"%d" % number)]
    answers = {
        "/robots.txt": NO_ROBOTS,
        "/wrong": answer(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nthe page", then="hang"),
        "/steady": answer(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n", *steady),
    }
    with serving(answers) as server:
        wrong, steadily = server.url("/wrong"), server.url("/steady")
        done = walk(tmp_path, [wrong, steadily], NIANBAO_PATIENCE=0.8)
        assert response_of(tmp_path, wrong) == ("time", server.one("/wrong").sent)
        assert response_of(tmp_path, steadily) == (None, server.one("/steady").sent)
    assert done.body(wrong) == b"the page"
    assert done.answer(wrong)["truncated"] == "time"
    assert done.body(steadily) == b"0123"


def test_fetches_that_gave_nothing_leave_a_reason(tmp_path: Path) -> None:
    answers = {
        "/robots.txt": NO_ROBOTS,
        "/closed": answer(then="close"),
        "/silent": answer(then="hang"),
        "/ssh": answer(b"SSH-2.0-OpenSSH_9.6\r\n", then="close"),
        "/half": answer(b"HTTP/1.1 200 OK\r\nContent-Le", then="close"),
        "/no-head": answer(b"<html>" + b"no head" * 200, then="close"),
        "/stopped": answer(b"HTTP/1.1 200 OK\r\nContent-Le", then="hang"),
        "/endless": answer(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 20000, then="close"),
    }
    with serving(answers) as server, serving({}) as gone:
        refused, missing = gone.url("/x", "127.0.0.9"), "http://missing.gov.cn/x"
        urls = {target: server.url(target) for target in answers if target != "/robots.txt"}
        site = {"scope": ["127.0.0.1", "127.0.0.9", "missing.gov.cn"]}
        done = walk(
            tmp_path,
            [*urls.values(), {"url": refused, "meta": {"robots": True}}, {"url": missing, "meta": {"robots": True}}],
            site=site,
            environment={VARIABLE: json.dumps({})},
            DOWNLOAD_TIMEOUT=2,
            DOWNLOAD_MAXSIZE=50000,
            NIANBAO_PATIENCE=0.5,
            TWISTED_DNS_RESOLVER="tests.crawler.resolver.Resolver",
        )
    assert "closed: " in failure_of(tmp_path, urls["/closed"])
    assert "timeout: " in failure_of(tmp_path, urls["/silent"])
    assert "malformed: " in failure_of(tmp_path, urls["/ssh"])
    assert "SSH-2.0" in failure_of(tmp_path, urls["/ssh"])
    assert "Content-Le" in failure_of(tmp_path, urls["/half"])
    assert "timeout: the server stopped" in failure_of(tmp_path, urls["/stopped"])
    assert "malformed: the head of the answer has no end" in failure_of(tmp_path, urls["/endless"])
    for target in ("/ssh", "/half", "/no-head", "/stopped"):
        kept = failure_of(tmp_path, urls[target]).partition("received-base64: ")[2]
        assert base64.b64decode(kept) == server.one(target).sent
    assert "refused: " in failure_of(tmp_path, refused)
    assert "dns: " in failure_of(tmp_path, missing)
    assert len(done.failures) == 9
    assert [kind for kind, *_ in records(tmp_path)].count("response") == 1


def test_a_tls_handshake_that_fails_leaves_a_reason(tmp_path: Path) -> None:
    context = server_context(tmp_path)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_REQUIRED  # of the client, who has no certificate to show
    with serving({}, tls=context) as server:
        url = server.url("/x")
        done = walk(tmp_path / "data", [{"url": url, "meta": {"robots": True}}])
    assert "tls: " in failure_of(tmp_path / "data", url)
    assert list(done.failures) == [url]


@pytest.mark.parametrize("weakness", ["expired", "tls1.0", "weak cipher"])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1 is deprecated")
def test_old_and_broken_tls_is_talked_to(tmp_path: Path, weakness: str) -> None:
    context = server_context(tmp_path, expired=weakness == "expired")
    if weakness != "expired":
        context.set_ciphers("AES128-SHA:ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0")
        context.maximum_version = ssl.TLSVersion.TLSv1 if weakness == "tls1.0" else ssl.TLSVersion.TLSv1_2
        context.minimum_version = ssl.TLSVersion.TLSv1
    answers = {"/robots.txt": NO_ROBOTS, "/": answer(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nold")}
    with serving(answers, tls=context) as server:
        done = walk(tmp_path / "data", [server.url("/")])
        assert done.body(server.url("/")) == b"old"
    notes = [block.decode() for kind, _, _, block in records(tmp_path / "data") if b"certificate-flaws" in block]
    assert len(notes) == 1
    expected = "self-signed, expired" if weakness == "expired" else "self-signed"
    assert f"certificate-flaws: {expected}\r\n" in notes[0]


def test_an_archive_that_cannot_be_written_stops_the_crawl(tmp_path: Path) -> None:
    """With the folder for the files taken by a file, nothing can be archived, and so nothing is asked for."""
    archive = tmp_path / "collections" / "nianbao" / "archive"
    archive.parent.mkdir(parents=True)
    archive.write_text("in the way")
    with serving({"/robots.txt": NO_ROBOTS}) as server:
        done = walk(tmp_path, [server.url("/")])
        assert server.seen == []
    assert done.error is not None
    _, code, message = done.error
    assert code == 4
    assert str(archive) in message
    assert done.reason == "archive_error"


def test_a_full_disk_stops_the_crawl_before_anything_is_reported_as_stored(tmp_path: Path) -> None:
    """A limit on the size of files stands in for the full disk: the system refuses the write in the same place."""
    page = answer(b"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + os.urandom(200000))
    answers = {"/robots.txt": NO_ROBOTS} | {f"/{number}": page for number in range(20)}
    with serving(answers) as server:
        urls = [server.url(f"/{number}") for number in range(20)]
        done = walk(tmp_path, urls, environment={"TEST_FILE_LIMIT": "1000000"})
    assert done.error is not None
    name, code, message = done.error
    assert (name, code, done.reason) == ("ArchiveWriteError", 4, "archive_error")
    assert ".warc.gz" in message
    stored = {target for kind, target, *_ in records(tmp_path) if kind == "response"}
    assert {url for url, _ in done.account["stored"]} == stored
    assert {one["url"] for one in done.answers} < stored
    assert 0 < len(done.answers) < 6
