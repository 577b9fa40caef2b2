"""Reads .xls (BIFF) worksheets through calamine."""

import io
import re
import struct
from collections.abc import Iterator, Mapping

import python_calamine as calamine

from pipelines.documents.model import Unreadable
from pipelines.documents.sheets.cells import MERGES_LIMIT, TEXTS_LIMIT, Merge, Sheet, printed

# calamine makes room for every place between the first and the last cell.
AREA_LIMIT = 2_000_000
# The DIMENSIONS record ([MS-XLS] 2.4.90): first and last row, first and last column, zero.
_DIMENSIONS = re.compile(rb"\x00\x02\x0e\x00(.{12})\x00\x00", re.DOTALL)
# A cell with an error value, and a formula whose value is one (BoolErr, Formula; [MS-XLS] 2.4.24 and 2.4.127): row,
# column, style, error. calamine gives them as empty cells.
_ERRORS = re.compile(rb"\x05\x02\x08\x00(.{4})..(.)\x01|\x06\x00..(.{4})..\x02.(.).{3}\xff\xff", re.DOTALL)
_ERROR_NAMES = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!"}
_ERROR_NAMES[0x2A] = "#N/A"


def read_sheets(payload: bytes) -> Iterator[Sheet]:
    """The worksheets in the order of the book. Raises `Unreadable`: ``broken``, ``encrypted``, ``too_large``."""
    _refuse_large(payload)
    errors = dict(_errors(payload))
    try:
        book = calamine.load_workbook(io.BytesIO(payload))
        for meta in book.sheets_metadata:
            if meta.typ == calamine.SheetTypeEnum.WorkSheet:
                hidden = meta.visible != calamine.SheetVisibleEnum.Visible
                yield _sheet(book.get_sheet_by_name(meta.name), hidden, errors)
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


def _errors(payload: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    """The places of error values, of all sheets together: an empty cell at one of them is not known to be blank."""
    for found in _ERRORS.finditer(payload):
        row, column = struct.unpack("<HH", found[1] or found[3])
        name = _ERROR_NAMES.get((found[2] or found[4])[0])
        if name and column < 256:
            yield (row, column), name


def _sheet(source: calamine.CalamineSheet, hidden: bool, errors: Mapping[tuple[int, int], str]) -> Sheet:
    sheet = Sheet(source.name, hidden=hidden)
    first_row, first_column = source.start or (0, 0)
    for row, values in enumerate(source.iter_rows(), start=first_row):
        for column, value in enumerate(values, start=first_column):
            if value != "" and (text := printed(value)):
                sheet.texts[row, column] = text
        if len(sheet.texts) > TEXTS_LIMIT:
            sheet.cut = True
            break
    if sheet.texts:
        # No row or column is added: calamine counts error values to what is written on.
        last_row, last_column = source.end or (0, 0)
        within = (place for place in errors if place[0] <= last_row and place[1] <= last_column)
        sheet.texts |= {place: errors[place] for place in within if place not in sheet.texts}
    for (top, left), (bottom, right) in (source.merged_cell_ranges or [])[:MERGES_LIMIT]:
        sheet.merges.append(Merge(top, left, bottom, right))
    return sheet
