"""Tables without upright rules: entries put into columns and rows by their places.

Where nothing is drawn, spans can't be known: such tables have ``spans="lost"``. Each line with numbers is a row;
a line without any belongs to the nearest such row (a label broken over lines), or to the header above the first.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines.documents.pdf_lines import Line, Piece
from pipelines.documents.pdf_part import Part, PartCell

# A number or a mark for none, as an entry by itself.
_ENTRY = re.compile(r"[-−+]?[\d,，.．]+(?:\s*[%％万亿元]+)?|[-—–/／]+|无|零")
# Fewer lines with entries are no table: addresses and dates set with wide gaps.
_LEAST_ROWS = 2
# A label may be broken over this many lines between two rows of numbers.
_LABEL_LINES = 4


@dataclass(frozen=True, slots=True)
class Region:
    """Lines ``start`` to ``end`` (exclusive) of a page that make up ``part``."""

    start: int
    end: int
    part: Part


def unruled_regions(lines: Sequence[Line], page: int, first_number: int) -> list[Region]:
    """The tables that stand in the running lines of a page, top to bottom; ``first_number`` is that of the first."""
    regions: list[Region] = []
    for start, end in _spans(lines):
        part = _part(lines[start:end], page, first_number + len(regions))
        if part is not None:
            regions.append(Region(start, end, part))
    return regions


def _entries(line: Line) -> list[Piece]:
    """The numbers of a row: entries at its end, at least one of them behind a gap, or two side by side."""
    entries: list[Piece] = []
    for piece in reversed(line.pieces):
        if not _ENTRY.fullmatch(piece.text):
            break
        entries.insert(0, piece)
    if len(line.pieces) < 2:
        return []
    return entries


def _spans(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    rows = [index for index, line in enumerate(lines) if _entries(line)]
    group: list[int] = []
    for index in rows:
        if group and index - group[-1] > _LABEL_LINES + 1:
            yield from _span(lines, group)
            group = []
        group.append(index)
    yield from _span(lines, group)


def _span(lines: Sequence[Line], rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    if len(rows) < _LEAST_ROWS:
        return
    start, end = rows[0], rows[-1] + 1
    left = min(entry.x0 for row in rows for entry in _entries(lines[row]))
    while start > 0 and len(lines[start - 1].pieces) > 1:
        start -= 1
    while end < len(lines) and _is_label_rest(lines, end, left):
        end += 1
    yield start, end


def _is_label_rest(lines: Sequence[Line], index: int, left: float) -> bool:
    """Whether a line below the last row goes on with its label: short, close, and left of the numbers."""
    line, before = lines[index], lines[index - 1]
    return line.x1 < left and line.top - before.top < 1.6 * line.size and line.x0 >= before.x0 - line.size


def _part(lines: Sequence[Line], page: int, number: int) -> Part | None:
    rows = [index for index, line in enumerate(lines) if _entries(line)]
    columns = _columns([entry for row in rows for entry in _entries(lines[row])])
    if not columns:
        return None
    cells: list[PartCell] = []
    heads = [line for line in lines[: rows[0]] if len(line.pieces) > 1]
    for height, line in enumerate(heads):
        cells.extend(PartCell(height, column, 1, 1, piece.text) for column, piece in enumerate(line.pieces))
    labels = _labels(lines, rows, len(heads))
    for offset, row in enumerate(rows):
        cells.extend(_row(len(heads) + offset, labels[row], _entries(lines[row]), columns))
    width = max(cell.column for cell in cells) + 1
    return Part(
        xs=[lines[0].x0 + column for column in range(width + 1)],
        heights=[lines[0].size] * (len(heads) + len(rows)),
        cells=cells,
        pages=(page, page),
        number=number,
        top=lines[0].top,
        bottom=lines[-1].bottom,
        spans="lost",
        lines=list(lines),
    )


def _columns(entries: Sequence[Piece]) -> list[tuple[float, float]]:
    """Bands in which entries of several rows stand over each other."""
    bands: list[tuple[float, float]] = []
    for entry in sorted(entries, key=lambda entry: entry.x0):
        if bands and entry.x0 <= bands[-1][1]:
            bands[-1] = (bands[-1][0], max(bands[-1][1], entry.x1))
        else:
            bands.append((entry.x0, entry.x1))
    return bands


def _labels(lines: Sequence[Line], rows: Sequence[int], heads: int) -> dict[int, list[str]]:
    """The label pieces of each row, those of the lines around it included, from top to bottom."""
    labels: dict[int, list[str]] = {row: [] for row in rows}
    for index, line in enumerate(lines):
        if index in labels:
            kept = line.pieces[: len(line.pieces) - len(_entries(line))]
            labels[index].extend(piece.text for piece in kept)
        elif index > rows[0] or not heads:
            nearest = min(rows, key=lambda row: abs(lines[row].y - line.y))
            labels[nearest].append(line.text)
    return labels


def _row(
    row: int, labels: Sequence[str], entries: Sequence[Piece], columns: Sequence[tuple[float, float]]
) -> list[PartCell]:
    """One label cell, then a cell for each column, empty where no entry stands."""
    cells = [PartCell(row, 0, 1, 1, "\n".join(labels))]
    for column, (x0, x1) in enumerate(columns):
        texts = [entry.text for entry in entries if x0 <= (entry.x0 + entry.x1) / 2 <= x1]
        cells.append(PartCell(row, column + 1, 1, 1, " ".join(texts)))
    return cells
