"""PDFs that hold text which their pages do not show, and text that runs across the print."""

from collections.abc import Callable

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics

from pipelines.documents.model import Document, Unreadable
from pipelines.documents.pdf.reader import read_pdf
from pipelines.documents.pdf.strike import STROKE
from tests.documents.paper import Paper, lay_out, register
from tests.documents.raw_pdf import SONG, raw_pdf, shown
from tests.documents.statutory import disclosure_2021, grid_texts

TABLE = disclosure_2021()


def read(payload: bytes) -> Document:
    return read_pdf(payload, url="https://example.gov.cn/report.pdf")


def codes(document: Document) -> set[str]:
    return {code for code, _ in document.notes}


def other_numbers(paper: Paper) -> None:
    """A number close to the place of each number that the table prints."""
    for index, (cell, text, x, y) in enumerate(lay_out(TABLE).lines):
        if cell.text.isdigit():
            paper.text(x + (index % 3 - 1) * 4, 102 + y, str(7 * int(text) % 89), 9)


def white(paper: Paper) -> None:
    paper.canvas.setFillGray(1)
    other_numbers(paper)


def under_a_white_box(paper: Paper) -> None:
    other_numbers(paper)
    paper.canvas.setFillGray(1)
    paper.box(40, 90, 560, 120 + lay_out(TABLE).ys[-1])


def under_a_picture(paper: Paper) -> None:
    other_numbers(paper)
    picture = ImageReader(Image.new("RGB", (20, 20), (250, 250, 240)))
    paper.canvas.drawImage(picture, 40, 200, 520, 560)


@pytest.mark.parametrize("hidden", [white, under_a_white_box, under_a_picture])
def test_numbers_that_nobody_sees_are_not_read(hidden: Callable[[Paper], None]) -> None:
    """A number was painted over and printed anew, or a file carries the numbers of its draft."""
    paper = Paper()
    paper.canvas.saveState()
    hidden(paper)
    paper.canvas.restoreState()
    paper.table(lay_out(TABLE), 100)
    document = read(paper.bytes())
    assert [grid_texts(table.cells) for table in document.tables] == [TABLE.texts()]
    assert "unseen_text" in codes(document)


def test_white_letters_on_a_dark_head_are_read() -> None:
    paper = Paper()
    printed = lay_out(TABLE)
    paper.canvas.setFillGray(0.2)
    paper.box(printed.xs[0], 100, printed.xs[-1], 100 + printed.ys[-1])
    paper.canvas.setFillGray(1)
    paper.table(printed, 100)
    document = read(paper.bytes())
    assert [grid_texts(table.cells) for table in document.tables] == [TABLE.texts()]
    assert "unseen_text" not in codes(document)


@pytest.mark.parametrize(("state", "texts"), [("/OFF", ["予以公开十件"]), ("/ON", ["受理三百件", "予以公开十件"])])
def test_a_layer_is_read_as_it_is_switched(state: str, texts: list[str]) -> None:
    content = b"/OC /Draft BDC\n" + shown("受理三百件", 60, 700) + b"EMC\n" + shown("予以公开十件", 60, 600)
    layer = b"<< /Type /OCG /Name (draft) >>"
    layers = f"/OCProperties << /OCGs [ 3 0 R ] /D << {state} [ 3 0 R ] >> >>"
    resources = "/Properties << /Draft 3 0 R >>"
    payload = raw_pdf([content], fonts=SONG, objects=[layer], resources=resources, catalog=layers)
    assert [paragraph.text for paragraph in read(payload).paragraphs] == texts


@pytest.mark.parametrize(("state", "texts"), [("/OFF", ["予以公开十件"]), ("/ON", ["受理三百件", "予以公开十件"])])
def test_a_form_in_a_layer_is_read_as_it_is_switched(state: str, texts: list[str]) -> None:
    drawn = shown("受理三百件", 60, 700)
    form = (
        (
            f"<< /Type /XObject /Subtype /Form /BBox [ 0 0 595 842 ] /OC 3 0 R /Resources << /Font << {SONG} >> >> "
            f"/Length {len(drawn)} >>\nstream\n"
        ).encode()
        + drawn
        + b"\nendstream"
    )
    layer = b"<< /Type /OCG /Name (draft) >>"
    layers = f"/OCProperties << /OCGs [ 3 0 R ] /D << {state} [ 3 0 R ] >> >>"
    content = b"/Form Do\n" + shown("予以公开十件", 60, 600)
    payload = raw_pdf(
        [content], fonts=SONG, objects=[layer, form], resources="/XObject << /Form 4 0 R >>", catalog=layers
    )
    assert [paragraph.text for paragraph in read(payload).paragraphs] == texts


@pytest.mark.parametrize(("size", "step"), [(9, 60), (36, 140)])
@pytest.mark.parametrize("first", [True, False])
def test_pale_text_across_a_table_is_no_part_of_it(size: float, step: int, first: bool) -> None:
    paper = Paper()

    def mark() -> None:
        paper.canvas.setFillGray(0.85)
        for y in range(90, 500, step):
            for x in range(30, 500, int(7.5 * size)):
                paper.text(x, y, "某某市2022", size)
        paper.canvas.setFillGray(0)

    if first:
        mark()
    paper.table(lay_out(TABLE), 100)
    if not first:
        mark()
    document = read(paper.bytes())
    assert [grid_texts(table.cells) for table in document.tables] == [TABLE.texts()]
    assert "watermark" in codes(document)


def test_pale_numbers_that_stand_alone_in_their_cells_are_read() -> None:
    paper = Paper()
    printed = lay_out(TABLE)
    numbers = [line for line in printed.lines if line[0].text.isdigit()]
    printed.lines = [line for line in printed.lines if not line[0].text.isdigit()]
    paper.table(printed, 100)
    paper.canvas.setFillGray(0.75)
    for _, text, x, y in numbers:
        paper.text(x, 100 + y, text, 9)
    (table,) = read(paper.bytes()).tables
    assert grid_texts(table.cells) == TABLE.texts()


def test_text_below_the_picture_of_its_page_was_guessed_by_a_machine() -> None:
    paper = Paper()
    paper.paragraph(80, "全年受理申请十二件，予以公开十件。" * 8)
    paper.canvas.drawImage(ImageReader(Image.new("L", (600, 800), 240)), 0, 0, 595, 842)
    with pytest.raises(Unreadable) as caught:
        read(paper.bytes())
    assert caught.value.code == "scanned"
    assert "guessed" in caught.value.reason


def test_a_number_that_is_struck_out_is_none() -> None:
    """By a line, as a word processor draws it; the border of a cell and an underline strike nothing out."""
    paper = Paper()
    printed = lay_out(TABLE)
    paper.table(printed, 100)
    marked = {}
    for cell, text, x, y in printed.lines:
        if not text.isdigit():
            continue
        width = pdfmetrics.stringWidth(text, register(), 9)
        level = 100 + y + (5.5 if int(text) % 3 == 0 else 11.0)
        paper.line(x - 1, level, x + width + 1, level)
        if int(text) % 3 == 0:
            marked[cell.row, cell.column, cell.rowspan, cell.colspan] = "".join(digit + STROKE for digit in text)
    (table,) = read(paper.bytes()).tables
    assert grid_texts(table.cells) == TABLE.texts() | marked
    assert marked


def test_digits_printed_over_each_other_are_no_number() -> None:
    paper = Paper()
    printed = lay_out(TABLE)
    paper.table(printed, 100)
    cell, text, x, y = next(line for line in printed.lines if line[1].isdigit())
    paper.text(x + 0.6, 100.2 + y, str(int(text) + 1111)[-len(text) :], 9)
    (table,) = read(paper.bytes()).tables
    found = grid_texts(table.cells)
    assert "\ufffd" in found.pop((cell.row, cell.column, cell.rowspan, cell.colspan))
    assert found.items() <= TABLE.texts().items()


def test_slanting_text_is_counted() -> None:
    paper = Paper()
    paper.table(lay_out(TABLE), 100)
    paper.canvas.translate(100, 300)
    paper.canvas.rotate(35)
    paper.canvas.setFont(register(), 40)
    paper.canvas.drawString(0, 0, "内部资料")
    document = read(paper.bytes())
    assert ("watermark", "4 characters of watermarks across the print were left out.") in document.notes
