"""CDXJ, pywb's index format: one line a capture, ``key timestamp {json}``, sorted bytewise.

A request that is not a GET stands in the key with its method and body, as pywb writes it
(``…/list?__wb_method=POST&page=2``). Three fields are ours and ignored by pywb: ``id`` (the record id) and, for
such requests, ``body`` (a digest that tells two of them apart where the query, which pywb cuts, does not).

A 304 stands under a key that pywb never asks for: it would replay an empty "not modified" where a viewer
expects the page; so it gives the capture before it, which is that page. So does a conversion (a page as it stood once
its scripts had run), and its revisit, which has no HTTP head: a viewer runs them itself.
"""

import base64
import email.parser
import email.policy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import unquote_plus, urlencode

from archive.digest import sha1
from archive.message import Message
from archive.raw import RawRecord
from archive.record import Location
from archive.surt import surt
from archive.warcdate import timestamp_of

REVISIT_MIME = "warc/revisit"
# Records that pywb indexes; its own rule leaves out metadata in warc-fields, which is all that we write.
INDEXED = ("response", "resource", "revisit", "conversion")
# Sorts before every key of a URL, as pywb's own `!meta` lines do.
NOT_MODIFIED_PREFIX = "!304:"
CONVERSION_PREFIX = "!conversion:"
# pywb cuts the query at this length.
_LONGEST_QUERY = 4096


@dataclass(frozen=True, slots=True)
class Method:
    """What distinguishes a request that is no GET: its method, and its body as a query and as a digest."""

    name: str
    query: str
    digest: str

    @classmethod
    def of(cls, name: str, body: bytes, media_type: str | None) -> "Method | None":
        """None for a GET, which its URL describes completely."""
        name = name.upper()
        if name == "GET":
            return None
        query = _body_query(body, media_type or "") if body and name in ("POST", "PUT") else ""
        return cls(name, query[:_LONGEST_QUERY], sha1((body,)))

    @classmethod
    def of_request(cls, message: Message, block: bytes) -> "Method | None":
        """The same, from the bytes of a request and its head."""
        return cls.of(message.method, block[message.body_at :], message.header("content-type"))

    def key(self, url: str) -> str:
        """The key of ``url`` asked for in this way."""
        query = f"__wb_method={self.name}" + (f"&{self.query}" if self.query else "")
        return surt(f"{url}{'&' if '?' in url else '?'}{query}")


def _body_query(body: bytes, media_type: str) -> str:
    """The body as pywb turns it into a query string."""
    kind = media_type.partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        try:
            return unquote_plus(body.decode("utf-8"))
        except UnicodeDecodeError:
            return _binary_query(body)
    if kind.startswith("multipart/"):
        return _multipart_query(body, media_type)
    if kind in ("application/json", "text/plain"):
        try:
            return urlencode(_flat_json(json.loads(body)))
        except ValueError:
            return "" if kind == "application/json" else _binary_query(body)
    return _binary_query(body)


def _binary_query(body: bytes) -> str:
    return "__wb_post_data=" + base64.b64encode(body).decode("ascii")


def _multipart_query(body: bytes, media_type: str) -> str:
    head = f"Content-Type: {media_type}\r\n\r\n".encode("latin-1", "replace")
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
    if not message.is_multipart():
        return _binary_query(body)
    fields: list[tuple[str, bytes]] = []
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        value = part.get_payload(decode=True)
        fields.append((str(name), value if isinstance(value, bytes) else b""))
    return urlencode(fields)


def _flat_json(value: object) -> dict[str, str]:
    """The leaves of a JSON value under their nearest name; a name that comes again gets ``.2_``, ``.3_`` …"""
    leaves: dict[str, str] = {}
    seen: dict[str, int] = {}

    def walk(node: object, name: str) -> None:
        if isinstance(node, dict):
            for key, inner in node.items():
                walk(inner, key)
        elif isinstance(node, list):
            for inner in node:
                walk(inner, name)
        elif name:
            key = name
            if name in leaves:
                seen[name] = seen.get(name, 1) + 1
                key = f"{name}.{seen[name]}_"
            leaves[key] = _json_leaf(node)

    walk(value, "")
    return leaves


def _json_leaf(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # as JavaScript prints it
    return value if isinstance(value, str) else json.dumps(value)


@dataclass(frozen=True, slots=True)
class Capture:
    """One line of the index. ``captured`` is to the second; the record's WARC-Date may be finer.

    ``status`` is None for a resource and a revisit. ``digest`` is the payload digest (``sha1:…``) or None;
    ``length`` the size of the gzip member. ``method`` and ``body`` (a digest) are those of the request.
    """

    url: str
    captured: datetime
    mime: str | None
    status: int | None
    digest: str | None
    location: Location
    length: int
    method: str = "GET"
    body: str | None = None

    @property
    def is_revisit(self) -> bool:
        return self.mime == REVISIT_MIME


def line(record: RawRecord, message: Message | None, method: Method | None) -> bytes:
    """The line of ``record``, with its line end; ``message`` is its HTTP head, ``method`` that of its request."""
    url = record.url or ""
    fields: dict[str, str] = {"url": url, "mime": _mime(record, message)}
    if record.type == "response" and message and message.status:
        fields["status"] = str(message.status)
    if digest := record.get("WARC-Payload-Digest"):
        fields["digest"] = digest.removeprefix("sha1:")
    fields |= {"length": str(record.length or 0), "offset": str(record.offset), "filename": record.file}
    fields["id"] = record.record_id
    if method:
        fields |= _method_fields(method)
    key = method.key(url) if method else surt(url)
    if message and message.status == 304:
        key = NOT_MODIFIED_PREFIX + key
    elif record.type == "conversion" or (record.type == "revisit" and not record.is_http):
        key = CONVERSION_PREFIX + key
    return f"{key} {timestamp_of(record.get('WARC-Date') or '')} {json.dumps(fields)}\n".encode()


def with_method(raw: bytes, method: Method) -> bytes:
    """The line of a capture whose request, read after it, is no GET."""
    key, timestamp, text = raw.decode("utf-8").split(" ", 2)
    fields = json.loads(text)
    fields |= _method_fields(method)
    prefix = NOT_MODIFIED_PREFIX if key.startswith(NOT_MODIFIED_PREFIX) else ""
    return f"{prefix}{method.key(fields['url'])} {timestamp} {json.dumps(fields)}\n".encode()


def _method_fields(method: Method) -> dict[str, str]:
    fields = {"method": method.name, "body": method.digest}
    return fields | {"requestBody": method.query} if method.query else fields


def _mime(record: RawRecord, message: Message | None) -> str:
    if record.type == "revisit":
        return REVISIT_MIME
    content_type = message.header("content-type") if message else record.get("Content-Type")
    return (content_type or "").replace(" ", ";").partition(";")[0] or "unk"


def parse_line(raw: bytes) -> Capture | None:
    """The capture of a line, ours or pywb's; None for what is no such line."""
    try:
        _, timestamp, text = raw.split(b" ", 2)
        fields: Mapping[str, str] = json.loads(text)
        captured = datetime.strptime(timestamp.decode("ascii"), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        location = Location(fields["filename"], int(fields["offset"]), fields.get("id", ""))
        status, digest = str(fields.get("status", "")), fields.get("digest")
        return Capture(
            url=fields["url"],
            captured=captured,
            mime=fields.get("mime"),
            status=int(status) if status.isdecimal() else None,
            digest=digest if digest is None or ":" in digest else f"sha1:{digest}",
            location=location,
            length=int(fields.get("length", 0)),
            method=fields.get("method", "GET"),
            body=fields.get("body"),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
