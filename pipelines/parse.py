"""The one entry from a record to its outcome, live and offline alike: a pure function, no network, no state.

It goes in four stages, each of which rests on those before:

    record → **document** (`read`) → **forms** of each part (`read_form`) → **identity** → **rules** (`_outcome`)

`fingerprint` tells which of them have changed since a record was parsed; what was kept of those that have not (`Kept`)
is not made again.
"""

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from archive.record import WebRecord
from config.site import Site
from pipelines.documents import Document, Unreadable, extract
from pipelines.forms import Reading, check, judge, read_forms, read_sections, split_reports
from pipelines.identity import Identity, identify
from pipelines.identity.title import is_title
from pipelines.identity.year import title_year
from pipelines.report import Failed, NotAReport, Outcome, Report, Section, Source


@dataclass(frozen=True, slots=True)
class Form:
    """What the forms stage says of one part of a document; ``verdict`` is (code, sentence) where it is no report.

    ``source`` and ``attachments`` go on with it, so that the rules need no document.
    """

    reading: Reading
    sections: tuple[Section, ...]
    verdict: tuple[str, str] | None
    source: Source
    attachments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """What an earlier parse of the same record left: each None where it is not there or no longer today's.

    ``forms`` and ``identities`` are those of all parts of the document, in order.
    """

    document: Document | None = None
    forms: tuple[Form, ...] | None = None
    identities: tuple[Identity, ...] | None = None


_NOTHING = Kept()
_CRAWLERS_OWN = ("metadata:", "dns:", "whois:", *(f"urn:{what}" for what in ("pageinfo:", "text", "view", "thumbnail")))


def is_document(record: WebRecord) -> bool:
    """Whether ``record`` is worth parsing: a page or file that was served. Redirects, errors, robots.txt, and sightings
    of a payload that is archived already are not; under another address (other tools write revisits of such) it is a
    page of its own. Nor is what a crawler says of itself (its log, its options, the text that it took from a page)."""
    if record.kind == "revisit" and record.revisit_of in (None, record.url):
        return False
    if record.status not in (None, 200):
        return False
    return urlsplit(record.url).path != "/robots.txt" and not of_crawler(record)


def of_crawler(record: WebRecord) -> bool:
    """Whether a crawler wrote the record of itself, or of a page: ``metadata://gnu.org/…`` by wget, ``urn:pageinfo:…``
    and ``urn:text:…`` by Browsertrix, ``dns:…`` by Heritrix."""
    return record.url.startswith(_CRAWLERS_OWN)


def parse(record: WebRecord, site: Site | None, kept: Kept = _NOTHING) -> Outcome:
    """What ``record`` is: a report, something else, or unreadable.

    ``site`` is the configured portal to which the record's URL belongs, where there is one; its division helps to
    complete an agency's short name. ``kept`` changes nothing but the time that it takes; with the document, or forms
    and identities, the payload is not looked at. Raises nothing for any payload: what can't be read is `Failed`.
    """
    forms, identities = kept.forms, kept.identities
    if forms is None or identities is None:
        document = kept.document or read(record)
        if not isinstance(document, Document):
            return document
        parts = split_reports(document)
        # Of a page with a report and something else only the report is kept.
        if forms is None or len(forms) != len(parts):
            forms = tuple(read_form(part, record.url) for part in parts)
        identities = tuple(
            identify(part, url=record.url, captured=record.captured, site=site, sections=form.sections)
            for part, form in zip(parts, forms, strict=True)
        )
    outcomes = [_outcome(form, identity) for form, identity in zip(forms, identities, strict=True)]
    reports = [outcome for outcome in outcomes if isinstance(outcome, Report)]
    return replace(reports[0], others=tuple(reports[1:])) if reports else outcomes[0]


def read(record: WebRecord) -> Document | NotAReport | Failed:
    """The document of ``record``, or why there is none."""
    source = Source(record.url, record.header("Content-Type") or "application/octet-stream")
    if record.payload_error:
        return Failed("content_encoding", record.payload_error, source)
    try:
        return extract(record.payload, url=record.url, content_type=record.header("Content-Type"))
    except Unreadable as unreadable:
        # The lists of many portals come as JSON, their menus as scripts: read for what they are, nothing is missing.
        unread = NotAReport if unreadable.code == "no_document" else Failed
        return unread(unreadable.code, unreadable.reason, source)


def read_form(document: Document, url: str) -> Form:
    """The tables and sections of one part, and whether it is a report."""
    reading = read_forms(document)
    sections = read_sections(document)
    source = Source(url, document.media_type, document.encoding, document.repairs)
    return Form(reading, sections, judge(document, reading, sections), source, _own_files(document))


def _own_files(document: Document) -> tuple[str, ...]:
    """The addresses of the linked files that may be parts of what the document is: a table under a link that names an
    earlier year (2021年附表) is that year's. The file of a whole report says itself whose it is."""
    year = title_year(document.title) if document.attachments and document.title else None
    return tuple(
        attachment.url
        for attachment in document.attachments
        if year is None or is_title(attachment.label) or (title_year(attachment.label) or year) >= year
    )


def _outcome(form: Form, identity: Identity) -> Report | NotAReport:
    """One part, checked by the rules where it is a report."""
    if form.verdict is not None:
        return NotAReport(
            *form.verdict,
            form.source,
            identity.title,
            identity.agency,
            identity.year,
            identity.published,
            form.attachments,
        )
    reading = form.reading
    return Report(
        agency=identity.agency,
        year=identity.year,
        form=reading.form,
        title=identity.title,
        signed=identity.signed,
        published=identity.published,
        sections=form.sections,
        cells=reading.cells,
        extra=reading.extra,
        findings=(*identity.findings, *reading.findings, *check(reading, form.sections, identity)),
        source=form.source,
        attachments=form.attachments,
        period=reading.period,
        findings_by=(len(identity.findings), len(reading.findings)),
    )
