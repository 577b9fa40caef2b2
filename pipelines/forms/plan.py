"""Tables that are printed exactly as tables read before, but for their numbers.

Most reports are one official form, filled in. Where every label and span stands as in a document that was read with
care, and every number of that one ended in a cell of its own, the numbers of the new one stand in the same cells: what
the careful reading decides rests on where values stand, never on which they are. What it does look at (two printings of
a cell, a value repeated over a span, lines that count the columns, sums that tell how a row stands) never makes a plan.

In a table whose cells fill its grid, labels spanning what they speak of, a value may also be a blank or a mark where
the other document has a number: the labels of its row and column tell what it is. Elsewhere, and where nothing is
filled in, blanks and marks must stand as they did, because they may decide where the values beside them belong.
"""

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import mul

from config.forms import Kind, load_forms
from pipelines.documents.model import Document, Paragraph, Table
from pipelines.forms.choice import Choice
from pipelines.forms.label import MAX_LABEL, label_like, loose, unspaced
from pipelines.forms.lines import begun_section
from pipelines.forms.slots import COUNTING
from pipelines.forms.value import read_value
from pipelines.forms.vocabulary import tables_with, vocabularies
from pipelines.report import Cell

Signature = tuple[Hashable, ...]

# What any plain number counts as in a signature. Longer ones are looked at like words.
_NUMBER = "0"
_PLAIN_NUMBER = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,2})?")  # amounts have cents
# What stands in the place of a number that is none.
_EMPTY = frozenset(("", "/", "-", "—"))
_FILLED = _EMPTY - {""} | {_NUMBER}
# More cells than any report has: a data sheet is not worth a plan.
_MOST_CELLS = 2_000
_MOST_PLANS = 512


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A cell of the form at its place in the document; ``unit`` is the unit of money that its head names."""

    table: str
    row: str
    column: str
    kind: Kind
    unit: str | None
    where: str


@dataclass(frozen=True, slots=True)
class Plan:
    """How to fill a report's cells: their ``places`` in the form, and for each the position of the printed cell among
    all of the document's. ``absent`` are those for which nothing is printed, with their positions among the report's
    cells; ``others`` are blanks and marks that are no values of the form.
    """

    form: str
    tables: tuple[str, ...]
    places: tuple[Place, ...]
    positions: tuple[int, ...]
    absent: tuple[tuple[int, Cell], ...]
    others: tuple[tuple[int, str], ...]

    def cells(self, document: Document) -> tuple[Cell, ...] | None:
        """None where what counts as a value in the signature, but is none by the plan, differs in the document."""
        texts = [cell.text for table in document.tables for cell in table.cells]
        if any(texts[at] != text for at, text in self.others):
            return None
        cells = list(map(_cell, self.places, map(texts.__getitem__, self.positions)))
        for at, cell in self.absent:
            cells.insert(at, cell)
        return tuple(cells)


_plans: dict[Signature, Plan] = {}


def signature(document: Document) -> Signature | None:
    """Everything in the document that decides which printed number is which cell of the form; None where the values of
    numbers may count too."""
    parts: list[Hashable] = []
    began: str | None = None
    cells = 0
    for block in document.blocks:
        if isinstance(block, Paragraph):
            if block.main and (section := begun_section(block)) is not None:
                began = section
            continue
        cells += len(block.cells)
        if cells > _MOST_CELLS:
            return None
        texts, *places = zip(*block.cells, strict=True) if block.cells else ((),)
        wordings = tuple(map(_wording, texts))
        different = set(wordings)
        if None in different:
            return None
        if not different.isdisjoint(_EMPTY) and not different.isdisjoint(_FILLED) and _is_merged(block, places):
            wordings = tuple([_NUMBER if wording in _EMPTY else wording for wording in wordings])
        parts += (began, block.where, block.spans, block.hidden, block.gathered, block.width, block.height)
        parts += (wordings, *places)
        began = None
    return tuple(parts) if cells else None


@lru_cache(maxsize=16384)
def _wording(text: str) -> str | None:
    """What the text counts as: any plain number as one, a label without its white space, anything else as it is; None
    for the words that stand before numbers of columns."""
    if _PLAIN_NUMBER.fullmatch(text):
        return _NUMBER
    if text.strip() in COUNTING:
        return None
    plain = unspaced(text)
    same = loose(plain) == loose(text) and label_like(plain) and label_like(text) and len(text) <= MAX_LABEL
    return plain if same and tables_with(text) and read_value(plain) == read_value(text) else text


def _is_merged(table: Table, places: Sequence[Sequence[int]]) -> bool:
    """Whether the table's cells fill its grid, with labels that span rows or columns as the form has them: not written
    out again, nor with blanks in the places that they span. ``places`` are the cells' parts behind their text."""
    room = table.height * table.width
    if table.spans != "resolved" or not 0 < len(table.cells) < room:
        return False
    _, _, rowspans, colspans, _ = places
    area: int = sum(map(mul, rowspans, colspans))
    return area == room


def filled(signed: Signature | None, document: Document) -> tuple[Plan, tuple[Cell, ...]] | None:
    """The plan that fits a document with this signature, and the cells that it gives; None where none fits."""
    plan = None if signed is None else _plans.get(signed)
    cells = None if plan is None else plan.cells(document)
    return None if plan is None or cells is None else (plan, cells)


def remember(
    signed: Signature | None, document: Document, form: str, choices: Mapping[str, Choice], cells: Sequence[Cell]
) -> None:
    """Keeps the plan of a document that was read without findings into ``cells``, if its numbers can't have counted."""
    if signed is None or choices.keys() != load_forms()[form].tables.keys():
        return
    plan = _plan(document, form, choices, cells)
    if plan is None:
        return
    if len(_plans) >= _MOST_PLANS:
        _plans.clear()
    _plans[signed] = plan


def _plan(document: Document, form: str, choices: Mapping[str, Choice], cells: Sequence[Cell]) -> Plan | None:
    printed = [cell for table in document.tables for cell in table.cells]
    positions = {id(cell): at for at, cell in enumerate(printed)}
    if len(positions) != len(printed):
        return None
    absent = tuple((at, cell) for at, cell in enumerate(cells) if cell.state == "absent")
    steps = [_step(cell, choices[cell.table], positions) for cell in cells if cell.state != "absent"]
    known = [step for step in steps if step is not None]
    values = {at for at, _ in known}
    numbers = {at for at, cell in enumerate(printed) if _wording(cell.text) == _NUMBER}
    if not len(steps) == len(known) == len(values) or not numbers <= values:
        return None
    others = tuple((at, cell.text) for at, cell in enumerate(printed) if cell.text in _EMPTY and at not in values)
    places = tuple(place for _, place in known)
    plan = Plan(form, tuple(choices), places, tuple(at for at, _ in known), absent, others)
    return plan if plan.cells(document) == tuple(cells) else None


def _step(cell: Cell, choice: Choice, positions: Mapping[int, int]) -> tuple[int, Place] | None:
    """Where the cell was read from; None where it was not read from one printed cell."""
    key = (cell.row, cell.column)
    printed = choice.printings.get(key)
    at = positions.get(id(printed.cell)) if printed else None
    if printed is None or at is None:
        return None
    kind = vocabularies()[cell.table].cells[key]
    return at, _place(cell.table, *key, kind, printed.unit, printed.where)


@lru_cache(maxsize=65536)
def _place(table: str, row: str, column: str, kind: Kind, unit: str | None, where: str) -> Place:
    """One object for a place, so that plans share what is remembered of it."""
    return Place(table, row, column, kind, unit, where)


@lru_cache(maxsize=65536)
def _cell(place: Place, text: str) -> Cell:
    """One cell; remembered, because most numbers are small, and cells are never changed."""
    value = read_value(text, place.kind, place.unit)
    return Cell(
        place.table,
        place.row,
        place.column,
        value.state,
        value.number,
        text,
        value.unit,
        place.where,
        value.reason,
    )
