"""Between archive, conditional request and plain request: resumed runs, offline crawls, unchanged documents."""

import gzip
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive.folder import ArchiveFolder
from archive.reader import read, records
from archive.record import Location, WebRecord
from archive.verify import verify
from config import clock
from crawler.runs import cut_run
from tests.crawler.walk import Walk, Walker, walk
from tests.crawler.wire_server import Answer, Answers, WireServer, answer, serving

ROBOTS = answer(b"HTTP/1.1 200 OK\r\nContent-Length: 26\r\n\r\nUser-agent: *\nDisallow: /x\n")
PACKED = gzip.compress("政府信息公开工作年度报告".encode("gbk"), mtime=0)


def page(text: bytes, *headers: bytes, status: bytes = b"200 OK") -> Answer:
    lines = [b"HTTP/1.1 " + status, b"Content-Length: %d" % len(text), *headers]
    return answer(b"\r\n".join(lines) + b"\r\n\r\n" + text)


def portal(count: int) -> dict[str, Answer | Callable[[int], Answer]]:
    return {"/robots.txt": ROBOTS} | {f"/{n}": page(b"page %d" % n) for n in range(count)}


def killed_after(server: WireServer, count: int, data: Path, asks: list[Any], **settings: Any) -> None:
    """A walk whose process is killed once ``count`` requests were seen."""

    def kill(walker: Walker) -> None:
        walker.until(lambda: len(server.seen) >= count)
        walker.process.kill()
        walker.process.wait()

    walk(data, asks, while_running=kill, **settings)


def record(done: Walk, url: str) -> WebRecord:
    return read(done.folder, Location(*done.answer(url)["location"]))


def test_a_run_that_was_killed_is_gone_on_with(tmp_path: Path) -> None:
    with serving(portal(20)) as server:
        asks = [server.url(f"/{n}") for n in range(20)]
        killed_after(server, 8, tmp_path, asks, DOWNLOAD_DELAY=0.05)
        before = len(server.seen)
        done = walk(tmp_path, asks)
        again = [one.target for one in server.seen[before:]]
        assert {one["url"] for one in done.answers} == set(asks)
        for ask in asks:
            assert done.body(ask) == b"page " + ask.rpartition("/")[2].encode()
        assert 12 <= len(again) <= 15, again
        assert "/robots.txt" not in again
        assert done.stats["nianbao/replayed"] == 21 - len(again)
        assert {url for url, _ in done.account["stored"]} == {*asks, server.url("/robots.txt")}
    assert verify(done.folder).problems == ()
    assert cut_run(done.folder, "walked", clock.now()) is None


def test_killed_again_and_again_nothing_is_missing_and_little_is_fetched_twice(tmp_path: Path) -> None:
    """At moments that chance picks; more of them with NIANBAO_KILLS."""
    kills, chance = int(os.environ.get("NIANBAO_KILLS", "3")), random.Random()
    count = 36 + 8 * kills  # more than can be fetched between the kills
    with serving(portal(count)) as server:
        asks = [server.url(f"/{n}") for n in range(count)]
        for _ in range(kills):
            killed_after(server, len(server.seen) + chance.randint(0, 8), tmp_path, asks, DOWNLOAD_DELAY=0.02)
        done = walk(tmp_path, asks)
        assert {ask: done.body(ask) for ask in asks} == {
            ask: b"page " + ask.rpartition("/")[2].encode() for ask in asks
        }
        # In flight at each kill: a request, or one whose answer is being written.
        assert len(server.seen) <= count + 1 + 2 * kills
    assert verify(done.folder).problems == ()
    captured = [one.url for one in records(done.folder)]
    assert len(captured) == len(set(captured)), "a page was stored twice"


def test_a_run_that_ended_is_not_gone_on_with(tmp_path: Path) -> None:
    with serving(portal(3)) as server:
        asks = [server.url(f"/{n}") for n in range(3)]
        walk(tmp_path, asks)
        done = walk(tmp_path, asks)
        assert len(server.seen) == 8
    assert "nianbao/replayed" not in done.stats


def test_a_run_of_another_site_is_not_gone_on_with(tmp_path: Path) -> None:
    with serving(portal(8)) as server:
        asks = [server.url(f"/{n}") for n in range(8)]
        killed_after(server, 5, tmp_path, asks, DOWNLOAD_DELAY=0.05)
        assert cut_run(ArchiveFolder(tmp_path), "walked", clock.now()) is not None
        done = walk(tmp_path, asks, site={"name": "other"})
    assert "nianbao/replayed" not in done.stats


def test_passing_faults_and_cut_bodies_are_not_replayed(tmp_path: Path) -> None:
    """What the killed run got of them says nothing of the pages."""

    def better_later(first: Answer) -> Callable[[int], Answer]:
        return lambda times: page(b"whole") if times else first

    answers = portal(1) | {
        "/busy": better_later(page(b"busy", b"Retry-After: 0", status=b"503 Busy")),
        "/cut": better_later(answer(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwh", then="close")),
        "/wall": better_later(page(b"<script>$_ts=1</script>", status=b"412 No")),
        "/hang": answer(then="hang"),
    }
    with serving(answers) as server:
        asks = [server.url(target) for target in ("/0", "/busy", "/cut", "/wall")]
        hang = server.url("/hang")
        killed_after(server, 6, tmp_path, [*asks, hang], DOWNLOAD_DELAY=0.05)
        done = walk(tmp_path, asks)
        assert [done.body(ask) for ask in asks] == [b"page 0", b"whole", b"whole", b"whole"]
        assert len(server.exchanges("/0")) == 1


def test_offline_the_archive_alone_answers(tmp_path: Path) -> None:
    answers = portal(2) | {
        "/gzip": page(PACKED, b"Content-Encoding: gzip", b"Content-Type: text/html; charset=gb2312"),
        "/moved": answer(b"HTTP/1.1 301 Moved\r\nLocation: /0\r\nContent-Length: 0\r\n\r\n"),
        "/list?a=1": page(b"[1]"),
        "/post": lambda times: page(b"first" if not times else b"second"),
    }
    with serving(answers) as server:
        post = {"url": server.url("/post"), "method": "POST", "headers": {"Content-Type": "application/json"}}
        posts = [post | {"body": '{"page": 1}'}, post | {"body": '{"page": 2}'}]
        asks = [server.url(target) for target in ("/0", "/gzip", "/moved", "/list?a=1")]
        walk(tmp_path, [*asks, *posts], CONCURRENT_REQUESTS=1)
        online = len(server.seen)
        done = walk(tmp_path, [*asks, posts[1], server.url("/1")], NIANBAO_OFFLINE=True)
        assert len(server.seen) == online
        assert done.body(server.url("/gzip")).decode("gbk") == "政府信息公开工作年度报告"
        assert [one["status"] for one in done.answers].count(200) == 5
        assert done.body(server.url("/post")) == b"second"
        assert list(done.failures) == [server.url("/1")]
    assert done.stats["nianbao/skipped/not_archived"] == 1
    assert done.error is None
    assert len(list((tmp_path / "collections" / "nianbao" / "archive").iterdir())) == 1
    # Page 0 was asked for twice online: with its revisit the response that this refers to is told of, each time.
    stored = [record_id for url, record_id in done.account["stored"] if url == server.url("/0")]
    assert (len(stored), len(set(stored))) == (4, 2)
    assert len(done.account["stored"]) == 8


def test_offline_needs_no_contact_and_prefers_the_last_real_answer(tmp_path: Path) -> None:
    answers = {"/robots.txt": ROBOTS, "/0": lambda times: page(b"old", status=b"200 OK" if not times else b"500 No")}
    with serving(answers) as server:
        walk(tmp_path, [server.url("/0")])
        walk(tmp_path, [server.url("/0")])
        assert len(server.exchanges("/0")) == 2
        done = walk(tmp_path, [server.url("/0")], NIANBAO_OFFLINE=True)
        assert done.answer(server.url("/0"))["status"] == 200
    empty = walk(tmp_path / "b", ["http://www.qingshi.gov.cn/"], NIANBAO_OFFLINE=True, NIANBAO_ALLOW_PRIVATE=False)
    assert empty.error is None
    assert empty.stats["nianbao/skipped/not_archived"] == 1


def conditional(etag: bytes, text: bytes) -> Callable[[int], Answer]:
    """A document that is not sent twice."""

    def given(times: int) -> Answer:
        if times == 0:
            return page(text, b"ETag: " + etag, b"Last-Modified: Fri, 31 Jan 2025 08:00:00 GMT")
        return answer(b"HTTP/1.1 304 Not Modified\r\nETag: " + etag + b"\r\n\r\n")

    return given


def test_a_document_is_asked_for_on_condition_and_the_spider_gets_it_all_the_same(tmp_path: Path) -> None:
    text = b"a report " * 1000
    answers: Answers = {"/robots.txt": ROBOTS, "/report": conditional(b'"v1"', text), "/list": page(b"the list")}
    with serving(answers) as server:
        report, listing = server.url("/report"), server.url("/list")
        asks = [{"url": report, "meta": {"role": "item"}}, {"url": listing, "meta": {"role": "list"}}]
        walk(tmp_path, asks)
        for _ in range(2):
            done = walk(tmp_path, asks)
            assert done.body(report) == text
            assert done.answer(report)["status"] == 200
            assert done.stats["nianbao/unchanged"] == 1
            again = record(done, report)
            assert (again.kind, again.status, again.payload) == ("revisit", 200, text)
        for one in server.exchanges("/report")[1:]:
            assert b'If-None-Match: "v1"\r\n' in one.request
            assert b"If-Modified-Since: Fri, 31 Jan 2025 08:00:00 GMT\r\n" in one.request
        assert all(b"If-" not in one.request for one in server.exchanges("/list"))
    kinds = [(one.kind, one.url) for one in records(done.folder)]
    assert kinds.count(("revisit", report)) == 2
    assert kinds.count(("revisit", listing)) == 2
    assert verify(done.folder).problems == ()


def test_a_document_that_changed_is_stored_anew(tmp_path: Path) -> None:
    def changing(times: int) -> Answer:
        return page(b"version %d" % times, b'ETag: "%d"' % times)

    with serving({"/robots.txt": ROBOTS, "/report": changing}) as server:
        asks = [{"url": server.url("/report"), "meta": {"role": "item"}}]
        walk(tmp_path, asks)
        done = walk(tmp_path, asks)
        assert done.body(server.url("/report")) == b"version 1"
        assert b'If-None-Match: "0"' in server.exchanges("/report")[1].request
    assert "nianbao/unchanged" not in done.stats


def test_a_second_crawl_of_an_unchanged_portal_costs_next_to_nothing(tmp_path: Path) -> None:
    source = random.Random(7)
    documents = {f"/{n}": conditional(b'"%d"' % n, source.randbytes(38000)) for n in range(60)}
    with serving({"/robots.txt": ROBOTS} | documents) as server:
        asks = [{"url": server.url(target), "meta": {"role": "item"}} for target in documents]
        walk(tmp_path, asks)
        first = stored_bytes(tmp_path)
        walk(tmp_path, asks)
        second = stored_bytes(tmp_path) - first
        assert 0 < second < 0.04 * first


def stored_bytes(data: Path) -> int:
    return sum(path.stat().st_size for path in (data / "collections" / "nianbao" / "archive").iterdir())


@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_a_capture_that_is_lost_is_fetched_again(tmp_path: Path, damage: str) -> None:
    with serving(portal(6)) as server:
        asks = [server.url(f"/{n}") for n in range(6)]
        killed_after(server, 5, tmp_path, asks, DOWNLOAD_DELAY=0.05)
        (path,) = (tmp_path / "collections" / "nianbao" / "archive").iterdir()
        if damage == "gone":
            path.unlink()
        else:
            path.write_bytes(path.read_bytes()[:-10])
        done = walk(tmp_path, asks)
        assert {one["url"] for one in done.answers} == set(asks)
