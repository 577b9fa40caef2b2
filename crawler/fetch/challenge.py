"""Recognising the answers of bot walls: "this site does not want robots here".

For recognition alone: a challenge is recorded and the host left in peace. Nothing here solves, replays or gets around
one. Signs gathered from field notes on Chinese government portals, November 2026.
"""

import re
from collections.abc import Mapping, Sequence

# A challenge page is a stub; a real page that merely mentions a product's name is longer.
_STUB = 16 * 1024
_HTML = re.compile(rb"<\s*(?:!doctype\s+html|html|head|script|meta|body)\b", re.IGNORECASE)
_SCRIPT = re.compile(rb"<\s*script\b", re.IGNORECASE)
_RIVERS = re.compile(rb"\$_ts\b|r=['\"]m['\"]|<meta\s+id=['\"][A-Za-z0-9]{8,}['\"]\s+content=", re.IGNORECASE)
# A gate of one script, as of 江西's counties (1,166 bytes).
_GATE = 4 * 1024
_FETCHED = re.compile(rb"<\s*script\b[^>]*\bsrc\s*=", re.IGNORECASE)
_SETS_COOKIE = re.compile(rb"document\s*(?:\.\s*cookie|\[\s*['\"]cookie['\"]\s*\])\s*=")
_COMES_AGAIN = re.compile(rb"location\s*\.\s*(?:reload|replace|href|assign)|location\s*[=\[]|\.submit\s*\(")
_LEADS = re.compile(rb"location(?:\s*\.\s*href)?\s*(?:=|\.\s*(?:replace|assign)\s*\()\s*['\"]([^'\"]+)['\"]")
_HIDDEN = re.compile(
    rb"eval\s*\(\s*function\s*\(\s*p\s*,\s*a\s*,\s*c\s*,\s*k|\b_0x[0-9a-f]{4,}|\\x[0-9a-f]{2}(?:\\x[0-9a-f]{2}){7}"
)
_TAG = re.compile(rb"<[^>]*>")

# What the block pages of web application firewalls say. The vendors' names count on an error alone: footers carry them.
_BLOCKED = (
    "您的请求可能存在威胁",
    "您的请求带有不合法参数",
    "请求已被拦截",
    "您的访问被拦截",
    "您的访问请求可能对网站造成安全威胁",
    "疑似黑客攻击",
)
_VENDORS: Mapping[str, Sequence[str]] = {
    "chuangyudun": ("创宇盾", "知道创宇云安全", "365cyd"),
    "safedog": ("安全狗", "safedog"),
    "d_shield": ("D盾",),
    "aliyun": ("阿里云盾", "errors.aliyun.com", "aliyun_waf"),
    "yunsuo": ("云锁", "yunsuologo"),
    "waf": ("Web应用防火墙", "web应用防火墙"),
}


def challenge_of(
    status: int, headers: Sequence[tuple[str, str]], body: bytes, *, url: str = "", method: str = "GET"
) -> str | None:
    """The kind of challenge or block that an answer is, or None where it is an ordinary answer.

    ``headers`` are (name, value) pairs, any case, with duplicates; ``body`` has its content encoding undone; ``url``
    is what was asked for. The kinds: rivers (瑞数), jiasule (加速乐), chuangyudun (创宇盾), safedog (安全狗), d_shield
    (D盾), aliyun (阿里云盾), yunsuo (云锁), yundun (yd_cookie), c3vk, ct6t, gate (a script that sets a cookie and comes
    again, or hides what it does; 江西), waf (a block page that names no vendor), filter (412, 468, 444, or 405 to a
    GET, and no more to go by). A bare 403 or 404 is none, nor is a small page of script: portals lead on by such pages.
    """
    cookies = " ".join(value for name, value in headers if name.lower() == "set-cookie")
    location = next((value for name, value in headers if name.lower() == "location"), "")
    return (
        _by_cookie(status, cookies, again=_same_page(location, url), body=body)
        or _by_status(status, cookies, body)
        or _by_page(status, body)
        or ("gate" if status == 200 and _is_gate(body, url) else None)
        or _by_filter(status, method)
    )


def _by_cookie(status: int, cookies: str, *, again: bool, body: bytes) -> str | None:
    """Gates that set a cookie and send the visitor round ``again``. The cookie beside a real page is no gate."""
    bare = len(body) <= _STUB and _is_bare_script(body)
    if re.search(r"\bCT6TS?=", cookies) and status in range(300, 400) and again:
        return "ct6t"
    if bare and ("C3VK=" in cookies or b"C3VK" in body):
        return "c3vk"
    if re.search(r"\byd_cookie=", cookies) and (bare or again):
        return "yundun"
    if re.search(r"__jsl(?:uid|_clearance)", cookies) and (bare or status == 521):
        return "jiasule"
    return None


def _by_status(status: int, cookies: str, body: bytes) -> str | None:
    """Statuses that come with a script in place of the page. We send no If-Match: a 412 is never an answer to that."""
    if status in (412, 468) and (_SCRIPT.search(body) or _RIVERS.search(body) or re.search(r"\w[TPSO]=", cookies)):
        return "rivers"
    if status == 202 and _HTML.search(body) and (_RIVERS.search(body) or _is_bare_script(body)):
        return "rivers"
    if status == 200 and len(body) <= _STUB and _RIVERS.search(body) and _is_bare_script(body):
        return "rivers"
    if status == 521 and _SCRIPT.search(body):
        return "jiasule"
    return None


def _by_page(status: int, body: bytes) -> str | None:
    """Block pages, by what they say."""
    if len(body) > _STUB or status in (404, 410):
        return None
    if status >= 400:
        vendor = next((kind for kind, names in _VENDORS.items() if any(_says(body, name) for name in names)), None)
        if vendor:
            return vendor
    return "waf" if any(_says(body, sentence) for sentence in _BLOCKED) else None


def _by_filter(status: int, method: str) -> str | None:
    """Statuses that no ordinary server answers a plain GET with."""
    if status in (412, 444, 468) or (status == 405 and method in ("GET", "HEAD")):
        return "filter"
    return None


def _is_gate(body: bytes, url: str) -> bool:
    """Whether a page is nothing but a short script of its own that comes again with a cookie, or is made unreadable.

    A script that leads on to another page is none, nor one that is fetched: so begin the portals that are one script.
    """
    if len(body) > _GATE or _FETCHED.search(body) or not _is_bare_script(body):
        return False
    leads = _LEADS.search(body)
    if leads and not _same_page(leads[1].decode("latin-1"), url):
        return False
    return bool(_HIDDEN.search(body) or (_SETS_COOKIE.search(body) and _COMES_AGAIN.search(body)))


def _says(body: bytes, word: str) -> bool:
    return any(word.encode(encoding) in body for encoding in ("utf-8", "gb18030"))


def _is_bare_script(body: bytes) -> bool:
    """Whether a page is script and nothing a person could read."""
    if not _SCRIPT.search(body):
        return False
    without = re.sub(
        rb"<\s*(script|style|noscript)\b.*?(?:<\s*/\s*\1\s*>|\Z)", b"", body, flags=re.IGNORECASE | re.DOTALL
    )
    return not _TAG.sub(b"", without).strip()


def _same_page(location: str, url: str) -> bool:
    return bool(location) and location.split("#")[0].rstrip("/") in (url.rstrip("/"), _path(url).rstrip("/"))


def _path(url: str) -> str:
    return "/" + url.split("://", 1)[-1].partition("/")[2]
