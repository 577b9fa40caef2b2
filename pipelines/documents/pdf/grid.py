"""From drawn rules to grids: which rectangles are cells, and how far each one reaches.

A grid is read from walls alone. The rules of one table are put on a lattice of column and row edges; two slots
of the lattice between which no wall is drawn belong to one cell. So a merged cell comes out with its true span,
whatever stands in it, and a rule that is drawn in pieces, twice, dotted or as a thin box makes no difference.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipelines.documents.pdf.drawing import Rule

# Edges nearer than this are one edge drawn twice: no character fits between them.
SAME_EDGE = 4.5
# The largest gap inside a dotted or dashed rule, and how far a rule may miss the edge that it should meet.
REACH = 3.2
# Shorter strokes are parts of drawings, ticks or underlined blanks.
SHORTEST_RULE = 7.0
# Beyond this many rules a page shows a drawing, not a table: the largest statutory table has under 300 pieces.
RULES_LIMIT = 3000
SLOTS_LIMIT = 60_000


@dataclass(frozen=True, slots=True)
class Box:
    """A cell: grid place, spans, and the rectangle in which its text stands."""

    row: int
    column: int
    rowspan: int
    colspan: int
    x0: float
    top: float
    x1: float
    bottom: float

    def holds(self, x: float, y: float) -> bool:
        return self.x0 <= x < self.x1 and self.top <= y < self.bottom


@dataclass(frozen=True, slots=True)
class Grid:
    """One ruled table on one page. ``xs`` and ``ys`` are the column and row edges, one more than columns and rows.

    ``open_top`` and ``open_bottom`` say that upright rules run on past the first or last level one: the row there
    was cut, by a page break mostly. ``guessed`` says that no upright rule is drawn: the column edges lie where the text
    leaves room for them.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    boxes: tuple[Box, ...]
    open_top: bool = False
    open_bottom: bool = False
    guessed: bool = False

    @property
    def top(self) -> float:
        return self.ys[0]

    @property
    def bottom(self) -> float:
        return self.ys[-1]

    @property
    def left(self) -> float:
        return self.xs[0]

    @property
    def right(self) -> float:
        return self.xs[-1]

    def holds(self, x: float, y: float, slack: float = 0.0) -> bool:
        """Whether a point lies in the table, or up to ``slack`` above or below."""
        return self.left <= x <= self.right and self.top - slack <= y <= self.bottom + slack

    def encloses(self, other: "Grid") -> bool:
        return self.holds(other.left, other.top) and self.holds(other.right, other.bottom)


def find_grids(rules: Sequence[Rule]) -> list[Grid]:
    """The ruled tables of a page from top to bottom; frames around other tables are left out.

    A single box is a grid of one cell: only the neighbouring page can tell whether it is the last row of a table.
    Level rules that no upright one touches make no grid.
    """
    pieces = joined_rules(rules)
    if len(pieces) > RULES_LIMIT:
        return []
    grids = [grid for group in _touching(pieces) if (grid := grid_of(group)) is not None]
    grids = [grid for grid in grids if not _is_frame(grid, grids)]
    return sorted(grids, key=lambda grid: (grid.top, grid.left))


def _is_frame(grid: Grid, grids: Iterable[Grid]) -> bool:
    """Whether ``grid`` is a border drawn around another table, or a single box inside a cell: a field to fill in."""
    return any(
        other is not grid
        and len(other.boxes) > len(grid.boxes)
        and (grid.encloses(other) or (len(grid.boxes) == 1 and other.encloses(grid)))
        for other in grids
        if len(grid.boxes) <= 2
    )


def joined_rules(rules: Iterable[Rule]) -> list[Rule]:
    """Pieces of one line put together, dots and dashes included; what stays too short is left out."""
    result: list[Rule] = []
    for level in (True, False):
        by_place = sorted((rule for rule in rules if rule.level is level), key=lambda rule: (rule.at, rule.start))
        for group in _near_groups(by_place):
            result.extend(_one_line(level, group))
    return result


def _near_groups(by_place: Sequence[Rule]) -> Iterable[list[Rule]]:
    """Groups of rules at nearly one place; dots of a rule that runs the other way stay apart by their length."""
    group: list[Rule] = []
    for rule in by_place:
        if group and rule.at - group[0].at > 1.0:
            yield group
            group = []
        group.append(rule)
    if group:
        yield group


def _one_line(level: bool, group: Sequence[Rule]) -> Iterable[Rule]:
    line: list[Rule] = []
    end = 0.0
    for rule in sorted(group, key=lambda rule: rule.start):
        if line and rule.start > end + REACH:
            yield from _line_of(level, line, end)
            line = []
        end = max(end, rule.end) if line else rule.end
        line.append(rule)
    if line:
        yield from _line_of(level, line, end)


def _line_of(level: bool, line: Sequence[Rule], end: float) -> Iterable[Rule]:
    if end - line[0].start >= SHORTEST_RULE:
        longest = max(line, key=lambda rule: rule.end - rule.start)
        yield Rule(level, longest.at, line[0].start, end)


def _touching(rules: Sequence[Rule]) -> Iterable[list[Rule]]:
    """Groups of rules that are connected."""
    parent = list(range(len(rules)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    upright = [index for index, rule in enumerate(rules) if not rule.level]
    for index, rule in enumerate(rules):
        for other in upright if rule.level else ():
            if _meet(rule, rules[other]):
                parent[root(other)] = root(index)
    groups: dict[int, list[Rule]] = {}
    for index, rule in enumerate(rules):
        groups.setdefault(root(index), []).append(rule)
    return groups.values()


def _meet(level: Rule, upright: Rule) -> bool:
    return (
        level.start - REACH <= upright.at <= level.end + REACH
        and upright.start - REACH <= level.at <= upright.end + REACH
    )


def _edges(places: Iterable[float]) -> list[float]:
    """Places snapped together: each cluster of less than `SAME_EDGE` is one edge."""
    edges: list[float] = []
    cluster: list[float] = []
    for place in sorted(places):
        if cluster and place - cluster[0] > SAME_EDGE:
            edges.append(sum(cluster) / len(cluster))
            cluster = []
        cluster.append(place)
    if cluster:
        edges.append(sum(cluster) / len(cluster))
    return edges


def grid_of(rules: Sequence[Rule]) -> Grid | None:
    level = [rule for rule in rules if rule.level]
    upright = [rule for rule in rules if not rule.level]
    if len(level) < 2 or not upright:
        return None
    xs = _edges([rule.at for rule in upright] + _outer(level, shared_by=2))
    inner_ys = _edges(rule.at for rule in level)
    ys = _edges(inner_ys + _outer(upright, shared_by=1))
    if not 2 <= len(xs) <= 80 or len(ys) < 2 or len(xs) * len(ys) > SLOTS_LIMIT:
        return None
    lattice = _Lattice(xs, ys, level, upright)
    return Grid(
        xs=tuple(lattice.xs),
        ys=tuple(lattice.ys),
        boxes=tuple(lattice.boxes()),
        open_top=ys[0] < inner_ys[0] - SAME_EDGE,
        open_bottom=ys[-1] > inner_ys[-1] + SAME_EDGE,
    )


def _outer(rules: Sequence[Rule], *, shared_by: int) -> list[float]:
    """The outermost ends of rules, where enough of them share it: an outer border may have been left undrawn."""
    if not rules:
        return []
    low, high = min(rule.start for rule in rules), max(rule.end for rule in rules)
    found = []
    if sum(rule.start - low <= SAME_EDGE for rule in rules) >= shared_by:
        found.append(low)
    if sum(high - rule.end <= SAME_EDGE for rule in rules) >= shared_by:
        found.append(high)
    return found


class _Lattice:
    """The slots between all edges, and the walls between the slots."""

    def __init__(self, xs: list[float], ys: list[float], level: Sequence[Rule], upright: Sequence[Rule]) -> None:
        self.xs, self.ys = xs, ys
        # floors[j][c]: a wall along row edge j above column c; sides[c][r]: a wall along column edge c beside row r.
        self._floors = _walls(ys, xs, level)
        self._sides = _walls(xs, ys, upright)
        self._drop_bare_edges()

    def _drop_bare_edges(self) -> None:
        """Edges without any wall are underlines and strokes inside a cell: they part nothing."""
        rows = [0, *(j for j in range(1, len(self.ys) - 1) if any(self._floors[j])), len(self.ys) - 1]
        columns = [0, *(c for c in range(1, len(self.xs) - 1) if any(self._sides[c])), len(self.xs) - 1]
        self._floors = [_merged_walls(self._floors[j], columns) for j in rows]
        self._sides = [_merged_walls(self._sides[c], rows) for c in columns]
        self.ys = [self.ys[j] for j in rows]
        self.xs = [self.xs[c] for c in columns]

    def boxes(self) -> list[Box]:
        """Every cell once. A region that is no rectangle (a wall is missing) is cut where its rows change width."""
        height, width = len(self.ys) - 1, len(self.xs) - 1
        taken = [[False] * width for _ in range(height)]
        boxes = []
        for row in range(height):
            for column in range(width):
                if taken[row][column]:
                    continue
                colspan = self._reach_across(row, column, width, taken)
                rowspan = self._reach_down(row, column, colspan, height)
                for down in range(row, row + rowspan):
                    taken[down][column : column + colspan] = [True] * colspan
                boxes.append(self._box(row, column, rowspan, colspan))
        return boxes

    def _reach_across(self, row: int, column: int, width: int, taken: list[list[bool]]) -> int:
        end = column + 1
        while end < width and not self._sides[end][row] and not taken[row][end]:
            end += 1
        return end - column

    def _reach_down(self, row: int, column: int, colspan: int, height: int) -> int:
        end = row + 1
        while end < height and self._continues(end, column, column + colspan):
            end += 1
        return end - row

    def _continues(self, row: int, start: int, end: int) -> bool:
        """Whether the slots of ``row`` from ``start`` to ``end`` belong to the cell above."""
        if any(self._floors[row][start:end]):
            return False
        if any(self._sides[edge][row] for edge in range(start + 1, end)):
            return False
        left_closed = start == 0 or self._sides[start][row]
        right_closed = end == len(self.xs) - 1 or self._sides[end][row]
        return left_closed and right_closed

    def _box(self, row: int, column: int, rowspan: int, colspan: int) -> Box:
        return Box(
            row,
            column,
            rowspan,
            colspan,
            x0=self.xs[column],
            top=self.ys[row],
            x1=self.xs[column + colspan],
            bottom=self.ys[row + rowspan],
        )


def _walls(edges: Sequence[float], across: Sequence[float], rules: Sequence[Rule]) -> list[list[bool]]:
    walls = [[False] * (len(across) - 1) for _ in edges]
    for rule in rules:
        nearest = min(range(len(edges)), key=lambda index: abs(edges[index] - rule.at))
        for slot in range(len(across) - 1):
            if rule.start <= across[slot] + SAME_EDGE and rule.end >= across[slot + 1] - SAME_EDGE:
                walls[nearest][slot] = True
    return walls


def _merged_walls(walls: Sequence[bool], kept: Sequence[int]) -> list[bool]:
    return [any(walls[start:end]) for start, end in pairwise(kept)]
