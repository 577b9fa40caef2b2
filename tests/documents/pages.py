"""Pages and tables in the shape of real ones, and what should be read of them."""

import re
from collections.abc import Callable
from html import escape

from pipelines.documents.model import Table
from tests.kit.reports.sample import SampleReport
from tests.kit.reports.statutory import Rows

URL = "http://sw.example.gov.cn/zfxxgk/nb/202201/t20220120_1.html"
FORMS = ("2014", "2019", "2021")

Cells = dict[tuple[int, int], tuple[str, int, int]]


def report(form: str = "2021") -> SampleReport:
    return SampleReport.drawn("某市水务局", 2021, form)


def tables() -> list[tuple[str, Rows]]:
    """Every table of every form, with a name for the test's label."""
    return [(f"{form}-{name}", rows) for form in FORMS for name, rows in report(form).tables().items()]


def page(body: str, *, head: str = "", around: str = "{}") -> bytes:
    """A page with ``body`` in an editor's box, UTF-8 and declared so."""
    box = around.format(f'<div class="TRS_Editor">{body}</div>')
    return f'<!DOCTYPE html><html><head><meta charset="utf-8">{head}</head><body>{box}</body></html>'.encode()


def plain(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def word(text: str) -> str:
    """A cell's content as Word pastes it."""
    style = "font-size:9.0pt;font-family:宋体;mso-bidi-font-family:宋体"
    span = f'<span lang="EN-US" style="{style}"><span style="{style}">{plain(text)}</span><o:p></o:p></span>'
    return f'<p class="MsoNormal" align="center" style="mso-pagination:widow-orphan">{span}</p>'


def table(
    rows: Rows,
    content: Callable[[str], str] = plain,
    *,
    closed: bool = True,
    longer: dict[tuple[int, int], int] | None = None,
) -> str:
    """The rows as a table; ``longer`` adds to the rowspan of the cell at (row, index in the row)."""
    lines = []
    for number, row in enumerate(rows):
        line = "<tr>"
        for index, cell in enumerate(row):
            rowspan = cell.rowspan + (longer or {}).get((number, index), 0)
            spans = (f' rowspan="{rowspan}"' if rowspan > 1 else "") + (
                f" colspan={cell.colspan}" if cell.colspan > 1 else ""
            )
            line += f"<td{spans}>{content(cell.text)}" + ("</td>" if closed else "")
        lines.append(line + ("</tr>" if closed else ""))
    return '<table border="1">' + "\n".join(lines) + "</table>"


def truth(rows: Rows) -> Cells:
    """Where each printed cell stands: place to text without white space, rowspan, colspan."""
    taken: set[tuple[int, int]] = set()
    cells: Cells = {}
    for r, row in enumerate(rows):
        c = 0
        for cell in row:
            while (r, c) in taken:
                c += 1
            taken.update((r + down, c + right) for down in range(cell.rowspan) for right in range(cell.colspan))
            cells[r, c] = (squeezed(cell.text), cell.rowspan, cell.colspan)
    return cells


def cells_of(found: Table) -> Cells:
    return {(cell.row, cell.column): (squeezed(cell.text), cell.rowspan, cell.colspan) for cell in found.cells}


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def texts(found: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in found.rows()]
