"""The download handler that archives: every exchange is on disk before its response goes on.

A handler is the only place of Scrapy that sees each exchange (redirects, robots.txt, retries, errors) and can fail the
request: what a signal handler raises is logged and forgotten.
"""

from typing import Any
from urllib.parse import urldefrag

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler, _ScrapyAgent
from scrapy.exceptions import DownloadTimeoutError
from scrapy.http import Response
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future

from archive.exchange import Exchange, Failure
from config.hosts import host_of
from crawler.fetch.certificate import facts, flaws
from crawler.fetch.failures import failure_kind, failure_sentence
from crawler.fetch.tls import LenientContextFactory
from crawler.fetch.wire import RecordingFactory, Tape, TapedPool, head_end, status_of
from crawler.session import Session, exchange_over

# A beginning of an answer that was no HTTP head is quoted in the reason of the failure, up to this many bytes; all of
# it stands beside the reason.
_QUOTED = 512
# What a failure is where we broke off before the head was whole, by the reason of the cut.
_CUT_IN_THE_HEAD = {
    "time": ("timeout", "the server stopped in the middle of the head of its answer"),
    "length": ("malformed", "the head of the answer has no end within the limit of size"),
}


class Recorder(HTTP11DownloadHandler):  # type: ignore[misc]
    """Scrapy's HTTP/1.1 handler for http and https, which writes what went over the wire through the ``Session``.

    ``download_request`` raises ArchiveWriteError where the exchange could not be written, and then nothing more is
    fetched. The Location of the record stands in ``request.meta["location"]``, and the reason why a body is cut in
    ``request.meta["truncated"]``.
    """

    # Scrapy's own refusal of an announced length is off: the limit is kept on the wire, so that what came is archived.
    _NO_LIMIT = 0

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        self._session = Session.of(crawler)
        self._patience = crawler.settings.getfloat("NIANBAO_PATIENCE")
        self._noted: set[str] = set()
        self._contextFactory = LenientContextFactory.from_crawler(crawler)
        self._pool._factory = lambda quiescent, metadata: RecordingFactory(
            quiescent, metadata, accepts=self._session.accepts_address
        )

    async def download_request(self, request: Request) -> Response:
        await self._session.admit(request.url)
        try:
            return await self._download(request)
        finally:
            self._crawler.signals.send_catch_log(exchange_over, request=request)

    async def _download(self, request: Request) -> Response:
        tape = Tape(limit=request.meta.get("download_maxsize", self._default_maxsize), patience=self._patience)
        try:
            response = await self._fetch(request, tape)
        except Exception as error:
            await self._record_failure(request, tape, error)
            raise
        if tape.cut is None and "dataloss" in response.flags:
            tape.cut = "disconnect"
        await self._record(request, tape)
        await self._note_certificate(response, tape)
        return response

    async def _fetch(self, request: Request, tape: Tape) -> Response:
        agent = _ScrapyAgent(
            contextFactory=self._contextFactory,
            bindAddress=self._bind_address,
            pool=TapedPool(self._pool, tape),
            maxsize=self._NO_LIMIT,
            warnsize=self._default_warnsize,
            fail_on_dataloss=self._fail_on_dataloss,
            crawler=self._crawler,
            tls_verbose_logging=self._tls_verbose_logging,
        )
        with wrap_twisted_exceptions():
            return await maybe_deferred_to_future(agent.download_request(request))

    async def _record(self, request: Request, tape: Tape) -> None:
        interim, response = tape.answer()
        exchange = Exchange(
            url=urldefrag(request.url)[0],
            method=request.method,
            started=tape.started,
            ip=tape.ip,
            request=tape.request,
            response=response,
            truncated=tape.cut,
        )
        request.meta["truncated"] = tape.cut
        if interim:
            note = {"interim-responses": interim.decode("latin-1").encode("unicode_escape").decode("ascii")}
            await self._session.store_note(exchange.url, tape.started, note)
        known = request.meta.get("known") if status_of(exchange.response) == 304 else None
        request.meta["location"] = await self._session.store(exchange, unchanged=known and known.capture)

    async def _note_certificate(self, response: Response, tape: Tape) -> None:
        """Once for each host: what is wrong with its certificate stands in the archive."""
        host = host_of(response.url)
        if response.certificate is None or host in self._noted:
            return
        self._noted.add(host)
        try:
            certificate = response.certificate.original.to_cryptography()
            found = flaws(certificate, host, tape.started)
            said = facts(certificate, found)
        except ValueError as error:
            found, said = ["malformed"], {"certificate-flaws": f"malformed: {error}"}
        if found:
            await self._session.store_note(response.url, tape.started, said)

    async def _record_failure(self, request: Request, tape: Tape, error: Exception) -> None:
        """A whole head makes an exchange, however little of the body came after it; less is a failure."""
        interim, received = tape.answer()
        if head_end(received) is not None:
            tape.cut = tape.cut or ("time" if isinstance(error, DownloadTimeoutError) else "unspecified")
            await self._record(request, tape)
            return
        kind, said = failure_kind(error), failure_sentence(error)
        if tape.cut is not None:  # by us, which the error takes for a reset
            kind, said = _CUT_IN_THE_HEAD[tape.cut]
        received = interim + received
        reason = f"{kind}: {said}"
        if received:
            reason += f" (an answer began with {received[:_QUOTED]!r})"
        failure = Failure(
            url=urldefrag(request.url)[0],
            method=request.method,
            started=tape.started,
            reason=reason,
            ip=tape.ip,
            # A TLS error is one of the handshake: what was written then still waits for the channel.
            request=b"" if kind == "tls" else tape.request,
            received=received,
        )
        await self._session.store_failure(failure)
