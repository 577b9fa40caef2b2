"""The one entry: from a document and its address to its identity."""

from datetime import datetime

from config.site import Site
from pipelines.documents.model import Document
from pipelines.identity.agency import find_agency
from pipelines.identity.dates import find_published, find_signature, main_lines
from pipelines.identity.folding import folded
from pipelines.identity.model import Identity
from pipelines.identity.title import find_title
from pipelines.identity.witness import witnesses
from pipelines.identity.year import find_year
from pipelines.report import Section


def identify(
    document: Document, *, url: str, captured: datetime, site: Site | None, sections: tuple[Section, ...]
) -> Identity:
    """Whose report ``document`` is, of which year, and when it was signed and published.

    ``url`` is where it was found and ``captured`` (UTC) when: nothing later is believed. ``site`` is the portal's
    file or None. ``sections`` serve where the document's own paragraphs hold no running text.
    """
    title = find_title(document)
    main = main_lines(document)
    signature = find_signature(main)
    published = find_published(document, url, captured.date())
    text = "\n".join(line for line in main if isinstance(line, str) and line) or _text_of(sections)
    year, year_findings = find_year(
        title.text if title else None, text, signature.day if signature else None, published, captured.date()
    )
    found = witnesses(document, title, signature, text)
    agency, agency_findings = find_agency(document, found, url=url, site=site, text=text, year=year)
    return Identity(
        agency,
        year,
        title.text if title else None,
        signature.day if signature else None,
        published,
        (*agency_findings, *year_findings),
    )


def _text_of(sections: tuple[Section, ...]) -> str:
    """The running text of the sections, folded, a line each."""
    lines = (folded(section.text) for section in sections)
    return "\n".join(line for line in lines if line)
