"""The pages of one document put together: tables joined over breaks, running lines left out, text in paragraphs."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipelines.documents.model import Paragraph, Table
from pipelines.documents.pdf.columns import unruled_regions
from pipelines.documents.pdf.grid import Grid, find_grids
from pipelines.documents.pdf.join import joined
from pipelines.documents.pdf.level import level_grids
from pipelines.documents.pdf.lines import Line, lines_of, paragraph_text, paragraphs_of
from pipelines.documents.pdf.margins import running_lines
from pipelines.documents.pdf.page import Glyph, Page
from pipelines.documents.pdf.part import Part, ruled_part, stands_in
from pipelines.documents.pdf.strike import without_struck

Item = Part | Line


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is kept of a page: its ruled parts, and the lines outside them from top to bottom. ``number`` is that of
    the file's page, ``place`` its place among all that are printed on those, both from 1. ``turned`` counts the
    characters outside tables that run up or down the page: stamps and marginal notes, which are left out."""

    number: int
    place: int
    height: float
    parts: tuple[Part, ...]
    lines: tuple[Line, ...]
    turned: int


@dataclass(frozen=True, slots=True)
class Flow:
    """The text of all pages. ``running`` counts the headers, footers and page numbers left out; ``strayed`` the
    numbers printed across a rule; ``opening`` are the lines above the first table, for the title."""

    blocks: tuple[Paragraph | Table, ...]
    running: int
    strayed: int
    opening: tuple[Line, ...] = field(default=())


def sheet_of(page: Page, place: int) -> Sheet:
    page.glyphs = without_struck(page.glyphs, page.drawing.rules)
    grids = find_grids(page.drawing.rules)
    upright, turned = _outside(page, grids)
    if drawn := level_grids(page.drawing.rules, grids, upright, page.height):
        grids += drawn
        upright, turned = _outside(page, grids)
    parts = [ruled_part(grid, _own_glyphs(grid, grids, page.glyphs), page.drawing, page.number) for grid in grids]
    return Sheet(page.number, place, page.height, tuple(parts), tuple(lines_of(upright, place)), turned)


def _outside(page: Page, grids: Sequence[Grid]) -> tuple[list[Glyph], int]:
    """The upright glyphs outside the tables, and how many there run up or down the page."""
    outside = [glyph for glyph in page.glyphs if not any(stands_in(glyph, grid) for grid in grids)]
    upright = [glyph for glyph in outside if glyph.quarter == 0]
    return upright, len(outside) - len(upright)


def _own_glyphs(grid: Grid, grids: Sequence[Grid], glyphs: Sequence[Glyph]) -> list[Glyph]:
    """The glyphs that stand in ``grid`` and not in a table drawn inside one of its cells."""
    inner = [other for other in grids if other is not grid and grid.encloses(other)]
    return [glyph for glyph in glyphs if stands_in(glyph, grid) and not any(stands_in(glyph, each) for each in inner)]


def flow_of(sheets: Sequence[Sheet]) -> Flow:
    running = running_lines(
        {sheet.place: sheet.lines for sheet in sheets}, {sheet.place: sheet.height for sheet in sheets}
    )
    items: list[Item] = []
    tables = Counter[int]()
    for sheet in sheets:
        for index, item in enumerate(_items(sheet, running)):
            if isinstance(item, Part):
                tables[sheet.number] += 1
                item.number = tables[sheet.number]
            before = items[-1] if items else None
            if index == 0 and isinstance(before, Part) and isinstance(item, Part):
                whole = joined(before, item)
                if whole is not None:
                    items[-1] = whole
                    continue
            items.append(item)
    return Flow(
        blocks=tuple(_blocks(items)),
        running=len(running),
        strayed=sum(item.strayed for item in items if isinstance(item, Part)),
        opening=tuple(_opening(items)),
    )


def _items(sheet: Sheet, running: set[Line]) -> list[Item]:
    """Lines and table parts of a page in reading order, tables without rules found among the lines."""
    lines = [line for line in sheet.lines if line not in running]
    items: list[Item] = list(sheet.parts)
    rest = 0
    for region in unruled_regions(lines, sheet.number):
        items.extend(lines[rest : region.start])
        items.append(region.part)
        rest = region.end
    items.extend(lines[rest:])
    return sorted(items, key=lambda item: item.top)


def _opening(items: Iterable[Item]) -> Iterable[Line]:
    for item in items:
        if isinstance(item, Part):
            return
        yield item


def _blocks(items: Iterable[Item]) -> Iterable[Paragraph | Table]:
    lines: list[Line] = []
    for item in items:
        if isinstance(item, Line):
            lines.append(item)
        elif item.is_tabular():
            yield from _paragraphs(lines)
            lines = []
            yield item.table()
        else:
            lines.extend(item.lines)
    yield from _paragraphs(lines)


def _paragraphs(lines: Sequence[Line]) -> Iterable[Paragraph]:
    for group in paragraphs_of(lines):
        yield Paragraph(paragraph_text(group))
