"""A crawl that may no longer be alone asks nothing more, and says why."""

import signal
from pathlib import Path
from typing import Any

from archive.verify import verify
from crawler.data import DataFolder
from crawler.lease import Lease
from pipelines.corpus import Corpus
from tests.crawler.walk import Walker, walk
from tests.crawler.wire_server import answer, serving
from tests.kit.postgres import PostgresServer
from tests.kit.wire import Wire

PAGES = {"/robots.txt": answer(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")} | {
    f"/{n}": answer(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") for n in range(400)
}
# Slow enough that the crawl is in its middle, short enough that a lease runs out while one looks on.
SLOW: dict[str, Any] = {"DOWNLOAD_DELAY": 0.3, "NIANBAO_LEASE_SECONDS": 2}


def test_a_paused_crawl_whose_place_was_taken_asks_nothing_more(tmp_path: Path) -> None:
    data = DataFolder(tmp_path)
    counts: list[int] = []

    def pause(walker: Walker) -> None:
        walker.until(lambda: len(server.seen) >= 3)
        walker.process.send_signal(signal.SIGSTOP)
        with Corpus.open(data.corpus_place) as corpus:
            assert corpus.leases(["site walked"])["site walked"].pid == walker.process.pid
            walker.until(lambda: not corpus.leases(["site walked"]))
        with Lease(data, ["site walked"]):
            counts.append(len(server.seen))
            walker.process.send_signal(signal.SIGCONT)
            walker.until(lambda: "taken over" in walker.log)

    with serving(PAGES) as server:
        done = walk(tmp_path, [server.url(f"/{n}") for n in range(400)], while_running=pause, **SLOW)
        # One may have been on its way when the machine stopped.
        assert len(server.seen) <= counts[0] + 1
    assert done.error is not None and done.error[:2] == ("LeaseLost", 3)
    assert "taken over by process" in done.error[2]
    assert done.reason == "lease_lost"
    assert verify(done.folder).problems == ()


def test_a_paused_crawl_whose_place_nobody_took_goes_on(tmp_path: Path) -> None:
    def pause(walker: Walker) -> None:
        walker.until(lambda: len(server.seen) >= 3)
        walker.process.send_signal(signal.SIGSTOP)
        with Corpus.open(DataFolder(tmp_path).corpus_place) as corpus:
            walker.until(lambda: not corpus.leases(["site walked"]))
        walker.process.send_signal(signal.SIGCONT)

    with serving(PAGES) as server:
        done = walk(tmp_path, [server.url(f"/{n}") for n in range(12)], while_running=pause, **SLOW)
    assert done.error is None and len(done.answers) == 12


def test_a_crawl_that_is_cut_off_from_the_corpus_asks_nothing_more(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    name = ".s.PGSQL.5432"
    near = postgres_server.folder / "near"  # a short path
    near.mkdir(exist_ok=True)
    counts: list[int] = []

    with postgres_server.place() as url, Wire(near / name, postgres_server.folder / name) as wire:

        def cut(walker: Walker) -> None:
            walker.until(lambda: len(server.seen) >= 3)
            wire.cut()
            walker.until(lambda: "has not answered" in walker.log)
            counts.append(len(server.seen))
            wire.__exit__(None, None, None)

        with serving(PAGES) as server:
            there = url.replace(str(postgres_server.folder), str(near))
            asks = [server.url(f"/{n}") for n in range(400)]
            done = walk(tmp_path, asks, while_running=cut, NIANBAO_CORPUS=there, **SLOW)
            assert len(server.seen) == counts[0]
        assert done.error is not None and done.error[:2] == ("LeaseLost", 3)
        assert "the same command goes on" in done.error[2]
        # It could not give its lease back: another machine would wait for it to expire, this one knows better.
        with Corpus.open(url) as corpus:
            assert corpus.leases(["site walked"]) == {}
    (near / name).unlink()
    assert verify(done.folder).problems == ()
