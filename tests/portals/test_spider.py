"""The spider through Scrapy: real requests over loopback, with the settings of the project."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import Begun
from tests.kit.portal import Portal, Reply, Server, serve
from tests.portals.sample import portal, reports

ROOT = Path(__file__).resolve().parents[2]


def crawl(
    server: Server, data: Path, site: Mapping[str, object] | None = None, *, offline: bool = False
) -> dict[str, Any]:
    """What a crawl of ``server`` in a process of its own came to; ``site`` are fields of the site beside its home."""
    more = [json.dumps(site or {}), *(["offline"] if offline else [])]
    child = Begun([server.url, data, *more], dict(os.environ), module="tests.portals.crawl")
    out, err = child.communicate(timeout=120)
    assert child.returncode == 0, err
    told: dict[str, Any] = json.loads(out)
    return told


@pytest.mark.parametrize(
    ("style", "options"), [("trs", {}), ("hanweb", {"module": "xxgk"}), ("epoint", {"wrapped": "yes"})], ids=str
)
def test_a_portal_is_crawled_to_its_last_report(style: str, options: dict[str, str], tmp_path: Path) -> None:
    described: Portal = portal(style, 24, options)
    with serve(described) as server:
        told = crawl(server, tmp_path)
    assert set(told["titles"]) == {entry.title for entry in reports(24)}
    stats = told["stats"]
    assert stats["finish_reason"] == "finished"
    assert stats["nianbao/items/selected"] == 24
    assert stats["nianbao/skipped/law_based_government"] == 2
    assert stats["nianbao/stored"] == len(server.requests) <= 1.5 * 24 + 100


def test_errors_refusals_and_odd_answers_end_in_counts(tmp_path: Path) -> None:
    title = reports(1)[0].title
    rows = "".join(
        f'<li><a href="{path}">{title}{path}</a>2024-01-01</li>'
        for path in ("/nb/gone", "/nb/fault", "/nb/private", "/nb/x")
    )
    found = f"<html><head><title>{title}</title></head><body>{'<p>一、总体情况</p>' * 3}</body></html>".encode()
    pages = {
        "/nb/": Reply(f"<html><title>信息公开年报</title><body>{rows}</body></html>".encode()),
        "/": Reply('<a href="/nb/">信息公开年报</a><a href="http://www.example.com/">政务公开</a>'.encode()),
        "/nb/fault": Reply(b"fault", status=500),
        "/nb/x": Reply(found, media_type=None),
    }
    described = replace(portal("trs", 1), pages=pages)
    described = replace(described, quirks=replace(described.quirks, robots="User-agent: *\nDisallow: /nb/private\n"))
    with serve(described) as server:
        told = crawl(server, tmp_path)
    stats, site = told["stats"], told["lines"][0]
    assert stats["finish_reason"] == "finished"
    assert site["failures"] == {"status_404": 1, "status_500": 1, "refused": 1}
    assert site["ends"]["out_of_scope"] == 1
    assert not [request for request in server.requests if request.path == "/nb/private"]


def test_scrapy_knows_the_spider() -> None:
    command = [str(Path(sys.executable).parent / "scrapy"), "list"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["annual_reports"]
