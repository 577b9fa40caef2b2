"""What of a page's text a reader sees. None of it in the colour of what is behind it, under something painted over it,
or in a layer that is switched off: a number that was painted over and printed anew stands in the file twice.

What is drawn only raises the suspicion; that a text is not seen is proved by drawing the page with and without it.
"""

import ctypes
import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple, Protocol

import pypdfium2.raw as raw  # type: ignore[import-untyped]

from pipelines.documents.pdf.drawing import Drawing, Frame, Paint

# Text as light as this, from 0 (black) to 1 (white), may not be seen on white paper.
_LIGHT = 0.88
# The least difference in brightness, of 255, that the eye takes for print.
_CONTRAST = 24
# Glyphs are compared at about this many pixels of height, on pages of at most so many pixels a side.
_PIXELS, _LONGEST_SIDE = 10.0, 1600.0
# So many groups of suspected text are proved one by one; layers are few.
_GROUPS_LIMIT = 12
_NAME_LIMIT = 128
# Painted boxes are looked up by bands of this height, in points.
_BAND = 16.0
# What of a glyph's box is looked at: its neighbours reach into the rest.
_INSET = 0.15


class Stroke(NamedTuple):
    """A text object. ``handle`` is pdfium's, None where it names none, and ``address`` where that lies. ``angle`` is in
    clockwise quarters, None for slanting text. ``printed`` is false where it is drawn invisibly. ``shade`` is 0 for
    black and 1 for white. ``layer`` names the optional content that it belongs to, None for none."""

    number: int
    handle: Any
    address: int
    angle: int | None
    printed: bool = True
    shade: float = 0.0
    layer: str | None = None


class Placed(Protocol):
    """A glyph: its place in the upright frame, and the number of its text object (``run``)."""

    @property
    def text(self) -> str: ...
    @property
    def x0(self) -> float: ...
    @property
    def top(self) -> float: ...
    @property
    def x1(self) -> float: ...
    @property
    def bottom(self) -> float: ...
    @property
    def x(self) -> float: ...
    @property
    def y(self) -> float: ...
    @property
    def size(self) -> float: ...
    @property
    def run(self) -> int: ...


def stroke_of(handle: Any, number: int, address: int, angle: int | None) -> Stroke:
    """The text object ``handle``, which may be null."""
    if not handle:
        return Stroke(number, None, address, angle)
    mode = raw.FPDFTextObj_GetTextRenderMode(handle)
    printed = mode not in (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP)
    return Stroke(number, handle, address, angle, printed, _shade(handle, mode), _layer(handle))


def _shade(handle: Any, mode: int) -> float:
    """How light the text is on white paper: its brightness, and what of the paper shows through. 0 where a pattern
    colours it."""
    outlined = mode in (raw.FPDF_TEXTRENDERMODE_STROKE, raw.FPDF_TEXTRENDERMODE_STROKE_CLIP)
    colour = raw.FPDFPageObj_GetStrokeColor if outlined else raw.FPDFPageObj_GetFillColor
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not colour(handle, red, green, blue, alpha):
        return 0.0
    brightness = (0.299 * red.value + 0.587 * green.value + 0.114 * blue.value) / 255
    return 1.0 - (1.0 - brightness) * alpha.value / 255


def _layer(handle: Any) -> str | None:
    for index in range(raw.FPDFPageObj_CountMarks(handle)):
        mark = raw.FPDFPageObj_GetMark(handle, index)
        if _text(raw.FPDFPageObjMark_GetName, mark) == "OC":
            return _text(raw.FPDFPageObjMark_GetParamStringValue, mark, b"Name")
    return None


def _text(ask: Callable[..., int], *what: Any) -> str:
    """A short text of pdfium's; empty where it has none."""
    room = (ctypes.c_ushort * _NAME_LIMIT)()
    length = ctypes.c_ulong()
    if not ask(*what, room, ctypes.sizeof(room), length) or length.value > ctypes.sizeof(room):
        return ""
    return bytes(room)[: max(length.value - 2, 0)].decode("utf-16-le", "replace")


def unseen(
    page: Any, frame: Frame, drawing: Drawing, glyphs: Sequence[Placed], strokes: Mapping[int, Stroke]
) -> set[int]:
    """The indexes of those ``glyphs`` of which nothing is to be seen on pdfium's ``page``."""
    groups = list(_suspected(drawing, glyphs, strokes).values())[:_GROUPS_LIMIT]
    suspects = set().union(*groups)
    smallest = min((glyph.bottom - glyph.top for glyph in glyphs if glyph.run in suspects), default=0.0)
    if not smallest:
        return set()
    scale = min(max(_PIXELS / max(smallest, 1.0), 0.5), _LONGEST_SIDE / max(*frame.size, 1.0))
    camera = _Camera(page, scale, frame.scale, (frame.turn - page.get_rotation() // 90) % 4 * 90)
    shown = camera.picture()
    found: set[int] = set()
    for group in groups:
        bare = camera.picture([strokes[number].handle for number in group])
        found.update(i for i, glyph in enumerate(glyphs) if glyph.run in group and not shown.differs(bare, glyph))
    return found


def _suspected(
    drawing: Drawing, glyphs: Sequence[Placed], strokes: Mapping[int, Stroke]
) -> dict[tuple[str, str], set[int]]:
    """Text objects that may not be seen, by the cause of the suspicion: what one cause hides, text of another may be
    printed over."""
    groups: dict[tuple[str, str], set[int]] = {}
    for stroke in strokes.values():
        if stroke.layer is not None:
            groups.setdefault(("layer", stroke.layer), set()).add(stroke.number)
        elif form := drawing.texts.get(stroke.address, (0, 0))[1]:
            groups.setdefault(("form", str(form)), set()).add(stroke.number)
        elif stroke.shade > _LIGHT:
            groups.setdefault(("light", ""), set()).add(stroke.number)
    if covered := set(_covered(drawing, glyphs, strokes)).difference(*groups.values()):
        groups["covered", ""] = covered
    return groups


def _covered(drawing: Drawing, glyphs: Sequence[Placed], strokes: Mapping[int, Stroke]) -> Iterator[int]:
    """Text objects over which something is painted later."""
    first = min((order for order, _ in drawing.texts.values()), default=0)
    bands: dict[int, list[Paint]] = defaultdict(list)
    for paint in drawing.paints:
        if paint.order > first:
            for band in range(math.floor(paint.top / _BAND), math.floor(paint.bottom / _BAND) + 1):
                bands[band].append(paint)
    if not bands:
        return
    for glyph in glyphs:
        order = drawing.texts.get(strokes[glyph.run].address, (math.inf, 0))[0]
        for paint in bands.get(math.floor(glyph.y / _BAND), ()):
            if paint.order > order and paint.x0 <= glyph.x <= paint.x1 and paint.top <= glyph.y <= paint.bottom:
                yield glyph.run


class _Camera(NamedTuple):
    """Draws pdfium's ``page``, whose unit is ``points``, turned by ``rotation`` degrees, ``scale`` pixels a point."""

    page: Any
    scale: float
    points: float
    rotation: int

    def picture(self, without: Sequence[Any] = ()) -> "_Picture":
        """The page, without the text objects ``without``."""
        for handle in without:
            raw.FPDFPageObj_SetIsActive(handle, False)
        try:
            bitmap = self.page.render(
                scale=self.scale * self.points, rotation=self.rotation, grayscale=True, draw_annots=False
            )
        finally:
            for handle in without:
                raw.FPDFPageObj_SetIsActive(handle, True)
        picture = _Picture(bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride, self.scale)
        bitmap.close()
        return picture


class _Picture(NamedTuple):
    """A page in shades of grey, one byte a pixel, ``stride`` bytes a row."""

    pixels: bytes
    width: int
    height: int
    stride: int
    scale: float

    def differs(self, other: "_Picture", glyph: Placed) -> bool:
        return any(
            abs(one - two) >= _CONTRAST
            for one, two in zip(chain(*self._rows(glyph)), chain(*other._rows(glyph)), strict=True)
        )

    def _rows(self, glyph: Placed) -> list[bytes]:
        inset = _INSET * (glyph.x1 - glyph.x0)
        left, right = self._span(glyph.x0 + inset, glyph.x1 - inset, self.width)
        top, bottom = self._span(glyph.top, glyph.bottom, self.height)
        return [self.pixels[row * self.stride + left : row * self.stride + right] for row in range(top, bottom)]

    def _span(self, low: float, high: float, end: int) -> tuple[int, int]:
        return max(0, math.floor(low * self.scale)), min(end, math.ceil(high * self.scale))
