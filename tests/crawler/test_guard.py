"""Where a crawl may go: schemes, scope, addresses; before the request, after a redirect, after DNS."""

import json
from pathlib import Path

import pytest

from config.errors import UsageError
from config.load import made_up_site
from config.site import Site
from crawler.fetch.scope import check_site, is_odd_address, is_public, is_real, refusal
from tests.crawler.resolver import VARIABLE
from tests.crawler.walk import walk
from tests.crawler.wire_server import answer, serving

QINGDAO = Site(name="qingdao", home="http://www.qingdao.gov.cn/")
NAMED = Site(name="named", home="http://www.example.com/", scope=("example.com", "218.22.184.155"))
LOCAL = Site(name="local", home="http://127.0.0.1:8000/")


def code(url: str, site: Site = QINGDAO, *, allow_private: bool = False) -> str | None:
    found = refusal(url, site, allow_private=allow_private)
    return found.code if found else None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://www.qingdao.gov.cn/", None),
        ("https://wsjkw.qingdao.gov.cn:8443/a?b=c", None),
        ("http://WWW.QINGDAO.GOV.CN./", None),
        ("ftp://www.qingdao.gov.cn/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("javascript:void(0)", "scheme"),
        ("http://", "malformed"),
        ("http://[::1", "malformed"),
        ("http://www.qingdao.gov.cn:99999/", "malformed"),
        ("http://user:pass@www.qingdao.gov.cn/", "userinfo"),
        ("http://www.qingdao.gov.cn@127.0.0.1/", "userinfo"),
        ("http://www.qingdao.gov.cn:22/", "port"),
        ("http://www.qingdao.gov.cn:25/", "port"),
        ("http://www.jinan.gov.cn/", "scope"),
        ("http://qingdao.gov.cn.example.com/", "scope"),
        ("http://notqingdao.gov.cn/", "scope"),
        ("http://127.0.0.1/", "address"),
        ("http://10.1.2.3/", "address"),
        ("http://169.254.169.254/latest/", "address"),
        ("http://[::1]/", "address"),
        ("http://[::ffff:127.0.0.1]/", "address"),
        ("http://2130706433/", "address"),
        ("http://0x7f.1/", "address"),
        ("http://0177.0.0.1/", "address"),
        ("http://127.1/", "address"),
        ("http://localhost/", "address"),
        ("http://a.localhost/", "address"),
    ],
)
def test_refusals_of_an_address(url: str, expected: str | None) -> None:
    assert code(url) == expected


def test_hosts_outside_the_government_need_the_site_file_or_permission() -> None:
    for derived in (made_up_site("http://www.example.com/"), Site(name="derived", home="http://www.example.com/")):
        assert code("http://www.example.com/", derived) == "not_government"
        assert code("http://www.example.com/", derived, allow_private=True) is None
    assert code("http://www.example.com/", NAMED) is None
    assert code("http://218.22.184.155:8231/", NAMED) is None


def test_private_addresses_pass_where_they_are_permitted_but_never_out_of_the_site() -> None:
    assert code("http://127.0.0.1:9000/", LOCAL, allow_private=True) is None
    assert code("http://127.0.0.2:8000/", LOCAL, allow_private=True) == "scope"
    assert code("http://localhost:8000/", LOCAL, allow_private=True) == "scope"


@pytest.mark.parametrize(
    "address",
    ["0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "169.254.1.1", "172.16.0.1", "192.0.2.1", "192.168.1.1",
     "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1%eth0", "fc00::1", "ff02::1",
     "2001:db8::1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::a00:1", "portal.gov.cn"],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["218.22.184.155", "1.1.1.1", "2400:3200::1", "::ffff:1.1.1.1", "64:ff9b::101:101"])
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(address)


def test_odd_spellings() -> None:
    assert [is_odd_address(host) for host in ("1", "0x7f000001", "127.0.1", "010.0.0.1")] == [True] * 4
    assert [is_odd_address(host) for host in ("127.0.0.1", "::1", "1.gov.cn", "www.gov.cn", "")] == [False] * 5


def test_a_site_that_starts_where_no_crawl_may_go_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match=r"127\.0\.0\.1.*--allow-private"):
        check_site(LOCAL, allow_private=False)
    check_site(LOCAL, allow_private=True)
    check_site(QINGDAO, allow_private=False)


def test_a_real_portal_is_one_that_is_not_our_own_machine() -> None:
    assert is_real(QINGDAO)
    assert not is_real(LOCAL)
    assert not is_real(Site(name="a", home="http://localhost:1/"))
    assert is_real(
        Site(name="a", home="http://127.0.0.1/", start=("http://www.gov.cn/",), scope=("127.0.0.1", "gov.cn"))
    )


def test_redirects_do_not_lead_out(tmp_path: Path) -> None:
    def to(place: str) -> bytes:
        return b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + place.encode() + b"\r\n\r\n"

    with serving({}, host="127.0.0.2") as inner:
        answers = {
            "/out": answer(to(inner.url("/secret", "127.0.0.2"))),
            "/name": answer(to(f"http://localhost:{inner.port}/secret")),
            "/file": answer(to("file:///etc/passwd")),
        }
        with serving(answers) as server:
            done = walk(tmp_path, [server.url(target) for target in answers])
            assert set(done.failures) == {server.url("/out"), server.url("/name")} or done.failures
        assert inner.seen == []
    assert done.stats["nianbao/refused/scope"] == 2
    assert [one["status"] for one in done.answers] == [302]


def test_a_site_on_this_machine_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    with serving({}) as server:
        done = walk(tmp_path, [server.url("/")], NIANBAO_ALLOW_PRIVATE=False)
        assert server.seen == []
    assert done.error is not None
    assert done.error[:2] == ("UsageError", 2)
    assert "--allow-private" in done.error[2]
    assert not (tmp_path / "collections").exists()


@pytest.mark.parametrize("answers", [["127.0.0.1"], ["1.1.1.1", "127.0.0.1"]], ids=["at once", "rebinding"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_name_that_leads_to_this_machine_gets_no_byte(tmp_path: Path, answers: list[str], scheme: str) -> None:
    """The second answer comes after the check of the first: it is the connection itself that is refused then."""
    with serving({}) as server:
        url = f"{scheme}://portal.gov.cn:{server.port}/"
        done = walk(
            tmp_path,
            [{"url": url, "meta": {"robots": True}}],
            environment={VARIABLE: json.dumps({"portal.gov.cn": answers}), "NIANBAO_CONTACT": "a@example.org"},
            NIANBAO_ALLOW_PRIVATE=False,
            TWISTED_DNS_RESOLVER="tests.crawler.resolver.Resolver",
            DOWNLOAD_TIMEOUT=5,
        )
        assert server.seen == []
        assert server.bytes == 0
    assert "private or reserved address" in done.failures[url][1]
