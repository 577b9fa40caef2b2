"""Addresses: resolved as browsers do, one key a document, traps by rule."""

import pytest

from crawler.portals import address


@pytest.mark.parametrize(
    ("base", "href", "expected"),
    [
        ("http://a.gov.cn/x/y.html", "./202401/t1.html", "http://a.gov.cn/x/202401/t1.html"),
        ("http://a.gov.cn/", "../../x/", "http://a.gov.cn/x/"),
        ("http://a.gov.cn/x/", "//www.a.gov.cn:80/z", "http://www.a.gov.cn/z"),
        ("https://a.gov.cn./x/", "./n/", "https://a.gov.cn/x/n/"),
        ("http://a.gov.cn/", "/年报 1.pdf", "http://a.gov.cn/%E5%B9%B4%E6%8A%A5%201.pdf"),
        ("http://a.gov.cn/x", "a\\b.html\n", "http://a.gov.cn/a/b.html"),
        ("http://a.gov.cn/", "/gkmlpt/index#2629", "http://a.gov.cn/gkmlpt/index#2629"),
        ("http://a.gov.cn/", "javascript:void(0)", None),
        ("http://a.gov.cn/", "mailto:a@b.cn", None),
        ("http://a.gov.cn/", "#top", None),
        ("http://a.gov.cn/", "http://[bad/", None),
    ],
)
def test_links_resolve(base: str, href: str, expected: str | None) -> None:
    assert address.absolute(base, href) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://www.a.gov.cn/x/", "https://a.gov.cn/x/index.html"),
        ("http://a.gov.cn:80/x", "https://a.gov.cn:443/x#part"),
        ("http://a.gov.cn/x;jsessionid=1AB?b=2&a=1", "http://a.gov.cn/x?a=1&b=2"),
        ("http://a.gov.cn/x?id=1&utm_source=w&_=17&t=1700000000000", "http://a.gov.cn/x?id=1"),
        ("http://a.gov.cn//x", "http://a.gov.cn/x"),
        ("http://a.gov.cn/x?print=1", "http://a.gov.cn/x"),
    ],
)
def test_twins_have_one_key(one: str, other: str) -> None:
    assert address.key(one) == address.key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://a.gov.cn/list?type=3&t=4", "http://a.gov.cn/list?type=3&t=5"),
        ("http://a.gov.cn/x?page=1", "http://a.gov.cn/x?page=2"),
        ("http://a.gov.cn:8080/x", "http://a.gov.cn/x"),
        ("http://a.gov.cn/index_1.html", "http://a.gov.cn/"),
        ("http://b.a.gov.cn/x", "http://a.gov.cn/x"),
    ],
)
def test_different_documents_have_different_keys(one: str, other: str) -> None:
    assert address.key(one) != address.key(other)


def test_a_post_is_known_by_its_body() -> None:
    assert address.key("http://a.cn/q", "POST", b"page=1") != address.key("http://a.cn/q", "POST", b"page=2")


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("http://a.gov.cn/calendar/2024-01", "calendar"),
        ("http://a.gov.cn/x?print=1", "variant"),
        ("http://a.gov.cn/x?date=2024-01-02", "calendar"),
        ("http://a.gov.cn/x?orderby=time", "variant"),
        ("http://a.gov.cn/a/b/a/c/a/", "endless_query"),
        ("http://a.gov.cn/x?" + "&".join(f"p{n}=1" for n in range(20)), "endless_query"),
        ("http://a.gov.cn/2023/2023/2023/x.html", None),
        ("http://a.gov.cn/public/column/66?type=3&action=list", None),
    ],
)
def test_traps_have_names(url: str, rule: str | None) -> None:
    assert address.trap(url) == rule


def test_the_other_scheme_and_the_noise() -> None:
    assert address.twin("https://a.gov.cn/x") == "http://a.gov.cn/x"
    assert address.twin("http://a.gov.cn:8080/x") is None
    assert address.noise("http://a.gov.cn/x;jsessionid=9") == "session_id"
    assert address.noise("http://a.gov.cn/x?_=0.12345") == "random_parameter"
    assert address.noise("http://a.gov.cn/x?id=1") is None
