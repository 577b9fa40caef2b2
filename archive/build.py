"""The bytes of records: WARC headers in the order of the specification's examples, one gzip member each."""

import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote

from archive.digest import Bytes
from archive.member import compressed

Fields = Sequence[tuple[str, str]]
HTTP_RESPONSE = "application/http;msgtype=response"
HTTP_REQUEST = "application/http;msgtype=request"
WARC_FIELDS = "application/warc-fields"
IDENTICAL_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_LINE_BREAKS = re.compile(r"[\r\n]+[ \t]*")
_NO_URI_CHARACTER = re.compile(r"[\x00-\x20\x7f<>]")


def new_id() -> str:
    return f"urn:uuid:{uuid.uuid4()}"


class RecordIds:
    """Ids for the records of one file: version 8 UUIDs (RFC 9562, 5.8), one random beginning and a serial number.

    An exchange names five ids in two gzip members. Those that differ in their last digits take 85 bytes less of the
    1,080 that an unchanged page costs, which is nearly all ids, digests and dates.
    """

    def __init__(self) -> None:
        drawn = str(uuid.uuid4())
        self._beginning = f"urn:uuid:{drawn[:14]}8{drawn[15:24]}"
        self._serial = 0

    def new(self) -> str:
        self._serial += 1
        return f"{self._beginning}{self._serial:012x}"


def target_uri(url: str) -> str:
    """``url`` with what would break the header line that it stands in percent-encoded."""
    return _NO_URI_CHARACTER.sub(lambda found: quote(found[0]), url)


def header(fields: Fields, length: int) -> bytes:
    """The WARC header with its closing blank line; Content-Length comes last."""
    lines = ["WARC/1.1", *(f"{name}: {value}" for name, value in fields), f"Content-Length: {length}", "", ""]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape")


def member(fields: Fields, block: Bytes, level: int) -> bytes:
    """One record as one gzip member."""
    return compressed((header(fields, len(block)), block, b"\r\n\r\n"), level)


def warc_fields(values: Mapping[str, str] | Iterable[tuple[str, str]]) -> bytes:
    """A block of ``application/warc-fields``: a line a value; line breaks inside a value become spaces."""
    pairs = values.items() if isinstance(values, Mapping) else values
    return "".join(f"{name}: {_LINE_BREAKS.sub(' ', value)}\r\n" for name, value in pairs).encode()


def parse_warc_fields(block: bytes) -> dict[str, str]:
    """The values of such a block; of a name that comes twice, the first."""
    values: dict[str, str] = {}
    for line in block.decode("utf-8", "replace").splitlines():
        name, colon, value = line.partition(":")
        if colon:
            values.setdefault(name.strip(), value.strip())
    return values
