"""A cluster whose machines share no folder: the archive in a bucket, the corpus in PostgreSQL, open files at each."""

import json
import os
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from distributed import Client

from archive.bucket import Bucket
from archive.folder import ArchiveFolder
from archive.raw import RawRecord, scan
from pipelines.corpus import Corpus
from tests.cli.command import nianbao
from tests.cluster.conftest import begun, is_alive, parent, started, until
from tests.cluster.test_crawl import ADDRESSES, QUICK, TOWNS, YEARS, Log
from tests.kit.bucket import Place
from tests.kit.postgres import PostgresServer
from tests.schedule.portals import Street, portal, report, routes


@pytest.fixture
def apart(bucket: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a scheduler with two workers, each with a folder of its own: `worker0` and `worker1`."""
    file = tmp_path / "scheduler.json"
    local = ("--scheduler-file", file, "--host", "127.0.0.1", "--no-dashboard")
    with ExitStack() as processes:
        processes.enter_context(started(tmp_path / "scheduler.log", "scheduler", *local, "--port", "0"))
        until(file.exists)
        for name in ("worker0", "worker1"):
            monkeypatch.setenv("NIANBAO_DATA", str(tmp_path / name))
            own = ("--nthreads", "1", "--death-timeout", "120", "--local-directory", tmp_path / "dask", "--no-nanny")
            processes.enter_context(started(tmp_path / f"{name}.log", "worker", *local, *own))
        monkeypatch.delenv("NIANBAO_DATA")
        address = json.loads(file.read_text())["address"]
        with Client(address, set_as_default=False, timeout=120) as client:
            client.wait_for_workers(2, timeout=120)
        yield address


def test_no_folder_is_shared_and_nothing_lost(
    apart: str, bucket: Place, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    log = Log()
    made = {a: routes(portal(town, [report(town, y) for y in YEARS])) for a, town in zip(ADDRESSES, TOWNS, strict=True)}
    with (
        postgres_server.place() as url,
        postgres_server.place() as second,
        Corpus.open(url, create=True) as corpus,
        Street({address: log.kept(address, pages) for address, pages in made.items()}) as street,
    ):
        there = ["--archive", bucket.url, "--corpus", url]
        homes = [street.url(address) for address in ADDRESSES]
        log.hold(ADDRESSES[0], after=4)
        running = begun("--data", tmp_path / "head", *there, "crawl", *homes, *QUICK, "0.1", "--cluster", apart)
        until(lambda: log.is_holding(ADDRESSES[0]))
        name = f"site {ADDRESSES[0]}-{street.server.port}"
        child = corpus.leases([name])[name].pid
        dead = Path(f"/proc/{parent(child)}/environ").read_bytes().split(b"NIANBAO_DATA=")[1].split(b"\0")[0].decode()
        os.kill(parent(child), signal.SIGKILL)
        until(lambda: not is_alive(child))
        log.let_go()
        out, err = running.communicate(timeout=200)
        assert running.returncode == 0, err
        near = nianbao("--data", tmp_path / "near", "crawl", *homes, *QUICK, "0").json
        far = json.loads(out)
        assert far["archive"] == bucket.url
        told = ("agency", "year", "form", "url", "cells", "numbers", "errors")
        assert [[row[k] for k in told] for row in far["reports"]] == [[row[k] for k in told] for row in near["reports"]]
        assert len(far["reports"]) == len(TOWNS) * len(YEARS)

        # What the dead one had written is on its machine alone, until that does something again.
        [left] = (Path(dead) / "collections" / "nianbao" / "archive").iterdir()
        assert left.suffix == ".open" and left.stem not in bucket.keys("archive/")
        other = ["--data", tmp_path / "other", "--archive", bucket.url]
        known = nianbao(*other, "--corpus", url, "verify", "--json")
        assert known.code == 0 and str(left) in known.json["elsewhere"][left.stem]
        assert nianbao("--data", dead, *there, "reparse").code == 0
        assert left.stem in bucket.keys("archive/")
        sound = nianbao(*other, "--corpus", url, "verify", "--json")
        assert (sound.code, sound.json["problems"], sound.json["elsewhere"]) == (0, [], {})
        there_now = ArchiveFolder(tmp_path / "other", Bucket.at(bucket.url))
        records = [one for file in there_now.files() for one in scan(there_now.open(file), file)]
        # An answer without a body (robots.txt is not there) has nothing that could be stored twice.
        whole = (one for one in records if isinstance(one, RawRecord) and not one.block.endswith(b"\r\n\r\n"))
        kinds = Counter((one.url, one.type) for one in whole)
        assert {url: count for (url, kind), count in kinds.items() if kind == "response" and count > 1} == {}
        assert any(isinstance(one, RawRecord) and one.type == "revisit" for one in records)  # so it was fetched twice

        # The remaining worker reads the bucket, and imports into it.
        again = nianbao(*other, "--corpus", second, "reparse", "--cluster", apart, "--json")
        assert again.code == 0 and again.json["changes"]["new"] == len(far["reports"])
        rows = [
            nianbao("--data", tmp_path / "head", "--corpus", one, "reports", "--json").json for one in (url, second)
        ]
        assert rows[0] == rows[1]
        import_ = ["import", tmp_path / "near" / "collections", "--cluster", apart, "--json"]
        taken = nianbao(*other, "--corpus", second, *import_)
        assert taken.code == 0 and taken.json["taken_in"] > len(rows[0])
        assert len(taken.json["reports"]) == len(rows[0])
        assert nianbao(*other, "--corpus", second, "verify").code == 0
