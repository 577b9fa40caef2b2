"""Simulated portals on loopback: describe one as data, serve it, read what was asked for.

    portal = Portal("青石市人民政府", columns=(Column("政府信息<br>公开年报", "zfxxgknb", entries=(Entry(...), ...)),))
    with serve(portal) as server:
        crawl(server.url)
        assert "/zfxxgk/zfxxgknb/" in server.asked()

The folder knows nothing of the crawler; tests and the demonstration portal use it alike.
"""

from tests.kit.portal.builder import serve
from tests.kit.portal.model import Column, Entry, Portal, Quirks, Unit
from tests.kit.portal.server import Reply, Request, Server

__all__ = ["Column", "Entry", "Portal", "Quirks", "Reply", "Request", "Server", "Unit", "serve"]
