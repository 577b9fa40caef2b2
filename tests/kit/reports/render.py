"""A sample report as the files that portals carry: HTML, a PDF with a text layer, a Word document, a workbook."""

from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from openpyxl import Workbook
from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table

from tests.kit.reports.sample import SampleReport
from tests.kit.reports.statutory import Printed, Rows

# A Chinese font that every PDF reader knows by name: no font file is needed to write or to read the text.
FONT = "STSong-Light"
MARGIN = 25 * mm
SAVED = datetime(2024, 1, 20, tzinfo=UTC)


def html_table(rows: Rows) -> str:
    """The table with row and column spans as the forms print them."""
    lines = []
    for row in rows:
        cells = "".join(f"<td{_spans(cell)}>{escape(cell.text).replace(chr(10), '<br>')}</td>" for cell in row)
        lines.append(f"<tr>{cells}</tr>")
    return '<table border="1" cellspacing="0">' + "".join(lines) + "</table>"


def _spans(cell: Printed) -> str:
    row = f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else ""
    column = f' colspan="{cell.colspan}"' if cell.colspan > 1 else ""
    return row + column


def html_body(report: SampleReport) -> str:
    """The inner HTML of the article's body, without the title (the portal's template prints that)."""
    parts = []
    for kind, content in report.blocks():
        if kind == "table":
            parts.append(html_table(content))  # type: ignore[arg-type]
        else:
            style = ' style="text-align:right"' if kind == "right" else ""
            text = escape(str(content))
            parts.append(f"<p{style}>　　<strong>{text}</strong></p>" if kind == "h" else f"<p{style}>　　{text}</p>")
    return "\n".join(parts)


def pdf(
    report: SampleReport,
    *,
    with_title: bool = True,
    upright: bool = True,
    behind: Callable[[Canvas], None] = lambda canvas: None,
) -> bytes:
    """A PDF of ruled tables that break over pages, with running page numbers; ``upright`` says whether the columns are
    parted by rules too, ``behind`` draws on each page before all else."""
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    body = ParagraphStyle("body", fontName=FONT, fontSize=10.5, leading=18, firstLineIndent=21, wordWrap="CJK")
    heading = ParagraphStyle("heading", parent=body, fontSize=12, spaceBefore=6)
    right = ParagraphStyle("right", parent=body, alignment=TA_RIGHT)
    title = ParagraphStyle("title", parent=body, fontSize=16, leading=26, alignment=TA_CENTER, firstLineIndent=0)
    flow: list[Flowable] = [Paragraph(escape(report.title), title), Spacer(1, 6 * mm)] if with_title else []
    styles = {"p": body, "h": heading, "right": right}
    for kind, content in report.blocks():
        if kind == "table":
            flow += [RuledTable(content, upright), Spacer(1, 4 * mm)]  # type: ignore[arg-type]
        else:
            flow.append(Paragraph(escape(str(content)), styles[kind]))
    stream = BytesIO()
    page = SimpleDocTemplate(
        stream,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        title=report.title,
        author=report.agency,
        invariant=True,
    )

    def opened(canvas: Canvas, template: SimpleDocTemplate) -> None:
        canvas.saveState()
        behind(canvas)
        canvas.restoreState()
        _page_number(canvas, template)

    page.build(flow, onFirstPage=opened, onLaterPages=opened)
    return stream.getvalue()


def _page_number(canvas, template) -> None:  # type: ignore[no-untyped-def]
    canvas.setFont(FONT, 9)
    canvas.drawCentredString(A4[0] / 2, 12 * mm, f"- {template.page} -")


class RuledTable(Flowable):
    """A ruled table that breaks between any two rows, spans cut at the break, as word processors print it.

    ReportLab's own table refuses to break inside a span, and the forms have one that is longer than a page.
    """

    def __init__(self, rows: Rows, upright: bool = True) -> None:
        super().__init__()
        self.upright = upright
        self.grid, self.spans = _filled(rows)

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        return self._table(self.grid, self.spans, width).wrap(width, height)

    def split(self, width: float, height: float) -> list[Flowable]:
        whole = self._table(self.grid, self.spans, width)
        whole.wrap(width, height)
        fitting, used = 0, 0.0
        for row_height in whole._rowHeights:
            if used + row_height > height:
                break
            fitting, used = fitting + 1, used + row_height
        if fitting == 0:
            return []
        return [self._part(0, fitting), self._part(fitting, len(self.grid))]

    def _rules(self) -> tuple[str, ...]:
        return ("GRID",) if self.upright else ("LINEABOVE", "LINEBELOW")

    def _part(self, first: int, end: int) -> "RuledTable":
        part = RuledTable.__new__(RuledTable)
        Flowable.__init__(part)
        part.upright = self.upright
        part.grid = self.grid[first:end]
        cut = ((max(r, first), c, min(r + h, end) - max(r, first), w) for r, c, h, w in self.spans)
        part.spans = [(r - first, c, h, w) for r, c, h, w in cut if h > 0 and (h > 1 or w > 1)]
        return part

    def drawOn(self, canvas, x, y, _sW=0) -> None:  # type: ignore[no-untyped-def]
        table = self._table(self.grid, self.spans, A4[0] - 2 * MARGIN)
        table.wrapOn(canvas, A4[0] - 2 * MARGIN, A4[1])
        table.drawOn(canvas, x, y)

    def _table(self, grid: list[list[str]], spans: list[tuple[int, int, int, int]], width: float) -> Table:
        style = ParagraphStyle("cell", fontName=FONT, fontSize=8, leading=10, alignment=TA_CENTER, wordWrap="CJK")
        data = [[Paragraph(escape(t).replace("\n", "<br/>"), style) if t else "" for t in row] for row in grid]
        first = width * (0.25 if len(grid[0]) < 6 else 1 / len(grid[0]))
        rest = (width - first) / (len(grid[0]) - 1)
        return Table(
            data,
            colWidths=[first, *[rest] * (len(grid[0]) - 1)],
            style=[
                *((rule, (0, 0), (-1, -1), 0.5, colors.black) for rule in self._rules()),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                *(("SPAN", (c, r), (c + w - 1, r + h - 1)) for r, c, h, w in spans),
            ],
        )


def _filled(rows: Rows) -> tuple[list[list[str]], list[tuple[int, int, int, int]]]:
    """The rows as a full grid of texts (spanned places empty) and the (row, column, height, width) of each span."""
    width = sum(cell.colspan for cell in rows[0])
    taken: set[tuple[int, int]] = set()
    grid = [[""] * width for _ in rows]
    spans = []
    for r, row in enumerate(rows):
        c = 0
        for cell in row:
            while (r, c) in taken:
                c += 1
            taken.update((r + i, c + j) for i in range(cell.rowspan) for j in range(cell.colspan))
            grid[r][c] = cell.text
            if cell.rowspan > 1 or cell.colspan > 1:
                spans.append((r, c, cell.rowspan, cell.colspan))
    return grid, spans


def docx(report: SampleReport) -> bytes:
    """A Word document with merged cells."""
    word = WordDocument()
    word.core_properties.title = report.title
    word.add_heading(report.title, level=0).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for kind, content in report.blocks():
        if kind == "table":
            _word_table(word, content)
            continue
        paragraph = word.add_paragraph(str(content))
        if kind == "right":
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    word.core_properties.created = word.core_properties.modified = SAVED
    stream = BytesIO()
    word.save(stream)
    return _undated(stream)


def _undated(stream: BytesIO) -> bytes:
    """The ZIP in ``stream`` without the time of its making: the same report is the same bytes every time."""
    fixed = BytesIO()
    with ZipFile(stream) as made, ZipFile(fixed, "w", ZIP_DEFLATED) as kept:
        for name in made.namelist():
            kept.writestr(ZipInfo(name), made.read(name), ZIP_DEFLATED)
    return fixed.getvalue()


def _word_table(word, rows: Rows) -> None:  # type: ignore[no-untyped-def]
    grid, spans = _filled(rows)
    table = word.add_table(rows=len(grid), cols=len(grid[0]))
    table.style = "Table Grid"
    for r, c, height, width in spans:
        table.cell(r, c).merge(table.cell(r + height - 1, c + width - 1))
    for r, row in enumerate(grid):
        for c, text in enumerate(row):
            if text:
                table.cell(r, c).text = text


def xlsx(report: SampleReport) -> bytes:
    """A workbook with the whole report on one sheet: text rows, then tables with merged cells."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "年度报告"
    at = 1
    sheet.cell(at, 1, report.title)
    for kind, content in report.blocks():
        at += 1
        if kind != "table":
            sheet.cell(at, 1, str(content))
            continue
        grid, spans = _filled(content)  # type: ignore[arg-type]
        for r, row in enumerate(grid):
            for c, text in enumerate(row):
                if text:
                    sheet.cell(at + r, c + 1, _as_number(text))
        for r, c, height, width in spans:
            sheet.merge_cells(start_row=at + r, start_column=c + 1, end_row=at + r + height - 1, end_column=c + width)
        at += len(grid)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _as_number(text: str) -> str | float:
    try:
        return float(text)
    except ValueError:
        return text
