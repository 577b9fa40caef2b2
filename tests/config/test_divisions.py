"""The division table: codes, names, what lies under what, and whose host it is."""

import pytest

from config import divisions


def codes(name: str, within: str | None = None) -> list[str]:
    return [one.code for one in divisions.named(name, within=within)]


def test_every_level_is_there() -> None:
    current = [one for one in divisions.divisions() if one.until is None]
    levels = [one.level for one in current]
    assert levels.count("province") == 31
    assert levels.count("prefecture") == 333
    assert 2840 <= levels.count("county") <= 2860
    assert len({one.code for one in current}) == len(current)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("青岛市", ["370200"]),
        ("青岛", ["370200"]),
        ("山亭区", ["370406"]),
        ("鼓楼区", ["320106", "320302", "350102", "410204"]),
        ("恩施州", ["422800"]),
        ("恩施土家族苗族自治州", ["422800"]),
        ("内蒙古", ["150000"]),
        ("浦东", ["310115"]),
        ("神农架林区", ["429021"]),
        ("石河子市", ["659001"]),
        ("济源", ["419001"]),
        ("鄂温克旗", ["150724"]),
        ("河北", ["130000"]),
        ("海南", ["460000"]),
        ("海南州", ["632500"]),
        ("赵", []),
        ("没有这个市", []),
    ],
)
def test_a_name_gives_every_division_that_bears_it(name: str, expected: list[str]) -> None:
    assert codes(name) == expected


def test_former_divisions_come_after_the_current_ones_with_their_years() -> None:
    laiwu = divisions.named("莱芜")
    assert [(one.code, one.name, one.until) for one in laiwu] == [
        ("370116", "莱芜区", None),
        ("371200", "莱芜市", 2017),
    ]
    assert divisions.division("330104") == divisions.Division("330104", "江干区", None, 2020)
    assert [one.name for one in divisions.divisions() if one.code == "420600"] == ["襄阳市", "襄樊市"]


def test_the_chain_above() -> None:
    assert [one.name for one in divisions.chain("370406")] == ["山亭区", "枣庄市", "山东省"]
    assert [one.name for one in divisions.chain("110105")] == ["朝阳区", "北京市"]
    assert [one.name for one in divisions.chain("419001")] == ["济源市", "河南省"]
    assert divisions.parent("370000") is None
    assert divisions.chain("999999") == ()


def test_names_within_a_division() -> None:
    assert codes("鼓楼区", within="320000") == ["320106", "320302"]
    assert codes("鼓楼区", within="350100") == ["350102"]
    assert codes("鼓楼区", within="370000") == []


def test_children() -> None:
    assert [one.name for one in divisions.children("370400")] == [
        "市中区",
        "薛城区",
        "峄城区",
        "台儿庄区",
        "山亭区",
        "滕州市",
    ]
    assert "济南市" in [one.name for one in divisions.children("370000")]
    assert "济源市" in [one.name for one in divisions.children("410000")]
    assert len(divisions.children("110000")) == 16


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("wsjkw.qingdao.gov.cn", "370200"),
        ("www.qingdao.gov.cn", "370200"),
        ("qingdao.gov.cn.", "370200"),
        ("lhqzf.haikou.gov.cn", "460106"),
        ("www.haikou.gov.cn", "460100"),
        ("wjw.shizuishan.gov.cn", "640200"),
        ("www.shanting.gov.cn", "370406"),
        ("www.gov.cn", None),
        ("notqingdao.gov.cn", None),
        ("127.0.0.1", None),
        ("localhost", None),
        ("", None),
    ],
)
def test_whose_host_it_is(host: str, expected: str | None) -> None:
    assert divisions.division_of_host(host) == expected


def test_the_host_table_names_known_divisions_of_every_province() -> None:
    owners = set(divisions.hosts().values())
    assert len(owners) > 3000
    assert all(divisions.division(code) for code in owners)
    provinces = {one.code for one in divisions.divisions() if one.level == "province"}
    assert {code[:2] + "0000" for code in owners} == provinces
