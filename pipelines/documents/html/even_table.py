"""Tables of which nothing is to be asked, read in one pass.

Most tables are rows of plain cells that, spans taken at their word, all end at the same column. A stylesheet writes out
the spans and the texts of all tables of a page, in a fifth of the time of asking each element for them; where the cells
then stand is mostly known, because most tables are of one official form. For any other table the answer is None.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import repeat
from typing import NamedTuple

from lxml import etree

from pipelines.documents.html.grid import WIDEST_FORM, colspan_of, fitting, rowspan_of
from pipelines.documents.html.tree import Element, Page
from pipelines.documents.model import GridCell
from pipelines.documents.normal import fold

_MOST_SPANNED = 1_000_000  # places of the grid that cells of several rows may take
_LONGEST_LABEL = 80  # characters of the longest text, and
_LONGEST_SPANS = 8_192  # of the longest row of spans that is remembered

# What a table is written out with: its sections, rows and the spans of their cells, then the cells' texts. None of
# these controls stands in a scrubbed text, and references to them mean other characters (WHATWG HTML, as in `normal`).
_TABLE, _SECTION, _ROW, _SPAN, _CELL, _LINE, _ODD = "\x80\x82\x83\x84\x85\x86\x87"
_THIN = "\u2006\u2008\u2009\u202f"  # that they group digits is seen in plain text alone (`normal.fold`, `cell_text`)
_SHEET = f"""
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
<xsl:output method="text" encoding="utf-8"/>
<xsl:template match="/"><xsl:for-each select="//table"
  ><xsl:choose
    ><xsl:when test="not(tr)"><xsl:apply-templates mode="spans"/></xsl:when
    ><xsl:when test="*[not(self::tr)]">{_ODD}</xsl:when
    ><xsl:otherwise>{_SECTION}<xsl:apply-templates mode="spans"/></xsl:otherwise
  ></xsl:choose
  ><xsl:for-each select="tr/*">{_CELL}<xsl:apply-templates/></xsl:for-each
  ><xsl:for-each select="*/tr/*">{_CELL}<xsl:apply-templates/></xsl:for-each
  >{_TABLE}</xsl:for-each></xsl:template>

<xsl:template mode="spans" match="tbody|thead">{_SECTION}<xsl:apply-templates mode="spans"/></xsl:template>
<xsl:template mode="spans" match="tr">{_ROW}<xsl:apply-templates mode="spans"/></xsl:template>
<xsl:template mode="spans" match="td|th"
  ><xsl:value-of select="@rowspan"/>{_SPAN}<xsl:value-of select="@colspan"/>{_SPAN}</xsl:template>
<xsl:template mode="spans" match="colgroup|col"><xsl:if test="not(parent::table)">{_ODD}</xsl:if></xsl:template>
<xsl:template mode="spans" match="*">{_ODD}</xsl:template>
<xsl:template mode="spans" match="text()"/>
<xsl:template mode="spans" match="text()[normalize-space()]">{_ODD}</xsl:template>

<xsl:template match="p|div">{_LINE}<xsl:apply-templates/>{_LINE}</xsl:template>
<xsl:template match="br">{_LINE}</xsl:template>
<xsl:template match="span|font|b|strong|a|u|em|i|small|big"><xsl:apply-templates/></xsl:template>
<xsl:template match="*"><xsl:choose
  ><xsl:when test="name() = 'o:p'"><xsl:apply-templates/></xsl:when
  ><xsl:otherwise>{_ODD}</xsl:otherwise></xsl:choose></xsl:template>
</xsl:stylesheet>
"""
_write_out = etree.XSLT(etree.XML(_SHEET))


class EvenTable(NamedTuple):
    cells: tuple[GridCell, ...]
    height: int
    width: int


class _Places(NamedTuple):
    """Where the cells of a table stand, each part by cell."""

    rows: Sequence[int]
    columns: Sequence[int]
    rowspans: Sequence[int]
    colspans: Sequence[int]
    height: int
    width: int


def written_tables(page: Page) -> Mapping[Element, str]:
    """What `read_even` reads, for every table of the page; the tree's root is asked because a part of it would be
    copied."""
    tables = page.named["table"]
    if not tables:
        return {}
    try:
        written = str(_write_out(page.root)).split(_TABLE)
    except etree.XSLTError:  # nested too deep for the stylesheet
        return {}
    return dict(zip(tables, written, strict=False)) if len(written) == len(tables) + 1 else {}


def read_even(written: str, most: int) -> EvenTable | None:
    """The table as `TableReader.read_with_care` would read it, where no stray text, picture, nested table or uneven row
    stands in it; None for another, and for more than ``most`` cells. The caller knows that nothing in it is hidden.
    """
    if _ODD in written or any(space in written for space in _THIN):
        return None
    spans, *texts = written.split(_CELL)
    if not 0 < len(texts) <= most:
        return None
    places = _known_places(spans) if len(spans) <= _LONGEST_SPANS else _places(spans)
    if places is None or len(places.rows) != len(texts):
        return None
    lines = _label_lines if len(max(texts, key=len)) <= _LONGEST_LABEL else _lines
    made = zip(map(lines, texts), *places[:4], repeat(False))
    # As its class does it, without the calls: a page has hundreds.
    return EvenTable(tuple(map(partial(tuple.__new__, GridCell), made)), places.height, places.width)


def _lines(text: str) -> str:
    if _LINE not in text:
        return fold(text)
    return "\n".join(folded for line in text.split(_LINE) if (folded := fold(line)))


_label_lines = lru_cache(maxsize=16_384)(_lines)


def _places(spans: str) -> _Places | None:
    """Where the cells with these spans stand; None where the rows do not end at the same column."""
    rows: list[int] = []
    columns: list[int] = []
    rowspans: list[int] = []
    colspans: list[int] = []
    width = started = spanned = top = 0
    before, *sections = spans.split(_SECTION)
    for section in sections:
        outside, *lines = section.split(_ROW)
        before += outside
        bottom = top + len(lines)
        free_from: list[int] = []  # by column, the first row in which the column is free again
        for number, line in enumerate(lines, top):
            column = colspan = 0
            for rowspan, colspan in _spans_of(line, bottom - number):
                while column < len(free_from) and free_from[column] > number:
                    column += 1
                if colspan > WIDEST_FORM or fitting(colspan, column, number, free_from) < colspan:
                    return None
                if rowspan > 1:
                    free_from += [0] * (column + colspan - len(free_from))
                    free_from[column : column + colspan] = [number + rowspan] * colspan
                    spanned += colspan
                rows.append(number)
                columns.append(column)
                rowspans.append(rowspan)
                colspans.append(colspan)
                column += colspan
            started = max(started, column - colspan + 1)
            column = max([column, *(end for end, free in enumerate(free_from, 1) if free > number)])
            width = width or column
            if not line or column != width or spanned > _MOST_SPANNED:
                return None
        top = bottom
    # Cells outside a row, or a column in which no cell begins because a span alone makes it.
    if before or not rows or started < width:
        return None
    return _Places(rows, columns, rowspans, colspans, top, width)


_known_places = lru_cache(maxsize=1024)(_places)


def _spans_of(line: str, most: int) -> Iterator[tuple[int, int]]:
    """Rowspan, at most ``most``, and colspan of each cell in a row."""
    attributes = iter(line.split(_SPAN)[:-1])
    for rowspan, colspan in zip(attributes, attributes, strict=True):
        yield min(rowspan_of(rowspan or "1") or most, most), colspan_of(colspan or "1")
