"""The vocabulary of agencies: short forms, former names, and the checks of its file."""

import pytest

from config import sectors


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("卫健委", ["卫生健康委员会"]),
        ("卫生健康委", ["卫生健康委员会"]),
        ("卫健局", ["卫生健康局"]),
        ("人社厅", ["人力资源和社会保障厅"]),
        ("发展改革委", ["发展和改革委员会"]),
        ("市监局", ["市场监督管理局"]),
        ("教体局", ["教育体育局", "教育和体育局"]),
        ("教育体育局", ["教育体育局"]),
        ("交通局", ["交通局", "交通运输局"]),
        ("编办", ["机构编制委员会办公室"]),
        ("粮储局", ["粮食和物资储备局"]),
    ],
)
def test_a_written_form_gives_the_bodies_it_may_stand_for(written: str, expected: list[str]) -> None:
    assert [body.name for body in sectors.bodies_by_form()[written]] == expected


def test_former_bodies_know_their_years_and_what_followed() -> None:
    former = sectors.bodies_by_form()["卫计局"][0]
    assert (former.name, former.until, former.later) == ("卫生和计划生育局", 2019, "卫生健康局")
    assert former.stood_in(2016) and not former.stood_in(2021)


def test_the_sector_of_an_unlisted_body_comes_from_the_longest_known_word() -> None:
    assert sectors.sector_of("城市更新和发展中心") == "urban_management"
    assert sectors.sector_of("天文馆") is None


def test_every_successor_is_a_body_of_the_list() -> None:
    bodies = {body for options in sectors.bodies_by_form().values() for body in options}
    names = {body.name for body in bodies}
    assert sorted({body.later for body in bodies if body.later} - names) == []
