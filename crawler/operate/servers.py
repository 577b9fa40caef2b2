"""Which servers a site lies on, so that no two crawls ask one at the same time."""

import signal
import socket
from collections.abc import Iterable
from types import FrameType
from urllib.parse import urlsplit

from config.hosts import host_of, is_address, registered_domain
from config.site import Site

_DNS_SECONDS = 20


def domains(site: Site) -> frozenset[str]:
    """The registered domains of the hosts that a crawl of ``site`` starts from; of a host that is an address, that."""
    hosts = {host_of(url) for url in (site.home, *site.start)}
    return frozenset(host if is_address(host) else registered_domain(host) for host in hosts)


def addresses(site: Site) -> frozenset[str]:
    """The addresses of these hosts, as DNS gives them now; without those that it does not know or does not give within
    some seconds. For the main thread of a process of its own: it uses the alarm clock."""
    found: set[str] = set()
    before = signal.signal(signal.SIGALRM, _too_long)
    try:
        for host in sorted({host_of(url) for url in (site.home, *site.start)}):
            signal.alarm(_DNS_SECONDS)
            try:
                answers = socket.getaddrinfo(host, urlsplit(site.home).port or 80, type=socket.SOCK_STREAM)
            except (OSError, UnicodeError):  # TimeoutError is one
                continue
            finally:
                signal.alarm(0)
            found |= {str(answer[4][0]) for answer in answers}
    finally:
        signal.signal(signal.SIGALRM, before)
    return frozenset(found)


def lease_names(site: Site, found: Iterable[str]) -> list[str]:
    """The names of the leases on the servers of ``site``: its domains, and the addresses that were found."""
    return [f"server {name}" for name in sorted(domains(site).union(found))]


def _too_long(number: int, frame: FrameType | None) -> None:
    raise TimeoutError("DNS gives no answer")
