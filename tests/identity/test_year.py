"""The statistical year, and what is said where its sources disagree."""

import pytest

from pipelines.identity.year import title_year
from tests.identity.pages import NOWHERE, TEXT, identity, page


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("青岛市2019年政府信息公开工作年度报告", 2019),
        ("青岛市2019 年度政府信息公开工作年度报告", 2019),
        ("政府信息公开工作年度报告（2016年）", 2016),
        ("政府信息公开工作年度报告(2016)", 2016),
        ("政府信息公开年度报告（2016年度）", 2016),
        ("二〇一九年政府信息公开工作年度报告", 2019),
        ("二○一九年政府信息公开工作年度报告", 2019),
        ("二O一九年政府信息公开工作年度报告", 2019),
        ("二零一九年度政府信息公开工作年度报告", 2019),
        ("２０１９年政府信息公开工作年度报告", 2019),
        ("2018年度", 2018),
        ("2020年度政府信息公开工作年度报告（2021年1月20日发布）", 2020),
        ("2021年1月发布2020年报告", 2020),
        ("2021年发布2020年度政府信息公开工作年度报告", 2020),
        ("关于印发2021年政府信息公开工作年度报告的通知", 2021),
        ("按国办公开办函〔2019〕60号编制的2020年政府信息公开工作年度报告", 2020),
        ("青岛市2008年至2012年政府信息公开工作总结", None),
        ("青岛市2008年5月1日至12月31日政府信息公开工作年度报告", 2008),
        ("青岛市2008年5月1日—2008年12月31日政府信息公开工作年度报告", 2008),
        ("青岛市2008年5月1日至2009年12月31日政府信息公开工作报告", None),
        ("青岛市20年政府信息公开年报", 2020),
        ("青岛市政府信息公开条例实施10年工作总结", None),
        ("政府信息公开工作年度报告", None),
        ("附件20210131政府信息公开工作年度报告", None),
    ],
)
def test_the_year_of_a_title(title: str, expected: int | None) -> None:
    assert title_year(title) == expected


def test_a_bare_year_is_the_title_of_a_leaf_in_a_tree_of_years() -> None:
    found = identity(page(TEXT, title="2022年度", fields={"发布机构": "山亭区统计局"}))
    assert (found.year, found.title) == (2022, "2022年度")


def rules(*blocks: str, title: str = "", url: str = NOWHERE, **marks: dict[str, str]) -> tuple[int | None, list[str]]:
    found = identity(page(*blocks, title=title, **marks), url)
    return found.year, [finding.rule for finding in found.findings if finding.rule.startswith("dates")]


TITLE = "山亭区统计局{}年政府信息公开工作年度报告"
PERIOD = "本报告所列数据的统计期限自{0}年1月1日起至{0}年12月31日止。"


def test_sources_that_agree_make_no_finding() -> None:
    assert rules(PERIOD.format(2020), TEXT, "山亭区统计局", "2021年1月20日", title=TITLE.format(2020)) == (2020, [])


def test_a_title_against_the_period_is_decided_by_the_dates_and_said() -> None:
    signed = ("一、总体情况", TEXT, "山亭区统计局", "2021年1月20日")
    assert rules(PERIOD.format(2020), *signed, title=TITLE.format(2021)) == (2020, ["dates.year"])
    assert rules(PERIOD.format(2019), *signed, title=TITLE.format(2020)) == (2020, ["dates.year"])


def test_a_publication_before_the_year_is_over_is_said() -> None:
    assert rules(TEXT, title=TITLE.format(2021), fields={"发布日期": "2021-01-20"}) == (2021, ["dates.year"])
    assert rules(TEXT, title=TITLE.format(2020), fields={"发布日期": "2021-01-20"}) == (2020, [])
    assert rules(TEXT, title=TITLE.format(2014), fields={"发布日期": "2018-06-20"}) == (2014, [])


def test_title_and_period_outweigh_a_wrong_signature() -> None:
    signed = ("一、概述", TEXT, "山亭区统计局", "2019年1月16日")
    assert rules(PERIOD.format(2019), *signed, title=TITLE.format(2019)) == (2019, [])


def test_a_title_is_no_second_witness_where_it_is_printed_above_the_text() -> None:
    title = TITLE.format(2022)
    opening = "根据《中华人民共和国政府信息公开条例》规定，现公布2023年度政府信息公开工作年度报告。"
    signed = ("一、总体情况", TEXT, "山亭区统计局", "2024年1月18日")
    assert rules(title, opening + PERIOD.format(2023), *signed, title=title) == (2023, ["dates.year"])


def test_the_finding_names_both_years() -> None:
    found = identity(page(PERIOD.format(2018), TEXT, title=TITLE.format(2020)))
    finding = next(finding for finding in found.findings if finding.rule == "dates.year")
    assert finding.severity == "warning"
    assert "2018" in finding.message and "2020" in finding.message
    assert "2018" in finding.message_zh and "2020" in finding.message_zh


def test_the_text_tells_where_the_title_is_silent() -> None:
    title = "山亭区统计局政府信息公开工作年度报告"
    assert rules("现将2017年度政府信息公开工作情况报告如下。", title=title) == (2017, [])
    running = "2017年，区统计局强化组织领导。2017年共公开信息20条。2017年未收到申请。2018年将继续努力。"
    assert rules(running, title=title) == (2017, [])


def test_a_cited_notice_of_another_year_says_nothing() -> None:
    text = "按照《关于做好2019年政府信息公开工作年度报告的通知》要求，现将2020年度政府信息公开工作情况报告如下。"
    assert rules(text, title=TITLE.format(2020)) == (2020, [])


def test_the_date_is_the_last_resort_and_said() -> None:
    title = "山亭区统计局政府信息公开工作年度报告"
    assert rules(TEXT, title=title, fields={"发布日期": "2019-03-20"}) == (2018, ["dates.year"])
    assert rules(TEXT, title=title) == (None, ["dates.year"])


def test_a_year_after_the_capture_is_not_believed() -> None:
    year, _ = rules("本报告统计期限自2025年1月1日至2025年12月31日。", title=TITLE.format(2052))
    assert year == 2025


def test_a_period_over_several_years_is_no_year() -> None:
    year, _ = rules("自2008年1月1日至2012年12月31日，共公开信息100条。", title=TITLE.format(2012))
    assert year == 2012
