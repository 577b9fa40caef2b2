"""The sort-friendly form of a URL that CDXJ files are keyed by (``gov,example)/path?a=1``).

It gives the keys that pywb computes, so that wayback finds what we index and we find what it indexes; the
rules are the Internet Archive's: case, `www.`, default ports, session ids, empty queries, the order of query
arguments and dot segments do not count. Two URLs may share a key: compare the URL itself where it matters.
"""

import contextlib
import re
import socket
from functools import lru_cache
from urllib.parse import quote_from_bytes, unquote_to_bytes

_SPLIT = re.compile(rb"^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#.*)?$", re.DOTALL)
_SCHEME = re.compile(rb"^[a-zA-Z][a-zA-Z0-9+\-.]*:")
_DOUBLE_SCHEME = re.compile(rb"^(https?://)+")
_WWW = re.compile(rb"^www\d*\.")
_NUMERIC_HOST = re.compile(rb"^(?:0[0-7]*|[1-9][0-9]*)(?:\.[0-9]+){0,3}$")
_SAFE = b"!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~"
_DEFAULT_PORTS = {b"http": 80, b"https": 443}
_PATH_SESSIONS = (
    re.compile(rb"^(.*/)(?:\((?:[a-z]\([0-9a-z]{24}\))+\)/)([^?]+\.aspx.*)$", re.IGNORECASE),
    re.compile(rb"^(.*/)(?:\([0-9a-z]{24}\)/)([^?]+\.aspx.*)$", re.IGNORECASE),
)
_QUERY_SESSIONS = tuple(
    re.compile(rb"^(.*)(?:" + pattern + rb")(?:&(.*))?$", re.IGNORECASE)
    for pattern in (
        rb"jsessionid=[0-9a-z]{32}",
        rb"phpsessid=[0-9a-z]{32}",
        rb"sid=[0-9a-z]{32}",
        rb"aspsessionid[a-z]{8}=[a-z]{24}",
        rb"cfid=[^&]+&cftoken=[^&]+",
    )
)


@lru_cache(maxsize=1024)
def surt(url: str) -> str:
    """The key of ``url``. Never raises: what is no URL is a key of its own."""
    raw = re.sub(rb"[\n\r\t]", b"", url.encode("utf-8", "surrogatepass").strip())
    if not raw:
        return "-"
    if not _SCHEME.match(raw):
        raw = b"http://" + raw
    raw = _DOUBLE_SCHEME.sub(lambda found: found[1], raw)
    found = _SPLIT.match(raw)
    if found is None:
        return url
    scheme, authority, path, query = (part or b"" for part in found.groups())
    scheme = scheme.lower()
    host, port = _host_and_port(authority)
    if not host and scheme.startswith(b"http"):
        host, _, rest = path.lstrip(b"/").partition(b"/")
        path = b"/" + rest
    key = _host_key(host, scheme) if host else scheme + b":"
    if host:
        key += (b":%d" % port if port and port != _DEFAULT_PORTS.get(scheme, 0) else b"") + b")"
    key += _path_key(path, bool(host))
    canonical_query = _query_key(query)
    return (key + (b"?" + canonical_query if canonical_query else b"")).decode("utf-8", "replace")


def _host_and_port(authority: bytes) -> tuple[bytes, int | None]:
    _, _, place = authority.rpartition(b"@")
    if place.startswith(b"["):
        host, _, rest = place[1:].partition(b"]")
        port = rest.lstrip(b":")
    else:
        host, _, port = place.partition(b":")
    return host.lower(), int(port) if port.isdigit() else None


def _host_key(host: bytes, scheme: bytes) -> bytes:
    host = _unescape(host)
    if not host.isascii():
        with contextlib.suppress(UnicodeError):  # a label that IDNA refuses is escaped like any other
            host = host.decode("utf-8", "ignore").encode("idna")
    host = host.replace(b"..", b".").strip(b".")
    host = _dotted_quad(host) or _escape(host.lower())
    if scheme != b"dns":
        host = _WWW.sub(b"", host)
    return b",".join(reversed(host.split(b".")))


def _dotted_quad(host: bytes) -> bytes | None:
    """The four decimal numbers of a host that is an IPv4 address in any of its writings, else None."""
    if host.isdigit() and not host.startswith(b"0"):
        return socket.inet_ntoa((int(host) & 0xFFFFFFFF).to_bytes(4, "big")).encode("ascii")
    if not _NUMERIC_HOST.match(host):
        return None
    try:
        return socket.inet_ntoa(socket.inet_aton(host.decode("ascii"))).encode("ascii")
    except OSError:
        return None


def _path_key(path: bytes, hierarchical: bool) -> bytes:
    path = _unescape(path)
    if hierarchical:
        path = _without_dots(path)
    path = _escape(path).lower()
    for pattern in _PATH_SESSIONS:
        path = pattern.sub(rb"\1\2", path)
    return path[:-1] if len(path) > 1 and path.endswith(b"/") else path


def _without_dots(path: bytes) -> bytes:
    kept: list[bytes] = []
    for segment in path.split(b"/")[1:]:
        if segment == b"..":
            if kept:
                kept.pop()
            else:
                kept.append(segment)
        elif segment != b".":
            kept.append(segment)
    return b"/" + b"".join(segment + b"/" for segment in kept[:-1] if segment) + (kept[-1] if kept else b"")


def _query_key(query: bytes) -> bytes:
    query = _escape(_unescape(query))
    for pattern in _QUERY_SESSIONS:
        found = pattern.match(query)
        if found:
            query = found[1] + (found[2] or b"")
    query = query.lower()
    if len(query) <= 1:
        return query
    arguments = sorted(tuple(argument.split(b"=", 1)) for argument in query.split(b"&"))
    return b"&".join(b"=".join(argument) for argument in arguments)


def _unescape(value: bytes) -> bytes:
    while (plain := unquote_to_bytes(value)) != value:
        value = plain
    return value


def _escape(value: bytes) -> bytes:
    return quote_from_bytes(value, safe=_SAFE).encode("ascii")
