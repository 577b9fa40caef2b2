"""A crawl on a real cluster with a real PostgreSQL: what it finds is what a local one finds, whatever dies."""

import json
import os
import signal
import threading
import time
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

from pipelines.corpus import Corpus
from tests.cli.command import nianbao
from tests.cluster.conftest import DaskCluster, bare, begun, is_alive, parent, until
from tests.kit.portal.server import Reply, Request, Route
from tests.kit.postgres import PostgresServer
from tests.schedule.portals import Street, portal, report, routes

TOWNS = ("青石市教育局", "青石市财政局", "青石市审计局")
# The last two are one server.
ADDRESSES = ("127.0.1.1", "127.0.0.1", "localhost")
YEARS = range(2020, 2024)
QUICK = ("--allow-private", "--json", "--delay")


class Log:
    """When each server was busy with a request, as it saw that itself. It may be made to hold its answers."""

    def __init__(self) -> None:
        self.busy: dict[str, list[tuple[float, float]]] = defaultdict(list)
        self.asked: Counter[tuple[str, str]] = Counter()
        self.begun: Counter[str] = Counter()
        self._most: dict[str, int] = {}
        self._open = threading.Event()

    def hold(self, *addresses: str, after: int) -> None:
        """From now on, answer so many more requests to each of ``addresses`` and no other."""
        self._most = {address: self.begun[address] + after for address in addresses}
        self._open.clear()

    def is_holding(self, address: str) -> bool:
        return self.begun[address] > self._most[address]

    def let_go(self) -> None:
        self._most = {}
        self._open.set()

    def kept(self, address: str, pages: dict[str, Route]) -> Route:
        server = "127.0.0.1" if address == "localhost" else address

        def answer(request: Request) -> Reply:
            begin = time.monotonic()
            self.begun[address] += 1
            self.asked[address, request.target] += 1
            if self.begun[address] > self._most.get(address, 1000):
                self._open.wait(60)
            page = pages.get(request.target) or pages.get(request.path) or Reply(b"", status=404, validators=False)
            self.busy[server].append((begin, time.monotonic()))
            return page if isinstance(page, Reply) else page(request)

        return answer


def test_neither_signals_nor_kills_change_what_is_found(
    dask_cluster: DaskCluster, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    log = Log()
    made = {a: routes(portal(town, [report(town, y) for y in YEARS])) for a, town in zip(ADDRESSES, TOWNS, strict=True)}
    with (
        postgres_server.place() as url,
        Corpus.open(url, create=True) as corpus,
        Street({address: log.kept(address, pages) for address, pages in made.items()}) as street,
    ):
        homes = [street.url(address) for address in ADDRESSES]
        data = tmp_path / "data"
        crawl = ["--data", data, "--corpus", url, "crawl", *homes, *QUICK, "0.4", "--cluster", dask_cluster.address]

        log.hold(*ADDRESSES, after=3)
        running = begun(*crawl)
        until(lambda: log.is_holding(ADDRESSES[0]))
        running.send_signal(signal.SIGINT)
        names = [f"site {address}-{street.server.port}" for address in ADDRESSES]
        until(lambda: not corpus.leases(names))
        log.let_go()
        out, err = running.communicate(timeout=120)
        assert running.returncode == 3, err
        assert "interrupted" in err and {run["reason"] for run in json.loads(out)["runs"]} == {"shutdown"}

        log.hold(ADDRESSES[0], after=2)
        running = begun(*crawl)
        until(lambda: log.is_holding(ADDRESSES[0]))
        child = corpus.leases(names)[names[0]].pid
        os.kill(parent(child), signal.SIGKILL)
        until(lambda: not is_alive(child))
        log.let_go()
        out, err = running.communicate(timeout=200)
        assert running.returncode == 0, err
        far = json.loads(out)
        assert [path.read_text() for path in (data / "logs").iterdir()] == [""] * len(ADDRESSES)
        busy = {server: sorted(spans) for server, spans in log.busy.items()}
        asked = Counter(log.asked)
        near = nianbao("--data", tmp_path / "near", "crawl", *homes, *QUICK, "0").json
        assert nianbao("--data", data, "--corpus", url, "verify").code == 0

    assert bare(far["reports"]) == bare(near["reports"])
    assert len(far["reports"]) == len(TOWNS) * len(YEARS)
    assert [run["site"] for run in far["runs"]] == [run["site"] for run in near["runs"]]
    assert {run["reason"] for run in far["runs"]} == {"finished"}
    for spans in busy.values():
        assert all(before[1] <= after[0] for before, after in pairwise(spans))
    # What was on its way at the signal and at the kill is asked for again; all else comes from the archive.
    again = {asked_for: count for asked_for, count in asked.items() if count > 1}
    assert sum(again.values()) - len(again) <= 2 * len(TOWNS), again
