"""Single behaviours of reading the tables: states, units, extra rows and columns, mixed forms, copies, pictures."""

from dataclasses import replace
from random import Random

import pytest

from config.forms import load_forms
from pipelines.documents.model import Attachment, Document, GridCell, Paragraph, Table
from pipelines.forms import Reading, read_forms
from pipelines.report import Cell
from tests.forms.build import document, grid, lines
from tests.forms.layouts import (
    Rows,
    disclosure_rows,
    form_rows,
    random_values,
    requests_rows,
    spans_lost,
    spans_lost_with_gaps,
    statistics_rows,
)
from tests.forms.test_layouts import assert_exact


def cell(reading: Reading, *place: str) -> Cell:
    return next(found for found in reading.cells if (found.table, found.row, found.column) == place)


def rules(reading: Reading) -> list[str]:
    return [finding.rule for finding in reading.findings]


def only(form: str, table: str, **changed: str) -> Reading:
    values = random_values(form, Random(1))
    for key, text in changed.items():
        row, column = key.split("__")
        values[table, row.replace("_dot_", "."), column] = text
    return read_forms(document(grid(form_rows(form, values)[table])))


def test_states_are_kept_apart() -> None:
    reading = only(
        "2021",
        "requests",
        granted__natural_person="",
        granted__commercial_enterprise="/",
        granted__research_institution="约3",
    )
    found = [
        cell(reading, "requests", "granted", column)
        for column in ("natural_person", "commercial_enterprise", "research_institution")
    ]
    assert [(part.state, part.value, part.raw) for part in found] == [
        ("blank", None, ""),
        ("mark", None, "/"),
        ("unreadable", None, "约3"),
    ]
    assert found[2].reason
    absent = cell(reading, "disputes", "reconsideration", "total")
    assert (absent.state, absent.raw, absent.where) == ("absent", None, None)


def statistics() -> list[list[str]]:
    """The rows of the list of 2014 that have values."""
    rows = spans_lost(statistics_rows(random_values("2014", Random(1))))
    return [row for row in rows[1:] if row[2]]


def test_a_stroke_is_the_number_one_only_where_other_numbers_are_in_words() -> None:
    stroke = {"granted__natural_person": "一", "granted__other": "一"}
    assert cell(only("2021", "requests", **stroke), "requests", "granted", "other").state == "unreadable"
    reading = only("2021", "requests", **stroke, granted__total="十二")
    assert [cell(reading, "requests", "granted", column).value for column in ("other", "total")] == [1, 12]


def test_a_word_above_the_labels_of_the_head_displaces_no_column() -> None:
    values = random_values("2021", Random(1))
    rows = spans_lost_with_gaps(requests_rows("2021", values))
    rows[0][-1] = "单位：件数"
    found = read_forms(document(grid(rows))).cells
    assert [str(part.value) for part in found if part.table == "requests"] == [
        text for key, text in values.items() if key[0] == "requests"
    ]


def test_a_blank_at_the_end_of_a_row_that_ends_before_the_others_is_not_believed() -> None:
    rows = [[*line, ""] for line in requests_rows("2021", random_values("2021", Random(1)))]
    del rows[3][1]
    reading = read_forms(document(grid(rows)))
    assert {found.state for found in reading.cells if found.row == "newly_received"} == {"unreadable"}
    assert cell(reading, "requests", "carried_over", "total").state == "number"


def test_a_table_that_differs_elsewhere_does_not_say_what_another_leaves_unreadable() -> None:
    values = random_values("2021", Random(1)) | {("requests", "granted", "other"): "5"}
    doubtful = values | {("requests", "granted", "other"): "约5"}
    tables = [grid(requests_rows("2021", given)) for given in (values, doubtful)]
    assert cell(read_forms(document(*tables)), "requests", "granted", "other").value == 5
    doubtful["requests", "granted", "total"] += "1"
    tables[1] = grid(requests_rows("2021", doubtful))
    assert cell(read_forms(document(*tables)), "requests", "granted", "other").state == "unreadable"


def test_a_code_is_no_value_where_the_text_leaves_blank_values_out() -> None:
    rows = [[label, f"{i:02}", unit or "件", text] for i, (label, unit, text) in enumerate(statistics(), 1)]
    reading = read_forms(document(lines([["指标", "代码", "单位", "统计数"], rows[0][:3], *rows[1:]])))
    assert [(part.state, part.value) for part in reading.cells[:2]] == [
        ("unreadable", None),
        ("number", int(rows[1][3])),
    ]


def test_a_raised_digit_is_no_number_of_a_row() -> None:
    rows = disclosure_rows("2021", random_values("2021", Random(1)) | {("disclosure", "regulations", "issued"): "3¹"})
    reading = read_forms(document(lines(spans_lost(rows))))
    assert cell(reading, "disclosure", "regulations", "issued").state == "unreadable"


def test_every_cell_says_where_it_stands() -> None:
    reading = only("2021", "requests")
    assert cell(reading, "requests", "newly_received", "total").where == "table 1, row 4, column 10"


def test_cells_come_in_the_order_of_the_form() -> None:
    for form in ("2021", "2019", "2014"):
        reading = read_forms(
            document(*(grid(rows) for rows in form_rows(form, random_values(form, Random(1))).values()))
        )
        expected = [(table, *key) for table, shape in load_forms()[form].tables.items() for key in shape.cells]
        assert [(part.table, part.row, part.column) for part in reading.cells] == expected


@pytest.mark.parametrize(
    ("head", "printed", "value", "unit"),
    [
        ("本年收费金额（单位：万元）", "25.1", 25.1, None),
        ("本年收费金额（单位：元）", "251000", 25.1, None),
        ("本年收费金额（人民币元）", "251000", 25.1, None),
        ("本年收费金额，单位：元", "251000", 25.1, None),
        ("本年收费金额/元", "251000", 25.1, None),
        ("本年收费金额（以百元计）", "2510", 25.1, None),
        ("本年收费金额（单位：万元）", "251000元", 25.1, "元"),
        ("本年收费金额", "9000万", 9000, "万"),
    ],
)
def test_amounts_and_their_units(head: str, printed: str, value: float, unit: str | None) -> None:
    reading = read_forms(document(grid([["信息内容", head], ["行政事业性收费", printed]])))
    found = cell(reading, "disclosure", "fees", "amount_10k_cny")
    assert (found.state, found.value, found.unit, found.raw) == ("number", value, unit, printed)


@pytest.mark.parametrize(("head", "notes"), [("本年增/减", 0), ("本年增", 1), ("本年减", 1)])
def test_the_head_of_a_change_gives_no_sign(head: str, notes: int) -> None:
    rows: Rows = [
        ["信息内容", "上一年项目数量", head, "处理决定数量"],
        ["行政许可", "10", "3", "42"],
        ["行政处罚", "9", "减3", "1"],
    ]
    reading = read_forms(document(grid(rows)))
    assert cell(reading, "disclosure", "licensing", "change").value == 3
    assert cell(reading, "disclosure", "penalties", "change").value == -3
    assert rules(reading) == ["disclosure.change_header"] * notes


def test_unknown_rows_and_columns_are_kept_apart() -> None:
    values = random_values("2021", Random(2))
    rows = requests_rows("2021", values)
    rows[1].append(("备注人数", 2, 1))
    rows.insert(6, ["（三）延期答复", "41", "42", "43", "44", "45", "46", "47"])
    for line in rows[3:]:
        line.append("99")
    reading = read_forms(document(grid(rows)))
    assert all(
        part.value == int(values["requests", part.row, part.column])
        for part in reading.cells
        if part.table == "requests"
    )
    assert {part.value for part in reading.extra} == {41, 42, 43, 44, 45, 46, 47, 99}
    assert {part.row_label for part in reading.extra if part.value == 41} == {"（三）延期答复"}
    assert {part.column_label for part in reading.extra if part.value == 99} == {"备注人数"}
    assert set(rules(reading)) == {"form.unknown_row", "form.unknown_column"}


def test_a_missing_column_is_absent() -> None:
    values = random_values("2021", Random(3))
    rows = requests_rows("2021", values)
    rows[0][1] = ("申请人情况", 1, 6)
    rows[1][1] = ("法人或其他组织", 1, 4)
    del rows[2][1]
    for line in rows[3:]:
        del line[-5]
    for made in (grid(rows), lines([[text if isinstance(text, str) else text[0] for text in line] for line in rows])):
        reading = read_forms(document(made))
        states = {part.column: part.state for part in reading.cells if part.table == "requests"}
        assert states.pop("research_institution") == "absent"
        assert set(states.values()) == {"number"}
        found = [part for part in reading.cells if part.state == "number"]
        assert all(part.value == int(values["requests", part.row, part.column]) for part in found)


def test_a_newer_table_above_an_older_one() -> None:
    old, new = random_values("2019", Random(4)), random_values("2021", Random(4))
    made = document(grid(disclosure_rows("2021", new)), grid(requests_rows("2019", old)))
    reading = read_forms(made)
    assert reading.form == "2021"
    assert rules(reading) == ["form.mixed"]
    assert cell(reading, "requests", "other_handling", "total").value == int(old["requests", "other_handling", "total"])
    assert cell(reading, "requests", "other_handling.other", "total").state == "absent"
    assert cell(reading, "disclosure", "fees", "amount_10k_cny").value == int(
        new["disclosure", "fees", "amount_10k_cny"]
    )


def test_an_older_table_above_a_newer_one() -> None:
    old, new = random_values("2019", Random(5)), random_values("2021", Random(5))
    reading = read_forms(document(grid(disclosure_rows("2019", old)), grid(requests_rows("2021", new))))
    assert reading.form == "2021"
    assert cell(reading, "disclosure", "procurement", "projects").value == int(
        old["disclosure", "procurement", "projects"]
    )
    assert cell(reading, "disclosure", "regulations", "issued").state == "absent"


def test_the_year_and_the_notice_do_not_tell_the_form() -> None:
    values = random_values("2021", Random(6))
    text = "根据国办公开办函〔2019〕60号要求编制。统计期限自2019年1月1日起至2019年12月31日止。"
    made = document(
        text, *(grid(rows) for rows in form_rows("2021", values).values()), title="2019年政府信息公开工作年度报告"
    )
    assert_exact(made, values, "2021")
    assert read_forms(made).period == 2019


def _headed(images: int, *tables: Table) -> Document:
    names = (
        "一、总体情况",
        "二、主动公开政府信息情况",
        "三、收到和处理政府信息公开申请情况",
        "四、政府信息公开行政复议、行政诉讼情况",
    )
    return document(*names, *tables, images=images)


def test_tables_that_are_pictures() -> None:
    reading = read_forms(_headed(3))
    assert {(part.state, part.reason) for part in reading.cells} == {("unreadable", "image")}
    assert "form.picture" in rules(reading)
    one = read_forms(_headed(1, grid(disclosure_rows("2021", random_values("2021", Random(1))))))
    states = {part.table: (part.state, part.reason) for part in one.cells}
    assert states == {
        "disclosure": ("number", None),
        "requests": ("unreadable", "image"),
        "disputes": ("unreadable", "image"),
    }


def test_tables_that_a_script_writes() -> None:
    reading = read_forms(replace(_headed(0), notes=(("scripted_tables", "a script writes tables"),)))
    assert {(part.state, part.reason) for part in reading.cells} == {("unreadable", "script")}
    assert rules(reading).count("form.script") == 3


def test_without_pictures_nothing_is_said_of_them() -> None:
    reading = read_forms(_headed(0))
    assert (reading.form, reading.cells, reading.findings) == ("narrative", (), ())


def test_tables_that_stand_in_an_attachment() -> None:
    """A page with the headings alone: its cells are no zeros and no blanks, and the note tells where to look."""
    files = (Attachment("http://example.gov.cn/t.xlsx", "统计表"),)
    bare = replace(_headed(0), attachments=files)
    reading = read_forms(bare)
    (found,) = reading.findings
    assert (found.rule, found.severity, found.stated) == ("form.elsewhere", "note", files[0].url)
    assert (reading.form, reading.cells) == ("narrative", ())
    assert not read_forms(_headed(0)).findings
    own = grid(disclosure_rows("2021", random_values("2021", Random(1))))
    assert not read_forms(_headed(0, own)).findings
    one = read_forms(replace(_headed(0, own), attachments=files))
    assert [found.rule for found in one.findings] == ["form.elsewhere"]
    assert {part.state for part in one.cells if part.table != "disclosure"} == {"absent"}
    assert "form.elsewhere" not in rules(read_forms(replace(document("一、概述", own), attachments=files)))


def test_a_cell_that_is_a_picture() -> None:
    made = grid([["信息内容", "本年处理决定数量"], ["行政许可", ""]])
    cells = (*made.cells[:-1], GridCell("", 1, 1, image=True))
    found = cell(read_forms(document(Table(cells, 2, 2))), "disclosure", "licensing", "decisions")
    assert (found.state, found.reason) == ("unreadable", "image")


@pytest.mark.parametrize(
    "table",
    [
        [["姓名", "电话"], ["张三", "12345"]],
        [["申请", "数量"], ["其他", "3"]],
        [["索引号", "0123"], ["发布日期", "2023-01-01"], ["主题分类", "政务公开"]],
        [["行政许可", "办事指南"], ["行政处罚", "流程图"]],
        [["总计", "5"], ["其他", "2"]],
    ],
)
def test_other_tables_are_none_of_ours(table: Rows) -> None:
    reading = read_forms(document(grid(table)))
    assert (reading.form, reading.cells, reading.extra) == ("narrative", (), ())


def test_a_continuation_that_cuts_a_label() -> None:
    head = [["", "自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]]
    first = [*head, ["（四）无法提供", "2.没有现成信息需要另行制作", *"1234567"], ["3.补正后申请内容仍不", *"2345678"]]
    second = [["明确", *[""] * 7], ["（五）不予处理", "1.信访举报投诉类申请", *"3456789"]]
    reading = read_forms(document(lines(first), lines(second)))
    assert cell(reading, "requests", "unavailable.unclear_after_correction", "total").value == 8
    assert cell(reading, "requests", "not_processed.petition", "natural_person").value == 3
    assert not reading.extra


def test_numbers_that_stand_a_line_above_their_label() -> None:
    head = [["", "自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]]
    rows = [
        *head,
        ["（三）不予公开", *"1234567"],
        ["1.属于国家秘密", *[""] * 7],
        ["2.其他法律行政法规禁止公开", *"2345678"],
    ]
    reading = read_forms(document(lines(rows)))
    assert [part.value for part in reading.cells if part.row == "refused.state_secret"] == [1, 2, 3, 4, 5, 6, 7]
    in_grid = read_forms(document(grid(rows)))
    assert {part.state for part in in_grid.cells if part.row == "refused.state_secret"} == {"unreadable"}


def test_a_section_heading_inside_the_grid_is_no_row() -> None:
    values = random_values("2021", Random(13))
    rows: Rows = [[("三、行政机关收到和处理政府信息公开申请情况", 1, 10)], *requests_rows("2021", values)]
    reading = read_forms(
        document(grid(disclosure_rows("2021", values)), grid(rows), grid(form_rows("2021", values)["disputes"]))
    )
    assert not reading.extra
    assert [part.state for part in reading.cells].count("number") == 200


def test_notes_below_a_table_are_no_rows() -> None:
    values = random_values("2021", Random(14))
    rows = [
        *requests_rows("2021", values),
        [("注：本表由各科室填报，联系电话0532-12345678。", 1, 10)],
        ["单位负责人：张三", "审核人：李四", "填报日期：2023年1月5日"],
    ]
    reading = read_forms(document(grid(rows)))
    assert not reading.extra
    assert rules(reading) == []


def test_a_huge_table_is_read_in_bounded_time() -> None:
    rows: Rows = [[f"项目{i}", str(i), str(i + 1)] for i in range(20_000)]
    assert read_forms(document(grid([["信息内容", "本年处理决定数量", ""], *rows]), Paragraph("x"))).form in (
        "2021",
        "narrative",
    )


@pytest.mark.parametrize("corner", ("/", "—", "项目", "\\", ""))
def test_what_stands_in_the_corner_of_the_head(corner: str) -> None:
    reading = read_forms(
        document(grid([[corner, "本年制发件数", "本年废止件数", "现行有效件数"], ["规章", "1", "2", "3"]]))
    )
    assert [part.value for part in reading.cells if part.row == "regulations"] == [1, 2, 3]


def test_a_line_that_numbers_the_columns_is_no_row() -> None:
    values = random_values("2021", Random(15))
    rows = requests_rows("2021", values)
    rows.insert(3, [("栏次", 1, 3), *"1234567"])
    reading = read_forms(document(grid(rows)))
    assert not reading.extra
    found = [part for part in reading.cells if part.table == "requests"]
    assert all(part.value == int(values["requests", part.row, part.column]) for part in found)


def test_rows_without_a_head_do_not_tell_the_form() -> None:
    values = random_values("2019", Random(16))
    headless = [line for line in disclosure_rows("2021", random_values("2021", Random(16))) if line[0] != "信息内容"]
    reading = read_forms(document(grid(headless), grid(requests_rows("2019", values))))
    assert reading.form == "2019"
    assert {part.state for part in reading.cells if part.table == "disclosure"} == {"unreadable", "absent"}
    assert len(reading.cells) == 198


def test_an_unknown_row_without_numbers_is_only_noted() -> None:
    values = random_values("2014", Random(17))
    rows = [*statistics_rows(values), ["填报日期", "", "2019.1.9"], ["延伸查阅点数", "个", "7"]]
    found = {finding.stated: finding.severity for finding in read_forms(document(grid(rows))).findings}
    assert found == {"填报日期": "note", "延伸查阅点数": "warning"}


@pytest.mark.parametrize("form", ["2021", "2014"])
def test_a_label_alone_is_blank_only_where_its_values_stand_nowhere_else(form: str) -> None:
    """A label without cells may have lost its values to another line, as in rows put together by places."""
    table, row = ("requests", "granted") if form == "2021" else ("statistics", "reconsideration.upheld")
    values = random_values(form, Random(18))
    rows = form_rows(form, values)[table]
    label = load_forms()[form].tables[table].rows[row].label
    texts = [[given if isinstance(given, str) else given[0] for given in line] for line in rows]
    alone = [[text for text in line if text.endswith(label)] for line in texts]
    for gathered, empty, state in ((False, [""], "blank"), (False, [], "unreadable"), (True, [], "unreadable")):
        printed = lines([[*part, *empty] if part else line for part, line in zip(alone, texts, strict=True)])
        reading = read_forms(document(replace(printed, gathered=gathered)))
        found = [part for part in reading.cells if (part.table, part.row) == (table, row)]
        assert {part.state for part in found} == {state}
        assert all(bool(part.reason) == (state == "unreadable") for part in found)
