"""Asking again: Scrapy's bounded retries, for bodies that were cut too, and never of a host that is left alone."""

from scrapy import Request
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Response

from config.hosts import host_of
from crawler.session import Session


class Retry(RetryMiddleware):  # type: ignore[misc]
    """When the retries are used up the last answer goes on, cut or failed as it is. The pauses are Pace's."""

    def process_response(self, request: Request, response: Response) -> Request | Response:
        if host_of(request.url) in Session.of(self.crawler).blocked or request.meta.get("challenge"):
            return response
        # What our own size limit cut would only be cut again.
        if "dataloss" in response.flags and request.meta.get("truncated") != "length":
            return self._retry(request, "cut body") or response
        return super().process_response(request, response)

    def process_exception(self, request: Request, exception: Exception) -> Request | Response | None:
        if host_of(request.url) in Session.of(self.crawler).blocked:
            return None
        return super().process_exception(request, exception)
