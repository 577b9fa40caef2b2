"""Reads .xls (BIFF) worksheets through calamine."""

import io
import re
import struct
from collections.abc import Iterator

import python_calamine as calamine

from pipelines.documents.model import Unreadable
from pipelines.documents.sheets.cells import MERGES_LIMIT, TEXTS_LIMIT, Merge, Sheet, printed

# calamine makes room for every place between the first and the last cell.
AREA_LIMIT = 2_000_000
# The DIMENSIONS record ([MS-XLS] 2.4.90): first and last row, first and last column, zero.
_DIMENSIONS = re.compile(rb"\x00\x02\x0e\x00(.{12})\x00\x00", re.DOTALL)


def read_sheets(payload: bytes) -> Iterator[Sheet]:
    """The worksheets in the order of the book. Raises `Unreadable`: ``broken``, ``encrypted``, ``too_large``."""
    _refuse_large(payload)
    try:
        book = calamine.load_workbook(io.BytesIO(payload))
        for meta in book.sheets_metadata:
            if meta.typ == calamine.SheetTypeEnum.WorkSheet:
                hidden = meta.visible != calamine.SheetVisibleEnum.Visible
                yield _sheet(book.get_sheet_by_name(meta.name), hidden)
    except calamine.PasswordError as error:
        raise Unreadable("encrypted", "The workbook is protected by a password.") from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise Unreadable("broken", f"The workbook can't be read: {error}.") from error


def _refuse_large(payload: bytes) -> None:
    for found in _DIMENSIONS.finditer(payload):
        first_row, end_row, first_column, end_column = struct.unpack("<IIHH", found[1])
        is_record = first_row < end_row <= 65_536 and first_column < end_column <= 256
        if is_record and (end_row - first_row) * (end_column - first_column) > AREA_LIMIT:
            raise Unreadable("too_large", f"A sheet has {end_row} rows and {end_column} columns.")


def _sheet(source: calamine.CalamineSheet, hidden: bool) -> Sheet:
    sheet = Sheet(source.name, hidden=hidden)
    first_row, first_column = source.start or (0, 0)
    for row, values in enumerate(source.iter_rows(), start=first_row):
        for column, value in enumerate(values, start=first_column):
            if value != "" and (text := printed(value)):
                sheet.texts[row, column] = text
        if len(sheet.texts) > TEXTS_LIMIT:
            sheet.cut = True
            break
    for (top, left), (bottom, right) in (source.merged_cell_ranges or [])[:MERGES_LIMIT]:
        sheet.merges.append(Merge(top, left, bottom, right))
    return sheet
