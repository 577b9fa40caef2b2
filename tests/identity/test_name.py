"""Reading one written name, over all divisions of the country."""

import pytest

from config import divisions
from config.divisions import Division
from pipelines.identity.name import read_name
from pipelines.identity.resolve import Hints, resolve
from pipelines.identity.title import read_piece

CURRENT = [one for one in divisions.divisions() if one.until is None]


def told(written: str, *codes: str) -> tuple[str, str | None] | None:
    name = read_name(written)
    agency = resolve(name, Hints(codes=codes)) if name else None
    return (agency.name, agency.division) if agency else None


def government(division: Division) -> str:
    return division.name + ("行政公署" if division.name.endswith(("盟", "地区")) else "人民政府")


@pytest.mark.parametrize(
    ("written", "full"),
    [
        ("卫健局", "卫生健康局"),
        ("市场监管局", "市场监督管理局"),
        ("城市更新局", "城市更新局"),
        ("区划地名中心", "区划地名中心"),
    ],
)
def test_every_division_is_read_from_the_front_of_a_name(written: str, full: str) -> None:
    wrong = [one for one in CURRENT if told(one.name + written, one.code) != (one.name + full, one.code)]
    assert wrong == []


def test_every_division_alone_is_its_government() -> None:
    assert [one for one in CURRENT if told(one.name, one.code) != (government(one), one.code)] == []


def test_every_chain_of_full_names_tells_the_division_without_any_hint() -> None:
    for one in CURRENT:
        chain = "".join(above.name for above in reversed(divisions.chain(one.code)))
        assert told(chain + "卫健局") == (one.name + "卫生健康局", one.code)


def test_every_spoken_name_is_completed_on_its_own_host() -> None:
    for one in CURRENT:
        for spoken in one.spoken:
            assert told(spoken + "卫健局", one.code) == (one.name + "卫生健康局", one.code)


def test_no_name_without_a_hint_is_given_to_another_division() -> None:
    for one in CURRENT:
        for written in (one.name, *one.spoken):
            found = told(written + "卫健局")
            assert found is None or found[1] in (None, one.code), written


def test_the_kind_of_division_is_completed_by_the_host() -> None:
    for one in CURRENT:
        kind = "自治区" if one.name.endswith("自治区") else one.name[-1]
        if kind in "省市州盟县区旗" or kind == "自治区":
            assert told(kind + "卫健局", one.code) == (one.name + "卫生健康局", one.code)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "局",
        "根据有关规定",
        "我局",
        "本机关",
        "各镇人民政府",
        "全市各级行政机关",
        "政府信息公开",
        "2020年",
        "网站管理员",
        "本站原创",
        "null",
        "市政公用局",
        "区划",
        "办公室",
        "<b>局</b>",
        "局" * 100,
    ],
)
def test_what_is_no_name_is_none_or_cannot_be_told(text: str) -> None:
    assert told(text) is None


@pytest.mark.parametrize(
    ("piece", "expected"),
    [
        ("现公布山亭区统计局", "山亭区统计局"),
        ("公报标题黄石市卫健委", "黄石市卫生健康委员会"),
        ("请各位领导审阅山亭区统计局", "山亭区统计局"),
        ("青石市青山区卫健局", "青石市青山区卫生健康局"),
        ("大青山区卫健局", "大青山区卫生健康局"),
        ("现公布区统计局", None),
    ],
)
def test_words_before_a_name_are_no_part_of_it(piece: str, expected: str | None) -> None:
    name = read_piece(piece)
    agency = resolve(name, Hints()) if name else None
    assert (agency.name if agency else None) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("审计署驻济南特派员办事处", ("审计署驻济南特派员办事处", None)),
        ("水利部黄河水利委员会", ("水利部黄河水利委员会", None)),
        ("国家能源局山东监管办公室", ("国家能源局山东监管办公室", "370000")),
        ("国家能源局华北监管局", ("国家能源局华北监管局", None)),
        ("财政部青岛监管局", ("财政部青岛监管局", "370200")),
        ("自然资源部北海局", ("自然资源部北海局", None)),
        ("中华人民共和国商务部", ("商务部", None)),
        ("长江航务管理局", ("交通运输部长江航务管理局", None)),
        ("黄埔海关", ("黄埔海关", None)),
        ("税务总局驻沈阳特派员办事处", ("国家税务总局驻沈阳特派员办事处", None)),
        ("国家税务总局青岛市税务局", ("国家税务总局青岛市税务局", "370200")),
        ("国家外汇管理局山东省分局", ("国家外汇管理局山东省分局", "370000")),
        ("山东煤矿安全监察局", ("山东煤矿安全监察局", "370000")),
    ],
)
def test_offices_of_national_bodies_in_the_regions(written: str, expected: tuple[str, str | None]) -> None:
    assert told(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("市中小企业局", ("青岛市中小企业局", "370200")),
        ("市市场监管局", ("青岛市市场监督管理局", "370200")),
        ("市政务服务管理局", ("青岛市政务服务管理局", "370200")),
        ("市民政局", ("青岛市民政局", "370200")),
        ("省教育厅", ("山东省教育厅", "370000")),
        ("青岛市市南区市场监管局", ("市南区市场监督管理局", "370202")),
        ("市公安局市南分局", ("青岛市公安局市南分局", "370202")),
        ("青岛西海岸新区财政局", ("青岛西海岸新区财政局", "370200")),
        ("青岛国际港务区管委会", ("青岛国际港务区管理委员会", "370200")),
        ("西安国际港务区管理委员会", ("西安国际港务区管理委员会", None)),
    ],
)
def test_words_that_begin_like_a_kind_of_division(written: str, expected: tuple[str, str | None]) -> None:
    assert told(written, "370200") == expected
