"""Which addresses name one document."""

import hashlib
import re
from urllib.parse import quote, urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
_SESSION = re.compile(r";jsessionid=[^/?#;]*", re.IGNORECASE)
_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")
# An index entry of PostgreSQL holds 2,700 bytes; longer addresses are told apart by their checksum.
_LONGEST = 1000
# Everything a URL may hold unescaped, and the escape sign itself: only what is not ASCII gets quoted.
_SAFE = "%/:?#[]@!$&'()*+,;=~-._ \"<>\\^`{|}"


def document_key(url: str) -> str:
    """The key that all addresses of one document share.

    http and https, with and without ``www.``, the default port, the host's case, a fragment, a Java session id and
    the escaping of Chinese characters make no difference. Path and query count as they are. Other schemes
    (``file:``) keep theirs.
    """
    key = _normal(url)
    if len(key) <= _LONGEST:
        return key
    return f"{key[:_LONGEST]}…{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()}"


def _normal(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return _escaped(url)
    path = _escaped(_SESSION.sub("", parts.path))
    query = f"?{_escaped(parts.query)}" if parts.query else ""
    if parts.scheme not in _DEFAULT_PORTS:
        return f"{parts.scheme}:{parts.netloc and '//' + parts.netloc}{path}{query}"
    host = (parts.hostname or "").rstrip(".").removeprefix("www.")
    place = host if port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{host}:{port}"
    return f"//{place}{path or '/'}{query}"


def _escaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: match.group().upper(), quote(text, safe=_SAFE, errors="replace"))
