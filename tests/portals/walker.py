"""Walks a served portal without Scrapy: the walk's requests are made one after the other, with the standard library."""

from dataclasses import dataclass, field
from http.client import HTTPConnection
from urllib.parse import urlsplit

from config.site import Site
from crawler.portals.page import Fetch, Page
from crawler.portals.walk import Walk
from tests.kit.portal import Portal, Server, serve

_MOST = 2000


@dataclass
class Walked:
    """What a walk over a served portal asked for and found."""

    walk: Walk
    server: Server
    pages: list[Page] = field(default_factory=list)

    @property
    def bodies(self) -> list[bytes]:
        return [page.payload for page in self.pages]

    @property
    def paths(self) -> set[str]:
        """Every path that was asked for."""
        return {request.path for request in self.server.requests}

    @property
    def titles(self) -> set[str]:
        return {item.title for item, _ in self.walk.found.selected}


def walk_portal(portal: Portal, **site: object) -> Walked:
    """Serve ``portal`` and walk it to the end; ``site`` are fields of the site beside name and home."""
    with serve(portal) as server:
        return walk_server(server, **site)


def walk_server(server: Server, **site: object) -> Walked:
    """Walk what ``server`` serves to the end."""
    walked = Walked(Walk(Site.model_validate({"name": "simulated", "home": server.url, **site})), server)
    while (fetch := walked.walk.next()) is not None:
        page = ask(fetch)
        walked.pages.append(page)
        walked.walk.visit(page)
        assert len(walked.pages) < _MOST, "the walk does not end"
    return walked


def ask(fetch: Fetch) -> Page:
    """Make one request; redirects are not followed, as in the spider."""
    parts = urlsplit(fetch.url)
    assert parts.hostname
    connection = HTTPConnection(parts.hostname, parts.port, timeout=10)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request(fetch.method, target, fetch.body or None, dict(fetch.headers))
        answer = connection.getresponse()
        return Page(fetch.url, answer.status, answer.read(), fetch, tuple(answer.getheaders()))
    finally:
        connection.close()
