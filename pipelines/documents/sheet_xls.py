"""Reads .xls (BIFF) worksheets through calamine."""

import io
from collections.abc import Iterator

import python_calamine as calamine

from pipelines.documents.model import Unreadable
from pipelines.documents.sheet_cells import MERGES_LIMIT, TEXTS_LIMIT, Merge, Sheet, printed


def read_sheets(payload: bytes) -> Iterator[Sheet]:
    """The worksheets in the order of the book. Raises `Unreadable`: ``broken``, ``encrypted``."""
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
