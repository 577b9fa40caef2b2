"""Where the crawl may go: only http(s), only the site, only addresses that are public.

A portal's pages, its redirects and its DNS are input from strangers. What they name is checked three times: the URL
before the request, the resolved address before the connection, and the peer of the connection before the first byte
(``RecordingProtocol``), so that neither a redirect nor a second DNS answer leads into the operator's own network.
"""

import ipaddress
import socket
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

from config.errors import ConfigurationError, UsageError
from config.hosts import is_address, is_government
from config.load import made_up_site
from config.site import Site

# The ports that web browsers refuse (Fetch standard, "bad port"): services that a request could be smuggled into.
_CLOSED_PORTS = frozenset(
    {0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95}
    | {101, 102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179}
    | {389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587}
    | {601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061}
    | {6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080}
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not made: ``code`` is a stable word for the statistics, ``reason`` a sentence for a person."""

    code: str
    reason: str


def refusal(url: str, site: Site, *, allow_private: bool) -> Refusal | None:
    """Why ``url`` must not be asked for in a crawl of ``site``, or None where it may. Looks at the URL alone."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        return Refusal("malformed", f"{url!r} is not an address: {error}")
    if parts.scheme not in ("http", "https"):
        return Refusal("scheme", f"{url!r} is not an http(s) address")
    if not parts.hostname:
        return Refusal("malformed", f"{url!r} names no host")
    if parts.username is not None or parts.password is not None:
        return Refusal("userinfo", f"{parts.hostname}: an address with a user name or password in it is not followed")
    if port in _CLOSED_PORTS and not allow_private:
        return Refusal("port", f"{parts.hostname}: port {port} is not one that web pages are served from")
    return _host_refusal(parts, site, allow_private=allow_private)


def _host_refusal(parts: SplitResult, site: Site, *, allow_private: bool) -> Refusal | None:
    host = (parts.hostname or "").rstrip(".")
    if not allow_private:
        if is_odd_address(host):
            return Refusal("address", f"{host} is an unusual spelling of an IP address")
        if is_address(host) and not is_public(host):
            return Refusal("address", f"{host} is a private or reserved address; --allow-private permits it")
        if host == "localhost" or host.endswith(".localhost"):
            return Refusal("address", f"{host} is this machine; --allow-private permits it")
    if not site.covers(parts.geturl()):
        return Refusal("scope", f"{host} lies outside the scope of site {site.name} ({', '.join(site.hosts)})")
    if not (allow_private or is_government(host) or _named(host, site)):
        return Refusal(
            "not_government",
            f"{host} is not under .gov.cn; write a site file whose scope names it, or use --allow-private",
        )
    return None


def _named(host: str, site: Site) -> bool:
    """Whether a person wrote ``host``, or a domain above it, into the scope of the site's file."""
    return any(host == own or host.endswith("." + own) for own in site.scope) and not _is_made_up(site)


@lru_cache(maxsize=1024)
def _is_made_up(site: Site) -> bool:
    """Whether ``site`` comes from an address alone; its scope then was derived from that."""
    try:
        return site == made_up_site(site.home)
    except ConfigurationError:
        return False


def is_public(address: str) -> bool:
    """Whether ``address`` (IPv4 or IPv6, no name) is one of the open Internet: not private, loopback, link-local,
    multicast, unspecified or reserved, also where an IPv6 address only wraps an IPv4 one (mapped, 6to4, NAT64)."""
    try:
        found = ipaddress.ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        wrapped = found.ipv4_mapped or found.sixtofour or _nat64(found)
        if wrapped is not None:
            return is_public(str(wrapped))
    return found.is_global and not found.is_multicast and not found.is_reserved


def _nat64(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address in ipaddress.IPv6Network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def is_odd_address(host: str) -> bool:
    """Whether the system would read ``host`` as an IPv4 address though it is not written as four decimal numbers:
    2130706433, 0x7f.1, 0177.0.0.1 and the like."""
    if is_address(host):
        return False
    try:
        socket.inet_aton(host)
    except OSError:
        return False
    return True


def check_site(site: Site, *, allow_private: bool) -> None:
    """Raise UsageError where the addresses that a crawl of ``site`` starts from may not be asked for."""
    for url in (site.home, *site.start):
        found = refusal(url, site, allow_private=allow_private)
        if found is not None:
            raise UsageError(f"{url}: {found.reason}")


def is_real(site: Site) -> bool:
    """Whether a crawl of ``site`` meets a server of somebody else: one not on this machine or a private address."""
    hosts = [(urlsplit(url).hostname or "").rstrip(".") for url in (site.home, *site.start)]
    return not all(_is_private(host) for host in hosts)


def _is_private(host: str) -> bool:
    if is_address(host):
        return not is_public(host)
    return host == "localhost" or host.endswith(".localhost") or is_odd_address(host)
