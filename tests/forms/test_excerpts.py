"""A small table that bears labels of the form beside the statutory one: none of its numbers is a cell of the report."""

import pytest

from pipelines.documents.model import Document
from pipelines.forms import read_forms
from tests.forms.build import Given, document, grid
from tests.forms.layouts import Rows, form_rows
from tests.forms.test_surplus import numbered
from tests.forms.test_tables import rules

_APPLICANTS = ["申请类型", "自然人", "商业企业", "科研机构", "总计"]
SMALL: dict[str, Rows] = {
    "requests by applicant": [
        _APPLICANTS,
        ["本年新收政府信息公开申请数量", "900", "901", "902", "903"],
        ["上年结转政府信息公开申请数量", "904", "905", "906", "907"],
        ["予以公开", "908", "909", "910", "911"],
    ],
    "requests in all": [
        ["指标", "总计"],
        ["本年新收政府信息公开申请数量", "900"],
        ["上年结转政府信息公开申请数量", "901"],
        ["予以公开", "902"],
        ["结转下年度继续办理", "903"],
    ],
    "decisions": [["类别", "本年处理决定数量"], ["行政许可", "900"], ["行政处罚", "901"], ["行政强制", "902"]],
    "disputes": [
        ["类别", "结果维持", "结果纠正", "其他结果", "尚未审结", "总计"],
        ["行政复议", "900", "901", "902", "903", "904"],
        ["行政诉讼", "905", "906", "907", "908", "909"],
    ],
}
HEADINGS = {
    "disclosure": "二、主动公开政府信息情况",
    "requests": "三、收到和处理政府信息公开申请情况",
    "disputes": "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况",
}


def report(small: Rows, tables: dict[str, list[list[Given]]]) -> Document:
    blocks = [block for key, rows in tables.items() for block in (HEADINGS[key], grid(rows, where=f"table {key}"))]
    return document("一、总体情况", grid(small, where="table of section 1"), *blocks)


@pytest.mark.parametrize("small", SMALL)
def test_the_statutory_table_is_read_as_if_it_stood_alone(small: str) -> None:
    values = numbered("2021")
    reading = read_forms(report(SMALL[small], form_rows("2021", values)))
    assert {(cell.table, cell.row, cell.column): str(cell.value) for cell in reading.cells} == values
    assert rules(reading) == ["form.excerpt"]
    assert "table of section 1" in reading.findings[0].message_zh


@pytest.mark.parametrize("small", SMALL)
@pytest.mark.parametrize("missing", HEADINGS)
def test_it_does_not_stand_in_for_a_table_that_is_missing(small: str, missing: str) -> None:
    values = numbered("2021")
    tables = {key: rows for key, rows in form_rows("2021", values).items() if key != missing}
    reading = read_forms(report(SMALL[small], tables))
    assert {cell.state for cell in reading.cells if cell.table == missing} == {"absent"}
    assert {str(cell.value) for cell in reading.cells if cell.table != missing} < set(values.values())


def test_an_excerpt_of_the_list_of_2014_is_not_the_list() -> None:
    values = numbered("2014")
    small: Rows = [["渠道", "数量"], ["政府公报公开政府信息数", "900"], ["政府网站公开政府信息数", "901"]]
    small += [["政务微博公开政府信息数", "902"], ["当面申请数", "903"], ["网络申请数", "904"]]
    whole = grid(form_rows("2014", values)["statistics"], where="table 2")
    reading = read_forms(document("一、概述", grid(small), "五、存在的问题", whole))
    assert {(cell.table, cell.row, cell.column): str(cell.value) for cell in reading.cells} == values


def test_the_rest_of_a_table_below_a_page_break_is_no_excerpt() -> None:
    values = numbered("2014")
    rows = form_rows("2014", values)["statistics"]
    rows.insert(0, [("政府信息公开情况统计表", 1, 3)])
    made = document("四、存在的主要问题", grid(rows[:60]), "—3—", grid(rows[60:]))
    assert {(cell.table, cell.row, cell.column): str(cell.value) for cell in read_forms(made).cells} == values


def test_a_whole_table_is_read_wherever_it_stands() -> None:
    """All tables stand together below the last section, and their headings are gone."""
    values = numbered("2021")
    made = document("一、总体情况", "五、存在的主要问题及改进情况", *map(grid, form_rows("2021", values).values()))
    assert {(cell.table, cell.row, cell.column): str(cell.value) for cell in read_forms(made).cells} == values


@pytest.mark.parametrize("form", ["2019", "2021"])
@pytest.mark.parametrize("wider", [False, True])
def test_a_head_in_a_table_of_its_own_is_no_excerpt_if_the_columns_are_those_below(form: str, wider: bool) -> None:
    values = numbered(form)
    tables = form_rows(form, values)
    blocks = [HEADINGS["disputes"], grid(tables["disputes"])]
    for key, lines in (("disclosure", 2), ("requests", 3)):
        head = tables[key][:lines]
        blocks += [HEADINGS[key], grid([[*head[0], "备注"], *head[1:]] if wider else head), grid(tables[key][lines:])]
    reading = read_forms(document(*blocks))
    read = {(cell.table, cell.row, cell.column): str(cell.value) for cell in reading.cells if cell.state == "number"}
    assert read.items() <= values.items()
    assert (len(read) == len(values)) is not wider
    assert ("form.excerpt" in rules(reading)) is wider
