"""Lines of plain text to paragraphs and tables.

Text has no cells of its own; six layouts stand for them: pipes, ruled boxes, tabs, commas or semicolons, one cell a
line, and columns of spaces. Each has its reader (`pipes`, `tabs`, `commas`, `cells`, `columns`); a reader gets the
lines and a place, and answers with a block of rows or nothing. Rows stay in printed order and no printed number is
merged with another or dropped: what a row broken over a page belongs to is decided by those who know the forms.
"""

import re
from collections.abc import Callable, Sequence

from pipelines.documents.model import GridCell, Paragraph, Table, Unreadable
from pipelines.documents.normal import fold, fold_lines
from pipelines.documents.plain.cells import read_single_cells
from pipelines.documents.plain.columns import read_columns
from pipelines.documents.plain.commas import read_commas
from pipelines.documents.plain.furniture import printed_lines
from pipelines.documents.plain.pipes import read_boxes, read_pipes
from pipelines.documents.plain.rows import Block, is_blank, is_item, next_printed
from pipelines.documents.plain.tabs import read_tab_cells, read_tab_rows

_READERS: tuple[Callable[[Sequence[str], int], Block | None], ...] = (
    read_boxes,
    read_pipes,
    read_tab_rows,
    read_tab_cells,
    read_commas,
    read_columns,
    read_single_cells,
)
_SEPARATORS = "\t|｜│┃║,;；"
_MOST_SEPARATORS = 600_000  # a table's cell takes half a kilobyte
_WRAPPED = 30  # a line shorter than this ends its paragraph whatever stands at its end
_CUT_BY_PAGE = 60  # and one shorter than this, if blank lines follow
_ENDS = ("。", "！", "？", "；", "：", "”", "）", ")", ".", "!", "?", ";", ":", "…", "报告", "报表", "年报", "情况")
_LABELLED = re.compile(r"[\u4e00-\u9fff\s]{1,8}[:：]")


def read_lines(
    lines: Sequence[str], where: Callable[[int], str] = lambda index: f"line {index + 1}"
) -> list[Paragraph | Table]:
    """The blocks that the lines hold, in order; ``where`` names the place of a table by the index of its first line."""
    _bound(lines)
    printed = printed_lines(lines)
    lines = [lines[index] for index in printed]
    blocks: list[Paragraph | Table] = []
    index = barren = 0
    while index < len(lines):
        if is_blank(lines[index]):
            index += 1
            continue
        block = _block(lines, index) if index >= barren else None
        if block is not None and block.rows:
            blocks.append(table_of(block.rows, where(printed[index]), block.gathered))
            index = block.end
            continue
        if block is not None:
            barren = block.end
        index = _paragraph(lines, index, blocks)
    return blocks


def _bound(lines: Sequence[str]) -> None:
    """Raises `Unreadable` (``too_large``) where the lines hold more cells than memory has room for."""
    if sum(map(len, lines)) > _MOST_SEPARATORS < sum(line.count(mark) for line in lines for mark in _SEPARATORS):
        raise Unreadable("too_large", f"the text has more than {_MOST_SEPARATORS} marks that part cells")


def _block(lines: Sequence[str], index: int) -> Block | None:
    barren: Block | None = None
    for reader in _READERS:
        block = reader(lines, index)
        if block is not None and block.rows:
            return block
        barren = barren or block
    return barren


def table_of(rows: Sequence[Sequence[str]], where: str, gathered: bool = False) -> Table:
    """A table whose columns only count the cells of their row."""
    cells = tuple(
        GridCell(text=fold_lines(text), row=row, column=column)
        for row, texts in enumerate(rows)
        for column, text in enumerate(texts)
    )
    return Table(
        cells, height=len(rows), width=max(map(len, rows), default=0), spans="lost", where=where, gathered=gathered
    )


def _paragraph(lines: Sequence[str], index: int, blocks: list[Paragraph | Table]) -> int:
    """Add the paragraph at ``index``, joined with the following lines that only wrap it; returns where it ends."""
    text = fold(lines[index])
    index += 1
    while (following := _wrapped(text, lines, index)) is not None:
        text += fold(lines[following])
        index = following + 1
    if text:
        blocks.append(Paragraph(text))
    return index


def _wrapped(text: str, lines: Sequence[str], index: int) -> int | None:
    """The index of the line that continues ``text``, where the text breaks in the middle of a sentence: at a fixed
    width, or over a page (then blank lines stand between)."""
    if len(text) < _WRAPPED or text.endswith(_ENDS):
        return None
    following = next_printed(lines, index)
    if following == len(lines) or (following > index and len(text) < _CUT_BY_PAGE):
        return None
    line = lines[following]
    if line[0] in "\t \u3000\u00a0|" or "\t" in line or is_item(line) or _LABELLED.match(line):
        return None
    return following
