"""Office files whose tables are laid out by hand."""

from io import BytesIO
from random import Random

from docx import Document
from openpyxl import Workbook

from benchmarks.accuracy.texts import tabs
from tests.kit.reports.sample import SampleReport


def lines_with_tabs(report: SampleReport, rng: Random) -> bytes:
    """A Word document whose tables are paragraphs, tabs between the cells."""
    word = Document()
    for kind, content in [("p", report.title), *report.blocks()]:
        lines = tabs(content).split("\n") if kind == "table" else [str(content)]  # type: ignore[arg-type]
        for line in lines:
            word.add_paragraph(line)
    stream = BytesIO()
    word.save(stream)
    return stream.getvalue()


def side_by_side(report: SampleReport, rng: Random) -> bytes:
    """A sheet with all tables beside each other, an empty column between them."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.cell(1, 1, report.title)
    left = 1
    for rows in report.tables().values():
        lines = [line.split("\t") for line in tabs(rows).split("\n")]
        for row, line in enumerate(lines, 3):
            for column, text in enumerate(line, left):
                sheet.cell(row, column, text or None)
        left += len(lines[0]) + 1
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()
