"""Crawls on the workers of a cluster: a site a task, each in a process of its own that dies with its worker."""

import os
import pickle
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType
from typing import Any

from config import clock
from config.errors import NianbaoError
from config.site import Site
from crawler.data import DataFolder
from crawler.lease import Held, Lease, LeaseLost, name_of
from crawler.operate import servers
from crawler.operate.child import become_apart
from crawler.operate.visit import holder_of, walk_alone
from crawler.run import Run
from pipelines import forkserver
from pipelines.cluster import Cluster, GivenUp

_LOOK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be crawled for which ``call`` of the command; ``options`` are its own."""

    site: Site
    data: DataFolder
    options: dict[str, Any]
    call: str


@dataclass
class _Queue:
    """The sites of a call; as an iterator, those that can be begun now: none lies on the domain of one under way."""

    left: list[Site]
    under_way: list[Site] = field(default_factory=list)
    refused: dict[str, Run] = field(default_factory=dict)  # found a server busy; tried again when a crawl has ended
    over: bool = False

    def __iter__(self) -> Iterator[Site]:
        return self

    def __next__(self) -> Site:
        free = (site for site in self.left if site.name not in self.refused and self._is_free(site))
        site = None if self.over else next(free, None)
        if site is None:
            raise StopIteration
        self.left.remove(site)
        self.under_way.append(site)
        return site

    def came_back(self, site: Site, run: Run) -> bool:
        """Whether the crawl has been made, so far as it can be."""
        self.under_way.remove(site)
        if isinstance(run.error, Held) and run.error.name != name_of(site) and not self.over:
            self.refused[site.name] = run
            self.left.append(site)
            return False
        self.refused.clear()
        return True

    def _is_free(self, site: Site) -> bool:
        own = servers.domains(site)
        return all(own.isdisjoint(servers.domains(other)) for other in self.under_way)


def walk_on_cluster(address: str, data: DataFolder, sites: Sequence[Site], options: dict[str, Any]) -> list[Run]:
    """Crawl ``sites`` on the workers of the scheduler at ``address``; ``options`` are those of `nianbao crawl`.

    No two that share a server are crawled at once. A signal ends the crawls in good order, a second one this command.
    Raises as `Cluster`.
    """
    call = f"{secrets.token_hex(8)}-"
    data = replace(data, path=data.path.absolute())
    queue, runs = _Queue(list(sites)), {}
    with Cluster(address) as cluster, Lease(data, [f"call {call}"], call=call), _interruptible(queue, data, call):
        tasks = cluster.run(crawl, queue, data, options, call, given_up=_given_up)
        for site, run in tasks:
            if queue.came_back(site, run):
                runs[site.name] = run
    if not queue.over:
        runs |= queue.refused
        return [runs[site.name] for site in sites]
    ended = [runs[site.name] for site in sites if site.name in runs]
    return [replace(run, error=None, reason="shutdown") if isinstance(run.error, LeaseLost) else run for run in ended]


def crawl(site: Site, data: DataFolder, options: dict[str, Any], call: str) -> Run:
    """The task of a worker."""
    data = data.on_worker()
    order = pickle.dumps(Order(site, data, options, call))
    command = [sys.executable, "-m", "crawler.operate.apart", str(os.getpid())]
    done = subprocess.run(command, input=order, stdout=subprocess.PIPE, check=False)
    if done.returncode == 0:
        run: Run = pickle.loads(done.stdout)
        return run
    log = _log(data, site)
    return _unmade(site, NianbaoError(f"the crawl's process ended with {done.returncode}; see {log}"))


@contextmanager
def _interruptible(queue: _Queue, data: DataFolder, call: str) -> Iterator[None]:
    def interrupt(number: int, frame: FrameType | None) -> None:
        if queue.over:
            raise KeyboardInterrupt
        queue.over = True
        with data.corpus() as corpus:  # whoever crawls for this call finds out before its next request
            corpus.release_leases(call)

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _given_up(site: Site, error: GivenUp) -> Run:
    return _unmade(site, error)


def _unmade(site: Site, error: NianbaoError) -> Run:
    return Run(site, clock.now(), clock.now(), "refused", error)


def _log(data: DataFolder, site: Site) -> Path:
    return data.logs / f"{site.name}.log"


def _make(order: Order) -> Run:
    """Crawl; waits where the same task was begun on another machine, which has died or is about to."""
    from crawler.commands.crawl import crawl_settings

    settings = crawl_settings(order.data, order.options)
    settings.setdict({"NIANBAO_PROGRESS": False, "NIANBAO_CALL": order.call}, priority="cmdline")
    leases = servers.lease_names(order.site, servers.addresses(order.site))
    while (holder := holder_of(order.data, [name_of(order.site)])) and holder.owner.startswith(order.call):
        time.sleep(_LOOK_SECONDS)
    if holder_of(order.data, [f"call {order.call}"]) is None:  # whoever gave the order does not want it any more
        return Run(order.site, clock.now(), clock.now(), "shutdown")
    return walk_alone(order.data, order.site, settings, leases)


def main() -> None:
    """A crawl in this process: the order comes on standard input, the run goes to standard output."""
    order: Order = pickle.load(sys.stdin.buffer)
    answer = os.dup(1)
    become_apart(int(sys.argv[1]), _log(order.data, order.site), limited=not order.site.browser)
    forkserver.begin()
    try:
        run = _make(order)
    except NianbaoError as error:
        run = _unmade(order.site, error)
    with os.fdopen(answer, "wb") as stream:
        pickle.dump(run, stream)


if __name__ == "__main__":
    main()
