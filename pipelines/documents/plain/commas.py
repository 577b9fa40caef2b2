"""Tables saved as values that commas or semicolons part: a row a line, cells that hold such a mark or a line break in
quotes."""

import csv
import re
from collections.abc import Sequence

from pipelines.documents.plain.rows import WIDE_ROW, Block, is_blank, is_figure, is_prose, is_section, is_wide_row

_LONGEST_ROW = 400
_LONGEST_CELL = 80
_LINES_OF_ROW = 8  # of one with line breaks in its quotes
_ROWS_OF_HEAD = 8  # rows of labels one after the other: heads, and rows without numbers
_BARE_LABEL = 40
_MOST_BARE = 3  # labels one below the other
_MARKS = (",", ";", "；")
_SENTENCE = re.compile(r"[。！？]")
_WIDE_GAP = re.compile(r"\t|\s{3}")
# Commas in 1,234 part no cells where the number stands behind a space or begins the line.
_GROUPED = re.compile(r"(?<![\d,])\d{1,3}(?:,\d{3}){1,3}(?![\d,])")


def read_commas(lines: Sequence[str], start: int) -> Block | None:
    """The table at ``start``: heads, rows of a label and figures, and lines of one label between them."""
    mark = max(_MARKS, key=lines[start].count)
    rows: list[list[str]] = []
    kept = figures = 0
    index = end = start
    while index < len(lines) and len(rows) - kept < _ROWS_OF_HEAD:
        if is_blank(lines[index]):
            if not rows:
                return None
            index += 1
            continue
        row, following = _row(lines, index, mark)
        if row is None:
            if not rows or not _is_bare_label(lines, index, mark):
                break
            row = [lines[index].strip()]
        rows.append(row)
        index = following
        if count := _figures(row):
            figures += 2 if count >= WIDE_ROW else 1
            kept, end = len(rows), index
    return Block(rows[:kept], end) if figures > 1 else None


def _row(lines: Sequence[str], index: int, mark: str) -> tuple[list[str] | None, int]:
    """The cells of the row that begins at ``index``, or None; and the index of the line after it."""
    text = lines[index]
    following = index + 1
    while text.count('"') % 2 and following < min(index + _LINES_OF_ROW, len(lines)) and len(text) < _LONGEST_ROW:
        text += "\n" + lines[following]
        following += 1
    if mark not in text or len(text) > _LONGEST_ROW or text.count('"') % 2:
        return None, index + 1
    if mark == "," and mark not in _GROUPED.sub("", text):
        return None, index + 1
    read = csv.reader(text.splitlines(keepends=True), delimiter=mark, skipinitialspace=True)
    cells = [cell.strip() for row in read for cell in row]
    if any(len(cell) > _LONGEST_CELL or _is_text(cell) for cell in cells):
        return None, index + 1
    if is_section(text) and not _figures(cells):
        return None, index + 1
    return cells, following


def _figures(row: Sequence[str]) -> int:
    """How many places for figures end the row, empty ones included; a comma that ends a line makes none by itself."""
    if len(row) < 2:
        return 0
    if is_wide_row(row):
        return len(row)
    count = next((count for count, cell in enumerate(reversed(row)) if cell and not is_figure(cell)), len(row))
    return count if count > 1 or row[-1] else 0


def _is_text(cell: str) -> bool:
    return bool("；" in cell or _SENTENCE.search(cell) or _WIDE_GAP.search(cell))


def _is_bare_label(lines: Sequence[str], index: int, mark: str) -> bool:
    line = lines[index].strip()
    if len(line) > _BARE_LABEL or is_prose(line) or is_section(line) or _is_text(line):
        return False
    below = lines[index + 1 : index + 1 + _MOST_BARE]
    return any(_row(lines, index + 1 + at, mark)[0] is not None for at in range(len(below)))
