"""Prints tables on paper: PDFs in which every rule, line and page break is where the test wants it."""

import io
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from pipelines.documents.model import GridCell
from tests.documents.statutory import Statutory

FONT = "STSong-Light"
PADDING = 4.0
RULES = ("lines", "boxes", "cell_boxes", "one_path", "double", "dotted", "dashed", "thick")

WIDTHS: dict[str, tuple[float, ...]] = {
    "disclosure_2021": (1, 1, 1, 1),
    "disclosure_2019": (3, 1, 2, 2, 1, 3),
    "requests_2019": (24, 50, 80, 40, 40, 40, 40, 40, 40, 40),
    "requests_2021": (24, 50, 80, 40, 40, 40, 40, 40, 40, 40),
    "disputes": (1,) * 15,
    "statistics": (5, 1, 2),
}


def register(name: str = FONT) -> str:
    if name not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(name))
    return name


@dataclass
class Printed:
    """A table laid out on an endless sheet: rows at ``ys`` from 0 downward, and each line of text at its place."""

    table: Statutory
    xs: list[float]
    ys: list[float]
    lines: list[tuple[GridCell, str, float, float]] = field(default_factory=list)
    size: float = 9.0


def wrap(text: str, width: float, size: float, font: str = FONT) -> list[str]:
    """``text`` broken as word processors do: between any two Chinese characters, never inside a number."""
    lines: list[str] = []
    for hard_line in text.split("\n"):
        line = ""
        for piece in _pieces(hard_line):
            if line and pdfmetrics.stringWidth(line + piece, font, size) > width:
                lines.append(line)
                line = ""
            line += piece
        lines.append(line)
    return lines


def _pieces(text: str) -> Iterable[str]:
    number = ""
    for character in text:
        if character.isascii() and character.isalnum():
            number += character
            continue
        if number:
            yield number
            number = ""
        yield character
    if number:
        yield number


def lay_out(
    table: Statutory, *, left: float = 60.0, width: float = 474.0, size: float = 9.0, centred: bool = True
) -> Printed:
    font = register()
    weights = WIDTHS.get(table.name, (1.0,) * table.width)
    scale = width / sum(weights)
    xs = [left]
    for weight in weights:
        xs.append(xs[-1] + weight * scale)
    leading = 1.3 * size
    wrapped = {}
    for cell in table.cells:
        room = xs[cell.column + cell.colspan] - xs[cell.column] - 2 * PADDING
        wrapped[cell.row, cell.column] = wrap(cell.text, room, size, font)
    heights = [leading + 2 * PADDING] * table.height
    for cell in sorted(table.cells, key=lambda cell: cell.rowspan):
        needed = len(wrapped[cell.row, cell.column]) * leading + 2 * PADDING
        lacking = needed - sum(heights[cell.row : cell.row + cell.rowspan])
        if lacking > 0:
            heights[cell.row + cell.rowspan - 1] += lacking
    ys = [0.0]
    for height in heights:
        ys.append(ys[-1] + height)
    printed = Printed(table, xs, ys, size=size)
    for cell in table.cells:
        lines = wrapped[cell.row, cell.column]
        top, bottom = ys[cell.row], ys[cell.row + cell.rowspan]
        y = top + (bottom - top - len(lines) * leading) / 2 if centred else top + PADDING
        for line in lines:
            x0, x1 = xs[cell.column], xs[cell.column + cell.colspan]
            x = (x0 + x1 - pdfmetrics.stringWidth(line, font, size)) / 2 if centred else x0 + PADDING
            printed.lines.append((cell, line, x, y))
            y += leading
    return printed


class Paper:
    """A PDF in writing. y runs downward from the top of the page."""

    def __init__(self, pagesize: tuple[float, float] = A4, rules: str = "lines", title: str = "") -> None:
        self._bytes = io.BytesIO()
        self.canvas = Canvas(self._bytes, pagesize=pagesize)
        if title:
            self.canvas.setTitle(title)
        self.pagesize = pagesize
        self.rules = rules
        self.font = register()

    def text(self, x: float, y: float, text: str, size: float = 12.0) -> None:
        """``y`` is the top of the line."""
        self.canvas.setFont(self.font, size)
        self.canvas.drawString(x, self.pagesize[1] - y - size, text)

    def paragraph(self, y: float, text: str, size: float = 12.0, left: float = 60.0, width: float = 474.0) -> float:
        """An indented paragraph; returns where the next one starts."""
        for index, line in enumerate(wrap("　　" + text, width, size, self.font)):
            indent = 2 * size if index == 0 else 0.0
            self.text(left + indent, y, line.lstrip("　"), size)
            y += 1.5 * size
        return y

    def next_page(self) -> None:
        self.canvas.showPage()

    def bytes(self) -> bytes:
        self.canvas.save()
        return self._bytes.getvalue()

    def table(
        self,
        printed: Printed,
        y: float,
        start: float = 0.0,
        end: float = math.inf,
        *,
        open_top: bool = False,
        open_bottom: bool = False,
        columns_drawn: bool = True,
    ) -> float:
        """The stripe of ``printed`` from ``start`` to ``end``, at ``y``; returns where it ends."""
        end = min(end, printed.ys[-1])
        for cell in printed.table.cells:
            top = max(printed.ys[cell.row], start)
            bottom = min(printed.ys[cell.row + cell.rowspan], end)
            if bottom - top > 0.01:
                self._borders(
                    (
                        printed.xs[cell.column],
                        y + top - start,
                        printed.xs[cell.column + cell.colspan],
                        y + bottom - start,
                    ),
                    top_drawn=not (open_top and top == start),
                    bottom_drawn=not (open_bottom and bottom == end),
                    columns_drawn=columns_drawn,
                )
        for _, line, x, line_y in printed.lines:
            if start <= line_y + 0.6 * printed.size < end:
                self.text(x, y + line_y - start, line, printed.size)
        return y + end - start

    def _borders(
        self,
        box: tuple[float, float, float, float],
        *,
        top_drawn: bool,
        bottom_drawn: bool,
        columns_drawn: bool,
    ) -> None:
        x0, top, x1, bottom = box
        if self.rules == "cell_boxes" and top_drawn and bottom_drawn and columns_drawn:
            self.canvas.setLineWidth(0.5)
            self.canvas.rect(x0, self.pagesize[1] - bottom, x1 - x0, bottom - top)
            return
        sides = []
        if top_drawn:
            sides.append((x0, top, x1, top))
        if bottom_drawn:
            sides.append((x0, bottom, x1, bottom))
        if columns_drawn:
            sides.extend([(x0, top, x0, bottom), (x1, top, x1, bottom)])
        if self.rules == "one_path":
            self._one_path(sides)
            return
        for side in sides:
            _STYLES[self.rules](self, *side)

    def _one_path(self, sides: Sequence[tuple[float, float, float, float]]) -> None:
        path = self.canvas.beginPath()
        for xa, ya, xb, yb in sides:
            path.moveTo(xa, self.pagesize[1] - ya)
            path.lineTo(xb, self.pagesize[1] - yb)
        self.canvas.setLineWidth(0.75)
        self.canvas.drawPath(path, stroke=1, fill=0)

    def line(self, xa: float, ya: float, xb: float, yb: float, width: float = 0.5) -> None:
        self.canvas.setLineWidth(width)
        self.canvas.line(xa, self.pagesize[1] - ya, xb, self.pagesize[1] - yb)

    def box(self, x0: float, top: float, x1: float, bottom: float) -> None:
        """A filled box."""
        self.canvas.rect(x0, self.pagesize[1] - bottom, x1 - x0, bottom - top, stroke=0, fill=1)


def _as_box(paper: Paper, xa: float, ya: float, xb: float, yb: float) -> None:
    paper.box(xa - 0.24, ya - 0.24, xb + 0.24, yb + 0.24)


def _double(paper: Paper, xa: float, ya: float, xb: float, yb: float) -> None:
    across, down = (0.0, 0.8) if ya == yb else (0.8, 0.0)
    paper.line(xa - across, ya - down, xb - across, yb - down, 0.3)
    paper.line(xa + across, ya + down, xb + across, yb + down, 0.3)


def _dotted(paper: Paper, xa: float, ya: float, xb: float, yb: float) -> None:
    """Dots as small boxes, as word processors print a dotted border."""
    length, level = max(xb - xa, yb - ya), ya == yb
    for step in range(int(length / 0.96) + 1):
        x, y = (xa + step * 0.96, ya) if level else (xa, ya + step * 0.96)
        paper.box(x, y, x + 0.48, y + 0.48)


def _dashed(paper: Paper, xa: float, ya: float, xb: float, yb: float) -> None:
    """Dashes as many short strokes."""
    length, level = max(xb - xa, yb - ya), ya == yb
    for step in range(int(length / 4.0) + 1):
        begin, end = step * 4.0, min(step * 4.0 + 2.5, length)
        if end <= begin:
            continue
        if level:
            paper.line(xa + begin, ya, xa + end, ya)
        else:
            paper.line(xa, ya + begin, xa, ya + end)


def _thick(paper: Paper, xa: float, ya: float, xb: float, yb: float) -> None:
    paper.line(xa, ya, xb, yb, 2.2)


_STYLES: dict[str, Callable[[Paper, float, float, float, float], Any]] = {
    "lines": Paper.line,
    "cell_boxes": Paper.line,
    "boxes": _as_box,
    "double": _double,
    "dotted": _dotted,
    "dashed": _dashed,
    "thick": _thick,
}


def whole(table: Statutory, rules: str = "lines", **layout: Any) -> bytes:
    """``table`` alone on one long page, with its title above and a page number below."""
    printed = lay_out(table, **layout)
    paper = Paper((595.0, printed.ys[-1] + 200.0), rules)
    paper.text(150, 40, "某某市卫生健康委员会政府信息公开工作年度报告", 16)
    paper.table(printed, 90)
    paper.text(285, printed.ys[-1] + 165, "- 1 -", 9)
    return paper.bytes()


def broken(
    table: Statutory,
    cuts: Sequence[float],
    *,
    rules: str = "lines",
    header_rows: int = 0,
    opened: bool = False,
    **layout: Any,
) -> bytes:
    """``table`` broken over pages at the heights ``cuts``, with running header and page numbers on each page."""
    printed = lay_out(table, **layout)
    paper = Paper((595.0, printed.ys[-1] + 260.0), rules)
    edges = [0.0, *cuts, printed.ys[-1]]
    paper.text(60, 70, "三、收到和处理政府信息公开申请情况", 12)
    for index, (start, end) in enumerate(pairwise(edges)):
        paper.text(60, 20, "某某市政府信息公开工作年度报告", 9)
        paper.text(285, printed.ys[-1] + 230, f"- {index + 1} -", 9)
        y = 100.0
        if index and header_rows:
            y = paper.table(printed, y, 0.0, printed.ys[header_rows])
        y = paper.table(printed, y, start, end, open_top=opened and index > 0, open_bottom=opened and index < len(cuts))
        if index == len(cuts):
            paper.paragraph(y + 30, "以上为本年度收到和处理申请的情况。")
        paper.next_page()
    return paper.bytes()
