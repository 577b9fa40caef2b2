"""Portals whose lists exist only after scripts ran, walked with the real Chromium."""

import shutil
import sys
from dataclasses import replace
from pathlib import Path
from urllib.parse import urljoin

import pytest

from archive.folder import ArchiveFolder
from archive.reader import records
from archive.record import WebRecord
from archive.verify import verify
from config.errors import UsageError
from config.site import Site
from crawler.browser import chromium
from tests.cli.command import nianbao
from tests.kit.portal import Column, Entry, Portal, Reply, Request, Server, serve
from tests.kit.reports.render import html_body
from tests.kit.reports.sample import SampleReport
from tests.portals.sample import page, portal, reports
from tests.portals.test_spider import crawl
from tests.portals.walker import walk_portal

BROWSER = {"browser": True}
needs_chromium = pytest.mark.skipif(shutil.which("chromium") is None, reason="Debian's chromium is not installed")


def archived(data: Path) -> list[WebRecord]:
    return list(records(ArchiveFolder(data)))


def asked_of(server: Server) -> list[str]:
    return sorted(urljoin(server.url, request.target) for request in server.requests)


@needs_chromium
@pytest.mark.parametrize(
    "options",
    [{"articles": "script"}, {"rows": "click"}, {"rows": "inside"}],
    ids=lambda options: "-".join(options.values()),
)
def test_it_is_walked_to_its_last_report_and_again_from_the_archive(options: dict[str, str], tmp_path: Path) -> None:
    with serve(portal("scripted", 4, options, per_page=8)) as server:
        told = crawl(server, tmp_path, BROWSER)
        asked = asked_of(server)
        again = crawl(server, tmp_path, BROWSER, offline=True)
        assert asked_of(server) == asked, "the offline walk asked the network"
    assert set(told["titles"]) == {entry.title for entry in reports(4)}
    assert len(asked) <= 1.5 * 4 + 100
    # Every exchange of the browser is one of the crawl's, archived as it went over the wire.
    kept = archived(tmp_path)
    assert sorted(record.url for record in kept if record.kind == "response") == asked
    assert again["titles"] == told["titles"]
    assert "nianbao/skipped/not_archived" not in again["stats"]
    shown = [record for record in kept if record.kind == "conversion"]
    assert len(shown) == told["stats"]["nianbao/browser/pages"]
    assert any(reports(4)[3].title in record.payload.decode() for record in shown)


@needs_chromium
def test_a_page_that_came_to_the_same_is_a_revisit(tmp_path: Path) -> None:
    with serve(portal("scripted", 2, {"articles": "script"})) as server:
        first = crawl(server, tmp_path, BROWSER)
        again = crawl(server, tmp_path, BROWSER)
        offline = crawl(server, tmp_path, BROWSER, offline=True)
    kept = archived(tmp_path)
    shown = {record.location.record_id: record for record in kept if record.kind == "conversion"}
    same = [record for record in kept if record.original and record.original.record_id in shown]
    assert len(shown) == len(same) == first["stats"]["nianbao/browser/pages"] > 0
    for record in same:
        assert record.original is not None
        assert (record.payload, record.headers) == (
            shown[record.original.record_id].payload,
            (("Content-Type", "text/html; charset=utf-8"),),
        )
    assert first["titles"] == again["titles"] == offline["titles"]
    assert verify(ArchiveFolder(tmp_path)).problems == ()


@needs_chromium
def test_what_the_scripts_showed_is_parsed_again_without_a_browser(tmp_path: Path) -> None:
    report = SampleReport.drawn("青石市财政局", 2021, "2021")
    entry = Entry(report.title, "2022-01-20", html_body(report).encode())
    column = Column("政府信息公开年报", "nb", (entry,), style="scripted", options={"rows": "route"})
    with serve(Portal("青石市人民政府", (column,))) as server:
        crawl(server, tmp_path, BROWSER)
    assert nianbao("--data", tmp_path, "reparse", PATH=str(Path(sys.executable).parent)).code == 0
    (row,) = nianbao("--data", tmp_path, "reports", "--json").json
    assert (row["agency"], row["year"], row["numbers"]) == (report.agency, 2021, 200)
    assert row["url"].endswith("#/detail/0")
    assert nianbao("--data", tmp_path, "verify").code == 0


@needs_chromium
def test_nothing_that_a_page_asks_for_goes_past_the_crawl(tmp_path: Path) -> None:
    """Sockets, beacons, pictures, workers, other hosts, what robots.txt forbids: the browser reaches none of them."""
    with serve(portal("trs", 1)) as other:
        outside = other.url.replace("127.0.0.1", "localhost")
        script = f"""
          new WebSocket('ws://' + location.host + '/socket'); navigator.sendBeacon('/beacon', 'x');
          new EventSource('/events'); new Image().src = '/picture.png'; fetch('{outside}abroad').catch(() => 0);
          fetch('/forbidden/list').catch(() => 0); window.open('/popup');
          navigator.serviceWorker.register('/worker.js');
          new Worker(URL.createObjectURL(new Blob(["fetch('http://" + location.host + "/inworker')"])));
          document.head.insertAdjacentHTML('beforeend', '<link rel="prefetch" href="/prefetch">');
          fetch('/moved').then(r => r.text()).then(t => document.getElementById('app').innerHTML = t);
        """
        title = reports(1)[0].title
        pages = {
            "/zfxxgk/zfxxgknb/": page(f"<div id=app></div><script>{script}</script>", "信息公开年报"),
            "/moved": Reply(status=302, headers=(("Location", "/rows"),)),
            "/rows": Reply(f'<li><a href="/nb/1.html">{title}</a> 2013-01-01</li>'.encode()),
            "/nb/1.html": page(reports(1)[0].body.decode(), title),
        }
        described = portal("trs", 1)
        quirks = replace(described.quirks, robots="User-agent: *\nDisallow: /forbidden/\n")
        with serve(replace(described, pages=pages, quirks=quirks)) as server:
            told = crawl(server, tmp_path, BROWSER)
        assert other.requests == []
    assert told["titles"] == [title]
    assert sorted(record.url for record in archived(tmp_path) if record.kind == "response") == asked_of(server)
    assert {"/moved", "/rows"} <= {request.path for request in server.requests}
    never = ("/socket", "/beacon", "/events", "/picture.png", "/forbidden", "/popup", "/worker.js", "/prefetch")
    assert not [request.target for request in server.requests if request.target.startswith(never)]


@needs_chromium
def test_a_page_that_never_rests_is_taken_as_it_is(tmp_path: Path) -> None:
    """A clock that ticks, and a question that is asked anew each time."""
    title = reports(1)[0].title
    script = """
      setInterval(() => { document.getElementById('clock').textContent += '.'; }, 40);
      setInterval(() => fetch('/poll?t=' + Math.random()).catch(() => 0), 200);
      fetch('/rows').then(r => r.text()).then(t => document.getElementById('app').innerHTML = t);
    """
    described = replace(
        portal("trs", 1),
        pages={
            "/zfxxgk/zfxxgknb/": page(f"<i id=clock></i><div id=app></div><script>{script}</script>", "信息公开年报"),
            "/rows": Reply(f'<li><a href="/nb/1.html">{title}</a> 2013-01-01</li>'.encode()),
            "/nb/1.html": page(reports(1)[0].body.decode(), title),
        },
    )
    with serve(described) as server:
        told = crawl(server, tmp_path, BROWSER)
    assert told["titles"] == [title]
    assert len([request for request in server.requests if request.path == "/poll"]) < 150


@needs_chromium
def test_a_challenge_in_place_of_the_data_is_not_solved(tmp_path: Path) -> None:
    answers: list[Request] = []

    def wall(request: Request) -> Reply:
        answers.append(request)
        script = b"<html><script>document.cookie='ok=1';location.reload()</script><script>$_ts={}</script></html>"
        return Reply(script, status=412, headers=(("Set-Cookie", "abcT5P=1"),), validators=False)

    described = portal("scripted", 3, per_page=8)
    with serve(replace(described, pages={"/zfxxgk/zfxxgknb/gateway/q": wall})) as server:
        told = crawl(server, tmp_path, BROWSER)
    assert told["titles"] == []
    assert told["lines"][0]["failures"] == {"challenge_rivers": 1}
    assert len(answers) == 1


def test_without_a_browser_the_walk_says_what_it_could_not_see() -> None:
    walked = walk_portal(portal("scripted", 3))
    assert walked.titles == set()
    (site, *_) = walked.walk.found.lines()
    assert site["script_only"] == [f"{walked.server.url}zfxxgk/zfxxgknb/"]


def test_pages_that_need_no_scripts_are_not_said_to() -> None:
    walked = walk_portal(portal("hanweb", 8, {"module": "jpaas"}))
    assert not walked.walk.found.scripted


def test_a_missing_chromium_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    site = Site(name="spa", home="https://spa.example.gov.cn/", browser=True)
    with pytest.raises(UsageError, match="site spa asks for a browser, and no chromium is on the PATH") as refused:
        chromium.settings(site)
    assert "\n" not in str(refused.value)


def test_a_missing_extra_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chromium, "find_spec", lambda name: None)
    site = Site(name="spa", home="https://spa.example.gov.cn/", browser=True)
    with pytest.raises(
        UsageError, match=r"scrapy-playwright is not installed: run pip install -r requirements-browser"
    ):
        chromium.settings(site)
