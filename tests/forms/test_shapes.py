"""The statistics and the disputes in the many shapes in which they are laid out."""

from random import Random

import pytest

from config.forms import load_forms
from pipelines.forms import read_forms
from tests.forms.build import Given, document, grid, lines
from tests.forms.layouts import (
    Rows,
    Values,
    change_texts,
    disputes_rows,
    form_rows,
    random_values,
    spans_lost,
    statistics_rows,
    text,
)
from tests.forms.test_layouts import assert_exact


def _statistics(change: str) -> tuple[Values, Rows]:
    values = random_values("2014", Random(11))
    rows = statistics_rows(values)
    if change == "no unit":
        rows = [[line[0], line[2]] for line in rows]
    elif change == "serial number":
        rows = [["序号", *rows[0]], *([str(i), *line] for i, line in enumerate(rows[1:], 1))]
    elif change == "remarks":
        rows = [[*rows[0], "备注"], *([*line, "见说明" if i % 9 == 0 else ""] for i, line in enumerate(rows[1:]))]
    elif change == "unit in the label":
        rows = [[f"{line[0]}（{line[1]}）" if line[1] else line[0], line[2]] for line in rows]
    elif change == "indented columns":
        rows = [
            ["", rows[0][0], rows[0][1], rows[0][2]],
            *(["", *line] if i % 2 else [line[0], "", *line[1:]] for i, line in enumerate(rows[1:])),
        ]
    elif change == "no head":
        rows = rows[1:]
    elif change == "unit last":
        rows = [[line[0], line[2], line[1]] for line in rows]
    elif change == "code":
        rows = [[line[0], "代码" if i == 0 else str(i), *line[1:]] for i, line in enumerate(rows)]
    elif change == "value first":
        rows = [line[::-1] for line in rows]
    elif change == "其中 apart":
        rows = [["", *line] if i % 5 else ["其中：", *line] for i, line in enumerate(rows)]
    return values, rows


@pytest.mark.parametrize("resolved", (True, False), ids=("grid", "lost"))
@pytest.mark.parametrize(
    "change",
    (
        "no unit",
        "serial number",
        "remarks",
        "unit in the label",
        "indented columns",
        "no head",
        "unit last",
        "code",
        "value first",
        "其中 apart",
    ),
)
def test_the_statistics_in_their_many_forms(change: str, resolved: bool) -> None:
    values, rows = _statistics(change)
    made = grid(rows) if resolved else lines([[str(given) for given in line] for line in rows])
    assert_exact(document(made), values, "2014")


@pytest.mark.parametrize("resolved", (True, False), ids=("grid", "lost"))
@pytest.mark.parametrize(
    ("before", "now"),
    [("上年数", "本年数"), ("2015年", "2016年"), ("2015年统计数", "2016年统计数"), ("上年统计数", "统计数")],
)
def test_last_years_column_is_kept_apart(before: str, now: str, resolved: bool) -> None:
    values, rows = _statistics("")
    values["statistics", "channels.weibo", "value"] = ""
    rows = [[*line[:2], "" if "微博公开" in str(line[0]) else line[2]] for line in rows]
    heads = iter([before])
    for i, wide in enumerate([[*line[:2], next(heads, "900"), line[2]] for line in rows]):
        rows[i] = wide
    rows[0][3] = now
    made = grid(rows) if resolved else lines([[str(given) for given in line] for line in rows])
    reading = read_forms(document(made))
    assert {(cell.table, cell.row, cell.column): cell.raw for cell in reading.cells} == values
    assert {(cell.column_label, cell.value) for cell in reading.extra} == {(before, 900)}


def test_statistics_side_by_side() -> None:
    values = random_values("2014", Random(12))
    rows = statistics_rows(values)
    half = len(rows) // 2 + 1
    left, right = rows[:half], [rows[0], *rows[half:]]
    right += [["", "", ""]] * (len(left) - len(right))
    assert_exact(document(grid([[*one, *two] for one, two in zip(left, right, strict=False)])), values, "2014")


def test_disputes_from_top_to_bottom() -> None:
    rows: Rows = [
        ["", "", "结果维持", "结果纠正", "其他结果", "尚未审结", "总计"],
        [("行政复议", 1, 2), *"12345"],
        [("行政诉讼", 2, 1), "未经复议直接起诉", *"23456"],
        ["复议后起诉", *"34567"],
    ]
    reading = read_forms(document(grid(rows)))
    assert [part.value for part in reading.cells if part.table == "disputes"] == [
        1,
        2,
        3,
        4,
        5,
        2,
        3,
        4,
        5,
        6,
        3,
        4,
        5,
        6,
        7,
    ]


@pytest.mark.parametrize("first", ["不涉及", "没有", "几十", "0"])
def test_a_word_in_the_first_place_of_the_disputes_is_its_value(first: str) -> None:
    values = {**random_values("2021", Random(61)), ("disputes", "reconsideration", "upheld"): first}
    reading = read_forms(document(*map(grid, form_rows("2021", values).values())))
    assert {(one.table, one.row, one.column): one.raw for one in reading.cells} == values


@pytest.mark.parametrize("short", [False, True])
@pytest.mark.parametrize("resolved", [False, True])
@pytest.mark.parametrize("largest", [0, 99])
def test_an_empty_cell_behind_disputes_that_add_up(short: bool, resolved: bool, largest: int) -> None:
    values = _with_totals(random_values("2021", Random(62), largest), largest)
    rows = disputes_rows("2021", values)
    if short:
        shorter = {"结果维持": "维持", "结果纠正": "纠正", "其他结果": "其他", "尚未审结": "未审结"}
        rows = change_texts(rows, lambda label: shorter.get(label, label))
    rows[-1].append("")
    table = grid(rows) if resolved else lines(spans_lost(rows))
    reading = read_forms(document(grid(form_rows("2021", values)["requests"]), table))
    found = {(one.table, one.row, one.column): one.raw for one in reading.cells if one.table == "disputes"}
    assert found == {key: value for key, value in values.items() if key[0] == "disputes"}


def _with_totals(values: Values, largest: int) -> Values:
    """The values with totals of the disputes that are the sums of their parts."""
    parts = [(key, value) for key, value in values.items() if key[0] == "disputes" and key[2] != "total"]
    made = {**values, **{key: value if largest else "0" for key, value in parts}}
    for row in {key[1] for key, _ in parts}:
        made["disputes", row, "total"] = str(sum(int(made[key]) for key, _ in parts if key[1] == row))
    return made


@pytest.mark.parametrize("form", ["2021", "2019"])
def test_requests_with_rows_and_columns_in_each_others_place(form: str) -> None:
    values = random_values(form, Random(67))
    tables = form_rows(form, values)
    shape = load_forms()[form].tables["requests"]
    bare: Rows = [["申请人情况", *(row.label for row in shape.rows.values())]]
    bare += [
        [label.label, *(values["requests", row, key] for row in shape.rows)] for key, label in shape.columns.items()
    ]
    for turned in (_turned(tables["requests"]), bare):
        assert_exact(document(*map(grid, {**tables, "requests": turned}.values())), values, form)


def test_disputes_left_blank_are_blank() -> None:
    values = random_values("2021", Random(63))
    values |= {key: "" for key in values if key[0] == "disputes"}
    reading = read_forms(document(*map(grid, form_rows("2021", values).values())))
    assert {one.state for one in reading.cells if one.table == "disputes"} == {"blank"}
    assert {(one.table, one.row, one.column): one.raw for one in reading.cells} == values


@pytest.mark.parametrize("form", ["2021", "2019"])
def test_a_text_with_a_tab_before_each_cell(form: str) -> None:
    values = random_values(form, Random(64))
    tables = [lines([["", *row] for row in spans_lost(rows)]) for rows in form_rows(form, values).values()]
    assert_exact(document(*tables), values, form)


def test_a_dash_in_the_place_of_the_unit_is_no_value() -> None:
    values = random_values("2014", Random(65))
    rows = statistics_rows(values)
    rows = [
        [line[0], "——", line[2]] if "不同渠道和方式" in str(line[0]) and "数" not in str(line[0]) else line
        for line in rows
    ]
    assert sum(line[1] == "——" for line in rows) == 2
    bare = [[text for text in row if text] for row in spans_lost(rows[1:])]
    assert_exact(document(lines(bare)), values, "2014")


def test_a_group_that_is_a_row_in_another_form_stands_where_columns_begin() -> None:
    values = random_values("2021", Random(66))
    tables = form_rows("2021", values)
    tables["requests"][0][0] = (text(tables["requests"][0][0]), 1, 3)  # the head's lines begin at the left edge
    assert_exact(document(*map(grid, tables.values())), values, "2021")


def test_disputes_in_two_tables() -> None:
    results = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]
    first: Rows = [[("行政复议", 1, 5)], results, list("12345")]
    second: Rows = [
        [("行政诉讼", 1, 10)],
        [("未经复议直接起诉", 1, 5), ("复议后起诉", 1, 5)],
        results * 2,
        list("2345634567"),
    ]
    reading = read_forms(document(grid(first), grid(second)))
    assert [part.value for part in reading.cells if part.table == "disputes"] == [
        1,
        2,
        3,
        4,
        5,
        2,
        3,
        4,
        5,
        6,
        3,
        4,
        5,
        6,
        7,
    ]


def _printed_disputes() -> tuple[Values, Rows]:
    values = {key: str(900 + i) for i, key in enumerate(random_values("2021", Random(1))) if key[0] == "disputes"}
    return values, disputes_rows("2021", values)


def _turned(rows: Rows) -> Rows:
    """Rows and columns in each other's place."""
    cells = grid(rows).cells
    turned: list[list[Given]] = [[] for _ in range(max(cell.column for cell in cells) + 1)]
    for cell in cells:
        turned[cell.column].append((cell.text, cell.colspan, cell.rowspan))
    return turned


def test_disputes_with_rows_and_columns_in_each_others_place() -> None:
    values, rows = _printed_disputes()
    results = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]
    numbers = list(values.values())
    short: Rows = [["结果", "行政复议", "未经复议直接起诉", "复议后起诉"]]
    short += [[result, *numbers[i::5]] for i, result in enumerate(results)]
    bare = lines([[str(given) for given in line] for line in short])
    for made, place in (
        (grid(_turned(rows)), "table 1, row 9, column 4"),
        (grid(short), "table 1, row 5, column 3"),
        (bare, "line 1, row 5, column 3"),
    ):
        reading = read_forms(document(made))
        assert {(cell.table, cell.row, cell.column): cell.raw for cell in reading.cells if cell.raw} == values
        pending = next(cell for cell in reading.cells if (cell.row, cell.column) == ("litigation_direct", "pending"))
        assert pending.where == place


def test_a_column_that_the_agency_added_to_the_disputes_is_kept_apart() -> None:
    values, rows = _printed_disputes()
    rows[0].append(("合计", 3, 1))
    rows[-1].append("7")
    reading = read_forms(document(grid(rows)))
    assert {(cell.table, cell.row, cell.column): cell.raw for cell in reading.cells if cell.raw} == values
    assert [(cell.column_label, cell.value) for cell in reading.extra] == [("合计", 7)]
    assert "form.unknown_column" in [found.rule for found in reading.findings]


def test_a_remark_below_its_label_names_no_row_of_its_own() -> None:
    table = lines(
        [
            ["统计指标", "单位", "统计数"],
            ["二、回应解读情况"],
            ["（一）回应公众关注热点或重大舆情数"],
            ["（不同方式回应同一热点或舆情计1次）", "次", "7"],
            ["（二）通过不同渠道和方式回应解读的情况"],
            ["1.参加或举办新闻发布会总次数", "次", "3"],
            ["2.政府网站在线访谈次数"],
            ["次"],
            ["3.政策解读稿件发布数", "篇", "5"],
        ]
    )
    found = {cell.row: (cell.state, cell.value) for cell in read_forms(document(table)).cells}
    assert found["responses.hot_topics"] == ("number", 7)
    # No empty cell shows that nothing was filled in.
    assert found["responses.channels_total"] == ("unreadable", None)
    assert found["responses.press_conferences"] == ("number", 3)
    assert found["responses.online_interviews"] == ("unreadable", None)
    assert found["responses.interpretations_published"] == ("number", 5)
