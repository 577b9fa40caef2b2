"""Agencies × years: who is expected, what is late by how many days, what is missing, wrong or blocked."""

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from config.site import Site
from crawler.operate.coverage import coverage, grouped
from crawler.operate.expected import Expected, merged, of_corpus, of_divisions, of_units, statutory_day
from tests.kit.portal import Column, Portal, Unit
from tests.kit.portal.server import Reply
from tests.schedule.operator_folder import Operator
from tests.schedule.portals import Street, entry, portal, report, routes

YEARS = range(2019, 2027)
TODAY = date(2027, 6, 1)


def agency(name: str, *years: int, division: str | None = None, later: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"name": name, "division": division, "level": None, "sector": None, "years": list(years), "later": later}


def fact(
    name: str, year: int, published: str | None = None, division: str | None = None, **more: Any
) -> dict[str, Any]:
    row = {
        "agency": name,
        "division": division,
        "year": year,
        "errors": 0,
        "findings": 0,
        "urls": ["http://x.gov.cn/1"],
    }
    return row | {"published": published, "signed": None} | more


@pytest.mark.parametrize(
    ("name", "level", "year", "day"),
    [
        ("青岛市教育局", "prefecture", 2021, date(2022, 1, 31)),
        ("教育部", "national", 2021, date(2022, 1, 31)),
        ("青岛市人民政府", "prefecture", 2021, date(2022, 3, 31)),
        ("大兴安岭地区行政公署", "prefecture", 2021, date(2022, 3, 31)),
        ("徐庄镇人民政府", "township", 2021, date(2022, 3, 31)),
        ("青岛市教育局", "prefecture", 2018, date(2019, 3, 31)),
    ],
)
def test_the_statutory_day(name: str, level: str, year: int, day: date) -> None:
    assert statutory_day(name, level, year) == day


def test_an_agency_is_expected_from_its_first_report_until_a_reform() -> None:
    old = agency("市卫生和计划生育委员会", 2015, 2017, later=("市卫生健康委员会",))
    new = agency("市卫生健康委员会", 2021)
    found = {one.name: one.years for one in of_corpus([old, new], range(2014, 2024))}
    assert found == {"市卫生和计划生育委员会": range(2015, 2018), "市卫生健康委员会": range(2021, 2024)}


def test_governments_are_expected_where_a_division_is_and_while_it_is() -> None:
    found = {one.division: one for one in of_divisions(YEARS, ["370200"], [])}
    assert "370202" in found and "370100" not in found and "370000" not in found
    assert found["370200"].name == "青岛市人民政府"
    known = agency("青岛市人民政府", 2020, division="370200")
    again = {one.division: one for one in of_divisions(YEARS, ["370200"], [known])}
    assert again["370200"].known == ("青岛市人民政府", "370200")
    everywhere = list(of_divisions(YEARS, None, []))
    assert len(everywhere) > 3000
    assert not any(one.division and one.division[:2] in ("71", "81", "82") for one in everywhere)
    # 即墨 was a city until 2017 and is a district since.
    both = {one.name: one.years for one in of_divisions(range(2010, 2027), ["370200"], []) if "即墨" in one.name}
    assert len(both) == 2 and not set(both["即墨市人民政府"]) & set(both["即墨区人民政府"])


def test_units_of_a_portal_are_expected_under_their_full_names() -> None:
    site = Site(name="qd", home="http://www.qingdao.gov.cn/", division="370200")
    units = [{"name": name, "url": f"http://x/{name}"} for name in ("教育局", "2020年", "市财政局", "审计局", "徐庄镇")]
    rows = [{"agency": "青岛市审计局"}, {"agency": None}]
    found = list(of_units(site, units, rows, 2025, YEARS))
    assert [one.name for one in found] == ["青岛市教育局", "青岛市财政局", "青岛市徐庄镇人民政府"]
    assert {(one.years, one.site) for one in found} == {(range(2025, 2027), "qd")}
    assert found[2].level == "township"


def test_who_expects_the_same_body_expects_it_once() -> None:
    one = Expected("青岛市教育局", "370200", None, None, range(2025, 2027), "a unit list", site="qd")
    other = Expected("青岛市教育局", "370200", "prefecture", "education", range(2020, 2027), "reports")
    (both,) = merged([[other], [one]])
    assert (both.years, both.level, both.site) == (range(2020, 2027), "prefecture", "qd")


def test_late_missing_wrong_blocked_and_not_due_yet() -> None:
    site = Site(name="x", home="http://www.x.gov.cn/")
    expected = [Expected("青岛市教育局", None, None, "education", range(2019, 2028), "reports")]
    facts = [
        fact("青岛市教育局", 2019, "2020-01-31"),
        fact("青岛市教育局", 2020, "2021-02-12"),
        fact("青岛市教育局", 2021, None),
        fact("青岛市教育局", 2022, "2023-03-01", errors=3),
        fact("青岛市教育局", 2023, None, signed="2024-02-01"),
        fact("青岛市教育局", 2015, "2016-02-01"),
    ]
    places = {one.year: one for one in coverage(expected, facts, [site], {}, range(2019, 2028), TODAY)}
    told = {year: (one.state, one.days_late) for year, one in places.items()}
    assert told == {
        2019: ("have", 0),
        2020: ("late", 12),
        2021: ("have", None),
        2022: ("findings", 29),
        2023: ("late", 1),
        2024: ("missing", (TODAY - date(2025, 1, 31)).days),
        2025: ("missing", (TODAY - date(2026, 1, 31)).days),
        2026: ("missing", (TODAY - date(2027, 1, 31)).days),
        2027: ("not_yet", None),
    }
    assert places[2023].dated_by == "the date under the report"
    closed = {one.year: one for one in coverage(expected, facts, [site], {"x": "jsl"}, range(2019, 2028), TODAY)}
    assert (closed[2020].state, closed[2024].state, closed[2027].state) == ("late", "blocked", "not_yet")
    assert "jsl" in closed[2024].why
    (counts,) = grouped(places.values(), "sector")
    assert {name: counts[name] for name in ("due", "have", "late", "findings", "missing", "not_yet")} == {
        "due": 8,
        "have": 5,
        "late": 3,
        "findings": 1,
        "missing": 3,
        "not_yet": 1,
    }


def test_the_command_tells_it_from_crawls(tmp_path: Path) -> None:
    operator = Operator(tmp_path)
    health = Unit("卫生健康局", "wsj", (Column("年报", "nb", (entry(report("山亭区卫生健康局", 2025)),)),))
    silent = Unit("教育局", "jyj", (Column("年报", "nb", ()),))
    own = tuple(entry(report("山亭区人民政府", year)) for year in (2025, 2024))
    of = Portal("山亭区人民政府", (Column("政府信息公开年报", "zfxxgknb", own),), (health, silent))
    challenge = Reply(b"<html><script>var _0x1=1;</script></html>", status=412, validators=False)
    other = routes(portal("青石市民政局", [report("青石市民政局", 2024)]))
    now = datetime(2027, 4, 10, 2, tzinfo=UTC)
    with Street({"127.0.1.1": routes(of), "127.0.1.2": other}) as street:
        operator.site("shanting", street.url("127.0.1.1"), division="370406", title="山亭区人民政府")
        operator.site("civil", street.url("127.0.1.2"))
        operator.call(now)
        street.portals["127.0.1.2"] = challenge
        operator.call(datetime(2027, 4, 15, 2, tzinfo=UTC))
    later = datetime(2027, 4, 20, 12, tzinfo=UTC)
    places = operator.nianbao("coverage", "--years", "2024-", "--json", now=later).json["places"]
    told = {(one["agency"], one["year"]): one["state"] for one in places}
    assert told == {
        ("山亭区人民政府", 2024): "have",
        ("山亭区人民政府", 2025): "have",
        ("山亭区人民政府", 2026): "missing",
        ("山亭区卫生健康局", 2025): "have",
        ("山亭区卫生健康局", 2026): "missing",
        ("山亭区教育局", 2026): "missing",
        ("青石市民政局", 2024): "have",
        ("青石市民政局", 2025): "blocked",
        ("青石市民政局", 2026): "blocked",
    }
    text = operator.nianbao("coverage", "--by", "site", "--csv", "--years", "2026", now=later).out
    rows = {row["site"]: row for row in csv.DictReader(io.StringIO(text))}
    assert (rows["civil"]["blocked"], rows["shanting"]["missing"]) == ("1", "3")
    table = operator.nianbao("coverage", "--years", "2025-", now=later).out
    assert "山亭区教育局" in table and "9 due" not in table
    assert operator.nianbao("coverage", "--years", "205-", now=later).code == 2
