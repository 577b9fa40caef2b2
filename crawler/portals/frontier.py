"""The requests still to make, most promising first, each document once, within the budget of exploration."""

import heapq
from collections import Counter
from dataclasses import dataclass, field
from itertools import count

from crawler.portals import address
from crawler.portals.page import Fetch

EXPLORING = frozenset({"menu", "platform", "unit", "column"})
_FRUITLESS = 60  # exploratory pages that led to no report
_A_REPORT, _IN_ALL = 1.5, 90  # requests; more fruitless pages are looked at as long as these are not used up
_ONCE_FOUND = 30  # exploratory links below this priority are not worth a request once reports were found
_QUERIES = 12  # fruitless variants of one path by query string


@dataclass(slots=True)
class Frontier:
    """A priority queue that knows which exploratory pages paid.

    An exploratory page is fruitless until a report is found on it or below it. `fruitful` tells the frontier so, and
    the whole way that led there is forgiven.
    """

    most: int
    ends: Counter[str]
    taken: int = 0
    _heap: list[tuple[int, int, str]] = field(default_factory=list)
    _waiting: dict[str, Fetch] = field(default_factory=dict)
    _done: dict[str, str] = field(default_factory=dict)
    _asked: set[str] = field(default_factory=set)
    _origin: dict[str, str] = field(default_factory=dict)
    _fruitless: set[str] = field(default_factory=set)
    _queries: Counter[str] = field(default_factory=Counter)
    _fruitful_paths: set[str] = field(default_factory=set)
    _found: bool = False
    _reports: int = 0
    _serial: "count[int]" = field(default_factory=count)

    def push(self, fetch: Fetch, origin: str = "") -> bool:
        """Queue ``fetch``, found on the page with the key ``origin``; False for a document that is known already.

        A waiting request is raised when it turns out more promising than it looked; when a page to explore turns out
        to be a report, it counts as new.
        """
        key = key_of(fetch)
        if key in self._done:
            if self._done[key] != fetch.url and (rule := address.noise(fetch.url)):
                self.ends[rule] += 1
            return False
        waiting = self._waiting.get(key)
        if waiting is not None and waiting.priority >= fetch.priority:
            return False
        self._waiting[key] = fetch
        self._origin[key] = origin
        heapq.heappush(self._heap, (-fetch.priority, self._turn(fetch), key))
        return waiting is None or (waiting.role in EXPLORING and fetch.role not in EXPLORING)

    def _turn(self, fetch: Fetch) -> int:
        """When a request's turn comes among those as promising: in the order of the page; units here and there in their
        list (steps of the golden section), for they stand by kinds, and whole kinds may publish nothing."""
        number = next(self._serial)
        return number * 0x9E3779B1 % 2**32 if fetch.role == "unit" else number

    def pop(self) -> Fetch | None:
        """The next request to make, or None when there is nothing left that is worth one."""
        while self._heap:
            priority, _, key = heapq.heappop(self._heap)
            fetch = self._waiting.get(key)
            if fetch is None or -priority != fetch.priority:
                continue
            del self._waiting[key]
            rule = self._refused(fetch)
            if rule:
                self.ends[rule] += 1
                continue
            self._take(key, fetch)
            return fetch
        return None

    def _refused(self, fetch: Fetch) -> str | None:
        if self.taken >= self.most:
            return "page_limit"
        if fetch.role not in EXPLORING and "probe" not in fetch.context:
            return None
        if len(self._fruitless) >= _FRUITLESS and self._spent():
            return "exploration_budget"
        if self._found and fetch.priority < _ONCE_FOUND:
            return "found_already"
        path = _path(key_of(fetch))
        if self._queries[path] >= _QUERIES and path not in self._fruitful_paths:
            return "endless_query"
        return None

    def _spent(self) -> bool:
        """Whether exploring on would cost more than `_A_REPORT` requests for each report found and `_IN_ALL` more."""
        certain = sum(fetch.role not in EXPLORING for fetch in self._waiting.values())
        return self.taken + certain >= _A_REPORT * self._reports + (_IN_ALL if self._found else 0)

    def _take(self, key: str, fetch: Fetch) -> None:
        self.taken += 1
        self._done[key] = fetch.url
        self._asked.add(address.without_fragment(fetch.url))
        if fetch.role in EXPLORING or "probe" in fetch.context:
            self._fruitless.add(key)
            if "?" in fetch.url:
                self._queries[_path(key)] += 1

    def settle(self, url: str) -> bool:
        """Mark the document at ``url``, reached by a redirect, as done; False when it was done already."""
        key = address.key(url)
        known = key in self._done
        self._done.setdefault(key, url)
        self._waiting.pop(key, None)
        return not known

    def asked(self, url: str) -> bool:
        """Whether this very address was asked for; `push` also knows its twins."""
        return address.without_fragment(url) in self._asked

    def again(self, fetch: Fetch, origin: str) -> None:
        """Queue a request that stands for one already made: a redirect's target, the other scheme."""
        key = key_of(fetch)
        self._waiting[key] = fetch
        if key != origin:
            self._origin[key] = origin
        heapq.heappush(self._heap, (-fetch.priority, next(self._serial), key))

    def _way(self, key: str) -> list[str]:
        """The keys of the pages that led to ``key``, itself first."""
        found: list[str] = []
        while key and key not in found:
            found.append(key)
            key = self._origin.get(key, "")
        return found

    def fruitful(self, key: str) -> list[str]:
        """A report was found on the page ``key``: it and the pages that led there, which are returned, were worth
        their requests."""
        self._found = True
        self._reports += 1
        way = self._way(key)
        for step in way:
            self._fruitless.discard(step)
            self._fruitful_paths.add(_path(step))
        return way


def key_of(fetch: Fetch) -> str:
    """The document that ``fetch`` asks for; and what for, where one script serves several lists (``apart``)."""
    return address.key(fetch.url, fetch.method, fetch.body) + fetch.context.get("apart", "")


def _path(key: str) -> str:
    """A document key without its query."""
    return key.partition("?")[0]
