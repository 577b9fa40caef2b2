"""Where an answer comes from: the archive, or the network; and if the network, asked with or without conditions.

One decision for each request (`choose`):

- offline, the archive alone answers, and what it lacks is counted as ``not_archived``;
- a run that was cut off answers from what it fetched itself before the cut, so that the spider finds its way again
  without the network: resuming is replaying;
- a later run asks for a document it has with the validators of its last capture (ETag, Last-Modified), and gets a 304
  that costs nothing; lists and other pages that lead on are always asked for plainly;
- a scheduled run does not ask again for the document of a report that is settled (old enough, see config/schedule.yaml)
  and was asked for in the last year: the archive answers;
- everything else is fetched.
"""

import asyncio
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from scrapy import Request, signals
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes

from archive.cdxj import Capture, Method
from archive.index import Index
from archive.reader import Reader
from archive.record import WebRecord
from config import clock
from config.errors import ArchiveError, BucketError
from config.hours import CHINA
from crawler.fetch.challenge import challenge_of
from crawler.session import Session
from pipelines.corpus import Corpus

# What the spider says of a request in meta["role"] where the answer is a document, which leads nowhere.
DOCUMENTS = frozenset({"item", "attachment"})
# Answers that say nothing of the page: not replayed, and no ground for a condition.
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504, 521, 522, 524})
# How long robots.txt may be remembered (RFC 9309, 2.4).
_RULES_HOLD = timedelta(hours=24)
# Undone already in what the archive hands out.
_CODINGS = frozenset({"content-encoding", "transfer-encoding", "content-length"})


@dataclass(frozen=True, slots=True)
class Choice:
    """``source``: ``archive`` (``record`` is the answer), ``settled`` (so it is, and was read long ago), ``condition``
    (ask with the validators of ``record``, whose line in the index is ``capture``), ``network``, or ``nowhere``."""

    source: Literal["archive", "settled", "condition", "network", "nowhere"]
    record: WebRecord | None = None
    capture: Capture | None = None


class Archived:
    """The captures of a data folder, as the policy asks for them. For one thread at a time."""

    def __init__(self, session: Session) -> None:
        self._index = Index(session.folder)
        self._reader = Reader(session.folder, self._index)
        self._offline = session.terms.offline
        self._replayed = session.replayed
        self._settled = session.terms.settled
        self._years = _Years(session) if self._settled else None

    def choose(self, url: str, method: str, body: bytes, media_type: str | None, *, document: bool) -> Choice:
        """Where the answer to a request comes from; ``document``: the answer is one that leads nowhere."""
        captures = self._index.captures_of(url, Method.of(method, body, media_type))
        newest_first = captures[::-1]
        if self._offline:
            found = self._first_lasting(newest_first) or self._first(newest_first)
            return Choice("archive", found[1]) if found else Choice("nowhere")
        of_this_run = (capture for capture in newest_first if capture.location.file in self._replayed)
        if found := self._first_lasting(of_this_run):
            return Choice("archive", found[1])
        if (
            document
            and method == "GET"
            and self._is_settled(url, captures)
            and (found := self._first_lasting(newest_first))
        ):
            return Choice("settled", found[1])
        if document and method == "GET" and (found := self._first_lasting(newest_first)) and _validators(found[1]):
            return Choice("condition", found[1], found[0])
        return Choice("network")

    def _is_settled(self, url: str, captures: Sequence[Capture]) -> bool:
        """Whether the report at ``url`` is of a year that is settled, and was looked for not long ago.

        A capture of the future, which a clock that went wrong has left, is not taken for one.
        """
        if self._settled is None or self._years is None:
            return False
        now = clock.now()
        if not any(timedelta(0) <= now - capture.captured < self._settled.again for capture in captures):
            return False
        year = self._years.of(url)
        return year is not None and year <= now.astimezone(CHINA).year - self._settled.years

    def rendered(self, url: str) -> WebRecord | None:
        """The page at ``url`` as it stood once its scripts had run: the newest, or that of the run that is gone on
        with."""
        captures = self._index.conversions_of(url)[::-1]
        wanted = (one for one in captures if self._offline or one.location.file in self._replayed)
        return next((record for capture in wanted if (record := self._read(capture))), None)

    def _first_lasting(self, captures: Iterable[Capture]) -> tuple[Capture, WebRecord] | None:
        """The first that is a whole and real answer."""
        return next((pair for pair in self._readable(captures) if _is_lasting(pair[1])), None)

    def _first(self, captures: Iterable[Capture]) -> tuple[Capture, WebRecord] | None:
        return next(iter(self._readable(captures)), None)

    def _readable(self, captures: Iterable[Capture]) -> Iterable[tuple[Capture, WebRecord]]:
        for capture in captures:
            record = self._read(capture)
            if record is not None and record.status is not None:
                yield capture, record

    def _read(self, capture: Capture) -> WebRecord | None:
        try:
            return self._reader.read(capture.location)
        except ArchiveError:
            return None  # `verify` tells of damage; here the page is only asked for again


class _Years:
    """Which year's report stands at an address, as far as the corpus knows. For one thread at a time."""

    def __init__(self, session: Session) -> None:
        self._data = session.terms.folder
        self._corpus: Corpus | None = None

    def of(self, url: str) -> int | None:
        if self._corpus is None:
            self._corpus = self._data.corpus()
        return self._corpus.year_at(url)


class Replay:
    """The downloader middleware that carries the policy out. It stands before robots.txt: what comes from the archive
    is asked of nobody."""

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler
        self._session = Session.of(crawler)
        self._archived: Archived | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="replay")

    @classmethod
    def from_crawler(cls, crawler: Any) -> "Replay":
        replay = cls(crawler)
        crawler.signals.connect(replay._spider_closed, signal=signals.spider_closed)
        return replay

    async def process_request(self, request: Request) -> Response | None:
        document = request.meta.get("role") in DOCUMENTS
        if not (document or self._session.terms.offline or self._session.replayed):
            return None
        try:
            choice = await self._choose(request, document=document)
        except BucketError as error:
            self._session.fail(error, "archive_error")
            raise IgnoreRequest(f"{request.url}: what the archive has of it could not be asked for") from error
        if choice.source == "nowhere":
            self._crawler.stats.inc_value("nianbao/skipped/not_archived")
            raise IgnoreRequest(f"{request.url} is not in the archive")
        if choice.source == "archive" and choice.record is not None:
            if request.meta.get("robots") and clock.now() - choice.record.captured > _RULES_HOLD:
                return None
            self._crawler.stats.inc_value("nianbao/replayed")
            if self._session.terms.offline and choice.record.original is not None:
                # What stands on the page is read from there, and no crawl may have done it for this corpus yet.
                self._session.announce(choice.record.original, request.url)
            self._session.announce(choice.record.location, request.url)
            return _answer(request, choice.record)
        if choice.source == "settled" and choice.record is not None:
            self._crawler.stats.inc_value("nianbao/settled")
            return _answer(request, choice.record)
        if choice.source == "condition" and choice.record is not None:
            request.meta["known"] = choice
            for name, value in _validators(choice.record).items():
                request.headers.setdefault(name, value)
        return None

    def process_response(self, request: Request, response: Response) -> Response:
        """In place of "not modified" the spider gets what is not modified."""
        known: Choice | None = request.meta.get("known")
        if response.status != 304 or known is None or known.record is None:
            return response
        self._crawler.stats.inc_value("nianbao/unchanged")
        return _answer(request, known.record, location=request.meta["location"])

    async def _choose(self, request: Request, *, document: bool) -> Choice:
        media_type = request.headers.get("Content-Type")
        arguments = (request.url, request.method, request.body, media_type and media_type.decode("latin-1"))
        rendered = bool(request.meta.get("render"))

        def choose() -> Choice:
            if not rendered:
                return self._captures().choose(*arguments, document=document)
            record = self._captures().rendered(request.url)
            nothing: Choice = Choice("nowhere" if self._session.terms.offline else "network")
            return Choice("archive", record) if record else nothing

        return await asyncio.get_running_loop().run_in_executor(self._thread, choose)

    def _captures(self) -> Archived:
        # Made late: which run is gone on with is known only once the session is open.
        if self._archived is None:
            self._archived = Archived(self._session)
        return self._archived

    def _spider_closed(self) -> None:
        self._thread.shutdown(wait=False)


def _is_lasting(record: WebRecord) -> bool:
    """Whether a capture stands for the page: whole, and neither a passing fault nor a challenge."""
    if record.status is None or record.status in _PASSING or record.truncated:
        return False
    return challenge_of(record.status, record.headers, record.payload, url=record.url) is None


def _validators(record: WebRecord) -> dict[str, str]:
    """The conditions of a later request: only a whole page can be left unchanged."""
    if record.status != 200:
        return {}
    found = {"If-None-Match": record.header("ETag"), "If-Modified-Since": record.header("Last-Modified")}
    return {name: value for name, value in found.items() if value}


def _answer(request: Request, record: WebRecord, location: Any = None) -> Response:
    """The response that a capture is, as if it had come now; the record stands in ``meta["location"]``."""
    headers = Headers()
    for name, value in record.headers:
        if name.lower() not in _CODINGS:
            headers.appendlist(name, value.encode("latin-1"))
    request.meta["location"] = location or record.location
    request.meta["truncated"] = record.truncated
    request.meta["archived"] = True
    kind = responsetypes.from_args(headers=headers, url=request.url, body=record.payload)
    return kind(
        url=request.url,
        status=record.status or 200,
        headers=headers,
        body=record.payload,
        flags=["archived"],
        request=request,
    )
