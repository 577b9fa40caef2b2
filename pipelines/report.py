"""What the pipeline makes of a record: a report, a reason why it is none, or a reason why it could not be read.

The shapes here are the public JSON of ``nianbao parse --json``; `outcome_json` writes it.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

State = Literal["number", "blank", "mark", "unreadable", "absent"]
Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a statutory form.

    ``value`` is None unless ``state`` is ``number``. ``raw`` is the text as printed (None when ``absent``).
    ``unit`` is the unit printed in the cell itself (``万元``, ``元``), ``where`` its place in the document
    (1-based; ``table 2, row 5, column 9``). ``reason`` says why a cell is ``unreadable``.
    """

    table: str
    row: str
    column: str
    state: State
    value: int | float | None = None
    raw: str | None = None
    unit: str | None = None
    where: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ExtraCell:
    """A cell of a row or column that the form does not know, under the labels that are printed."""

    table: str
    row_label: str
    column_label: str
    state: State
    value: int | float | None
    raw: str
    where: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A fact about the report that a person should look at; ``rule`` is a stable name from forms.md.

    ``message`` is English, ``message_zh`` Chinese; both can be checked by hand against the document.
    """

    rule: str
    severity: Severity
    message: str
    message_zh: str
    table: str | None = None
    row: str | None = None
    column: str | None = None
    stated: int | float | str | None = None
    expected: int | float | str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered section: ``number`` 1 for 一、, ``heading`` without number, ``text`` paragraphs joined by ``\\n``."""

    number: int
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Agency:
    """The body whose report it is. ``division`` is the GB/T 2260 code, ``level`` one of ``national``, ``province``,
    ``prefecture``, ``county``, ``township``; ``sector`` a key of config/sectors.yaml. Each None where it can't be told.
    """

    name: str
    as_written: str
    division: str | None = None
    level: str | None = None
    sector: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What the report was read from."""

    url: str
    media_type: str
    encoding: str | None = None
    repairs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """An annual report. ``others`` are the further reports that stand on the same page, in order.

    ``attachments`` are the absolute URLs of the files that belong to it; they may carry its tables. Two things are no
    part of the public JSON: ``period``, the year of the statistical period that the text states, and ``findings_by``,
    how many of the findings come from the identity and how many from the forms; those after them are the rules'.
    """

    agency: Agency | None
    year: int | None
    form: str
    title: str | None
    signed: date | None
    published: date | None
    sections: tuple[Section, ...]
    cells: tuple[Cell, ...]
    extra: tuple[ExtraCell, ...]
    findings: tuple[Finding, ...]
    source: Source
    attachments: tuple[str, ...] = ()
    others: tuple["Report", ...] = ()
    period: int | None = None
    findings_by: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class NotAReport:
    """The record was read and is something else; ``code`` is a stable word, ``reason`` one plain sentence.

    ``attachment_only`` is the code of a page that only announces a report and links it: then ``title``, the identity
    that the page gives and ``attachments`` pass on to the file's report when the corpus is assembled.
    """

    code: str
    reason: str
    source: Source
    title: str | None = None
    agency: Agency | None = None
    year: int | None = None
    published: date | None = None
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Failed:
    """The record could not be read; ``code`` is a stable word, ``reason`` one plain sentence."""

    code: str
    reason: str
    source: Source


Outcome = Report | NotAReport | Failed


def outcome_json(outcome: Outcome, parser: str) -> dict[str, Any]:
    """The public JSON object of an outcome; ``parser`` is the parser's version string."""
    if isinstance(outcome, Report):
        return {"outcome": "report", "reason": None, **_report_json(outcome), "parser": parser}
    kind = "not_a_report" if isinstance(outcome, NotAReport) else "failed"
    return {
        "outcome": kind,
        "code": outcome.code,
        "reason": outcome.reason,
        "title": outcome.title if isinstance(outcome, NotAReport) else None,
        "source": _plain(outcome.source),
        "parser": parser,
    }


def _report_json(report: Report) -> dict[str, Any]:
    names = ("agency", "year", "form", "title", "signed", "published", "sections", "cells", "extra", "findings")
    body = {name: _plain(getattr(report, name)) for name in names}
    body["source"] = _plain(report.source)
    body["attachments"] = list(report.attachments)
    body["others"] = [_report_json(other) for other in report.others]
    return body


def _plain(value: Any) -> Any:
    """Dataclasses to dicts in field order, tuples to lists, dates to ISO 8601; scalars as they are."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return value
