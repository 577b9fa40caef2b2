"""The signature at the end of the text, and the day of publication."""

from datetime import date

import pytest

from pipelines.documents.model import GridCell, Table
from tests.identity.pages import NOWHERE, TABLE, TEXT, identity, page


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["山亭区统计局", "2021年1月31日"], date(2021, 1, 31)),
        (["山亭区统计局", "2021 年 01 月 31 日"], date(2021, 1, 31)),
        (["山亭区统计局 2021年1月31日"], date(2021, 1, 31)),
        (["山亭区统计局2021年1月31日"], date(2021, 1, 31)),
        (["（2021年1月31日）"], date(2021, 1, 31)),
        (["山亭区统计局", "2021.1.31"], date(2021, 1, 31)),
        (["山亭区统计局", "2021-01-31"], date(2021, 1, 31)),
        (["山亭区统计局", "２０２１年１月３１日"], date(2021, 1, 31)),
        (["山亭区统计局", "二〇二一年一月三十一日"], date(2021, 1, 31)),
        (["山亭区统计局", "二○二一年元月三十一日"], date(2021, 1, 31)),
        (["山亭区统计局", "二O二一年十二月廿五日"], date(2021, 12, 25)),
        (["山亭区统计局", "2021年1月31日", "扫一扫在手机打开当前页"], date(2021, 1, 31)),
        (["山亭区统计局", "2021年1月31日", "附件：政府信息公开情况统计表", TABLE], date(2021, 1, 31)),
        (
            ["山亭区统计局", "2019年1月16日", "附件", "统计指标", "一、主动公开政府信息情况及其他有关的各项统计", TEXT],
            date(2019, 1, 16),
        ),
        (["山亭区统计局", "2021年1月31日", TABLE], date(2021, 1, 31)),
        (["山亭区统计局", "2021年1月31日（印章）"], date(2021, 1, 31)),
        (["山亭区统计局", "2021年1月31日（盖章）"], date(2021, 1, 31)),
        (["山亭区统计局（公章） 2021年1月31日"], date(2021, 1, 31)),
        (["山亭区统计局", "2021年1月31日（此件公开发布）"], date(2021, 1, 31)),
        (["收费情况", "2021年1月31日（星期日）召开会议"], None),
        (["各项工作取得了实效，群众满意度进一步提高。山亭区统计局2021年1月31日"], date(2021, 1, 31)),
        (["山亭区统计局", "2021年1月31日", "（此件公开发布）"], date(2021, 1, 31)),
        (["山亭区统计局", "2021年1月31日", "更新时间：2021-02-03"], date(2021, 1, 31)),
        (["发布日期：2021-02-03"], None),
        (["发布日期：2021年2月3日"], None),
        (["以上数据截止2020年12月31日"], None),
        (["山亭区统计局", "2021年1月"], None),
        (["山亭区统计局", "2021年2月31日"], None),
        (["2021年1月31日召开会议。"], None),
        (["2021年1月31日", TEXT, "二、主动公开政府信息情况说明及其他", TEXT], None),
        ([], None),
    ],
)
def test_the_signature_is_the_date_at_the_end_of_the_text(lines: list[str | Table], expected: date | None) -> None:
    found = identity(page("山亭区统计局2020年政府信息公开工作年度报告", TEXT, "一、总体情况", TEXT, *lines))
    assert found.signed == expected


def test_a_signature_that_an_editor_took_into_the_annex() -> None:
    def table(*rows: str) -> Table:
        single = tuple(GridCell(text, row, 0, 1, 2) for row, text in enumerate(rows))
        pair = (GridCell("规章", len(rows), 0), GridCell("0", len(rows), 1))
        return Table((*single, *pair), len(rows) + 1, 2)

    title = "山亭区统计局2016年政府信息公开工作年度报告"
    taken = table("山亭区统计局", "2017年1月18日", "附件", "政府信息公开情况统计表")
    assert identity(page(title, TEXT, taken)).signed == date(2017, 1, 18)
    own = table("政府信息公开情况统计表", "2017年1月18日", "附件说明")
    assert identity(page(title, TEXT, own)).signed is None
    assert identity(page(title, TEXT, table("山亭区统计局", "2017年1月18日"))).signed is None


def test_a_date_below_the_title_is_no_signature() -> None:
    found = identity(page("山亭区统计局2020年政府信息公开工作年度报告", "2021年1月31日", "一、总体情况", TEXT))
    assert found.signed is None


def test_short_sentences_are_a_text_to_sign() -> None:
    sentences = ("一、概述", "2009年主动公开信息52条。", "二、依申请公开情况", "未收到申请。")
    title = "山亭区统计局2009年政府信息公开工作年度报告"
    assert identity(page(title, *sentences, "山亭区统计局", "二〇一〇年三月一日")).signed == date(2010, 3, 1)


@pytest.mark.parametrize(
    ("fields", "around", "meta", "url", "expected"),
    [
        ({"发布日期": "2021-01-29"}, (), {"pubdate": "2021-02-02 10:00"}, NOWHERE, date(2021, 1, 29)),
        ({"成文日期": "2021-01-20"}, ("发布时间：2021-01-28 09:30 来源：统计局",), {}, NOWHERE, date(2021, 1, 28)),
        ({}, (), {"pubdate": "2021-02-02 10:00"}, NOWHERE, date(2021, 2, 2)),
        ({}, ("来源：统计局 时间：2021-01-28 17:08 阅读次数：12",), {}, NOWHERE, date(2021, 1, 28)),
        ({}, ("本栏目编辑发布访问情况：统计自2021年1月1日起。",), {}, NOWHERE, None),
        ({}, ("2021-01-27 作者：佚名 点击数：3",), {"pubdate": "2021-02-02"}, NOWHERE, date(2021, 1, 27)),
        ({}, (), {}, "http://a.gov.cn/zfxxgknb/202101/t20210130_123.html", date(2021, 1, 30)),
        ({}, (), {}, "http://a.gov.cn/art/2021/1/30/art_12_3.html", date(2021, 1, 30)),
        ({}, (), {}, "http://a.gov.cn/art/2021/art_0123456789abcdef.html", None),
        ({"发布日期": "2099-01-01"}, (), {"pubdate": "2021-02-02"}, NOWHERE, date(2021, 2, 2)),
        ({"发布日期": "20210131"}, (), {}, NOWHERE, date(2021, 1, 31)),
        ({"发布日期": "null"}, (), {"pubdate": ""}, NOWHERE, None),
    ],
)
def test_the_day_of_publication(
    fields: dict[str, str], around: tuple[str, ...], meta: dict[str, str], url: str, expected: date | None
) -> None:
    document = page("山亭区统计局2020年政府信息公开工作年度报告", TEXT, fields=fields, around=around, meta=meta)
    assert identity(document, url).published == expected
