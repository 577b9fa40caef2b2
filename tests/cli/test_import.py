"""Reports that exist as files: taken into the archive, read, listed; and what is no such file."""

import json
import signal
import time
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive import raw
from crawler.data import DataFolder
from crawler.lease import Lease
from tests.cli.command import SHARED, nianbao
from tests.cluster.conftest import begun, until
from tests.kit.reports.render import docx, html_body, pdf
from tests.kit.reports.sample import SampleReport

REPORT = SampleReport.drawn("青岛市卫生健康委员会", 2021, "2021")
needs_seeds = pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared")


def page(report: SampleReport) -> bytes:
    head = f"<head><title>{report.title}</title></head>"
    return f"<html>{head}<body><h1>{report.title}</h1>{html_body(report)}</body></html>".encode()


@pytest.mark.shared
@needs_seeds
def test_the_five_seeds(tmp_path: Path) -> None:
    result = nianbao("--data", tmp_path / "data", "import", SHARED / "seeds", "--json")
    assert result.code == 0, result.err
    truth = json.loads((SHARED / "truth" / "seeds.json").read_text(encoding="utf-8"))
    expected = {(one["agency"], one["division_code"], one["year"], one["form"]) for one in truth.values()}
    rows = nianbao("--data", tmp_path / "data", "reports", "--json").json
    assert {(row["agency"], row["division"], row["year"], row["form"]) for row in rows} == expected


@pytest.mark.shared
@needs_seeds
@pytest.mark.parametrize("number", range(5))
def test_every_cell_of_a_seed(number: int) -> None:
    truth = json.loads((SHARED / "truth" / "seeds.json").read_text(encoding="utf-8"))
    name, expected = list(truth.items())[number]
    read = nianbao("parse", SHARED / "seeds" / name, "--json").json
    cells = {(cell["table"], cell["row"], cell["column"]): cell["value"] for cell in read["cells"]}
    for table in ("disclosure", "requests", "disputes", "statistics"):
        for row, columns in expected.get(table, {}).items():
            for column, value in (columns if isinstance(columns, dict) else {"value": columns}).items():
                assert cells[table, row, column] == value, (table, row, column)
    printed = (SHARED / "seeds" / name).read_text(encoding="utf-8")
    for section, heading in zip(read["sections"], expected["sections"], strict=True):
        # The list of truths has one heading (003, 六) in the words of the report's preface, not of the heading.
        is_printed = [f"、{text}" in printed for text in (section["heading"], heading)]
        assert section["heading"] == heading or is_printed == [True, False]
    assert read["signed"] == expected["signed"]
    errors = [finding for finding in read["findings"] if finding["severity"] == "error"]
    assert [finding["stated"] for finding in errors] == [finding["stated"] for finding in expected["findings"]]


def test_documents_of_every_kind_and_a_second_time(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "a.html").write_bytes(page(REPORT))
    (folder / "b.pdf").write_bytes(pdf(SampleReport.drawn("青岛市财政局", 2020, "2019")))
    (folder / "c.docx").write_bytes(docx(SampleReport.drawn("青岛市教育局", 2016, "2014")))
    with ZipFile(folder / "d.zip", "w") as packed:
        packed.writestr("年报.docx", docx(SampleReport.drawn("青岛市水务局", 2022, "2021")))
    data = tmp_path / "data"
    first = nianbao("--data", data, "import", folder, "--json")
    assert first.code == 0, first.err
    listed = [(row["agency"], row["year"], row["form"], row["numbers"]) for row in first.json["reports"]]
    assert sorted(listed) == [
        ("青岛市卫生健康委员会", 2021, "2021", 200),
        ("青岛市教育局", 2016, "2014", 66),
        ("青岛市水务局", 2022, "2021", 200),
        ("青岛市财政局", 2020, "2019", 198),
    ]
    again = nianbao("--data", data, "import", folder, "--json")
    assert (again.code, again.json["taken_in"], again.json["already"]) == (0, 0, 4)
    assert nianbao("--data", data, "reports", "--json").json == first.json["reports"]


def test_a_web_archive_is_taken_over_record_by_record(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(page(REPORT))
    nianbao("--data", tmp_path / "one", "import", tmp_path / "a.html")
    [warc] = (tmp_path / "one" / "collections" / "nianbao" / "archive").glob("*.warc.gz")
    result = nianbao("--data", tmp_path / "two", "import", warc, "--json")
    assert result.code == 0, result.err
    [first], [second] = (nianbao("--data", tmp_path / d, "reports", "--json").json for d in ("one", "two"))
    assert first["url"] == second["url"] and first["captured"] == second["captured"]
    assert nianbao("--data", tmp_path / "two", "verify").code == 0


def test_a_truncated_web_archive_gives_its_whole_records_and_says_so(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / f"{name}.html").write_bytes(page(SampleReport.drawn("青岛市财政局", 2020 + ord(name) - 97, "2021")))
    nianbao("--data", tmp_path / "one", "import", *(tmp_path / f"{name}.html" for name in "abc"))
    [warc] = (tmp_path / "one" / "collections" / "nianbao" / "archive").glob("*.warc.gz")
    rows = nianbao("--data", tmp_path / "one", "reports", "--json").json
    cut = tmp_path / "cut.warc.gz"
    cut.write_bytes(warc.read_bytes()[: max(row["record"]["offset"] for row in rows) + 200])
    result = nianbao("--data", tmp_path / "two", "import", cut, "--json")
    assert result.code == 3
    assert len(result.json["reports"]) == 2
    assert "cut.warc.gz" in result.json["damaged"][0]["what"]


def test_what_other_tools_store_beside_responses_is_read_or_told(tmp_path: Path) -> None:
    """A revisit of the page at another address, one of a page that is not there, a conversion, and what crawlers say of
    themselves, which is archived and no document."""
    source, data = tmp_path / "other.warc.gz", tmp_path / "data"
    here, there, lost = (f"http://{name}.qingdao.gov.cn/" for name in "abc")
    converted = page(SampleReport.drawn("青岛市财政局", 2022, "2021"))
    with source.open("wb") as stream:
        writer = WARCWriter(stream, gzip=True)
        head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        first = writer.create_warc_record(here, "response", payload=BytesIO(page(REPORT)), http_headers=head)
        writer.write_record(first)
        digest, date = (first.rec_headers[name] for name in ("WARC-Payload-Digest", "WARC-Date"))
        writer.write_record(writer.create_revisit_record(there, digest, here, date, http_headers=head))
        missing = "sha1:" + "A" * 32
        writer.write_record(writer.create_revisit_record(lost, missing, "http://gone.gov.cn/", date, http_headers=head))
        html = BytesIO(converted)
        writer.write_record(writer.create_warc_record("urn:x", "conversion", html, warc_content_type="text/html"))
        for name in ("metadata://gnu.org/software/wget/warc/wget.log", f"urn:text:{here}", "dns:a.qingdao.gov.cn"):
            text = BytesIO(b"" if "wget" in name else b"20220101 a.qingdao.gov.cn. 300 IN A 127.0.0.1")
            writer.write_record(writer.create_warc_record(name, "resource", text, warc_content_type="text/plain"))
    result = nianbao("--data", data, "import", source, "--json")
    assert (result.code, result.json["taken_in"]) == (3, 7)
    assert [one["what"] for one in result.json["failed"]] == [lost]
    assert "not in the archive: http://gone.gov.cn/" in result.json["failed"][0]["reason"]
    found = {row["agency"]: [version["url"] for version in row["versions"]] for row in result.json["reports"]}
    assert found == {"青岛市卫生健康委员会": [here, there], "青岛市财政局": ["urn:x"]}
    assert nianbao("--data", data, "reparse", "--all").code == 0
    assert nianbao("--data", data, "reports", "--json").json == result.json["reports"]


def test_a_revisit_that_came_before_its_original_is_read_by_the_next_reparse(tmp_path: Path) -> None:
    early, late, data = tmp_path / "early.warc.gz", tmp_path / "late.warc.gz", tmp_path / "data"
    with early.open("wb") as before, late.open("wb") as after:
        head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        writer = WARCWriter(after, gzip=True)
        original = writer.create_warc_record(
            "http://a.qingdao.gov.cn/", "response", payload=BytesIO(page(REPORT)), http_headers=head
        )
        writer.write_record(original)
        digest, date = (original.rec_headers[name] for name in ("WARC-Payload-Digest", "WARC-Date"))
        refers = (digest, "http://a.qingdao.gov.cn/", date)
        for url in ("http://a.qingdao.gov.cn/", "http://b.qingdao.gov.cn/"):
            writer = WARCWriter(before, gzip=True)
            writer.write_record(writer.create_revisit_record(url, *refers, http_headers=head))
    assert nianbao("--data", data, "import", early).code == 3
    assert nianbao("--data", data, "reparse").code == 0
    assert nianbao("--data", data, "import", late).code == 0
    again = nianbao("--data", data, "reparse", "--json")
    assert (again.json["parsed"], again.json["skipped"]) == (1, {"seen again": 1})
    reports = nianbao("--data", data, "reports", "--json").json
    assert [len(row["versions"]) for row in reports] == [2]
    assert nianbao("--data", data, "reparse", "--json").json["skipped"] == {}
    assert nianbao("--data", data, "reparse", "--all").code == 0
    assert nianbao("--data", data, "reports", "--json").json == reports


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.html", b""),
        ("empty.warc.gz", b""),
        ("noise.warc.gz", b"this is no archive at all"),
        ("noise.pdf", b"%PDF-1.4 and then nothing"),
        ("noise.docx", b"PK\x03\x04 broken"),
        ("photo.png", b"\x89PNG\r\n\x1a\n"),
    ],
)
def test_a_foreign_file_is_one_line_and_exit_code_3(name: str, content: bytes, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    result = nianbao("--data", tmp_path / "data", "import", file)
    assert result.code == 3
    assert name in result.complaint


def test_an_arc_is_refused_with_a_word(tmp_path: Path) -> None:
    (tmp_path / "old.arc").write_bytes(b"filedesc://old.arc 0.0.0.0 20010101000000 text/plain 76\n1 0 x\n")
    result = nianbao("--data", tmp_path / "data", "import", tmp_path)
    assert result.code == 3
    assert "an ARC, the format before WARC" in result.complaint


def test_what_is_refused_or_damaged_is_named_once_in_its_line(tmp_path: Path) -> None:
    (tmp_path / "none.warc.gz").write_bytes(b"<html>no WARC</html>")
    (tmp_path / "a.html").write_bytes(page(REPORT))
    nianbao("--data", tmp_path / "one", "import", tmp_path / "a.html")
    [warc] = (tmp_path / "one" / "collections" / "nianbao" / "archive").glob("*.warc.gz")
    (tmp_path / "cut.warc.gz").write_bytes(warc.read_bytes()[:-200])
    result = nianbao("--data", tmp_path / "two", "import", tmp_path / "none.warc.gz", tmp_path / "cut.warc.gz")
    lines = [line for line in result.err.splitlines() if line.startswith("damaged: ")]
    assert [line.count(".warc.gz") for line in lines] == [1, 1]
    assert str(tmp_path / "none.warc.gz") in lines[0] and str(tmp_path / "cut.warc.gz") in lines[1]


def test_a_folder_without_documents(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    result = nianbao("--data", tmp_path / "data", "import", tmp_path / "folder")
    assert result.code == 3
    assert "no document" in result.complaint


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    assert nianbao("--data", tmp_path / "data", "import", tmp_path / "nothing").code == 2
    assert not (tmp_path / "data").exists()


def test_a_file_that_is_being_imported_is_not_imported_twice(tmp_path: Path) -> None:
    made, data = tmp_path / "one.warc.gz", DataFolder(tmp_path / "data")
    with made.open("wb") as stream:
        writer = WARCWriter(stream)
        writer.write_record(
            writer.create_warc_record("http://a.gov.cn/", "resource", payload=BytesIO(b"<html>1</html>"))
        )
    data.prepare()
    with Lease(data, [f"file {made}"]):
        refused = nianbao("--data", data.path, "import", made)
        assert refused.code == 2 and "being imported already by process" in refused.complaint
    taken = nianbao("--data", data.path, "import", made, "--json")
    assert (taken.code, taken.json["taken_in"]) == (0, 1)


def test_a_paused_import_whose_place_was_taken_stores_nothing_more(tmp_path: Path) -> None:
    made, data = tmp_path / "long.warc", DataFolder(tmp_path / "data")
    with made.open("wb") as stream:
        writer = WARCWriter(stream, gzip=False)
        for number in range(7_000):
            writer.write_record(
                writer.create_warc_record(f"http://a.gov.cn/{number}", "metadata", payload=BytesIO(b"a: b"))
            )
    data.prepare()
    name, archive = f"file {made}", data.archive.archive
    with data.corpus() as corpus:
        running = begun("--data", data.path, "import", made)
        until(lambda: any(path.stat().st_size > 100_000 for path in archive.glob("import-*.open")))
        running.send_signal(signal.SIGSTOP)
        corpus.release_leases(corpus.leases([name])[name].owner)
        with Lease(data, [name]):
            time.sleep(1.1)  # what the corpus said before no longer counts
            sizes = {path.name.removesuffix(".open"): path.stat().st_size for path in archive.glob("import-*")}
            running.send_signal(signal.SIGCONT)
            _, complaint = running.communicate(timeout=60)
    assert running.returncode == 3 and "taken over by process" in complaint
    # It closes what it has written.
    assert all(path.stat().st_size < sizes[path.name] + 20_000 for path in archive.glob("import-*"))
    assert nianbao("--data", data.path, "verify").code == 0
    nianbao("--data", data.path, "import", made)  # goes on where it was stopped
    stored = [one.record_id for file in data.archive.files() for one in raw.scan(data.archive.path(file), file)]
    assert len(stored) == len(set(stored)) > 7_000
