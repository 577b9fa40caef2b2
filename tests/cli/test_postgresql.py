"""The commands on a corpus in PostgreSQL: they print what they print from a SQLite file."""

import shutil
from pathlib import Path

from tests.cli.command import nianbao
from tests.cli.conftest import DemoCrawl
from tests.kit.demo.portal import PORTAL
from tests.kit.portal import serve
from tests.kit.postgres import PostgresServer

VERBS = (
    ["reports", "--json"],
    ["agencies", "--json"],
    ["coverage", "--json"],
    ["status", "--json"],
    ["verify", "--json"],
)


def test_every_verb_says_the_same(demo: DemoCrawl, postgres_server: PostgresServer, tmp_path: Path) -> None:
    data = shutil.copytree(demo.data, tmp_path / "data")
    with postgres_server.place() as url:
        there = ["--data", data, "--corpus", url]
        missing = nianbao(*there, "reports")
        assert missing.code == 2 and "reparse" in missing.complaint
        assert nianbao(*there, "reparse").code == nianbao("--data", data, "reparse", "--all").code
        for verb in VERBS:
            here, other = nianbao("--data", data, *verb), nianbao(*there, *verb)
            assert (other.code, timeless(other.out)) == (here.code, timeless(here.out)), verb
        nianbao("--data", data, "export", tmp_path / "here", "--format", "jsonl")
        nianbao("--data", data, "export", tmp_path / "there", "--format", "jsonl", NIANBAO_CORPUS=url)
        files = [(tmp_path / place / "reports.jsonl").read_bytes() for place in ("here", "there")]
        assert files[0] == files[1] and len(files[0].splitlines()) == len(demo.result.json["reports"])


def test_crawl_and_import_store_there_and_print_no_password(
    demo: DemoCrawl, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    with postgres_server.place() as url, serve(PORTAL) as server:
        url = url.replace("tester@", "tester:hunter2@")
        crawl = ["crawl", server.url, "--allow-private", "--delay", "0", "--max-pages", "9", "--json", "-v"]
        crawled = nianbao("--data", tmp_path / "crawled", "--corpus", url, *crawl)
        assert crawled.json["corpus"].startswith("postgresql+psycopg://tester:***@")
        archive = demo.data / "collections" / "nianbao" / "archive"
        imported = nianbao("--data", tmp_path / "imported", "--corpus", url, "import", archive, "--json")
        assert len(imported.json["reports"]) == len(demo.result.json["reports"])
        assert not list(tmp_path.rglob("corpus.sqlite"))
        assert "hunter2" not in crawled.out + crawled.err + imported.out + imported.err
        kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
        assert not any(b"hunter2" in content for content in kept)


def timeless(printed: str) -> list[str]:
    """What was printed, without the moment at which it was: a site that was never visited is due at it."""
    return [line for line in printed.splitlines() if not line.lstrip().startswith(('"now":', '"next":'))]
