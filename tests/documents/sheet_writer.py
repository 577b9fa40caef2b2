"""Writes .xlsx files with the statutory tables."""

import io
import zipfile

import openpyxl
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.documents.statutory import Statutory


def add_table(sheet: Worksheet, table: Statutory, top: int = 1, left: int = 1) -> int:
    """Writes numbers as numbers; returns the row below the table."""
    for cell in table.cells:
        row, column = top + cell.row, left + cell.column
        sheet.cell(row, column, float(cell.text) if cell.text.isdigit() else cell.text or None)
        if cell.rowspan > 1 or cell.colspan > 1:
            sheet.merge_cells(
                start_row=row,
                start_column=column,
                end_row=row + cell.rowspan - 1,
                end_column=column + cell.colspan - 1,
            )
    return top + table.height


def saved(book: Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def with_tables(*tables: Statutory, rows_between: int = 1) -> bytes:
    """All tables on one sheet, each below its heading."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "报告"
    row = 1
    for number, table in enumerate(tables, start=1):
        sheet.cell(row, 1, f"表{number} {table.name}")
        row = add_table(sheet, table, row + 1) + rows_between
    sheet.cell(row, 1, "填报单位：某某市民政局")
    return saved(book)


def package(sheet_data: str, *, prolog: str = "", **parts: str) -> bytes:
    """A workbook of one sheet in raw XML; ``parts`` are further files of the folder xl, by their name without .xml."""
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    relation = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as written:
        written.writestr(
            "xl/workbook.xml",
            f'<workbook {space} {relation}><sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets></workbook>',
        )
        written.writestr("xl/worksheets/sheet1.xml", f"{prolog}<worksheet {space}>{sheet_data}</worksheet>")
        for name, content in parts.items():
            written.writestr(f"xl/{name}.xml", content)
    return target.getvalue()
