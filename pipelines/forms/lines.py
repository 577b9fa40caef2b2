"""The lines of the document's tables, sorted by the statutory table that each belongs to."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from config.forms import load_forms
from pipelines.documents.model import Document, GridCell, Paragraph, Table
from pipelines.forms.headings import known_heading
from pipelines.forms.label import canonical, label_like, unspaced
from pipelines.forms.sections import part_heading
from pipelines.forms.vocabulary import Vocabulary, tables_with, vocabularies
from pipelines.forms.wrapped import unwrapped

# No statutory table is longer; what is larger is a data sheet, and only looked through so far.
MAX_ROWS = 4_000
_TELLING = 3
_ROWS_WITHOUT_HEAD = 4
_TURNED = 3
_TURNED_ROWS = 9
_WIDE_ROW = 15
_BEGINS_SECTION = re.compile(r"^\s*[一二三四五六七八九十]{1,3}\s*[、.．](?P<rest>.*)", re.DOTALL)
_NUMERALS = frozenset("一二三四五六七八九十")
_LONGEST_HEADING = 80
# 附：所属单位统计表, but not 本局及所属单位统计表.
_OF_OTHERS = re.compile(r"(?<![含及和与、括])(?:所属|下属|直属|二级)(?:各|事业|预算|基层)*单位")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a printed table; ``cells`` are those that start in it, from the left. A line that is ``turned`` is one
    of its columns, read from above: rows and columns of its cells have changed places."""

    table: Table
    row: int
    cells: tuple[GridCell, ...]
    turned: bool = False

    @property
    def where(self) -> str:
        return self._in_table(f"{'column' if self.turned else 'row'} {self.row + 1}")

    def place(self, cell: GridCell) -> str:
        """Where the cell is printed."""
        row, column = (cell.column, self.row) if self.turned else (self.row, cell.column)
        return self._in_table(f"row {row + 1}, column {column + 1}")

    def _in_table(self, place: str) -> str:
        return f"{self.table.where}, {place}" if self.table.where else place

    @property
    def full(self) -> bool:
        """Whether its own cells fill the table from edge to edge: no cell reaches into it from above."""
        return sum(cell.colspan for cell in self.cells) == self.table.width

    @property
    def resolved(self) -> bool:
        return self.table.spans == "resolved"


@dataclass(slots=True)
class Segment:
    """Lines of one printed table that belong to one statutory table. ``section`` is the section that it stands in
    (`begun_section`), ``part`` counts the sections before it; ``of_others`` says that the lines above give the table to
    bodies below the agency."""

    key: str
    lines: list[Line]
    section: str = ""
    part: int = 0
    of_others: bool = False


@lru_cache(maxsize=4096)
def _section(beginning: str) -> str | None:
    found = _BEGINS_SECTION.match(beginning)
    return None if found is None else known_heading(part_heading(found["rest"])[0]) or ""


def begun_section(paragraph: Paragraph) -> str | None:
    """Which section of a report begins with the paragraph (`known_heading`), empty where it is no known one; None where
    none begins."""
    text = paragraph.text
    # Asked of every line of the page: most begin otherwise.
    return _section(text[:_LONGEST_HEADING]) if paragraph.main and text.lstrip()[:1] in _NUMERALS else None


def segments(document: Document) -> tuple[Segment, ...]:
    """The parts of the document's tables that are parts of statutory tables, in printed order.

    A table without any statutory label is taken for the continuation of the statutory table before it when it holds
    numbers and pieces of that table's labels alone, and no section begins between the two.
    """
    found: list[Segment] = []
    open_key: str | None = None
    section, begun, of_others = "", 0, False
    for block in document.blocks:
        if isinstance(block, Paragraph):
            beginning = begun_section(block)
            if beginning is not None:
                open_key, section, begun, of_others = None, beginning, begun + 1, False
            elif len(block.text) <= _LONGEST_HEADING and "单位" in block.text:
                of_others = _OF_OTHERS.search(block.text) is not None
            continue
        placed = {"section": section, "part": begun, "of_others": of_others}
        parts = [replace(part, **placed) for part in _split(_gridded(block), open_key)]  # type: ignore[arg-type]
        found += parts
        open_key = parts[-1].key if parts else open_key
    return tuple(found)


def _gridded(table: Table) -> Table:
    """A table of a text in which each place of the grid is written out, spanning labels again in every place that they
    cover: there the cells of a row do tell their columns."""
    if table.spans == "resolved" or len(table.cells) != table.height * table.width:
        return table
    filled = any(
        left.row == right.row and len(left.text) >= _TELLING and _same_label(left, right)
        for left, right in pairwise(table.cells)
    )
    return replace(table, spans="resolved") if filled else table


def _split(table: Table, open_key: str | None) -> list[Segment]:
    lines = unwrapped(list(_lines(table)))
    votes = [_votes(line) for line in lines]
    if not any(len(vote) == 1 for vote in votes):
        return [Segment(open_key, lines)] if open_key and lines and _continues(lines, open_key) else []
    current = _first_owner(votes, open_key)
    parts: list[Segment] = []
    for line, vote in zip(lines, votes, strict=True):
        if len(vote) == 1 and current not in vote:
            current = next(iter(vote))
        if not parts or parts[-1].key != current:
            parts.append(Segment(current, []))
        parts[-1].lines.append(line)
    return [_one_below_the_other(_upright(part)) for part in parts if _belongs(part, open_key)]


def _lines(table: Table) -> Iterator[Line]:
    """The rows in which something is printed, and behind them the first that is as wide as the disputes: they have no
    label, and may be left blank."""
    blank: Line | None = None
    rows = _without_margin(table.rows()[:MAX_ROWS]) if table.spans == "lost" else table.rows()[:MAX_ROWS]
    for row, cells in enumerate(rows):
        if any(cell.text.strip() or cell.image for cell in cells):
            yield Line(table, row, _unflattened(cells) if table.spans == "resolved" else cells)
            blank = None
        elif blank is None and len(cells) >= _WIDE_ROW:
            blank = Line(table, row, cells)
    if blank is not None:
        yield blank


def _without_margin(rows: tuple[tuple[GridCell, ...], ...]) -> tuple[tuple[GridCell, ...], ...]:
    """The rows of a text without the empty cell that each begins with: a tab stands before each cell, not between."""
    if any(len(cells) > 1 and cells[0].text.strip() for cells in rows):
        return rows
    return tuple(cells[1:] if len(cells) > 1 else cells for cells in rows)


def _unflattened(cells: tuple[GridCell, ...]) -> tuple[GridCell, ...]:
    """The cells with a label that stands in several neighbouring places put into one that spans them: converters write
    a spanning label into every place that it covered."""
    if not any(_same_label(left, right) for left, right in pairwise(cells)):
        return cells
    result: list[GridCell] = []
    for cell in cells:
        last = result[-1] if result else None
        if last is not None and last.column + last.colspan == cell.column and _same_label(last, cell):
            result[-1] = last._replace(colspan=last.colspan + cell.colspan)
        else:
            result.append(cell)
    return tuple(result)


def _same_label(one: GridCell, other: GridCell) -> bool:
    return unspaced(one.text) == unspaced(other.text) and bool(tables_with(one.text))


def _votes(line: Line) -> frozenset[str]:
    """The statutory tables that the line's labels allow: those named most often."""
    counts: dict[str, int] = {}
    for cell in line.cells[:40]:
        for key in _named_by(cell.text):
            counts[key] = counts.get(key, 0) + 1
    most = max(counts.values(), default=0)
    return frozenset([key for key, count in counts.items() if count == most])


@lru_cache(maxsize=16384)
def _named_by(text: str) -> frozenset[str]:
    """The statutory tables that a label speaks for; words of one or two characters (数量) prove nothing."""
    return frozenset() if len(canonical(text)) < _TELLING else tables_with(text) or headed(text)


@lru_cache(maxsize=4096)
def headed(text: str) -> frozenset[str]:
    """The statutory table whose heading the text is, where wording around the heading differs (行政机关收到和…)."""
    plain = canonical(text)
    if len(plain) < 8:
        return frozenset()
    return frozenset(key for heading, key in _headings() if heading in plain)


@lru_cache(maxsize=1)
def _headings() -> tuple[tuple[str, str], ...]:
    return tuple(
        (canonical(heading), key)
        for form in load_forms().values()
        for key, table in form.tables.items()
        for heading in table.headings
    )


def _first_owner(votes: list[frozenset[str]], open_key: str | None) -> str:
    """Whose the lines before the first clear label are: the table continued, where they may be its, else the first."""
    first = next(next(iter(vote)) for vote in votes if len(vote) == 1)
    begins_clearly = bool(votes) and len(votes[0]) == 1
    may_continue = open_key is not None and any(open_key in vote for vote in votes[:1])
    return open_key if open_key and may_continue and not begins_clearly else first


def _continues(lines: list[Line], key: str) -> bool:
    vocabulary = vocabularies()[key]
    return all(
        not label_like(cell.text) or vocabulary.sense(cell.text).known or vocabulary.is_fragment(cell.text)
        for line in lines
        for cell in line.cells
    )


def _belongs(part: Segment, open_key: str | None) -> bool:
    """Whether a part is more than stray words: enough labels stand in it that no other table has.

    Words of one or two characters (其他, 总计, 规章) prove nothing, nor do row labels without a head, if they are few.
    """
    vocabulary = vocabularies()[part.key]
    rows: set[str] = set()
    columns: set[str] = set()
    for line in part.lines:
        for cell in line.cells:
            if len(canonical(cell.text)) >= _TELLING:
                sense = vocabulary.sense(cell.text)
                rows.update(sense.rows)
                columns.update(sense.columns)
    if part.key == open_key:
        return bool(rows or columns)
    return (bool(columns) and len(rows) + len(columns) >= 2) or len(rows) >= _ROWS_WITHOUT_HEAD


def _upright(part: Segment) -> Segment:
    """A table whose column labels stand below each other, with rows and columns in each other's place."""
    vocabulary = vocabularies()[part.key]
    if vocabulary.layout == "list" or (vocabulary.layout == "matrix" and not _rows_abreast(part, vocabulary)):
        return part
    # Words that may head a row as well (其他, 总计) do not tell which way round the table is.
    labels = [
        [cell for cell in line.cells if (sense := vocabulary.sense(cell.text)).columns and not sense.rows]
        for line in part.lines
    ]
    ends = {cell.column + cell.colspan for line in labels for cell in line}
    if max(map(len, labels)) > 1 or len(ends) != 1 or sum(map(len, labels)) < _TURNED:
        return part
    resolved = part.lines[0].resolved
    if not (_is_even(part.lines) if resolved else len({len(line.cells) for line in part.lines}) == 1):
        return part
    rows: dict[int, list[GridCell]] = {}
    for line in part.lines:
        for text, row, column, rowspan, colspan, image in line.cells:
            rows.setdefault(column, []).append(GridCell(text, column, row, colspan, rowspan, image))
    if vocabulary.layout == "across" and any(_names_two(cells, vocabulary) for cells in rows.values()):
        return part
    table = part.lines[0].table
    lines = [Line(table, row, tuple(cells), turned=True) for row, cells in sorted(rows.items())]
    return replace(part, lines=[replace(line, cells=_unflattened(line.cells)) if resolved else line for line in lines])


def _is_even(lines: list[Line]) -> bool:
    """Whether the cells cover each line that has several, from edge to edge: else one of them is not above or below
    those that it belongs to."""
    covered = Counter[int]()
    for cell in (cell for line in lines for cell in line.cells):
        for row in range(cell.row, cell.row + cell.rowspan):
            covered[row] += cell.colspan
    return all(covered[line.row] == line.table.width for line in lines if len(line.cells) > 1)


def _rows_abreast(part: Segment, vocabulary: Vocabulary) -> bool:
    """Whether so many labels of rows stand side by side in a line that it is their head."""
    return any(
        len(line.cells) > _TURNED_ROWS
        and sum(bool(vocabulary.sense(cell.text).rows) for cell in line.cells) > _TURNED_ROWS
        for line in part.lines
    )


def _names_two(cells: list[GridCell], vocabulary: Vocabulary) -> bool:
    """Whether labels of two rows stand beside values: those of a head that lost its spans."""
    senses = [vocabulary.sense(cell.text) for cell in cells if cell.text.strip()]
    return len({sense.rows for sense in senses if sense.rows}) > 1 and not all(sense.known for sense in senses)


def _one_below_the_other(part: Segment) -> Segment:
    """A list that is printed in blocks side by side, each with its own head, put into one: the left block first."""
    vocabulary = vocabularies()[part.key]
    if vocabulary.layout != "list":
        return part
    heads = [[cell for cell in line.cells if vocabulary.sense(cell.text).columns] for line in part.lines]
    ends = [cell.column for cell in max(heads, key=len, default=[])]
    if len(ends) < 2:
        return part
    lines = []
    for first, last in pairwise([-1, *ends]):
        for line in part.lines:
            cells = tuple(cell for cell in line.cells if first < cell.column <= last)
            if any(cell.text.strip() for cell in cells):
                lines.append(replace(line, cells=cells))
    return Segment(part.key, lines)
