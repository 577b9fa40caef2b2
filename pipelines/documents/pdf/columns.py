"""Tables without upright rules: entries put into columns and rows by their places.

Where nothing is drawn, spans can't be known: such tables have ``spans="lost"``. A line with numbers is a row, and so
is a line of several pieces. A lone piece close to another line is a part of that line's label, broken over lines.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipelines.documents.pdf.lines import Line, Piece
from pipelines.documents.pdf.part import Part, PartCell

# A number or a mark for none, as an entry by itself.
_ENTRY = re.compile(r"[-−+增减]?[\d,，.．]+(?:\s*[%％万亿元]+)?|[-—–/／]+|无|零")
_ORDINAL = re.compile(r"[(（]?(?:[一二三四五六七八九十]+|\d+)[)）、.．]|第[一二三四五六七八九十]+条")
_HEADING = re.compile(r"[一二三四五六七八]\s*[、.．]")
# Fewer lines with entries are no table: addresses and dates set with wide gaps.
_LEAST_ROWS = 2
# So many lines without entries may stand between two rows: headings of a part, labels broken over lines.
_LINES_BETWEEN = 5
# A lone piece longer than this many characters is running text.
_LONGEST_LABEL = 26
# Lines of one cell stand no further apart than this part of their size; the rows of a table have more between them.
_TIGHT = 1.45
# Lines less than this part of their size apart stand beside each other: they are one row.
_SAME_LINE = 0.6
# A label that runs downward has at least so many characters.
_DOWNWARD = 4


@dataclass(frozen=True, slots=True)
class Region:
    """Lines ``start`` to ``end`` (exclusive) of a page that make up ``part``."""

    start: int
    end: int
    part: Part


@dataclass(slots=True)
class _Row:
    """``labels`` are the pieces of its label, those of other lines included, from top to bottom."""

    line: Line
    pieces: list[Piece]
    labels: list[Piece] = field(default_factory=list)


def unruled_regions(lines: Sequence[Line], page: int, first_number: int) -> list[Region]:
    """The tables that stand in the running lines of a page, top to bottom; ``first_number`` is that of the first."""
    regions: list[Region] = []
    for start, end in _spans(lines):
        # Lines close to the rows of two tables belong to the upper one.
        start = max(start, regions[-1].end) if regions else start
        if start >= end:
            continue
        part = _part(lines[start:end], page, first_number + len(regions))
        regions.append(Region(start, end, part))
    return regions


def is_entry(piece: Piece) -> bool:
    """Whether the piece is an entry, or may be several of narrow columns (70 542)."""
    return is_single(piece) or _is_several(piece)


def is_single(piece: Piece) -> bool:
    return _ENTRY.fullmatch(piece.text) is not None and not _is_several(piece)


def _is_several(piece: Piece) -> bool:
    return bool(piece.words) and all(_ENTRY.fullmatch(word.text) for word in piece.words)


def _is_row(line: Line) -> bool:
    """A line that ends in an entry behind a gap, or holds nothing but several entries. Two numbers close to each other
    are entries behind a third alone: with none before them they may be those of a telephone."""
    if len(line.pieces) < 2 or not is_entry(line.pieces[-1]):
        return False
    return is_single(line.pieces[-1]) or is_entry(line.pieces[-2])


def _spans(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    group: list[int] = []
    for index, line in enumerate(lines):
        if not _is_row(line):
            continue
        if group and _part_tables(lines[group[-1] + 1 : index]):
            yield from _span(lines, group)
            group = []
        group.append(index)
    yield from _span(lines, group)


def _part_tables(between: Sequence[Line]) -> bool:
    """Whether the lines between two rows part two tables: running text, or a section's heading above a table's head."""
    if len(between) > _LINES_BETWEEN or any(is_running(line) for line in between):
        return True
    heading = next((index for index, line in enumerate(between) if is_heading(line)), len(between))
    return any(len(line.pieces) > 2 for line in between[heading:])


def is_running(line: Line) -> bool:
    return len(line.pieces) == 1 and line.x1 - line.x0 > _LONGEST_LABEL * line.size


def is_heading(line: Line) -> bool:
    return len(line.pieces) == 1 and _HEADING.match(line.text) is not None


def _span(lines: Sequence[Line], rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    several = any(len(lines[row].pieces) > 4 and all(map(is_entry, lines[row].pieces)) for row in rows)
    if len(rows) < _LEAST_ROWS and not several:
        return
    start, end = rows[0], rows[-1] + 1
    while start > 0 and (len(lines[start - 1].pieces) > 1 or _is_close(lines, start - 1, start)):
        start -= 1
    while end < len(lines) and _is_close(lines, end - 1, end):
        end += 1
    yield start, end


def _is_close(lines: Sequence[Line], upper: int, lower: int) -> bool:
    """Whether two lines may stand in one cell: close, and neither of them running text or a heading."""
    if any(is_running(lines[index]) or is_heading(lines[index]) for index in (upper, lower)):
        return False
    return lines[lower].y - lines[upper].y < _TIGHT * lines[upper].size


def _part(lines: Sequence[Line], page: int, number: int) -> Part:
    downward, rest = _without_downward(lines)
    rows = _rows(rest)
    if downward and rows:
        top, label = downward
        rows[_nearest(rows, top)].labels.insert(0, label)
    cells: list[PartCell] = []
    height = 0
    for block in _blocks(rows):
        columns = _columns(block)
        for texts in (*_head_texts(block, columns), *(_row_texts(row, columns) for row in block if _has_entries(row))):
            cells.extend(PartCell(height, column, 1, 1, text) for column, text in enumerate(texts))
            height += 1
    width = max((cell.column for cell in cells), default=0) + 1
    return Part(
        xs=[lines[0].x0 + column for column in range(width + 1)],
        heights=[lines[0].size] * height,
        cells=cells,
        pages=(page, page),
        number=number,
        top=lines[0].top,
        bottom=lines[-1].bottom,
        spans="lost",
        lines=list(lines),
    )


def _without_downward(lines: Sequence[Line]) -> tuple[tuple[float, Piece] | None, list[_Row]]:
    """A label that runs downward beside the rows, with the y of its top, and the lines without it."""
    columns: dict[int, list[tuple[Line, Piece]]] = defaultdict(list)
    for line in lines:
        if len(line.pieces[0].text) <= 2 and not is_entry(line.pieces[0]):
            columns[round(line.pieces[0].x0 / 4)].append((line, line.pieces[0]))
    found = max((run for column in columns.values() for run in _tight_runs(column)), key=len, default=[])
    if len(found) < _DOWNWARD:
        return None, [_Row(line, list(line.pieces)) for line in lines]
    taken = {id(piece) for _, piece in found}
    rest = [_Row(line, [piece for piece in line.pieces if id(piece) not in taken]) for line in lines]
    label = Piece("".join(piece.text for _, piece in found), found[0][1].x0, found[0][1].x1)
    return (found[0][0].y, label), [row for row in rest if row.pieces]


def _tight_runs(column: Sequence[tuple[Line, Piece]]) -> Iterator[list[tuple[Line, Piece]]]:
    run: list[tuple[Line, Piece]] = []
    for line, piece in column:
        if run and line.y - run[-1][0].y > _TIGHT * line.size:
            yield run
            run = []
        run.append((line, piece))
    yield run


def _nearest(rows: Sequence[_Row], y: float) -> int:
    return min(range(len(rows)), key=lambda index: abs(rows[index].line.y - y))


def _rows(lines: Sequence[_Row]) -> list[_Row]:
    """The lines that are rows; the others' pieces are added to the labels of the rows that they belong to."""
    homes = [_home(lines, index) for index in range(len(lines))]
    for index, row in enumerate(lines):
        target = _followed(homes, index)
        lines[target].labels.extend(piece for piece in row.pieces if target != index)
        if target == index:
            row.labels.extend(piece for piece in row.pieces if _is_label(row, piece))
            row.pieces = [piece for piece in row.pieces if not _is_label(row, piece)]
    return [row for index, row in enumerate(lines) if _followed(homes, index) == index]


def _is_label(row: _Row, piece: Piece) -> bool:
    """Whether a piece of a row stands before its first entry; a row without entries has its label in the first."""
    first = next((index for index, each in enumerate(row.pieces) if is_entry(each)), 1)
    return any(each is piece for each in row.pieces[:first])


def _home(lines: Sequence[_Row], index: int) -> int:
    """The line that a line is a part of: itself, or the closest one above or below it."""
    row = lines[index]
    if any(map(is_entry, row.pieces)) or len(row.pieces) > 2:
        return index
    gaps = [
        (lines[other].line.y - row.line.y if other > index else row.line.y - lines[other].line.y, other)
        for other in (index - 1, index + 1)
        if 0 <= other < len(lines)
    ]
    if _ORDINAL.match(row.pieces[0].text) and not any(gap < _SAME_LINE * row.line.size for gap, _ in gaps):
        gaps = [(gap, other) for gap, other in gaps if other > index and not _has_label(lines[other])]
    gap, nearest = min(gaps, default=(float("inf"), index))
    return nearest if gap < _TIGHT * row.line.size else index


def _has_label(row: _Row) -> bool:
    return not is_entry(row.pieces[0])


def _followed(homes: Sequence[int], index: int) -> int:
    """Where a chain of broken lines ends: at a row, or where two lines belong to each other at the upper one."""
    seen = [index]
    while homes[index] != index:
        index = homes[index]
        if index in seen:
            return min(index, homes[index])
        seen.append(index)
    return index


def _has_entries(row: _Row) -> bool:
    return any(map(is_entry, row.pieces))


def _blocks(rows: Sequence[_Row]) -> Iterator[list[_Row]]:
    """Rows under one head: a row without an entry, below rows with entries, begins a new block."""
    block: list[_Row] = []
    for row in rows:
        if block and not _has_entries(row) and _has_entries(block[-1]):
            yield block
            block = []
        block.append(row)
    if block:
        yield block


def _columns(rows: Sequence[_Row]) -> list[Piece]:
    """Bands in which the entries of a block stand over each other, and heads over columns that are all blank."""
    bands: list[Piece] = []
    for entry in sorted((each for row in rows for each in row.pieces if is_single(each)), key=lambda each: each.x0):
        if bands and entry.x0 <= bands[-1].x1:
            bands[-1] = Piece("", bands[-1].x0, max(bands[-1].x1, entry.x1))
        else:
            bands.append(Piece("", entry.x0, entry.x1))
    if not bands:
        return []
    labels = [label for row in rows if _has_entries(row) for label in row.labels]
    heads = [piece for row in rows if not _has_entries(row) for piece in row.pieces if piece.x0 > bands[0].x1]
    bands.extend(head for head in heads if not any(_overlap(head, other) for other in (*bands, *labels)))
    return sorted(bands, key=lambda band: band.x0)


def _overlap(first: Piece, second: Piece) -> bool:
    return first.x0 <= second.x1 and second.x0 <= first.x1


def _head_texts(block: Sequence[_Row], columns: Sequence[Piece]) -> Iterator[list[str]]:
    """The rows above a block's entries: heads over several columns each in a row of its own, then all others in one
    row, broken ones put together. Heads of columns none of which holds an entry stay in their lines."""
    heads = [row for row in block if not _has_entries(row)]
    if not columns:
        yield from ([piece.text for piece in (*row.labels, *row.pieces)] for row in heads)
        return
    corner: list[Piece] = []
    by_column: list[list[str]] = [[] for _ in columns]
    for row in heads:
        pieces = [part for piece in (*row.labels, *row.pieces) for part in _parted(piece, columns)]
        if len(pieces) == 1 and not any(_overlap(pieces[0], column) for column in columns[1:]):
            yield [pieces[0].text]
            continue
        for piece in pieces:
            under = [index for index, column in enumerate(columns) if _overlap(piece, column)]
            if len(under) > 1:
                yield [piece.text]
            elif under:
                by_column[under[0]].append(piece.text)
            else:
                corner.append(piece)
    if any(by_column):
        yield ["\n".join(_label_texts(corner)), *("\n".join(texts) for texts in by_column)]
    else:
        yield from ([text] for text in _label_texts(corner))


def _row_texts(row: _Row, columns: Sequence[Piece]) -> list[str]:
    """The label's texts, then one for each column, empty where nothing stands. Where two entries fall into one column,
    or one into none or several, an empty one may be theirs: the row has none then, and so too few cells."""
    by_column: list[list[str]] = [[] for _ in columns]
    in_columns = [label for label in row.labels[1:] if any(_overlap(label, column) for column in columns)]
    pieces = [part for piece in row.pieces for part in _parted(piece, columns)]
    astray = any(_is_several(piece) or sum(_overlap(piece, band) for band in columns) != 1 for piece in pieces)
    for piece in (*in_columns, *pieces):
        middle = (piece.x0 + piece.x1) / 2
        nearest = min(range(len(columns)), key=lambda index: _distance(columns[index], middle))
        by_column[nearest].append(_spaced(piece))
    labels = [label for label in row.labels if label not in in_columns]
    texts = [" ".join(column) for column in by_column]
    if astray or any(len(column) > 1 for column in by_column):
        texts = [text for text in texts if text]
    return [*(_label_texts(labels) or [""]), *texts]


def _parted(piece: Piece, columns: Sequence[Piece]) -> Sequence[Piece]:
    """The words of a piece, where each stands in a column of its own; else the piece."""
    homes = [[index for index, column in enumerate(columns) if _overlap(word, column)] for word in piece.words]
    alone = all(len(home) == 1 for home in homes) and len({*map(tuple, homes)}) == len(homes)
    return piece.words if homes and alone else (piece,)


def _spaced(piece: Piece) -> str:
    """The text of a piece; what may be several numbers is not to be read as one."""
    return " ".join(word.text for word in piece.words) if _is_several(piece) else piece.text


def _distance(band: Piece, place: float) -> float:
    return max(band.x0 - place, 0.0, place - band.x1) + abs((band.x0 + band.x1) / 2 - place) / 1000


def _label_texts(labels: Sequence[Piece]) -> list[str]:
    """The label's parts side by side: pieces that stand over each other are one part, broken over lines."""
    parts: list[tuple[Piece, list[str]]] = []
    for label in labels:
        home = next((texts for first, texts in parts if _overlap(first, label)), None)
        if home is None:
            parts.append((label, [label.text]))
        else:
            home.append(label.text)
    return ["\n".join(texts) for _, texts in sorted(parts, key=lambda part: part[0].x0)]
