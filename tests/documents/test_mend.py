"""Repairs of damaged text: made where they are certain, named, and never at a number's expense."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.documents.chinese import is_traditional, simplified, traditional
from pipelines.documents.lexicon import WORDS
from pipelines.documents.mend import mend, mend_document
from pipelines.documents.model import Document, GridCell, Paragraph, Table

SOUND = (
    "根据《中华人民共和国政府信息公开条例》（国办公开办函〔2019〕60号），2021年公开信息30条(kg)，乾县、余杭区的著作？\n"
    "邮箱：a@b.gov.cn，网址 http://sw.example.gov.cn/?id=1&lt=2，增长12.5%。为什么?我们认为可以。"
)


def shifted(text: str) -> str:
    """What the text looks like when its first byte is lost and the rest is read as GBK: undefined pairs vanish."""
    stream = text.encode("gbk")[1:]
    shown, place = "?", 0
    while place < len(stream):
        if stream[place] <= 0x80:
            shown += chr(stream[place]) if stream[place] < 0x80 else "€"
            return shown + stream[place + 1 :].decode("gbk")
        shown += stream[place : place + 2].decode("gbk", "ignore") if place + 1 < len(stream) else "?"
        place += 2
    return shown


def test_sound_text_is_left_alone() -> None:
    assert mend(SOUND) == (SOUND, (), ())


@pytest.mark.parametrize(
    ("damaged", "text"),
    [
        ("⼀、⾏政许可⼗⼆件，⼈⺠政府⻔户⽹站⻓期⽤", "一、行政许可十二件，人民政府门户网站长期用"),
        ("政府信息公(gong)開，衛(wèi)生健康委員會報告", "政府信息公开，卫生健康委员会报告"),
        ("導(dǎo)航：關(guān)于信息發(fā)布", "导航：关于信息发布"),
        ("規(gui1)章公開", "规(gui1)章公开"),
    ],
)
def test_traditional_characters_with_their_pronunciation(damaged: str, text: str) -> None:
    assert mend(damaged * 3).text == text * 3


def test_latin_in_brackets_is_no_pronunciation() -> None:
    text = "重量(kg)、面积(亩)、单位(OA)、微博(APP)"
    assert mend(text).text == text


def test_names_survive_the_conversion() -> None:
    text = traditional("乾县、余杭区、范县、于洪区、后勤、瞭望、著作、征收行政复议情况报告")
    assert is_traditional(text)
    assert simplified(text) == "乾县、余杭区、范县、于洪区、后勤、瞭望、著作、征收行政复议情况报告"


def test_a_traditional_name_in_a_simplified_text_is_no_reason_to_convert() -> None:
    text = "根据条例规定，我局与臺灣同胞聯誼會开展信息公开工作，报告审查情况，办理建议议案。"
    assert mend(text).repairs == ()


@pytest.mark.parametrize(
    ("before", "text", "after"),
    [
        ("前文。\n", "（五）建立健全信息公开", "工作机制情况报告"),
        ("开展“青岛楷", "模”及一线", "医务人员学习宣传活动，发布报告"),
        ("前文。\n", "　（二）完善政务公开制度，落实国务院办公厅关于推进政府信息公开", "工作报告"),
    ],
)
def test_gbk_read_one_byte_off(before: str, text: str, after: str) -> None:
    damaged = traditional(before) + shifted(traditional(text)) + traditional(after)
    assert "?" in damaged
    mended = mend(damaged)
    assert mended.text == before + text + after
    assert mended.repairs == ("mojibake", "simplified")


@pytest.mark.parametrize("text", ["（三）全面推进主动公开", "（五）建立健全信息公开工作机制"])
def test_a_run_that_can_be_read_in_two_ways_is_left(text: str) -> None:
    damaged = f"前文。\n{shifted(text)}\n后文"
    assert mend(damaged) == (damaged, (), (("mojibake", "1 runs of wrongly decoded characters could not be mended"),))


def test_what_cannot_be_mended_is_counted() -> None:
    mended = mend("信息?ㄎ澹┙ぷ髻�公开")
    assert mended.repairs == ()
    assert dict(mended.notes)["mojibake"].split()[0].isdigit()


def test_utf8_read_as_latin_or_gbk() -> None:
    text = "政府信息公开工作年度报告，总体情况如下："
    assert mend(text.encode().decode("latin-1")).text == text
    mended = mend(text.encode().decode("gb18030", "replace"))
    assert mended.text.startswith("政府信息")
    assert "工作年度报告，" in mended.text


@pytest.mark.parametrize(
    ("damaged", "text"),
    [
        ("办结。</p>", "办结。"),
        ("办结<br/>。<span style='x'>附件</span>", "办结。附件"),
        ("共 30&amp;nbsp;条&nbsp;。", "共 30 条 。"),
        ("&amp;ldquo;五公开&amp;rdquo;", "“五公开”"),
        ("&#48;条", "&#48;条"),
        ("办结?!?/p>", "办结。"),
    ],
)
def test_markup_that_shows_as_text(damaged: str, text: str) -> None:
    assert mend(damaged).text == text


_DAMAGE = "0 12 ３４ 5,678 公(gong)開 導(dǎo) ? � ㄎ ┙ ⒔ € _ </p> &amp;nbsp; &#49; 鏀垮簻 锛 æ”¿ | \x1e"
FRAGMENTS = st.sampled_from([*sorted(WORDS)[:40], *_DAMAGE.split(" "), "\n"])


@given(st.lists(FRAGMENTS, max_size=30).map("".join) | st.text(max_size=60))
def test_no_repair_creates_changes_or_drops_a_digit(text: str) -> None:
    mended = mend(text)
    assert re.findall("[0-9０-９]", mended.text) == re.findall("[0-9０-９]", text)


def test_a_document_is_mended_as_a_whole() -> None:
    table = Table((GridCell("規(guī)章", 0, 0), GridCell("12", 0, 1)), 1, 2)
    document = mend_document(
        Document(
            "application/pdf",
            titles=(("text", "信息公開年度報告"),),
            blocks=(Paragraph("總體情況關(guān)于"), table),
            repairs=("unhyphenated",),
        )
    )
    assert document.title == "信息公开年度报告"
    assert [paragraph.text for paragraph in document.paragraphs] == ["总体情况关于"]
    assert [cell.text for cell in document.tables[0].cells] == ["规章", "12"]
    assert document.repairs == ("unhyphenated", "annotations_removed", "simplified")
