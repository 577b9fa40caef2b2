"""An import on a real cluster with a real PostgreSQL: each record is stored once, also when a worker is killed."""

import json
import os
import shutil
import signal
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from archive.folder import ArchiveFolder
from archive.raw import RawRecord, scan
from archive.writer import ArchiveWriter
from pipelines.corpus import Corpus
from tests.cli.command import nianbao
from tests.cluster.conftest import DaskCluster, bare, begun, until
from tests.kit.postgres import PostgresServer
from tests.kit.reports.render import html_body
from tests.kit.reports.sample import SampleReport

MOMENT = datetime(2024, 5, 1, tzinfo=UTC)
AGENCIES = ("青石市教育局", "青石市财政局", "青石市审计局", "青石市水利局")


def sources(folder: Path) -> Path:
    """Four archives, the first long; a copy of the second under another name, a torn one, one that is none, a page."""
    made = folder / "made"
    for number, agency in enumerate(AGENCIES):
        with ArchiveWriter(ArchiveFolder(made), info={}, prefix=f"{number}") as writer:
            for serial in range(0 if number else 6000):
                writer.metadata(f"http://www.qingshi.gov.cn/{serial}", MOMENT, {"note": os.urandom(300).hex()})
            for year in (2020, 2021, 2022):
                page = html_body(SampleReport.drawn(agency, year, "2019" if year == 2020 else "2021"))
                head = f"<html><title>{agency}{year}年政府信息公开工作年度报告</title><body>"
                url = f"http://www.qingshi.gov.cn/{number}/{year}.html"
                writer.resource(url, MOMENT, f"{head}{page}</body></html>".encode(), "text/html")
    found = folder / "found"
    found.mkdir()
    for path in ArchiveFolder(made).archive.iterdir():
        shutil.copy(path, found / f"{path.name[0]}.warc.gz")
    shutil.copy(found / "1.warc.gz", found / "copy of 1.warc.gz")
    (found / "torn.warc.gz").write_bytes((found / "2.warc.gz").read_bytes()[:-200])
    (found / "none.warc.gz").write_bytes(b"<html>no WARC</html>")
    (found / "page.html").write_text("<html><title>通知</title><body>停水通知</body></html>", encoding="utf-8")
    return found


def test_a_killed_worker_changes_nothing(
    dask_cluster: DaskCluster, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    found, data = sources(tmp_path), tmp_path / "data"
    folder = ArchiveFolder(data)
    name = f"task {found / '0.warc.gz'}"

    def is_in_the_middle() -> bool:
        sizes = [path.stat().st_size for path in folder.archive.glob("*.open")] if folder.archive.is_dir() else []
        return max(sizes, default=0) > 200_000

    with postgres_server.place() as url, Corpus.open(url, create=True) as corpus:
        there = ["--data", data, "--corpus", url]
        running = begun(*there, "import", found, "--json", "--cluster", dask_cluster.address)
        until(lambda: name in corpus.leases([name]) and is_in_the_middle())
        os.kill(corpus.leases([name])[name].pid, signal.SIGKILL)
        out, err = running.communicate(timeout=200)
        near = nianbao("--data", tmp_path / "near", "import", found, "--json")
        assert running.returncode == near.code == 3, err  # the torn one, and the one that is none
        assert nianbao(*there, "verify").code == 0

    far, places = json.loads(out), ("archive", "corpus", "reports", "taken_in", "already")
    assert bare(far["reports"]) == bare(near.json["reports"])
    assert len(far["reports"]) == 3 * len(AGENCIES)
    assert {k: v for k, v in far.items() if k not in places} == {k: v for k, v in near.json.items() if k not in places}
    # Of the file that was begun twice, some records were in the archive already when it was begun again.
    assert far["taken_in"] + far["already"] == near.json["taken_in"] + near.json["already"]
    records = [one for file in folder.files() for one in scan(folder.path(file), file) if isinstance(one, RawRecord)]
    assert max(Counter(record.record_id for record in records).values()) == 1
    kinds = Counter(record.type for record in records)
    assert kinds["resource"] == 3 * len(AGENCIES) + 1
    notes = [record for record in records if record.type == "metadata" and b"note:" in record.block]
    assert len(notes) == 6000
