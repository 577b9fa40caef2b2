"""One crawl as the archive sees it: who asks, one at a time, how it ends."""

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from scrapy.settings import Settings
from warcio.archiveiterator import ArchiveIterator

from archive.folder import ArchiveFolder
from archive.verify import verify
from config.site import Site
from crawler import terms
from crawler.data import DataFolder
from crawler.lease import Lease
from tests.crawler.walk import Walker, walk
from tests.crawler.wire_server import answer, serving

MISSING = answer(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
PAGE = answer(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage")
SLOW = answer(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npa", 0.7, b"ge")


def fields(data: Path) -> dict[str, str]:
    """The warcinfo of the only file."""
    (path,) = (data / "collections" / "nianbao" / "archive").iterdir()
    with path.open("rb") as file:
        record = next(iter(ArchiveIterator(file)))
        assert record.rec_type == "warcinfo"
        lines = record.raw_stream.read().decode().splitlines()
        return dict(line.split(": ", 1) for line in lines if ": " in line)


def ending(data: Path) -> str:
    """The last record of the only file, which says how the run ended."""
    (path,) = (data / "collections" / "nianbao" / "archive").iterdir()
    with path.open("rb") as file:
        return [record.raw_stream.read() for record in ArchiveIterator(file, no_record_parse=True)][-1].decode()


def test_the_run_says_who_asked_for_what(tmp_path: Path) -> None:
    with serving({"/robots.txt": MISSING, "/": PAGE}) as server:
        walk(tmp_path, [server.url("/")], NIANBAO_CONTACT="crawler@example.org")
        asked = server.one("/").request
    info = fields(tmp_path)
    agent = info["http-header-user-agent"]
    assert agent.startswith("nianbao/")
    assert agent.endswith(" (+crawler@example.org)")
    assert f"User-Agent: {agent}\r\n".encode() in asked
    assert info["operator"] == "crawler@example.org"
    assert info["robots"] == "obey"
    assert info["fidelity"] == "wire"
    assert info["configuration"].startswith("sha256:")
    assert info["isPartOf"].startswith("walked-")
    assert "scrapy/2.19" in info["software"]
    assert "run-ended" in ending(tmp_path)
    assert verify(ArchiveFolder(tmp_path)).problems == ()


@pytest.mark.parametrize("where", ["setting", "environment"])
def test_the_contact_is_found_where_it_is_set(tmp_path: Path, where: str) -> None:
    with serving({"/robots.txt": MISSING, "/": PAGE}) as server:
        settings = {"NIANBAO_CONTACT": "https://example.org/bot"} if where == "setting" else {}
        environment = {"NIANBAO_CONTACT": "https://example.org/bot"} if where == "environment" else {}
        walk(tmp_path, [server.url("/")], environment=environment, **settings)
        assert b"(+https://example.org/bot)\r\n" in server.one("/").request


def test_a_real_portal_is_not_crawled_without_a_contact(tmp_path: Path) -> None:
    done = walk(tmp_path, ["http://www.qingshi.gov.cn/"], NIANBAO_ALLOW_PRIVATE=False)
    assert done.error is not None
    name, code, message = done.error
    assert (name, code) == ("UsageError", 2)
    assert all(way in message for way in ("--contact", "$NIANBAO_CONTACT", "settings.yaml"))
    assert not (tmp_path / "collections").exists()


@pytest.mark.parametrize("contact", ["me", "a b@example.org", "a@example.org\r\nX: y"])
def test_a_contact_that_reaches_nobody_is_refused(tmp_path: Path, contact: str) -> None:
    done = walk(tmp_path, ["http://127.0.0.1:1/"], NIANBAO_CONTACT=contact)
    assert done.error is not None
    assert done.error[:2] == ("UsageError", 2)


def test_two_crawls_of_one_site_do_not_run_at_once(tmp_path: Path) -> None:
    with (
        serving({"/robots.txt": MISSING, "/": PAGE}) as server,
        Lease(DataFolder(tmp_path), ["site walked"]),
    ):
        done = walk(tmp_path, [server.url("/")])
        assert server.seen == []
    assert done.error is not None
    assert done.error[1] == 2
    assert f"process {os.getpid()}" in done.error[2]


def stop_with(sent: list[int], seen: Any, count: int, pause: float = 0.3) -> Any:
    def stop(walker: Walker) -> None:
        walker.until(lambda: len(seen) >= count)
        for number in sent:
            walker.process.send_signal(number)
            time.sleep(pause)

    return stop


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_lets_what_is_in_flight_arrive_and_leaves_the_rest(tmp_path: Path, number: int) -> None:
    with serving({"/robots.txt": MISSING} | {f"/{n}": SLOW for n in range(8)}) as server:
        asks = [server.url(f"/{n}") for n in range(8)]
        done = walk(tmp_path, asks, while_running=stop_with([number], server.seen, 2), DOWNLOAD_DELAY=3)
        assert len(server.seen) == 2
        assert {url for url, _ in done.account["stored"]} == {server.url(one.target) for one in server.seen}
    assert done.reason == "shutdown"
    assert done.error is None
    assert verify(done.folder).problems == ()
    assert "run-ended" not in ending(tmp_path)


def test_a_second_signal_stops_at_once_and_leaves_a_valid_archive(tmp_path: Path) -> None:
    hanging = answer(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npa", then="hang")
    with serving({"/robots.txt": MISSING, "/0": PAGE, "/1": hanging}) as server:
        stop = stop_with([signal.SIGINT, signal.SIGINT], server.seen, 3)
        started = time.monotonic()
        done = walk(tmp_path, [server.url("/0"), server.url("/1")], while_running=stop)
        assert time.monotonic() - started < 55, "waited for the answer that hangs (NIANBAO_PATIENCE)"
    assert verify(done.folder).problems == ()
    assert "run-ended" not in ending(tmp_path)
    (path,) = (tmp_path / "collections" / "nianbao" / "archive").iterdir()
    assert path.name.endswith(".warc.gz")


def test_a_run_whose_account_cannot_be_written_is_no_success(tmp_path: Path) -> None:
    extensions = {"crawler.session.Session": 0, "crawler.account.Account": 1, "tests.crawler.odd_count.OddCount": 2}
    with serving({"/": PAGE}) as server:
        done = walk(tmp_path, [server.url("/")], EXTENSIONS=extensions)
    assert done.error is not None
    assert done.error[1] == 4
    assert "could not be stored: TypeError" in done.error[2]
    assert "closed-by: writer" in ending(tmp_path)
    assert "run-ended" not in ending(tmp_path)


def test_the_hash_of_the_configuration_changes_with_the_site() -> None:
    settings = Settings({"NIANBAO_ALLOW_PRIVATE": True})
    one, other = (Site(name="a", home="http://127.0.0.1/", delay=delay) for delay in (3.0, 5.0))
    assert terms.of(settings, one).configuration(one) == terms.of(settings, one).configuration(one)
    assert terms.of(settings, one).configuration(one) != terms.of(settings, other).configuration(other)
