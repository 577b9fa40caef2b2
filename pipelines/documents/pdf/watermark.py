"""Watermarks: pale text that runs across the print, whatever stands there. Slanting text is one anyway; this tells
those that stand upright."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from pipelines.documents.pdf.drawing import Rule
from pipelines.documents.pdf.sight import Placed, Stroke

# How much paler than the page's text (its darkest fifth: watermarks may be most of a page) a watermark is, from 0 to 1
# (white beside black); red heads are 0.3.
_PALER = 0.4
# A watermark in letters so much larger than the page's is told by its letters' look, others by what they say.
_LARGER = 1.3
# What is printed across a glyph's middle, this part of its size, runs through it.
_MIDDLE = 0.25
_BAND = 16.0

Look = tuple[object, ...]


def watermarks(glyphs: Sequence[Placed], strokes: Mapping[int, Stroke], rules: Sequence[Rule]) -> set[int]:
    """The indexes of the glyphs that belong to watermarks: of text objects much paler than the page's text, those that
    print across other text or a rule, and those that look the same."""
    if not glyphs or all(stroke.shade < _PALER for stroke in strokes.values()):
        return set()
    usual = sorted(strokes[glyph.run].shade for glyph in glyphs)[len(glyphs) // 5]
    pale: dict[int, list[int]] = defaultdict(list)
    dark: list[Placed] = []
    for index, glyph in enumerate(glyphs):
        if strokes[glyph.run].shade > usual + _PALER:
            pale[glyph.run].append(index)
        else:
            dark.append(glyph)
    if not pale or not dark:
        return set()
    size = median(glyph.size for glyph in dark)
    looks = {run: _look([glyphs[index] for index in own], strokes[run], size) for run, own in pale.items()}
    across = _Across(dark, rules)
    found = {looks[run] for run, own in pale.items() if any(across.meets(glyphs[index]) for index in own)}
    return {index for run, own in pale.items() if looks[run] in found for index in own}


def _look(own: Sequence[Placed], stroke: Stroke, size: float) -> Look:
    letters = round(max(glyph.size for glyph in own))
    if letters > _LARGER * size:
        return letters, round(stroke.shade, 2)
    return letters, "".join(glyph.text for glyph in own)


class _Across:
    """What is printed on the page besides pale text, looked up by bands of its height."""

    def __init__(self, dark: Sequence[Placed], rules: Sequence[Rule]) -> None:
        self._glyphs: dict[int, list[Placed]] = defaultdict(list)
        self._rules: dict[int, list[Rule]] = defaultdict(list)
        for glyph in dark:
            for band in _bands(glyph.top, glyph.bottom):
                self._glyphs[band].append(glyph)
        for rule in rules:
            for band in _bands(rule.at, rule.at) if rule.level else _bands(rule.start, rule.end):
                self._rules[band].append(rule)

    def meets(self, pale: Placed) -> bool:
        """Whether something runs through the middle of the glyph."""
        inset_x, inset_y = _MIDDLE * (pale.x1 - pale.x0), _MIDDLE * (pale.bottom - pale.top)
        x0, x1, top, bottom = pale.x0 + inset_x, pale.x1 - inset_x, pale.top + inset_y, pale.bottom - inset_y
        for band in _bands(top, bottom):
            for other in self._glyphs.get(band, ()):
                if x0 < other.x1 and other.x0 < x1 and top < other.bottom and other.top < bottom:
                    return True
            for rule in self._rules.get(band, ()):
                along, over = ((top, bottom), (x0, x1)) if rule.level else ((x0, x1), (top, bottom))
                if along[0] < rule.at < along[1] and rule.start < over[1] and over[0] < rule.end:
                    return True
        return False


def _bands(low: float, high: float) -> Iterator[int]:
    yield from range(math.floor(low / _BAND), math.floor(high / _BAND) + 1)
