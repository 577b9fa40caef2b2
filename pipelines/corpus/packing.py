"""How values lie in the database: compact, and the same bytes for the same values.

A packed value is zlib-compressed UTF-8 JSON without white space. Cells are rows of `CELL_FIELDS` rather than objects:
the names would be most of what is compressed.
"""

import json
import zlib
from typing import Any

CELL_FIELDS = ("table", "row", "column", "state", "value", "raw", "unit", "where", "reason")

_LEVEL = 6
# A broken PDF font can give half a surrogate pair, which has no UTF-8: a question mark stands for it.
_HALF_PAIRS = "replace"

Cells = list[dict[str, Any]]


def pack(value: Any) -> bytes:
    """The packed form of a JSON value."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode("utf-8", _HALF_PAIRS), _LEVEL)


def unpack(packed: bytes) -> Any:
    """The JSON value that `pack` was given."""
    return json.loads(zlib.decompress(packed))


def storable(text: str | None) -> str | None:
    """``text`` without what a column of a database refuses: NUL (PostgreSQL) and half surrogate pairs (both)."""
    return None if text is None else text.replace("\x00", "").encode("utf-8", _HALF_PAIRS).decode("utf-8")


def pack_cells(cells: Cells) -> bytes:
    """Cells as in the public JSON, packed."""
    return pack([[cell.get(name) for name in CELL_FIELDS] for cell in cells])


def unpack_numbers(packed: bytes) -> dict[str, float]:
    """The packed cells that hold a number, by ``table.row.column``; quicker than by way of the cells."""
    return {
        f"{table}.{row}.{column}": value
        for table, row, column, state, value, *_printed in unpack(packed)
        if state == "number"
    }


def unpack_cells(packed: bytes) -> Cells:
    """Cells as in the public JSON."""
    return [dict(zip(CELL_FIELDS, values, strict=True)) for values in unpack(packed)]
