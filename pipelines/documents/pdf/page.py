"""What stands on one PDF page: glyphs, rules and pictures, each with its place.

pdfium is asked for single glyphs and path segments, and nothing it guesses (line breaks, spaces, reading order)
is used: a grid must come from the drawn rules alone. pdfium reads a page five times as fast as pdfplumber, and
knows the predefined Chinese character maps.

All places are in points, in a frame in which the page's text stands upright and in an ordinary size: origin at the top
left, y downward.
"""

import ctypes
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pypdfium2.raw as raw  # type: ignore[import-untyped]

from pipelines.documents.pdf.drawing import Drawing, Frame, read_drawing
from pipelines.documents.pdf.sight import Stroke, stroke_of, unseen
from pipelines.documents.pdf.watermark import watermarks

# A page of a report has under 4,000 glyphs; what lies beyond is a drawing or an attack.
GLYPH_LIMIT = 60_000

# The side of the squares in which glyphs are looked up, in points.
_SQUARE = 8.0
# Letters of print are of these sizes, in points; of a page with others, so many glyphs tell its scale.
_SMALLEST, _USUAL, _LARGEST = 4.0, 11.0, 36.0
_SAMPLE = 1000
# Letters and digits of less are a blot to the eye.
_BLOT = 2.0
_PRIVATE_USE = range(0xE000, 0xF900)


class Glyph(NamedTuple):
    """One printed character; a tuple, because a page has thousands.

    ``baseline`` is the y on which it stands. ``quarter`` is how often it is turned clockwise by 90°.
    ``mapped`` is false where the font does not say which character it is. ``spaced`` is true where a space
    character was set just before it. ``run`` numbers the text object that drew it: glyphs of one run were set by
    one stroke of the writing program. ``order`` is its place in the page's stream.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    baseline: float
    size: float
    quarter: int = 0
    mapped: bool = True
    spaced: bool = False
    run: int = 0
    order: int = 0

    @property
    def x(self) -> float:
        return (self.x0 + self.x1) / 2

    @property
    def y(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(slots=True)
class Page:
    """``number`` is 1-based. ``hidden_glyphs`` counts invisible text (a scanner's machine-read layer).
    ``unseen_glyphs`` counts text that is drawn and not seen, ``watermarks`` the characters of slanting and pale
    text across the print. ``cut`` is true when the page held more glyphs or drawing than the limits."""

    number: int
    width: float
    height: float
    drawing: Drawing
    glyphs: list[Glyph] = field(default_factory=list)
    hidden_glyphs: int = 0
    unseen_glyphs: int = 0
    watermarks: int = 0
    cut: bool = False


class _RawGlyph(NamedTuple):
    text: str
    box: tuple[float, float, float, float]
    origin: tuple[float, float]
    mapped: bool
    stroke: Stroke


def read_page(page: Any, number: int) -> Page:
    """Read pdfium's ``page``. Raises `pypdfium2.PdfiumError` where its content can't be parsed."""
    text_page = page.get_textpage()
    try:
        found = _without_stamps(list(_raw_glyphs(text_page)))
    finally:
        text_page.close()
    left, low, right, high = page.get_bbox()
    frame = Frame(left, low, right, high, _turn(found, page.get_rotation() // 90), _scale(found))
    width, height = frame.size
    drawing = read_drawing(page, frame)
    result = Page(number, width, height, drawing, cut=drawing.cut or len(found) >= GLYPH_LIMIT)
    spaced = False
    for glyph in found:
        blank = not glyph.text.strip()
        if not blank:
            _add_glyph(result, frame, glyph, spaced)
        spaced = blank
    _leave_out(result, page, frame, {glyph.stroke.number: glyph.stroke for glyph in found})
    result.glyphs = _once(result.glyphs)
    return result


def _without_stamps(glyphs: list[_RawGlyph]) -> list[_RawGlyph]:
    """The glyphs, a single one that was set between slanting ones slanting, too: text around a seal passes the upright
    somewhere."""
    counts = Counter(glyph.stroke.number for glyph in glyphs)
    angles = {glyph.stroke.number: glyph.stroke.angle for glyph in glyphs}
    lone = {
        number
        for number, count in counts.items()
        if count == 1 and angles.get(number - 1, 0) is None and angles.get(number + 1, 0) is None
    }
    if not lone:
        return glyphs
    return [
        glyph._replace(stroke=glyph.stroke._replace(angle=None)) if glyph.stroke.number in lone else glyph
        for glyph in glyphs
    ]


def _leave_out(result: Page, page: Any, frame: Frame, strokes: Mapping[int, Stroke]) -> None:
    """Takes away what is not seen, and watermarks."""
    gone = unseen(page, frame, result.drawing, result.glyphs, strokes)
    result.unseen_glyphs += len(gone)
    result.glyphs = [glyph for index, glyph in enumerate(result.glyphs) if index not in gone]
    gone = watermarks(result.glyphs, strokes, result.drawing.rules)
    result.watermarks += len(gone)
    result.glyphs = [glyph for index, glyph in enumerate(result.glyphs) if index not in gone]


def _turn(glyphs: list[_RawGlyph], page_rotation: int) -> int:
    """The clockwise quarters by which most of the text has to be turned to stand upright."""
    angles = Counter(glyph.stroke.angle for glyph in glyphs if glyph.stroke.angle is not None and glyph.stroke.printed)
    if not angles:
        return page_rotation % 4
    return -angles.most_common(1)[0][0] % 4


def _scale(glyphs: Sequence[_RawGlyph]) -> float:
    """What brings the page's text to an ordinary size: pages are drawn in units of their own, as pixels of a screen or
    in tenths of an inch, and pdfium does not say which. 1 where the size is one of print."""
    heights = sorted(glyph.box[3] - glyph.box[1] for glyph in glyphs[:_SAMPLE] if glyph.text.strip())
    usual = heights[len(heights) // 2] if heights else _USUAL
    return 1.0 if _SMALLEST <= usual <= _LARGEST or not math.isfinite(usual) or usual <= 0 else _USUAL / usual


def _raw_glyphs(text_page: Any) -> Iterator[_RawGlyph]:
    handle = text_page.raw
    unicode_of, is_generated, has_error = (
        raw.FPDFText_GetUnicode,
        raw.FPDFText_IsGenerated,
        raw.FPDFText_HasUnicodeMapError,
    )
    box_of, origin_of, object_of = raw.FPDFText_GetLooseCharBox, raw.FPDFText_GetCharOrigin, raw.FPDFText_GetTextObject
    box, x, y = raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    strokes: dict[int, Stroke] = {}
    high_surrogate = 0
    for index in range(min(raw.FPDFText_CountChars(handle), GLYPH_LIMIT)):
        code = unicode_of(handle, index)
        if 0xD800 <= code < 0xDC00:
            high_surrogate = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high_surrogate - 0xD800) << 10) + (code - 0xDC00) if high_surrogate else 0
        high_surrogate = 0
        # What pdfium adds of its own are spaces and line ends.
        if (code <= 0x20 and is_generated(handle, index) == 1) or not box_of(handle, index, box):
            continue
        origin_of(handle, index, x, y)
        drawn_by = object_of(handle, index)
        address = ctypes.addressof(drawn_by.contents) if drawn_by else -index
        stroke = strokes.get(address)
        if stroke is None:
            angle = _quarter(raw.FPDFText_GetCharAngle(handle, index))
            stroke = strokes[address] = stroke_of(drawn_by, len(strokes), address, angle)
        mapped = has_error(handle, index) != 1 and _is_character(code)
        yield _RawGlyph(
            chr(code) if mapped else "\ufffd",
            (box.left, box.bottom, box.right, box.top),
            (x.value, y.value),
            mapped,
            stroke,
        )


def _is_character(code: int) -> bool:
    return code >= 0x20 and code not in _PRIVATE_USE and code not in (0x7F, 0xFFFD, 0xFFFE, 0xFFFF) and code < 0xF0000


def _quarter(radians: float) -> int | None:
    """Clockwise quarters, or None for slanting text: that is a watermark."""
    quarters = radians / (math.pi / 2)
    nearest = round(quarters)
    return nearest % 4 if abs(quarters - nearest) < 0.06 else None


def _add_glyph(page: Page, frame: Frame, glyph: _RawGlyph, spaced: bool) -> None:
    angle = glyph.stroke.angle
    if not glyph.stroke.printed:
        page.hidden_glyphs += 1
        return
    if angle is None:
        page.watermarks += 1
        return
    x0, top, x1, bottom = frame.box(*glyph.box)
    baseline = frame.place(*glyph.origin)[1]
    if not math.isfinite(x0 + top + x1 + bottom + baseline):
        return
    if x1 < 0 or bottom < 0 or x0 > page.width or top > page.height:
        return
    quarter = (angle + frame.turn) % 4
    # pdfium gives the size before scaling by the text matrix, so the box is what a reader sees.
    # Some fonts give the ink's box instead of the character's: that of 一 is as flat as its stroke.
    size = max(x1 - x0, bottom - top)
    if size < _BLOT and glyph.text.isalnum():
        page.unseen_glyphs += 1
        return
    page.glyphs.append(
        Glyph(
            glyph.text,
            x0,
            top,
            x1,
            bottom,
            baseline,
            max(size, 1.0),
            quarter,
            glyph.mapped,
            spaced,
            glyph.stroke.number,
            len(page.glyphs),
        )
    )


def _once(glyphs: list[Glyph]) -> list[Glyph]:
    """Without the repeats that imitate bold type: the same character again within a fifth of its size."""
    seen: dict[tuple[str, int, int], list[Glyph]] = {}
    kept = []
    for glyph in glyphs:
        x, y, reach = glyph.x, glyph.y, min(glyph.size / 5, _SQUARE)
        left, right = int((x - reach) // _SQUARE), int((x + reach) // _SQUARE)
        upper, lower = int((y - reach) // _SQUARE), int((y + reach) // _SQUARE)
        near: Sequence[Glyph] = seen.get((glyph.text, left, upper), ())
        if left != right or upper != lower:
            others = ((glyph.text, column, row) for column in range(left, right + 1) for row in range(upper, lower + 1))
            near = [other for key in others for other in seen.get(key, ())]
        if near and any(abs(other.x - x) < reach and abs(other.y - y) < reach for other in near):
            continue
        seen.setdefault((glyph.text, int(x // _SQUARE), int(y // _SQUARE)), []).append(glyph)
        kept.append(glyph)
    return kept
