"""Running text of a PDF: which lines make one paragraph."""

import pytest

from pipelines.documents import extract
from tests.documents.paper import Paper

LONG = "本年度我局认真贯彻落实条例要求，坚持以公开为常态、不公开为例外，全年主动公开政府信息一百五十三条，" * 3


def paragraphs(paper: Paper) -> list[str]:
    return [paragraph.text for paragraph in extract(paper.bytes(), url="http://example.gov.cn/a.pdf").paragraphs]


def test_lines_are_joined_to_paragraphs_and_over_pages() -> None:
    paper = Paper()
    y = paper.paragraph(80, LONG)
    y = paper.paragraph(y, "二、主动公开情况")
    lines = ["收到申请12件，", "均已办结，"]
    y = paper.paragraph(y, LONG)
    paper.next_page()
    paper.paragraph(80, "".join(lines))
    assert paragraphs(paper) == [LONG, "二、主动公开情况", LONG, "".join(lines)]


def test_a_paragraph_goes_on_over_the_page() -> None:
    paper = Paper()
    paper.text(84, 700, "截至年底，我局共收到政府信息公开申请十二件，其中网络申请八件，当", 12)
    paper.text(60, 718, "面申请四件，均在法定期限内办结，其中予以公开的十件、部分公开的一件、", 12)
    paper.next_page()
    paper.text(60, 80, "不予公开的一件。", 12)
    (text,) = paragraphs(paper)
    assert text.endswith("部分公开的一件、不予公开的一件。")


@pytest.mark.parametrize("heading", ["一、总体情况", "（二）依申请公开", "3.加强培训", "第四部分 其他事项"])
@pytest.mark.parametrize("left", [60, 84])
def test_a_heading_below_a_full_line_is_its_own_paragraph(heading: str, left: int) -> None:
    """Where all lines begin at one place, neither an indent nor an early end tells the heading."""
    full = "本报告所列数据的统计期限自二〇二一年一月一日起至二〇二一年十二月三十一日止。"
    paper = Paper()
    for row, line in enumerate((full.replace("。", "，"), full, heading, full)):
        paper.text(left, 80 + 18 * row, line, 12)
    assert paragraphs(paper) == [full.replace("。", "，") + full, heading, full]


def test_a_numbered_item_named_in_a_sentence_starts_nothing() -> None:
    paper = Paper()
    paper.text(60, 80, "有两件申请的内容属于条例第三十六条第（五）项和国务院办公厅通知第二部分", 12)
    paper.text(60, 98, "（一）所说的情形，因此未予公开，并且已经向申请人说明了不予公开的理由。", 12)
    assert len(paragraphs(paper)) == 1


def test_the_date_below_the_signature_is_its_own_line() -> None:
    paper = Paper()
    paper.paragraph(80, LONG)
    paper.text(454, 200, "某某市民政局", 12)
    paper.text(450, 218, "2022年1月18日", 12)
    assert paragraphs(paper)[1:] == ["某某市民政局", "2022年1月18日"]


def test_what_follows_a_date_at_the_right_margin_is_its_own_paragraph() -> None:
    paper = Paper()
    y = paper.paragraph(80, LONG)
    paper.text(451, y, "2022年1月18日", 12)
    paper.text(60, y + 18, "附件：政府信息公开情况统计表", 12)
    assert paragraphs(paper)[1:] == ["2022年1月18日", "附件：政府信息公开情况统计表"]
