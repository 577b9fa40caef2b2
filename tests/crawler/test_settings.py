"""The settings are fit for the real web before anybody touches them, and say the same as the operator's file."""

from pathlib import Path

import pytest
from scrapy.settings import Settings

from archive.writer import DEFAULT_FILE_SIZE
from config.errors import UsageError
from config.load import load_operator, made_up_site
from config.site import Site
from crawler import terms


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NIANBAO_CONTACT", raising=False)
    monkeypatch.delenv("NIANBAO_DATA", raising=False)


def project(**asked: object) -> Settings:
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.setdict(asked, priority="cmdline")
    return settings


def test_a_polite_crawl_is_the_default() -> None:
    settings = project()
    assert settings.getbool("ROBOTSTXT_OBEY")
    assert settings.getfloat("DOWNLOAD_DELAY") == 3.0
    assert settings.getfloat("DOWNLOAD_DELAY_JITTER") == 0
    assert settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN") == 1
    for name in ("REMOTE_CONTROL_ENABLED", "TELNETCONSOLE_ENABLED", "COOKIES_ENABLED", "HTTPPROXY_ENABLED"):
        assert not settings.getbool(name), name
    handlers = settings.getwithbase("DOWNLOAD_HANDLERS")
    assert {scheme for scheme, handler in handlers.items() if handler} == {"http", "https"}


def test_the_settings_and_the_operators_file_agree() -> None:
    operator, settings = load_operator(), project()
    assert settings.getfloat("DOWNLOAD_DELAY") == operator.delay
    assert settings.getfloat("DOWNLOAD_TIMEOUT") == operator.timeout
    assert settings.getint("DOWNLOAD_MAXSIZE") == operator.max_bytes


def test_files_are_closed_while_their_index_is_small() -> None:
    """What a crawl holds in memory of the file that it writes is bounded by its size alone."""
    assert load_operator().rotate_bytes == DEFAULT_FILE_SIZE


def test_what_goes_before_what(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Site(name="slow", home="http://www.qingshi.gov.cn/", delay=5.0, max_pages=70)
    configured = terms.of(project(NIANBAO_CONTACT="a@example.org"), slow)
    assert (configured.delay, configured.max_pages) == (5.0, 70)
    asked = terms.of(project(NIANBAO_CONTACT="a@example.org", DOWNLOAD_DELAY=1.0, NIANBAO_MAX_PAGES=7), slow)
    assert (asked.delay, asked.max_pages) == (1.0, 7)
    monkeypatch.setenv("NIANBAO_CONTACT", "b@example.org")
    assert terms.of(project(), slow).contact == "b@example.org"
    assert terms.of(project(NIANBAO_CONTACT="a@example.org"), slow).contact == "a@example.org"
    monkeypatch.setenv("NIANBAO_DATA", "/somewhere")
    assert terms.of(project(), slow).data == Path("/somewhere")
    assert terms.of(project(NIANBAO_DATA="/elsewhere"), slow).data == Path("/elsewhere")


@pytest.mark.parametrize(
    ("home", "asked", "needed"),
    [
        ("http://www.qingshi.gov.cn/", {}, True),
        ("http://www.qingshi.gov.cn/", {"NIANBAO_ALLOW_PRIVATE": True}, True),
        ("http://www.qingshi.gov.cn/", {"NIANBAO_OFFLINE": True}, False),
        ("http://127.0.0.1:8000/", {"NIANBAO_ALLOW_PRIVATE": True}, False),
        ("http://localhost:8000/", {"NIANBAO_ALLOW_PRIVATE": True}, False),
    ],
)
def test_who_needs_a_contact(home: str, asked: dict[str, object], needed: bool) -> None:
    if not needed:
        assert terms.of(project(**asked), made_up_site(home)).contact is None
        return
    with pytest.raises(UsageError, match="contact"):
        terms.of(project(**asked), made_up_site(home))
