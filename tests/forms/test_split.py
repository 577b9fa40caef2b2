"""Pages with the reports of several bodies."""

from random import Random

import pytest

from pipelines.documents.model import Attachment, Document, Paragraph, Table
from pipelines.forms import read_forms, read_sections, split_reports
from tests.forms.build import document, grid
from tests.forms.layouts import Values, form_rows, random_values, requests_rows
from tests.forms.test_layouts import assert_exact
from tests.forms.test_sections import SIX, report

TOWNS = ("东关街道办事处", "西关镇人民政府", "南山乡人民政府")


def one(town: str, values: Values, *, name_above: bool = False, titled: bool = True) -> list[Paragraph | Table | str]:
    tables = {"二": "disclosure", "三": "requests", "四": "disputes"}
    rows = form_rows("2021", values)
    lines: list[Paragraph | Table | str] = []
    for line in report()[1:]:
        lines.append(town if line == "某局" else line)
        key = tables.get(line[0]) if line[1:2] == "、" else None
        if key:
            lines.append(grid(rows[key]))
    if not titled:
        return lines
    if name_above:
        return [town, "2022年政府信息公开工作年度报告", *lines]
    return [f"{town}2022年政府信息公开工作年度报告", *lines]


@pytest.mark.parametrize("name_above", (False, True))
def test_each_report_is_its_own(name_above: bool) -> None:
    values = [random_values("2021", Random(town)) for town in TOWNS]
    blocks = [
        block for town, given in zip(TOWNS, values, strict=True) for block in one(town, given, name_above=name_above)
    ]
    parts = split_reports(document("某县2022年各乡镇政府信息公开工作年度报告", *blocks, title="某县各乡镇年报"))
    assert len(parts) == 3
    for part, town, given in zip(parts, TOWNS, values, strict=True):
        assert_exact(part, given, "2021")
        assert [section.heading for section in read_sections(part)] == list(SIX)
        assert part.title is not None
        assert part.title == f"{town}2022年政府信息公开工作年度报告"


def test_reports_without_titles_part_at_their_first_section() -> None:
    values = [random_values("2021", Random(town)) for town in TOWNS]
    blocks = [block for town, given in zip(TOWNS, values, strict=True) for block in one(town, given, titled=False)]
    parts = split_reports(document(*blocks))
    assert len(parts) == 3
    for part, given in zip(parts, values, strict=True):
        assert_exact(part, given, "2021")


@pytest.mark.parametrize("line", ("{heading}", "{heading}……{page}", "{heading}\n{page}"))
def test_a_list_of_contents_is_no_report(line: str) -> None:
    contents = [
        text
        for page, heading in enumerate(SIX, 1)
        for text in f"{'一二三四五六'[page - 1]}、{line}".format(heading=heading, page=page).split("\n")
    ]
    title = "东关街道办事处2022年政府信息公开工作年度报告"
    whole = document(
        title, "目录", *contents, *one("东关街道办事处", random_values("2021", Random(1)))[1:], title=title
    )
    assert split_reports(whole) == (whole,)
    twice = document(title, "目录", *contents, *one("东关街道办事处", random_values("2021", Random(1))), title=title)
    assert split_reports(twice) == (twice,)


@pytest.mark.parametrize("form", ("2021", "2019", "2014"))
def test_one_report_stays_whole(form: str) -> None:
    tables = [grid(rows) for rows in form_rows(form, random_values(form, Random(1))).values()]
    title = "某局2022年政府信息公开工作年度报告"
    made = document(title, *report(), *tables, title=title)
    assert split_reports(made) == (made,)


def test_a_twin_table_makes_no_second_report() -> None:
    rows = form_rows("2021", random_values("2021", Random(1)))
    made = document(
        *report(), *(grid(part) for part in rows.values()), *(grid(part, hidden=True) for part in rows.values())
    )
    assert split_reports(made) == (made,)


def test_what_belongs_to_the_page_is_not_passed_on() -> None:
    values = random_values("2021", Random(1))
    blocks = [block for town in TOWNS for block in one(town, values)]
    made = document(*blocks)
    page = Document(
        "text/html",
        blocks=made.blocks,
        meta=(("articletitle", "某县各乡镇年报"), ("pubdate", "2023-01-20")),
        fields=(("发布机构", "某县政府办"), ("发布日期", "2023-01-20")),
        attachments=(Attachment("http://example.gov.cn/a.pdf", "附件"),),
    )
    for part in split_reports(page):
        assert part.meta == (("pubdate", "2023-01-20"),)
        assert part.fields == (("发布日期", "2023-01-20"),)
        assert part.attachments == ()


def test_a_page_without_reports() -> None:
    made = document("新闻", "某县发布各乡镇年报。")
    assert split_reports(made) == (made,)
    assert read_forms(made).form == "narrative"


def test_a_title_amid_a_table_is_no_new_report() -> None:
    title = "某局2022年政府信息公开工作年度报告"
    rows = requests_rows("2021", values := random_values("2021", Random(1)))
    parts = [grid(rows[:20]), Paragraph(title), grid([line[-8:] for line in rows[20:]])]
    made = document(title, "一、总体情况", "三、收到和处理政府信息公开申请情况", *parts)
    assert split_reports(made) == (made,)
    found = {(cell.row, cell.column): str(cell.value) for cell in read_forms(made).cells if cell.table == "requests"}
    assert found == {key[1:]: text for key, text in values.items() if key[0] == "requests"}


def test_text_and_annexed_tables_with_the_same_title_are_one_report() -> None:
    title = "某局2018年政府信息公开工作年度报告"
    tables = [grid(rows) for rows in form_rows("2014", random_values("2014", Random(2))).values()]
    made = document(title, *report(), "附件", title, *tables)
    assert split_reports(made) == (made,)


def test_titles_in_a_list_of_links_make_no_reports() -> None:
    values = random_values("2021", Random(3))
    links = [f"{town}2021年政府信息公开工作年度报告" for town in TOWNS]
    made = document(*links, *one(TOWNS[0], values), *links)
    assert split_reports(made) == (made,)
