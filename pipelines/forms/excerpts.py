"""Tables that bear labels of a statutory table and are not it: an excerpt, other years' numbers, in another section, or
those of the bodies below the agency.

Nothing of them is read: what they say of a cell is not what the report states in its form.
"""

from collections.abc import Sequence

from pipelines.documents.plain.rows import is_figure
from pipelines.forms.lines import Segment, headed
from pipelines.forms.vocabulary import vocabularies

# Annexes stand under these, and under headings that no other report has.
_ANYTHING = frozenset(("", "others"))
# A table of which so many rows are there is the statutory one, wherever it stands.
_WHOLE = 0.6
# The list of the form of 2014 has older and shorter forms, of which some rows bear the same labels.
_WHOLE_LIST = 0.2


def without_excerpts(found: Sequence[Segment]) -> tuple[list[Segment], list[Segment]]:
    """The segments that may be the statutory tables themselves, and those that are not."""
    kept = {id(part) for key in {part.key for part in found} for part in _of_one_table(key, found)}
    return [part for part in found if id(part) in kept], [part for part in found if id(part) not in kept]


def _of_one_table(key: str, found: Sequence[Segment]) -> list[Segment]:
    parts = [part for part in found if part.key == key]
    # What a break of the page left of a table stands behind it, in its place.
    begun = {part.part for part in parts if _is_own(part)}
    foreign = [part for part in parts if part.part not in begun and _is_foreign(part)]
    if foreign and (any(_is_own(part) for part in parts) or not _is_whole(key, set().union(*map(_rows, foreign)))):
        parts = [part for part in parts if part not in foreign]
    rows = list(map(_rows, parts))
    own = [i for i, part in enumerate(parts) if not part.of_others]
    if len(own) < len(parts) and _is_whole(key, set().union(*(rows[i] for i in own))):
        parts, rows = [parts[i] for i in own], [rows[i] for i in own]
    wholes = [i for i, part in enumerate(parts) if not part.lines[0].table.hidden and _is_whole(key, rows[i])]
    return [
        part
        for i, part in enumerate(parts)
        if not any((j > i or parts[j].part != part.part) and _repeats(rows[i], rows[j]) for j in wholes)
        or (i + 1 in wholes and _heads(part, parts[i + 1]))
    ]


def _heads(part: Segment, below: Segment) -> bool:
    """Whether the part is the head of the one below it, printed as a table of its own, so that it stays in sight where
    the rows are rolled."""
    vocabulary = vocabularies()[part.key]
    last, first = part.lines[-1], below.lines[0]
    texts = [text for line in part.lines for cell in line.cells if (text := cell.text.strip())]
    senses = list(map(vocabulary.sense, texts))
    begun = [vocabulary.sense(cell.text) for cell in first.cells]
    return (
        (part.part, part.of_others) == (below.part, below.of_others)
        and last.table is not first.table
        and last.table.width == first.table.width
        and all(line.resolved and not line.turned for line in (last, first))
        and any(sense.columns for sense in senses)
        and not any(map(is_figure, texts))
        and all(sense.columns or not sense.rows for sense in senses)
        and any(sense.rows for sense in begun)
        and all(sense.rows or not sense.columns for sense in begun)
    )


def _is_own(part: Segment) -> bool:
    """Whether the part stands under the heading of its table, which may be a line of the table."""
    return part.section == part.key or any(part.key in headed(cell.text) for line in part.lines for cell in line.cells)


def _is_foreign(part: Segment) -> bool:
    return part.section not in _ANYTHING and not _is_own(part)


def _rows(part: Segment) -> set[str]:
    vocabulary = vocabularies()[part.key]
    return {row for line in part.lines for cell in line.cells for row in vocabulary.sense(cell.text).rows}


def _is_whole(key: str, rows: set[str]) -> bool:
    """Whether they are most rows of one of the forms."""
    vocabulary = vocabularies()[key]
    least = _WHOLE_LIST if vocabulary.layout == "list" else _WHOLE
    return any(len(rows.intersection(order)) >= least * len(order) for order in vocabulary.row_orders)


def _repeats(rows: set[str], whole: set[str]) -> bool:
    """Whether a part with these rows only has some of those of a whole table."""
    return 2 * len(rows) <= len(whole) and rows <= whole
