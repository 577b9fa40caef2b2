"""The noun of the archive: one archived exchange or file, as it is read back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

RecordKind = Literal["response", "resource", "revisit", "conversion"]


@dataclass(frozen=True, slots=True)
class Location:
    """Where a record lies.

    ``file`` is the WARC's final name without folder and without the ``.open`` of a file in writing;
    ``offset`` the first byte of the record's gzip member; ``record_id`` its WARC-Record-ID
    (``urn:uuid:…``, without angle brackets).
    """

    file: str
    offset: int
    record_id: str


@dataclass(frozen=True, slots=True)
class WebRecord:
    """One response (or revisit, resolved to the response that it refers to), one imported file, or a conversion: what
    was made of a page, as its DOM once its scripts had run.

    ``url`` is the WARC-Target-URI. ``captured`` is the WARC-Date, in UTC. ``status`` is the HTTP status,
    None for a ``resource`` or ``conversion``. ``headers`` are the HTTP headers in wire order with duplicates, bytes
    decoded as latin-1; these two have their Content-Type alone. ``payload`` is the entity body, de-chunked and with
    its content encoding undone. ``payload_digest`` is the WARC-Payload-Digest (``sha1:…``), over the
    de-chunked but still content-encoded body. ``truncated`` is the WARC-Truncated reason
    (``length``, ``time``, ``disconnect``, ``unspecified``) or None.
    ``payload_error`` says why the payload could not be decoded; then ``payload`` holds what could be read of it.
    ``revisit_of`` is the URL of the response that a revisit has its payload from, ``original`` the place of that
    response; both are None where it is not to be had.
    ``warcinfo_id`` names the warcinfo record of the run that made it, where the record says so.
    """

    kind: RecordKind
    url: str
    captured: datetime
    status: int | None
    headers: tuple[tuple[str, str], ...]
    payload: bytes
    payload_digest: str | None
    truncated: str | None
    location: Location
    warcinfo_id: str | None = None
    payload_error: str | None = None
    revisit_of: str | None = None
    original: Location | None = None

    def header(self, name: str) -> str | None:
        """First value of the header ``name`` (any case), or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)
