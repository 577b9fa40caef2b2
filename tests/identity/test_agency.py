"""Whose report it is: who wins, what is left open, what is said."""

import pytest

from config.site import Site
from pipelines.report import Agency
from tests.identity.pages import NOWHERE, TEXT, identity, page

REPORT = "2020年政府信息公开工作年度报告"
SHANTING = "http://www.shanting.gov.cn/zwgk/1.html"


def agency(title: str, *blocks: str, url: str = NOWHERE, **marks: dict[str, str]) -> Agency | None:
    return identity(page(*(blocks or (TEXT,)), title=title, **marks), url).agency


def finding(title: str, *blocks: str, url: str = NOWHERE, **marks: dict[str, str]) -> list[tuple[str, str]]:
    found = identity(page(*(blocks or (TEXT,)), title=title, **marks), url)
    return [(one.severity, one.message) for one in found.findings if one.rule == "identity.agency"]


def test_the_full_name_division_level_and_sector() -> None:
    assert agency("山亭区卫健局" + REPORT) == Agency("山亭区卫生健康局", "山亭区卫健局", "370406", "county", "health")
    assert agency("市卫健委" + REPORT, url="https://wsjkw.qingdao.gov.cn/1.html") == Agency(
        "青岛市卫生健康委员会", "市卫健委", "370200", "prefecture", "health"
    )
    assert agency("国家卫健委" + REPORT) == Agency("国家卫生健康委员会", "国家卫健委", None, "national", "health")
    town = agency("徐庄镇" + REPORT, url=SHANTING)
    assert town == Agency("山亭区徐庄镇人民政府", "徐庄镇", "370406", "township", "government")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("山亭区卫健局", "枣庄市山亭区卫生健康局"),
        ("恩施州人社局", "恩施土家族苗族自治州人力资源和社会保障局"),
        ("枣庄高新区管委会", "枣庄市高新技术产业开发区管理委员会"),
        ("山亭区山城街道", "枣庄市山亭区山城街道办事处"),
        ("国家税务总局枣庄市山亭区税务局", "山亭区税务局"),
        ("山东省发改委", "山东省发展改革委"),
        ("青岛市公安局本级", "青岛市公安局（本级机关）"),
        ("青岛市公安局机关", "青岛市公安局（机关）"),
        ("青岛市公安局机关", "青岛市公安局本级"),
        ("国家税务总局苏州工业园区税务局", "苏州工业园区税务局"),
        ("锡林郭勒盟", "锡林郭勒盟行政公署"),
        ("中华人民共和国青岛海关", "青岛海关"),
    ],
)
def test_one_agency_has_one_name(one: str, other: str) -> None:
    first, second = agency(one + REPORT), agency(other + REPORT)
    assert first and second
    assert (first.name, first.division) == (second.name, second.division)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("青岛市人民政府", "青岛市人民政府办公厅"),
        ("青岛市公安局", "青岛市公安局（本级）"),
        ("青岛市公安局（全系统）", "青岛市公安局（本级）"),
        ("青岛市公安局", "青岛市公安局市南分局"),
        ("山亭区卫生健康局", "山亭区卫生和计划生育局"),
        ("北京市朝阳区财政局", "长春市朝阳区财政局"),
        ("国家税务总局青岛市税务局", "青岛市国家税务局"),
        ("山亭区教育局", "山亭区教育和体育局"),
        ("山东省统计局", "国家统计局山东调查总队"),
        ("吉林省教育厅", "吉林市教育局"),
        ("青岛高新区管委会", "青岛市人民政府"),
    ],
)
def test_two_agencies_stay_apart(one: str, other: str) -> None:
    first, second = agency(one + REPORT), agency(other + REPORT)
    assert first and second
    assert (first.name, first.division) != (second.name, second.division)


def test_the_document_tells_which_full_name_a_short_one_stands_for() -> None:
    sports = agency("滕州市教体局" + REPORT, "本报告由滕州市教育和体育局编制。" + TEXT)
    assert sports and sports.name == "滕州市教育和体育局"
    plain = agency("滕州市教体局" + REPORT, TEXT, "滕州市教育体育局", "2021年1月20日")
    assert plain and plain.name == "滕州市教育体育局"


def test_the_statistical_year_tells_former_bodies_and_divisions() -> None:
    assert [
        found.name for year in (2009, 2020) if (found := agency(f"山亭区交通局{year}年政府信息公开工作年度报告"))
    ] == ["山亭区交通局", "山亭区交通运输局"]
    before = agency("三元区民政局2016年政府信息公开工作年度报告")
    after = agency("三元区民政局2023年政府信息公开工作年度报告")
    assert before and after
    assert (before.division, after.division) == ("350403", "350404")


def test_what_cannot_be_told_is_none_and_said() -> None:
    for title in ("卫健局", "市卫健委", "城关镇人民政府", "高新区管委会", ""):
        assert agency(title + REPORT) is None
        assert [severity for severity, _ in finding(title + REPORT)] == ["warning"]


def test_a_name_that_several_places_bear_is_kept_without_a_division() -> None:
    found = agency("鼓楼区卫健局" + REPORT)
    assert found == Agency("鼓楼区卫生健康局", "鼓楼区卫健局", None, "county", "health")
    assert "鼓楼区卫生健康局" in finding("鼓楼区卫健局" + REPORT)[0][1]


@pytest.mark.parametrize(
    ("blocks", "url", "meta"),
    [
        ((TEXT,), "https://www.nanjing.gov.cn/1.html", {}),
        ((TEXT, "南京市鼓楼区卫生健康局", "2021年1月20日"), NOWHERE, {}),
        ((TEXT + "地址：南京市鼓楼区山西路124号。",), NOWHERE, {}),
        ((TEXT,), NOWHERE, {"siteidcode": "3201060001"}),
        ((TEXT,), NOWHERE, {"sitename": "南京市鼓楼区人民政府"}),
    ],
)
def test_host_signature_address_and_site_code_tell_which_place(
    blocks: tuple[str, ...], url: str, meta: dict[str, str]
) -> None:
    found = agency("鼓楼区卫健局" + REPORT, *blocks, url=url, meta=meta)
    assert found and found.division == "320106"


def test_a_host_elsewhere_does_not_tell_which_place() -> None:
    found = agency("鼓楼区卫健局" + REPORT, url="https://www.qingdao.gov.cn/1.html")
    assert found and found.division is None


def test_the_sites_own_file_is_believed() -> None:
    site = Site(name="x", home="https://x.example.com/", division="320302")
    found = identity(page(TEXT, title="鼓楼区卫健局" + REPORT), "https://x.example.com/1.html", site)
    assert found.agency and found.agency.division == "320302"


def test_the_report_names_its_agency_not_the_host() -> None:
    found = agency("鄂尔多斯市2019年政府信息公开工作年度报告", url="http://www.shanting.gov.cn/1.html")
    assert found and (found.name, found.division) == ("鄂尔多斯市人民政府", "150600")


def test_a_publisher_that_is_a_successor_or_an_office_loses_and_is_noted() -> None:
    title = "山亭区卫生和计划生育局2016年政府信息公开工作年度报告"
    successor = {"发布机构": "山亭区卫生健康局"}
    found = agency(title, fields=successor)
    assert found and found.name == "山亭区卫生和计划生育局"
    assert [(s, "successor" in m) for s, m in finding(title, fields=successor)] == [("note", True)]
    office = {"发布机构": "山亭区人民政府办公室"}
    assert [s for s, _ in finding("山亭区统计局" + REPORT, fields=office)] == ["note"]


def test_a_signature_of_another_body_is_a_warning() -> None:
    found = finding("山亭区统计局" + REPORT, TEXT, "山亭区审计局", "2021年1月20日")
    assert [severity for severity, _ in found] == ["warning"]
    assert "山亭区统计局" in found[0][1] and "山亭区审计局" in found[0][1]


def test_a_government_may_be_signed_by_its_office() -> None:
    found = agency("山亭区" + REPORT, TEXT, "山亭区人民政府办公室", "2021年3月20日")
    assert found and found.name == "山亭区人民政府"
    assert finding("山亭区" + REPORT, TEXT, "山亭区人民政府办公室", "2021年3月20日") == []


def test_an_agency_line_above_the_title_belongs_to_it() -> None:
    found = identity(page("山亭区卫健局", "2021年政府信息公开工作年度报告", TEXT))
    assert found.agency and found.agency.as_written == "山亭区卫健局"
    assert found.title == "山亭区卫健局2021年政府信息公开工作年度报告"


def test_the_brand_of_a_portal_names_nobody() -> None:
    assert agency(REPORT + "_山亭区人民政府", url=SHANTING) is None
    assert agency(REPORT, url=SHANTING, meta={"sitename": "山亭区人民政府网"}) is None
    own = agency(REPORT, url=SHANTING, meta={"sitename": "山亭区统计局"})
    assert own and own.name == "山亭区统计局"


def test_a_banner_above_the_title_gives_way_to_what_the_report_says() -> None:
    lines = ("山亭区人民政府", "2021年政府信息公开工作年度报告", TEXT)
    own = identity(page(*lines)).agency
    assert own and own.name == "山亭区人民政府"
    signed = identity(page(*lines, "山亭区统计局", "2022年1月20日")).agency
    assert signed and signed.name == "山亭区统计局"


def test_cited_notices_name_other_bodies() -> None:
    text = "按照《2020年山东省政务公开工作要点》和《枣庄市人民政府办公室关于2020年政府信息公开年度报告的通知》编制。"
    assert agency(REPORT, text + TEXT) is None
    named = agency("市卫健委" + REPORT, text + TEXT, url="https://www.qingdao.gov.cn/1.html")
    assert named and named.name == "青岛市卫生健康委员会"


def test_a_body_that_the_text_tells_of_does_not_complete_a_short_name_against_the_host() -> None:
    text = "2020年，济南市卫生健康委员会积极支持我市，济南市卫生健康委员会全面提供经验。" + TEXT
    found = agency("市卫健委" + REPORT, text, url="https://www.qingdao.gov.cn/1.html")
    assert found and found.division == "370200"


def test_news_about_other_bodies_in_the_text_decides_nothing() -> None:
    text = "2020年，济南市卫生健康委员会、烟台市教育局来访交流，省政府办公厅予以通报表扬。" + TEXT
    assert agency(REPORT, text) is None


def test_a_short_form_of_several_bodies_is_told_by_the_text_alone() -> None:
    title = "青岛市文旅局2021年政府信息公开工作年度报告"
    silent = identity(page(TEXT, title=title))
    assert silent.agency is None
    assert "文化和旅游局, 文化广电和旅游局" in silent.findings[0].message
    told = identity(page(f"2021年，青岛市文化广电和旅游局认真贯彻条例。{TEXT}", title=title)).agency
    assert told and told.name == "青岛市文化广电和旅游局"


def test_another_body_is_not_taken_for_one_whose_name_cannot_be_completed() -> None:
    document = page(
        TEXT, title="山亭区教体局2021年政府信息公开工作年度报告", fields={"发布机构": "山亭区人民政府办公室"}
    )
    assert identity(document, "http://www.shanting.gov.cn/1.html").agency is None
