"""A record that was parsed: what it came to, and what the corpus stores of it."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple, TypeVar

from archive.record import WebRecord
from config.site import Site
from pipelines import fingerprint
from pipelines.corpus.rows import Rows, content_of, rows_of
from pipelines.documents import Document
from pipelines.documents.packed import pack
from pipelines.parse import Kept, is_document, parse, read
from pipelines.report import Failed, NotAReport, Outcome, Report, Source

# A 4 MB page or a 300-page PDF stays far below; what does not is broken or hostile.
SECONDS = 120.0

_Result = TypeVar("_Result")

logger = logging.getLogger(__name__)


class Parsed(NamedTuple):
    """A record without its payload, and what was made of it; ``outcome`` is None where it is no document.

    Between processes an outcome goes `bare`: what it says in detail is in the ``rows``, packed.
    """

    record: WebRecord
    outcome: Outcome | None
    rows: Rows


def parse_anew(record: WebRecord, site: Site | None) -> Parsed:
    """Parse ``record`` from its payload on; its document is among the rows, to be kept."""
    head = replace(record, payload=b"")
    if not is_document(record):
        return Parsed(head, None, rows_of(record, None))
    begun = time.monotonic()
    document = guarded(record, lambda: read(record))
    outcome: Outcome | Document = document
    content, kept = None, []
    if isinstance(document, Document):
        packed = pack(document)
        if packed is not None:
            content = content_of(record)
            stage = fingerprint.parser().document
            kept.append({"content": content, "stage": stage, "packed": packed})
        outcome = guarded(record, lambda: parse(record, site, Kept(document)))
    assert not isinstance(outcome, Document)
    if time.monotonic() - begun > SECONDS:
        # Among others it was given the time of those that took less; alone it would have been ended.
        outcome = failed(record, "timeout", f"not parsed within {SECONDS:g} seconds")
    rows = rows_of(record, outcome, content)
    rows.documents += kept
    return Parsed(head, outcome, rows)


def guarded(record: WebRecord, work: Callable[[], _Result]) -> _Result | Failed:
    """The result of ``work`` on ``record``; a fault of ours in one document must not end a batch of a million: it is
    counted and has its place."""
    try:
        return work()
    except MemoryError:
        raise
    except Exception as error:
        logger.exception("the parser failed", extra={"url": record.url})
        return failed(record, "parser_fault", f"a fault of the parser: {type(error).__name__}: {error}")


def failed(record: WebRecord, code: str, reason: str) -> Failed:
    return Failed(code, reason, Source(record.url, record.header("Content-Type") or "application/octet-stream"))


def bare(outcome: Outcome | None) -> Outcome | None:
    """An outcome as people are told of it: without text, cells and findings."""
    if not isinstance(outcome, Report):
        return replace(outcome, attachments=()) if isinstance(outcome, NotAReport) else outcome
    others = tuple(replace(other, sections=(), cells=(), extra=(), findings=()) for other in outcome.others)
    return replace(outcome, sections=(), cells=(), extra=(), findings=(), others=others)
