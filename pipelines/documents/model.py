"""What a reader sees of a document, whatever its format: text in order, tables as grids, attachments.

Every format module turns bytes into a `Document`; everything after it knows no format.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple

Spans = Literal["resolved", "lost"]


class GridCell(NamedTuple):
    """One printed cell; a tuple, because a page has hundreds and a frozen dataclass takes four times as long to make.

    ``row`` and ``column`` are its top-left place in the table's grid, from 0; ``rowspan`` and ``colspan`` how far
    it reaches (at least 1, never beyond the grid). ``text`` is as printed after the document's repairs: white space
    runs folded to one space, line breaks inside the cell kept as ``\\n``. ``image`` says that the cell shows
    a picture and no text.
    """

    text: str
    row: int
    column: int
    rowspan: int = 1
    colspan: int = 1
    image: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A data table. Layout tables are dissolved into the text around them and never appear here.

    ``spans`` says what a cell's column means: ``resolved`` (HTML, Word, sheets, ruled PDF): grid columns, spans
    honoured; ``lost`` (plain text, PDF text without rules): ``column`` only counts the cells of the
    row from the left, and cells that spanned rows above may be missing.
    ``where`` is the place for people, 1-based: ``table 2``, ``page 3, table 1``, ``sheet 表二``, ``line 40``.
    ``hidden`` is true for tables that a browser would not show (display:none, hidden, print twin).
    ``gathered`` is true where the rows were put together by the places of their texts: nothing shows that a row with
    a label alone is blank, its values may stand in another.
    ``typed`` is true for the lines of a Word document: what stands in them is what was typed, so that an empty cell is
    there where one is left empty; converters that write text leave some out.
    """

    cells: tuple[GridCell, ...]
    height: int
    width: int
    spans: Spans = "resolved"
    where: str = ""
    hidden: bool = False
    gathered: bool = False
    typed: bool = False

    def rows(self) -> tuple[tuple[GridCell, ...], ...]:
        """The cells by the row in which each starts, in column order. O(cells)."""
        rows: list[list[GridCell]] = [[] for _ in range(self.height)]
        for cell in self.cells:
            rows[cell.row].append(cell)
        return tuple(tuple(sorted(row, key=lambda cell: cell.column)) for row in rows)


class Paragraph(NamedTuple):
    """One paragraph of running text, white space folded. ``level`` is 1–6 for h1–h6 or a Word heading, else 0.

    ``main`` is False for what is around the text: navigation, breadcrumb, footer, share buttons, 相关链接.
    """

    text: str
    level: int = 0
    main: bool = True


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that the page links, embeds or shows in a viewer; ``url`` is absolute, ``label`` the link's text."""

    url: str
    label: str


@dataclass(frozen=True)
class Document:
    """One document.

    ``titles`` are (source, text) pairs, best first; sources: ``meta`` (ArticleTitle), ``h1``, ``title``
    (the <title> element, a recognisable site name cut off), ``core`` (file properties), ``text`` (first line).
    ``meta`` are the page's meta tags with lower-case names, in order, duplicates kept: ``articletitle``, ``pubdate``,
    ``contentsource``, ``sitename``, ``siteidcode``, ``columnname`` ….
    ``fields`` are the labelled lines of the article's metadata table, label as printed without white space
    or colon: ``索引号``, ``发布机构``, ``成文日期``, ``发布日期`` ….
    ``encoding`` is the character encoding that was used (``utf-8``, ``gb18030`` …), None for binary formats.
    ``repairs`` name what was mended in the text, in order of application: ``simplified``, ``annotations_removed``,
    ``mojibake`` ….
    ``images`` counts pictures in the main text that are large enough, or placed so, that they may carry the tables.
    ``links`` counts the links in the main text: a list page is made of them.
    ``notes`` are (code, sentence) pairs on what the extraction saw and a person may want to know.
    """

    media_type: str
    titles: tuple[tuple[str, str], ...] = ()
    meta: tuple[tuple[str, str], ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    blocks: tuple[Paragraph | Table, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    encoding: str | None = None
    repairs: tuple[str, ...] = ()
    images: int = 0
    links: int = 0
    notes: tuple[tuple[str, str], ...] = field(default=())

    @property
    def title(self) -> str | None:
        """The best title, or None."""
        return self.titles[0][1] if self.titles else None

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        return tuple([block for block in self.blocks if isinstance(block, Table)])

    @cached_property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        return tuple([block for block in self.blocks if isinstance(block, Paragraph)])

    def field_value(self, *labels: str) -> str | None:
        """The value of the first metadata field whose label is one of ``labels``, or None."""
        return next((value for label, value in self.fields if label in labels), None)


class Unreadable(Exception):
    """The document cannot be read: ``code`` is a stable word, ``reason`` one plain sentence.

    Codes: ``empty``, ``unsupported``, ``encrypted``, ``broken``, ``scanned``, ``needs_libreoffice``,
    ``too_large``, ``too_deep``, ``content_encoding``; ``no_document`` for data, scripts and style sheets, in which no
    report was ever to be read.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason

    def __reduce__(self) -> tuple[type["Unreadable"], tuple[str, str]]:
        return (type(self), (self.code, self.reason))
