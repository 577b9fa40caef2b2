"""Labels that are torn or mistyped beyond recognition: what their place proves.

A place proves a label when everything around it is known, exactly one label of the form is missing there, and what is
printed shares half of its characters with the missing one.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from pipelines.documents.model import GridCell
from pipelines.forms.label import canonical, unspaced
from pipelines.forms.lines import Line
from pipelines.forms.vocabulary import Vocabulary


def alike(text: str, labels: Sequence[str]) -> bool:
    """Whether the text shares half of its characters, and half of the label's, with one of the (canonical) labels."""
    plain = Counter(canonical(text))
    return any(
        2 * sum((plain & Counter(label)).values()) >= max(sum(plain.values()), len(label)) for label in labels if label
    )


def missing_between(before: str | None, after: str | None, orders: Sequence[Sequence[str]]) -> str | None:
    """The one key that stands between two neighbours (None: the edge) in every order that knows them."""
    found: set[str] = set()
    for order in orders:
        first = order.index(before) if before in order else -1 if before is None else None
        last = order.index(after) if after in order else len(order) if after is None else None
        if first is not None and last is not None and last - first == 2:
            found.add(order[first + 1])
    return found.pop() if len(found) == 1 else None


def joined_lines(block: Sequence[Line], vocabulary: Vocabulary) -> list[Line]:
    """The lines of a head without repetitions, and with labels put together that go on in the line below."""
    result: list[Line] = []
    for line in _without_repeats(block):
        if any(_texts(line) == _texts(other) for other in result):
            continue
        mended = _joined(result[-1], line, vocabulary) if result else None
        if mended is None:
            result.append(line)
        else:
            result[-1] = mended
    return result


def _without_repeats(block: Sequence[Line]) -> list[Line]:
    """The lines without labels that are written again below themselves, in tables whose spans were written out."""
    if not all(line.resolved and line.full for line in block):
        return list(block)
    result = list(block[:1])
    for above, line in pairwise(block):
        known = {(cell.column, unspaced(cell.text)) for cell in above.cells}
        kept = tuple(cell for cell in line.cells if (cell.column, unspaced(cell.text)) not in known)
        if kept:
            result.append(replace(line, cells=kept))
    return result


def _texts(line: Line) -> list[str]:
    return [unspaced(cell.text) for cell in line.cells if cell.text.strip()]


def _joined(upper: Line, lower: Line, vocabulary: Vocabulary) -> Line | None:
    """The upper line with the pieces of the lower one added; None where any piece finds no place."""
    pieces = [cell for cell in lower.cells if cell.text.strip()]
    if not pieces or any(vocabulary.sense(piece.text).known for piece in pieces):
        return None
    cells: list[GridCell] = []
    for cell in upper.cells:
        whole = cell.text + pieces[0].text if pieces else ""
        if pieces and not vocabulary.sense(cell.text).columns and vocabulary.sense(whole).columns:
            pieces.pop(0)
            cell = cell._replace(text=whole)
        cells.append(cell)
    return None if pieces else replace(upper, cells=tuple(cells))
