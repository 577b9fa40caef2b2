"""One crawl of a site at a time, one that asks a server, one import of a file: on all machines that reach the corpus.

What a crawl wants for itself, it takes as a lease in the corpus, and renews it as long as it lives. Before each request
it makes sure that it still has it: a crawl whose machine was paused, or whose network was cut, asks nothing more once
another may have taken its place.
"""

import os
import secrets
import socket
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from types import TracebackType
from typing import Self

from config.errors import Incomplete, NianbaoError, UsageError
from config.site import Site
from crawler.data import DataFolder
from pipelines.corpus import Corpus
from pipelines.corpus.leases import Holder, Taken
from pipelines.process import own_name

# How long a lease holds without a word of its holder; another machine waits so long for a crawl that died.
SECONDS = 60.0
# What was said so long ago is still true. A request goes out at most so long after the corpus gave its word.
_TRUE_FOR = 1.0
_PAUSE = 0.2


class Held(UsageError):
    """Another holds what a crawl needs; ``name`` and ``holder`` say what and who."""

    def __init__(self, holder: Holder) -> None:
        kind, _, name = holder.name.partition(" ")
        told = {"site": f"site {name} is being crawled", "file": f"{name} is being imported"}
        what = told.get(kind, f"the {kind} {name} is being asked")
        super().__init__(
            f"{what} already by {holder}; wait for it. If it was killed, "
            f"its lease ends within {max(0.0, holder.seconds):.0f} s"
        )
        self.name = holder.name
        self.holder = holder

    def __reduce__(self) -> tuple[type["Held"], tuple[Holder]]:
        return Held, (self.holder,)


class LeaseLost(Incomplete):
    """A crawl can't be sure any more that it is alone."""


def name_of(site: Site) -> str:
    """The name of the lease on a site."""
    return f"site {site.name}"


class Lease:
    """A lease on ``names`` in the corpus of ``data``, renewed until it is closed; a context manager.

    Raises Held where another has one of them, CorpusUnusable. ``call`` begins the name of its owner: whoever knows it
    may take the lease away. Time is counted on the clock that goes on while the machine sleeps.
    """

    def __init__(self, data: DataFolder, names: Iterable[str], *, seconds: float = SECONDS, call: str = "") -> None:
        self._seconds = seconds
        self._owner = f"{call}{secrets.token_hex(8)}"
        self._names = sorted(set(names))
        self._turn = threading.Lock()
        self._over = threading.Event()
        self._lost = ""
        self._corpus: Corpus = data.corpus()
        self._said = _now()
        try:
            me = Holder("", self._owner, socket.gethostname(), os.getpid(), own_name(), seconds)
            self._corpus.take_leases(self._names, me, seconds)
        except Taken as taken:
            self._corpus.close()
            raise Held(taken.holder) from None
        except BaseException:
            self._corpus.close()
            raise
        threading.Thread(target=self._beat, name="lease", daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def is_fresh(self) -> bool:
        """Whether the corpus has given its word a moment ago."""
        return not self._lost and _now() - self._said < _TRUE_FOR

    @property
    def left(self) -> float:
        """The seconds in which nobody else can have it, as far as is known."""
        return max(0.0, self._said + self._seconds - _now())

    def confirm(self) -> None:
        """Make sure that the lease is still ours; asks the corpus until it answers, or the lease is over by our own
        clock. Raises LeaseLost."""
        while not self.is_fresh:
            if self._lost:
                raise LeaseLost(self._lost)
            if self._over.is_set():
                raise LeaseLost("the crawl is over")
            try:
                self._renew()
            except NianbaoError as error:
                if not self.left:
                    raise self.unanswered(str(error)) from error
                self._over.wait(_PAUSE)

    def unanswered(self, why: str = "the network is cut, or the database hangs") -> LeaseLost:
        """What there is to say when the corpus gives no answer in time."""
        self._lost = self._lost or (
            f"stopped, for another may have taken its place: the corpus has not answered for {self._seconds:.0f} s "
            f"({why}); the same command goes on where it stopped"
        )
        return LeaseLost(self._lost)

    def close(self) -> None:
        """Give it back."""
        self._over.set()
        with self._turn, suppress(NianbaoError):  # what is not given back expires
            self._corpus.release_leases(self._owner)
        self._corpus.close()

    def _beat(self) -> None:
        while not self._over.wait(self._seconds / 4):
            with suppress(NianbaoError):  # who is about to ask a server tries until it knows
                self._renew()

    def _renew(self) -> None:
        with self._turn:
            if self._over.is_set():
                return
            asked = _now()
            if self._corpus.renew_leases(self._owner, self._seconds) == len(self._names):
                self._said = asked
                return
            holders = self._corpus.leases(self._names).values()
            others = ", ".join(sorted({str(one) for one in holders if one.owner != self._owner}))
            self._lost = f"stopped: its lease was {f'taken over by {others}' if others else 'taken away'}"


def _now() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()
