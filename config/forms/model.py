"""The statutory forms and their identities as data: the models of config/forms/*.yaml."""

from functools import cached_property
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

Kind = Literal["count", "change", "amount"]
Layout = Literal["matrix", "across", "list"]
CellKey = tuple[str, str]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Label(_Strict):
    """How a row, column or group is printed: ``label`` in the notice, ``also`` in reports, both without numbering."""

    label: str
    also: tuple[str, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        return (self.label, *self.also)


class Column(Label):
    """``kind`` says what its cells may hold: a ``count``, a ``change`` (may be negative) or an ``amount`` in 万元."""

    kind: Kind = "count"


class Row(Label):
    """``columns`` are the columns that the row has (None: all), ``group`` the label that it stands under: it tells
    rows with the same label apart. ``kind`` overrides that of its columns."""

    columns: tuple[str, ...] | None = None
    group: str | None = None
    kind: Kind | None = None


class TableForm(_Strict):
    """One statutory table.

    ``headings`` are the titles it is printed under. ``layout``: ``matrix`` has row labels on the left and column labels
    above; ``across`` has the row labels above the column labels, all values in one line; ``list`` one value a row.
    ``captions`` are texts of its head that say nothing about a cell, ``subheads`` those that divide it,
    ``column_groups`` head several columns, ``row_groups`` several rows, ``units`` may stand in a unit column.
    """

    headings: tuple[str, ...]
    layout: Layout
    columns: dict[str, Column]
    rows: dict[str, Row]
    captions: tuple[str, ...] = ()
    subheads: tuple[str, ...] = ()
    column_groups: tuple[str, ...] = ()
    row_groups: dict[str, Label] = {}
    units: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _columns_exist(self) -> Self:
        for key, row in self.rows.items():
            for column in row.columns or ():
                if column not in self.columns:
                    raise ValueError(f"row {key} names column {column}, which the table does not have")
        return self

    @cached_property
    def cells(self) -> tuple[CellKey, ...]:
        """(row, column) of every cell, in the order of the form."""
        return tuple((key, column) for key, row in self.rows.items() for column in row.columns or self.columns)

    def kind(self, row: str, column: str) -> Kind:
        return self.rows[row].kind or self.columns[column].kind


class Form(_Strict):
    """One issue of the report form; ``tables`` in the order in which they are printed."""

    form: str
    notice: str
    tables: dict[str, TableForm]


class Identity(_Strict):
    """A relation between cells; see the head of identities.yaml for how the terms are written."""

    rule: str
    forms: tuple[str, ...]
    table: str
    severity: Literal["error", "warning", "note"]
    stated: tuple[str, ...]
    relation: Literal["=", "≥", "≤"]
    expected: tuple[str, ...]
    along: Literal["rows", "columns"] = "rows"
    within: tuple[str, ...] | None = None


class Deadline(_Strict):
    """A day of the year after the reported one; ``from_year`` is the first reported year that it holds for."""

    month: int
    day: int
    from_year: int = 2007


class Deadlines(_Strict):
    """``government_names`` are the endings of the names of governments and of the offices that publish for them."""

    departments: Deadline
    governments: Deadline
    government_names: tuple[str, ...]


class Identities(_Strict):
    """``identities`` hold within one report, ``across_years`` between a report and the one before."""

    identities: tuple[Identity, ...]
    across_years: tuple[Identity, ...]
    deadlines: Deadlines


class Headings(_Strict):
    """The wordings by which sections are told: those of the ``standard`` forms, and of the reports before (``old``)."""

    standard: dict[str, tuple[str, ...]]
    old: dict[str, tuple[str, ...]]


class Lookalike(_Strict):
    """A kind of page that is no report: its stable ``code``, the words in its title, or the endings of the names of
    ``bodies`` that publish it, and one sentence for people."""

    code: str
    titles: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    anywhere: bool = False
    reason: str


class Lookalikes(_Strict):
    """The words of titles: of pages that are no reports, of corrections, of error pages, of reports on less than a
    year, and of reports."""

    lookalikes: tuple[Lookalike, ...]
    corrections: tuple[str, ...]
    errors: tuple[str, ...]
    parts_of_a_year: tuple[str, ...]
    report_titles: tuple[str, ...]
