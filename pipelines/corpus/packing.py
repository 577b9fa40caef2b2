"""How values lie in the database: compact, and the same bytes for the same values.

A packed value is zlib-compressed UTF-8 JSON without white space. Cells are rows of `CELL_FIELDS` rather than objects:
the names would be most of what is compressed.
"""

import json
from typing import Any

import msgspec
from zlib_ng import zlib_ng

from pipelines.report import State

CELL_FIELDS = ("table", "row", "column", "state", "value", "raw", "unit", "where", "reason")

_LEVEL = 6
# A broken PDF font can give half a surrogate pair, which has no UTF-8: a question mark stands for it.
_HALF_PAIRS = "replace"

_encode = json.JSONEncoder(ensure_ascii=False).encode

Cells = list[dict[str, Any]]


class PackedCell(msgspec.Struct, array_like=True, frozen=True):
    """A cell as it is packed: the fields of `pipelines.report.Cell`, made in a tenth of the time."""

    table: str
    row: str
    column: str
    state: str
    value: int | float | None
    raw: str | None
    unit: str | None
    where: str | None
    reason: str | None


class NumberedCell(msgspec.Struct, array_like=True, frozen=True):
    """The first fields of a packed cell: its place and what stands there."""

    table: str
    row: str
    column: str
    state: State
    value: int | float | None


class OutlinedSection(msgspec.Struct, frozen=True):
    number: int


class Outline(msgspec.Struct, frozen=True):
    """Of a packed body what tells whether it says something that another does not."""

    title: str | None
    signed: str | None
    sections: tuple[OutlinedSection, ...]


_cells = msgspec.json.Decoder(tuple[PackedCell, ...])
_numbered = msgspec.json.Decoder(list[NumberedCell])
_outline = msgspec.json.Decoder(Outline)


def pack(value: Any) -> bytes:
    """The packed form of a JSON value; dataclasses in it are objects, and dates are text."""
    try:
        text = msgspec.json.encode(value)
    except UnicodeEncodeError:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=msgspec.to_builtins).encode(
            "utf-8", _HALF_PAIRS
        )
    return zlib_ng.compress(text, _LEVEL)


def unpack(packed: bytes) -> Any:
    """The JSON value that `pack` was given."""
    return msgspec.json.decode(unpacked(packed))


def unpacked(packed: bytes) -> bytes:
    """The JSON text that is packed."""
    return zlib_ng.decompress(packed)


def as_text(value: Any) -> str:
    """A JSON value as text: what keys of several parts, and short values, are in the tables."""
    return _encode(value)


def storable(text: str | None) -> str | None:
    """``text`` without what a column of a database refuses: NUL (PostgreSQL) and half surrogate pairs (both)."""
    return None if text is None else text.replace("\x00", "").encode("utf-8", _HALF_PAIRS).decode("utf-8")


def pack_cells(cells: Cells) -> bytes:
    """Cells as in the public JSON, packed."""
    return pack([[cell.get(name) for name in CELL_FIELDS] for cell in cells])


def unpack_numbers(packed: bytes) -> dict[str, float]:
    """The packed cells that hold a number, by ``table.row.column``; quicker than by way of the cells."""
    return {
        f"{cell.table}.{cell.row}.{cell.column}": cell.value
        for cell in _numbered.decode(unpacked(packed))
        if cell.state == "number" and cell.value is not None
    }


def unpack_outline(packed: bytes) -> Outline:
    """What `Outline` has of a packed body."""
    return _outline.decode(unpacked(packed))


def unpack_cells(packed: bytes) -> Cells:
    """Cells as in the public JSON."""
    return [dict(zip(CELL_FIELDS, values, strict=True)) for values in unpack(packed)]


def unpack_plain(packed: bytes) -> tuple[PackedCell, ...]:
    """Cells for those who only look at them."""
    return _cells.decode(unpacked(packed))
