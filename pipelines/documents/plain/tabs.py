"""Tables copied out of Word or a browser: rows with tabs between the cells, or one tab-led cell a line."""

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from pipelines.documents.plain.rows import (
    Block,
    is_blank,
    is_figure,
    is_number,
    is_open,
    is_prose,
    is_section,
    next_printed,
)

_CELL = re.compile(r"\t[^\t\n]*")
_BARE_LABEL = 40
_FEWEST_CELLS = 6
_LONGEST_CELL = 160
_ROWS_IN_ONE = 3
_WIDE_ROW = 10
_PROBE = 60  # after so many lines a table shows


def read_tab_rows(lines: Sequence[str], start: int) -> Block | None:
    """A table with a row a line. Blank lines (page breaks) inside it count as nothing; a short line without a tab
    between two rows is a row of one cell."""
    if not _is_row(lines[start]):
        return None
    rows: list[list[str]] = []
    index = start
    end = start
    while index < len(lines):
        line = lines[index]
        if _is_row(line) or (rows and "\t" in line and not is_blank(line)):
            rows.append([_unquoted(cell) for cell in line.split("\t")])
            end = index + 1
        elif not is_blank(line) and not _is_bare_label(lines, index):
            break
        elif not is_blank(line):
            rows.append([line])
        index += 1
    del rows[len(rows) - _bare_tail(rows) :]
    wide = [row for row in rows if len(row) > 1]
    if len(wide) < 2 and not any(is_number(cell) for row in wide for cell in row):
        return None
    return Block(rows, end)


def _unquoted(cell: str) -> str:
    """The cell without the quotes that sheets put around it."""
    quoted = len(cell) > 1 and cell[0] == cell[-1] == '"'
    return cell[1:-1].replace('""', '"') if quoted else cell


def _is_row(line: str) -> bool:
    """Tabs between texts, or empty cells before or after one; a single leading tab is an indent, or a cell's."""
    tabs = line.count("\t")
    text = line.strip("\t ")
    if not tabs or not text:
        return False
    return "\t" in text or ((tabs > 1 or not line.startswith("\t")) and len(text) <= _LONGEST_CELL)


def _bare_tail(rows: list[list[str]]) -> int:
    """How many rows at the end have no tab: they belong to the text below."""
    return next((count for count, row in enumerate(reversed(rows)) if len(row) > 1), len(rows))


def _is_bare_label(lines: Sequence[str], index: int) -> bool:
    line = lines[index]
    if len(line.strip()) > _BARE_LABEL or is_prose(line) or is_section(line):
        return False
    return index + 1 < len(lines) and _is_row(lines[index + 1])


def read_tab_cells(lines: Sequence[str], start: int) -> Block | None:
    """A table with a tab-led cell a line and a blank line after each row; a cell may go on over untabbed lines. Where
    all line breaks are doubled, a single blank line says nothing."""
    if not _CELL.fullmatch(lines[start]):
        return None
    doubled = _is_doubled(lines, start)
    rows: list[list[str]] = [[]]
    index = start
    end = start
    while index < len(lines):
        line = lines[index]
        if len(line) > _LONGEST_CELL or (index - start == _PROBE and not _is_table([row for row in rows if row])):
            break
        if _CELL.fullmatch(line):
            rows[-1].append(line[1:])
            end = index + 1
        elif is_blank(line):
            following = next_printed(lines, index)
            if doubled and following - index == 1:
                pass
            elif following < len(lines) and _goes_on(lines, index, following, rows):
                rows[-1][-1] += "\n" + lines[following]
                index = following
                end = index + 1
            elif rows[-1]:
                rows.append([])
        elif _goes_on(lines, index, index, rows):
            if not rows[-1]:
                rows.pop()
            rows[-1][-1] += "\n" + line
            end = index + 1
        else:
            break
        index += 1
    rows = [row for row in rows if row]
    return Block(rows, end) if _is_table(rows) else None


def _is_doubled(lines: Sequence[str], start: int) -> bool:
    """Whether a blank line follows each of the next lines, and more than one now and then: then rows end there."""
    printed = [index for index in range(start, min(start + _PROBE, len(lines) - 2)) if not is_blank(lines[index])]
    return (
        len(printed) >= _FEWEST_CELLS
        and all(is_blank(lines[index + 1]) for index in printed)
        and any(is_blank(lines[index + 2]) for index in printed)
    )


def _holds_rows(row: list[str]) -> bool:
    """Whether the row is many rows that nothing parts: label and figures follow each other again and again."""
    printed = [is_figure(cell) for cell in row if not is_blank(cell)]
    if min(sum(printed), len(printed) - sum(printed)) >= _WIDE_ROW:
        return True  # the labels of a head, and the figures below it
    return sum(before and not after for before, after in pairwise(printed)) >= _ROWS_IN_ONE


def _goes_on(lines: Sequence[str], gap: int, index: int, rows: list[list[str]]) -> bool:
    """Whether the untabbed line at ``index`` continues the last cell; ``gap`` is where blank lines before it begin."""
    line = lines[index]
    if line.startswith("\t") or is_section(line) or is_prose(line):
        return False
    row = next((row for row in reversed(rows) if row), None)
    if row is None or (gap < index and row is not rows[-1]):
        return False
    cell = row[-1]
    if len(cell) > _LONGEST_CELL:
        return False
    if is_open(cell):
        return True
    if is_blank(cell) or is_figure(cell) or is_figure(line):
        return False
    # Within a row the next cell stands on the very next line; after a table comes text, or blank lines.
    follows = index + 1 < len(lines) and (lines[index + 1].startswith("\t") or is_blank(lines[index + 1]))
    return follows and (
        gap == index or (index - gap == 1 and len(line.strip()) <= 12 and lines[index + 1].startswith("\t"))
    )


def _is_table(rows: list[list[str]]) -> bool:
    cells = [cell.strip() for row in rows for cell in row]
    if len(cells) < _FEWEST_CELLS or max(map(len, rows)) < 2 or any(map(_holds_rows, rows)):
        return False
    return median(map(len, cells)) <= _BARE_LABEL
