"""Tables of level rules alone: the upright ones are put where the text leaves room for them.

The rules tell the rows for certain, and where one of them is short, which cells reach over several. Columns are where
the entries of all rows leave a gap, and where a short rule begins; a text that crosses such a place spans it.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from pipelines.documents.pdf.columns import is_heading, is_running
from pipelines.documents.pdf.drawing import Rule
from pipelines.documents.pdf.grid import RULES_LIMIT, SAME_EDGE, SLOTS_LIMIT, Grid, grid_of, joined_rules
from pipelines.documents.pdf.lines import Line, Piece, line_of, rows_of
from pipelines.documents.pdf.page import Glyph
from pipelines.documents.pdf.rows import is_entry, is_single

# So many rules and rows draw a table; a row that goes over from the page before is told by its many entries.
_LEAST_RULES = 4
_LEAST_ROWS = 2
_LEAST_PIECES = 5
# Rules further apart than this part of the page's height belong to no one table.
_TALLEST_ROW = 0.3
# A row of so many times its lines' height is more than a row, and text so much larger than the rows' none of theirs.
_TIGHT_ROW = 2.4
_LARGER = 1.15
# The least gap between two cells' texts, in sizes of their characters.
_GAP = 0.3


def level_grids(rules: Sequence[Rule], grids: Sequence[Grid], glyphs: Sequence[Glyph], height: float) -> list[Grid]:
    """The tables of the page that only level rules draw; ``grids`` are those found already, ``glyphs`` the upright text
    outside them."""
    level = [rule for rule in joined_rules(rules) if rule.level and not any(_in_grid(rule, grid) for grid in grids)]
    if not 2 <= len(level) <= RULES_LIMIT:
        return []
    rows = rows_of(glyphs)
    lines = [line_of(row) for row in rows]
    found = []
    for group in _groups(sorted(level, key=lambda rule: rule.at), lines, height):
        inside = [index for index, line in enumerate(lines) if group[0].at < line.y < group[-1].at]
        upright = list(_upright(group, [lines[index] for index in inside], [rows[index] for index in inside]))
        grid = grid_of([*group, *upright]) if upright else None
        if grid is not None:
            found.append(replace(grid, guessed=True))
    return found


def _in_grid(rule: Rule, grid: Grid) -> bool:
    return grid.top - SAME_EDGE <= rule.at <= grid.bottom + SAME_EDGE


def _groups(level: Sequence[Rule], lines: Sequence[Line], height: float) -> Iterator[list[Rule]]:
    """Rules of one table: below each other within the same margins, with no heading or running text between."""
    group: list[Rule] = []
    for rule in level:
        if group and not _goes_on(group, rule, lines, height):
            yield from [group] if _draws_table(group) else []
            group = []
        group.append(rule)
    yield from [group] if _draws_table(group) else []


def _goes_on(group: Sequence[Rule], rule: Rule, lines: Sequence[Line], height: float) -> bool:
    """Whether the rule is the next one of the table: no text stands between that is wider than the table or set apart
    from it. A row without entries looks like a heading between two tables, but is no larger and no further apart."""
    left, right = min(each.start for each in group), max(each.end for each in group)
    gap = rule.at - group[-1].at
    if gap > _TALLEST_ROW * height or rule.end < left or rule.start > right:
        return False
    between = [line for line in lines if group[-1].at < line.y < rule.at]
    if not between or any(is_entry(piece) for line in between for piece in line.pieces[1:]):
        return True
    if any(line.x0 < left - SAME_EDGE or line.x1 > right + SAME_EDGE for line in between):
        return False
    sizes = [line.size for line in lines if group[0].at < line.y < group[-1].at]
    apart = gap > _TIGHT_ROW * between[0].size * len(between) or any(
        line.size > _LARGER * size for line in between for size in sizes[-1:]
    )
    return not (apart and any(is_heading(line) or is_running(line) for line in between))


def _draws_table(group: Sequence[Rule]) -> bool:
    if len(group) < 2:
        return False
    left, right = min(rule.start for rule in group), max(rule.end for rule in group)
    whole = [rule for rule in group if rule.start - left <= SAME_EDGE and right - rule.end <= SAME_EDGE]
    return len(whole) >= 2 and group[0] in whole and group[-1] in whole


def _upright(group: Sequence[Rule], lines: Sequence[Line], texts: Sequence[Sequence[Glyph]]) -> Iterator[Rule]:
    """Upright rules at both margins and between the columns, where no text stands in their way; none where too few
    rows have entries."""
    left, right = min(rule.start for rule in group), max(rule.end for rule in group)
    rows = [line for line in lines if len(line.pieces) > 1 and is_entry(line.pieces[-1])]
    rows += [line for line in lines if len(line.pieces) > 1 and line not in rows and all(map(is_entry, line.pieces))]
    several = len(rows) >= _LEAST_ROWS and len(group) >= _LEAST_RULES
    if not several and not any(len(line.pieces) >= _LEAST_PIECES for line in rows):
        return
    ends = [end for rule in group for end in (rule.start, rule.end) if left + SAME_EDGE < end < right - SAME_EDGE]
    gaps = _gaps([piece for line in rows for piece in line.pieces if is_single(piece) or not is_entry(piece)], lines)
    places = sorted([*ends, *((low + high) / 2 for low, high in gaps if not any(low <= end <= high for end in ends))])
    ys = sorted({rule.at for rule in group})
    for at in (left, right):
        yield Rule(False, at, ys[0], ys[-1])
    places = list(_apart(places))
    if len(places) * len(ys) > SLOTS_LIMIT:
        return
    beside: list[list[Sequence[Glyph]]] = [[] for _ in ys]
    for line, text in zip(lines, texts, strict=True):
        beside[bisect_right(ys, line.y) - 1].append(text)
    for place in places:
        for band, (top, bottom) in enumerate(pairwise(ys)):
            if not any(_runs_across(text, place) for text in beside[band]):
                yield Rule(False, place, top, bottom)


def _runs_across(text: Sequence[Glyph], place: float) -> bool:
    """Whether the glyphs of a line leave no gap at the place."""
    before = max((glyph.x1 for glyph in text if glyph.x < place), default=None)
    behind = min((glyph.x0 for glyph in text if glyph.x >= place), default=None)
    return before is not None and behind is not None and behind - before < _GAP * text[0].size


def _gaps(pieces: Sequence[Piece], lines: Sequence[Line]) -> Iterator[tuple[float, float]]:
    """The gaps that all rows leave, heads over empty columns included."""
    columns: list[tuple[float, float]] = []
    for piece in sorted(pieces, key=lambda piece: piece.x0):
        if columns and piece.x0 <= columns[-1][1]:
            columns[-1] = (columns[-1][0], max(columns[-1][1], piece.x1))
        else:
            columns.append((piece.x0, piece.x1))
    first = min((piece.x0 for piece in pieces if is_entry(piece)), default=0.0)
    heads = [piece for line in lines if len(line.pieces) > 2 for piece in line.pieces if piece.x0 > first]
    for head in heads:
        over = [i for i, (start, end) in enumerate(columns) if head.x0 <= end and start <= head.x1]
        if not over:
            columns.append((head.x0, head.x1))
        elif len(over) == 1:
            start, end = columns[over[0]]
            columns[over[0]] = (min(start, head.x0), max(end, head.x1))
    columns.sort()
    yield from ((end, start) for (_, end), (start, _) in pairwise(columns))


def _apart(places: Sequence[float]) -> Iterator[float]:
    last: float | None = None
    for place in places:
        if last is None or place - last > 2 * SAME_EDGE:
            yield place
            last = place
