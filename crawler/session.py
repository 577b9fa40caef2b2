"""One crawl of one site as the archive sees it: the lease, the writer, what is stored, and why the crawl ended.

The ``Session`` is a Scrapy extension. It opens the archive before the first request, hands every exchange to the
writer on a thread of its own (compressing a scanned PDF takes seconds, and the reactor must not wait for it), and
closes the archive at the end. Where it must stop the crawl it keeps the ``error``, whose exit code and message the
command line reports.
"""

import asyncio
import gc
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import Any, TypeVar

from scrapy import signals
from scrapy.exceptions import CloseSpider, IgnoreRequest

from archive.cdxj import Capture
from archive.delivery import mirror
from archive.exchange import Exchange, Failure
from archive.index import Index
from archive.record import Location
from archive.recover import recover
from archive.writer import ArchiveWriter
from config import clock
from config.errors import ArchiveError, BucketError, NianbaoError, UsageError
from config.hosts import host_of
from config.site import Site
from crawler import terms
from crawler.browser import chromium
from crawler.fetch.scope import check_site, is_public
from crawler.lease import Lease, LeaseLost, name_of
from crawler.runs import cut_run, file_prefix

logger = logging.getLogger(__name__)
_Record = TypeVar("_Record")

# The reasons to close after which nothing is left to be done: "shutdown" and the like leave the run open.
_ENDS = frozenset({"finished", "max_pages"})

# A run that was cut off longer ago than this is not gone on with: its lists are of another time.
_FRESH = timedelta(days=7)

# In seconds: what a power loss may cost of a crawl that goes faster than a record in this time.
_SYNC_AFTER = 1.0

# In seconds: what a second signal waits for the record that is being written. Compressing 100 MB takes so long.
_LAST_WRITE = 10.0

# Sent when a record is in the archive and before its response goes on, with ``location: Location`` and ``url: str``:
# once it is written, or when a crawl that replays comes by it again.
record_stored = object()

# Sent when a request to the network is over, whatever came of it, and before the next one to the same server is let go,
# with ``request``.
exchange_over = object()


class Session:
    """Owns the archive of one crawl.

    ``error`` is what stopped the crawl, None as long as nothing did. ``blocked`` are the hosts that were left alone,
    each with the kind of challenge that they answered with, or what else kept us off (``retry_after``, ``reset``);
    ``down`` are those that were given up, each with the kind of failure.
    ``run`` is the id of the run; where this goes on with one that was cut off, ``replayed`` are the files of before.
    ``attempt`` is the id of this process's part in it. ``reason`` is why the crawl ended, as soon as it ends.
    ``addresses`` are the servers that the crawl talks to, by host.
    ``robots`` are the hosts whose robots.txt stood in the way, each with the verdict and a sentence why.
    """

    def __init__(self, crawler: Any) -> None:
        site = getattr(crawler.spider, "site", None)
        if not isinstance(site, Site):
            raise UsageError("the spider has no site; name one, as in: scrapy crawl annual_reports -a site=NAME")
        self.site = site
        self.terms = terms.of(crawler.settings, site)
        self.folder = self.terms.folder.archive
        self.run = self.attempt = f"{site.name}-{clock.now():%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
        self.replayed: frozenset[str] = frozenset()
        self.error: NianbaoError | None = None
        self.blocked: dict[str, str] = {}
        self.down: dict[str, str] = {}
        self.reason = ""
        self._before_end: list[Callable[[], Awaitable[None]]] = []
        self.robots: dict[str, tuple[str, str]] = {}
        self.requests = 0
        self.addresses: dict[str, str] = {}
        self._crawler = crawler
        self._writer: ArchiveWriter | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="archive")
        self._synced = 0.0
        self._lease: Lease | None = None
        self._asking = ThreadPoolExecutor(max_workers=1, thread_name_prefix="lease")
        self._shutdown: Any = None
        self._ending: asyncio.Future[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Any) -> "Session":
        # Scrapy hands out its extensions only once all of them are made; some of them need the session before.
        session = crawler.nianbao_session = cls(crawler)
        terms.apply(session.terms, crawler.settings)
        if session.site.browser and not session.terms.offline:
            crawler.settings.setdict(chromium.settings(session.site), priority="cmdline")
        crawler.signals.connect(session._open, signal=signals.spider_opened)
        crawler.signals.connect(session._hurry, signal=signals.request_left_downloader)
        crawler.signals.connect(session._close, signal=signals.spider_closed)
        return session

    @classmethod
    def of(cls, crawler: Any) -> "Session":
        """The session of ``crawler``, also while its extensions are still being made. Raises UsageError where the
        settings leave it out."""
        session: Session | None = getattr(crawler, "nianbao_session", None)
        if session is None:
            raise UsageError("crawler.session.Session is missing from the setting EXTENSIONS: nothing can be archived")
        return session

    @property
    def is_open(self) -> bool:
        """Whether something can still be archived."""
        return self._writer is not None

    def accepts_address(self, address: str) -> bool:
        """Whether the crawl may talk to an IP address."""
        return self.terms.allow_private or is_public(address)

    async def admit(self, url: str) -> None:
        """Let one request to the network pass. Raises IgnoreRequest where the crawl is over, its pages used up or its
        lease lost."""
        if self.terms.offline:
            self._crawler.stats.inc_value("nianbao/skipped/not_archived")
            raise IgnoreRequest(f"{url} is not in the archive")
        if self._stopping:
            raise IgnoreRequest(f"{url}: the crawl is stopping")
        self.check_left(url)
        if self.terms.quiet is not None and self.terms.quiet.hold(clock.now()):
            self._end("quiet_hours")
            raise IgnoreRequest(f"{url}: not asked for in the quiet hours")
        if self.requests >= self.terms.max_pages:
            self._crawler.stats.inc_value("nianbao/skipped/max_pages")
            self._end("max_pages")
            raise IgnoreRequest(f"{url}: the crawl has made its {self.terms.max_pages} requests")
        self.requests += 1
        await self._make_sure(url)

    async def _make_sure(self, url: str) -> None:
        """Ask the server only where the crawl is still the one that may."""
        if self._lease is None or self._lease.is_fresh:
            return
        asked = asyncio.get_running_loop().run_in_executor(self._asking, self._lease.confirm)
        try:
            # One second more: the thread says better what is wrong, where it hears anything at all.
            await asyncio.wait_for(asyncio.shield(asked), self._lease.left + 1)
        except LeaseLost as error:
            self.fail(error, "lease_lost")
        except TimeoutError:
            asked.cancel()
            self.fail(self._lease.unanswered(), "lease_lost")
        if self._stopping:
            self.requests -= 1
            raise IgnoreRequest(f"{url}: the crawl is stopping")

    @property
    def _stopping(self) -> bool:
        """Whether the crawl goes to its end, by our will or by a signal: what waits is not asked for any more."""
        return self._writer is None or self._ending is not None or not self._crawler.engine.running

    def _hurry(self) -> None:
        """Once the crawl is stopping, let the queues of the downloader run empty without the pauses that are meant for
        a server: nothing that waits in them is asked for any more."""
        if not self._stopping:
            return
        downloader = self._crawler.engine.downloader
        for slot in downloader.slots.values():
            slot.delay = 0
            slot.close()  # ends its pause
            downloader._process_queue(slot)

    async def store(self, exchange: Exchange, *, unchanged: Capture | None = None) -> Location:
        """Write an exchange and say so; returns once it is written. What the archive raises also stops the crawl.

        ``unchanged`` is the capture whose validators the request had, where the answer is a 304."""
        location = await self._write(partial(self._open_writer().exchange, refers_to=unchanged), exchange)
        self._crawler.stats.inc_value("nianbao/stored")
        self.announce(location, exchange.url)
        return location

    def announce(self, location: Location, url: str) -> None:
        """Say that a record is in the archive: one just written, or one that is answered from again."""
        self._crawler.signals.send_catch_log(record_stored, location=location, url=url)

    async def store_note(self, url: str, moment: datetime, facts: Mapping[str, str]) -> None:
        """Write down facts about a fetch that are neither its request nor its response."""
        await self._write(lambda facts: self._open_writer().metadata(url, moment, facts), facts)

    async def store_account(self, value: Mapping[str, Any]) -> None:
        """Write down what the crawl came to."""
        await self._write(self._open_writer().account, value)

    async def store_conversion(
        self, url: str, moment: datetime, payload: bytes, media_type: str, *, of: str
    ) -> Location:
        """Write what was made of the page whose record has the id ``of``, and say so."""
        convert = lambda payload: self._open_writer().conversion(url, moment, payload, media_type, of)  # noqa: E731
        location = await self._write(convert, payload)
        self.announce(location, url)
        return location

    async def store_failure(self, failure: Failure) -> None:
        """Write down why a fetch gave nothing, so that the gap in the archive explains itself."""
        await self._write(self._open_writer().failure, failure)
        self._crawler.stats.inc_value(f"nianbao/failed/{failure.reason.partition(':')[0]}")

    def end_after(self, finish: Callable[[], Awaitable[None]]) -> None:
        """Await ``finish`` before the run counts as ended: what a kill leaves undone in it, the next crawl of the site
        comes by again, because it continues the run."""
        self._before_end.append(finish)

    def fail(self, error: NianbaoError, reason: str) -> None:
        """Stop the crawl for ``error``, which the command reports; the first one counts."""
        if self.error is None:
            self.error = error
            logger.error("%s", error, extra={"site": self.site.name})
        self._end(reason)

    def leave_alone(self, host: str, kind: str) -> None:
        """Ask nothing more of ``host`` in this run; it keeps us off by a challenge or other means, as ``kind`` says."""
        if host not in self.blocked:
            self.blocked[host] = kind
            self._crawler.stats.inc_value(f"nianbao/blocked/{kind}")
            logger.warning("%s is left alone for this run: %s", host, kind, extra={"site": self.site.name})

    def give_up(self, host: str, kind: str) -> None:
        """Ask nothing more of ``host`` in this run: nothing comes from it, for the failure that ``kind`` says."""
        if host not in self.down:
            self.down[host] = kind
            self._crawler.stats.inc_value(f"nianbao/down/{kind}")
            logger.warning("%s does not answer: %s; given up for this run", host, kind, extra={"site": self.site.name})

    def is_left(self, url: str) -> bool:
        """Whether the host of ``url`` is asked nothing more in this run."""
        return host_of(url) in self.blocked or host_of(url) in self.down

    def check_left(self, url: str) -> None:
        """Raise IgnoreRequest, and count it, where nothing more is asked of the host of ``url``."""
        for group, hosts in (("blocked", self.blocked), ("down", self.down)):
            kind = hosts.get(host_of(url))
            if kind is not None:
                self._crawler.stats.inc_value(f"nianbao/skipped/{group}")
                raise IgnoreRequest(f"{url}: nothing more is asked of this host in this run ({group}: {kind})")

    def note_robots(self, host: str, verdict: str, reason: str) -> None:
        """Keep what robots.txt of ``host`` came to where the crawl suffers from it: ``not_now`` (it can't be had),
        ``unknown`` (a challenge stands in its place) or ``disallowed`` (it forbids where the crawl starts)."""
        self.robots[host] = (verdict, reason)

    async def _write(self, write: Callable[[_Record], Location], record: _Record) -> Location:
        if self.error is not None:
            raise self.error
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._write_down, write, record)
        except ArchiveError as error:
            self.fail(error, "archive_error")
            raise
        except Exception as error:
            self.fail(_unstored(f"a record ({type(record).__name__})", error), "archive_error")
            raise

    def _write_down(self, write: Callable[[_Record], Location], record: _Record) -> Location:
        """Runs on the archive's thread. At a polite pace each record is on the disk before its response goes on."""
        location = write(record)
        if self._writer is not None and monotonic() - self._synced >= _SYNC_AFTER:
            self._writer.sync()
            self._synced = monotonic()
        return location

    def _open_writer(self) -> ArchiveWriter:
        if self._writer is None:
            raise ArchiveError(f"{self.folder}: the archive is not open")
        return self._writer

    def _end(self, reason: str) -> None:
        engine = self._crawler.engine
        if engine.spider is not None and self._ending is None:
            self._ending = asyncio.ensure_future(engine.close_spider_async(reason=reason))

    async def _open(self) -> None:
        try:
            check_site(self.site, allow_private=self.terms.allow_private)
            self.folder.create()
            self._lease = await asyncio.get_running_loop().run_in_executor(self._asking, self._take_lease)
            await asyncio.get_running_loop().run_in_executor(self._thread, self._pick_up)
            self._writer = ArchiveWriter(
                self.folder,
                info={**self.terms.info(self.site), "isPartOf": self.run, "attempt": self.attempt},
                prefix=file_prefix(self.site.name),
                index=Index(self.folder),
                file_size=self.terms.rotate_bytes,
                free_floor=self.terms.free_space,
            )
        except Exception as error:
            # Scrapy would log it, and crawl on without an archive.
            self.error = error if isinstance(error, NianbaoError) else _fault("the crawl could not be started", error)
            logger.error("%s", self.error, extra={"site": self.site.name})
            unusable = isinstance(error, ArchiveError | BucketError)
            raise CloseSpider("archive_error" if unusable else "refused") from error
        from twisted.internet import reactor

        self._shutdown = reactor.addSystemEventTrigger("before", "shutdown", self._abandon)

    def _take_lease(self) -> Lease:
        settings = self._crawler.settings
        return Lease(
            self.terms.folder,
            [name_of(self.site), *settings.getlist("NIANBAO_LEASES")],
            seconds=settings.getfloat("NIANBAO_LEASE_SECONDS"),
            call=settings.get("NIANBAO_CALL"),
        )

    def _pick_up(self) -> None:
        """Close what dead writers left open, and find the run that was cut off, if it is not too old to go on with."""
        if not gc.get_freeze_count():
            # What is loaded by now stays. To go through all of it for garbage holds the reactor for 0.1 s each time.
            gc.freeze()
        recover(self.folder)
        mirror(self.folder)
        found = None if self.terms.offline else cut_run(self.folder, self.site.name, clock.now())
        if found is not None and clock.now() - found.started < _FRESH:
            self.run, self.replayed = found.id, found.files
            logger.info("going on with run %s", found.id, extra={"site": self.site.name})

    def _abandon(self) -> None:
        """The reactor stops in the middle of the crawl (a second signal): close the files as they are, with all that
        was stored, and leave the run open."""
        writer, self._writer = self._writer, None
        if writer is not None:
            self._thread.submit(writer.close).result(timeout=_LAST_WRITE)

    async def _close(self, reason: str) -> None:
        """Close the archive; the run has ended where the crawl went to its end. Else it is continued next time."""
        self.reason = reason
        for finish in self._before_end:
            try:
                await finish()
            except Exception as error:
                # Scrapy would log it, and the crawl end green with its files open.
                logger.debug("%s", error, exc_info=True)
                self.fail(_unstored("what the run came to", error), "archive_error")
        writer, self._writer = self._writer, None
        if writer is not None:
            from twisted.internet import reactor

            reactor.removeSystemEventTrigger(self._shutdown)
            try:
                await asyncio.get_running_loop().run_in_executor(self._thread, self._finish, writer, reason)
            except (ArchiveError, BucketError) as error:
                self.error = self.error or error
                logger.error("%s", error, extra={"site": self.site.name})
        self._thread.shutdown(wait=False)
        if self._lease is not None:
            await asyncio.get_running_loop().run_in_executor(self._asking, self._lease.close)
        self._asking.shutdown(wait=False)

    def _finish(self, writer: ArchiveWriter, reason: str) -> None:
        if reason in _ENDS and self.error is None and not self.terms.offline:
            writer.finish({"reason": reason, "requests": str(self.requests)})
        if isinstance(self.error, LeaseLost) and self.folder.bucket is not None:
            writer.leave()  # another may have fetched the same: told apart before it goes into the bucket
        else:
            writer.close()


def _unstored(what: str, error: Exception) -> NianbaoError:
    """``error`` as the one that a crawl ends with: whatever its cause, something is not in the archive."""
    if isinstance(error, NianbaoError):
        return error
    return ArchiveError(f"{what} could not be stored: {type(error).__name__}: {error}")


def _fault(what: str, error: Exception) -> NianbaoError:
    return NianbaoError(f"{what}: {type(error).__name__}: {error}")
