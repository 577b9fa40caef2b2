"""What stands on one PDF page: glyphs, rules and pictures, each with its place.

pdfium is asked for single glyphs and path segments, and nothing it guesses (line breaks, spaces, reading order)
is used: a grid must come from the drawn rules alone. pdfium reads a page five times as fast as pdfplumber, and
knows the predefined Chinese character maps.

All places are in points, in a frame in which the page's text stands upright: origin at the top left, y downward.
"""

import ctypes
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as raw  # type: ignore[import-untyped]

# A page of a report has under 4,000 glyphs and 2,000 path segments, one with dotted borders up to 150,000 segments
# (five a dot); what lies beyond is a drawing or an attack.
GLYPH_LIMIT = 60_000
SEGMENT_LIMIT = 600_000
OBJECT_LIMIT = 150_000
FORM_DEPTH_LIMIT = 8

# A filled rectangle up to this thickness is a drawn rule; printers' rules are 0.5 to 2 points thick.
RULE_THICKNESS = 3.0
# Rules further off the page than this are not printed.
SLACK = 5.0
# How far a segment may lean and still count as horizontal or vertical.
LEAN = 0.8

_PRIVATE_USE = range(0xE000, 0xF900)

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Glyph:
    """One printed character.

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


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight drawn line: at y from x to x if ``level``, else at x from y to y."""

    level: bool
    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Picture:
    """A raster image's place."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def area(self) -> float:
        return (self.x1 - self.x0) * (self.bottom - self.top)


@dataclass(slots=True)
class Page:
    """``number`` is 1-based. ``hidden_glyphs`` counts invisible text (a scanner's machine-read layer);
    ``curves`` path segments that are neither level nor upright (letters drawn as outlines).
    ``cut`` is true when the page held more than the limits above."""

    number: int
    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    hidden_glyphs: int = 0
    curves: int = 0
    cut: bool = False


@dataclass(frozen=True, slots=True)
class _Frame:
    """Turns pdfium's page coordinates into the upright frame; ``turn`` is in clockwise quarters."""

    left: float
    low: float
    right: float
    high: float
    turn: int

    def place(self, x: float, y: float) -> tuple[float, float]:
        match self.turn:
            case 1:
                return y - self.low, x - self.left
            case 2:
                return self.right - x, y - self.low
            case 3:
                return self.high - y, self.right - x
            case _:
                return x - self.left, self.high - y

    @property
    def size(self) -> tuple[float, float]:
        width, height = self.right - self.left, self.high - self.low
        return (height, width) if self.turn % 2 else (width, height)

    def box(self, left: float, low: float, right: float, high: float) -> tuple[float, float, float, float]:
        xa, ya = self.place(left, low)
        xb, yb = self.place(right, high)
        return min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb)


@dataclass(frozen=True, slots=True)
class _RawGlyph:
    text: str
    box: tuple[float, float, float, float]
    origin: tuple[float, float]
    size: float
    angle: int | None
    mapped: bool
    visible: bool
    run: int


def read_page(page: Any, number: int) -> Page:
    """Read pdfium's ``page``. Raises `pypdfium2.PdfiumError` where its content can't be parsed."""
    text_page = page.get_textpage()
    try:
        found = list(_raw_glyphs(text_page))
    finally:
        text_page.close()
    left, low, right, high = page.get_bbox()
    frame = _Frame(left, low, right, high, _turn(found, page.get_rotation() // 90))
    width, height = frame.size
    result = Page(number=number, width=width, height=height, cut=len(found) >= GLYPH_LIMIT)
    spaced = False
    for glyph in found:
        blank = not glyph.text.strip()
        if not blank:
            _add_glyph(result, frame, glyph, spaced)
        spaced = blank
    result.glyphs = _once(result.glyphs)
    _Drawing(result, frame).read(page)
    result.rules = [rule for rule in result.rules if _is_on_page(rule, width, height)]
    return result


def _is_on_page(rule: Rule, width: float, height: float) -> bool:
    across, down = (width, height) if rule.level else (height, width)
    return all(map(math.isfinite, (rule.at, rule.start, rule.end))) and (
        -SLACK <= rule.at <= down + SLACK and rule.start <= across + SLACK and rule.end >= -SLACK
    )


def _turn(glyphs: list[_RawGlyph], page_rotation: int) -> int:
    """The clockwise quarters by which most of the text has to be turned to stand upright."""
    angles = Counter(glyph.angle for glyph in glyphs if glyph.angle is not None and glyph.visible)
    if not angles:
        return page_rotation % 4
    return -angles.most_common(1)[0][0] % 4


def _raw_glyphs(text_page: Any) -> Iterator[_RawGlyph]:
    handle = text_page.raw
    box, x, y = raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    runs: dict[int, int] = {}
    high_surrogate = 0
    for index in range(min(raw.FPDFText_CountChars(handle), GLYPH_LIMIT)):
        code = raw.FPDFText_GetUnicode(handle, index)
        if 0xD800 <= code < 0xDC00:
            high_surrogate = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high_surrogate - 0xD800) << 10) + (code - 0xDC00) if high_surrogate else 0
        high_surrogate = 0
        if raw.FPDFText_IsGenerated(handle, index) == 1 or not raw.FPDFText_GetLooseCharBox(handle, index, box):
            continue
        raw.FPDFText_GetCharOrigin(handle, index, x, y)
        drawn_by = raw.FPDFText_GetTextObject(handle, index)
        address = ctypes.addressof(drawn_by.contents) if drawn_by else 0
        mapped = raw.FPDFText_HasUnicodeMapError(handle, index) != 1 and _is_character(code)
        yield _RawGlyph(
            text=chr(code) if mapped else "\ufffd",
            box=(box.left, box.bottom, box.right, box.top),
            origin=(x.value, y.value),
            size=raw.FPDFText_GetFontSize(handle, index),
            angle=_quarter(raw.FPDFText_GetCharAngle(handle, index)),
            mapped=mapped,
            visible=not drawn_by or raw.FPDFTextObj_GetTextRenderMode(drawn_by) != raw.FPDF_TEXTRENDERMODE_INVISIBLE,
            run=runs.setdefault(address, len(runs)),
        )


def _is_character(code: int) -> bool:
    return code >= 0x20 and code not in _PRIVATE_USE and code not in (0x7F, 0xFFFD, 0xFFFE, 0xFFFF) and code < 0xF0000


def _quarter(radians: float) -> int | None:
    """Clockwise quarters, or None for slanting text: that is a watermark."""
    quarters = radians / (math.pi / 2)
    nearest = round(quarters)
    return nearest % 4 if abs(quarters - nearest) < 0.06 else None


def _add_glyph(page: Page, frame: _Frame, glyph: _RawGlyph, spaced: bool) -> None:
    if glyph.angle is None:
        return
    if not glyph.visible:
        page.hidden_glyphs += 1
        return
    x0, top, x1, bottom = frame.box(*glyph.box)
    if not all(map(math.isfinite, (x0, top, x1, bottom, *glyph.origin))):
        return
    if x1 < 0 or bottom < 0 or x0 > page.width or top > page.height:
        return
    quarter = (glyph.angle + frame.turn) % 4
    # pdfium gives the size before scaling by the text matrix, so the box is what a reader sees.
    size = (x1 - x0) if quarter % 2 else (bottom - top)
    baseline = frame.place(*glyph.origin)[1]
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
            glyph.run,
            len(page.glyphs),
        )
    )


def _once(glyphs: list[Glyph]) -> list[Glyph]:
    """Without the repeats that imitate bold type: the same character again within a fifth of its size."""
    seen: dict[tuple[str, int, int], list[Glyph]] = {}
    kept = []
    for glyph in glyphs:
        reach = glyph.size / 5
        column, row = int(glyph.x // 8), int(glyph.y // 8)
        neighbours = (
            other
            for across in (column - 1, column, column + 1)
            for down in (row - 1, row, row + 1)
            for other in seen.get((glyph.text, across, down), ())
        )
        if any(abs(other.x - glyph.x) < reach and abs(other.y - glyph.y) < reach for other in neighbours):
            continue
        seen.setdefault((glyph.text, column, row), []).append(glyph)
        kept.append(glyph)
    return kept


class _Drawing:
    """Walks the page's objects and adds its rules and pictures."""

    def __init__(self, page: Page, frame: _Frame) -> None:
        self._page = page
        self._frame = frame
        self._objects_left = OBJECT_LIMIT
        self._segments_left = SEGMENT_LIMIT

    def read(self, page: Any) -> None:
        handle = page.raw
        for index in range(raw.FPDFPage_CountObjects(handle)):
            if not self._object(raw.FPDFPage_GetObject(handle, index), _IDENTITY, 0):
                # Half of a table's rules would make a wrong grid.
                self._page.cut = True
                self._page.rules.clear()
                return

    def _object(self, item: Any, outer: Matrix, depth: int) -> bool:
        """False when the limits are used up."""
        self._objects_left -= 1
        if self._objects_left < 0 or self._segments_left < 0:
            return False
        kind = raw.FPDFPageObj_GetType(item)
        if kind == raw.FPDF_PAGEOBJ_PATH:
            self._path(item, _times(_matrix(item), outer))
        elif kind == raw.FPDF_PAGEOBJ_IMAGE:
            self._picture(_times(_matrix(item), outer))
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < FORM_DEPTH_LIMIT:
            inner = _times(_matrix(item), outer)
            for index in range(raw.FPDFFormObj_CountObjects(item)):
                if not self._object(raw.FPDFFormObj_GetObject(item, index), inner, depth + 1):
                    return False
        return True

    def _place(self, matrix: Matrix, x: float, y: float) -> tuple[float, float]:
        a, b, c, d, e, f = matrix
        return self._frame.place(a * x + c * y + e, b * x + d * y + f)

    def _picture(self, matrix: Matrix) -> None:
        corners = [self._place(matrix, x, y) for x, y in ((0, 0), (1, 0), (0, 1), (1, 1))]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        x0, x1 = max(min(xs), 0.0), min(max(xs), self._page.width)
        top, bottom = max(min(ys), 0.0), min(max(ys), self._page.height)
        if x1 > x0 and bottom > top:
            self._page.pictures.append(Picture(x0, top, x1, bottom))

    def _path(self, item: Any, matrix: Matrix) -> None:
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(item, fill, stroke)
        if not fill.value and not stroke.value:
            return
        for points in self._subpaths(item, matrix):
            if stroke.value:
                self._stroked(points)
            else:
                self._filled(points)

    def _subpaths(self, item: Any, matrix: Matrix) -> Iterator[list[tuple[float, float]]]:
        points: list[tuple[float, float]] = []
        x, y = ctypes.c_float(), ctypes.c_float()
        for index in range(min(raw.FPDFPath_CountSegments(item), max(self._segments_left, 0))):
            self._segments_left -= 1
            segment = raw.FPDFPath_GetPathSegment(item, index)
            kind = raw.FPDFPathSegment_GetType(segment)
            if kind == raw.FPDF_SEGMENT_BEZIERTO:
                self._page.curves += 1
            raw.FPDFPathSegment_GetPoint(segment, x, y)
            if kind == raw.FPDF_SEGMENT_MOVETO:
                if len(points) > 1:
                    yield points
                points = []
            points.append(self._place(matrix, x.value, y.value))
            if raw.FPDFPathSegment_GetClose(segment) and points:
                points.append(points[0])
        if len(points) > 1:
            yield points

    def _stroked(self, points: list[tuple[float, float]]) -> None:
        for (xa, ya), (xb, yb) in pairwise(points):
            self._line(xa, ya, xb, yb)

    def _filled(self, points: list[tuple[float, float]]) -> None:
        """A thin filled box is a rule; a dot, as thin one way as the other, may belong to a dotted rule of either
        direction; anything larger is shading and says nothing about cells."""
        xs, ys = [x for x, _ in points], [y for _, y in points]
        x0, x1, top, bottom = min(xs), max(xs), min(ys), max(ys)
        thin_across, thin_down = x1 - x0 <= RULE_THICKNESS, bottom - top <= RULE_THICKNESS
        if thin_down and (not thin_across or x1 - x0 >= (bottom - top) / 2):
            self._page.rules.append(Rule(True, (top + bottom) / 2, x0, x1))
        if thin_across and (not thin_down or bottom - top >= (x1 - x0) / 2):
            self._page.rules.append(Rule(False, (x0 + x1) / 2, top, bottom))

    def _line(self, xa: float, ya: float, xb: float, yb: float) -> None:
        across, down = abs(xa - xb), abs(ya - yb)
        if across <= LEAN and down <= LEAN:
            return
        if down <= LEAN:
            self._page.rules.append(Rule(True, (ya + yb) / 2, min(xa, xb), max(xa, xb)))
        elif across <= LEAN:
            self._page.rules.append(Rule(False, (xa + xb) / 2, min(ya, yb), max(ya, yb)))


def _matrix(item: Any) -> Matrix:
    found = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(item, found):
        return _IDENTITY
    return (found.a, found.b, found.c, found.d, found.e, found.f)


def _times(inner: Matrix, outer: Matrix) -> Matrix:
    """``inner`` first, then ``outer``."""
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


__all__ = ["Glyph", "Page", "Picture", "Rule", "pdfium", "read_page"]
