"""The lines of a statutory table with the form's row that each one is."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import NamedTuple

from pipelines.documents.model import GridCell
from pipelines.forms.gaps import alike, missing_between
from pipelines.forms.label import canonical, label_like, without_remarks
from pipelines.forms.lines import Line
from pipelines.forms.slots import Header
from pipelines.forms.value import COUNT_UNITS, read_value
from pipelines.forms.vocabulary import UNKNOWN, Sense, Vocabulary

# A label is cut into at most so many pieces by page ends and line breaks.
_MOST_PIECES = 4
# Labels of so many characters say nothing without the group that they stand in.
_SAYS_NOTHING = 2


class RowLine(NamedTuple):
    """A line that is no head: its label as printed, the cells after it, whether anything is ``printed`` in these, and
    what the label can mean; a tuple, because each is made anew several times.

    ``finest`` is the last cell of the label, which names the row. ``header`` is the head above it, None where there is
    none that can be read. ``row`` is the form's row once it is certain; ``doubtful`` says that its values may have gone
    astray.
    """

    line: Line
    label: str
    values: tuple[GridCell, ...]
    printed: bool
    finest: str = ""
    header: Header | None = None
    sense: Sense = UNKNOWN
    row: str | None = None
    doubtful: bool = False

    def with_values(self, values: tuple[GridCell, ...]) -> "RowLine":
        return self._replace(values=values, printed=_printed(values))

    @property
    def label_cells(self) -> tuple[GridCell, ...]:
        """The cells before the values."""
        return self.line.cells[: len(self.line.cells) - len(self.values)]

    @property
    def extent(self) -> int:
        """The cells from the first in which something is printed to the last; 0 in an empty row."""
        printed = [i for i, cell in enumerate(self.values) if cell.text.strip() or cell.image]
        return printed[-1] - printed[0] + 1 if printed else 0

    @property
    def has_number(self) -> bool:
        return any(read_value(cell.text).state == "number" for cell in self.values)


def row_line(line: Line, header: Header | None, vocabulary: Vocabulary) -> RowLine:
    """The line, parted into its label (all cells up to the last that a label stands in) and its values.

    What looks like a word behind a label belongs to the label (a mistyped one), never to the values: then the count
    of values shows that something is odd.
    """
    if _holds_values_alone(line, header, vocabulary):
        return RowLine(line, "", line.cells, _printed(line.cells), header=header)
    end = 0
    named = False
    groups: tuple[str, ...] = ()
    columns = {slot.start for slot in header.slots} if header is not None and line.resolved else set()
    for i, cell in enumerate(line.cells):
        sense = vocabulary.sense(cell.text)
        if named and cell.column in columns and not _is_member(sense, groups, vocabulary):
            break
        if sense.rows or sense.groups or _is_word(line, i, end, vocabulary):
            end = i + 1
            named = named or bool(sense.rows)
            groups = sense.groups or groups
        elif end and cell.text.strip() and (named or not _more_label(line, i, vocabulary)):
            break
    labels = [cell for cell in line.cells[:end] if cell.text.strip()]
    if named and vocabulary.layout == "matrix" and end < len(line.cells) and line.cells[end].text in COUNT_UNITS:
        end += 1  # the unit stands in a column of its own
    sense = _sense(labels, vocabulary)
    finest = labels[-1].text if labels else ""
    label, values = " ".join(cell.text for cell in labels), line.cells[end:]
    return RowLine(line, label, values, _printed(values), finest, header, sense)


def _printed(cells: Iterable[GridCell]) -> bool:
    return any(cell.text.strip() or cell.image for cell in cells)


def _holds_values_alone(line: Line, header: Header | None, vocabulary: Vocabulary) -> bool:
    """Whether the head names rows as well as columns, and has one for each of the line's cells: a word that stands
    first (不涉及) is a value then."""
    if header is None or not header.slots[0].row or len(line.cells) != len(header.slots):
        return False
    return not any(vocabulary.sense(cell.text).known for cell in line.cells)


def _is_member(sense: Sense, groups: Sequence[str], vocabulary: Vocabulary) -> bool:
    """Whether the label is a row's of one of the groups: （六）其他处理 is a row in one form, in another a group."""
    return any(vocabulary.row_group.get(row) in groups for row in sense.rows)


def _is_word(line: Line, at: int, end: int, vocabulary: Vocabulary) -> bool:
    """Whether the cell belongs to the label though it is none of the table's words: a word that no value stands before
    (else it is a value: 详见附件), or the rest of a broken label, which may be a single character."""
    text = line.cells[at].text
    if text in vocabulary.units:
        return False
    if not end and read_value(text).state == "unreadable" and vocabulary.is_fragment(text):
        return True
    if not label_like(text) or (end and _is_value(text)):
        return False
    # Before the first word a serial number may stand.
    return sum(_is_value(cell.text) for cell in line.cells[end:at]) <= (0 if end else 1)


def _is_value(text: str) -> bool:
    """Whether it is a number, an amount of money, or a word for nothing (暂无)."""
    return read_value(text).state in ("number", "mark") or read_value(text, "amount").state == "number"


def _more_label(line: Line, at: int, vocabulary: Vocabulary) -> bool:
    """Whether a known label still follows: what stands before it is a serial number or the like."""
    return any(vocabulary.sense(cell.text).rows for cell in line.cells[at + 1 : at + 4])


def _sense(labels: Sequence[GridCell], vocabulary: Vocabulary) -> Sense:
    """What the label cells of a line mean together: the finest label counts."""
    if not labels:
        return UNKNOWN
    senses = [vocabulary.sense(cell.text) for cell in labels]
    sense = senses[-1]
    if len({one.rows for one in senses if one.rows and not one.groups}) > 1:
        return UNKNOWN  # labels of several rows side by side: the head of a turned table
    if sense.rows or len(labels) == 1:
        return sense
    joined = vocabulary.sense("".join(cell.text for cell in labels))
    return joined if joined.rows else sense


def name_rows(lines: Sequence[RowLine], vocabulary: Vocabulary) -> list[RowLine]:
    """The lines with ``row`` set where it is certain, broken labels joined, left-over pieces of labels dropped."""
    named = _by_group(_join_broken(list(lines), vocabulary), vocabulary)
    named = _by_neighbours(_give_values_to_label_below(named, vocabulary), vocabulary)
    return _doubt_empty(named, vocabulary)


def _join_broken(lines: list[RowLine], vocabulary: Vocabulary) -> list[RowLine]:
    """Labels that a page end or a line break cut into several lines, put together again.

    Only one of the pieces may carry values; a piece that is a label by itself must be that of the whole.
    """
    result: list[RowLine] = []
    i = 0
    while i < len(lines):
        taken, joined = _join_at(lines, i, vocabulary)
        result.append(joined)
        i += taken
    return [line for line in result if not _stray_piece(line, vocabulary)]


def _join_at(lines: list[RowLine], at: int, vocabulary: Vocabulary) -> tuple[int, RowLine]:
    """(number of lines taken, the line that they make)."""
    first = lines[at]
    if first.sense.rows and not first.printed and at + 1 < len(lines) and _is_remark(below := lines[at + 1]):
        return 2, below._replace(label=first.label + below.label, finest=first.finest, sense=first.sense)
    if first.sense.rows or first.sense.groups or not first.label or _is_remark(first):
        return 1, first
    pieces = [first]
    for piece in lines[at + 1 : at + _MOST_PIECES]:
        if not piece.label or piece.sense.groups:
            break
        pieces.append(piece)
        valued = [part for part in pieces if part.printed]
        if len(valued) > 1:
            break
        label = "".join(part.label for part in pieces)
        sense = vocabulary.sense(label)
        if sense.rows and (not piece.sense.rows or piece.sense.rows == sense.rows):
            return len(pieces), (valued[0] if valued else first)._replace(label=label, sense=sense)
        if piece.sense.rows:
            break
    cut = vocabulary.cut_row(first.finest) if first.printed else ()
    return 1, (first._replace(sense=Sense(rows=cut)) if len(cut) == 1 else first)


def _is_remark(line: RowLine) -> bool:
    """Whether the label is what another says in brackets: that of the row above."""
    return bool(line.label) and not line.sense.known and not without_remarks(line.label)


def _stray_piece(line: RowLine, vocabulary: Vocabulary) -> bool:
    """A piece of a label that stands alone, without values: the rest of a label cut by a page end."""
    return not line.printed and not line.sense.known and vocabulary.is_fragment(line.label)


def _by_group(lines: list[RowLine], vocabulary: Vocabulary) -> list[RowLine]:
    """Tells rows with the same label apart by the group that they stand in."""
    order = vocabulary.row_order
    named: list[RowLine] = []
    group: str | None = None
    last = -1
    for line, below in zip_longest(lines, lines[1:]):
        above = named[-1].row if named else None
        if _is_anothers(line, group, vocabulary):
            line = line._replace(sense=UNKNOWN)
        heads = _heads(line, (above, *(below.sense.rows if below else ())), vocabulary)
        row = None if heads else _choose(line, group, last, order, vocabulary)
        if row is not None:
            last = order[row]
            group = vocabulary.row_group.get(row, group)
        elif len(line.sense.groups) == 1:
            group = line.sense.groups[0]
        named.append(line if row == line.row else line._replace(row=row))
    return named


def _is_anothers(line: RowLine, group: str | None, vocabulary: Vocabulary) -> bool:
    """Whether a label that any group may have (其他) stands in a group that has none in the form: a row that the
    agency added. A row of the group that holds the others (总计) may stand below each of them."""
    owners = {vocabulary.row_group.get(row) for row in line.sense.rows}
    anywhere = len(canonical(line.finest)) <= _SAYS_NOTHING and not line.sense.groups
    return anywhere and group is not None and bool(owners) and owners.isdisjoint((None, group, "outcome"))


def _heads(line: RowLine, neighbours: Sequence[str | None], vocabulary: Vocabulary) -> bool:
    """Whether a label that is a row in one form and a group in another (其他处理) stands beside rows of its own."""
    return any(vocabulary.row_group.get(row or "") in line.sense.groups for row in neighbours)


def _choose(
    line: RowLine, group: str | None, last: int, order: Mapping[str, int], vocabulary: Vocabulary
) -> str | None:
    rows = line.sense.rows
    if len(rows) <= 1:
        return rows[0] if rows else None
    here = [row for row in rows if vocabulary.row_group.get(row) == group]
    if len(here) == 1:
        return here[0]
    later = [row for row in rows if order[row] > last]
    return later[0] if len(later) == 1 else None


def _give_values_to_label_below(lines: list[RowLine], vocabulary: Vocabulary) -> list[RowLine]:
    """Numbers that the text of a PDF shows one line above their label: a line with the label of a group and values,
    then the label of the group's first row without any."""
    result = list(lines)
    for i, line in enumerate(lines[:-1]):
        below = lines[i + 1]
        if (line.row is not None and not line.sense.groups) or line.line.resolved or not line.has_number:
            continue
        if below.row is None or below.printed or not _first_of(below.row, line.sense.groups, vocabulary):
            continue
        result[i] = line._replace(row=below.row, label=below.label)
        result[i + 1] = below._replace(row=None, sense=Sense(caption=True))
    return result


def _first_of(row: str, groups: tuple[str, ...], vocabulary: Vocabulary) -> bool:
    members = [other for other, group in vocabulary.row_group.items() if group in groups]
    return bool(members) and members[0] == row


def _by_neighbours(lines: list[RowLine], vocabulary: Vocabulary) -> list[RowLine]:
    """A label mistyped beyond recognition, between the labels of the rows before and after it. Where it does not even
    look alike, or is missing, the line may be the row between them (``sense``), but is not said to be (``row``)."""
    known = {line.row for line in lines}
    before = _carried([line.row for line in lines])
    after = _carried([line.row for line in reversed(lines)])[::-1]
    result = list(lines)
    for i, line in enumerate(lines):
        if line.row or line.sense.known or not line.printed:
            continue
        row = missing_between(before[i], after[i], vocabulary.row_orders)
        if row and row not in known:
            certain = alike(line.finest, vocabulary.row_labels[row])
            result[i] = line._replace(row=row if certain else None, sense=Sense(rows=(row,)))
    return result


def _carried(rows: Sequence[str | None]) -> list[str | None]:
    """For each place the last row named up to it."""
    result: list[str | None] = []
    for row in rows:
        result.append(row or (result[-1] if result else None))
    return result


def _doubt_empty(lines: list[RowLine], vocabulary: Vocabulary) -> list[RowLine]:
    """Marks rows without values beside a line whose values belong to no row, unless that line has a label of its own:
    they may be theirs."""
    result = list(lines)
    for i, line in enumerate(lines):
        around = [*lines[max(0, i - 1) : i], *lines[i + 1 : i + 2]]
        if line.row and not _tells(line, vocabulary) and any(_astray(other, vocabulary) for other in around):
            result[i] = line._replace(doubtful=True)
    return result


def _astray(line: RowLine, vocabulary: Vocabulary) -> bool:
    labelled = label_like(line.label) and not line.sense.groups and not vocabulary.is_fragment(line.finest)
    return not line.row and not labelled and _tells(line, vocabulary)


def _tells(line: RowLine, vocabulary: Vocabulary) -> bool:
    """Whether anything but a unit is printed behind the label, in a column that the form knows."""
    cells: Iterable[GridCell] = line.values
    if line.header is not None and line.header.placed and line.line.resolved:
        others = {slot.start for slot in line.header.slots if slot.column is None}
        cells = [cell for cell in cells if cell.column not in others]
    return any(cell.image or cell.text.strip() not in ("", *vocabulary.units) for cell in cells)
