"""Spreadsheets (.xlsx, .xls, .et) → `Document`: every sheet's tables, and the text around them."""

from pipelines.documents.model import Document, Paragraph, Table, Unreadable
from pipelines.documents.sheets import xls as sheet_xls
from pipelines.documents.sheets import xlsx as sheet_xlsx
from pipelines.documents.sheets.blocks import blocks_of

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLS_TYPE = "application/vnd.ms-excel"

_TITLE_LIMIT = 120


def read_sheet(payload: bytes, *, url: str) -> Document:
    """Read a workbook. Raises `Unreadable`: ``empty``, ``broken``, ``encrypted``, ``too_large``."""
    if not payload.strip(b"\0 \r\n\t"):
        raise Unreadable("empty", "The file is empty.")
    if "EncryptedPackage".encode("utf-16-le") in payload[:1_000_000] and not payload.startswith(b"PK"):
        raise Unreadable("encrypted", "The workbook is protected by a password.")
    is_package = payload.startswith(b"PK")
    blocks: list[Paragraph | Table] = []
    cut: list[str] = []
    pictures = left_out = hidden_sheets = 0
    for sheet in sheet_xlsx.read_sheets(payload) if is_package else sheet_xls.read_sheets(payload):
        found = blocks_of(sheet)
        hidden_sheets += sheet.hidden
        blocks.extend(block for block in found.blocks if not sheet.hidden or isinstance(block, Table))
        left_out += found.left_out
        pictures += sheet.pictures
        if found.cut:
            cut.append(sheet.name)
    if not blocks and not pictures:
        raise Unreadable("empty", "The workbook has no cell with text.")
    return Document(
        media_type=XLSX_TYPE if is_package else XLS_TYPE,
        titles=_titles(blocks),
        blocks=tuple(blocks),
        images=pictures,
        notes=_notes(hidden_sheets, left_out, cut),
    )


def _titles(blocks: list[Paragraph | Table]) -> tuple[tuple[str, str], ...]:
    first = blocks[0] if blocks else None
    if isinstance(first, Paragraph) and len(first.text) <= _TITLE_LIMIT:
        return (("text", first.text),)
    return ()


def _notes(hidden_sheets: int, left_out: int, cut: list[str]) -> tuple[tuple[str, str], ...]:
    notes = []
    if hidden_sheets:
        notes.append(("hidden_sheets", f"{hidden_sheets} sheets are hidden; their tables are marked so."))
    if left_out:
        notes.append(("hidden_cells", f"{left_out} cells with text stand in hidden rows or columns and were left out."))
    if cut:
        notes.append(("sheet_cut", f"Sheets with more cells than any report, read in part: {', '.join(cut[:10])}."))
    return tuple(notes)
