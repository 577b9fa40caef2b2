"""A document's statutory tables, read: every cell of the report's form with what was printed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from config.forms import Form, load_forms
from pipelines.documents.model import Document
from pipelines.forms.choice import Choice, choose
from pipelines.forms.excerpts import without_excerpts
from pipelines.forms.label import canonical
from pipelines.forms.lines import Line, Segment, segments
from pipelines.forms.notices import elsewhere, excerpts, mixed_forms, undecided_form, unknown_labels, unseen
from pipelines.forms.period import stated_period
from pipelines.forms.plan import filled, remember, signature
from pipelines.forms.tables import Key, read_table
from pipelines.forms.vocabulary import vocabularies
from pipelines.report import Cell, ExtraCell, Finding

NARRATIVE = "narrative"
_LONGEST_HEADING = 60


@dataclass(frozen=True, slots=True)
class Reading:
    """``form`` is ``2021``, ``2019``, ``2014`` or ``narrative``; ``cells`` are those of the form in its order, whether
    or not a number stands in them, and after each table the cells that only an older form has and the report prints.
    ``tables`` are the statutory tables found. ``period`` is the year of the statistical period that the text states.
    """

    form: str
    cells: tuple[Cell, ...] = ()
    extra: tuple[ExtraCell, ...] = ()
    findings: tuple[Finding, ...] = ()
    tables: tuple[str, ...] = ()
    period: int | None = None


def read_forms(document: Document) -> Reading:
    """The statutory tables of the document. A document without any has the form ``narrative`` and no cells.

    The form is told by the tables alone, never by the year or by the notice that the text cites.
    """
    signed = signature(document)
    found = filled(signed, document)
    if found is not None:
        plan, cells = found
        return Reading(plan.form, cells, tables=plan.tables, period=stated_period(document))
    reading, choices = read_with_care(document)
    if reading.cells and not reading.findings and not reading.extra and _is_whole(reading):
        remember(signed, document, reading.form, choices, reading.cells)
    return reading


def _is_whole(reading: Reading) -> bool:
    """Whether each table of the form is there; what a missing one means the headings and pictures tell, not a plan."""
    return load_forms()[reading.form].tables.keys() <= set(reading.tables)


def read_with_care(document: Document) -> tuple[Reading, dict[str, Choice]]:
    """What `read_forms` gives, read label by label, and the printing from which each cell was taken."""
    found, others = without_excerpts(segments(document))
    readings = {key: read_table(_lines_of(found, key), words) for key, words in vocabularies().items()}
    readings = {key: reading for key, reading in readings.items() if reading.cells}
    choices = {key: choose(key, reading) for key, reading in readings.items()}
    evidence = {key: _forms_with(key, choice.cells) for key, choice in choices.items()}
    form = _report_form(evidence)
    bare = _bare_headings(document, form, choices)
    shown_as = _shown_as(document)
    missing = bare if shown_as else ()
    apart = excerpts(others)
    apart += elsewhere(bare, document.attachments) if not shown_as else []
    if not readings and "requests" not in missing:
        return Reading(NARRATIVE, findings=tuple(apart), period=stated_period(document)), choices
    findings = [finding for choice in choices.values() for finding in choice.findings]
    findings += [finding for key, reading in readings.items() for finding in unknown_labels(key, reading)]
    findings += [*mixed_forms(form.form, evidence), *unseen(missing, shown_as), *apart]
    findings += [] if any(evidence.values()) else undecided_form(form.form)
    cells = tuple(_cells(form, choices, missing, shown_as))
    extra = tuple(cell for reading in readings.values() for cell in reading.extra)
    period = stated_period(document)
    return Reading(form.form, cells, extra, tuple(findings), tuple(readings), period), choices


def _lines_of(found: Sequence[Segment], key: str) -> list[Line]:
    return [line for segment in found if segment.key == key for line in segment.lines]


def _forms_with(table: str, cells: Mapping[Key, Cell]) -> tuple[str, ...]:
    """The forms of which the table shows a cell that no other form has.

    A row whose values could not be told apart shows its form only if no other form has such a row: its cells are
    listed for every column that they could stand under.
    """
    forms = {name: form.tables[table] for name, form in load_forms().items() if table in form.tables}
    shown = {
        key
        for key, cell in cells.items()
        if cell.state != "unreadable" or sum(key[0] in shape.rows for shape in forms.values()) == 1
    }
    found = []
    for name, shape in forms.items():
        others = [other.cells for rival, other in forms.items() if rival != name]
        if shown & set(shape.cells).difference(*others):
            found.append(name)
    return tuple(found)


def _report_form(evidence: Mapping[str, tuple[str, ...]]) -> Form:
    """The newest form that a table shows; where none is shown for certain, the newest that has the tables."""
    forms = load_forms()
    shown = {name for names in evidence.values() for name in names}
    return next(
        form for name, form in forms.items() if (name in shown if shown else evidence.keys() <= form.tables.keys())
    )


def _shown_as(document: Document) -> str:
    """What may show the tables that are missing and can't be read: ``image``, ``script``, or nothing."""
    if document.images:
        return "image"
    return "script" if any(code == "scripted_tables" for code, _ in document.notes) else ""


def _bare_headings(document: Document, form: Form, choices: Mapping[str, Choice]) -> tuple[str, ...]:
    """The tables that are missing where their heading stands, in a document that may show them in another way."""
    if not document.attachments and not _shown_as(document):
        return ()
    headings = [canonical(block.text) for block in document.paragraphs if len(block.text) <= _LONGEST_HEADING]
    return tuple(
        key
        for key, table in form.tables.items()
        if key not in choices and any(canonical(name) in text for name in table.headings for text in headings)
    )


def _cells(form: Form, choices: Mapping[str, Choice], missing: Sequence[str], shown_as: str) -> Iterator[Cell]:
    for table, shape in form.tables.items():
        found = choices[table].cells if table in choices else {}
        for key in shape.cells:
            yield found.get(key) or _unprinted(table, key, shown_as if table in missing else "")
        own = set(shape.cells)
        # What could not be told apart in a row of this form is listed under its columns, not under an older form's too.
        yield from (
            cell
            for key, cell in found.items()
            if key not in own and (cell.state != "unreadable" or key[0] not in shape.rows)
        )
    for table in choices.keys() - form.tables.keys():
        yield from choices[table].cells.values()


def _unprinted(table: str, key: Key, shown_as: str) -> Cell:
    return Cell(table, *key, "unreadable", reason=shown_as) if shown_as else Cell(table, *key, "absent")
