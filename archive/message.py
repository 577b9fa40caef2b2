"""The HTTP message inside a record: its head, read without changing a byte of it."""

import re
from dataclasses import dataclass

_HEAD_END = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(r"^HTTP/\d+(?:\.\d+)?\s+(\d{3})\b", re.IGNORECASE)
_FIRST = re.compile(rb"[^\r\n]")


@dataclass(frozen=True, slots=True)
class Message:
    """``start`` is the status line or request line; ``headers`` are in wire order with duplicates, bytes as latin-1.

    ``body_at`` is the offset of the body in the block (its length where the head was cut).
    """

    start: str
    headers: tuple[tuple[str, str], ...]
    body_at: int

    @property
    def status(self) -> int | None:
        """The status of a response, None for anything else."""
        found = _STATUS.match(self.start)
        return int(found[1]) if found else None

    @property
    def method(self) -> str:
        """The method of a request, in upper case."""
        return self.start.partition(" ")[0].upper()

    def header(self, name: str) -> str | None:
        """First value of the header ``name`` (lower case), or None."""
        return next((value for key, value in self.headers if key.lower() == name), None)

    def codings(self, name: str) -> tuple[str, ...]:
        """The list of codings that all headers ``name`` (lower case) give together, in order, in lower case."""
        values = (value for key, value in self.headers if key.lower() == name)
        return tuple(coding for value in values for part in value.split(",") if (coding := part.strip().lower()))


def parse_message(block: bytes) -> Message:
    """Read the head of ``block``; interim answers (100, 103) in front of the final one are passed over.

    Never raises: what is no HTTP head gives a message without status and headers.
    """
    start = 0
    while True:
        message = _parse_head(block, start)
        status = message.status
        interim = status is not None and 100 <= status < 200 and status != 101
        if not interim or not block.startswith(b"HTTP/", message.body_at):
            return message
        start = message.body_at


def _parse_head(block: bytes, start: int) -> Message:
    first_byte = _FIRST.search(block, start)  # some servers send blank lines before the status
    start = first_byte.start() if first_byte else start
    end = _HEAD_END.search(block, start)
    head_to, body_at = (end.start(), end.end()) if end else (len(block), len(block))
    first, *lines = block[start:head_to].decode("latin-1").split("\n")
    headers: list[tuple[str, str]] = []
    for line in lines:
        if line[:1] in (" ", "\t") and headers:  # obsolete folding: the line continues the value before it
            name, value = headers[-1]
            headers[-1] = (name, f"{value} {line.strip()}")
            continue
        name, colon, value = line.partition(":")
        if colon:
            headers.append((name.strip(), value.strip()))
    return Message(first.rstrip("\r"), tuple(headers), body_at)
