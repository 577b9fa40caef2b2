"""Plain text: the layouts in which people and converters leave the tables of a report."""

import csv
import io
import json
from pathlib import Path

import pytest

from pipelines.documents import Document, Unreadable, extract
from pipelines.documents.plain.reader import read_text
from pipelines.documents.plain.rows import is_section
from tests.documents.pages import squeezed, tables, texts
from tests.kit.reports.render import html_table
from tests.kit.reports.statutory import Rows

SHARED = Path(__file__).resolve().parents[3] / "shared"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the folder ../shared is not here")
ALL_TABLES = [pytest.param(rows, id=name) for name, rows in tables()]


def read(text: str, encoding: str = "utf-8") -> Document:
    return read_text(text.encode(encoding), url="file:report.txt")


def printed(rows: Rows) -> list[list[str]]:
    return [[squeezed(cell.text) for cell in row] for row in rows]


def found_rows(document: Document) -> list[list[str]]:
    """The one table's rows without white space and without the empty cells at their ends."""
    (found,) = document.tables
    assert found.spans == "lost"
    rows = [[squeezed(cell) for cell in row] for row in texts(found)]
    for row in rows:
        while row and not row[-1]:
            row.pop()
    return rows


def without_empty_ends(rows: list[list[str]]) -> list[list[str]]:
    for row in rows:
        while row and not row[-1]:
            row.pop()
    return rows


BEFORE = "一、总体情况\n2021年，我局公开信息30条。\n二、数据\n"
AFTER = "五、存在的主要问题及改进情况\n公开的内容还不够全面，队伍建设有待加强。\n"


@pytest.mark.parametrize("rows", ALL_TABLES)
def test_pipes_one_row_a_line(rows: Rows) -> None:
    text = "".join(" | ".join(squeezed(cell.text) for cell in row) + " | ||\n" for row in rows)
    document = read(BEFORE + text + AFTER)
    assert found_rows(document) == without_empty_ends(printed(rows))
    assert [paragraph.text for paragraph in document.paragraphs] == (BEFORE + AFTER).split("\n")[:-1]


@pytest.mark.parametrize("rows", ALL_TABLES)
def test_markdown(rows: Rows) -> None:
    lines = ["| " + " | ".join(squeezed(cell.text) for cell in row) + " |" for row in rows]
    lines.insert(1, "|" + " --- |" * len(rows[0]))
    assert found_rows(read(BEFORE + "\n".join(lines) + "\n" + AFTER)) == without_empty_ends(printed(rows))


@pytest.mark.parametrize("rows", ALL_TABLES)
def test_pipes_with_cells_broken_over_lines(rows: Rows) -> None:
    text = "".join("| \n" + "".join(f" {cell.text}  | \n" for cell in row) for row in rows)
    document = read(BEFORE + text + AFTER)
    assert found_rows(document) == without_empty_ends(printed(rows))
    assert document.paragraphs[-2].text == "五、存在的主要问题及改进情况"


@pytest.mark.parametrize("rows", ALL_TABLES)
def test_tabs_one_row_a_line(rows: Rows) -> None:
    width = sum(cell.colspan for cell in rows[0])
    lines = ["\t".join(squeezed(cell.text) for cell in row) + "\t" * (width - len(row)) for row in rows]
    document = read(BEFORE + "\n".join(lines).replace("\n", "\n\n", 3) + "\n" + AFTER)
    assert found_rows(document) == without_empty_ends(printed(rows))


@pytest.mark.parametrize("rows", ALL_TABLES)
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
@pytest.mark.parametrize("mark", [",", ";", "；"])
def test_values_parted_by_marks(rows: Rows, quoting: int, mark: str) -> None:
    written = io.StringIO()
    width = max(map(len, rows))
    filled = ([cell.text for cell in row] + [""] * (width - len(row)) for row in rows)
    csv.writer(written, delimiter=mark, quoting=quoting, lineterminator="\n").writerows(filled)
    document = read(BEFORE + written.getvalue() + "\n" + AFTER)
    assert found_rows(document) == without_empty_ends(printed(rows))
    assert [paragraph.text for paragraph in document.paragraphs] == [*BEFORE.split(), *AFTER.split()]


def test_a_quoted_cell_keeps_its_commas_and_lines() -> None:
    document = read('规章,"1,234",3\n"行政规范性\n文件","1,0",4\n第二十条第（五）项\n行政许可,,7\n')
    assert texts(document.tables[0]) == [
        ["规章", "1,234", "3"],
        ["行政规范性\n文件", "1,0", "4"],
        ["第二十条第（五）项"],
        ["行政许可", "", "7"],
    ]


@pytest.mark.parametrize("rows", ALL_TABLES)
def test_one_tabbed_cell_a_line(rows: Rows) -> None:
    text = "".join("".join(f"\t{cell.text}\n" for cell in row) + "\n" for row in rows)
    document = read(BEFORE + text + "\n" + AFTER)
    assert [[squeezed(cell) for cell in row] for row in texts(document.tables[0])] == printed(rows)
    assert [paragraph.text for paragraph in document.paragraphs][-2:] == AFTER.split("\n")[:-1]


@pytest.mark.parametrize("rows", [pytest.param(rows, id=name) for name, rows in tables() if "requests" in name])
def test_columns_of_spaces_keep_every_figure_in_its_row(rows: Rows) -> None:
    text = "".join("   ".join(squeezed(cell.text) for cell in row) + "\n" for row in rows)
    by_label = {row[-8]: row[-7:] for row in found_rows(read(BEFORE + text + AFTER)) if len(row) >= 8}
    wanted = {row[-8]: row[-7:] for row in printed(rows)[3:]}
    assert by_label == wanted


def test_a_box_of_line_characters() -> None:
    document = read(
        "┌───┬──┐\n│信息内容│数量│\n├───┼──┤\n│行政规范│ 12 │\n│性文件 │  │\n├───┼──┤\n│规章│ 3 │\n└───┴──┘\n"
    )
    assert texts(document.tables[0]) == [["信息内容", "数量"], ["行政规范\n性文件", "12"], ["规章", "3"]]


def test_a_box_without_rules_between_its_rows_merges_no_numbers() -> None:
    document = read("+----+---+\n| 规章 | 12 |\n| 文件 | 34 |\n+----+---+\n")
    assert texts(document.tables[0]) == [["规章", "12"], ["文件", "34"]]


def test_a_box_without_the_rule_above_its_first_row() -> None:
    document = read("│信息内容│数量│\n├────┼──┤\n│规章│ 12 │\n├────┼──┤\n│文件│ 3 │\n└────┴──┘\n")
    assert texts(document.tables[0]) == [["信息内容", "数量"], ["规章", "12"], ["文件", "3"]]


@pytest.mark.parametrize("gap", [" ", "  ", " " * 9, "\u3000\u3000"])
def test_a_wide_head_in_columns_of_spaces(gap: str) -> None:
    results = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"] * 3
    rows = [["行政复议", "行政诉讼"], ["未经复议直接起诉", "复议后起诉"], results, [str(i) for i in range(15)]]
    assert found_rows(read(BEFORE + "".join(gap.join(row) + "\n" for row in rows) + AFTER)) == rows


def test_labels_spread_over_their_column() -> None:
    text = "统  计  指  标    单  位    统计数\n1.当面申请数     件     3\n2.传真申请数     件     4\n"
    assert texts(read(text).tables[0]) == [
        ["统计指标", "单位", "统计数"],
        ["1.当面申请数", "件", "3"],
        ["2.传真申请数", "件", "4"],
    ]


def test_a_cell_a_line_with_tabs_and_nothing_between_the_rows() -> None:
    rows = [["规章", "1", "2", "3"], ["行政规范性文件", "4", "5", "6"], ["行政许可", "7"], ["行政处罚", "8"]]
    text = "".join(f"\t{cell}\n" for row in rows for cell in row)
    assert texts(read(BEFORE + text + AFTER).tables[0]) == rows


def test_many_numbers_of_three_digits_between_commas_are_no_thousands() -> None:
    text = ",".join(["结果维持"] * 15) + "\n" + ",".join(str(i) for i in range(317, 332)) + "\n"
    assert len(texts(read(text).tables[0])[1]) == 15


@pytest.mark.parametrize("line", ["\t" * 700_000 + "规章\t0", "规章|0|" * 350_000])
def test_more_cells_than_memory_has_room_for(line: str) -> None:
    with pytest.raises(Unreadable) as raised:
        read(line)
    assert raised.value.code == "too_large"


def test_a_label_broken_before_its_figures_stays_in_its_row() -> None:
    document = read(
        "3.要求提供公开出版物 | 0 | 1 |\n5.要求行政机关确认或重新\n出具已获取信息 | 2 | 3 |\n（六）其他处理 | 4 | 5 |\n"
    )
    assert texts(document.tables[0])[1] == ["5.要求行政机关确认或重新\n出具已获取信息", "2", "3"]


def test_a_heading_between_two_pipe_tables_is_no_row() -> None:
    document = read("规章 | 0 | 1 |\n文件 | 2 | 3 |\n三、收到和处理政府信息公开申请情况\n自然人 | 0 |\n总计 | 3 |\n")
    assert len(document.tables) == 2
    assert document.paragraphs[0].text == "三、收到和处理政府信息公开申请情况"


def test_rows_broken_by_a_page_stay_in_printed_order() -> None:
    text = "\t(三) 不予公开\t0\t0\t1\n\t1.属于国家秘密\t\t\t\n\n\t开\t\t\t\n\t\t2.其他法律\t0\t0\t0\n"
    assert texts(read(text).tables[0]) == [
        ["", "(三) 不予公开", "0", "0", "1"],
        ["", "1.属于国家秘密", "", "", ""],
        ["", "开", "", "", ""],
        ["", "", "2.其他法律", "0", "0", "0"],
    ]


@pytest.mark.parametrize("rows", [pytest.param(rows, id=name) for name, rows in tables() if "requests" in name])
def test_cells_one_a_line_keep_their_header_lines(rows: Rows) -> None:
    lines = [squeezed(cell.text) for row in rows for cell in row]
    found = found_rows(read(BEFORE + "\n".join(lines) + "\n" + AFTER))
    assert found[2:5] == [printed(rows)[1], printed(rows)[2], printed(rows)[3]]
    assert found[-1] == printed(rows)[-1]


@pytest.mark.parametrize("order", ["label code unit value", "code label unit value", "label code value"])
def test_numbers_of_rows_are_no_values_of_cells_one_a_line(order: str) -> None:
    rows = [{"label": f"事项{chr(0x4E00 + i)}", "code": f"{i:02}", "unit": "件", "value": "7"} for i in range(1, 15)]
    rows[5]["value"] = ""
    del rows[9]
    text = "".join(f"{row[name]}\n" for row in rows for name in order.split() if row[name])
    found = {row[0]: row[-1] for row in found_rows(read(text))}
    assert found.items() >= {(row["label"], row["value"]) for row in rows if row["value"]}
    assert not found.keys() & {row["code"] for row in rows}
    assert not set(found.values()) & {row["code"] for row in rows}


@pytest.mark.parametrize("mark", ["/", "—"])
def test_cells_one_a_line_of_which_most_are_marks(mark: str) -> None:
    head = "信息内容\n本年制发件数\n本年废止件数\n现行有效件数\n"
    text = head + "".join(f"{label}\n{mark}\n{mark}\n{mark}\n" for label in ("规章", "行政规范性文件"))
    assert ["规章", mark, mark, mark] in found_rows(read(text))


@pytest.mark.parametrize("gap", [",", "   "])
@pytest.mark.parametrize("doubtful", ["约3", "25①", "3件", "N/A"])
def test_a_wide_row_of_figures_is_one_though_some_are_none(gap: str, doubtful: str) -> None:
    row = [doubtful, "0", "2", "0", "2", "24", "1", doubtful, "0", "25", "0", "29", "2", "31", "5"]
    text = f"行政复议{gap}行政诉讼\n" + gap.join(["结果维持", "结果纠正", "其他结果"]) + "\n" + gap.join(row)
    assert row in found_rows(read(text))


def test_labels_without_values_between_rows_that_commas_part() -> None:
    text = "信息内容,本年处理决定数量\n行政许可,7\n第二十条第（六）项\n信息内容\n行政处罚\n行政强制,13\n"
    assert ["行政强制", "13"] in found_rows(read(text))


def test_a_code_between_a_label_and_its_unit_is_a_cell() -> None:
    text = "指标   代码   单位   统计数\n收到申请数   19   件   24\n当面申请数   20   件   4\n"
    assert ["收到申请数", "19", "件", "24"] in found_rows(read(text))


def test_line_ends_that_were_written_twice() -> None:
    text = "+---+---+\n| 规章 | 1 |\n+---+---+\n" + "".join(f"| 事项{i} | {i} |\n+---+---+\n" for i in range(12))
    assert found_rows(read(text.replace("\n", "\r\r\n"))) == found_rows(read(text))


@pytest.mark.parametrize("numeral", "七八九")
def test_headings_of_the_list_of_2014_end_no_table_whatever_their_number(numeral: str) -> None:
    label = f"{numeral}、机构建设和保障经费情况"
    text = "".join(f"事项{chr(0x4E00 + i)}\n{i}\n" for i in range(7)) + f"{label}\n专门机构数\n9\n"
    assert [label] in found_rows(read(text))


def test_cells_one_a_line_without_tabs() -> None:
    lines = ["规章", "0", "1", "2", "行政规范性文件", "3", "4", "/", "第二十条第（五）项", "行政许可", "7"]
    assert texts(read("\n".join(lines)).tables[0]) == [
        ["规章", "0", "1", "2"],
        ["行政规范性文件", "3", "4", "/"],
        ["第二十条第（五）项"],
        ["行政许可", "7"],
    ]


@pytest.mark.parametrize(
    "text",
    [
        "首页 | 政务公开 | 联系我们\n版权所有：某市",
        "\t2021年，我局认真贯彻落实条例，共公开信息30条。\n\t下一步将加强培训。\n",
        "地址：某市某路1号\t电话：0632-8823286\n",
        "2021年公开信息 30 条，答复申请 2 件。\n",
        "2022年1月20日\n",
        "收到申请12件,办结12件\n公开信息30条,其中网站20条\n组织培训2次,参加30人\n",
        "收取费用 1,234\n机构经费 2,345\n",
        "我局高度重视,\n认真落实条例,\n加强组织领导,\n",
    ],
)
def test_text_that_is_no_table(text: str) -> None:
    assert read(text).tables == ()


def test_a_sentence_cut_by_a_page_is_joined() -> None:
    long = "2021年，我局在市委、市政府的领导下，坚持以公开为常态、不公开为例外，认真贯彻落实条例"
    long += "和国务院、省政府部署要求，始终把公开透明的要求贯穿"
    document = read(f"一、总体情况\n\n{long}\n\n于政务服务各个环节。\n\n（一）主动公开\n")
    assert [paragraph.text for paragraph in document.paragraphs] == [
        "一、总体情况",
        long + "于政务服务各个环节。",
        "（一）主动公开",
    ]


def test_headings_and_labels_are_never_joined_to_what_stands_above() -> None:
    lines = [
        "石嘴山市某某某某某某委员会2020年政府信息公开工作年度报告",
        "依据条例第五十条之规定，制作本报告",
        "附件：统计表",
        "二、主动公开",
    ]
    assert [paragraph.text for paragraph in read("\n".join(lines)).paragraphs] == lines


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("某市水务局\n\n2021年政府信息公开工作年度报告\n\n一、总体情况\n", "某市水务局2021年政府信息公开工作年度报告"),
        (
            "某市水务局2021年政府信息公开工作年度报告\n根据条例，编制本报告。\n",
            "某市水务局2021年政府信息公开工作年度报告",
        ),
        ("2021年，我局认真贯彻落实条例，扎实推进各项工作。\n一、总体情况\n", None),
    ],
)
def test_the_title_is_the_line_that_names_the_report(text: str, title: str | None) -> None:
    assert read(text).title == title


def test_line_ends_form_feeds_and_links() -> None:
    document = read("一、总体情况\r\n见 (<http://sw.example.gov.cn/>)。\f二、主动公开\r三、申请\n")
    assert [paragraph.text for paragraph in document.paragraphs] == [
        "一、总体情况",
        "见 (http://sw.example.gov.cn/)。",
        "二、主动公开",
        "三、申请",
    ]


def test_what_stands_around_the_text_is_told_apart() -> None:
    document = read(
        "导航\n某市水务局\n2021年政府信息公开工作年度报告\n一、总体情况\n公开30条。\n扫一扫在手机打开当前页\n"
    )
    assert [paragraph.text for paragraph in document.paragraphs if not paragraph.main] == [
        "导航",
        "扫一扫在手机打开当前页",
    ]


@pytest.mark.shared
@needs_shared
@pytest.mark.parametrize(
    "name",
    [
        "000_1d268c7f8e46725e",
        "001_af43464f076faa0e",
        "002_e5ace25a3b239b93",
        "003_847613be71b3106c",
        "004_3b78401dddc01266",
    ],
)
def test_the_seeds(name: str) -> None:
    payload = (SHARED / "seeds" / f"{name}.txt").read_bytes()
    truth = json.loads((SHARED / "truth" / "seeds.json").read_text("utf-8"))[f"{name}.txt"]
    document = extract(payload, url=f"file:{name}.txt")
    assert len(document.tables) == sum(table in truth for table in ("disclosure", "requests", "disputes", "statistics"))
    headings = [paragraph.text for paragraph in document.paragraphs if is_section(paragraph.text)]
    assert len(headings) == len(truth["sections"])
    # Every figure of the truth is in some cell; how the rows are read is the forms' business.
    figures = {squeezed(cell.text).rstrip("万元") for found in document.tables for cell in found.cells}
    for table in ("disclosure", "requests", "disputes"):
        for row in truth.get(table, {}).values():
            assert {str(value) for value in row.values() if value is not None} <= figures
    assert {str(value) for value in truth.get("statistics", {}).values() if value is not None} <= figures


@pytest.mark.shared
@needs_shared
def test_the_damaged_seed_is_mended() -> None:
    document = extract((SHARED / "seeds" / "000_1d268c7f8e46725e.txt").read_bytes(), url="file:000.txt")
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert document.repairs == ("mojibake", "markup_removed", "annotations_removed", "simplified")
    assert document.notes == ()
    assert "（五）建立健全信息公开工作机制" in text
    assert "青岛楷模”及一线医务人员" in text
    assert "规定时限内办结。" in text


@pytest.mark.parametrize("rows", ALL_TABLES)
def test_tables_of_html_amid_text_are_read_as_on_a_page(rows: Rows) -> None:
    markup = f"<html><body>{html_table(rows)}</body></html>"
    document = read(BEFORE + markup + "\n" + AFTER)
    (found,) = document.tables
    (expected,) = extract(markup.encode(), url="http://www.example.gov.cn/a.html").tables
    assert (found.cells, found.spans, found.where) == (expected.cells, "resolved", "line 4")
    assert [paragraph.text for paragraph in document.paragraphs] == (BEFORE + AFTER).split("\n")[:-1]


def test_a_table_of_html_whose_end_is_cut_off_keeps_its_rows() -> None:
    document = read("二、数据\n<table border=1><tr><td>规章</td><td>1</td></tr>\n<tr><td>行政许可</td><td>2")
    assert [cell.text for cell in document.tables[0].cells] == ["规章", "1", "行政许可", "2"]
    assert [paragraph.text for paragraph in document.paragraphs] == ["二、数据"]


def test_a_damaged_table_of_html_is_mended_as_its_text_is() -> None:
    document = read(
        "導航\n公開情況如下\n<table><tr><td>行政許可</td><td>12</td></tr><tr><td>行政處罰</td><td>3</td></tr></table>"
    )
    assert [cell.text for cell in document.tables[0].cells] == ["行政许可", "12", "行政处罚", "3"]
    assert "simplified" in document.repairs


def test_a_number_that_is_broken_in_its_column_is_not_read_without_its_end() -> None:
    text = (
        "信息内容         采购项目数量   采购总金额\n"
        "行政许可         400            187\n"
        "政府集中采购     3              8191.4\n"
        "                                1\n"
        "行政处罚         101            23\n"
        "                                           5\n"
    )
    (table,) = read(text).tables
    rows = [[cell.text for cell in row] for row in table.rows()]
    assert rows[1:4] == [["行政许可", "400", "187"], ["政府集中采购", "3", "8191.4\n1"], ["行政处罚", "101", "23"]]


_CELLS = ["规章", "10", "11", "12", "行政规范性文件", "3", "4", "/", "第二十条第（五）项", "行政许可", "7"]


@pytest.mark.parametrize(
    "line",
    ["{}\n\n", "|\n{}\n", "|{}\n", "{} |\n", "\n\n\n\n\n  {}\n\n\n\n", "{}\n\n\t\n\n"],
    ids=["paragraphs", "bar between", "bar before", "bar behind", "wide apart", "tab between"],
)
def test_cells_one_a_line_with_something_between_them(line: str) -> None:
    document = read(BEFORE + "".join(map(line.format, _CELLS)) + "\n" + AFTER)
    (table,) = document.tables
    assert texts(table) == [_CELLS[:4], _CELLS[4:8], _CELLS[8:9], _CELLS[9:]]
    assert table.gathered
    assert [paragraph.text for paragraph in document.paragraphs][-2:] == AFTER.split("\n")[:-1]


@pytest.mark.parametrize("marks", ["*{}*", "= {}", "== {} ==", "'''{}'''", "　　*{}*", "** {}", "__{}__", "## {}"])
def test_the_marks_of_a_heading_are_no_part_of_it(marks: str) -> None:
    document = read(
        "规章 | 1 | 2 |\n行政许可 | 3 |\n" + marks.format("三、收到和处理政府信息公开申请情况") + "\n自然人 | 4 |\n"
    )
    assert [paragraph.text for paragraph in document.paragraphs] == ["三、收到和处理政府信息公开申请情况"]
    assert len(document.tables) == 2


@pytest.mark.parametrize("mark", [",", "\t"])
def test_the_running_text_of_a_sheet_is_no_row(mark: str) -> None:
    rows = [
        ["某市水务局2021年政府信息公开工作年度报告"],
        ["二、主动公开政府信息情况"],
        ["信息内容", "数量"],
        ["规章", "1,0"],
    ]
    rows += [["第二十条第（五）项"], ["行政许可", "7"], [], ["三、申请"], ["某市水务局"], ["2022年1月20日"]] + [[]] * 20
    written = io.StringIO()
    filled = [row + [""] * (4 - len(row)) for row in rows]
    csv.writer(written, delimiter=mark, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(filled)
    document = read(written.getvalue().replace('""', ""))
    wanted = [
        "某市水务局2021年政府信息公开工作年度报告",
        "二、主动公开政府信息情况",
        "三、申请",
        "某市水务局",
        "2022年1月20日",
    ]
    assert [paragraph.text for paragraph in document.paragraphs] == wanted
    assert [row[:2] for row in texts(document.tables[0])][1:4] == [
        ["规章", "1,0"],
        ["第二十条第（五）项", ""],
        ["行政许可", "7"],
    ]


def test_no_date_and_no_menu_belongs_to_a_table_or_title() -> None:
    document = read(
        "首页 > 政府信息公开年报\n某市水务局2021年政府信息公开工作\n年度报告\n\n某市水务局\n2022年1月20日\n"
        + "\n".join(_CELLS)
    )
    assert document.title == "某市水务局2021年政府信息公开工作年度报告"
    assert document.paragraphs[-1].text == "2022年1月20日"
    assert texts(document.tables[0])[0] == _CELLS[:4]


def test_a_figure_below_a_label_is_another_row_of_a_box() -> None:
    document = read("+----+----+\n|维持|纠正|\n|    |    |\n| 1  | 2  |\n+----+----+\n")
    assert texts(document.tables[0])[-1] == ["1", "2"]


def test_words_that_one_space_parts_and_words_that_more_part_are_a_head_alike() -> None:
    document = read("自然人  商业企业 科研机构 其他\n规章  1 2 3 4\n文件  5 6 7 8\n")
    assert texts(document.tables[0])[0] == ["自然人", "商业企业", "科研机构", "其他"]


def test_a_head_in_pieces_above_a_row_of_figures_belongs_to_its_table() -> None:
    head = ["行政复议 行政诉讼", *("结果维", "持", "总", "计") * 3, "三、", "本年度"]
    document = read(BEFORE + "\n".join([*head, "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15"]) + "\n" + AFTER)
    assert [cell for row in texts(document.tables[0])[:-1] for cell in row] == " ".join(head).split()
