"""Ruled tables in PDFs: every number in its cell, whatever the rules are drawn with and wherever pages break."""

from itertools import pairwise

import pytest

from pipelines.documents.model import Table
from pipelines.documents.pdf.reader import read_pdf
from tests.documents.paper import RULES, Paper, broken, lay_out, whole
from tests.documents.statutory import Statutory, all_tables, disclosure_2019, disputes, grid_texts, requests, statistics


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


def test_tables_without_rules_keep_every_character() -> None:
    for table in all_tables():
        document = read_pdf(printed_without_rules(table, columns_drawn=False, centred=True, rules=False), url="")
        kept = "".join(cell.text for found in document.tables for cell in found.cells)
        kept += "".join(paragraph.text for paragraph in document.paragraphs)
        for cell in table.cells:
            assert not set("".join(cell.text.split())) - set(kept), cell.text


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
