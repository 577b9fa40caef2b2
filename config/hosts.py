"""Whose host it is: the registered domain, from the public-suffix list that tldextract brings, never the network."""

from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

import tldextract

# gov.cn (and ah.cn, bj.cn …) are public suffixes of the bundled snapshot: wsjkw.qingdao.gov.cn -> qingdao.gov.cn.
_extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


@lru_cache(maxsize=65536)
def registered_domain(host: str) -> str:
    """The registered domain of ``host`` (lower case); an address, ``localhost`` or a bare suffix is its own."""
    host = host.lower().rstrip(".")
    if is_address(host):
        return host
    return _extract(host).top_domain_under_public_suffix or host


def is_public_suffix(host: str) -> bool:
    """Whether ``host`` is a suffix under which many owners register (gov.cn, ah.cn, com), nobody's own."""
    found = _extract(host.lower().rstrip("."))
    return bool(found.suffix) and not found.domain


def is_address(host: str) -> bool:
    """Whether ``host`` is an IPv4 or IPv6 address (brackets allowed) and not a name."""
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def host_of(url: str) -> str:
    """The lower-case host of ``url`` without port, or '' where it has none or can't be parsed."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def is_government(host: str) -> bool:
    """Whether ``host`` lies under .gov.cn, the only place where a report is trusted without an explicit allowance."""
    return host.lower().rstrip(".").endswith(".gov.cn")
