"""Spreadsheets: exact grids, numbers as printed, text around the tables, and bounds."""

import datetime
import io
import resource
import zipfile

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.documents.model import Document, Paragraph, Table, Unreadable
from pipelines.documents.sheets.number_format import number_format
from pipelines.documents.sheets.reader import read_sheet
from tests.documents.sheet_writer import add_table, package, saved, with_tables
from tests.documents.statutory import Statutory, all_tables, disclosure_2021, disputes, grid_texts, requests, statistics


def read(payload: bytes) -> Document:
    return read_sheet(payload, url="https://example.gov.cn/report.xlsx")


def a_sheet() -> tuple[openpyxl.Workbook, Worksheet]:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    return book, sheet


def binary_workbook() -> bytes:
    target = io.BytesIO()
    relation = '<Relationship Id="r" Type="http://x/relationships/officeDocument" Target="xl/workbook.bin"/>'
    with zipfile.ZipFile(target, "w") as written:
        written.writestr("_rels/.rels", f"<Relationships>{relation}</Relationships>")
        written.writestr("xl/workbook.bin", b"\x83\x01\x00")
    return target.getvalue()


def texts(document: Document) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs]


@pytest.mark.parametrize("table", all_tables(), ids=lambda table: table.name)
def test_cells_and_spans_are_exact(table: Statutory) -> None:
    document = read(with_tables(table))
    (found,) = document.tables
    assert grid_texts(found.cells) == table.texts()
    assert (found.height, found.width, found.spans) == (table.height, table.width, "resolved")
    assert found.where == "sheet 报告, table 1"
    assert document.title == f"表1 {table.name}"
    assert texts(document)[-1] == "填报单位：某某市民政局"


def test_blank_tables_keep_their_places() -> None:
    table = requests("2021", blank=True)
    (found,) = read(with_tables(table)).tables
    assert grid_texts(found.cells) == table.texts()


@pytest.mark.parametrize("rows_between", [0, 1, 3])
def test_tables_under_each_other_are_apart(rows_between: int) -> None:
    tables = (disclosure_2021(), requests("2021"), disputes())
    found = read(with_tables(*tables, rows_between=rows_between)).tables
    assert [grid_texts(table.cells) for table in found] == [table.texts() for table in tables]


def test_tables_on_their_own_sheets_away_from_the_corner() -> None:
    book, first = a_sheet()
    first.title = "表一"
    add_table(first, disclosure_2021(), top=4, left=3)
    add_table(book.create_sheet("表二"), statistics())
    found = read(saved(book)).tables
    assert [table.where for table in found] == ["sheet 表一, table 1", "sheet 表二, table 1"]
    assert [grid_texts(table.cells) for table in found] == [disclosure_2021().texts(), statistics().texts()]


def test_numbers_are_printed_as_a_sheet_shows_them() -> None:
    book, sheet = a_sheet()
    values = [
        (12.0, "General", "12"),
        (0.1 + 0.2, "General", "0.3"),
        (168.614, "0.00", "168.61"),
        (1234567.0, "#,##0", "1,234,567"),
        (0.256, "0%", "26%"),
        (-3, "General", "-3"),
        (1e-7, "General", "0.0000001"),
        (123456789012.0, "General", "123456789012"),
        (datetime.date(2021, 1, 31), 'yyyy"年"m"月"d"日"', "2021-01-31"),
        ("００７", "General", "００７"),
        (True, "General", "TRUE"),
        (2.0, '0"万元"', "2"),
    ]
    for row, (value, code, _) in enumerate(values, start=1):
        sheet.cell(row, 1, f"第{row}项")
        sheet.cell(row, 2, value).number_format = code
    (table,) = read(saved(book)).tables
    assert [cell.text for cell in table.cells if cell.column == 1] == [shown for _, _, shown in values]


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ('_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', ["1,234.50", "-", "-3.00"]),
        ("0;-0;;@", ["1235", "", "-3"]),
        (";;;", ["", "", ""]),
        ("#,##0.00_);[Red](#,##0.00)", ["1,234.50", "0.00", "-3.00"]),
        ('0.0;-0.0;"无;"', ["1234.5", "无;", "-3.0"]),
        ('[=0]"-";0.0', ["1234.5", "0", "-3"]),
        ("# ?/?", ["1234.5", "0", "-3"]),
        ("??", ["1234.5", "0", "-3"]),
        ("??;-??;", ["1234.5", "", "-3"]),
        ("General", ["1234.5", "0", "-3"]),
        ('"', ['"', '"', '"']),
    ],
)
def test_number_formats_by_the_sign_of_the_number(code: str, shown: list[str]) -> None:
    made = number_format(200, code)
    assert [made.show(number) for number in (1234.5, 0.0, -3.0)] == shown


@pytest.mark.parametrize("titled", [True, False])
def test_tables_beside_each_other_are_apart(titled: bool) -> None:
    book, sheet = a_sheet()
    sheet.cell(1, 1, "某某市民政局2021年政府信息公开工作年度报告")
    wanted, left = (disclosure_2021(), requests(), disputes()), 1
    for table in wanted:
        sheet.cell(2, left, table.name if titled else None)
        add_table(sheet, table, 3, left)
        left += table.width + 1
    found = read(saved(book)).tables
    assert [grid_texts(table.cells) for table in found] == [table.texts() for table in wanted]


def test_an_empty_column_in_a_table_parts_nothing() -> None:
    book, sheet = a_sheet()
    for row in (("统计指标", None, "单位", "统计数"), ("收到申请数", None, "件", 3), ("申请办结数", None, "件", 2)):
        sheet.append(row)
    assert [table.width for table in read(saved(book)).tables] == [4]


def test_a_formula_without_a_saved_value_is_no_empty_cell() -> None:
    """Programs that write a workbook without calculating it leave the value out; what it would be is not guessed."""
    cells = (
        '<c r="A1" t="inlineStr"><is><t>规章</t></is></c><c r="B1"><f>1+2</f><v>3</v></c><c r="C1"><f>B1*2</f><v/></c>'
        '<c r="D1"><f t="shared" si="0"/></c><c r="E1" t="str"><f>""</f><v></v></c><c r="F1"><v>4</v></c>'
    )
    (table,) = read(package(f'<sheetData><row r="1">{cells}</row></sheetData>')).tables
    assert [cell.text for cell in table.cells] == ["规章", "3", "=B1*2", "=", "", "4"]


def test_hidden_sheets_are_marked_and_hidden_rows_and_columns_left_out() -> None:
    book, sheet = a_sheet()
    add_table(sheet, statistics())
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["B"].hidden = True
    secret = book.create_sheet("底稿")
    add_table(secret, disputes())
    secret.sheet_state = "hidden"
    document = read(saved(book))
    shown, hidden = document.tables
    assert (shown.hidden, hidden.hidden) == (False, True)
    assert (shown.height, shown.width) == (statistics().height - 1, 2)
    assert {code for code, _ in document.notes} == {"hidden_sheets", "hidden_cells"}


def test_a_merge_that_is_partly_hidden_shrinks() -> None:
    book, sheet = a_sheet()
    add_table(sheet, requests("2021"))
    sheet.row_dimensions[9].hidden = True
    (table,) = read(saved(book)).tables
    spans = {cell.text: cell.rowspan for cell in table.cells}
    assert spans["（三）不予公开"] == 7
    assert spans["三、本年度办理结果"] == 21


def test_phonetic_guides_and_rich_text() -> None:
    shared = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><r><t>公</t></r><r><t>开</t></r>'
        '<rPh sb="0" eb="1"><t>gong</t></rPh></si></sst>'
    )
    data = (
        '<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>甲\n乙</t></is></c></row>'
        '<row><c t="s"><v>9</v></c><c><v>4</v></c></row></sheetData>'
    )
    (table,) = read(package(data, sharedStrings=shared)).tables
    assert [(cell.row, cell.column, cell.text) for cell in table.cells] == [
        (0, 0, "公开"),
        (0, 1, "甲\n乙"),
        (1, 0, "\ufffd"),
        (1, 1, "4"),
    ]


def test_struck_and_raised_digits_are_no_part_of_a_number() -> None:
    runs = (
        "<r><rPr><strike/></rPr><t>9</t></r><r><t>0</t></r>",
        '<r><rPr><strike val="0"/></rPr><t>9</t></r><r><t>0</t></r>',
        '<r><t>28</t></r><r><rPr><vertAlign val="superscript"/></rPr><t>2</t></r>',
    )
    shared = "".join(f"<si>{each}</si>" for each in runs)
    inline = "".join(f'<c t="inlineStr"><is>{each}</is></c>' for each in runs)
    cells = "".join(f'<c t="s"><v>{index}</v></c>' for index in range(3))
    struck = '<c s="1"><v>4</v></c><c s="0"><v>4</v></c>'
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    styles = (
        f"<styleSheet {space}><fonts><font/><font><strike/></font></fonts>"
        '<cellXfs><xf fontId="0"/><xf fontId="1"/></cellXfs></styleSheet>'
    )
    data = f'<sheetData><row r="1">{cells}</row><row r="2">{inline}</row><row r="3">{struck}</row></sheetData>'
    (table,) = read(package(data, sharedStrings=f"<sst {space}>{shared}</sst>", styles=styles)).tables
    rows = [[cell.text for cell in row] for row in table.rows()]
    assert rows == [["~~9~~0", "90", "28²"], ["~~9~~0", "90", "28²"], ["~~4~~", "4", ""]]


def test_parts_are_found_by_what_the_package_names() -> None:
    book, sheet = a_sheet()
    add_table(sheet, disputes())
    payload, target = saved(book), io.BytesIO()
    renamed = {"workbook.xml": "book9.xml", "worksheets/sheet1.xml": "worksheets/../pages/a.xml"}
    with zipfile.ZipFile(io.BytesIO(payload)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            for one, other in renamed.items():
                name, content = name.replace(one, other), content.replace(one.encode(), other.encode())
            new.writestr(name.replace("worksheets/../", ""), content)
    assert read(target.getvalue()) == read(payload)


def test_notes_and_signature_below_are_text() -> None:
    book, sheet = a_sheet()
    sheet.merge_cells("A1:C1")
    sheet["A1"] = "政府信息公开情况统计表"
    end = add_table(sheet, statistics(), top=2)
    sheet.cell(end, 1, "注：本表由办公室填写。")
    sheet.cell(end + 3, 1, "2019年1月15日")
    document = read(saved(book))
    assert [type(block) for block in document.blocks] == [Paragraph, Table, Paragraph, Paragraph]
    assert texts(document) == ["政府信息公开情况统计表", "注：本表由办公室填写。", "2019年1月15日"]


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 nothing", "broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 nothing", "broken"),
        (package("<sheetData/>"), "empty"),
        (binary_workbook(), "unsupported"),
        (package("<sheetData><row>"), "broken"),
        (
            package("<sheetData><row><c><v>1</v></c></row></sheetData>", prolog='<!DOCTYPE w [<!ENTITY a "aaaa">]>'),
            "broken",
        ),
    ],
    ids=["empty", "no zip", "no book", "no cell", "binary", "bad xml", "entities"],
)
def test_what_cannot_be_read_says_why(payload: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read(payload)
    assert caught.value.code == code
    assert caught.value.reason.endswith(".")


def test_a_bomb_is_refused_while_it_unpacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.documents.sheets.xlsx.STREAM_LIMIT", 1_000_000)
    with pytest.raises(Unreadable) as caught:
        read(package("<sheetData>" + "<row/>" * 200_000 + "</sheetData>"))
    assert caught.value.code == "too_large"


def test_a_stray_cell_in_the_last_row_costs_nothing() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    data = (
        '<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>3</v></c></row></sheetData>'
        '<mergeCells><mergeCell ref="A1:XFD1048576"/><mergeCell ref="B2:A1"/></mergeCells>'
    )
    document = read(package(data))
    assert len(document.blocks) < 4
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_a_million_rows_are_read_in_part() -> None:
    rows = "".join(
        f'<row r="{row}"><c r="A{row}"><v>{row}</v></c><c r="B{row}"><v>1</v></c></row>' for row in range(1, 120_000)
    )
    document = read(package(f"<sheetData>{rows}</sheetData>"))
    assert [code for code, _ in document.notes] == ["sheet_cut"]


def test_damaged_workbooks_never_crash() -> None:
    payload = with_tables(disclosure_2021())
    whole = read(payload)
    step = len(payload) // 60
    for place in range(11, len(payload) - 1, step):
        damaged = bytearray(payload)
        damaged[place] ^= 0xFF
        for version in (payload[:place], bytes(damaged)):
            try:
                found = read(version)
            except Unreadable:
                continue
            assert len(found.blocks) <= len(whole.blocks) + 5
