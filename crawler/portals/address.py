"""Addresses: resolving what portals write into ``href``, telling when two addresses are one document, and traps."""

import re
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

_NOT_AN_ADDRESS = re.compile(r"^\s*(?:javascript|mailto|tel|data|about|file|vbscript|ftp)\s*:", re.IGNORECASE)
_SESSION_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?#;]*", re.IGNORECASE)
_INDEX = re.compile(r"/(?:index|default)\.(?:s?html?)$", re.IGNORECASE)
_SESSION = frozenset({"jsessionid", "phpsessid", "aspsessionid", "sessionid", "session_id", "cfid", "cftoken"})
_RANDOM = frozenset(
    {"_", "_t", "rand", "random", "rnd", "timestamp", "nocache", "tdsourcetag", "spm", "isappinstalled"}
)
# Another look of the same document.
_LOOKS = frozenset({"print", "printable", "share", "font", "fontsize", "theme", "skin"})
# Short names carry a meaning on some portals (t=4 is a type): they are noise only with a noisy value.
_SHORT_RANDOM = frozenset({"t", "r", "v", "time", "ver", "version", "date"})
_NOISE = re.compile(r"^(?:\d{10,}|0\.\d{4,})$")
_SAFE = "%/:=&?~+!$,;'@()*[]|"
_DEFAULT_PORTS = {"http": 80, "https": 443}

_CALENDAR = re.compile(r"/(?:calendar|rili)(?:/|\.|$)|[?&](?:calendar|month|day|week)=|[?&]date=\d{4}", re.IGNORECASE)
_VARIANT = re.compile(
    r"[?&](?:print|printable|sort|sortby|orderby|order|orderfield|dir|font|fontsize|lang|theme|skin|share|reply)="
    r"|/(?:print|share|wza)(?:/|\.|$)",
    re.IGNORECASE,
)
_LONGEST = 2000
_ROUTE = ("/", "!")
_MOST_PARAMETERS = 16


def absolute(base: str, href: str) -> str | None:
    """``href`` as written in a page at ``base``, as an absolute http(s) address; None when it is none.

    The fragment stays. Line breaks and spaces around are dropped, backslashes turned, non-ASCII percent-encoded
    as UTF-8; ``host./x``, which relative links at the root yield on some portals, becomes ``host/x``.
    """
    written = re.sub(r"[\r\n\t]+", "", href).strip().replace("\\", "/")
    if not written or written.startswith("#") or _NOT_AN_ADDRESS.match(written):
        return None
    try:
        parts = urlsplit(urljoin(base, written))
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in _DEFAULT_PORTS or not host:
        return None
    netloc = f"[{host}]" if ":" in host else host
    if port is not None and port != _DEFAULT_PORTS[parts.scheme]:
        netloc = f"{netloc}:{port}"
    path = _climb(quote(parts.path, safe=_SAFE)) or "/"
    return urlunsplit((parts.scheme, netloc, path, quote(parts.query, safe=_SAFE), parts.fragment))


def _climb(path: str) -> str:
    """``path`` without ``.`` and with no more ``..`` than there are folders."""
    if "/." not in path:
        return path
    kept: list[str] = []
    for part in path.split("/")[1:]:
        if part == "..":
            del kept[-1:]
        elif part != ".":
            kept.append(part)
    if path.endswith(("/.", "/..")):
        kept.append("")
    return "/" + "/".join(kept)


def without_fragment(url: str) -> str:
    """``url`` up to its ``#``, but for a route, which says what the page's own script is to show."""
    document, _, after = url.partition("#")
    return url if after.startswith(_ROUTE) else document


def route(url: str) -> str:
    """The fragment of ``url`` where it is a route (``#/list/5``, ``#!/list``), else ''."""
    after = fragment(url)
    return after if after.startswith(_ROUTE) else ""


def fragment(url: str) -> str:
    """What stands after the ``#`` of ``url``."""
    return url.partition("#")[2]


def key(url: str, method: str = "GET", body: bytes = b"") -> str:
    """What two addresses of one document have in common: equal keys are fetched once.

    Scheme, ``www.``, default port, fragment (unless it is a route), session ids, random, tracking and print
    parameters, the order of parameters and a static index name do not count.
    """
    parts = urlsplit(url)
    shown = f"#{route(url)}" if len(route(url)) > 1 else ""
    host = (parts.hostname or "").rstrip(".").removeprefix("www.")
    port = f":{parts.port}" if parts.port and parts.port not in _DEFAULT_PORTS.values() else ""
    path = re.sub(r"/{2,}", "/", _INDEX.sub("/", _SESSION_PATH.sub("", parts.path))) or "/"
    kept = sorted((name, value) for name, value in parse_qsl(parts.query, True) if not _is_noise(name, value))
    query = f"?{urlencode(kept)}" if kept else ""
    sent = f" {method} {body!r}" if method != "GET" else ""
    return f"{host}{port}{path}{query}{shown}{sent}"


def _is_noise(name: str, value: str) -> bool:
    name = name.lower()
    if name in _SESSION or name in _RANDOM or name in _LOOKS or name.startswith("utm_"):
        return True
    return name in _SHORT_RANDOM and bool(_NOISE.match(value))


def noise(url: str) -> str | None:
    """The rule by which `key` takes ``url`` for a twin: ``session_id``, ``variant``, ``random_parameter``, or None."""
    parts = urlsplit(url)
    names = {name.lower() for name, _ in parse_qsl(parts.query, True)}
    if _SESSION_PATH.search(parts.path) or names & _SESSION:
        return "session_id"
    if names & _LOOKS:
        return "variant"
    if any(_is_noise(name, value) for name, value in parse_qsl(parts.query, True)):
        return "random_parameter"
    return None


def trap(url: str, shown_on: str = "") -> str | None:
    """The name of the rule by which a link is not worth following, or None; a page's own way of being sorted
    (``shown_on`` is its address) is no variant.

    ``calendar``, ``variant`` (print, sort, share twins of a page) and ``endless_query`` (addresses that grow).
    """
    parts = urlsplit(url)
    where = f"{parts.path}?{parts.query}"
    if len(url) > _LONGEST or parts.query.count("&") >= _MOST_PARAMETERS or _grows(parts.path):
        return "endless_query"
    if _CALENDAR.search(where):
        return "calendar"
    variant = _VARIANT.search(where)
    if variant and f"{where[variant.start() :].partition('&')[0][1:]}" not in shown_on:
        return "variant"
    return None


def _grows(path: str) -> bool:
    """Whether a folder name stands three times in ``path``: relative links that nest at each visit."""
    parts = [part for part in path.split("/") if part]
    return any(parts.count(part) >= 3 for part in set(parts) if not part.isdecimal())


def twin(url: str) -> str | None:
    """The same address by the other scheme; None where a port is named."""
    parts = urlsplit(url)
    if parts.port is not None:
        return None
    return urlunsplit(parts._replace(scheme="http" if parts.scheme == "https" else "https"))


def extension(url: str) -> str:
    """The lower-case extension of the last path part, without dot, or ''."""
    name = urlsplit(url).path.rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name else ""
