"""Numbers that are struck out: printed, and not meant."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from pipelines.documents.pdf.drawing import Rule
from pipelines.documents.pdf.page import Glyph

# A line that strikes text out runs so far above its baseline, in sizes of the text; borders and underlines don't.
_LOW, _HIGH = 0.1, 0.65
# It ends with the text, but for this part of its size.
_BEYOND = 0.6
# Rules that are no further apart, in points, touch.
_TOUCH = 1.5
# No word that is struck out is longer, in points: longer lines are borders.
_LONGEST = 240.0

# Unicode's own stroke through the character before it.
STROKE = "\u0336"


def without_struck(glyphs: Sequence[Glyph], rules: Sequence[Rule]) -> list[Glyph]:
    """The glyphs, those that a line strikes out with `STROKE` behind their character: a number is none then."""
    level = [rule for rule in _lines(rules) if 2.0 < rule.end - rule.start < _LONGEST]
    if not level:
        return list(glyphs)
    upright = [rule for rule in rules if not rule.level]
    order = sorted(
        (i for i, glyph in enumerate(glyphs) if glyph.quarter == 0), key=lambda index: glyphs[index].baseline
    )
    baselines = [glyphs[index].baseline for index in order]
    largest = max((glyph.size for glyph in glyphs), default=0.0)
    struck: set[int] = set()
    for rule in level:
        start, end = bisect_left(baselines, rule.at), bisect_right(baselines, rule.at + _HIGH * largest)
        found = list(_under(rule, order[start:end], glyphs))
        if found and not any(_bounds(side, rule) for side in upright):
            struck.update(found)
    return [each._replace(text=each.text + STROKE) if i in struck else each for i, each in enumerate(glyphs)]


def _lines(rules: Sequence[Rule]) -> list[Rule]:
    """The level rules, those that go on in each other as one: borders are drawn cell by cell, strokes run by run."""
    lines: list[Rule] = []
    for rule in sorted((rule for rule in rules if rule.level), key=lambda rule: (round(2 * rule.at), rule.start)):
        last = lines[-1] if lines else None
        if last and round(2 * last.at) == round(2 * rule.at) and rule.start - last.end < _TOUCH:
            lines[-1] = last._replace(end=max(last.end, rule.end))
        else:
            lines.append(rule)
    return lines


def _bounds(side: Rule, rule: Rule) -> bool:
    """Whether the upright rule ``side`` stands at an end of the level one: that is a border then."""
    at_end = min(abs(side.at - rule.start), abs(side.at - rule.end)) < _TOUCH
    return at_end and side.start - _TOUCH < rule.at < side.end + _TOUCH


def _under(rule: Rule, candidates: Sequence[int], glyphs: Sequence[Glyph]) -> Iterator[int]:
    """The glyphs that the rule strikes out: it runs through their middle, and no further than they do."""
    found = [
        index
        for index in candidates
        if rule.start <= glyphs[index].x <= rule.end
        and _LOW * glyphs[index].size < glyphs[index].baseline - rule.at < _HIGH * glyphs[index].size
    ]
    if not found or not any(glyphs[index].text.isdigit() for index in found):
        return
    beyond = _BEYOND * max(glyphs[index].size for index in found)
    left, right = min(glyphs[index].x0 for index in found), max(glyphs[index].x1 for index in found)
    if left - rule.start < beyond and rule.end - right < beyond:
        yield from found
