"""Asking again: Scrapy's bounded retries, for bodies that were cut too, and never of a host that is left alone."""

from scrapy import Request
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Response

from crawler.session import Session


class Retry(RetryMiddleware):  # type: ignore[misc]
    """When the retries are used up the last answer goes on, cut or failed as it is. The pauses are Pace's."""

    def process_response(self, request: Request, response: Response) -> Request | Response:
        if Session.of(self.crawler).is_left(request.url) or request.meta.get("challenge"):
            return response
        if self._is_worth_another_try(request, response):
            request.meta["cut_at"] = len(response.body)
            return self._retry(request, "cut body") or response
        return super().process_response(request, response)

    @staticmethod
    def _is_worth_another_try(request: Request, response: Response) -> bool:
        """Whether a body was cut by chance: not by our own size limit, and not twice in the same place, as with a
        server whose Content-Length is wrong."""
        if "dataloss" not in response.flags or request.meta.get("truncated") == "length":
            return False
        return bool(request.meta.get("cut_at") != len(response.body))

    def process_exception(self, request: Request, exception: Exception) -> Request | Response | None:
        if Session.of(self.crawler).is_left(request.url):
            return None
        return super().process_exception(request, exception)
