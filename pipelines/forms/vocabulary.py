"""What a printed label can mean in one statutory table, over all forms that have the table.

A table is read with the words of every form at once, because the form is told by what was found.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from config.forms import Form, Kind, Label, TableForm, load_forms
from pipelines.forms.label import canonical, distance, loose, without_remarks

# Typing mistakes that a label may have, by its length; shorter labels must be right.
_TOLERANCE = ((8, 2), (4, 1))
_SHORTEST_TYPO = 3
# Characters that make another thing of a label (上年统计数): never put there by mistake.
_TURNING = frozenset("本上下去前今昨不未无非新旧")
_SHORTEST_CUT = 4
_SHORTEST_END = 6


@dataclass(frozen=True, slots=True)
class Sense:
    """The possible meanings of a label: row keys, column keys, row groups; ``caption`` for words without a cell."""

    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    column_group: bool = False
    caption: bool = False

    @property
    def known(self) -> bool:
        return bool(self.rows or self.columns or self.groups or self.column_group or self.caption)

    def merged(self, other: "Sense") -> "Sense":
        return Sense(
            _union(self.rows, other.rows),
            _union(self.columns, other.columns),
            _union(self.groups, other.groups),
            self.column_group or other.column_group,
            self.caption or other.caption,
        )


UNKNOWN = Sense()


def _union(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return one + tuple(item for item in other if item not in one)


@dataclass
class Vocabulary:
    """The words of one statutory table. ``cells`` are the (row, column) that some form has, with their kinds;
    ``row_orders`` and ``column_orders`` the orders in which the forms print rows, and the columns of a row;
    ``row_columns`` the columns that each row has in each form."""

    table: str
    layout: str
    senses: Mapping[str, Sense]
    cells: Mapping[tuple[str, str], Kind]
    row_orders: tuple[tuple[str, ...], ...]
    column_orders: tuple[tuple[str, ...], ...]
    row_labels: Mapping[str, tuple[str, ...]]
    column_labels: Mapping[str, tuple[str, ...]]
    row_columns: Mapping[str, tuple[tuple[str, ...], ...]]
    row_group: Mapping[str, str]
    units: frozenset[str]
    _cache: dict[str, Sense] = field(default_factory=dict)

    def sense(self, text: str) -> Sense:
        """What ``text`` can mean; `UNKNOWN` where it is none of the table's words, or could be two."""
        found = self._cache.get(text)
        if found is None:
            if len(self._cache) > 20_000:
                self._cache.clear()
            found = self._cache[text] = self._look_up(text)
        return found

    def _look_up(self, text: str) -> Sense:
        plain = canonical(text)
        if not plain:
            return UNKNOWN
        found = self.senses.get(plain) or self._after_column_group(plain) or self.senses.get(without_remarks(text))
        return found or self._after_group(text) or self._mistyped(plain) or UNKNOWN

    def _after_column_group(self, plain: str) -> Sense | None:
        """A column label printed in one cell with the label above it: 法人或其他组织（商业企业）."""
        for label, sense in self.senses.items():
            if sense.column_group and plain.startswith(label) and (rest := self.senses.get(plain[len(label) :])):
                return Sense(columns=rest.columns) if rest.columns else None
        return None

    def _after_group(self, text: str) -> Sense | None:
        """A row label printed in one cell with the label of its group: （三）不予公开 1.属于国家秘密."""
        words = loose(text)
        for label, sense in self._groups:
            if not words.startswith(label) or words == label:
                continue
            rest = self._look_up(words[len(label) :])
            rows = tuple(row for row in rest.rows if self._belongs(row, sense.groups))
            if rows:
                return Sense(rows=rows)
            if rest.groups and not rest.rows:
                return Sense(groups=rest.groups)
        return None

    def _belongs(self, row: str, groups: tuple[str, ...]) -> bool:
        return self.row_group.get(row) in groups or "outcome" in groups

    def _mistyped(self, plain: str) -> Sense | None:
        """The one label that is a typing mistake away; None where none is, or two are equally near."""
        best: dict[str, int] = {}
        if len(plain) < _SHORTEST_TYPO:
            return None
        characters = frozenset(plain)
        turning = characters & _TURNING
        for label, known, limit in self._tolerant:
            if (
                turning <= known
                and len(known - characters) <= limit
                and (steps := distance(plain, label, limit)) <= limit
            ):
                best[label] = steps
        if not best:
            return None
        nearest = min(best.values())
        senses = {self.senses[label] for label, steps in best.items() if steps == nearest}
        return senses.pop() if len(senses) == 1 else None

    @cached_property
    def _groups(self) -> tuple[tuple[str, Sense], ...]:
        return tuple((label, sense) for label, sense in self.senses.items() if sense.groups)

    @cached_property
    def _tolerant(self) -> tuple[tuple[str, frozenset[str], int], ...]:
        """The labels that may be mistyped, their characters, and by how many edits."""
        limits = {
            label: next((edits for least, edits in _TOLERANCE if len(label) >= least), 0) for label in self.senses
        }
        return tuple((label, frozenset(label), limit) for label, limit in limits.items() if limit)

    @cached_property
    def row_order(self) -> Mapping[str, int]:
        """The place of each row: its place in the newest form that has it."""
        return {row: i for order in reversed(self.row_orders) for i, row in enumerate(order)}

    def names_all(self, row: str | None, keys: Iterable[tuple[str | None, str | None]]) -> bool:
        """Whether a head with these (row, column) names every column that the row has in one of the forms; None stands
        for rows that the head names itself."""
        known = set(keys)
        if row is None:
            return self.cells.keys() <= known
        return any(known >= {(None, column) for column in columns} for columns in self.row_columns.get(row, ()))

    def cut_row(self, text: str) -> tuple[str, ...]:
        """The rows whose label begins or ends with ``text``: a label cut by the end of a page."""
        plain = canonical(text)
        if len(plain) < _SHORTEST_CUT:
            return ()
        # 其他情形 may be a label of the agency's own.
        ends = len(plain) >= _SHORTEST_END
        labels = (label for label in self.senses if label.startswith(plain) or (ends and label.endswith(plain)))
        rows = {row for label in labels for row in self.senses[label].rows}
        return tuple(sorted(rows))

    def is_fragment(self, text: str) -> bool:
        """Whether ``text`` is a piece of a label of this table."""
        plain = canonical(text)
        return bool(plain) and any(plain in label for label in self.senses)


def _entries(table: TableForm) -> Iterable[tuple[str, Sense]]:
    for key, row in table.rows.items():
        yield from ((label, Sense(rows=(key,))) for label in row.labels)
    for key, column in table.columns.items():
        yield from ((label, Sense(columns=(key,))) for label in column.labels)
    for key, group in table.row_groups.items():
        yield from ((label, Sense(groups=(key,))) for label in group.labels)
    yield from ((label, Sense(column_group=True)) for label in table.column_groups)
    yield from ((label, Sense(caption=True)) for label in (*table.captions, *table.subheads, *table.headings))


def _vocabulary(key: str, forms: Iterable[Form]) -> Vocabulary:
    tables = [form.tables[key] for form in forms if key in form.tables]
    senses: dict[str, Sense] = {}
    for table in tables:
        for label, sense in _entries(table):
            for plain in {canonical(label), without_remarks(label)}:
                senses[plain] = senses.get(plain, UNKNOWN).merged(sense)
    cells: dict[tuple[str, str], Kind] = {}
    for table in tables:
        cells |= {(row, column): table.kind(row, column) for row, column in table.cells if (row, column) not in cells}
    return Vocabulary(
        table=key,
        layout=tables[0].layout,
        senses=senses,
        cells=cells,
        row_orders=tuple(dict.fromkeys(tuple(table.rows) for table in tables)),
        column_orders=_column_orders(tables),
        row_labels=_labels({row: shape for table in tables for row, shape in table.rows.items()}),
        column_labels=_labels({column: shape for table in tables for column, shape in table.columns.items()}),
        row_columns=_row_columns(tables),
        row_group={row: shape.group for table in tables for row, shape in table.rows.items() if shape.group},
        units=frozenset(unit for table in tables for unit in table.units),
    )


def _column_orders(tables: Iterable[TableForm]) -> tuple[tuple[str, ...], ...]:
    """The columns that can be printed side by side: those of a row, in every form."""
    rows = (row.columns or tuple(table.columns) for table in tables for row in table.rows.values())
    return tuple(dict.fromkeys(rows))


def _row_columns(tables: Iterable[TableForm]) -> dict[str, tuple[tuple[str, ...], ...]]:
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for table in tables:
        for key, row in table.rows.items():
            found[key] = (*found.get(key, ()), row.columns or tuple(table.columns))
    return found


def _labels(shapes: Mapping[str, Label]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(canonical(label) for label in shape.labels) for key, shape in shapes.items()}


@lru_cache(maxsize=1)
def vocabularies() -> dict[str, Vocabulary]:
    """One vocabulary a statutory table, over all forms."""
    forms = load_forms().values()
    keys = dict.fromkeys(key for form in forms for key in form.tables)
    return {key: _vocabulary(key, forms) for key in keys}


@lru_cache(maxsize=1)
def _owners() -> dict[str, frozenset[str]]:
    owners: dict[str, frozenset[str]] = {}
    for key, vocabulary in vocabularies().items():
        for label in vocabulary.senses:
            owners[label] = owners.get(label, frozenset()) | {key}
    return owners


@lru_cache(maxsize=16384)
def tables_with(text: str) -> frozenset[str]:
    """The statutory tables that print exactly this label."""
    owners = _owners()
    return owners.get(canonical(text)) or owners.get(without_remarks(text)) or frozenset()
