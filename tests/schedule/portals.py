"""Small simulated portals: one agency, a column of its annual reports, little around it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from zlib import crc32

from tests.kit.portal import Column, Entry, Portal
from tests.kit.portal.builder import Builder
from tests.kit.portal.server import Reply, Request, Route, Server
from tests.kit.reports.render import html_body
from tests.kit.reports.sample import SampleReport


def report(agency: str, year: int, seed: int = 0) -> SampleReport:
    form = "2014" if year < 2019 else "2019" if year < 2021 else "2021"
    return SampleReport.drawn(agency, year, form, seed)


def entry(sample: SampleReport, folder: str = "/zfxxgk/zfxxgknb") -> Entry:
    """A row that keeps its address when others come before it."""
    year, month, day = sample.date
    agency = crc32(sample.agency.encode()) % 10000
    path = f"{folder}/{agency}/{year}{month:02d}/t{year}{month:02d}{day:02d}_{1000 + sample.year}.html"
    published = f"{year}-{month:02d}-{day:02d}"
    return Entry(sample.title, published, html_body(sample).encode(), publisher=sample.agency, path=path)


def portal(
    agency: str,
    reports: Iterable[SampleReport],
    *,
    style: str = "trs",
    folder: str = "/zfxxgk/zfxxgknb",
    options: Mapping[str, str] | None = None,
) -> Portal:
    """The portal of ``agency`` with ``reports`` in one column, newest first."""
    entries = tuple(entry(one, folder) for one in sorted(reports, key=lambda one: -one.year))
    column = Column("政府信息公开年报", "zfxxgknb", entries, style=style, options=options or {})
    return Portal(f"{agency}门户网站", (column,))


def routes(of: Portal) -> dict[str, Route]:
    return Builder(of).build()


@dataclass
class Street:
    """Many portals on one port: each has a loopback address of its own (127.x.y.z), as servers have.

    ``portals`` maps the address to its routes, or to one answer for everything; they may be changed while it serves.
    """

    portals: dict[str, dict[str, Route] | Route]

    def __enter__(self) -> "Street":
        self.server = Server({}, missing=self._answer)
        self.server.__enter__()
        self.server.listen(sorted(set(self.portals) - {"127.0.0.1", "localhost"}))
        return self

    def __exit__(self, *error: object) -> None:
        self.server.__exit__(None, None, None)

    def url(self, address: str) -> str:
        return f"http://{address}:{self.server.port}/"

    def asked(self, address: str) -> list[str]:
        return [one.target for one in self.server.requests if _host(one) == address and one.path != "/robots.txt"]

    def _answer(self, request: Request) -> Reply:
        held = self.portals.get(_host(request))
        if isinstance(held, dict):
            held = held.get(request.target) or held.get(request.path) or Reply(b"", status=404, validators=False)
        if held is None:
            return Reply(b"", status=404, validators=False)
        return held if isinstance(held, Reply) else held(request)


def _host(request: Request) -> str:
    return request.headers.get("host", "").partition(":")[0]
