"""What stands in a table beside what the form has: cells, rows and words that must never take another's place."""

from random import Random

import pytest

from pipelines.forms import Reading, read_forms
from pipelines.forms.value import read_value
from tests.forms.build import Given, document, grid, lines
from tests.forms.layouts import Rows, Values, disputes_rows, form_rows, random_values, requests_rows, spans_lost, text
from tests.forms.test_tables import cell, rules


def read(form: str, values: Values, **changed: Rows) -> Reading:
    return read_forms(document(*(grid(rows) for rows in {**form_rows(form, values), **changed}.values())))


def numbered(form: str) -> Values:
    """Another number in every cell."""
    return {key: str(100 + i) for i, key in enumerate(random_values(form, Random(1)))}


def assert_nothing_astray(reading: Reading, values: Values) -> None:
    for one in reading.cells:
        if one.state == "number":
            assert str(one.value) == values[one.table, one.row, one.column]


@pytest.mark.parametrize("at", range(1, 7))
@pytest.mark.parametrize("blank", ["natural_person", "total", "other"])
def test_a_surplus_cell_beside_a_blank_one_shifts_nothing(at: int, blank: str) -> None:
    """An empty column that only the body has, and a blank that makes the count right again."""
    values = numbered("2021")
    values |= {key: "" for key in values if key[0] == "requests" and key[2] == blank}
    rows: Rows = []
    for line in spans_lost(requests_rows("2021", values)):
        first = next((i for i, word in enumerate(line) if word.isdigit() or not word), None)
        rows.append(list(line) if first is None else [*line[: first + at], "", *line[first + at :]])
    assert_nothing_astray(read_forms(document(lines([list(map(text, row)) for row in rows]))), values)
    assert_nothing_astray(read_forms(document(grid(rows))), values)


def test_a_column_of_units_and_labels_with_their_group() -> None:
    values = numbered("2021")
    rows = requests_rows("2021", values)
    rows[0].insert(1, ("单位", 3, 1))
    rows[2] = [f"法人或其他组织（{text(label)}）" for label in rows[2]]
    for line in rows[3:]:
        line.insert(next(i for i, given in enumerate(line) if text(given).isdigit()), "件")
    reading = read("2021", values, requests=rows)
    assert_nothing_astray(reading, values)
    assert all(one.state == "number" for one in reading.cells)
    assert not reading.findings


def test_columns_that_changed_places_below_a_label_that_is_lost() -> None:
    """法人或其他组织 tied the two lines of the head: without it their order is still the printed one."""
    values = numbered("2021")
    rows = requests_rows("2021", values)
    rows[1][1] = ("", 1, 5)
    swapped = [[*line[:-2], line[-1], line[-2]] if i == 2 else line for i, line in enumerate(rows)]
    swapped = [[*line[:-3], line[-2], line[-3], line[-1]] if i > 2 else line for i, line in enumerate(swapped)]
    assert_nothing_astray(read("2021", values, requests=swapped), values)


def test_a_blank_and_a_number_for_two_columns_in_a_row_that_is_too_long() -> None:
    """As many cells as columns, and one of them surplus: the blank may be it."""
    values = numbered("2021")
    rows = requests_rows("2021", values)
    line = rows[3]
    rows[3] = [line[0], line[1], "", line[2], (text(line[3]), 1, 2), *line[5:]]
    assert_nothing_astray(read("2021", values, requests=rows), values)


def test_a_head_of_disputes_without_a_label_and_a_row_without_a_value() -> None:
    values = numbered("2021")
    rows = disputes_rows("2021", values)
    rows[1][4] = ("", 2, 1)
    del rows[3][6]
    assert_nothing_astray(read("2021", values, disputes=rows), values)


@pytest.mark.parametrize("form", ["2019", "2021"])
def test_a_row_that_an_agency_added_to_a_group_is_kept_apart(form: str) -> None:
    values = numbered(form)
    rows = requests_rows(form, values)
    at = next(i for i, line in enumerate(rows) if "重新出具" in " ".join(map(text, line))) + 1
    rows.insert(at, ["6.其他", *(str(i) for i in range(1, 8))])
    for i in range(at):
        rows[i] = [_longer(given) if "不予处理" in text(given) else given for given in rows[i]]
        rows[i] = [_longer(given) if "办理结果" in text(given) else given for given in rows[i]]
    reading = read(form, values, requests=rows)
    assert reading.form == form
    assert_nothing_astray(reading, values)
    assert [one.raw for one in reading.extra] == [str(i) for i in range(1, 8)]
    assert rules(reading) == ["form.unknown_row"]
    assert all(one.state == "number" for one in reading.cells)


def _longer(given: Given) -> Given:
    assert not isinstance(given, str)
    return given[0], given[1] + 1, given[2]


def test_lines_of_a_head_that_changed_places_are_not_believed() -> None:
    values = numbered("2021")
    rows = disputes_rows("2021", values)
    rows[0], rows[1] = rows[1], rows[0]
    reading = read("2021", values, disputes=rows)
    assert_nothing_astray(reading, values)
    assert cell(reading, "disputes", "reconsideration", "upheld").state == "unreadable"


def test_a_head_whose_upper_lines_changed_places_is_not_believed() -> None:
    values = numbered("2021")
    rows = disputes_rows("2021", values)
    results = rows[2]
    rows[:2] = [[("未经复议直接起诉", 1, 5), ("复议后起诉", 1, 5)], [("行政复议", 1, 5), ("行政诉讼", 1, 10)]]
    rows[2] = [*results, *results[:5]]
    reading = read("2021", values, disputes=rows)
    assert_nothing_astray(reading, values)
    assert cell(reading, "disputes", "litigation_after_reconsideration", "upheld").state == "unreadable"


@pytest.mark.parametrize(
    ("printed", "state"),
    [("暂无", "mark"), ("不涉及", "mark"), ("没有", "mark")]
    + [(word, "unreadable") for word in ("详见附件", "3件（含网络）", "其他", "属于国家秘密", "约20件")],
)
def test_a_word_for_a_first_value_is_no_label(printed: str, state: str) -> None:
    values = numbered("2019")
    values["requests", "granted", "natural_person"] = printed
    reading = read("2019", values)
    found = cell(reading, "requests", "granted", "natural_person")
    assert (found.state, found.raw) == (state, printed)
    assert_nothing_astray(reading, values)
    assert reading.form == "2019"
    assert cell(reading, "requests", "granted", "commercial_enterprise").state == "number"


@pytest.mark.parametrize(
    ("printed", "amount"),
    [("12.5万元", 12.5), ("168.61萬元", 168.61), ("1.2亿元", 12_000), ("12.5（万元）", 12.5), ("35000元", 3.5)],
)
def test_an_amount_with_its_unit_is_no_label(printed: str, amount: float) -> None:
    for form, place in (
        ("2021", ("disclosure", "fees", "amount_10k_cny")),
        ("2014", ("statistics", "organization.budget_10k_cny", "value")),
    ):
        reading = read(form, {**numbered(form), place: printed})
        assert cell(reading, *place).value == amount


def test_a_long_dash_is_a_sign_where_a_change_can_be_meant() -> None:
    for printed in ("—3", "–3", "-3", "－3", "减3"):
        assert read_value(printed, "change").number == -3
    assert read_value("—3").state == "unreadable"
    assert read_value("—", "change").state == "mark"


def test_a_doubled_cell_and_a_blank_shift_nothing() -> None:
    """The row reaches beyond its head, where a browser shows an empty cell."""
    values = {**numbered("2021"), ("requests", "granted", "total"): ""}
    rows = requests_rows("2021", values)
    at = next(i for i, line in enumerate(rows) if "予以公开" in " ".join(map(text, line)))
    rows[at].insert(-7, rows[at][-7])
    reading = read("2021", values, requests=rows)
    assert_nothing_astray(reading, values)
    assert cell(reading, "requests", "granted", "other").state == "unreadable"
    assert cell(reading, "requests", "partially_granted", "other").state == "number"


@pytest.mark.parametrize("gap", range(1, 7))
def test_places_that_are_wrong_in_one_row_are_not_believed_in_another(gap: int) -> None:
    """An empty column stands between other columns in the head than below it."""
    values = numbered("2021")
    values |= {key: "" for key in values if key[0] == "requests" and key[2] in ("commercial_enterprise", "total")}
    values["requests", "carried_over", "commercial_enterprise"] = "7"
    rows = requests_rows("2021", values)
    rows[1].insert(2, "")
    rows[2].insert(3, "")
    for line in rows[3:]:
        line.insert(len(line) - gap, "")
    assert_nothing_astray(read("2021", values, requests=rows), values)


@pytest.mark.parametrize("label", ["自然人", "科研机构", "法律服务机构", "总计"])
@pytest.mark.parametrize("blank", ["natural_person", "other", "total"])
def test_an_empty_label_beside_an_empty_column_shifts_nothing(label: str, blank: str) -> None:
    values = numbered("2019")
    values |= {key: "" for key in values if key[0] == "requests" and key[2] == blank}
    rows = requests_rows("2019", values)
    rows[1:3] = [[_without(label, given) for given in line] for line in rows[1:3]]
    reading = read("2019", values, requests=rows)
    assert_nothing_astray(reading, values)
    assert cell(reading, "requests", "carried_over", "commercial_enterprise").state == "number"
    assert_nothing_astray(read_forms(document(lines(spans_lost(rows)))), values)


def _without(label: str, given: Given) -> Given:
    if text(given) != label:
        return given
    return "" if isinstance(given, str) else ("", given[1], given[2])


@pytest.mark.parametrize("at", range(15))
@pytest.mark.parametrize("blank", ["upheld", "total"])
def test_a_doubled_cell_and_a_blank_shift_nothing_where_the_table_has_one_row(at: int, blank: str) -> None:
    edge = ("reconsideration" if blank == "upheld" else "litigation_after_reconsideration", blank)
    values = {**numbered("2021"), ("disputes", *edge): ""}
    rows = disputes_rows("2021", values)
    rows[-1].insert(at, rows[-1][at])
    assert_nothing_astray(read("2021", values, disputes=rows), values)
    assert_nothing_astray(read_forms(document(lines(spans_lost(rows)))), values)


def test_empty_cells_that_fill_every_row_up_are_no_values() -> None:
    values = {**numbered("2021"), ("requests", "granted", "total"): ""}
    rows = [[*line, ""] for line in spans_lost(requests_rows("2021", values))]
    reading = read_forms(document(lines(rows)))
    assert_nothing_astray(reading, values)
    assert sum(one.state == "number" for one in reading.cells if one.table == "requests") > 160


@pytest.mark.parametrize("remark", ["", "见附件说明"])
@pytest.mark.parametrize("trailing", [False, True])
def test_remarks_beside_the_tables_are_kept_apart(remark: str, trailing: bool) -> None:
    values = numbered("2021")
    tables = form_rows("2021", values)
    for key in ("requests", "disputes"):
        tables[key][0].append(("备注", 3, 1))
        for line in tables[key][3:]:
            line.append(remark)
        tables[key] = [[*line, ""] for line in tables[key]] if trailing else tables[key]
    reading = read("2021", values, **tables)
    assert {(one.table, one.row, one.column): one.raw for one in reading.cells} == values
    assert {one.column_label for one in reading.extra} == ({"备注"} if remark else set())


def test_a_number_that_looks_like_a_year_heads_no_column() -> None:
    values = {**numbered("2014"), ("statistics", "replies.total", "value"): "2016"}
    reading = read_forms(document(grid(form_rows("2014", values)["statistics"])))
    assert {(one.table, one.row, one.column): one.raw for one in reading.cells} == values


@pytest.mark.parametrize("padded", [True, False])
@pytest.mark.parametrize("form", ["2021", "2019"])
def test_values_behind_a_blank_that_a_converter_leaves_out_stay_in_their_places(form: str, padded: bool) -> None:
    """trafilatura drops empty cells, and fills the lines up at their ends (once in a line of full ones as well)."""
    values = {key: "" if i % 11 == 5 else value for i, (key, value) in enumerate(numbered(form).items())}
    tables = []
    for rows in form_rows(form, values).values():
        width = grid(rows).width
        kept = [[word for word in line if word] for line in spans_lost(rows)]
        tables.append(lines([line + [""] * (width - len(line)) * padded for line in kept]))
    reading = read_forms(document(*tables))
    assert_nothing_astray(reading, values)
    full = {key[:2] for key in values} - {key[:2] for key, value in values.items() if not value}
    read = {(one.table, one.row) for one in reading.cells if one.state == "number"}
    assert {key for key in full if key[0] == "requests"} <= read


def test_empty_cells_at_the_end_of_a_line_are_no_values_where_none_stand_between_values() -> None:
    rows = [["信息内容", "上一年项目数量", "本年增/减", ""], ["行政事业性收费", "5", "3", ""]]
    rows += [["信息内容", "采购项目数量", "采购总金额", ""], ["政府集中采购", "7", "8"]]
    reading = read_forms(document(lines(rows)))
    found = {(one.row, one.column): one.value for one in reading.cells}
    assert (found["fees", "change"], found["procurement", "projects"]) == (3, 7)
