"""Which addresses are one document."""

import pytest

from pipelines.corpus.address import document_key

KEY = document_key("http://www.a.gov.cn/nb/2020.html?id=7")


@pytest.mark.parametrize(
    "twin",
    [
        "https://www.a.gov.cn/nb/2020.html?id=7",
        "http://a.gov.cn/nb/2020.html?id=7",
        "HTTP://WWW.A.GOV.CN:80/nb/2020.html?id=7#top",
        "https://a.gov.cn.:443/nb/2020.html?id=7",
        "http://a.gov.cn/nb/2020.html;jsessionid=A1B2.node1?id=7",
    ],
)
def test_twins_share_a_key(twin: str) -> None:
    assert document_key(twin) == KEY


@pytest.mark.parametrize(
    "other",
    [
        "http://a.gov.cn/nb/2020.html?id=8",
        "http://a.gov.cn/nb/2020.html",
        "http://a.gov.cn/NB/2020.html?id=7",
        "http://a.gov.cn:8080/nb/2020.html?id=7",
        "http://b.a.gov.cn/nb/2020.html?id=7",
        "http://a.gov.cn/nb/2020.html/?id=7",
        "file:///nb/2020.html?id=7",
    ],
)
def test_other_documents_have_other_keys(other: str) -> None:
    assert document_key(other) != KEY


def test_escaped_and_plain_chinese_are_one() -> None:
    keys = {
        document_key(f"http://a.gov.cn/{name}.pdf") for name in ("年报", "%E5%B9%B4%E6%8A%A5", "%e5%b9%b4%e6%8a%a5")
    }
    assert len(keys) == 1


@pytest.mark.parametrize(
    "url", ["", "http://[::1", "http://a.gov.cn:port/", "urn:x:y", "a\ud800b", "http://a.gov.cn/\ud800"]
)
def test_any_text_has_a_key_that_a_database_takes(url: str) -> None:
    document_key(url).encode()


def test_long_addresses_stay_apart_and_short_enough_for_an_index() -> None:
    long = "http://a.gov.cn/?" + "年" * 3000
    assert len(document_key(long).encode()) < 2000
    assert document_key(long + "a") != document_key(long + "b")
