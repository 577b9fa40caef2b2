"""Which titles are annual reports, and why the others are not."""

import pytest

from crawler.portals.select import judge, reads_like_report

REPORTS = """
青石市2019年政府信息公开工作年度报告
青石市2018年政府信息公开年度报告
政府信息公开工作年度报告（2015年度）
2023年度青石县教育局政府信息公开工作报告
青石市卫健委2022年信息公开年报
2023年政府信息公开工作年度报告（图片版）
青石县2020年政府信息公开年度报告（超链版）.pdf
关于2010年政府信息公开工作情况的报告
白河镇2019年政府信息公开工作年度...
二〇一九年政府信息公开工作年度报告
二○一○年度信息公开年度报告
云台街道办事处政府信息公开工作年度报告(2021)
2008年政务公开工作年度报告
青石市统计局2023年政府信息公开工作年度报告
青石市审计局2023年政府信息公开工作年度报告
青石市绩效管理办公室2021年政府信息公开年度报告
青石市法治政府建设领导小组办公室2023年政府信息公开工作年度报告
青石县纪律检查委员会2021年信息公开年报
国际会议中心管理处2021年政府信息公开年度报告
关于2019年政府信息公开工作年度报告的更正
关于印发2012年政府信息公开工作年度报告的通知
青石市第一中学2021年政府信息公开工作年度报告
政府 信息 公开\u3000工作 年度 报告
· 青石市2021年政府信息公开工作年度报告 2022-01-20
青石市2021年政府資訊公開年報
""".strip().splitlines()

LOOKALIKES = {
    "2023年法治政府建设年度报告": "law_based_government",
    "青石县司法局2023年度法治政府建设报告": "law_based_government",
    "青石区2023年政府工作报告": "work_report",
    "青石区2023年部门决算公开": "budget",
    "2023年政府网站工作年度报表": "website_statistics",
    "青石市政府网站与政务新媒体2023年度工作报表": "website_statistics",
    "2023年国民经济和社会发展统计公报": "statistics",
    "青石市博物馆事业单位法人年度报告书": "legal_person_report",
    "青石中学2022-2023学年信息公开年度报告": "school",
    "青石大学信息公开年度报告": "school",
    "青石市人民医院2023年质量报告": "quality_report",
    "2023年政务公开工作要点": "instruction",
    "关于做好2023年政府信息公开工作年度报告编制发布工作的通知": "instruction",
    "图解：2023年政府信息公开年报": "infographic",
    "一图读懂青石市2023年政府信息公开工作年度报告": "infographic",
    "青石高新区2023年政府信息公开工作年度报告解读": "commentary",
    "青石市召开政府信息公开培训会": "commentary",
    "青石市召开2020年度工作会议": "commentary",
}


@pytest.mark.parametrize("title", REPORTS)
def test_reports_are_taken_wherever_they_stand(title: str) -> None:
    assert judge(title).rule == judge(title, column=True).rule == "report"


@pytest.mark.parametrize(("title", "rule"), LOOKALIKES.items())
def test_lookalikes_are_refused_by_name_even_in_the_column(title: str, rule: str) -> None:
    for verdict in (judge(title), judge(title, column=True)):
        assert (verdict.take, verdict.rule) == (False, rule)


@pytest.mark.parametrize(
    "title", ["2023年度", "2023年", "2023年度报告", "年度报告", "青石县教育局2023年度报告", "202301.pdf"]
)
def test_bare_titles_are_reports_in_the_column_alone(title: str) -> None:
    assert judge(title, column=True).rule == "column"
    assert not judge(title).take


def test_a_body_s_name_is_doubtful_in_the_column_and_news_are_refused() -> None:
    assert judge("县教育局", column=True).rule == "ambiguous"
    assert not judge("县教育局").take
    assert judge("恩泽生态示范区：栽下梧桐引凤来", column=True).rule == "other_title"
    assert judge(" ", column=True).rule == "untitled"


def test_the_sections_tell_a_report() -> None:
    assert reads_like_report("一、总体情况…二、主动公开政府信息情况…三、收到和处理政府信息公开申请情况")
    assert reads_like_report("一、概述二、主动公开政府信息的情况三、依申请公开政府信息情况四、存在的主要问题")
    assert not reads_like_report("一、总体情况二、国民经济三、存在的主要问题")
