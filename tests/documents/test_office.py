"""Old office formats, converted by a real LibreOffice; skipped where none is installed."""

import io
import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import docx
import openpyxl
import pytest

from pipelines.documents.model import Document, Unreadable
from pipelines.documents.office import converted, libreoffice
from pipelines.documents.pdf.reader import read_pdf
from pipelines.documents.sheets.reader import read_sheet
from pipelines.documents.word.reader import read_doc, read_docx
from pipelines.forms import read_forms
from tests.documents import sheet_writer, word_writer
from tests.documents.statutory import disclosure_2019, disputes, grid_texts, requests, statistics

installed = pytest.mark.skipif(libreoffice() is None, reason="LibreOffice is not installed")


def has_chinese_font() -> bool:
    listing = shutil.which("fc-list")
    return listing is not None and bool(subprocess.run([listing, ":lang=zh"], capture_output=True).stdout)


@pytest.fixture
def convert_to(tmp_path: Path) -> Callable[[bytes, str, str], bytes]:
    """Writes old formats: ``(payload, suffix, filter)`` through LibreOffice."""

    def run(payload: bytes, suffix: str, target: str) -> bytes:
        source = tmp_path / f"source{suffix}"
        source.write_bytes(payload)
        subprocess.run(
            [
                str(libreoffice()),
                f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
                "--headless",
                "--convert-to",
                target,
                "--outdir",
                str(tmp_path / "out"),
                str(source),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
        (written,) = (tmp_path / "out").iterdir()
        return written.read_bytes()

    return run


@installed
@pytest.mark.parametrize("target", ["doc", "rtf"])
def test_old_word_files_have_exact_cells(convert_to: Callable[[bytes, str, str], bytes], target: str) -> None:
    tables = (disclosure_2019(), requests("2021"))
    old = convert_to(word_writer.with_tables(*tables), ".docx", target)
    document = read_doc(old, url="https://example.gov.cn/report.wps", suffix=".wps")
    assert [grid_texts(table.cells) for table in document.tables] == [table.texts() for table in tables]
    assert document.title == "某某市民政局2021年政府信息公开工作年度报告"


@installed
def test_the_form_of_2014_is_read_from_an_old_word_file(convert_to: Callable[[bytes, str, str], bytes]) -> None:
    table = statistics()
    old = convert_to(word_writer.with_tables(table), ".docx", "doc")
    assert old.startswith(b"\xd0\xcf\x11\xe0")
    reading = read_forms(read_doc(old, url="https://example.gov.cn/report.doc"))
    printed = [cell.text for cell in table.cells if cell.column == 2 and cell.row]
    assert reading.form == "2014"
    assert [cell.raw for cell in reading.cells if cell.raw] == [text for text in printed if text.isdigit()]
    assert {cell.state for cell in reading.cells} == {"number", "blank"}


@installed
def test_error_values_of_old_sheets_add_no_row_to_another_sheet(convert_to: Callable[[bytes, str, str], bytes]) -> None:
    book = openpyxl.Workbook()
    book.active.append(["规章", 1])
    book.active.append(["文件", "=1/0"])  # the last cell
    other = book.create_sheet()
    for row in (["说明", 1, 2], ["公告", 3, 4], ["通知", 5, "=1/0"]):
        other.append(row)
    old = convert_to(sheet_writer.saved(book), ".xlsx", "xls")
    document = read_sheet(old, url="https://example.gov.cn/report.xls")
    first, second = document.tables
    assert [cell.text for cell in first.cells] == ["规章", "1", "文件", "#DIV/0!"]
    assert not [paragraph for paragraph in document.paragraphs if "#" in paragraph.text]
    assert [cell.text for cell in second.cells][-1] == "#DIV/0!"


@installed
def test_old_sheets_have_exact_cells(convert_to: Callable[[bytes, str, str], bytes]) -> None:
    tables = (requests("2021"), disputes())
    book = openpyxl.load_workbook(io.BytesIO(sheet_writer.with_tables(*tables)))
    errors = {(5, 3): "=1/0", (6, 4): "#N/A"}
    for (row, column), error in errors.items():
        book.worksheets[0].cell(row + 2, column + 1, error)  # below the heading
    old = convert_to(sheet_writer.saved(book), ".xlsx", "xls")
    assert old.startswith(b"\xd0\xcf\x11\xe0")
    document = read_sheet(old, url="https://example.gov.cn/report.xls")
    printed = [{(cell.row, cell.column): cell.text for cell in table.cells} for table in document.tables]
    assert [printed[0].pop(place) for place in errors] == ["#DIV/0!", "#N/A"]
    wanted = [{(cell.row, cell.column): cell.text for cell in table.cells} for table in tables]
    assert printed == [
        {place: text for place, text in one.items() if place in found}
        for one, found in zip(wanted, printed, strict=True)
    ]
    assert len(printed[0]) == len(tables[0].cells) - len(errors)
    assert document.media_type == "application/vnd.ms-excel"


@installed
@pytest.mark.parametrize("lines_before", [0, 13])
def test_a_pdf_that_a_word_processor_printed(convert_to: Callable[[bytes, str, str], bytes], lines_before: int) -> None:
    """Real page breaks: through rows, through labels beside several rows, and right below a header."""
    if not has_chinese_font():
        pytest.skip("no Chinese font is installed")
    tables = (requests("2021"), disputes(), disclosure_2019())
    document = docx.Document()
    document.sections[0].footer.paragraphs[0].text = "第3页 共8页"
    for number in range(lines_before):
        document.add_paragraph(
            f"第{number}项工作已经完成，群众满意，全年没有收到投诉举报，也没有发生行政复议和行政诉讼。"
        )
    for table in tables:
        document.add_paragraph("下表为本年度的情况。")
        word_writer.add_table(document, table)
        document.tables[-1].style = "Table Grid"
    printed = read_pdf(convert_to(word_writer.saved(document), ".docx", "pdf"), url="")
    assert [grid_texts(table.cells) for table in printed.tables] == [table.texts() for table in tables]
    assert printed.tables[0].where.startswith("pages 1–")


@installed
def test_a_stray_cell_in_an_old_sheet_is_refused(convert_to: Callable[[bytes, str, str], bytes]) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.cell(1, 1, 1)
    sheet.cell(65_536, 256, 3)
    old = convert_to(sheet_writer.saved(book), ".xlsx", "xls")
    with pytest.raises(Unreadable) as caught:
        read_sheet(old, url="")
    assert caught.value.code == "too_large"


@installed
def test_nothing_that_a_document_links_to_is_fetched() -> None:
    asked: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_OPTIONS = do_PROPFIND = do_GET

    server = HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = f'<html><body><img src="http://127.0.0.1:{server.server_port}/a.png"><p>正文</p></body></html>'
    try:
        payload = converted(page.encode(), suffix=".html", target="docx")
    finally:
        server.shutdown()
        server.server_close()
    assert "正文" in [paragraph.text for paragraph in read_docx(payload, url="").paragraphs]
    assert asked == []


@installed
def test_what_libreoffice_cannot_read_is_broken() -> None:
    with pytest.raises(Unreadable) as caught:
        read_doc(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), url="")
    assert caught.value.code == "broken"


@installed
def test_a_conversion_ends_at_its_time_limit() -> None:
    started = time.monotonic()
    with pytest.raises(Unreadable) as caught:
        converted(word_writer.with_tables(disputes()), suffix=".docx", target="docx", time_limit=0.2)
    assert caught.value.code == "broken"
    assert time.monotonic() - started < 5


def test_without_libreoffice_the_package_to_install_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(Unreadable) as caught:
        read_doc(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", url="")
    assert caught.value.code == "needs_libreoffice"
    assert "libreoffice-writer-nogui" in caught.value.reason


def test_a_docx_with_the_wrong_name_needs_no_libreoffice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    payload = word_writer.with_tables(disputes())
    assert read_doc(payload, url="") == read_docx(payload, url="")


@installed
def test_conversions_run_side_by_side() -> None:
    def one(number: int, results: dict[int, Document]) -> None:
        document = docx.Document()
        document.add_paragraph(f"第{number}号")
        target = io.BytesIO()
        document.save(target)
        results[number] = read_docx(converted(target.getvalue(), suffix=".docx", target="docx"), url="")

    results: dict[int, Document] = {}
    threads = [threading.Thread(target=one, args=(number, results)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {number: found.paragraphs[0].text for number, found in results.items()} == {0: "第0号", 1: "第1号"}
