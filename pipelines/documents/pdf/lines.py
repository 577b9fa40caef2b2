"""From glyphs to lines of text, and from lines to the text of a cell or of paragraphs.

Characters are put in order by their places; the order in which a program wrote them is not trusted.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from pipelines.documents.pdf.page import Glyph
from pipelines.documents.plain.rows import is_item

# Two glyphs further apart than this part of their size have a space between them, even if none was set.
WORD_GAP = 0.45
# A gap this wide parts two columns of a table without rules.
COLUMN_GAP = 0.9
# No page of running text has shorter lines than this many characters.
LEAST_MEASURE = 20
# With a space character in between, less will do: its width may be as small as a fifth of the size.
SPACED_GAP = 0.08
# A digit that begins within this part of the width of the one before is printed over it: nobody can tell the number.
_OVERPRINT = 0.4
OVERPRINTED = "\ufffd"
# Baselines that differ by less, in points, are one: coordinates are rounded in the file.
_SAME_BASELINE = 0.01
# Numbers of two strokes so far apart may be two: no font has more between its digits.
_NUMBERS_GAP = 0.15
# The inner margin of a cell that word processors use by default is 5.4 points a side.
CELL_MARGIN = 5.4
_SENTENCE_ENDS = ("。", "！", "？", "；", "：")
_DATE = re.compile(
    r"[\d〇○零一二三四五六七八九十]{4}\s?年\s?[\d一二三四五六七八九十]{1,3}\s?月\s?[\d一二三四五六七八九十]{1,3}\s?日"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line with no wide gap in it: a column's entry, where the line belongs to a table without rules.

    ``words`` are its parts between narrow gaps, where it has any: narrow columns stand no further apart.
    """

    text: str
    x0: float
    x1: float
    words: tuple["Piece", ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """Glyphs on one baseline, in reading order, already turned into ``text``.

    ``pieces`` are its parts between wide gaps; ``first_width`` the room that its first unbreakable piece takes.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    pieces: tuple[Piece, ...]
    page: int = 0
    first_width: float = 0.0

    @property
    def y(self) -> float:
        return (self.top + self.bottom) / 2


def lines_of(glyphs: Iterable[Glyph], page: int = 0) -> list[Line]:
    """Upright text from top to bottom; text on one baseline is one line, however wide its gaps."""
    return [line_of(row, page) for row in rows_of(glyphs)]


def rows_of(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """Glyphs that share a baseline, each row from left to right. Small raised or lowered signs join their row, and so
    does every glyph on the very baseline of one in it: the box of a point or a stroke (一) may be a tenth of its size.
    """
    rows: list[list[Glyph]] = []
    baselines: list[float] = []
    largest = 0.0
    for glyph in sorted(glyphs, key=lambda glyph: (glyph.baseline, glyph.x0)):
        if rows and (
            glyph.baseline - rows[-1][-1].baseline <= _SAME_BASELINE
            or glyph.baseline - baselines[-1] <= 0.3 * min(glyph.size, largest)
        ):
            rows[-1].append(glyph)
            largest = max(largest, glyph.size)
            continue
        rows.append([glyph])
        baselines.append(glyph.baseline)
        largest = glyph.size
    for row in rows:
        row.sort(key=lambda glyph: glyph.x0)
    return rows


def line_of(row: Sequence[Glyph], page: int = 0) -> Line:
    text = text_of(row)
    return Line(
        text=text,
        x0=row[0].x0,
        top=min(glyph.top for glyph in row),
        x1=max(glyph.x1 for glyph in row),
        bottom=max(glyph.bottom for glyph in row),
        size=median(glyph.size for glyph in row),
        pieces=tuple(_pieces(row, text)),
        page=page,
        first_width=_first_word_width(row),
    )


def _pieces(row: Sequence[Glyph], text: str) -> Iterator[Piece]:
    gaps = [i for i in range(1, len(row)) if row[i].x0 - row[i - 1].x1 > COLUMN_GAP * row[i].size]
    for start, end in pairwise([0, *gaps, len(row)]):
        part = row[start:end]
        yield Piece(text_of(part) if gaps else text, part[0].x0, part[-1].x1, tuple(_words(part)))


def _words(part: Sequence[Glyph]) -> Iterator[Piece]:
    """The words of a piece; none where it is a single one."""
    starts = [index for index in range(1, len(part)) if _begins_word(part[index - 1], part[index])]
    for start, end in pairwise([0, *starts, len(part)]) if starts else ():
        word = part[start:end]
        yield Piece("".join(glyph.text for glyph in word), word[0].x0, word[-1].x1)


def _begins_word(before: Glyph, glyph: Glyph) -> bool:
    """Whether a space stands between, or two numbers meet: a long one reaches close to that of the next column."""
    meet = before.text.isdigit() and glyph.text.isdigit() and before.run != glyph.run
    return _apart(before, glyph) or (meet and glyph.x0 - before.x1 > _NUMBERS_GAP * min(before.size, glyph.size))


def text_of(row: Sequence[Glyph]) -> str:
    """The text of glyphs in reading order, with single spaces where the gaps say so, and `OVERPRINTED` between digits
    of which one is printed over the other."""
    return "".join(_spaced(row))


def _spaced(row: Sequence[Glyph]) -> Iterator[str]:
    before: Glyph | None = None
    for glyph in row:
        if before is not None:
            if _apart(before, glyph):
                yield " "
            elif glyph.x0 - before.x0 < _OVERPRINT * (before.x1 - before.x0) and (before.text + glyph.text).isdigit():
                yield OVERPRINTED
        yield glyph.text
        before = glyph


def _apart(before: Glyph, glyph: Glyph) -> bool:
    gap = glyph.x0 - before.x1
    size = min(before.size, glyph.size)
    return gap > WORD_GAP * size or (glyph.spaced and gap > SPACED_GAP * size)


def _first_word_width(row: Sequence[Glyph]) -> float:
    """How much room the line's first unbreakable piece takes: a number or Latin word, or one Chinese character."""
    end = row[0].x1
    if not _latin(row[0].text):
        return end - row[0].x0
    for before, glyph in pairwise(row):
        if not _latin(glyph.text) or _apart(before, glyph):
            break
        end = glyph.x1
    return end - row[0].x0


def _latin(text: str) -> bool:
    return text.isascii() and (text.isalnum() or text in "%.,-/@_:")


def cell_text(glyphs: Sequence[Glyph], x0: float, x1: float) -> str:
    """The text of a cell that reaches from ``x0`` to ``x1``: lines parted by ``\\n``.

    Text that runs downward (三、本年度办理结果 beside the rows) is one line, its columns read from right to left.
    Turned text is read along its own direction. A number that was broken only because the cell is too narrow for one
    more digit is one number.
    """
    upright = [glyph for glyph in glyphs if glyph.quarter == 0]
    turned = [glyph for glyph in glyphs if glyph.quarter != 0]
    parts = []
    if _runs_downward(upright):
        parts.append(_downward_text(upright))
    elif upright:
        parts.append(_joined_lines(lines_of(upright), x1 - x0))
    parts.extend(_turned_text(turned))
    return "\n".join(parts)


def _runs_downward(glyphs: Sequence[Glyph]) -> bool:
    """Whether most characters stand below the one that was written before them."""
    down = across = 0
    ordered = sorted(glyphs, key=lambda glyph: glyph.order)
    for before, glyph in pairwise(ordered):
        near = 0.3 * glyph.size
        down += abs(glyph.x - before.x) < near < glyph.y - before.y
        across += abs(glyph.baseline - before.baseline) < near
    return down > 1 and down > across and not any(glyph.text.isdigit() for glyph in glyphs)


def _downward_text(glyphs: Sequence[Glyph]) -> str:
    columns: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda glyph: -glyph.x):
        if not columns or columns[-1][0].x - glyph.x > 0.5 * glyph.size:
            columns.append([])
        columns[-1].append(glyph)
    return "".join(glyph.text for column in columns for glyph in sorted(column, key=lambda glyph: glyph.y))


def _joined_lines(lines: Sequence[Line], width: float) -> str:
    text = lines[0].text
    for before, line in pairwise(lines):
        broken_number = before.text[-1].isdigit() and line.text[0].isdigit() and _is_full(before, line, width)
        text += line.text if broken_number else "\n" + line.text
    return text


def _is_full(before: Line, line: Line, width: float) -> bool:
    """Whether not one more digit had room in the line ``before``."""
    digit = (before.x1 - before.x0) / max(len(before.text), 1)
    return " " not in before.text and before.x1 - before.x0 + digit > width - 2 * CELL_MARGIN


def _turned_text(glyphs: Sequence[Glyph]) -> Iterator[str]:
    for quarter in (1, 2, 3):
        turned = [_upright(glyph) for glyph in glyphs if glyph.quarter == quarter]
        if turned:
            yield "\n".join(line.text for line in lines_of(turned))


def _upright(glyph: Glyph) -> Glyph:
    """The glyph turned back, so that its line runs from left to right."""
    match glyph.quarter:
        case 1:
            x0, x1, top, bottom = glyph.top, glyph.bottom, -glyph.x1, -glyph.x0
        case 2:
            x0, x1, top, bottom = -glyph.x1, -glyph.x0, -glyph.bottom, -glyph.top
        case _:
            x0, x1, top, bottom = -glyph.bottom, -glyph.top, glyph.x0, glyph.x1
    size = bottom - top
    return Glyph(glyph.text, x0, top, x1, bottom, bottom, size, 0, glyph.mapped, glyph.spaced, glyph.run, glyph.order)


def paragraphs_of(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines of running text (of any number of pages, in reading order, without tables between) by paragraph.

    A new paragraph starts where a line is indented, where the line before ended early although the next word had
    room, after a wide gap, where the size of the letters changes, and, below a sentence that ends, where a line begins
    a numbered part (一、总体情况); a date by itself away from the margin is one.
    """
    if not lines:
        return []
    left = _common_edge([line.x0 for line in lines], highest=False)
    right = _common_edge([line.x1 for line in lines], highest=True)
    right = max(right, left + LEAST_MEASURE * median(line.size for line in lines))
    pitch = _pitch(lines)
    groups = [[lines[0]]]
    for before, line in pairwise(lines):
        if _starts(before, line, left, right, pitch):
            groups.append([])
        groups[-1].append(line)
    return groups


def _starts(before: Line, line: Line, left: float, right: float, pitch: float) -> bool:
    if abs(before.size - line.size) > 0.2 * before.size:
        return True
    if line.page == before.page and line.top - before.top > 1.7 * pitch:
        return True
    if _begins_part(before, line, left):
        return True
    ended_early = before.x1 + line.first_width < right - 0.6 * before.size
    if ended_early:
        return True
    return line.x0 > left + 0.9 * line.size and line.x0 > before.x0 + 0.9 * line.size


def _begins_part(before: Line, line: Line, left: float) -> bool:
    """Whether ``line`` reads as the beginning of something, although the line before may reach the right margin."""
    if before.text.endswith(_SENTENCE_ENDS) and is_item(line.text):
        return True
    return _is_date(line, left) or _is_date(before, left)


def _is_date(line: Line, left: float) -> bool:
    """Whether the line is the date below a signature."""
    return line.x0 > left + 5 * line.size and _DATE.fullmatch(line.text) is not None


def _common_edge(places: Sequence[float], *, highest: bool) -> float:
    """The margin: the outermost place that at least two lines (or the only one) reach."""
    ordered = sorted(places, reverse=highest)
    for first, second in pairwise(ordered):
        if abs(first - second) <= 6.0:
            return first
    return ordered[0]


def _pitch(lines: Sequence[Line]) -> float:
    steps = [
        line.top - before.top
        for before, line in pairwise(lines)
        if line.page == before.page and line.top - before.top > 2.0
    ]
    return median(steps) if steps else 1.5 * lines[0].size


def paragraph_text(lines: Sequence[Line]) -> str:
    """Lines put together: without a space where Chinese goes on, with one between Latin words."""
    text = lines[0].text
    for line in lines[1:]:
        between = " " if _latin(text[-1]) and _latin(line.text[0]) and not text[-1].isdigit() else ""
        text += between + line.text
    return text
