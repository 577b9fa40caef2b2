"""Which lines of a table without rules are its rows, and which go on the labels of others.

A line with entries is a row, and so is one of several pieces. Labels that are broken over lines stand in blocks, each
beside its row.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pipelines.documents.pdf.lines import Line, Piece

# A number or a mark for none, as an entry by itself.
_ENTRY = re.compile(r"[-−+增减]?[\d,，.．]+(?:\s*[%％万亿元]+)?|[-—–/／]+|无|零")
_ORDINAL = re.compile(r"[(（]?(?:[一二三四五六七八九十]+|\d+)[)）、.．]|第[一二三四五六七八九十]+条")
# Lines of one cell stand no further apart than this part of their size; the rows of a table have more between them.
TIGHT = 1.45
# Where a label with an ordinal goes on below a full line, they may.
_LOOSE = 2.0
# Lines less than this part of their size apart stand beside each other: they are one row.
_SAME_LINE = 0.6
# A line of so many pieces and no entry holds the heads of columns.
_HEADS = 3
# A label that runs downward has at least so many characters.
_DOWNWARD = 4


@dataclass(slots=True)
class Row:
    """``labels`` are the pieces of its label, those of other lines included, from top to bottom."""

    line: Line
    pieces: list[Piece]
    labels: list[Piece] = field(default_factory=list)

    def has_entries(self) -> bool:
        return any(map(is_entry, self.pieces))


def is_entry(piece: Piece) -> bool:
    """Whether the piece is an entry, or may be several of narrow columns (70 542)."""
    return is_single(piece) or is_several(piece)


def is_single(piece: Piece) -> bool:
    return _ENTRY.fullmatch(piece.text) is not None and not is_several(piece)


def is_several(piece: Piece) -> bool:
    return bool(piece.words) and all(_ENTRY.fullmatch(word.text) for word in piece.words)


def is_numbered(piece: Piece) -> bool:
    """Whether the piece begins with an ordinal."""
    return _ORDINAL.match(piece.text) is not None


def _without_downward(lines: Sequence[Line]) -> tuple[tuple[float, Piece] | None, list[Row]]:
    """A label that runs downward beside the rows, with the y of its top, and the lines without it."""
    runs: list[list[tuple[Line, Piece]]] = []
    for line in lines:
        piece = line.pieces[0]
        if len(piece.text) > 2 or is_entry(piece):
            continue
        above = (run for run in runs if overlap(run[-1][1], piece) and line.y - run[-1][0].y < TIGHT * line.size)
        if run := next(above, None):
            run.append((line, piece))
        else:
            runs.append([(line, piece)])
    found = max(runs, key=len, default=[])
    if len(found) < _DOWNWARD:
        return None, [Row(line, list(line.pieces)) for line in lines]
    taken = {id(piece) for _, piece in found}
    rest = [Row(line, [piece for piece in line.pieces if id(piece) not in taken]) for line in lines]
    label = Piece("".join(piece.text for _, piece in found), found[0][1].x0, found[0][1].x1)
    return (found[0][0].y, label), [row for row in rest if row.pieces]


def rows_of_lines(lines: Sequence[Line]) -> list[Row]:
    """The lines that are rows; the others' pieces are added to the labels of the rows that they belong to."""
    downward, rest = _without_downward(lines)
    owners = _owners(rest)
    rows = []
    for row in rest:
        for piece in row.pieces:
            if owners[id(piece)] is not row:
                owners[id(piece)].labels.append(piece)
        row.pieces = [piece for piece in row.pieces if owners[id(piece)] is row]
        if row.pieces:
            row.labels.extend(piece for piece in row.pieces if _is_label(row, piece))
            row.pieces = [piece for piece in row.pieces if not _is_label(row, piece)]
            rows.append(row)
    if downward and rows:
        top, label = downward
        min(rows, key=lambda row: abs(row.line.y - top)).labels.insert(0, label)
    return rows


def _owners(lines: Sequence[Row]) -> dict[int, Row]:
    """The row that each piece belongs to, by the piece's id. A block of label lines left of all entries goes as a whole
    to the row that it stands beside, or to which its first line belongs."""
    homes = [_home(lines, index) for index in range(len(lines))]
    owners = {id(piece): lines[_followed(homes, index)] for index, row in enumerate(lines) for piece in row.pieces}
    numbered = [row for row in lines if row.has_entries()]
    left = min((piece.x0 for row in numbered for piece in row.pieces if is_entry(piece)), default=0.0)
    fragments = [
        _Fragment(piece, row) for row in lines for piece in row.pieces if piece.x1 <= left and not is_entry(piece)
    ]
    for block in _blocks(fragments):
        reach = _SAME_LINE * block[0].size
        beside = [row for row in numbered if block[0].y - reach < row.line.y < block[-1].y + reach]
        first = owners[id(block[0].piece)]
        for fragment in block:
            if not fragment.row.has_entries() and len(fragment.row.pieces) < _HEADS:
                owners[id(fragment.piece)] = _owner(fragment, block, beside) if beside else first
    return owners


def _owner(fragment: "_Fragment", block: Sequence["_Fragment"], beside: Sequence[Row]) -> Row:
    """The row of those beside the block whose label the fragment goes on: labels begin, or end, on their rows' lines,
    or have them in their middle."""
    if block[0].row in beside:
        return max((row for row in beside if row.line.y <= fragment.y), key=lambda row: row.line.y)
    if block[-1].row in beside:
        return min((row for row in beside if row.line.y >= fragment.y), key=lambda row: row.line.y)
    return min(beside, key=lambda row: abs(row.line.y - fragment.y))


class _Fragment(NamedTuple):
    piece: Piece
    row: Row

    @property
    def y(self) -> float:
        return self.row.line.y

    @property
    def size(self) -> float:
        return self.row.line.size

    @property
    def width(self) -> float:
        return self.piece.x1 - self.piece.x0


def _blocks(fragments: Sequence[_Fragment]) -> list[list[_Fragment]]:
    """Fragments that follow each other closely in one column; an ordinal begins the next block. Below an ordinal a
    wider gap goes on, too, where the line above is full."""
    blocks: list[list[_Fragment]] = []
    for fragment in fragments:
        above = next((block for block in reversed(blocks) if overlap(block[-1].piece, fragment.piece)), None)
        if above is None or is_numbered(fragment.piece) or not _goes_on(above, fragment):
            blocks.append([fragment])
        else:
            above.append(fragment)
    return blocks


def _goes_on(block: Sequence[_Fragment], fragment: _Fragment) -> bool:
    gap = fragment.y - block[-1].y
    if gap < TIGHT * fragment.size:
        return True
    is_full = block[-1].width > fragment.width - fragment.size
    return is_numbered(block[0].piece) and is_full and gap < _LOOSE * fragment.size


def _is_label(row: Row, piece: Piece) -> bool:
    """Whether a piece of a row stands before its first entry; a row without entries has its label in the first."""
    first = next((index for index, each in enumerate(row.pieces) if is_entry(each)), 1)
    return any(each is piece for each in row.pieces[:first])


def _home(lines: Sequence[Row], index: int) -> int:
    """The line that a line is a part of: itself, or the closest one above or below it."""
    row = lines[index]
    if any(map(is_entry, row.pieces)) or len(row.pieces) >= _HEADS:
        return index
    gaps = [
        (lines[other].line.y - row.line.y if other > index else row.line.y - lines[other].line.y, other)
        for other in (index - 1, index + 1)
        if 0 <= other < len(lines) and (lines[other].has_entries() or _stand_over_each_other(lines[other], row))
    ]
    if is_numbered(row.pieces[0]) and not any(gap < _SAME_LINE * row.line.size for gap, _ in gaps):
        gaps = [(gap, other) for gap, other in gaps if other > index and not _has_label(lines[other])]
    gap, nearest = min(gaps, default=(float("inf"), index))
    return nearest if gap < TIGHT * row.line.size else index


def _stand_over_each_other(first: Row, second: Row) -> bool:
    return any(overlap(one, other) for one in first.pieces for other in second.pieces)


def _has_label(row: Row) -> bool:
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


def overlap(first: Piece, second: Piece) -> bool:
    return first.x0 <= second.x1 and second.x0 <= first.x1
