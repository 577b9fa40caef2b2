"""What is drawn on one PDF page besides its text: rules and pictures, in the frame in which the text stands upright."""

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

import pypdfium2.raw as raw  # type: ignore[import-untyped]

# A page of a report has under 2,000 path segments, one with dotted borders up to 150,000 (five a dot); what lies
# beyond is a drawing or an attack.
SEGMENT_LIMIT = 600_000
OBJECT_LIMIT = 150_000
FORM_DEPTH_LIMIT = 8
# More slanting lines than any table has blank cells are a drawing.
SLANTS_LIMIT = 500

# A filled rectangle up to this thickness is a drawn rule; printers' rules are 0.5 to 2 points thick.
RULE_THICKNESS = 3.0
# Rules further off the page than this are not printed.
SLACK = 5.0
# How far a segment may lean and still count as horizontal or vertical.
LEAN = 0.8
# Dots of one rule lie on one line, to this many points, and no further apart.
_SAME_LINE, _DOT_GAP = 0.1, 3.0
# A box has four corners, and its first may be given again at the end, twice.
_BOX_POINTS = 6

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class Rule(NamedTuple):
    """A straight drawn line: at y from x to x if ``level``, else at x from y to y. A tuple, because dotted borders are
    made of thousands."""

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


class Slant(NamedTuple):
    """Around what a straight line is drawn that is neither level nor upright."""

    x0: float
    top: float
    x1: float
    bottom: float


class Paint(NamedTuple):
    """A filled box or picture through which nothing is seen; ``order`` counts what the page draws, from 1."""

    x0: float
    top: float
    x1: float
    bottom: float
    order: int


@dataclass(frozen=True, slots=True)
class Frame:
    """Turns pdfium's page coordinates into the upright frame; ``turn`` is in clockwise quarters, ``scale`` what the
    file's unit is in points of ordinary print."""

    left: float
    low: float
    right: float
    high: float
    turn: int
    scale: float = 1.0

    def place(self, x: float, y: float) -> tuple[float, float]:
        match self.turn:
            case 1:
                x, y = y - self.low, x - self.left
            case 2:
                x, y = self.right - x, y - self.low
            case 3:
                x, y = self.high - y, self.right - x
            case _:
                x, y = x - self.left, self.high - y
        return x * self.scale, y * self.scale

    @property
    def size(self) -> tuple[float, float]:
        width, height = self.scale * (self.right - self.left), self.scale * (self.high - self.low)
        return (height, width) if self.turn % 2 else (width, height)

    def box(self, left: float, low: float, right: float, high: float) -> tuple[float, float, float, float]:
        if not self.turn:
            # Most pages stand upright, and have thousands of glyphs.
            scale = self.scale
            return (
                (left - self.left) * scale,
                (self.high - high) * scale,
                (right - self.left) * scale,
                (self.high - low) * scale,
            )
        xa, ya = self.place(left, low)
        xb, yb = self.place(right, high)
        return min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb)


@dataclass(slots=True)
class Drawing:
    """``curves`` counts path segments that are neither level nor upright (letters drawn as outlines). ``cut`` is true
    when the page held more than the limits above: then it has no rules, for half of them would make a wrong grid.
    ``texts`` has for each text object, by its address, the order in which it is drawn, and that of the form in which
    it stands (0 for none); ``paints`` is what may cover text."""

    rules: list[Rule] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    slants: list[Slant] = field(default_factory=list)
    paints: list[Paint] = field(default_factory=list)
    texts: dict[int, tuple[int, int]] = field(default_factory=dict)
    curves: int = 0
    cut: bool = False


def read_drawing(page: Any, frame: Frame) -> Drawing:
    """The rules and pictures of pdfium's ``page``."""
    walk = _Walk(frame)
    walk.read(page)
    width, height = frame.size
    result = walk.drawing
    result.slants = result.slants if len(result.slants) < SLANTS_LIMIT else []
    result.rules = [] if result.cut else [rule for rule in result.rules if _is_on_page(rule, width, height)]
    return result


def _is_on_page(rule: Rule, width: float, height: float) -> bool:
    across, down = (width, height) if rule.level else (height, width)
    return all(map(math.isfinite, (rule.at, rule.start, rule.end))) and (
        -SLACK <= rule.at <= down + SLACK and rule.start <= across + SLACK and rule.end >= -SLACK
    )


class _Walk:
    """Walks the page's objects and collects its rules and pictures."""

    def __init__(self, frame: Frame) -> None:
        self.drawing = Drawing()
        self._frame = frame
        self._objects_left = OBJECT_LIMIT
        self._segments_left = SEGMENT_LIMIT
        self._form = 0
        self._dots: tuple[float, float, float, float] | None = None
        self._bounds = ctypes.c_float(), ctypes.c_float(), ctypes.c_float(), ctypes.c_float()

    def read(self, page: Any) -> None:
        handle = page.raw
        for index in range(raw.FPDFPage_CountObjects(handle)):
            if not self._object(raw.FPDFPage_GetObject(handle, index), _IDENTITY, 0):
                self.drawing.cut = True
                return
        if self._dots:
            left, top, right, bottom = self._dots
            self._filled([(left, top), (right, bottom)])

    def _object(self, item: Any, outer: Matrix, depth: int) -> bool:
        """False when the limits are used up."""
        self._objects_left -= 1
        if self._objects_left < 0 or self._segments_left < 0:
            return False
        kind = raw.FPDFPageObj_GetType(item)
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            self.drawing.texts[ctypes.addressof(item.contents)] = self._order, self._form
        elif kind == raw.FPDF_PAGEOBJ_PATH:
            self._path(item, outer)
        elif kind == raw.FPDF_PAGEOBJ_IMAGE:
            self._picture(item, _times(_matrix(item), outer))
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < FORM_DEPTH_LIMIT:
            inner = _times(_matrix(item), outer)
            self._form = self._form if depth else self._order
            for index in range(raw.FPDFFormObj_CountObjects(item)):
                if not self._object(raw.FPDFFormObj_GetObject(item, index), inner, depth + 1):
                    return False
            self._form = self._form if depth else 0
        return True

    @property
    def _order(self) -> int:
        return OBJECT_LIMIT - self._objects_left

    def _place(self, matrix: Matrix, x: float, y: float) -> tuple[float, float]:
        a, b, c, d, e, f = matrix
        return self._frame.place(a * x + c * y + e, b * x + d * y + f)

    def _picture(self, item: Any, matrix: Matrix) -> None:
        corners = [self._place(matrix, x, y) for x, y in ((0, 0), (1, 0), (0, 1), (1, 1))]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        x0, x1 = max(min(xs), 0.0), min(max(xs), self._frame.size[0])
        top, bottom = max(min(ys), 0.0), min(max(ys), self._frame.size[1])
        if x1 > x0 and bottom > top:
            self.drawing.pictures.append(Picture(x0, top, x1, bottom))
            if not raw.FPDFPageObj_HasTransparency(item):
                self.drawing.paints.append(Paint(x0, top, x1, bottom, self._order))

    def _path(self, item: Any, outer: Matrix) -> None:
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(item, fill, stroke)
        if not fill.value and not stroke.value:
            return
        if not stroke.value and self._is_thin_box(item, outer):
            return
        curves = self.drawing.curves
        subpaths = list(self._subpaths(item, _times(_matrix(item), outer)))
        if stroke.value and self.drawing.curves > curves:
            # A box with round corners is a field to fill in; the rules of a table have none.
            return
        for points in subpaths:
            if stroke.value:
                self._stroked(points)
            else:
                self._filled(points)
        if fill.value and len(subpaths) == 1 and len(subpaths[0]) <= _BOX_POINTS:
            self._painted(item, subpaths[0])

    def _is_thin_box(self, item: Any, outer: Matrix) -> bool:
        """Whether the filled path is a dot or stroke of a rule, told by its bounds alone: a page of dotted borders has
        thirty thousand, and to walk their corners takes most of its time."""
        segments = raw.FPDFPath_CountSegments(item)
        low, left, right, high = self._bounds
        if segments > _BOX_POINTS or not raw.FPDFPageObj_GetBounds(item, left, low, right, high):
            return False
        xa, ya = self._place(outer, left.value, low.value)
        xb, yb = self._place(outer, right.value, high.value)
        if abs(xa - xb) > RULE_THICKNESS and abs(ya - yb) > RULE_THICKNESS:
            return False
        self._segments_left -= segments
        self._dot(min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb))
        return True

    def _dot(self, x0: float, top: float, x1: float, bottom: float) -> None:
        """Dots that follow each other closely are kept as one thin box."""
        if self._dots:
            left, upper, right, lower = self._dots
            beside = abs(top - upper) < _SAME_LINE and abs(bottom - lower) < _SAME_LINE and 0 <= x0 - right < _DOT_GAP
            below = abs(x0 - left) < _SAME_LINE and abs(x1 - right) < _SAME_LINE and 0 <= top - lower < _DOT_GAP
            if beside or below:
                self._dots = left, upper, x1, bottom
                return
            self._filled([(left, upper), (right, lower)])
        self._dots = x0, top, x1, bottom

    def _subpaths(self, item: Any, matrix: Matrix) -> Iterator[list[tuple[float, float]]]:
        points: list[tuple[float, float]] = []
        x, y = ctypes.c_float(), ctypes.c_float()
        for index in range(min(raw.FPDFPath_CountSegments(item), max(self._segments_left, 0))):
            self._segments_left -= 1
            segment = raw.FPDFPath_GetPathSegment(item, index)
            kind = raw.FPDFPathSegment_GetType(segment)
            if kind == raw.FPDF_SEGMENT_BEZIERTO:
                self.drawing.curves += 1
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
        x0, top, x1, bottom = _around(points)
        thin_across, thin_down = x1 - x0 <= RULE_THICKNESS, bottom - top <= RULE_THICKNESS
        if thin_down and (not thin_across or x1 - x0 >= (bottom - top) / 2):
            self.drawing.rules.append(Rule(True, (top + bottom) / 2, x0, x1))
        if thin_across and (not thin_down or bottom - top >= (x1 - x0) / 2):
            self.drawing.rules.append(Rule(False, (x0 + x1) / 2, top, bottom))

    def _painted(self, item: Any, points: list[tuple[float, float]]) -> None:
        x0, top, x1, bottom = _around(points)
        if min(x1 - x0, bottom - top) > RULE_THICKNESS and not raw.FPDFPageObj_HasTransparency(item):
            self.drawing.paints.append(Paint(x0, top, x1, bottom, self._order))

    def _line(self, xa: float, ya: float, xb: float, yb: float) -> None:
        across, down = abs(xa - xb), abs(ya - yb)
        if across <= LEAN and down <= LEAN:
            return
        if down <= LEAN:
            self.drawing.rules.append(Rule(True, (ya + yb) / 2, min(xa, xb), max(xa, xb)))
        elif across <= LEAN:
            self.drawing.rules.append(Rule(False, (xa + xb) / 2, min(ya, yb), max(ya, yb)))
        elif len(self.drawing.slants) < SLANTS_LIMIT:
            self.drawing.slants.append(Slant(min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb)))


def _around(points: list[tuple[float, float]]) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


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
