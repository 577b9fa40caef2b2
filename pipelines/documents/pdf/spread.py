"""Two pages printed side by side on one sheet: each is read as a page of its own."""

from dataclasses import replace

from pipelines.documents.pdf.drawing import Picture, Rule
from pipelines.documents.pdf.grid import find_grids
from pipelines.documents.pdf.lines import LEAST_MEASURE, lines_of
from pipelines.documents.pdf.margins import page_number
from pipelines.documents.pdf.page import Glyph, Page

# A sheet is this much wider than high, and so much of its width, to either side of its middle, is bare.
_WIDER, _BARE = 1.1, 0.02


def pages_on(sheet: Page) -> tuple[Page, ...]:
    """The pages that stand on the sheet, from left to right: itself, or two halves, where nothing crosses its middle
    and each half holds what one page does: a ruled table, lines of running text, or its number."""
    middle, bare = sheet.width / 2, _BARE * sheet.width
    low, high = middle - bare, middle + bare
    if sheet.width < _WIDER * sheet.height or any(glyph.x0 < high and low < glyph.x1 for glyph in sheet.glyphs):
        return (sheet,)
    if any((low < rule.at < high, rule.start < high and low < rule.end)[rule.level] for rule in sheet.drawing.rules):
        return (sheet,)
    left, right = _half(sheet, right=False), _half(sheet, right=True)
    if not (_is_page(left) and _is_page(right)) and not _count_on(left, right):
        return (sheet,)
    return left, right


def _half(sheet: Page, *, right: bool) -> Page:
    middle = sheet.width / 2
    shift = middle if right else 0.0
    drawing = replace(
        sheet.drawing,
        rules=[
            _rule(rule, shift)
            for rule in sheet.drawing.rules
            if ((rule.start if rule.level else rule.at) > middle) is right
        ],
        pictures=[
            Picture(picture.x0 - shift, picture.top, picture.x1 - shift, picture.bottom)
            for picture in sheet.drawing.pictures
            if ((picture.x0 + picture.x1) / 2 > middle) is right
        ],
        slants=[
            slant._replace(x0=slant.x0 - shift, x1=slant.x1 - shift)
            for slant in sheet.drawing.slants
            if (slant.x1 > middle) is right
        ],
    )
    glyphs = [_glyph(glyph, shift) for glyph in sheet.glyphs if (glyph.x > middle) is right]
    return Page(sheet.number, middle, sheet.height, drawing, glyphs)


def _rule(rule: Rule, shift: float) -> Rule:
    if rule.level:
        return Rule(True, rule.at, rule.start - shift, rule.end - shift)
    return Rule(False, rule.at - shift, rule.start, rule.end)


def _glyph(glyph: Glyph, shift: float) -> Glyph:
    return glyph._replace(x0=glyph.x0 - shift, x1=glyph.x1 - shift)


def _is_page(half: Page) -> bool:
    if any(len(grid.boxes) > 1 for grid in find_grids(half.drawing.rules)):
        return True
    return any(
        len(line.pieces) == 1 and line.x1 - line.x0 > LEAST_MEASURE * line.size for line in lines_of(half.glyphs)
    )


def _count_on(left: Page, right: Page) -> bool:
    """Whether the last line of each is its page number."""
    first, second = ([page_number(line) for line in lines_of(half.glyphs)[-1:]] for half in (left, right))
    return bool(first and second) and first[0] is not None and second == [first[0] + 1]
