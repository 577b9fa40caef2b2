"""Agencies as entities."""

from dataclasses import replace
from typing import Any

from pipelines.corpus import Corpus
from pipelines.report import Agency
from tests.corpus.made import HEALTH, PARSER, record, report


def store(corpus: Corpus, agency: Agency | None, year: int | None) -> str:
    url = f"http://wsjkw.qingdao.gov.cn/{agency and agency.as_written}/{agency and agency.division}/{year}.html"
    corpus.store(record(url), report(url, agency=agency, year=year), PARSER)
    return record(url).location.record_id


def listed(corpus: Corpus) -> list[dict[str, Any]]:
    corpus.assemble()
    return corpus.agencies()


def test_names_as_written_and_years_are_gathered(corpus: Corpus) -> None:
    store(corpus, HEALTH, 2020)
    store(corpus, replace(HEALTH, as_written="青岛市卫健委"), 2019)
    store(corpus, replace(HEALTH, as_written="我委", level=None), None)
    store(corpus, None, 2019)
    assert listed(corpus) == [
        {
            "name": HEALTH.name,
            "division": "370200",
            "level": "prefecture",
            "sector": "health",
            "as_written": ["市卫健委", "我委", "青岛市卫健委"],
            "years": [2019, 2020],
            "reports": 3,
            "former": [],
            "later": [],
        }
    ]


def test_reform_connects_two_agencies_of_one_division(corpus: Corpus) -> None:
    old = Agency("青岛市卫生和计划生育委员会", "市卫计委", "370200", "prefecture", "health")
    store(corpus, old, 2017)
    store(corpus, HEALTH, 2019)
    store(corpus, Agency("济南市卫生健康委员会", "市卫健委", "370100", "prefecture", "health"), 2019)
    rows = {row["name"]: row for row in listed(corpus)}
    assert list(rows) == ["济南市卫生健康委员会", HEALTH.name, old.name]
    assert rows[old.name]["later"] == [HEALTH.name]
    assert rows[HEALTH.name]["former"] == [old.name]
    assert rows["济南市卫生健康委员会"]["former"] == []


def test_bodies_of_a_division_that_was_renamed_or_raised_are_connected(corpus: Corpus) -> None:
    for name, division, year in (
        ("邹平县财政局", "371626", 2016),
        ("邹平市财政局", "371681", 2019),
        ("襄樊市财政局", "420600", 2008),
        ("襄阳市财政局", "420600", 2012),
        ("莱芜市财政局", "371200", 2017),
        ("莱芜区财政局", "370116", 2019),
    ):
        store(corpus, Agency(name, name, division), year)
    rows = {row["name"]: row for row in listed(corpus)}
    assert {name: row["later"] for name, row in rows.items() if row["later"]} == {
        "邹平县财政局": ["邹平市财政局"],
        "襄樊市财政局": ["襄阳市财政局"],
    }
    assert rows["邹平市财政局"]["former"] == ["邹平县财政局"]


def test_one_name_in_two_divisions_is_two_agencies(corpus: Corpus) -> None:
    for division in ("410204", "320106", None):
        store(corpus, Agency("鼓楼区教育局", "区教育局", division), 2020 if division else 2018)
    assert [(row["name"], row["division"]) for row in listed(corpus)] == [
        ("鼓楼区教育局", "320106"),
        ("鼓楼区教育局", "410204"),
        ("鼓楼区教育局", None),
    ]


def test_agency_goes_with_its_last_report(corpus: Corpus) -> None:
    identity = store(corpus, HEALTH, 2020)
    assert len(listed(corpus)) == 1
    corpus.drop([identity])
    assert listed(corpus) == []
