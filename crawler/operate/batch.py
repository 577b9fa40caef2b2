"""Many sites at once, each crawled in a process of its own, never two on one server, each within its time."""

import json
import logging
import signal
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from time import monotonic
from types import FrameType

from config.site import Site
from crawler.operate import servers
from crawler.operate.child import Child, start

logger = logging.getLogger(__name__)

# Exit codes of a child that did nothing: another one asks a server of the site; the site is being crawled already.
BUSY, HELD = 75, 76
# What a crawl gets that was asked to stop: a tenth of its time, at least and at most so many seconds.
_GRACE = (2.0, 60.0)
_LOOK = 0.5


@dataclass(frozen=True, slots=True)
class Ended:
    """A crawl that is over. ``code`` is its exit code (minus a signal's number), ``outcome`` how it came to an end:
    ``done``, ``time_limit``, ``interrupted``, ``crashed``, ``busy`` or ``held``; ``killed`` that it had to be."""

    site: str
    code: int
    outcome: str
    seconds: float
    log: Path
    killed: bool = False


class Batch:
    """Crawls sites in children. ``visit`` is what a child does: it tells the addresses of the site's servers as a JSON
    list on the descriptor that it is given, takes their locks, and returns its exit code."""

    def __init__(
        self,
        visit: Callable[[Site, int], int],
        logs: Path,
        *,
        parallel: int,
        site_seconds: float,
        call_seconds: float,
        known: Mapping[str, Iterable[str]],
    ) -> None:
        """``known`` are the servers that each site was found on before."""
        self.interrupted = False
        self._visit = visit
        self._logs = logs
        self._parallel = parallel
        self._site_seconds = site_seconds
        self._until = monotonic() + call_seconds
        self._servers = {name: frozenset(found) for name, found in known.items()}
        self._children: dict[int, Child] = {}
        self._sites: dict[str, Site] = {}
        self._waiting: set[str] = set()  # found a server busy; tried again when a crawl has ended
        self._selector = DefaultSelector()

    def run(self, sites: Iterable[Site], ended: Callable[[Ended], None]) -> list[Site]:
        """Crawl ``sites``, in this order as far as the servers allow it; ``ended`` hears of each. Returns those that
        were not begun: the time was over, or a signal came."""
        queue = list(sites)
        before = {number: signal.signal(number, self._interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            while True:
                self._start(queue)
                if not self._children:
                    if not queue or self.interrupted or monotonic() >= self._until or not self._waiting:
                        return queue
                    for site in queue:
                        ended(Ended(site.name, BUSY, "busy", 0.0, self._log(site)))
                    return []
                self._watch(queue, ended)
        finally:
            for child in self._children.values():
                child.kill()
                child.wait()
            for number, handler in before.items():
                signal.signal(number, handler)
            self._selector.close()

    def _start(self, queue: list[Site]) -> None:
        while len(self._children) < self._parallel and not self.interrupted and monotonic() < self._until:
            site = next((one for one in queue if one.name not in self._waiting and self._is_free(one)), None)
            if site is None:
                return
            queue.remove(site)
            self._sites[site.name] = site
            work = partial(self._visit, site)
            child = start(site.name, work, self._log(site), limited=not site.browser)
            self._children[child.told] = child
            self._selector.register(child.told, EVENT_READ)

    def _watch(self, queue: list[Site], ended: Callable[[Ended], None]) -> None:
        for key, _ in self._selector.select(_LOOK):
            child = self._children[key.fd]
            if not child.listen():
                self._take_out(child, queue, ended)
        for child in self._children.values():
            self._hold_to_time(child)

    def _hold_to_time(self, child: Child) -> None:
        now = monotonic()
        if child.asked_at is None and now - child.since > self._site_seconds:
            logger.warning("takes longer than %.0f s: stopped", self._site_seconds, extra={"site": child.site})
            child.ask_to_stop()
        least, most = _GRACE
        grace = min(most, max(least, self._site_seconds / 10))
        if child.asked_at is not None and not child.killed and now - child.asked_at > grace:
            child.kill()

    def _take_out(self, child: Child, queue: list[Site], ended: Callable[[Ended], None]) -> None:
        self._selector.unregister(child.told)
        del self._children[child.told]
        code = child.wait()
        self._learn(child)
        if code == BUSY:
            self._waiting.add(child.site)
            queue.append(self._sites[child.site])
            return
        self._waiting.clear()
        seconds = monotonic() - child.since
        ended(Ended(child.site, code, self._outcome(child, code), seconds, child.log, child.killed))

    def _outcome(self, child: Child, code: int) -> str:
        if code == HELD:
            return "held"
        if child.asked_at is not None:
            return "interrupted" if self.interrupted else "time_limit"
        return "done" if 0 <= code <= 5 and code != 1 else "crashed"

    def _learn(self, child: Child) -> None:
        try:
            told = json.loads(child.text)
        except ValueError:
            return
        self._servers[child.site] = self._servers.get(child.site, frozenset()) | frozenset(map(str, told))

    def _is_free(self, site: Site) -> bool:
        own = self._of(site)
        return all(own.isdisjoint(self._of(self._sites[child.site])) for child in self._children.values())

    def _of(self, site: Site) -> frozenset[str]:
        return servers.domains(site) | self._servers.get(site.name, frozenset())

    def _log(self, site: Site) -> Path:
        return self._logs / f"{site.name}.log"

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        """The first signal ends the crawls in good order, the second at once."""
        again, self.interrupted = self.interrupted, True
        for child in list(self._children.values()):
            if again:
                child.kill()
            else:
                child.ask_to_stop()
