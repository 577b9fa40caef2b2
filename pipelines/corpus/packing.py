"""How values lie in the database: compact, and the same bytes for the same values.

A packed value is zlib-compressed UTF-8 JSON without white space. Cells are rows of `CELL_FIELDS` rather than objects:
the names would be most of what is compressed.
"""

import json
import zlib
from typing import Any

CELL_FIELDS = ("table", "row", "column", "state", "value", "raw", "unit", "where", "reason")

_LEVEL = 6

Cells = list[dict[str, Any]]


def pack(value: Any) -> bytes:
    """The packed form of a JSON value."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # A broken PDF font can give half a surrogate pair; it must not stop the report.
    return zlib.compress(text.encode("utf-8", "surrogatepass"), _LEVEL)


def unpack(packed: bytes) -> Any:
    """The JSON value that `pack` was given."""
    return json.loads(zlib.decompress(packed).decode("utf-8", "surrogatepass"))


def pack_cells(cells: Cells) -> bytes:
    """Cells as in the public JSON, packed."""
    return pack([[cell.get(name) for name in CELL_FIELDS] for cell in cells])


def unpack_cells(packed: bytes) -> Cells:
    """Cells as in the public JSON."""
    return [dict(zip(CELL_FIELDS, values, strict=True)) for values in unpack(packed)]
