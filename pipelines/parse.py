"""The one entry from a record to its outcome, live and offline alike: a pure function, no network, no state."""

from dataclasses import replace
from urllib.parse import urlsplit

from archive.record import WebRecord
from config.site import Site
from pipelines.documents import Document, Unreadable, extract
from pipelines.forms import check, judge, read_forms, read_sections, split_reports
from pipelines.identity import identify
from pipelines.report import Failed, NotAReport, Outcome, Report, Source


def is_document(record: WebRecord) -> bool:
    """Whether ``record`` is worth parsing: a page or file that was served. Redirects, errors, robots.txt, and sightings
    of a payload that is archived already are not."""
    if record.kind == "revisit" or record.status not in (None, 200):
        return False
    return urlsplit(record.url).path != "/robots.txt"


def parse(record: WebRecord, site: Site | None) -> Outcome:
    """What ``record`` is: a report, something else, or unreadable.

    ``site`` is the configured portal to which the record's URL belongs, where there is one; its division helps to
    complete an agency's short name. Raises nothing for any payload: what can't be read is `Failed`.
    """
    source = Source(record.url, record.header("Content-Type") or "application/octet-stream")
    if record.payload_error:
        return Failed("content_encoding", record.payload_error, source)
    try:
        document = extract(record.payload, url=record.url, content_type=record.header("Content-Type"))
    except Unreadable as unreadable:
        # The lists of many portals come as JSON, their menus as scripts: read for what they are, nothing is missing.
        unread = NotAReport if unreadable.code == "no_document" else Failed
        return unread(unreadable.code, unreadable.reason, source)
    outcomes = [_read(part, record, site) for part in split_reports(document)]
    reports = [outcome for outcome in outcomes if isinstance(outcome, Report)]
    return replace(reports[0], others=tuple(reports[1:])) if reports else outcomes[0]


def _read(document: Document, record: WebRecord, site: Site | None) -> Report | NotAReport:
    reading = read_forms(document)
    sections = read_sections(document)
    identity = identify(document, url=record.url, captured=record.captured, site=site, sections=sections)
    source = Source(record.url, document.media_type, document.encoding, document.repairs)
    attachments = tuple(attachment.url for attachment in document.attachments)
    verdict = judge(document, reading, sections)
    if verdict is not None:
        code, reason = verdict
        return NotAReport(
            code, reason, source, identity.title, identity.agency, identity.year, identity.published, attachments
        )
    return Report(
        agency=identity.agency,
        year=identity.year,
        form=reading.form,
        title=identity.title,
        signed=identity.signed,
        published=identity.published,
        sections=sections,
        cells=reading.cells,
        extra=reading.extra,
        findings=(*identity.findings, *reading.findings, *check(reading, sections, identity)),
        source=source,
        attachments=attachments,
    )
