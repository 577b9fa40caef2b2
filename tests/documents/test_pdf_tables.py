"""Ruled tables in PDFs: every number in its cell, whatever the rules are drawn with and wherever pages break."""

from collections import Counter
from itertools import pairwise

import pytest

from pipelines.documents.model import Table
from pipelines.documents.pdf.join import joined
from pipelines.documents.pdf.part import Part, PartCell
from pipelines.documents.pdf.reader import read_pdf
from tests.documents.paper import RULES, Paper, broken, lay_out, whole
from tests.documents.raw_pdf import raw_pdf
from tests.documents.statutory import (
    Statutory,
    all_tables,
    disclosure_2019,
    disclosure_2021,
    disputes,
    grid_texts,
    requests,
    statistics,
)
from tests.kit.reports.render import pdf
from tests.kit.reports.sample import SampleReport


def only_table(payload: bytes) -> Table:
    (table,) = read_pdf(payload, url="https://example.gov.cn/report.pdf").tables
    return table


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("table", all_tables(), ids=lambda table: table.name)
def test_cells_and_spans_are_exact(table: Statutory, rules: str) -> None:
    found = only_table(whole(table, rules))
    assert grid_texts(found.cells) == table.texts()
    assert (found.height, found.width, found.spans) == (table.height, table.width, "resolved")
    assert found.where == "page 1, table 1"


@pytest.mark.parametrize("table", all_tables(), ids=lambda table: table.name)
def test_cells_are_exact_with_text_at_the_top_left(table: Statutory) -> None:
    assert grid_texts(only_table(whole(table, centred=False)).cells) == table.texts()


@pytest.mark.parametrize("table", all_tables(), ids=lambda table: table.name)
@pytest.mark.parametrize("centred", [True, False])
def test_a_break_between_any_two_rows_leaves_no_trace(table: Statutory, centred: bool) -> None:
    rows = lay_out(table).ys[1:-1]
    step = 1 if centred and table.name in ("requests_2021", "disclosure_2019", "disputes") else 3
    for row, cut in list(enumerate(rows, start=1))[::step]:
        found = only_table(broken(table, [cut], centred=centred))
        assert grid_texts(found.cells) == table.texts(), f"broken below row {row}"
        assert found.where == "pages 1–2, table 1"


@pytest.mark.parametrize("table", [requests("2021"), requests("2019", blank=True), disclosure_2019(), statistics()])
def test_two_breaks(table: Statutory) -> None:
    rows = lay_out(table).ys
    for first in range(4, table.height - 4, 3):
        found = only_table(broken(table, [rows[first], rows[first + 3]]))
        assert grid_texts(found.cells) == table.texts(), f"broken below rows {first} and {first + 3}"
        assert found.where == "pages 1–3, table 1"


@pytest.mark.parametrize("rows", [1, 3])
def test_repeated_header_rows_are_left_out(rows: int) -> None:
    table = requests("2021") if rows == 3 else statistics()
    cuts = lay_out(table).ys
    for row in range(5, table.height - 1, 2):
        found = only_table(broken(table, [cuts[row]], header_rows=rows))
        assert grid_texts(found.cells) == table.texts(), f"broken below row {row}"


@pytest.mark.parametrize(
    ("form", "centred", "opened"), [("2021", True, True), ("2021", False, False), ("2019", True, False)]
)
def test_a_break_through_a_row_leaves_no_trace(form: str, centred: bool, opened: bool) -> None:
    """Rows whose label takes several lines are cut between any two of its lines."""
    table = requests(form)
    printed = lay_out(table, centred=centred)
    cuts = 0
    for row in range(3, table.height):
        lines = sorted({y for cell, _, _, y in printed.lines if cell.row == row and cell.rowspan == 1})
        for upper, lower in pairwise(lines):
            if lower - upper < 2:
                continue
            cut = lower + 0.2 * printed.size
            found = only_table(broken(table, [cut], centred=centred, opened=opened))
            assert grid_texts(found.cells) == table.texts(), f"row {row} cut at {cut}"
            cuts += 1
    assert cuts > 10


def test_blank_rows_at_a_break_stay_rows() -> None:
    """A row of blanks above or below the break is no half of its neighbour."""
    table = requests("2021", blank=True)
    for row, cut in enumerate(lay_out(table).ys[4:-1], start=4):
        assert grid_texts(only_table(broken(table, [cut])).cells) == table.texts(), f"broken below row {row}"


def test_a_line_that_says_that_the_table_goes_on_parts_nothing() -> None:
    paper, printed = Paper(), lay_out(disclosure_2019())
    cut = printed.ys[9]
    paper.table(printed, 500, 0.0, cut)
    paper.next_page()
    paper.text(480, 80, "（续表）", 9)
    paper.table(printed, 100, cut)
    assert grid_texts(only_table(paper.bytes()).cells) == disclosure_2019().texts()


def test_tables_with_text_between_are_two() -> None:
    paper = Paper()
    first, second = lay_out(disputes()), lay_out(disclosure_2019())
    paper.table(first, 600)
    paper.next_page()
    paper.text(60, 80, "四、政府信息公开行政复议、行政诉讼情况")
    paper.table(second, 110)
    tables = read_pdf(paper.bytes(), url="").tables
    assert [grid_texts(table.cells) for table in tables] == [disputes().texts(), disclosure_2019().texts()]
    assert [table.where for table in tables] == ["page 1, table 1", "page 2, table 1"]


def printed_without_rules(table: Statutory, *, columns_drawn: bool, centred: bool, rules: bool) -> bytes:
    printed = lay_out(table, centred=centred)
    paper = Paper((595.0, printed.ys[-1] + 260.0))
    paper.text(60, 40, "三、收到和处理政府信息公开申请情况", 12)
    paper.paragraph(70, "下表为本年度的情况，数据截至十二月三十一日，与上一年度比较有所变化，具体如下。")
    if rules:
        paper.table(printed, 130, columns_drawn=columns_drawn)
    else:
        for _, line, x, y in printed.lines:
            paper.text(x, 130 + y, line, printed.size)
    paper.text(60, printed.ys[-1] + 160, "四、存在问题", 12)
    return paper.bytes()


@pytest.mark.parametrize("rules", [True, False], ids=["level rules alone", "no rules"])
@pytest.mark.parametrize("centred", [True, False], ids=["centred", "top-left"])
@pytest.mark.parametrize("table", all_tables(), ids=lambda table: table.name)
def test_without_upright_rules_each_row_keeps_its_numbers(table: Statutory, centred: bool, rules: bool) -> None:
    """The numbers of a row stay in their row and in their order. Where nothing is drawn, spans are said to be lost."""
    document = read_pdf(printed_without_rules(table, columns_drawn=False, centred=centred, rules=rules), url="")
    assert {found.spans for found in document.tables} == {"resolved" if rules else "lost"}
    expected = [
        numbers
        for row in range(table.height)
        if (numbers := [cell.text for cell in table.cells if cell.row == row and cell.text.isdigit()])
    ]
    rows = [
        numbers
        for found in document.tables
        for row in found.rows()
        if (numbers := [cell.text for cell in row if cell.text.isdigit()])
    ]
    assert rows == expected
    paragraphs = [paragraph.text for paragraph in document.paragraphs]
    assert paragraphs[0] == "三、收到和处理政府信息公开申请情况"
    assert paragraphs[-1] == "四、存在问题"


@pytest.mark.parametrize("rules", [True, False], ids=["level rules alone", "no rules"])
@pytest.mark.parametrize("table", all_tables(), ids=lambda table: table.name)
def test_tables_without_rules_keep_every_character(table: Statutory, rules: bool) -> None:
    """Each character as often as it is printed, in a cell or beside the table."""
    document = read_pdf(printed_without_rules(table, columns_drawn=False, centred=True, rules=rules), url="")
    kept = Counter("".join(cell.text for found in document.tables for cell in found.cells))
    kept += Counter("".join(paragraph.text for paragraph in document.paragraphs))
    printed = Counter("".join(cell.text for cell in table.cells))
    assert not {character for character in printed if character.strip() and kept[character] < printed[character]}


def test_running_text_with_wide_gaps_is_no_table() -> None:
    paper = Paper()
    text = "本单位依法公开的信息可在门户网站查阅或者下载，如有疑问可直接与办公室联系，联系方式如下所列。"
    y = paper.paragraph(80, text)
    paper.text(60, y, "电话：", 12)
    paper.text(140, y, "2218655", 12)
    y = paper.paragraph(y + 18, text)
    paper.text(60, y, "邮编：", 12)
    paper.text(140, y, "753000", 12)
    assert read_pdf(paper.bytes(), url="").tables == ()


def test_two_tables_without_rules_keep_the_heading_between_them() -> None:
    paper = Paper((595.0, 1200.0))
    y = 100.0
    for heading, table in (("二、主动公开情况", disclosure_2019()), ("四、行政复议情况", disputes())):
        paper.text(60, y, heading, 12)
        printed = lay_out(table)
        for _, line, x, line_y in printed.lines:
            paper.text(x, y + 30 + line_y, line, printed.size)
        y += 60 + printed.ys[-1]
    document = read_pdf(paper.bytes(), url="")
    assert [paragraph.text for paragraph in document.paragraphs if "、" in paragraph.text] == [
        "二、主动公开情况",
        "四、行政复议情况",
    ]
    assert len(document.tables) == 2


def flat_stroke_rows(count: int) -> bytes:
    """Rows （一）予以公开 with numbers beside them, the 一 from a font that gives its ink for its box, and the numbers
    on a baseline a little higher, as a browser sets them."""
    song = (
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts "
        b"[<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> >>] >>"
    )
    ink = (
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 0 0] /FontMatrix [0.001 0 0 0.001 0 0] "
        b"/FirstChar 1 /LastChar 1 /Widths [1000] /Encoding << /Type /Encoding /Differences [1 /one] >> "
        b"/CharProcs << /one 5 0 R >> /Resources << >> /ToUnicode 6 0 R >>"
    )
    stroke = b"1000 0 40 360 960 440 d1 40 360 920 80 re f"
    names = b"1 begincodespacerange <00> <ff> endcodespacerange 1 beginbfchar <01> <4e00> endbfchar"
    streams = [b"<< /Length %d >>\nstream\n%s\nendstream" % (len(data), data) for data in (stroke, names)]
    content = []
    for row in range(count):
        y = 700 - 22 * row
        label = [("F1", 80, "（"), ("F2", 90, "\x01"), ("F1", 100, "）予以公开")]
        parts = [(font, x, y, text) for font, x, text in label]
        parts += [("F1", 200 + 60 * column, y + 0.7, str(10 * row + column)) for column in range(3)]
        for font, x, at, text in parts:
            code = text.encode("utf-16-be" if font == "F1" else "ascii").hex()
            content.append(f"BT /{font} 10 Tf {x} {at} Td <{code}> Tj ET")
    return raw_pdf(["\n".join(content).encode()], fonts="/F1 3 0 R /F2 4 0 R", objects=[song, ink, *streams])


def test_a_font_whose_boxes_are_its_ink_parts_no_line() -> None:
    rows = [[cell.text for cell in row] for row in only_table(flat_stroke_rows(3)).rows()]
    assert rows == [["（一）予以公开", *(str(10 * row + column) for column in range(3))] for row in range(3)]


def last_row_without_rules(*numbers: tuple[float, str], step: float = 22.0) -> list[str]:
    """The last row of a table of narrow columns, whose middles are ``step`` apart from 200 on: one digit stands in each
    cell of the rows above, and in the last the ``numbers`` at their middles."""
    paper = Paper()
    for row in range(4):
        paper.text(80, 100 + 24 * row, "办理结果", 10)
        digits = tuple((200 + step * column, str(row)) for column in range(3))
        for middle, text in numbers if row == 3 else digits:
            paper.text(middle - 2.5 * len(text), 100 + 24 * row, text, 10)
    return [cell.text for cell in only_table(paper.bytes()).rows()[-1]]


@pytest.mark.parametrize("gap", [2.0, 5.0, 8.0, 12.0])
def test_long_numbers_of_narrow_columns_stand_in_their_own(gap: float) -> None:
    step = 20 + gap
    last = last_row_without_rules((200, "7"), (200 + step, "1024"), (200 + 2 * step, "4096"), step=step)
    assert last == ["办理结果", "7", "1024", "4096"]


@pytest.mark.parametrize(
    "numbers", [[(200, "7"), (219.5, "102"), (234, "45")], [(200, "7"), (233, "1024")]], ids=["two in one", "over two"]
)
def test_beside_a_number_of_no_one_column_none_is_blank(numbers: list[tuple[float, str]]) -> None:
    row = last_row_without_rules(*numbers)
    assert row == ["办理结果", "7", " ".join(text for _, text in numbers[1:])]


def test_a_merged_cell_whose_border_is_drawn_short_makes_no_row() -> None:
    """Cells with borders of their own and space between them; one over two rows ends above its last row's end."""
    paper = Paper()
    boxes = [(60, 100, 53, "甲"), (60, 162, 28, "乙")]
    boxes += [(x, 100 + 31 * row, 28, f"{x}{row}") for x in (130, 200) for row in range(3)]
    for x, top, height, text in boxes:
        paper.canvas.rect(x, paper.pagesize[1] - top - height, 68, height)
        paper.text(x + 20, top + 9, text, 10)
    found = only_table(paper.bytes())
    assert [[(cell.text, cell.rowspan) for cell in row] for row in found.rows()] == [
        [("甲", 2), ("1300", 1), ("2000", 1)],
        [("1301", 1), ("2001", 1)],
        [("乙", 1), ("1302", 1), ("2002", 1)],
    ]


@pytest.mark.parametrize("corner", [0.0, 1.0])
def test_a_field_to_fill_in_is_no_table_and_no_row(corner: float) -> None:
    """Forms that were filled in on a screen: each number stands in a box of its own inside its cell."""
    table = disclosure_2019()
    printed = lay_out(table)
    paper = Paper()
    paper.table(printed, 100)
    inset = 2.0 if corner else 6.0
    for cell in table.cells:
        if cell.text.isdigit():
            x0, x1 = printed.xs[cell.column] + inset, printed.xs[cell.column + cell.colspan] - inset
            y = paper.pagesize[1] - 100 - printed.ys[cell.row + 1]
            paper.canvas.roundRect(x0, y + 5.5, x1 - x0, printed.ys[cell.row + 1] - printed.ys[cell.row] - 11, corner)
    (found,) = read_pdf(paper.bytes(), url="https://example.gov.cn/report.pdf").tables
    assert grid_texts(found.cells) == table.texts()


@pytest.mark.parametrize("seed", [1, 2, 4])
def test_columns_that_are_not_drawn_are_the_same_on_each_page(seed: int) -> None:
    """Each page leaves room for them elsewhere between its own numbers."""
    report = SampleReport.drawn("青岛市财政局", 2022, "2021", seed)
    tables = read_pdf(pdf(report, upright=False), url="https://example.gov.cn/report.pdf").tables
    assert max(tables, key=lambda table: table.height).width == 10


@pytest.mark.parametrize("centred", [True, False], ids=["centred", "top-left"])
@pytest.mark.parametrize("size", [8.0, 9.0, 10.0])
def test_labels_of_many_lines_stand_whole_beside_their_numbers(size: float, centred: bool) -> None:
    """In narrow columns, of which another label, over several rows, stands to the left."""
    table = requests("2021")
    printed = lay_out(table, centred=centred, size=size)
    paper = Paper((595.0, printed.ys[-1] + 200.0))
    for _, line, x, y in printed.lines:
        paper.text(x, 100 + y, line, printed.size)
    rows = [row for row in only_table(paper.bytes()).rows() if any(cell.text.isdigit() for cell in row)]
    labels = [[cell.text for cell in row if not cell.text.isdigit()][-1] for row in rows]
    printed_labels = [
        [cell.text for cell in row if not cell.text.isdigit()][-1]
        for row in Table(table.cells, table.height, table.width).rows()
        if any(cell.text.isdigit() for cell in row)
    ]
    assert ["".join(label.split()) for label in labels] == printed_labels


def test_the_first_label_of_a_table_is_no_heading() -> None:
    """（一、本年新收… is broken over lines between which its numbers stand."""
    paper = Paper()
    paper.paragraph(60, "收到和处理申请的情况如下所列，数据截至十二月三十一日，与上一年度比较有所变化，具体如下。")
    for top, first, second in ((120, "一、本年新收政府信息", "公开申请数量"), (160, "四、结转下年度继续", "办理")):
        paper.text(60, top, first, 9)
        paper.text(60, top + 12, second, 9)
        for column in range(7):
            paper.text(200 + 40 * column, top + 6, str(top + column), 9)
    assert [row[0].text for row in only_table(paper.bytes()).rows()] == [
        "一、本年新收政府信息\n公开申请数量",
        "四、结转下年度继续\n办理",
    ]


@pytest.mark.parametrize("width", [474.0, 900.0])
def test_heads_over_several_columns_are_none_of_one(width: float) -> None:
    """They stand over the middle of their columns: over one of them, or between two."""
    table = disputes()
    printed = lay_out(table, width=width)
    paper = Paper((width + 120, 400.0))
    for _, line, x, y in printed.lines:
        paper.text(x, 100 + y, line, printed.size)
    *_, heads, numbers = only_table(paper.bytes()).rows()
    results = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
    assert ["".join(cell.text.split()) for cell in heads][-15:] == [*results] * 3
    assert [cell.text for cell in numbers][-15:] == [cell.text for cell in table.cells if cell.text.isdigit()]


def test_a_row_of_numbers_alone_on_its_page_goes_on_with_the_table() -> None:
    paper = Paper()
    for page, rows in enumerate((4, 1)):
        for row in range(rows):
            paper.text(60, 100 + 24 * row, f"{page + row + 1}.属于某类信息", 9)
            for column in range(7):
                paper.text(200 + 40 * column, 100 + 24 * row, str(10 * row + column), 9)
        paper.next_page()
    assert only_table(paper.bytes()).height == 5


def test_what_pages_are_compared_with_does_not_grow_with_their_number() -> None:
    """A list of 60 pages under one head, with a label that is cut by each break, and another column from page 30 on."""

    def page(number: int) -> Part:
        columns = 3 if number < 30 else 4
        xs = [0.0, 50.0, 100.0, 150.0] if columns == 3 else [0.0, 50.0, 100.0, 120.0, 150.0]
        cells = [PartCell(0, column, 1, 1, f"某某局{column}", room=9.0) for column in range(columns)]
        cells += [PartCell(1, 0, 2, 1, f"第{number}组" if number % 2 == 0 else "")]
        cells += [PartCell(row, column, 1, 1, f"{number}{row}") for row in (1, 2) for column in range(1, columns)]
        return Part(xs, [20.0] * 3, cells, (number, number), 100.0, 700.0)

    whole = page(0)
    for number in range(1, 60):
        found = joined(whole, page(number))
        assert found is not None
        whole = found
    assert len(whole.cells) < 30
    table = whole.table()
    rows = [[cell for cell in table.cells if cell.row == row] for row in range(table.height)]
    numbers = ["".join(cell.text for cell in row if cell.text.isdigit()) for row in rows]
    expected = [f"{page}{row}" * (2 if page < 30 else 3) for page in range(60) for row in (1, 2)]
    assert [number for number in numbers if number] == expected
    labels = [cell for cell in table.cells if cell.text.startswith("第")]
    assert [cell.text for cell in labels] == [f"第{number}组" for number in range(0, 60, 2)]
    assert {cell.row: cell.rowspan for cell in labels if not cell.row > 55} == {4 * n + 1: 4 for n in range(14)}


@pytest.mark.parametrize("blank", [0, 1, 14])
def test_a_blank_below_a_tall_head_is_a_value(blank: int) -> None:
    """The page ends between the heads and the row."""
    table = disputes()
    values = [cell for cell in table.cells if cell.text.isdigit()]
    cells = tuple(cell._replace(text="") if cell == values[blank] else cell for cell in table.cells)
    printed = lay_out(Statutory(table.name, cells, table.height, table.width))
    found = only_table(broken(printed.table, [printed.ys[-2]]))
    assert grid_texts(found.cells) == printed.table.texts()


@pytest.mark.parametrize("ruled", [True, False], ids=["ruled", "no rules"])
def test_two_pages_printed_on_one_sheet_are_two(ruled: bool) -> None:
    """The table begins on the left one, and goes on on the right one."""
    table = requests("2021")
    left, right = lay_out(table, left=50, width=480), lay_out(table, left=645, width=480)
    paper = Paper((1190.0, left.ys[17] + 300))
    for printed, start, end, number in ((left, 0.0, left.ys[16], 7), (right, left.ys[16], left.ys[-1], 8)):
        paper.text(
            printed.xs[0],
            60,
            "本年度收到和处理申请的情况如下表所列，数据截至十二月三十一日。" if number == 7 else "",
            12,
        )
        if ruled:
            paper.table(printed, 100, start, end)
        else:
            for _, line, x, y in printed.lines:
                if start <= y < end:
                    paper.text(x, 100 + y - start, line, 9)
        paper.text(printed.xs[0] + 230, left.ys[17] + 260, f"— {number} —", 9)
    found = only_table(paper.bytes())
    assert (found.where, found.spans) == ("page 1, table 1", "resolved" if ruled else "lost")
    if ruled:
        assert grid_texts(found.cells) == table.texts()
    numbers = [cell.text for row in found.rows() for cell in row if cell.text.isdigit()]
    assert numbers == [cell.text for cell in sorted(table.cells, key=lambda cell: cell[1:3]) if cell.text.isdigit()]


def test_a_wide_table_with_room_in_its_middle_is_one() -> None:
    paper = Paper((842.0, 595.0))
    for row in range(4):
        paper.text(80, 100 + 24 * row, f"{row + 1}.属于某类信息的申请", 10)
        for column in range(5):
            paper.text(500 + 60 * column, 100 + 24 * row, str(10 * row + column), 10)
    assert [len(row) for row in only_table(paper.bytes()).rows()] == [6] * 4


def test_a_line_through_a_cell_is_a_mark_and_through_a_number_no_number() -> None:
    table = disputes()
    values = [cell for cell in table.cells if cell.text.isdigit()]
    cells = tuple(cell._replace(text="") if cell in values[:2] else cell for cell in table.cells)
    blank = Statutory(table.name, cells, table.height, table.width)
    printed = lay_out(blank)
    paper = Paper()
    paper.table(printed, 100)
    for cell in (values[0], values[2], table.cells[0]):
        top, bottom = printed.ys[cell.row], printed.ys[cell.row + cell.rowspan]
        paper.line(printed.xs[cell.column], 100 + bottom, printed.xs[cell.column + cell.colspan], 100 + top)
    found = only_table(paper.bytes())
    expected = blank.texts()
    for cell, text in ((values[0], "╱"), (values[2], "╱" + values[2].text)):
        expected[cell.row, cell.column, cell.rowspan, cell.colspan] = text
    assert grid_texts(found.cells) == expected


def test_the_text_around_a_seal_is_none_of_the_cells() -> None:
    """One of its letters stands upright, as those of the cells do."""
    table = disclosure_2021()
    printed = lay_out(table)
    paper = Paper()
    paper.table(printed, 100)
    cell = next(cell for cell in table.cells if cell.text.isdigit())
    middle = (printed.xs[cell.column] + printed.xs[cell.column + 1]) / 2
    for step, letter in enumerate("某某市财政局"):
        paper.canvas.saveState()
        paper.canvas.translate(middle + 25 * step - 75, paper.pagesize[1] - 112 - printed.ys[cell.row])
        paper.canvas.rotate(25 * (3 - step))
        paper.canvas.setFont(paper.font, 11)
        paper.canvas.drawCentredString(0, 0, letter)
        paper.canvas.restoreState()
    assert grid_texts(only_table(paper.bytes()).cells) == table.texts()
