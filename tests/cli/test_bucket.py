"""`nianbao --archive s3://…` against a real S3 server (moto's): all that it does with an archive on a disk."""

import shutil
import sys
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

from tests.cli.command import nianbao, run
from tests.cli.conftest import DemoCrawl
from tests.cli.test_kill import FETCHED_AGAIN, killed, written
from tests.cluster.conftest import bare
from tests.kit.bucket import Place
from tests.kit.demo.portal import PORTAL, REPORTS
from tests.kit.portal import serve

HERE = Path("collections", "nianbao", "archive")


def reports(*there: object) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = nianbao(*there, "reports", "--json").json
    return rows


def test_a_portal_is_kept_in_a_bucket_for_years(demo: DemoCrawl, bucket: Place, tmp_path: Path) -> None:
    data = tmp_path / "data"
    there = ["--data", data, "--archive", bucket.url]
    whole = written(demo.data / HERE)
    with serve(PORTAL) as server:
        crawl = [*there, "crawl", server.url, "--allow-private", "--delay", "0.02", "--json"]
        assert not killed(lambda: written(data / HERE), 0.3, whole, *crawl)
        assert [path.suffix for path in (data / HERE).iterdir()] == [".open"]
        served = server.asked()
        first = nianbao(*crawl)
        asked = Counter(server.asked())
        assert first.code == 0, first.err
        assert first.json["archive"] == bucket.url and len(first.json["reports"]) == len(REPORTS)
        again = sum(count - 1 for target, count in asked.items() if target in served)
        assert again <= FETCHED_AGAIN
        assert len(bucket.keys("archive/")) == len(bucket.keys("indexes/")) == 2
        assert list((data / HERE).iterdir()) == []

        indexes = set(bucket.keys("indexes/"))
        assert nianbao(*crawl).json["reports"] == first.json["reports"]
        [late] = set(bucket.keys("indexes/")) - indexes
        assert bucket.read(f"indexes/{late}").count(b"warc/revisit") >= len(REPORTS)
        # Another machine, which has nothing.
        fresh = ["--data", tmp_path / "fresh", "--archive", bucket.url]
        walked = nianbao(*fresh, "crawl", server.url, "--allow-private", "--offline", "--json")
    assert walked.code == 0, walked.err
    assert bare(walked.json["reports"]) == bare(first.json["reports"])
    assert len(bucket.keys("archive/")) == 3
    shutil.rmtree(data)
    computed = nianbao(*there, "reparse", "--json")
    assert computed.code == 0 and computed.json["changes"]["new"] == len(REPORTS)
    rows = reports(*there)
    assert bare(rows) == bare(first.json["reports"])
    assert nianbao(*there, "reparse", "--json").json["parsed"] == 0
    sound = nianbao(*there, "verify", "--json")
    assert (sound.code, sound.json["files"], sound.json["problems"]) == (0, 3, [])
    assert nianbao(*there, "export", tmp_path / "out", "--format", "wacz").code == 0
    with zipfile.ZipFile(tmp_path / "out" / "nianbao.wacz") as packed:
        for file in bucket.keys("archive/"):
            assert packed.read(f"archive/{file}") == bucket.read(f"archive/{file}")

    row = rows[3]
    file, offset = row["record"]["file"], row["record"]["offset"]
    content = bytearray(bucket.read(f"archive/{file}"))
    content[offset + 400] ^= 0x04
    bucket.write(f"archive/{file}", bytes(content))
    [problem] = nianbao(*there, "verify", "--json").json["problems"][:1]
    assert (problem["file"], problem["offset"]) == (f"{bucket.url}/archive/{file}", offset)
    mended = nianbao(*there, "repair", "--json")
    assert mended.code == 0 and mended.json["rewritten"] == [file]


def test_a_bucket_that_refuses_ends_a_crawl_and_loses_nothing(bucket: Place, tmp_path: Path) -> None:
    there = ["--data", tmp_path / "data", "--archive", bucket.url]
    bucket.server.denies = lambda asked: asked.method == "PUT"
    with serve(PORTAL) as server:
        refused = nianbao(*there, "crawl", server.url, "--allow-private", "--delay", "0")
    assert refused.code == 4 and bucket.keys() == []
    [line] = [line for line in refused.err.splitlines() if bucket.url in line]
    assert "Access Denied" in line and "stays where it is" in line
    told = nianbao(*there, "verify")
    assert told.code == 4 and f"not in {bucket.url} yet" in told.err
    bucket.server.denies = lambda asked: False
    assert nianbao(*there, "reparse").code == 0
    # Taken for an empty archive, it would cost the corpus.
    forgotten = nianbao("--data", tmp_path / "data", "reparse", "--all")
    assert forgotten.code == 2 and f"lies in {bucket.url}: name it with --archive" in forgotten.complaint
    assert len(bucket.keys("archive/")) == 1 and nianbao(*there, "verify").code == 0
    # Where not even the list of files is to be had, nothing is begun.
    bucket.server.denies = lambda asked: True
    for verb in (["crawl", "http://127.0.0.1:1/", "--allow-private"], ["reparse"]):
        ended = nianbao(*there, *verb)
        assert ended.code == 4 and bucket.url in ended.err, (verb, ended.err)


def test_an_import_into_a_bucket(demo: DemoCrawl, bucket: Place, tmp_path: Path) -> None:
    there = ["--data", tmp_path / "data", "--archive", bucket.url]
    command = [*there, "import", demo.data / HERE, "--json"]
    taken = nianbao(*command)
    assert taken.code == 0, taken.err
    assert bare(taken.json["reports"]) == bare(demo.result.json["reports"])
    # On another machine it is known that all of it is there.
    command[1] = tmp_path / "other"
    assert nianbao(*command).json["taken_in"] == 0
    assert nianbao(*there, "verify").code == 0


def test_what_a_bucket_needs_is_said(bucket: Place, tmp_path: Path) -> None:
    nothing = nianbao("--data", tmp_path, "--archive", bucket.url, "verify")
    assert nothing.code == 2 and f"{bucket.url} holds no archive" in nothing.complaint
    wrong = nianbao("--data", tmp_path, "--archive", "bucket/reports", "verify")
    assert wrong.code == 2 and "s3://BUCKET" in wrong.complaint
    missing = nianbao("--data", tmp_path, "--archive", "s3://no-such-bucket/x", "verify")
    assert missing.code == 4 and "s3://no-such-bucket" in missing.complaint
    without = "import sys; sys.modules['s3fs'] = None; from crawler.cli import main; main(sys.argv[1:])"
    lean = run(sys.executable, "-c", without, "--data", tmp_path, "--archive", bucket.url, "verify")
    assert lean.code == 2 and "pip install -r requirements-s3.txt" in lean.complaint
