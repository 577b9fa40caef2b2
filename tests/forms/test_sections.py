"""The numbered sections: headings without number and remarks, the running text below them."""

import time

import pytest

from pipelines.documents.model import Document, Paragraph
from pipelines.forms import read_sections
from tests.forms.build import Given, document, grid

SIX = (
    "总体情况",
    "主动公开政府信息情况",
    "收到和处理政府信息公开申请情况",
    "因政府信息公开工作被申请行政复议、提起行政诉讼情况",
    "存在的主要问题及改进情况",
    "其他需要报告的事项",
)
NUMERALS = "一二三四五六"
TEXT = "本年度我局按照条例要求开展政府信息公开工作，各项任务按期完成。"


def headings(made: Document) -> list[str]:
    return [section.heading for section in read_sections(made)]


def report(*formats: str, between: tuple[str, ...] = (TEXT,)) -> list[str]:
    form = formats[0] if formats else "{number}、{heading}"
    paragraphs = ["某局2022年政府信息公开工作年度报告", "根据条例规定，现公布本报告。"]
    for number, heading in zip(NUMERALS, SIX, strict=True):
        paragraphs += [form.format(number=number, heading=heading), *between]
    return [*paragraphs, "某局", "2023年1月20日"]


@pytest.mark.parametrize(
    "form",
    [
        "{number}、{heading}",
        "{number} 、 {heading}",
        "　　{number}、{heading}：",
        "{number}.{heading}",
        "{number}．{heading}。",
        "{number}、{heading}（不存在的全部写0，不能空）",
        "第{number}部分、{heading}",
        "第{number}部分 {heading}",
        "第{number}部分　{heading}",
        "第{number}章 {heading}",
        "（{number}）{heading}",
        "{heading}",
    ],
)
def test_headings_in_their_many_forms(form: str) -> None:
    made = document(*report(form))
    assert headings(made) == list(SIX)
    assert [section.number for section in read_sections(made)] == [1, 2, 3, 4, 5, 6]
    assert {section.text for section in read_sections(made)} == {TEXT}


def test_full_width_numbers_are_no_part_of_a_heading() -> None:
    numbered = [f"{number}、{heading}" for number, heading in zip("１２３４５６", SIX, strict=True)]
    made = document(*(line for heading in numbered for line in (heading, "本年度无。")))
    assert [(section.number, section.heading) for section in read_sections(made)] == list(enumerate(SIX, 1))


def test_heading_and_text_in_one_paragraph() -> None:
    for end in ("。", "：", " "):
        made = document(*report("{number}、{heading}" + end + "2022年，我局主动公开信息318条。", between=()))
        assert headings(made) == list(SIX)
        assert read_sections(made)[0].text == "2022年，我局主动公开信息318条。"


def test_contents_at_the_top_are_no_sections() -> None:
    contents = ["目录"] + [
        f"{number}、{heading}……{page}" for page, (number, heading) in enumerate(zip(NUMERALS, SIX, strict=True), 1)
    ]
    made = document(*contents, *report())
    assert headings(made) == list(SIX)
    assert all(section.text == TEXT for section in read_sections(made))


def test_lists_inside_a_section_stay_in_its_text() -> None:
    inside = ("一是加强领导。", "（一）主动公开。", "1.完善制度。", "二是加强培训。")
    made = document(*report(between=inside))
    assert headings(made) == list(SIX)
    assert read_sections(made)[0].text == "\n".join(inside)


@pytest.mark.parametrize(
    ("form", "inside"),
    [
        ("第{number}部分 {heading}", ("（一）主动公开。", "（二）存在的问题")),
        ("第{number}部分 {heading}", ("一、主动公开", "二、依申请公开情况", "三、问题")),
        ("第{number}部分、{heading}", ("一、主动公开", "二、依申请公开情况", "三、问题")),
        ("{heading}", ("（一）主动公开。", "（二）存在的问题")),
        ("{heading}：", ("1.主动公开", "2.存在的问题")),
    ],
)
def test_headings_inside_a_section_are_none_of_the_report(form: str, inside: tuple[str, ...]) -> None:
    paragraphs = report(form)
    made = document(*paragraphs[:3], *inside, *paragraphs[3:])
    assert headings(made) == list(SIX)
    assert read_sections(made)[0].text == "\n".join((*inside, TEXT))


def test_parts_around_the_report_are_none_of_its_sections() -> None:
    paragraphs = report()
    made = document(paragraphs[0], "第一部分 年度报告正文", *paragraphs[1:], "第二部分 附表")
    assert headings(made) == list(SIX)


def test_headings_printed_again_in_the_first_row_of_a_table() -> None:
    paragraphs = report()
    rows: list[list[Given]] = [
        ["规章", "0", "0", "1"],
        [("三、收到和处理政府信息公开申请情况", 1, 4)],
        ["予以公开", "0", "0", "0"],
        [(f"四、{SIX[3]}", 1, 4)],
        ["0", "0", "0", "0"],
    ]
    at = paragraphs.index(f"五、{SIX[4]}")
    sections = read_sections(document(*paragraphs[:at], grid(rows), *paragraphs[at:]))
    assert [section.heading for section in sections] == list(SIX)
    assert {section.text for section in sections} == {TEXT}


def test_row_labels_of_lost_tables_are_no_sections() -> None:
    lost = (
        "一、本年新收政府信息公开申请数量",
        "0",
        "二、上年结转政府信息公开申请数量",
        "0",
        "三、本年度办理结果",
        "（一）予以公开",
        "四、结转下年度继续办理",
        "0",
    )
    paragraphs = report()
    at = paragraphs.index("三、收到和处理政府信息公开申请情况") + 1
    assert headings(document(*paragraphs[:at], *lost, *paragraphs[at:])) == list(SIX)


def test_numbers_printed_twice_or_left_out() -> None:
    paragraphs = [line.replace("六、", "五、") for line in report()]
    assert headings(document(*paragraphs)) == list(SIX)
    paragraphs = [line for line in report() if "总体情况" not in line]
    assert headings(document(*paragraphs)) == list(SIX[1:])


def test_old_headings() -> None:
    old = (
        "概述",
        "主动公开政府信息情况",
        "依申请公开政府信息情况",
        "政府信息公开的收费及减免情况",
        "因政府信息公开申请行政复议、提起行政诉讼情况",
        "存在的主要问题和改进措施",
        "需要说明的事项与附表",
    )
    paragraphs = [
        text for number, heading in zip("一二三四五六七", old, strict=True) for text in (f"{number}、{heading}", TEXT)
    ]
    assert headings(document(*paragraphs)) == list(old)


def test_what_is_around_the_text_is_no_section() -> None:
    around = [Paragraph("一、网站导航", main=False), Paragraph("二、联系我们", main=False)]
    assert headings(document(*around, *report())) == list(SIX)


def test_signature_and_annexes_are_not_text() -> None:
    made = document(*report(), "附件：统计表", "扫一扫在手机打开当前页")
    assert read_sections(made)[-1].text == TEXT


def test_tables_are_not_text() -> None:
    paragraphs = report()
    made = document(*paragraphs[:4], grid([["规章", "0"]]), *paragraphs[4:])
    assert read_sections(made)[0].text == TEXT


def test_headings_of_the_web_page_without_numbers() -> None:
    blocks = [block for heading in SIX for block in (Paragraph(heading, level=2), Paragraph(TEXT))]
    assert headings(document(*blocks)) == list(SIX)


def test_a_page_without_sections_has_none() -> None:
    assert headings(document("今天天气很好。", "我局召开会议，会议指出，一、要加强领导；二、要狠抓落实。")) == []


def test_more_than_ten_sections() -> None:
    numerals = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
    made = document(*(text for number in numerals for text in (f"{number}、第{number}方面情况", TEXT)))
    assert [section.number for section in read_sections(made)] == list(range(1, 13))


def test_a_heading_cut_in_two_by_a_line_end() -> None:
    paragraphs = report()
    at = paragraphs.index(f"四、{SIX[3]}")
    paragraphs[at : at + 1] = [f"四、{SIX[3][:20]}", SIX[3][20:]]
    assert headings(document(*paragraphs)) == list(SIX)


def test_sections_of_a_sheet_stand_in_rows_of_one_cell() -> None:
    rows: list[list[Given]] = [["规章", "0"], *([text] for text in report()[10:])]
    sections = read_sections(document(*report()[:10], grid(rows)))
    assert [section.heading for section in sections] == list(SIX)
    assert sections[-1].text == TEXT


def test_row_labels_of_a_table_are_no_sections() -> None:
    rows: list[list[Given]] = [["一、本年新收政府信息公开申请数量", "3"], [("二、上年结转政府信息公开申请数量", 1, 2)]]
    assert headings(document(*report(), grid(rows))) == list(SIX)


def test_a_heading_of_nothing_but_brackets_takes_no_time() -> None:
    began = time.process_time()
    read_sections(document("一、总体情况" + "（" * 60_000, *report()))
    assert time.process_time() - began < 5
