"""Showing a page to the reader after its scripts have run, where a site's file asks for a browser.

The walk fetches every page plainly first, and asks for one again with ``render`` in its meta where it was empty. What
the scripts made of it is archived as a ``conversion`` record of its own (fidelity: reconstructed), so that neither an
offline walk nor a re-parse needs a browser.
"""

from typing import Any

from scrapy import Request, signals
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import HtmlResponse, Response

from config import clock
from crawler.session import Session

MEDIA_TYPE = "text/html; charset=utf-8"


class Rendering:
    """The downloader middleware that does it; after the archive has been asked, which answers first."""

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler
        self._session = Session.of(crawler)
        if not self._session.site.browser or self._session.terms.offline:
            raise NotConfigured
        from crawler.browser import page as browser

        self._browser = browser.Browser(crawler, self._session.terms.user_agent)
        self._challenged = browser.Challenged

    @classmethod
    def from_crawler(cls, crawler: Any) -> "Rendering":
        rendering = cls(crawler)
        crawler.signals.connect(rendering._response_received, signal=signals.response_received)
        crawler.signals.connect(rendering._browser.close, signal=signals.spider_closed)
        return rendering

    async def process_request(self, request: Request) -> Response | None:
        if not request.meta.get("render"):
            return None
        started = clock.now()
        try:
            html, url, origin = await self._browser.show(request, turn=request.meta["render"] == "turn")
        except self._challenged as challenged:
            request.meta["challenge"] = challenged.kind
            return HtmlResponse(request.url, request=request)
        except TimeoutError:
            self._crawler.stats.inc_value("nianbao/browser/timeout")
            raise IgnoreRequest(f"{request.url}: the page did not come to rest in the browser") from None
        payload = html.encode("utf-8", "surrogatepass").decode("utf-8", "replace").encode()
        request.meta["location"] = await self._session.store_conversion(
            request.url, started, payload, MEDIA_TYPE, of=origin.request.meta["location"].record_id
        )
        self._crawler.stats.inc_value("nianbao/browser/pages")
        return HtmlResponse(url, headers={"Content-Type": MEDIA_TYPE}, body=payload, request=request, encoding="utf-8")

    def _response_received(self, response: Response, request: Request) -> None:
        """Keep a page that the walk may ask for again at once."""
        if response.status == 200 and request.method == "GET" and "fetch" in request.meta and not _is_file(request):
            self._browser.remember(response)


def _is_file(request: Request) -> bool:
    return request.meta.get("role") == "attachment" or bool(request.meta.get("render"))
