"""Web archives in one file (MHTML), as Word and browsers save them, often under the name .doc."""

import email
import email.policy

from pipelines.documents.html.reader import read_html
from pipelines.documents.model import Document, Unreadable

_MAX_BYTES = 64_000_000


def read_mhtml(payload: bytes, *, url: str, content_type: str | None = None) -> Document:
    """Read the first HTML part; the HTTP header's ``content_type`` says nothing about it and is not asked.

    Raises `Unreadable`: ``too_large``, ``broken`` where no part is HTML, and what `read_html` raises.
    """
    del content_type
    if len(payload) > _MAX_BYTES:
        raise Unreadable(
            "too_large", f"the web archive at {url} has {len(payload)} bytes; {_MAX_BYTES} are read at most"
        )
    message = email.message_from_bytes(payload.lstrip(), policy=email.policy.compat32)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            body = part.get_payload(decode=True)
            if isinstance(body, bytes) and body.strip():
                return read_html(body, url=url, content_type=part.get("Content-Type"))
    raise Unreadable("broken", "the web archive (MHTML) holds no HTML part")
