"""Tables over page breaks: the parts on two pages become one table, and what the break cut becomes whole.

Nothing is told by vocabulary here. A row counts as cut only where its two halves can't be two rows: a label that
filled its line goes on, and the numbers stand on one side alone. An empty half counts where rules are open there.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from pipelines.documents.pdf.grid import SAME_EDGE
from pipelines.documents.pdf.part import Part, PartCell

# How far the outer borders of two parts of one table may lie apart; inner and outer pages may have other margins.
SAME_BORDER = 6.0
# How far edges that are not drawn may lie apart, and as a part of the narrowest column.
_GUESSED_EDGE, _PART_OF_COLUMN = 14.0, 0.35

# The start of a label of its own: 三、 （二） 2. 2． (3) 第二十条 ①
_ORDINAL = re.compile(
    r"(?:[(（]?(?:[一二三四五六七八九十]+|\d+)[)）、.．,，:：]|第[一二三四五六七八九十\d]+[条项款类]|[①-⑳])"
)
# The beginning of a line that can't be parted (kinsoku: no line ends with an opening or begins with a closing sign).
_UNBROKEN = re.compile(r"[（《「『“‘(]*(?:[A-Za-z0-9.,%-]+|.)[、，。；：！？）》」』”’…·％,.;:!?)]*")
# What stands in a cell of numbers: digits and marks, never a label.
_DATA = re.compile(r"[\s\d.,，．%％+\-–—−/／万亿元]+|无|零")


def joined(upper: Part, lower: Part) -> Part | None:
    """One part made of two that stand at a page break with nothing between, or None if they are two tables."""
    if upper.spans != lower.spans:
        return None
    if upper.spans == "lost":
        return _put_together(upper, _without_header(upper, lower), cut=False)
    shift = _shift(upper, lower)
    if shift is None:
        return None
    xs = _all_edges(upper.xs, [x + shift for x in lower.xs], guessed=upper.guessed or lower.guessed)
    above = _placed(upper, xs, 0.0)
    below = _placed(lower, xs, shift)
    below = _without_header(above, below)
    if below.height == 0:
        return _put_together(above, below, cut=False)
    return _put_together(above, below, cut=_is_cut(above, below))


def _shift(upper: Part, lower: Part) -> float | None:
    """How far ``lower`` has to move so that both borders agree; None if its width is another."""
    left, right = upper.xs[0] - lower.xs[0], upper.xs[-1] - lower.xs[-1]
    if abs(left - right) > SAME_BORDER:
        return None
    return (left + right) / 2


def _all_edges(first: Sequence[float], second: Sequence[float], *, guessed: bool) -> list[float]:
    """The edges of both; one that is guessed may lie elsewhere between the texts of its columns on each page."""
    reach = SAME_EDGE
    if guessed:
        narrowest = min(right - left for edges in (first, second) for left, right in pairwise(edges))
        reach = max(SAME_EDGE, min(_GUESSED_EDGE, _PART_OF_COLUMN * narrowest))
    edges = list(first)
    edges.extend(x for x in second if all(abs(x - edge) > reach for edge in first))
    return sorted(edges)


def _placed(part: Part, xs: list[float], shift: float) -> Part:
    """``part`` on the common column edges."""
    if xs == part.xs and not shift:
        return part
    place = [min(range(len(xs)), key=lambda index: abs(xs[index] - x - shift)) for x in part.xs]
    for cell in part.all_cells:
        first, end = place[cell.column], place[cell.column + cell.colspan]
        cell.column, cell.colspan = first, end - first
    part.xs = xs
    return part


def _without_header(above: Part, below: Part) -> Part:
    """``below`` without the header rows that are printed again on each page."""
    count = 0
    for index in range(min(above.height, below.height)):
        if any(cell.end_row <= index + 1 < cell.end_row for cell in below.cells):
            break
        if not _same_row(above.row(index), below.row(index)):
            break
        count = index + 1
    while count and any(cell.row < count < cell.end_row for cell in below.cells):
        count -= 1
    if not count:
        return below
    kept = [cell for cell in below.cells if cell.row >= count]
    for cell in kept:
        cell.row -= count
    below.cells, below.heights, below.open_top = kept, below.heights[count:], False
    return below


def _same_row(first: Sequence[PartCell], second: Sequence[PartCell]) -> bool:
    """Whether two rows are one header row printed twice: alike, with words in it, and without a number."""
    alike = [(cell.place, _bare(cell.text)) for cell in first] == [(cell.place, _bare(cell.text)) for cell in second]
    worded = any(cell.text and not _is_data(cell) for cell in first)
    return alike and worded and not any(cell.text and _is_data(cell) for cell in first)


def _bare(text: str) -> str:
    return "".join(text.split())


def _is_data(cell: PartCell) -> bool:
    return _DATA.fullmatch(cell.text) is not None


def _is_numbered(cell: PartCell) -> bool:
    """Whether the label has an ordinal; a narrow cell may break even that."""
    return _ORDINAL.match(_bare(cell.text)) is not None


Pair = tuple[PartCell, PartCell]


def _pairs(above: Part, below: Part) -> list[Pair]:
    """Cells of the last and the first row that cover the same columns."""
    upper = {cell.place: cell for cell in above.row(above.height - 1)}
    return [(upper[cell.place], cell) for cell in below.row(0) if cell.place in upper]


def _is_cut(above: Part, below: Part) -> bool:
    """Whether the last row of ``above`` and the first of ``below`` are one row, cut by the break."""
    pairs = _pairs(above, below)
    if not len(pairs) == len(above.row(above.height - 1)) == len(below.row(0)):
        return False
    plain = [(upper, lower) for upper, lower in pairs if upper.rowspan == lower.rowspan == 1]
    if not plain or any(upper.text and lower.text and (_is_data(upper) or _is_data(lower)) for upper, lower in plain):
        return False
    if not any(upper.text for upper, _ in plain):
        return above.open_bottom or _is_sliver(above.heights, -1)
    if not any(lower.text for _, lower in plain):
        return below.open_top or _is_sliver(below.heights, 0)
    return _halves_of_one(plain, above, below)


def _is_sliver(heights: Sequence[float], index: int) -> bool:
    """Whether a row is lower than every whole row on its page: too low for a line of text."""
    others = list(heights)
    height = others.pop(index)
    return bool(others) and height < 0.85 * min(others)


def _halves_of_one(plain: Sequence[Pair], above: Part, below: Part) -> bool:
    """Whether two closed rows can only be halves: their numbers stand on one side, and a label runs on."""
    upper_data = any(upper.text and _is_data(upper) for upper, _ in plain)
    lower_data = any(lower.text and _is_data(lower) for _, lower in plain)
    if upper_data and lower_data:
        return False
    upper_words = any(upper.text and not _is_data(upper) for upper, _ in plain)
    lower_words = any(lower.text and not _is_data(lower) for _, lower in plain)
    if upper_words != lower_words and upper_data != lower_data:
        return True
    running_on = [(upper, lower) for upper, lower in plain if lower.text and not _is_data(lower)]
    return bool(running_on) and all(
        _runs_on(upper, lower) or _lacks_ordinal(upper, lower, above, below) for upper, lower in running_on
    )


def _runs_on(upper: PartCell, lower: PartCell) -> bool:
    """Whether ``lower`` is the rest of ``upper``: its beginning had no room in the line above."""
    if not upper.text or not lower.text or _is_numbered(lower):
        return False
    return upper.room < _first_length(lower.text)


def _first_length(text: str) -> float:
    """How much room the beginning of ``text`` takes that no line break may part, in sizes of its characters: a sign
    that must not begin a line stays with the character before it, a number or Latin word stays whole."""
    found = _UNBROKEN.match(_bare(text))
    return sum(0.5 if character.isascii() else 1.0 for character in found[0]) if found else 1.0


def _lacks_ordinal(upper: PartCell, lower: PartCell, above: Part, below: Part) -> bool:
    """Whether ``lower`` has no ordinal although the labels over and under it have: then it is no label of its own."""
    if not upper.text or _is_numbered(lower):
        return False
    others = [
        cell
        for cell in (*above.all_cells, *below.cells)
        if cell is not lower and cell.column == lower.column and cell.text and not _is_data(cell)
    ]
    numbered = sum(map(_is_numbered, others))
    return len(others) > 2 and numbered >= 0.8 * len(others)


def _put_together(above: Part, below: Part, *, cut: bool) -> Part:
    above.head = above.head or above.height
    offset = above.height - (1 if cut else 0)
    merged: set[int] = set()
    if below.height and above.spans == "resolved":
        pairs = _pairs(above, below)
        heads_cut = not cut and _are_heads_cut(pairs, below)
        for upper, lower in pairs:
            if cut or heads_cut or _is_one_label(upper, lower, below):
                _absorb(upper, lower, overlap=1 if cut else 0)
                merged.add(id(lower))
    for cell in below.cells:
        if id(cell) not in merged:
            cell.row += offset
            above.cells.append(cell)
    if cut:
        above.heights[-1] += below.heights.pop(0)
    above.heights.extend(below.heights)
    above.xs = max(above.xs, below.xs, key=len)
    above.pages = (above.pages[0], below.pages[1])
    above.bottom, above.open_bottom = below.bottom, below.open_bottom
    above.lines = [*above.lines, *below.lines]
    above.strayed += below.strayed
    _close(above)
    return above


def _close(part: Part) -> None:
    """Puts aside what no later page is compared with: all but the first page, where heads are, and the last row."""
    kept: list[PartCell] = []
    for cell in part.cells:
        (kept if cell.row < part.head or cell.end_row == part.height else part.closed).append(cell)
    part.cells = kept


def _is_one_label(upper: PartCell, lower: PartCell, below: Part) -> bool:
    """Whether a label beside several rows was cut between two of them: its text stands on one page, or runs on. Blank
    below a tall head, where no label follows in the row, is a value."""
    if any(cell.text and _is_data(cell) for cell in (upper, lower)):
        return False
    spanning = max(upper.rowspan, lower.rowspan) > 1
    heads_a_label = any(
        cell.column > lower.column and cell.text and not _is_data(cell) for cell in below.row(0) if cell is not lower
    )
    if not spanning and not (heads_a_label and upper.text and not lower.text):
        return False
    if not lower.text:
        return lower.rowspan > 1 or heads_a_label
    return not upper.text or _runs_on(upper, lower)


def _are_heads_cut(pairs: Sequence[Pair], below: Part) -> bool:
    """Whether column heads that reach over two rows were cut between these: each of several stands on one side or
    runs on, and the rows are divided differently in other columns, so that they are two rows."""
    if len(pairs) < 2 or len(pairs) == len(below.row(0)):
        return False
    if any(cell.text and _is_data(cell) for cell in below.row(0)):
        return False
    return all(_stands_once(upper, lower) or _runs_on(upper, lower) for upper, lower in pairs)


def _stands_once(upper: PartCell, lower: PartCell) -> bool:
    return bool(upper.text) != bool(lower.text)


def _absorb(upper: PartCell, lower: PartCell, *, overlap: int) -> None:
    upper.rowspan += lower.rowspan - overlap
    upper.text = "\n".join(text for text in (upper.text, lower.text) if text)
    upper.room = lower.room
    upper.image = upper.image or lower.image
