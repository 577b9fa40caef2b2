"""Which of a page's <table> elements are tables of data, and which only arrange the page."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from html import unescape
from itertools import islice

from pipelines.documents.fields import is_field_label
from pipelines.documents.html.celltext import cell_text, shows_picture
from pipelines.documents.html.even_table import EvenReader
from pipelines.documents.html.grid import RawCell, Row, Structure, colspan_of, resolve, rowspan_of
from pipelines.documents.html.page import Page
from pipelines.documents.html.tree import Element, inner_text
from pipelines.documents.model import Table
from pipelines.documents.plain.rows import is_figure

_MAX_CELLS = 100_000  # of one page; the largest real report has about 1,000
_MOST_UNEVEN = 10  # tables of one page whose spans are put right
_LONG_CELL = 400
_LONG_SHARE = 0.6
_LINK_SHARE = 0.5
_SHORT_LABEL = 30
_MOST_METADATA = 60  # cells
_ROW_PARTS = frozenset({"tr", "thead", "tbody", "tfoot"})

# Links, in markup, and what is taken out of one to get its text.
_LINK = re.compile(r"<a(?=[\s>])[^>]*+>([^<]*+(?:<(?!/?a[\s>])[^<]*+)*+)</a\s*>", re.I)
_TAG = re.compile(r"<[^>]*>")

Note = tuple[str, str]


class Arrangement(Enum):
    """A table that holds no data of the report."""

    LAYOUT = "it arranges the page; what is in it belongs to the text"
    METADATA = "it holds the article's own data: no text of the article"


LAYOUT, METADATA = Arrangement


@dataclass(frozen=True, slots=True)
class DataTable:
    """A data table before it has a place in the document; ``strays`` is text in it that stands in no cell (caption),
    ``asks`` says that pictures, links or files may be in it."""

    table: Table
    strays: str
    asks: bool = True


class TableReader:
    """Reads the tables of one page; counts cells over all of them, so that a million cells end in a note."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._cells = 0
        self._uneven = 0
        self._spans_cut = 0
        self._cells_left_out = 0

    @cached_property
    def _even(self) -> EvenReader:
        return EvenReader(self._page.spelling)

    def read(self, number: int, markup: str | None, hidden: bool) -> DataTable | Arrangement:
        """The data in the table of that number on the page; ``markup`` is given where no other stands in it."""
        even = None if markup is None else self._even.read(markup, _MAX_CELLS - self._cells)
        if even is None or markup is None:
            return self.read_with_care(self._page.tables[number], hidden)
        self._cells += len(even.cells)
        texts = [cell.text for cell in even.cells if cell.text]
        links = (lambda: _length_of_links(markup)) if even.asks else int
        kind = _kind(texts, (cell.row for cell in even.cells if cell.text), links)
        return DataTable(Table(*even[:3], hidden=hidden), "", even.asks) if kind is None else kind

    def read_with_care(self, element: Element, hidden: bool) -> DataTable | Arrangement:
        """The same, for tables with whatever is in them."""
        self._visibility = self._page.visibility
        structure = Structure(element, _MAX_CELLS)
        sections = structure.sections
        if self._visibility.hides_within(element):
            sections = self._shown(sections)
        if not _may_hold_data([row for section in sections for row in section]):
            return LAYOUT
        sections = self._within_budget(element, sections)
        raw = [[self._row(row) for row in section] for section in sections]
        rows = [row for section in raw for row in section]
        printed = [(number, cell) for number, row in enumerate(rows) for cell in row if cell.text or cell.image]
        texts = [cell.text for _, cell in printed]
        if kind := _kind(texts, (number for number, _ in printed), lambda: _link_length(element)):
            return kind
        grid = resolve(raw, mend=self._uneven < _MOST_UNEVEN)
        self._uneven += grid.uneven
        self._spans_cut += grid.cut
        return DataTable(Table(grid.cells, grid.height, grid.width, hidden=hidden), self._strays(structure))

    def notes(self) -> tuple[Note, ...]:
        """What a person may want to know of the tables that were read so far."""
        notes: list[Note] = []
        if self._spans_cut:
            notes.append(("span_cut", f"{self._spans_cut} row spans reached into complete rows and were cut"))
        if self._cells_left_out:
            reason = f"the page has more than {_MAX_CELLS} table cells; {self._cells_left_out} were not read"
            notes.append(("cells_cut", reason))
        return tuple(notes)

    def _shown(self, sections: list[list[list[Element]]]) -> list[list[list[Element]]]:
        """Without the cells that a browser leaves out, and without hidden rows whose labels stand in a row that is
        shown (others may be unfolded by a click)."""
        removes = self._visibility.removes
        kept = [[[cell for cell in row if not removes(cell)] for row in section] for section in sections]
        hidden = {id(row) for section in kept for row in section if row and self._is_hidden_row(row[0])}
        if not hidden:
            return kept
        shown = {self._labels(row) for section in kept for row in section if id(row) not in hidden} | {()}
        return [[row for row in rows if id(row) not in hidden or self._labels(row) not in shown] for rows in kept]

    def _is_hidden_row(self, cell: Element) -> bool:
        around = islice(cell.iterancestors(), 2)  # the row, and the section that it stands in
        return any(one.tag in _ROW_PARTS and self._visibility.removes(one) for one in around)

    def _labels(self, row: list[Element]) -> tuple[str, ...]:
        texts = (cell_text(cell, self._visibility) for cell in row)
        return tuple(text for text in texts if text and not is_figure(text))

    def _row(self, elements: list[Element]) -> Row:
        return [self._cell(element) for element in elements]

    def _cell(self, element: Element) -> RawCell:
        text = "" if self._visibility.hides(element) else cell_text(element, self._visibility)
        rowspan, colspan = element.get("rowspan"), element.get("colspan")
        return RawCell(
            text,
            1 if rowspan is None else rowspan_of(rowspan),
            1 if colspan is None else colspan_of(colspan),
            not text and shows_picture(element),
        )

    def _strays(self, structure: Structure) -> str:
        """Text between the table and its cells: the caption, and what browsers print above a table because it stands
        in no cell."""
        texts = [
            stray if stray is None or isinstance(stray, str) else cell_text(stray, self._visibility)
            for stray in structure.strays
        ]
        return " ".join(text.strip() for text in texts if text and not text.isspace())

    def _within_budget(self, element: Element, sections: list[list[list[Element]]]) -> list[list[list[Element]]]:
        """As many whole rows as the page's budget of cells still allows."""
        cells = sum(len(row) for section in sections for row in section)
        self._cells += cells
        if self._cells <= _MAX_CELLS:
            return sections
        budget = _MAX_CELLS - (self._cells - cells)
        kept: list[list[list[Element]]] = [[]]
        for row in (row for section in sections for row in section):
            if len(row) > budget:
                break
            kept[-1].append(row)
            budget -= len(row)
        self._cells_left_out += sum(1 for _ in element.iter("td", "th")) - sum(map(len, kept[-1]))
        return kept


def _may_hold_data(rows: list[list[Element]]) -> bool:
    """Asked before any text is read: a table of one cell, or of one column, arranges."""
    return sum(map(len, rows)) > 1 and max(map(len, rows)) > 1


def _kind(texts: list[str], rows: Iterable[int], links: Callable[[], int]) -> Arrangement | None:
    """What a table with these printed texts (empty for a picture) in these rows is, if it holds no data of the report;
    ``links`` tells how many of the characters are links."""
    if _is_metadata(texts):
        return METADATA
    return None if _is_data(texts, rows, links) else LAYOUT


def _is_data(texts: list[str], rows: Iterable[int], links: Callable[[], int]) -> bool:
    if len(texts) < 2:
        return False
    lengths = list(map(len, texts))
    longest, total = max(lengths), sum(lengths)
    if longest > _LONG_CELL and longest >= _LONG_SHARE * total:
        return False
    if links() > _LINK_SHARE * total and 4 * sum(map(is_figure, texts)) < len(texts):
        return False
    first = next(rows := iter(rows))
    if all(row == first for row in rows):
        return any(map(is_figure, texts)) or (len(texts) > 2 and longest <= _SHORT_LABEL)
    return True


def _is_metadata(texts: list[str]) -> bool:
    """The article's own data (索引号, 发布机构 …) in label and value."""
    texts = list(filter(None, texts))
    if len(texts) > _MOST_METADATA:
        return False
    labels = sum(map(is_field_label, texts))
    return labels >= 2 and labels * 3 >= len(texts)


def _link_length(element: Element) -> int:
    return sum(len(inner_text(link).strip()) for link in element.iter("a"))


def _length_of_links(markup: str) -> int:
    """The same for markup of which nothing else is to be asked."""
    texts = (unescape(_TAG.sub("", link)) for link in _LINK.findall(markup))
    return sum(len(text.strip()) for text in texts)
