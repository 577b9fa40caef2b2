"""http and https of one host. Without a port in the address the system's own ports are meant, which a test cannot have:
the middleware is called as the downloader calls it."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import CannotResolveHostError, DownloadConnectionRefusedError, DownloadTimeoutError
from scrapy.http import Response

from crawler.fetch import scheme
from crawler.fetch.scheme import OtherScheme, by_other_scheme


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("http://www.a.gov.cn/x?y=1", "https://www.a.gov.cn/x?y=1"),
        ("https://www.a.gov.cn/", "http://www.a.gov.cn/"),
        ("http://www.a.gov.cn:8080/", None),
        ("ftp://www.a.gov.cn/", None),
    ],
)
def test_the_other_scheme(url: str, other: str | None) -> None:
    assert by_other_scheme(url) == other


@pytest.fixture
def notes() -> list[dict[str, str]]:
    return []


@pytest.fixture
def middleware(monkeypatch: pytest.MonkeyPatch, notes: list[dict[str, str]]) -> OtherScheme:
    async def store_note(url: str, moment: Any, facts: dict[str, str]) -> None:
        notes.append(facts)

    monkeypatch.setattr(scheme.Session, "of", lambda crawler: SimpleNamespace(store_note=store_note))
    return OtherScheme(SimpleNamespace(stats=SimpleNamespace(inc_value=lambda name: None)))


def failing(middleware: OtherScheme, url: str, error: Exception) -> str | None:
    request = Request(url, meta={"retry_times": 2})
    other = asyncio.run(middleware.process_exception(request, error))
    assert other is None or (other.meta["retry_times"], other.dont_filter) == (0, True)
    return other and other.url


def test_a_dead_scheme_is_left_for_the_other_and_not_tried_again(
    middleware: OtherScheme, notes: list[dict[str, str]]
) -> None:
    assert failing(middleware, "https://a.gov.cn/1", DownloadConnectionRefusedError("no")) == "http://a.gov.cn/1"
    assert "refused" in notes[0]["other-scheme"]
    sent_on = middleware.process_request(Request("https://a.gov.cn/2"))
    assert sent_on is not None
    assert sent_on.url == "http://a.gov.cn/2"
    assert middleware.process_request(Request("http://a.gov.cn/2")) is None
    assert middleware.process_request(Request("https://b.gov.cn/2")) is None


def test_where_both_are_dead_there_is_no_going_round(middleware: OtherScheme) -> None:
    assert failing(middleware, "https://a.gov.cn/", DownloadTimeoutError("no")) == "http://a.gov.cn/"
    assert failing(middleware, "http://a.gov.cn/", DownloadTimeoutError("no")) is None


def test_a_host_that_has_answered_is_asked_as_before(middleware: OtherScheme) -> None:
    middleware.process_response(Request("https://a.gov.cn/"), Response("https://a.gov.cn/", status=404))
    assert failing(middleware, "https://a.gov.cn/", DownloadTimeoutError("no")) is None


def test_a_name_that_nobody_knows_has_no_other_scheme(middleware: OtherScheme) -> None:
    assert failing(middleware, "https://a.gov.cn/", CannotResolveHostError("no")) is None
    assert failing(middleware, "https://a.gov.cn:8443/", DownloadTimeoutError("no")) is None
