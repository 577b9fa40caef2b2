"""Labels of a text's table that were broken over several lines, put together again.

The pieces are read from above as one run, which is cut where the labels of the forms end. A row's values stand beside a
piece of its label, between two of them, or on a line of their own below the last.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pipelines.documents.model import GridCell
from pipelines.documents.plain.cells import HEADER_STARTS
from pipelines.forms.label import unspaced
from pipelines.forms.value import read_value
from pipelines.forms.vocabulary import Sense, tables_with, vocabularies

if TYPE_CHECKING:
    from pipelines.forms.lines import Line

_MOST_PIECES = 14
_SHORT = 3  # characters of a piece that may be a list's label by chance
_LONGEST_LABEL = 80
_MOST_LINES = 400
_WIDE_ROW = 15  # the row of the disputes, which has no label
_UNKNOWN = 5.0  # what a piece costs that belongs to no label; a label costs 1
_NUMBERED = re.compile(r"\s+(?=\d\.|[（(][一二三四五六七八九])")
_CLOSING = ("）", ")", "”", "、", "，", "：")


@dataclass(slots=True)
class _Label:
    """Pieces that make a label together (one piece where they make none), and the values that are its row's."""

    line: "Line"
    text: str
    values: tuple[GridCell, ...] = ()
    valued: "Line | None" = None


@dataclass(slots=True)
class _Run:
    """The pieces of a table in printed order with their lines, and the values by how many pieces stand before them."""

    pieces: list[tuple[str, "Line"]] = field(default_factory=list)
    values: dict[int, list[tuple["Line", tuple[GridCell, ...]]]] = field(default_factory=dict)
    beside: set[int] = field(default_factory=set)


def unwrapped(lines: "Sequence[Line]") -> "list[Line]":
    """The lines of one table with whole labels; as they are, where no label is broken or it can't be told which values
    belong to which label. In a list a unit stands between label and value: it is left as it is."""
    if not lines or not lines[0].table.gathered or len(lines) > _MOST_LINES or sum(map(_is_listed, lines)) > 1:
        return list(lines)
    run = _run(lines)
    labels = _labels(run) if run is not None else None
    return list(_put_together(labels)) if labels else list(lines)


def _is_listed(line: "Line") -> bool:
    """Whether a label stands in the line that only a list has."""
    owners = [tables_with(cell.text) for cell in line.cells if len(unspaced(cell.text)) > _SHORT]
    return any(keys and all(vocabularies()[key].layout == "list" for key in keys) for keys in owners)


def _run(lines: "Sequence[Line]") -> _Run | None:
    run = _Run()
    for line in lines:
        first = next((i for i, cell in enumerate(line.cells) if _is_value(cell.text)), len(line.cells))
        values = line.cells[first:]
        if not all(_is_value(cell.text) for cell in values):
            return None
        texts = [text for cell in line.cells[:first] for text in _NUMBERED.split(cell.text) if text.strip()]
        run.pieces += [(text, line) for text in texts]
        if values:
            run.values.setdefault(len(run.pieces), []).append((line, values))
            if texts:
                run.beside.add(len(run.pieces))
    return run


def _is_value(text: str) -> bool:
    return read_value(text).state in ("number", "mark") or read_value(text, "amount").state == "number"


def _labels(run: _Run) -> list[_Label] | None:
    """The run cut into labels with their values; None where nothing was broken, or values can't be given to a label."""
    labels: list[_Label] = []
    broken = False
    for start, end in _cuts(run):
        text = "".join(piece for piece, _ in run.pieces[start:end])
        label = _Label(run.pieces[start][1], text)
        inside = [given for at in range(start + 1, end) for given in run.values.get(at, ())]
        behind = run.values.get(end, [])
        if end in run.beside:
            inside.append(behind[0])
            behind = behind[1:]
        broken = broken or end - start > 1
        if behind and not inside and _takes_below(text) and len(behind[0][1]) < _WIDE_ROW:
            inside, behind = behind[:1], behind[1:]
        if inside:
            label.valued, label.values = inside[0]
        labels.append(label)
        if len(behind) == 1 and len(behind[0][1]) == _WIDE_ROW:
            labels.append(_Label(behind[0][0], "", behind[0][1], behind[0][0]))
        elif behind or len(inside) > 1:
            return None
    return labels if broken and 0 not in run.values else None


def _cuts(run: _Run) -> list[tuple[int, int]]:
    """Where the labels begin and end, so that as few pieces as possible belong to none."""
    count = len(run.pieces)
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, count + 1):
        options = [(best[end - 1][0] + (1.0 if _cost(run, end - 1, end) else _UNKNOWN), end - 1)]
        options += [
            (best[start][0] + 1.0, start)
            for start in range(max(0, end - _MOST_PIECES), end - 1)
            if _cost(run, start, end)
        ]
        best.append(min(options))
    cuts: list[tuple[int, int]] = []
    while count:
        cuts.append((best[count][1], count))
        count = best[count][1]
    return cuts[::-1]


def _cost(run: _Run, start: int, end: int) -> bool:
    """Whether the pieces make one label, with the values of one row between them at most, and none but a row's."""
    text = "".join(piece for piece, _ in run.pieces[start:end])
    if len(text) > _LONGEST_LABEL or text.startswith(_CLOSING) or not tables_with(text):
        return False
    inside = sum(len(run.values.get(at, ())) for at in range(start + 1, end))
    return not inside or (inside == 1 and end not in run.beside and _rows(text))


def _senses(text: str) -> list[Sense]:
    return [vocabularies()[key].sense(text) for key in tables_with(text)]


def _rows(text: str) -> bool:
    return any(sense.rows for sense in _senses(text))


def _takes_below(text: str) -> bool:
    """Whether values on the line below are the label's; a bare 总计 may end the head above them instead."""
    return _rows(text) and (len(unspaced(text)) >= _SHORT or not _heads(text))


def _heads(text: str) -> bool:
    """Whether the label may stand above values; those of the rows of disputes do."""
    across = any(vocabularies()[key].layout == "across" for key in tables_with(text))
    return across or any(sense.columns or sense.column_group or sense.caption for sense in _senses(text))


def _put_together(labels: Sequence[_Label]) -> "Iterator[Line]":
    """A line for each label with values; labels of a head on as many lines as the form's head has."""
    head: list[_Label] = []
    for label in labels:
        heads = label.valued is None and _heads(label.text)
        if head and (not heads or unspaced(label.text) in HEADER_STARTS):
            yield _line(head)
            head = []
        if heads:
            head.append(label)
        else:
            yield _line([label])
    if head:
        yield _line(head)


def _line(labels: Sequence[_Label]) -> "Line":
    printed = labels[-1].valued or labels[0].line
    texts = [label.text for label in labels if label.text]
    cells = [GridCell(text, printed.row, column) for column, text in enumerate(texts)]
    values = [cell._replace(column=len(texts) + i) for i, cell in enumerate(labels[-1].values)]
    return replace(printed, cells=(*cells, *values))
