"""Reports as plain text, as extractors and converters leave it."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

from tests.kit.reports.sample import SampleReport
from tests.kit.reports.statutory import Printed, Rows


def text(table: Callable[[Rows], str]) -> Callable[[SampleReport, Random], bytes]:
    def render(report: SampleReport, rng: Random) -> bytes:
        lines = [report.title, ""]
        for kind, content in report.blocks():
            lines.append(table(content) if kind == "table" else str(content))  # type: ignore[arg-type]
        return "\n".join(lines).encode()

    return render


def pipes(rows: Rows) -> str:
    """Cells between bars; what spans left behind stands as empty cells at the row's end."""
    width = sum(cell.colspan for cell in rows[0])
    lines = []
    for row in rows:
        cells = [cell.text.replace("\n", " ") for cell in row]
        spanned = min(width, sum(cell.colspan for cell in row)) - len(row)
        lines.append(" | ".join([*cells, *[""] * spanned]).strip() + " |")
    return "\n".join(lines)


def marked_down(rows: Rows) -> str:
    """A table of Markdown: bars at both ends, a line of dashes below the head."""
    first, *below = tabs(rows).split("\n")
    lines = [f"| {line.replace(chr(9), ' | ')} |" for line in (first, *below)]
    return "\n".join([lines[0], "|" + "---|" * (first.count("\t") + 1), *lines[1:]])


def tabs(rows: Rows) -> str:
    """The full grid, cells between tabs, spanned places empty."""
    taken: set[tuple[int, int]] = set()
    lines = []
    width = sum(cell.colspan for cell in rows[0])
    for r, row in enumerate(rows):
        line = [""] * width
        column = 0
        for cell in row:
            while (r, column) in taken:
                column += 1
            taken.update((r + i, column + j) for i in range(cell.rowspan) for j in range(cell.colspan))
            line[column] = cell.text.replace("\n", "")
        lines.append("\t".join(line))
    return "\n".join(lines)


def filled(rows: Rows) -> str:
    """Markdown of a converter that writes a spanning label into every place that it covers."""
    first, *below = (f"| {' | '.join(_squeezed(cell) for cell in row)} |" for row in flat(rows))
    return "\n".join([first, "|" + "---|" * len(flat(rows)[0]), *below])


def _squeezed(cell: Printed) -> str:
    return cell.text.replace("\n", "")


def spaced(rows: Rows) -> str:
    """Cells with wide gaps between them; what spans left behind is not seen."""
    return "\n".join("    ".join(cell.text.replace("\n", "") for cell in row) for row in rows)


def cell_a_line(rows: Rows) -> str:
    """Every cell on a line of its own after a tab; a blank line between rows; vertical spans leave empty cells."""
    taken: set[tuple[int, int]] = set()
    groups = []
    for r, row in enumerate(rows):
        cells: list[str] = []
        column = 0
        queue = list(row)
        width = sum(cell.colspan for cell in rows[0])
        while column < width:
            if (r, column) in taken:
                cells.append("")
                while (r, column) in taken:
                    column += 1
                continue
            if not queue:
                break
            cell = queue.pop(0)
            cells.append(cell.text)
            if cell.rowspan > 1:
                taken.update((r + i, column + j) for i in range(1, cell.rowspan) for j in range(cell.colspan))
            column += cell.colspan
        groups.append("\n".join(f"\t{cell}" for cell in cells))
    return "\n\n".join(groups)


def flat(rows: Rows) -> list[list[Printed]]:
    below: dict[int, tuple[Printed, int]] = {}
    result = []
    for row in rows:
        flat: list[Printed] = []
        queue = list(row)
        while queue or len(flat) in below:
            column = len(flat)
            if column in below:
                cell, left = below[column]
                if left == 1:
                    del below[column]
                else:
                    below[column] = (cell, left - 1)
                flat.append(cell)
                continue
            cell = queue.pop(0)
            for _ in range(cell.colspan):
                if cell.rowspan > 1:
                    below[len(flat)] = (replace(cell, rowspan=1, colspan=1), cell.rowspan - 1)
                flat.append(replace(cell, rowspan=1, colspan=1))
        result.append(flat)
    return result
