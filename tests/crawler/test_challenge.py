"""Which answers are challenges. The pages are made up in the shape of those that portals were seen to send."""

import pytest

from crawler.fetch.challenge import challenge_of

SCRIPT = b"<html><head><script>var a=1;document.cookie='x=y';location.reload()</script></head><body></body></html>"
RIVERS = b'<html><head><meta id="9DhefwqGPrzG" content="a{b" r="m"><script>$_ts=window["$_ts"]</script></head></html>'
PAGE = "<html><body><h1>青石市人民政府</h1><p>政府信息公开工作年度报告</p></body></html>".encode()
C3VK = b"<html><script>document.cookie='C3VK=a1b2c3; path=/';location.href='/'</script></html>"


def block_page(text: str, encoding: str = "utf-8") -> bytes:
    return f"<html><head><title>{text}</title></head><body><p>{text}</p></body></html>".encode(encoding)


@pytest.mark.parametrize(
    ("kind", "status", "headers", "body"),
    [
        ("rivers", 412, {"Set-Cookie": "abcT5P=1"}, RIVERS),
        ("rivers", 202, {}, RIVERS),
        ("rivers", 468, {}, SCRIPT),
        ("rivers", 200, {}, RIVERS),
        ("jiasule", 521, {"Set-Cookie": "__jsluid_h=1; path=/"}, SCRIPT),
        ("jiasule", 521, {}, b"<script>document.cookie=('_')+('_jsl')</script>"),
        ("jiasule", 200, {"set-cookie": "__jsl_clearance_s=1"}, SCRIPT),
        ("c3vk", 200, {}, C3VK),
        ("c3vk", 200, {"Set-Cookie": "C3VK=abc"}, SCRIPT),
        ("ct6t", 302, {"Set-Cookie": "CT6T=abc", "Location": "http://www.a.gov.cn/x/"}, b""),
        ("ct6t", 302, {"Set-Cookie": "CT6TS=abc", "Location": "/x"}, b""),
        ("yundun", 200, {"Set-Cookie": "yd_cookie=abc"}, SCRIPT),
        ("chuangyudun", 403, {}, block_page("创宇盾 安全提示")),
        ("safedog", 403, {}, block_page("网站安全狗", "gbk")),
        ("d_shield", 403, {}, block_page("D盾_拦截提示", "gbk")),
        ("aliyun", 405, {}, b"<html><script src=//errors.aliyun.com/error.js></script></html>"),
        ("yunsuo", 403, {}, block_page("云锁 拦截页面")),
        ("waf", 403, {}, block_page("您的请求可能存在威胁，已被拦截！")),
        ("waf", 200, {}, block_page("您的访问被拦截", "gbk")),
        ("gate", 200, {}, b"<html><script>document.cookie='k='+f(7)+';path=/';location.reload();</script></html>"),
        ("gate", 200, {}, b"<html><script>document.cookie='k=1';location.href='/x';</script></html>"),
        ("gate", 200, {}, b"<script>eval(function(p,a,c,k,e,d){return p}('0 1',2,2,'a|b'.split('|')))</script>"),
        ("filter", 405, {}, b"<html>405 Not Allowed</html>"),
        ("filter", 444, {}, b""),
        ("filter", 412, {}, b""),
    ],
)
def test_challenges(kind: str, status: int, headers: dict[str, str], body: bytes) -> None:
    assert challenge_of(status, list(headers.items()), body, url="http://www.a.gov.cn/x") == kind


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (200, {}, PAGE),
        (403, {}, b"<html><head><title>403 Forbidden</title></head><body>nginx</body></html>"),
        (404, {}, block_page("您的请求已被拦截")),
        (404, {}, PAGE),
        (500, {}, b""),
        (503, {}, b"<html>Service Unavailable</html>"),
        (521, {}, b"web server is down"),
        (304, {}, b""),
        (202, {}, PAGE),
        # The cookie of a gate beside the page itself: the gate let us pass.
        (200, {"Set-Cookie": "yd_cookie=abc"}, PAGE),
        (200, {"Set-Cookie": "C3VK=abc"}, PAGE),
        (200, {"Set-Cookie": "__jsluid_h=abc"}, PAGE),
        (302, {"Set-Cookie": "CT6T=abc", "Location": "http://www.a.gov.cn/other"}, b""),
        # Small pages of script lead on; a portal's footer names who protects it.
        (200, {}, b"<html><script>location.href='/zfxxgk/'</script></html>"),
        (200, {}, b"<html><script>document.cookie='seen=1';location.href='/zfxxgk/'</script></html>"),
        (
            200,
            {},
            b"<html><script>document.cookie='t=1';location.reload()</script><p>\xe6\xac\xa2\xe8\xbf\x8e</p></html>",
        ),
        (
            200,
            {},
            b"<div id=app></div><script src=/app.js></script><script>document.cookie='t=1';location.reload</script>",
        ),
        (200, {}, block_page("本站由创宇盾提供安全防护")),
        # A report that speaks of blocked requests is no block page: it is longer.
        (200, {}, ("<html><p>" + "政府信息公开" * 2000 + "请求已被拦截</p></html>").encode()),
    ],
)
def test_ordinary_answers(status: int, headers: dict[str, str], body: bytes) -> None:
    assert challenge_of(status, list(headers.items()), body, url="http://www.a.gov.cn/x") is None


def test_a_method_that_is_not_allowed_is_no_filter() -> None:
    assert challenge_of(405, [], b"", url="http://www.a.gov.cn/x", method="POST") is None
