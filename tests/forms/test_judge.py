"""What is a report, and what only looks like one."""

from dataclasses import replace
from random import Random

import pytest

from pipelines.documents.model import Attachment, Document, Paragraph
from pipelines.forms import judge, read_forms, read_sections
from tests.forms.build import document, grid
from tests.forms.layouts import change_texts, form_rows, random_values
from tests.forms.test_sections import SIX, report

LONG = "本年度，我局认真贯彻落实条例，主动公开各类信息，规范办理依申请公开，没有发生行政复议和行政诉讼。" * 8


def code(made: Document) -> str | None:
    verdict = judge(made, read_forms(made), read_sections(made))
    if verdict is not None:
        assert verdict[1].endswith(".")
    return verdict[0] if verdict else None


def page(
    title: str, *texts: str, links: int = 0, images: int = 0, attachments: tuple[Attachment, ...] = ()
) -> Document:
    blocks = tuple(Paragraph(text) for text in (title, *texts))
    return Document("text/html", (("h1", title),), blocks=blocks, links=links, images=images, attachments=attachments)


def whole(form: str, title: str) -> Document:
    paragraphs = report()[1:]
    tables = [grid(rows) for rows in form_rows(form, random_values(form, Random(1))).values()]
    return document(title, *paragraphs, *tables, title=title)


@pytest.mark.parametrize(
    "title",
    [
        "某局2022年政府信息公开工作年度报告",
        "2022年度",
        "",
        "关于公布某局2022年政府信息公开工作年度报告的通知",
        "某局2022年政府信息公开工作年度报告解读",
        "图解：某局2022年年报",
        "某市法治政府建设年度报告",
    ],
)
@pytest.mark.parametrize("form", ["2021", "2019", "2014"])
def test_tables_and_headings_make_a_report_whatever_its_title(form: str, title: str) -> None:
    assert code(whole(form, title)) is None


def test_tables_alone_are_enough() -> None:
    tables = [grid(rows) for rows in form_rows("2021", random_values("2021", Random(2))).values()]
    assert code(document(*tables)) is None


def test_old_reports_have_no_tables() -> None:
    old = (
        "概述",
        "主动公开政府信息情况",
        "依申请公开政府信息情况",
        "政府信息公开的收费及减免情况",
        "行政复议情况",
        "存在的问题和改进措施",
    )
    texts = [
        text for number, heading in zip("一二三四五六", old, strict=True) for text in (f"{number}、{heading}", LONG)
    ]
    assert code(page("某局2010年政府信息公开工作年度报告", *texts)) is None
    assert code(page("2010年度", *texts)) is None


def test_a_short_narrative_needs_the_title_of_a_report() -> None:
    assert code(page("某镇2009年政府信息公开工作年度报告", LONG)) is None
    assert code(page("某镇开展信息公开工作", LONG)) == "other"


def test_sections_without_tables_where_the_tables_are_pictures_or_files() -> None:
    file = Attachment("http://example.gov.cn/a.xlsx", "附表")
    assert code(page("某局2022年政府信息公开工作年度报告", *report(), attachments=(file,))) is None
    assert code(page("某局2022年政府信息公开工作年度报告", *report(), images=3)) is None


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("某市2022年法治政府建设年度报告", "rule_of_law_report"),
        ("某局2022年度部门决算公开", "budget"),
        ("某局政府网站工作年度报表（2022年度）", "website_report"),
        ("2022年政府工作报告", "work_report"),
        ("某区2022年国民经济和社会发展统计公报", "statistics"),
        ("一图读懂某局2022年政府信息公开工作年度报告", "explanation"),
        ("图解：某局2022年政府信息公开工作年度报告", "explanation"),
        ("【解读】某局2022年政府信息公开工作年度报告", "explanation"),
        ("《某局2022年政府信息公开工作年度报告》解读", "explanation"),
        ("某局政府信息公开指南", "guide"),
        ("关于做好2022年政府信息公开工作年度报告编制工作的通知", "notice"),
        ("某市2023年政务公开工作要点", "plan"),
        ("某市召开政务公开工作推进会", "news"),
        ("某市按时发布2022年政府信息公开工作年度报告", "news"),
        ("某局2022年政府信息公开工作年度报告（模板）", "template"),
        ("政府信息公开工作年度报告范本", "template"),
        ("中华人民共和国政府信息公开工作年度报告格式", "template"),
        ("某大学2021—2022学年信息公开年度报告", "school_report"),
        ("某医院2022年质量报告", "quality_report"),
    ],
)
def test_look_alikes(title: str, expected: str) -> None:
    assert code(page(title, LONG)) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("青岛大学2022年信息公开工作年度报告", "institution_disclosure"),
        ("市立医院关于2022年度信息公开工作情况的报告", "institution_disclosure"),
        ("水务集团有限公司信息公开年度报告（2022年）", "institution_disclosure"),
        ("青岛大学2022年政府信息公开工作年度报告", None),
        ("大学城管理委员会2022年信息公开工作年度报告", None),
        ("学院路街道办事处2022年信息公开年度报告", None),
        ("某局2022年上半年政府信息公开工作总结", "part_of_year"),
        ("某局2022年第三季度政府信息公开情况报告", "part_of_year"),
        ("某局2022年1—6月政府信息公开工作情况报告", "part_of_year"),
    ],
)
def test_bodies_under_other_rules_and_parts_of_a_year(title: str, expected: str | None) -> None:
    headings = ("一、概述", "二、主动公开情况", "三、依申请公开情况", "四、存在的问题和改进措施")
    assert code(page(title, *(text for heading in headings for text in (heading, LONG)))) == expected


def test_half_a_year_in_the_statutory_tables() -> None:
    title = "某局2022年上半年政府信息公开工作报告"
    assert code(whole("2021", title)) == "part_of_year"
    stated = Paragraph("本报告所列数据的统计期限自2022年1月1日起至2022年12月31日止。")
    made = whole("2021", title)
    assert code(replace(made, blocks=(*made.blocks, stated))) is None


def test_a_short_list_of_reports() -> None:
    rows = tuple(f"某局{year}年政府信息公开工作年度报告 {year + 1}-01-20" for year in (2020, 2021, 2022))
    blocks = tuple(Paragraph(row, main=False) for row in rows)
    assert code(replace(page("政府信息公开年报", links=3), blocks=blocks)) == "list_page"


def test_a_look_alike_with_headings_of_its_own() -> None:
    own = [
        "一、主要举措和成效",
        LONG,
        "二、存在的主要问题",
        LONG,
        "三、下一步工作打算",
        LONG,
        "四、其他需要报告的事项",
        LONG,
    ]
    assert code(page("某市2022年法治政府建设年度报告", *own)) == "rule_of_law_report"


def test_names_of_bodies_are_not_taken_for_look_alikes() -> None:
    for body in ("某市教育考核评估中心", "某省干部培训会务中心", "某市预算公开评审办", "某市政府调研室"):
        assert code(page(f"{body}2009年政府信息公开工作年度报告", LONG)) is None


def test_templates() -> None:
    empty = dict.fromkeys(random_values("2021", Random(3)), "")
    tables = [grid(rows) for rows in form_rows("2021", empty).values()]
    assert code(document("××局××年政府信息公开工作年度报告", *tables)) == "template"
    headings = [f"{number}、{heading}" for number, heading in zip("一二三四五六", SIX, strict=True)]
    assert code(page("政府信息公开工作年度报告", *headings)) == "template"


@pytest.mark.parametrize("stand_in", ["N", "××", "XX", "___"])
def test_what_holds_the_place_of_numbers_is_no_number(stand_in: str) -> None:
    rows = form_rows("2021", random_values("2021", Random(3)))
    tables = [grid(change_texts(part, lambda text: stand_in if text.isdigit() else text)) for part in rows.values()]
    assert code(document("某局2022年政府信息公开工作年度报告", *tables)) == "template"


def old_report(*texts: str) -> list[str]:
    headings = ("概述", "主动公开政府信息情况", "依申请公开情况", "收费及减免情况", "行政复议情况", "存在的问题")
    return [
        line
        for number, pair in zip("一二三四五六", zip(headings, texts, strict=True), strict=True)
        for line in (f"{number}、{pair[0]}", pair[1])
    ]


def test_a_few_words_with_figures_or_a_signature_are_a_report() -> None:
    title = "某局2009年政府信息公开工作年度报告"
    counted = old_report("认真落实条例。", "全年公开120条。", "收到申请3件。", "无。", "无。", "力量不足。")
    silent = old_report("认真落实条例。", "已公开。", "未收到申请。", "无。", "无。", "力量不足。")
    to_fill_in = old_report("20××年落实条例。", "公开120条。", "收到申请××件。", "无。", "无。", "力量不足。")
    assert code(page(title, *counted)) is None
    assert code(page(title, *silent, "某局", "2010年3月1日")) is None
    assert code(page(title, *silent)) == "template"
    assert code(page(title, *to_fill_in, "某局", "2010年3月1日")) == "template"


def test_a_report_that_lost_its_tables_names_the_year_of_its_title() -> None:
    title = "某局2022年政府信息公开工作年度报告"
    headings = [f"{number}、{heading}" for number, heading in zip("一二三四五六", SIX, strict=True)]
    first, fifth, sixth = ("2022年，我局落实条例。", "公开不够及时。", "无其他事项。")
    text = [headings[0], first, *headings[1:5], fifth, headings[5], sixth]
    assert code(page(title, *text)) is None
    assert code(page(title, *(line.replace("2022年，", "") for line in text))) == "template"


def test_blank_tables_in_a_report_that_is_written_and_signed() -> None:
    empty = dict.fromkeys(random_values("2021", Random(3)), "")
    tables = [grid(rows) for rows in form_rows("2021", empty).values()]
    title = "某镇2022年政府信息公开工作年度报告"
    text = ["一、总体情况", "全年平稳。", "五、存在的主要问题及改进情况", "人手不足。", "某镇人民政府", "2023年1月5日"]
    assert code(document(title, *text, *tables, title=title)) is None
    assert code(document(title, *tables, title=title)) == "template"


def test_permits_and_penalties_alone_are_no_report() -> None:
    head = ["信息内容", "本年处理决定数量"]
    rows = [head, ["行政许可", "100"], ["行政处罚", "30"], ["行政强制", "3"]]
    title = "某市行政执法统计年报（2022年度）"
    assert code(document(title, grid(rows), title=title)) == "other"
    assert code(document(title, grid([["第二十条第（五）项", ""], *rows]), title=title)) is None


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("用户登录", "账号 密码 登录", "login_page"),
        ("系统提示", "抱歉，系统发生错误，请稍后再试！", "error_page"),
        ("安全验证", "请完成安全验证后继续访问", "error_page"),
        ("访问提示", "您的请求可能存在威胁，已被拦截！", "error_page"),
    ],
)
def test_pages_that_servers_put_before_others(title: str, text: str, expected: str) -> None:
    assert code(page(title, text, links=8)) == expected


def test_a_list_without_any_text_beside_its_links() -> None:
    links = Paragraph("某局2021年政府信息公开工作年度报告", main=False)
    titles = (("title", "政府信息公开年报"),)
    assert code(Document("text/html", titles, blocks=(links,) * 9, links=9)) == "list_page"
    assert code(Document("text/html", titles, blocks=(links,) * 2, links=2)) == "no_content"


def test_a_short_narrative_is_dated_and_counts_something() -> None:
    title = "某局2009年政府信息公开工作总结"
    short = "2009年，我局主动公开信息120条，收到申请0件。"
    assert code(page(title, short, "某局", "2010年2月1日")) is None
    assert code(page(title, short)) == "other"
    assert code(page(title, "我局主动公开信息，收到申请。", "某局", "2010年2月1日")) == "other"


def test_a_report_of_marks_is_no_template() -> None:
    rows = form_rows("2021", random_values("2021", Random(3)))
    tables = [grid(change_texts(part, lambda text: "/" if text.isdigit() else text)) for part in rows.values()]
    assert code(document(*report(), *tables)) is None


def test_a_list_that_says_how_each_report_begins() -> None:
    rows = [Paragraph(f"某局{year}年政府信息公开工作年度报告", main=False) for year in range(2015, 2022)]
    made = replace(page("政府信息公开年报", LONG * 3 + "主动公开，申请，复议。"), links=7)
    assert code(replace(made, blocks=(*made.blocks, *rows))) == "list_page"
    assert code(made) is None


def test_the_requests_alone_under_a_title_that_says_so() -> None:
    table = grid(form_rows("2021", random_values("2021", Random(3)))["requests"])
    assert code(document(table, title="某局2022年依申请公开情况统计表")) == "request_statistics"
    assert code(document(table, title="某局2022年度")) is None


def test_a_list_with_a_file_among_its_rows_announces_nothing() -> None:
    file = Attachment("http://example.gov.cn/jyj.pdf", "某市教育局2021年政府信息公开工作年度报告")
    rows = [f"某市某局{year}年政府信息公开工作年度报告 {year + 1}-01-20" for year in range(2015, 2022)]
    assert code(page("政府信息公开年报", *rows, attachments=(file,), links=13)) == "list_page"
    assert code(page("某局2022年政府信息公开工作年度报告", attachments=(file,), links=6)) == "attachment_only"


def test_only_a_file() -> None:
    file = Attachment("http://example.gov.cn/W020230120.pdf", "某局2022年政府信息公开工作年度报告.pdf")
    assert (
        code(page("某局2022年政府信息公开工作年度报告", "发布日期：2023-01-20", attachments=(file,)))
        == "attachment_only"
    )
    unnamed = Attachment("http://example.gov.cn/W020230120.pdf", "点击下载")
    assert code(page("某局2022年政府信息公开工作年度报告", attachments=(unnamed,))) == "attachment_only"
    assert code(page("关于某会议的通知", attachments=(unnamed,))) != "attachment_only"


def test_only_pictures() -> None:
    assert code(page("某局2022年政府信息公开工作年度报告", images=5)) == "image_only"


def test_corrections() -> None:
    assert code(page("关于某局2022年政府信息公开工作年度报告的更正说明", "附表有误，现予更正。")) == "correction_notice"


def test_error_pages_and_empty_pages() -> None:
    assert code(page("404 Not Found", "nginx")) == "error_page"
    assert code(page("系统提示", "您访问的页面不存在或已删除")) == "error_page"
    assert code(page("提示", "系统繁忙，请稍后再试")) == "error_page"
    assert code(Document("text/html")) == "no_content"
    assert (
        code(page("某局2022年政府信息公开工作年度报告", "对不起，您要访问的页面不存在！3秒后返回首页")) == "error_page"
    )
    assert code(page("某局2022年政府信息公开工作年度报告", "联系电话：0532-4041234")) == "other"


@pytest.mark.parametrize(
    ("title", "links", "expected"),
    [
        ("某县政府网站工作年度报表（2023年度）", 0, "website_report"),
        ("政府信息公开年度报告", 8, "list_page"),
        ("某局2023年行政执法统计年报", 0, "other"),
    ],
)
def test_a_page_that_is_one_table_is_told_by_its_title_and_links(title: str, links: int, expected: str) -> None:
    table = grid([[f"第{number}项", str(number)] for number in range(8)])
    made = Document("text/html", (("h1", title),), blocks=(Paragraph(title), table), links=links)
    assert code(made) == expected


def test_lists_and_entrances() -> None:
    rows = [f"某局{year}年政府信息公开工作年度报告 {year + 1}-01-20" for year in range(2012, 2023)]
    assert code(page("政府信息公开年报", *rows, links=11)) == "list_page"
    entries = ["政务公开", "办事服务", "互动交流", "走进某市"] * 20
    assert code(page("某市人民政府门户网站", *entries, links=80)) == "home_page"


def test_news_that_cites_a_table_is_news() -> None:
    rows = [
        ["", "本年制发件数", "本年废止件数", "现行有效件数"],
        ["规章", "0", "0", "1"],
        ["行政规范性文件", "1", "0", "3"],
    ]
    made = document("某市召开政务公开会议", LONG, grid(rows), title="某市召开政务公开会议")
    assert code(made) == "news"


def test_a_notice_with_the_empty_form_is_a_template() -> None:
    empty = dict.fromkeys(random_values("2021", Random(3)), "")
    tables = [grid(rows) for rows in form_rows("2021", empty).values()]
    title = "关于印发政府信息公开工作年度报告格式的通知"
    made = document(title, *report(between=(LONG,)), *tables, title=title)
    assert code(made) == "template"


def test_tables_that_can_not_be_read_are_no_template() -> None:
    rows = form_rows("2021", random_values("2021", Random(3)))["requests"][3:]
    assert code(document(grid(rows))) is None
