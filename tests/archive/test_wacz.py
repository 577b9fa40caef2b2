import gzip
import hashlib
import json
import zipfile
from datetime import UTC, datetime

import pytest

from archive.exchange import Exchange
from archive.folder import ArchiveFolder
from archive.importing import import_warc
from archive.reader import records
from archive.verify import verify
from archive.wacz import Page, export_wacz
from archive.writer import ArchiveWriter
from config.errors import ArchiveError, UsageError
from tests.archive.exchanges import INFO, PAGE, STARTED, answer, get, page


@pytest.fixture
def wacz(folder, tmp_path):
    for start in (0, 10):
        with ArchiveWriter(folder, info=INFO) as writer:
            for number in range(start, start + 3):
                writer.exchange(page(number))
            moved = answer(b"", b"Location: /", status=b"301 Moved")
            writer.exchange(Exchange(f"http://a.gov.cn/{start}", "GET", STARTED, None, get("/"), moved))
    target = tmp_path / "out.wacz"
    assert export_wacz(folder, target, software="nianbao/test", title="年报") == 2
    return target


def test_the_package_lists_every_file_with_its_hash(wacz):
    with zipfile.ZipFile(wacz) as archive:
        assert archive.testzip() is None
        described = archive.read("datapackage.json")
        package = json.loads(described)
        digest = json.loads(archive.read("datapackage-digest.json"))
        names = set(archive.namelist()) - {"datapackage.json", "datapackage-digest.json"}
        assert {resource["path"] for resource in package["resources"]} == names
        for resource in package["resources"]:
            data = archive.read(resource["path"])
            assert (resource["hash"], resource["bytes"]) == ("sha256:" + hashlib.sha256(data).hexdigest(), len(data))
        assert digest["hash"] == "sha256:" + hashlib.sha256(described).hexdigest()
        assert (package["profile"], package["wacz_version"], package["title"]) == ("data-package", "1.1.1", "年报")
        stored = {entry.filename for entry in archive.infolist() if entry.compress_type == zipfile.ZIP_STORED}
        assert {name for name in names if name.endswith(".gz")} <= stored


def test_the_index_is_sorted_and_leads_to_every_record(wacz):
    with zipfile.ZipFile(wacz) as archive:
        lines = gzip.decompress(archive.read("indexes/index.cdx.gz")).splitlines()
        assert lines == sorted(lines) and len(lines) == 8
        for line in lines:
            fields = json.loads(line.split(b" ", 2)[2])
            data = archive.read("archive/" + fields["filename"])[int(fields["offset"]) :][: int(fields["length"])]
            assert fields["url"].encode() in gzip.decompress(data)
        meta, *blocks = archive.read("indexes/index.idx").decode().splitlines()
        assert json.loads(meta.removeprefix("!meta 0 "))["format"] == "cdxj-gzip-1.0"
        place = json.loads(blocks[0].split(" ", 2)[2])
        block = archive.read("indexes/index.cdx.gz")[place["offset"] :][: place["length"]]
        assert gzip.decompress(block).splitlines()[0] == lines[0]


def test_the_pages_are_the_html_ones_or_those_that_are_given(folder, wacz, tmp_path):
    with zipfile.ZipFile(wacz) as archive:
        header, *pages = [json.loads(line) for line in archive.read("pages/pages.jsonl").splitlines()]
    assert header["format"] == "json-pages-1.0"
    assert {entry["url"] for entry in pages} == {page(number).url for number in (0, 1, 2, 10, 11, 12)}
    assert pages[0]["ts"] == "2026-01-31T09:30:15Z"
    given = [Page(page(1).url, datetime(2026, 1, 31, 9, 30, 15, tzinfo=UTC), "2020年报告")]
    export_wacz(folder, tmp_path / "two.wacz", software="x", pages=given)
    with zipfile.ZipFile(tmp_path / "two.wacz") as archive:
        assert json.loads(archive.read("pages/pages.jsonl").splitlines()[1])["title"] == "2020年报告"


def test_it_can_be_taken_in_again(wacz, tmp_path):
    other = ArchiveFolder(tmp_path / "other")
    assert import_warc(wacz, other, info=INFO).damages == []
    assert {record.payload for record in records(other)} >= {PAGE + b"<p>0</p>", PAGE + b"<p>12</p>"}
    assert verify(other).problems == ()


def test_what_cannot_be_packed_is_told(folder, tmp_path):
    with pytest.raises(UsageError, match="no finished WARC"):
        export_wacz(folder, tmp_path / "x.wacz", software="x")
    with ArchiveWriter(folder, info=INFO) as writer:
        writer.exchange(page(1))
    with pytest.raises(ArchiveError, match=r"gone/x\.wacz: the WACZ cannot be written: No such file"):
        export_wacz(folder, tmp_path / "gone" / "x.wacz", software="x")
