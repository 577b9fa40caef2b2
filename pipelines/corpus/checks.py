"""The checks of pipelines.forms, asked again where the assembly changes what they rest on."""

import re
from dataclasses import asdict, replace
from datetime import date
from functools import cache
from typing import Any

import msgspec

from config.forms import load_forms, load_identities
from pipelines.corpus.likeness import Sentences
from pipelines.corpus.merge import Value
from pipelines.corpus.packing import Cells, unpacked
from pipelines.forms import Reading, check, check_years, copied_text
from pipelines.identity.model import Identity
from pipelines.report import Agency, Cell, Finding, Section

# What `check` finds beside the identities of the forms. `dates.year` is not here: it also rests on the document.
_OTHER_RULES = ("counts.whole", "dates.signed", "dates.deadline", "text.requests", "text.disputes", "text.fees")
_YEAR = "dates.year"

Compared = dict[tuple[str, str, str], int | float | None]


def rechecked(value: Value) -> Value:
    """``value`` with the findings that its cells, sections, dates and identity give as they are now."""
    rules = _rules()
    kept = [finding for finding in value.findings if finding["rule"] not in rules]
    identity = _identity(value, tuple(Finding(**finding) for finding in kept if finding["rule"] == _YEAR))
    found = check(_reading(value.body["form"], value.cells), _sections(value), identity)
    return replace(value, findings=kept + [asdict(finding) for finding in found])


def compared(packed: bytes) -> Compared:
    """Of a report's packed cells the printed ones that the rules between years look at."""
    begun = b"],".join(_compared().findall(unpacked(packed)))
    cells = _begun_cells.decode(b"[" + begun + b"]]") if begun else ()
    return {(table, row, column): value for table, row, column, state, value in cells if state != "absent"}


def year_findings(own: Compared, before: Compared) -> list[dict[str, Any]]:
    """What does not fit the report of the same agency for the year before."""
    return [asdict(finding) for finding in check_years(own, before)]


def text_findings(own: Sentences, before: Sentences) -> list[dict[str, Any]]:
    """What was taken over from the text of the year before; both by `pipelines.forms.wording`."""
    return [asdict(finding) for finding in copied_text(own, before)]


@cache
def _rules() -> frozenset[str]:
    return frozenset((*_OTHER_RULES, *(identity.rule for identity in load_identities().identities)))


@cache
def _compared() -> re.Pattern[bytes]:
    """How the cells that the rules between years look at begin in packed JSON, up to their value. To make all cells for
    the sake of these was a quarter of the assembly. Nothing within a text looks like that: its quotes are escaped.
    """
    named: dict[tuple[str, str], dict[str, None]] = {}
    for rule in load_identities().across_years:
        terms = (term.lstrip("-@") for term in (*rule.stated, *rule.expected))
        named.setdefault((rule.table, rule.along), {}).update(dict.fromkeys(terms))
    places = (
        rf'"{table}","(?:{"|".join(terms)})","[^"]*"'
        if along == "rows"
        else rf'"{table}","[^"]*","(?:{"|".join(terms)})"'
        for (table, along), terms in named.items()
    )
    return re.compile(rf'\[(?:{"|".join(places)}),"[a-z]+",[^,]+'.encode())


_begun_cells = msgspec.json.Decoder(list[tuple[str, str, str, str, int | float | None]])


@cache
def _places() -> frozenset[tuple[str, str, str]]:
    tables = [(name, table) for form in load_forms().values() for name, table in form.tables.items()]
    return frozenset((name, row, column) for name, table in tables for row, column in table.cells)


def _reading(form: str, cells: Cells) -> Reading:
    """The cells that today's forms know: what an older parser stored may have others, until it is parsed again."""
    known = _places()
    return Reading(form, tuple(Cell(**cell) for cell in cells if (cell["table"], cell["row"], cell["column"]) in known))


def _sections(value: Value) -> tuple[Section, ...]:
    return tuple(Section(**section) for section in value.body["sections"])


def _identity(value: Value, findings: tuple[Finding, ...]) -> Identity:
    body = value.body
    return Identity(
        agency=Agency(**body["agency"]) if body["agency"] else None,
        year=body["year"],
        title=body["title"],
        signed=_day(body["signed"]),
        published=_day(body["published"]),
        findings=findings,
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
