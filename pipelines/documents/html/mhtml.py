"""Web archives in one file (MHTML), as Word and browsers save them, often under the name .doc."""

import email
import email.policy
from dataclasses import replace
from itertools import count, islice

from pipelines.documents.html.reader import read_html
from pipelines.documents.model import Document, Table, Unreadable

_MAX_BYTES = 64_000_000
_MOST_PARTS = 200


def read_mhtml(payload: bytes, *, url: str, content_type: str | None = None) -> Document:
    """Read the first HTML part, or, where it is a frame that shows nothing by itself (as Excel writes it around its
    sheets), the others one after the other. The HTTP header's ``content_type`` says nothing of them and is not asked.

    Raises `Unreadable`: ``too_large``, ``broken`` where no part is HTML, and what `read_html` raises for the first.
    """
    del content_type
    if len(payload) > _MAX_BYTES:
        raise Unreadable(
            "too_large", f"the web archive at {url} has {len(payload)} bytes; {_MAX_BYTES} are read at most"
        )
    message = email.message_from_bytes(payload.lstrip(), policy=email.policy.compat32)
    parts = (part for part in message.walk() if part.get_content_type() == "text/html")
    pages: list[Document] = []
    for part in islice(parts, _MOST_PARTS):
        body = part.get_payload(decode=True)
        if isinstance(body, bytes) and body.strip():
            pages.append(read_html(body, url=url, content_type=part.get("Content-Type")))
            if pages[0].blocks:
                return pages[0]
    if not pages:
        raise Unreadable("broken", "the web archive (MHTML) holds no HTML part")
    leading = next((page for page in pages if page.blocks), pages[0])
    numbers = count(1)
    blocks = (block for page in pages for block in page.blocks)
    placed = (replace(each, where=f"table {next(numbers)}") if isinstance(each, Table) else each for each in blocks)
    return replace(leading, blocks=tuple(placed))
