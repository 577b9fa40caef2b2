"""PDFs: titles, what is left out and said so, what cannot be read, and hostile files."""

import io
import random
import time
from dataclasses import replace

import pytest
from PIL import Image, ImageDraw
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from pipelines.documents.extract import extract
from pipelines.documents.model import Document, Table, Unreadable
from pipelines.documents.pdf import reader as pdf_module
from pipelines.documents.pdf.reader import read_pdf
from pipelines.report import Failed
from pipelines.workers import parse_apart
from tests.corpus.made import record
from tests.documents.paper import Paper, broken, lay_out, register, whole
from tests.documents.raw_pdf import bomb, raw_pdf
from tests.documents.statutory import disclosure_2021, disputes, grid_texts, requests

LONG = "本年度我局认真贯彻落实条例要求，坚持以公开为常态、不公开为例外，全年主动公开政府信息一百五十三条，" * 3


def read(payload: bytes) -> Document:
    return read_pdf(payload, url="https://example.gov.cn/report.pdf")


def texts(document: Document) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs]


def notes(document: Document) -> set[str]:
    return {code for code, _ in document.notes}


def a_picture(width: int = 600, height: int = 800) -> ImageReader:
    image = Image.new("L", (width, height), 255)
    ImageDraw.Draw(image).rectangle((4, 4, width - 4, height - 4), outline=0)
    return ImageReader(image)


def test_the_title_is_what_is_printed_largest() -> None:
    paper = Paper(title="Microsoft Word - 1.doc")
    paper.text(60, 60, "索引号：0001", 10)
    paper.text(150, 90, "某某市卫生健康委员会", 20)
    paper.text(100, 120, "2021年政府信息公开工作年度报告", 20)
    paper.paragraph(170, LONG)
    assert read(paper.bytes()).titles == (("text", "某某市卫生健康委员会2021年政府信息公开工作年度报告"),)


def test_a_title_among_the_properties_comes_second() -> None:
    paper = Paper(title="某某局年报")
    paper.text(100, 120, "2021年政府信息公开工作年度报告", 20)
    paper.paragraph(170, LONG)
    assert read(paper.bytes()).titles[1] == ("core", "某某局年报")


@pytest.mark.parametrize("shape", ["- {} -", "第{}页", "{}/4", "{}", "第 {} 页 共 4 页", "— {} —", "Page {} of 4"])
def test_page_numbers_and_running_headers_are_left_out(shape: str) -> None:
    paper = Paper()
    for number in range(1, 5):
        paper.text(60, 25, "某某市政府信息公开工作年度报告", 9)
        paper.paragraph(80, f"第{'一二三四'[number - 1]}段，" + LONG)
        paper.text(280, 810, shape.format(number), 9)
        paper.next_page()
    document = read(paper.bytes())
    assert texts(document) == [f"第{number}段，" + LONG for number in "一二三四"]
    assert notes(document) == {"running_lines"}


def test_numbers_that_end_a_page_are_no_page_numbers() -> None:
    paper = Paper()
    paper.paragraph(80, LONG)
    paper.text(280, 700, "12", 9)
    paper.next_page()
    paper.paragraph(80, LONG)
    assert "12" in texts(read(paper.bytes()))


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_turned_pages_read_upright(turn: int) -> None:
    """Both ways to print a wide table: the page is turned by its dictionary, or by its content."""
    printed = lay_out(disputes(), left=60, width=700)
    paper = Paper(A4 if turn % 180 else landscape(A4))
    paper.pagesize = landscape(A4)
    paper.table(printed, 100)
    paper.canvas.setPageRotation(turn)
    document = read(paper.bytes())
    assert [grid_texts(table.cells) for table in document.tables] == [disputes().texts()]
    upright = Paper()
    upright.canvas.translate(595, 0)
    upright.canvas.rotate(90)
    upright.pagesize = landscape(A4)
    upright.table(printed, 100)
    assert [grid_texts(table.cells) for table in read(upright.bytes()).tables] == [disputes().texts()]


def test_a_turned_label_is_read_along_its_direction() -> None:
    table = disclosure_2021()
    printed = lay_out(table)
    paper = Paper()
    paper.table(printed, 100)
    paper.line(40, 100, 60, 100)
    paper.line(40, 100 + printed.ys[-1], 60, 100 + printed.ys[-1])
    paper.line(40, 100, 40, 100 + printed.ys[-1])
    paper.canvas.saveState()
    paper.canvas.translate(54, 842 - 100 - 150)
    paper.canvas.rotate(90)
    paper.canvas.setFont(register(), 10)
    paper.canvas.drawString(0, 0, "主动公开")
    paper.canvas.restoreState()
    (found,) = read(paper.bytes()).tables
    assert (found.cells[0].text, found.cells[0].rowspan, found.width) == ("主动公开", table.height, table.width + 1)


def test_letters_printed_twice_are_read_once() -> None:
    paper = Paper()
    for shift in (0.0, 0.3, 0.6):
        paper.text(60 + shift, 80, "一、总体情况 110 22", 12)
    assert texts(read(paper.bytes())) == ["一、总体情况 110 22"]


def test_the_order_of_writing_does_not_matter() -> None:
    pieces = [("一、总体情况", 60.0, 80.0), ("收到申请", 60.0, 110.0), ("12", 108.0, 110.0), ("件。", 121.0, 110.0)]
    random.Random(3).shuffle(pieces)
    paper = Paper()
    for text, x, y in pieces:
        paper.text(x, y, text)
    assert texts(read(paper.bytes())) == ["一、总体情况", "收到申请12件。"]


def test_a_number_printed_across_a_rule_stays_whole() -> None:
    paper = Paper()
    printed = lay_out(disclosure_2021())
    printed.lines = [each for each in printed.lines if each[1] not in ("101", "102")]
    paper.table(printed, 100)
    edge = printed.xs[1]
    paper.text(edge - 10, 100 + printed.ys[2] + 4, "1234567", 9)
    document = read(paper.bytes())
    row = [cell.text for cell in document.tables[0].cells if cell.row == 2]
    assert row == ["规章", "1234567", "", "103"]
    assert "text_over_rule" in notes(document)


def test_a_number_broken_in_a_narrow_cell_is_one_and_two_numbers_are_two() -> None:
    paper = Paper()
    for x in (60, 84, 200):
        paper.line(x, 100, x, 180)
    for y in (100, 140, 180):
        paper.line(60, y, 200, y)
    paper.text(65, 105, "12", 10)
    paper.text(65, 118, "34", 10)
    paper.text(90, 105, "56", 10)
    paper.text(90, 118, "78", 10)
    paper.text(65, 145, "甲", 10)
    assert [cell.text for cell in read(paper.bytes()).tables[0].cells] == ["1234", "56\n78", "甲", ""]


def test_unmapped_characters_are_marked_and_never_numbers() -> None:
    font = b"<< /Type /Font /Subtype /Type0 /BaseFont /A+Song /Encoding /Identity-H /DescendantFonts [4 0 R] >>"
    heir = (
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /A+Song /DW 1000 "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>"
    )
    content = b"BT /F1 12 Tf 72 700 Td <0011001200130054> Tj ET"
    named = b"BT /F2 12 Tf 72 640 Td (Report) Tj ET"
    fonts = "/F1 3 0 R /F2 5 0 R"
    objects = [font, heir, b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    document = read(raw_pdf([content + b" " + named], fonts=fonts, objects=objects))
    assert texts(document)[0] == "\ufffd" * 4
    assert notes(document) == {"unmapped_glyphs"}
    with pytest.raises(Unreadable) as raised:
        read(raw_pdf([content], fonts=fonts, objects=objects))
    assert raised.value.code == "broken"
    assert "fonts" in raised.value.reason


def test_underlines_part_no_cells() -> None:
    printed = lay_out(disclosure_2021())
    paper = Paper()
    paper.table(printed, 100)
    for cell, line, x, y in printed.lines:
        if cell.text:
            paper.line(x, 101 + y + printed.size, x + 9 * len(line), 101 + y + printed.size)
    (table,) = read(paper.bytes()).tables
    assert grid_texts(table.cells) == disclosure_2021().texts()


def test_a_frame_around_the_page_is_no_table() -> None:
    paper = Paper()
    paper.canvas.rect(40, 40, 515, 762)
    paper.paragraph(80, LONG)
    paper.table(lay_out(disputes()), 300)
    document = read(paper.bytes())
    assert [grid_texts(table.cells) for table in document.tables] == [disputes().texts()]
    assert texts(document) == [LONG]


def test_a_text_box_is_text() -> None:
    paper = Paper()
    paper.canvas.rect(50, 600, 495, 200)
    paper.paragraph(60, LONG)
    document = read(paper.bytes())
    assert (document.tables, texts(document)) == ((), [LONG])


def test_scanned_reports_are_told() -> None:
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A4)
    for _ in range(3):
        canvas.drawImage(a_picture(), 0, 0, 595, 842)
        canvas.showPage()
    canvas.save()
    with pytest.raises(Unreadable) as caught:
        read(stream.getvalue())
    assert caught.value.code == "scanned"


def test_a_scan_with_a_guessed_text_layer_is_a_scan() -> None:
    """What a machine guessed of a picture is no print: its numbers can't be trusted."""
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A4)
    canvas.drawImage(a_picture(), 0, 0, 595, 842)
    layer = canvas.beginText(60, 700)
    layer.setFont(register(), 12)
    layer.setTextRenderMode(3)
    layer.textLines(LONG + "\n受理12件")
    canvas.drawText(layer)
    canvas.showPage()
    canvas.save()
    with pytest.raises(Unreadable) as caught:
        read(stream.getvalue())
    assert caught.value.code == "scanned"
    assert "guessed" in caught.value.reason


def test_pages_that_are_pictures_are_named() -> None:
    paper = Paper()
    paper.paragraph(80, LONG)
    paper.next_page()
    paper.canvas.drawImage(a_picture(), 50, 100, 495, 700)
    paper.next_page()
    paper.paragraph(80, LONG)
    document = read(paper.bytes())
    assert document.images == 1
    assert ("image_pages", "Pages that are pictures: 2.") in document.notes


def test_small_pictures_and_backgrounds_count_for_nothing() -> None:
    paper = Paper()
    paper.canvas.drawImage(a_picture(), 0, 0, 595, 842)
    paper.canvas.drawImage(a_picture(40, 40), 300, 100, 80, 80)
    paper.paragraph(80, LONG)
    assert read(paper.bytes()).images == 0


@pytest.mark.parametrize(("password", "code"), [("", None), ("geheim", "encrypted")])
def test_protected_files(password: str, code: str | None) -> None:
    if code is None:
        assert texts(read(protected(password))) == ["总体情况"]
        return
    with pytest.raises(Unreadable) as caught:
        read(protected(password))
    assert caught.value.code == code


def protected(password: str) -> bytes:
    stream = io.BytesIO()
    canvas = Canvas(stream, encrypt=StandardEncryption(password, ownerPassword="other", canPrint=0))
    canvas.setFont(register(), 12)
    canvas.drawString(60, 700, "总体情况")
    canvas.save()
    return stream.getvalue()


def test_what_is_said_of_a_file_does_not_depend_on_the_one_before() -> None:
    said = set()
    for before in (protected("geheim"), b"%PDF-1.7\n", raw_pdf([b""])):
        for payload in (before, raw_pdf([])):
            with pytest.raises(Unreadable) as caught:
                read(payload)
        said.add((caught.value.code, caught.value.reason))
    assert len(said) == 1


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"%PDF-1.7\n", "broken"),
        (b"<html>no PDF</html>", "broken"),
        (raw_pdf([b""]), "empty"),
        (raw_pdf([]), "broken"),
    ],
)
def test_what_cannot_be_read_says_why(payload: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read(payload)
    assert caught.value.code == code


@pytest.mark.parametrize(("size", "filters"), [(60_000_000, 1), (60_000_000, 2), (60_000_000, 3)])
def test_bombs_are_refused_before_they_unpack(size: int, filters: int) -> None:
    payload = raw_pdf([b""], objects=[bomb(size, filters)]).replace(b"/Contents 4 0 R", b"/Contents 3 0 R")
    assert len(payload) < 100_000
    with pytest.raises(Unreadable) as caught:
        read(payload)
    assert caught.value.code == "too_large"


@pytest.mark.parametrize("spelt", [b"/Flate#44ecode", b"5 0 R", b"/FlateDecode /Pad (" + b"x" * 3000 + b")"])
def test_a_bomb_is_seen_however_its_filter_is_named(spelt: bytes) -> None:
    hidden = bomb(60_000_000).replace(b"[ /FlateDecode ]", spelt)
    payload = raw_pdf([b""], objects=[hidden]).replace(b"/Contents 4 0 R", b"/Contents 3 0 R")
    payload = payload.replace(b"\nxref\n", b"\n5 0 obj\n/FlateDecode\nendobj\nxref\n")
    with pytest.raises(Unreadable) as caught:
        read(payload)
    assert caught.value.code == "too_large"


def test_a_stream_that_is_used_many_times_ends_its_process_alone() -> None:
    """It takes 2 GB where nothing holds it."""
    payload = raw_pdf([b""], objects=[bomb(20_000_000)])
    payload = payload.replace(b"/Contents 4 0 R", b"/Contents [" + b"3 0 R " * 100 + b"]")
    outcome = parse_apart(replace(record(payload=payload), headers=(("Content-Type", "application/pdf"),)), None)
    assert isinstance(outcome, Failed)
    assert outcome.code == "crashed"


def test_a_page_of_endless_drawing_is_cut_and_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.documents.pdf.drawing.OBJECT_LIMIT", 500)
    document = read(whole(requests("2021")))
    assert "page_cut" in notes(document)
    assert all(table.spans == "lost" for table in document.tables)


def test_pages_beyond_the_limit_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_module, "PAGES_LIMIT", 2)
    paper = Paper()
    for _ in range(3):
        paper.paragraph(120, LONG)
        paper.next_page()
    document = read(paper.bytes())
    assert texts(document) == [LONG, LONG]
    assert ("pages_limit", "Only the first 2 of 3 pages were read.") in document.notes


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf\r\n", b"<br />\nWarning: session in <b>/www/down.php</b>\n" * 200])
def test_what_a_portal_prints_before_a_file_does_not_matter(before: bytes) -> None:
    document = extract(before + whole(disputes()) + b"\n\n", url="https://example.gov.cn/down.php?id=1")
    assert [grid_texts(table.cells) for table in document.tables] == [disputes().texts()]


@pytest.mark.parametrize("unit", [0.1, 0.3, 4.0, 12.0])
def test_a_page_in_units_of_its_own_is_read_as_it_looks(unit: float) -> None:
    """A program counts in pixels or inches; whether the page says so (UserUnit) or not, it is shown as large."""
    printed = lay_out(disclosure_2021())
    paper = Paper()
    paper.canvas.setPageSize((595 * unit, 842 * unit))
    paper.canvas.scale(unit, unit)
    paper.table(printed, 100)
    paper.canvas.setFillGray(1)
    paper.text(printed.xs[1] + 5, 100 + printed.ys[2] + 3, "77", 9)
    document = read(paper.bytes())
    assert [grid_texts(table.cells) for table in document.tables] == [disclosure_2021().texts()]
    assert notes(document) == {"unseen_text"}


def test_letters_too_small_to_see_are_not_read() -> None:
    printed = lay_out(disclosure_2021())
    paper = Paper()
    paper.table(printed, 100)
    paper.text(printed.xs[1] + 5, 100 + printed.ys[2] + 3, "77", 1)
    document = read(paper.bytes())
    assert [grid_texts(table.cells) for table in document.tables] == [disclosure_2021().texts()]
    assert notes(document) == {"unseen_text"}


def test_a_cut_file_is_unreadable_or_says_that_it_is_cut() -> None:
    cuts = lay_out(requests("2021")).ys
    payload = broken(requests("2021"), [cuts[9], cuts[18]])
    truth = set(requests("2021").texts().values())
    for length in range(200, len(payload) - 10, len(payload) // 40):
        try:
            document = read(payload[:length])
        except Unreadable as error:
            assert error.code in ("broken", "empty", "scanned")
            continue
        assert "truncated" in notes(document)
        numbers = {cell.text for table in document.tables for cell in table.cells if cell.text.isdigit()}
        assert numbers <= truth


@pytest.mark.parametrize("tail", [b"", b"xref\n0 9\n00000000", b"trail"])
def test_a_file_cut_before_its_trailer_is_read_and_said_to_be_cut(tail: bytes) -> None:
    payload = whole(disclosure_2021())
    document = read(payload[: payload.rindex(b"xref\n0 ")] + tail)
    assert [grid_texts(table.cells) for table in document.tables] == [disclosure_2021().texts()]
    assert "truncated" in notes(document)


def test_a_cut_file_without_its_text_is_broken() -> None:
    payload = raw_pdf([b""])
    with pytest.raises(Unreadable) as caught:
        read(payload[: payload.rindex(b"xref\n0 ")])
    assert caught.value.code == "broken"
    assert "cut off" in caught.value.reason


def test_flipped_bits_never_crash_and_never_take_long() -> None:
    payload = bytearray(whole(disclosure_2021()))
    choice = random.Random(11)
    started = time.monotonic()
    for _ in range(150):
        damaged = bytearray(payload)
        for _ in range(choice.randint(1, 12)):
            damaged[choice.randrange(len(damaged))] ^= 1 << choice.randrange(8)
        try:
            read(bytes(damaged))
        except Unreadable:
            continue
    assert time.monotonic() - started < 30


def test_tables_stand_in_the_order_of_the_text() -> None:
    paper = Paper()
    paper.text(60, 60, "二、主动公开", 12)
    first, second = lay_out(disclosure_2021()), lay_out(disputes())
    below = paper.table(first, 90)
    paper.text(60, below + 20, "四、行政复议", 12)
    paper.table(second, below + 50)
    blocks = read(paper.bytes()).blocks
    assert [isinstance(block, Table) for block in blocks] == [False, True, False, True]


def test_text_up_the_margin_is_left_out_and_counted() -> None:
    paper = Paper()
    paper.paragraph(80, LONG)
    paper.canvas.saveState()
    paper.canvas.translate(30, 300)
    paper.canvas.rotate(90)
    paper.canvas.setFont(register(), 10)
    paper.canvas.drawString(0, 0, "内部资料")
    paper.canvas.restoreState()
    document = read(paper.bytes())
    assert texts(document) == [LONG]
    assert ("turned_text", "4 characters that run up or down the page outside tables were left out.") in document.notes


def test_a_table_inside_a_cell_is_a_table_of_its_own() -> None:
    paper = Paper()
    for x in (50.0, 150.0, 545.0):
        paper.line(x, 100, x, 400)
    for y in (100.0, 130.0, 400.0):
        paper.line(50, y, 545, y)
    paper.text(60, 108, "栏目", 10)
    paper.text(200, 108, "内容", 10)
    paper.text(60, 200, "统计", 10)
    paper.table(lay_out(disclosure_2021(), left=160, width=370, size=7), 140)
    outer, inner = read(paper.bytes()).tables
    assert [cell.text for cell in outer.cells] == ["栏目", "内容", "统计", ""]
    assert grid_texts(inner.cells) == disclosure_2021().texts()
