"""A page in Chromium, driven through scrapy-playwright: its scripts run here, and the crawl asks the network for it.

What a page asks for while its scripts run is taken from the browser and made as a request of the crawl: guard, robots,
pace, archive and replay hold for it as for every other, and what goes over the wire is archived as it went. The browser
itself has no way out: a proxy that does not exist stands between it and the network.

Only imported where a site asks for it: scrapy-playwright comes with the extra ``browser``. Names with an underscore are
private to scrapy-playwright 0.0.48; tests/crawler/test_browser.py holds them.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, Route
from playwright.async_api import Request as Asked
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler
from scrapy_playwright.page import PageMethod

from crawler.browser import views
from crawler.browser.chromium import LONGEST
from crawler.portals import address

# What a list is made of. Pictures, fonts, styles and films are nothing to read, and not asked for.
_WANTED = frozenset({"document", "script", "xhr", "fetch"})
# Headers of the browser that the crawl sets itself, or that its request has no use for. Cookies are not sent: a gate
# that wants one back does not want robots.
_OWN_HEADERS = ("host", "user-agent", "accept-", "connection", "cookie", "sec-", "upgrade-", "content-length")
# Headers of an answer that hold for the wire alone.
_OF_THE_WIRE = frozenset({"content-encoding", "content-length", "transfer-encoding", "connection", "set-cookie"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_HOPS = 5
_MOST_REQUESTS = 150  # of one page; a page that asks on and on is left as it is
_MOST_KNOWN = 300  # answers that are remembered: a page's scripts are those of its neighbours
_GOING = re.compile(r"context was destroyed|navigat|has been closed|Cannot find context", re.IGNORECASE)
_LOOKS = 20  # at a page that goes on changing, though nothing is under way
_QUESTIONS = 30  # of one page, for data
_FEW = 3  # clicks without effect, after which rows are only words
_SOON = 0.25  # seconds between two looks at a page that is still filling


class Challenged(Exception):
    """A challenge came in place of something that the page asked for: ``kind``. Its scripts are not run."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"a challenge ({kind})")
        self.kind = kind


class _Known(dict[str, Response]):
    """The newest answers by what was asked for."""

    def __setitem__(self, url: str, response: Response) -> None:
        super().__setitem__(url, response)
        if len(self) > _MOST_KNOWN:
            del self[next(iter(self))]


class Browser(ScrapyPlaywrightDownloadHandler):  # type: ignore[misc]
    """One Chromium for one crawl, started with the first page."""

    def __init__(self, crawler: Any, user_agent: str) -> None:
        super().__init__(crawler)
        self._user_agent = user_agent
        self._visit: _Visit | None = None
        self._known = _Known()
        self._one = asyncio.Lock()
        self._started = False

    async def _maybe_launch_in_thread(self) -> None:
        """Scrapy's start is too early: most crawls that may need a browser need none."""

    def remember(self, response: Response) -> None:
        """Keep a page that the crawl has fetched itself, so that the browser needs not ask for it again."""
        self._known[response.url] = response

    async def show(self, request: Request, *, turn: bool) -> tuple[str, str, Response]:
        """The page of ``request`` once its scripts have run: its DOM as HTML, where it stood in the end, and the answer
        that it came from. With ``turn`` the further pages of its list are turned to, and stand below the first.

        Raises what the page's own request raised, and Challenged.
        """
        async with self._one:
            if not self._started:
                await self._launch()
                self._started = True
            visit = self._visit = _Visit(self._crawler, self._known)
            method = PageMethod(visit.read, turn=turn)
            context = {"user_agent": self._user_agent, "service_workers": "block", "accept_downloads": False}
            meta = {
                "playwright": True,
                "playwright_page_methods": [method],
                "playwright_page_goto_kwargs": {"wait_until": "commit"},
                "playwright_context_kwargs": {**context, "ignore_https_errors": True, "locale": "zh-CN"},
            }
            try:
                async with asyncio.timeout(LONGEST):
                    await self.download_request(request.replace(meta=meta))
            except PlaywrightError as error:
                raise visit.error or IgnoreRequest(
                    f"{request.url}: the browser gave up: {_first_line(error)}"
                ) from None
            finally:
                visit.over = True
            if visit.error is not None:
                raise visit.error
            if visit.main is None:
                raise IgnoreRequest(f"{request.url}: the browser asked for nothing")
            return visit.html, visit.url, visit.main

    def _make_request_handler(self, **_: Any) -> Callable[[Route, Asked], Any]:
        assert self._visit is not None
        return self._visit.answer

    async def close(self) -> None:
        if self._started:
            await super().close()


class _Visit:
    """One page in the browser: answers what it asks for, and reads what became of it."""

    def __init__(self, crawler: Any, known: _Known) -> None:
        self.main: Response | None = None
        self.error: Exception | None = None
        self.html = self.url = ""
        self.over = False
        self._crawler = crawler
        self._known = known
        self._under_way = 0
        self._questions = 0
        self._clicked = False
        self._sent_to: str | None = None
        self._asked = 0

    async def answer(self, route: Route, asked: Asked) -> None:
        """Give the browser what the crawl gets for it, or nothing."""
        if asked.resource_type not in _WANTED or self.over or self.error or self._asked >= _MOST_REQUESTS:
            await _abort(route)
            return
        if self._clicked and asked.is_navigation_request():
            self._sent_to = asked.url
            await _abort(route, "aborted")  # so that the page stays
            return
        self._asked += 1
        self._under_way += 1
        self._questions += asked.resource_type in ("xhr", "fetch")
        try:
            response = await self._fetched(asked)
            with suppress(PlaywrightError):  # the page is gone
                await route.fulfill(**_as_shown(response, document=asked.resource_type == "document"))
        except Exception as error:  # noqa: BLE001 - whatever kept it from us, the page goes without
            if isinstance(error, Challenged) or self.main is None:
                self.error = error
            await _abort(route)
        finally:
            self._under_way -= 1

    async def _fetched(self, asked: Asked) -> Response:
        """The answer to what the page asks for; asked for once a run, as everything is."""
        url, body = asked.url.partition("#")[0], asked.post_data_buffer or b""
        key = url if asked.method == "GET" else f"{asked.method} {url} {body!r}"
        if key not in self._known:
            self._known[key] = await self._downloaded(asked, url, body)
        if self.main is None:
            self.main = self._known[key]
        return self._known[key]

    async def _downloaded(self, asked: Asked, url: str, body: bytes) -> Response:
        headers = {name: value for name, value in asked.headers.items() if not name.lower().startswith(_OWN_HEADERS)}
        method = asked.method
        for _ in range(_MOST_HOPS):
            meta = {"asked_by_page": True, "handle_httpstatus_all": True, "dont_redirect": True}
            request = Request(
                url,
                NO_CALLBACK,
                method,
                headers,
                body,
                priority=100,
                dont_filter=True,
                meta=meta,  # the page waits
            )
            response = await self._crawler.engine.download_async(request)
            self._crawler.stats.inc_value("nianbao/browser/requests")
            if response.meta.get("challenge"):
                raise Challenged(response.meta["challenge"])
            target = response.headers.get("Location", b"").decode("latin-1")
            following = address.absolute(url, target) if response.status in _REDIRECTS else None
            if following is None or asked.resource_type == "document":
                return response
            url, method, body = following, "GET", b""
        raise IgnoreRequest(f"{asked.url}: redirected more than {_MOST_HOPS} times")

    async def read(self, page: Page, *, turn: bool) -> None:
        """Wait until the page stands still, and take its DOM; then the next page of its list, and so on."""
        seen: views.Views = views.Views(turn=turn)
        while True:
            await self._stand_still(page)
            if self.error is not None:
                return
            self.url = self.url or page.url
            told = await self._addresses(page, seen) if turn else {}
            view = await _told(page, views.READ, told)
            if not isinstance(view, Mapping) or not seen.add(view) or self._asked >= _MOST_REQUESTS:
                break
            if not await _told(page, views.TURN):
                break
        self.html = seen.html

    async def _addresses(self, page: Page, seen: views.Views) -> dict[str, str]:
        """Where the rows of a list lead that have no address: what they ask for when they are clicked."""
        found: dict[str, str] = {}
        tried: list[str] = []
        for words in seen.unlinked(await _told(page, views.UNLINKED)):
            tried.append(words)
            before, self._clicked, self._sent_to = page.url, True, None
            try:
                if not await _told(page, views.CLICK, words):
                    continue
                await self._stand_still(page)
                url = self._sent_to or await _told(page, views.OPENED)
            finally:
                self._clicked = False
            if isinstance(url, str) and url != before:
                found[words] = url
            if page.url != before:  # another view of the same page
                await page.go_back(wait_until="commit")
                await self._stand_still(page)
                await self._turn_to(page, words, seen.number)
            elif len(tried) >= _FEW and not found:
                break  # nothing happens
        return found

    async def _turn_to(self, page: Page, words: str, most: int) -> None:
        """Turn to the view that shows ``words``, where the list has begun anew."""
        for _ in range(most):
            shown = await _told(page, views.UNLINKED)
            if isinstance(shown, list) and words in shown:
                return
            await _told(page, views.TURN)
            await self._stand_still(page)

    async def _stand_still(self, page: Page) -> None:
        """Return once nothing is under way and two looks find the same page.

        Some pages never rest: a clock, a slide show, a question that is asked again and again. They are taken as they
        are after some looks between their questions, or after more questions than a page has.
        """
        before: object = None
        idle, last = 0, self._questions + _QUESTIONS
        while self.error is None and idle <= _LOOKS and self._questions <= last:
            await asyncio.sleep(_SOON)
            now = await _told(page, views.LOOK)
            if not self._under_way and now is not None:
                if now == before:
                    return
                idle += 1
            before = now


async def _told(page: Page, script: str, argument: object = None) -> object:
    """What ``script`` says of the page; None while it goes elsewhere."""
    try:
        said: object = await page.evaluate(script, argument)
        return said
    except PlaywrightError as error:
        if not _GOING.search(str(error)):
            raise
    if page.is_closed():
        raise IgnoreRequest(f"{page.url}: the browser closed the page")
    return None


async def _abort(route: Route, code: str = "failed") -> None:
    with suppress(PlaywrightError):
        await route.abort(code)


def _as_shown(response: Response, *, document: bool) -> dict[str, Any]:
    """An answer as the browser gets it. A redirect would be followed by the browser alone, and is sent on by a page."""
    location = response.headers.get("Location", b"").decode("latin-1")
    target = address.absolute(response.url, location) if document and response.status in _REDIRECTS else None
    if target:
        sent = target.replace("&", "&amp;").replace('"', "%22")
        return {
            "status": 200,
            "body": f'<meta http-equiv="refresh" content="0;url={sent}">',
            "content_type": "text/html",
        }
    headers = {
        name.decode("latin-1"): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
        if name.decode("latin-1").lower() not in _OF_THE_WIRE
    }
    return {"status": response.status, "headers": headers, "body": response.body}


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0]
