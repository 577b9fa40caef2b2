"""Tables without upright rules: entries put into columns and rows by their places.

Where nothing is drawn, spans can't be known: such tables have ``spans="lost"``. A line with numbers is a row, and so
is a line of several pieces. A lone piece close to another line is a part of that line's label, broken over lines.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines.documents.pdf.lines import Line, Piece
from pipelines.documents.pdf.part import Part, PartCell
from pipelines.documents.pdf.rows import (
    TIGHT,
    Row,
    is_entry,
    is_numbered,
    is_several,
    is_single,
    overlap,
    rows_of_lines,
)

_HEADING = re.compile(r"[一二三四五六七八]\s*[、.．]")
# Fewer lines with entries are no table: addresses and dates set with wide gaps.
_LEAST_ROWS = 2
# So many lines without entries may stand between two rows: headings of a part, labels broken over lines.
_LINES_BETWEEN = 5
# Numbers in so many columns make a table of a single row.
_LEAST_COLUMNS = 5
# A lone piece longer than this many characters is running text.
_LONGEST_LABEL = 26


@dataclass(frozen=True, slots=True)
class Region:
    """Lines ``start`` to ``end`` (exclusive) of a page that make up ``part``."""

    start: int
    end: int
    part: Part


def unruled_regions(lines: Sequence[Line], page: int) -> list[Region]:
    """The tables that stand in the running lines of a page, top to bottom."""
    regions: list[Region] = []
    for start, end in _groups(lines):
        # Lines close to the rows of two tables belong to the upper one.
        start = max(start, regions[-1].end) if regions else start
        if start >= end:
            continue
        regions.append(Region(start, end, _part(lines[start:end], page)))
    return regions


def _is_row(line: Line) -> bool:
    """A line that ends in an entry behind a gap, or holds nothing but several entries. Two numbers close to each other
    are entries behind a third alone: with none before them they may be those of a telephone."""
    if len(line.pieces) < 2 or not is_entry(line.pieces[-1]):
        return False
    return is_single(line.pieces[-1]) or is_entry(line.pieces[-2])


def _groups(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    group: list[int] = []
    for index, line in enumerate(lines):
        if not _is_row(line):
            continue
        if group and _part_tables(lines[group[-1]], lines[group[-1] + 1 : index]):
            yield from _span(lines, group)
            group = []
        group.append(index)
    yield from _span(lines, group)


def _part_tables(row: Line, between: Sequence[Line]) -> bool:
    """Whether the lines between two rows part two tables: running text, or a section's heading above a table's head.
    Those beside the upper one's entries may be lines of narrow labels, of which there may be more."""
    first = next(piece for piece in row.pieces if is_entry(piece))
    beside = first.x0 - row.size if len(row.pieces) > _LEAST_COLUMNS else 0.0
    if sum(line.x1 > beside for line in between) > _LINES_BETWEEN or any(is_running(line) for line in between):
        return True
    heading = next((index for index, line in enumerate(between) if is_heading(line)), len(between))
    return any(len(line.pieces) > 2 for line in between[heading:])


def is_running(line: Line) -> bool:
    return len(line.pieces) == 1 and line.x1 - line.x0 > _LONGEST_LABEL * line.size


def is_heading(line: Line) -> bool:
    return len(line.pieces) == 1 and _HEADING.match(line.text) is not None


def _span(lines: Sequence[Line], rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    several = any(sum(map(is_entry, lines[row].pieces)) >= _LEAST_COLUMNS for row in rows)
    if len(rows) < _LEAST_ROWS and not several:
        return
    start, end = rows[0], rows[-1] + 1
    start -= start > 0 and _is_label_begun(lines[start - 1], lines[start])
    while start > 0 and (len(lines[start - 1].pieces) > 1 or _is_close(lines, start - 1, start)):
        start -= 1
    while end < len(lines) and _is_close(lines, end - 1, end):
        end += 1
    yield start, end


def _is_label_begun(line: Line, row: Line) -> bool:
    """Whether the line is no heading, but the begin of the first row's label: numbered, and that row is not."""
    first = next(piece for piece in row.pieces if is_entry(piece))
    close = row.y - line.y < TIGHT * line.size and len(line.pieces) == 1 and line.x1 < first.x0
    return close and (first is row.pieces[0] or not is_numbered(row.pieces[0]))


def _is_close(lines: Sequence[Line], upper: int, lower: int) -> bool:
    """Whether two lines may stand in one cell: close, and neither of them running text or a heading."""
    if any(is_running(lines[index]) or is_heading(lines[index]) for index in (upper, lower)):
        return False
    return lines[lower].y - lines[upper].y < TIGHT * lines[upper].size


def _part(lines: Sequence[Line], page: int) -> Part:
    rows = rows_of_lines(lines)
    cells: list[PartCell] = []
    height = 0
    for block in _blocks(rows):
        columns = _columns(block)
        for texts in (*_head_texts(block, columns), *(_row_texts(row, columns) for row in block if row.has_entries())):
            cells.extend(PartCell(height, column, 1, 1, text) for column, text in enumerate(texts))
            height += 1
    width = max((cell.column for cell in cells), default=0) + 1
    return Part(
        xs=[lines[0].x0 + column for column in range(width + 1)],
        heights=[lines[0].size] * height,
        cells=cells,
        pages=(page, page),
        top=lines[0].top,
        bottom=lines[-1].bottom,
        spans="lost",
        lines=list(lines),
    )


def _blocks(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Rows under one head: a row without an entry, below rows with entries, begins a new block."""
    block: list[Row] = []
    for row in rows:
        if block and not row.has_entries() and block[-1].has_entries():
            yield block
            block = []
        block.append(row)
    if block:
        yield block


def _columns(rows: Sequence[Row]) -> list[Piece]:
    """Bands in which the entries of a block stand over each other, and heads over columns that are all blank."""
    bands: list[Piece] = []
    for entry in sorted((each for row in rows for each in row.pieces if is_single(each)), key=lambda each: each.x0):
        if bands and entry.x0 <= bands[-1].x1:
            bands[-1] = Piece("", bands[-1].x0, max(bands[-1].x1, entry.x1))
        else:
            bands.append(Piece("", entry.x0, entry.x1))
    if not bands:
        return []
    labels = [label for row in rows if row.has_entries() for label in row.labels]
    heads = [row for row in rows if not row.has_entries()]
    for row in heads:
        if any(_spans(row, other) for other in heads):
            continue
        for head in (*row.labels, *row.pieces):
            if head.x0 > bands[0].x1 and not any(overlap(head, other) for other in (*bands, *labels)):
                bands.append(head)
    return sorted(bands, key=lambda band: band.x0)


def _head_texts(block: Sequence[Row], columns: Sequence[Piece]) -> Iterator[list[str]]:
    """The rows above a block's entries: heads over several columns each in a row of its own, then all others in one
    row, broken ones put together. Heads of columns none of which holds an entry stay in their lines."""
    heads = [row for row in block if not row.has_entries()]
    if not columns:
        yield from ([piece.text for piece in (*row.labels, *row.pieces)] for row in heads)
        return
    corner: list[Piece] = []
    by_column: list[list[str]] = [[] for _ in columns]
    for row in heads:
        pieces = [part for piece in (*row.labels, *row.pieces) for part in _parted(piece, columns)]
        if len(pieces) == 1 and not any(overlap(pieces[0], column) for column in columns[1:]):
            yield [pieces[0].text]
            continue
        below = [piece for other in heads if _spans(row, other) for piece in (*other.labels, *other.pieces)]
        for piece in pieces:
            under = [index for index, column in enumerate(columns) if overlap(piece, column)]
            if not under and piece.x1 < columns[0].x0:
                corner.append(piece)
            elif len(under) != 1 or any(overlap(columns[under[0]], other) for other in below):
                yield [piece.text]
            else:
                by_column[under[0]].append(piece.text)
    if any(by_column):
        yield ["\n".join(_label_texts(corner)), *("\n".join(texts) for texts in by_column)]
    else:
        yield from ([text] for text in _label_texts(corner))


def _spans(upper: Row, lower: Row) -> bool:
    """Whether the upper heads may span columns of the lower ones: these are more, and not in the same cells."""
    more = len(lower.labels) + len(lower.pieces) > len(upper.labels) + len(upper.pieces)
    return more and lower.line.y - upper.line.y > TIGHT * upper.line.size


def _row_texts(row: Row, columns: Sequence[Piece]) -> list[str]:
    """The label's texts, then one for each column, empty where nothing stands. Where two entries fall into one column,
    or one into none or several, an empty one may be theirs: the row has none then, and so too few cells."""
    by_column: list[list[str]] = [[] for _ in columns]
    labels = [part for label in row.labels for part in _without_entry(label, columns)]
    in_columns = [label for label in labels[1:] if any(overlap(label, column) for column in columns)]
    pieces = [part for piece in row.pieces for part in _parted(piece, columns)]
    astray = any(is_several(piece) or sum(overlap(piece, band) for band in columns) != 1 for piece in pieces)
    for piece in (*in_columns, *pieces):
        middle = (piece.x0 + piece.x1) / 2
        nearest = min(range(len(columns)), key=lambda index: _distance(columns[index], middle))
        by_column[nearest].append(_spaced(piece))
    labels = [label for label in labels if label not in in_columns]
    texts = [" ".join(column) for column in by_column]
    if astray or any(len(column) > 1 for column in by_column):
        texts = [text for text in texts if text]
    return [*(_label_texts(labels) or [""]), *texts]


def _without_entry(label: Piece, columns: Sequence[Piece]) -> Sequence[Piece]:
    """The label, and the entry of a column that stands close behind it."""
    if len(label.words) < 2 or not is_entry(label.words[-1]):
        return (label,)
    *words, entry = label.words
    if not any(overlap(entry, column) for column in columns):
        return (label,)
    return Piece(label.text.removesuffix(entry.text).rstrip(), label.x0, words[-1].x1), entry


def _parted(piece: Piece, columns: Sequence[Piece]) -> Sequence[Piece]:
    """The words of a piece, where each stands in a column of its own; else the piece."""
    homes = [[index for index, column in enumerate(columns) if overlap(word, column)] for word in piece.words]
    alone = all(len(home) == 1 for home in homes) and len({*map(tuple, homes)}) == len(homes)
    return piece.words if homes and alone else (piece,)


def _spaced(piece: Piece) -> str:
    """The text of a piece; what may be several numbers is not to be read as one."""
    return " ".join(word.text for word in piece.words) if is_several(piece) else piece.text


def _distance(band: Piece, place: float) -> float:
    return max(band.x0 - place, 0.0, place - band.x1) + abs((band.x0 + band.x1) / 2 - place) / 1000


def _label_texts(labels: Sequence[Piece]) -> list[str]:
    """The label's parts side by side: pieces that stand over each other are one part, broken over lines."""
    parts: list[tuple[Piece, list[str]]] = []
    for label in labels:
        home = next((texts for first, texts in parts if overlap(first, label)), None)
        if home is None:
            parts.append((label, [label.text]))
        else:
            home.append(label.text)
    return ["\n".join(texts) for _, texts in sorted(parts, key=lambda part: part[0].x0)]
