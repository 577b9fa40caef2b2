"""What a later scheduled visit asks for: lists always, reports of settled years once a year, the others each time."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.kit.portal import Column, Entry, Portal
from tests.kit.reports.render import pdf
from tests.schedule.operator_folder import Operator
from tests.schedule.portals import Street, entry, portal, report, routes

AGENCY = "青石市教育局"
NOW = datetime(2027, 6, 20, 2, tzinfo=UTC)
DAY = timedelta(days=1)


def asked_for(targets: list[str]) -> set[str]:
    """The years whose article pages were asked for."""
    return {target.rpartition("_")[2][:4] for target in targets if "/t20" in target}


def test_settled_years_are_not_asked_for_and_new_and_corrected_reports_are_found(tmp_path: Path) -> None:
    operator = Operator(tmp_path)
    years = range(2021, 2027)
    pages = routes(portal(AGENCY, [report(AGENCY, year) for year in years]))
    with Street({"127.0.1.1": pages}) as street:
        operator.site("one", street.url("127.0.1.1"))
        operator.call(NOW)
        assert asked_for(street.asked("127.0.1.1")) == {str(1000 + year) for year in years}
        street.server.requests.clear()
        corrected = [report(AGENCY, year, seed=9 if year == 2026 else 0) for year in (*years, 2027)]
        street.portals["127.0.1.1"] = routes(portal(AGENCY, corrected))
        later = operator.call(NOW + 35 * DAY)
        assert later.json["visits"][0]["news"] == {"new": 1, "corrected": 1}
        assert asked_for(street.asked("127.0.1.1")) == {"3026", "3027"}
        assert "/zfxxgk/zfxxgknb/" in street.asked("127.0.1.1")
        street.server.requests.clear()
        # A year later what was not asked for is looked at once more. 2026, settled by now, was asked for on day 35.
        operator.call(NOW + 366 * DAY)
        assert asked_for(street.asked("127.0.1.1")) == {str(1000 + year) for year in (*years, 2027)} - {"3026"}
        street.server.requests.clear()
        operator.call(NOW + 430 * DAY)
        assert asked_for(street.asked("127.0.1.1")) == {"3026", "3027"}
    reports = operator.nianbao("reports", "--json").json
    assert [row["year"] for row in reports] == [*years, 2027]
    assert [len(row["versions"]) for row in reports if row["year"] == 2026] == [2]


def test_the_files_of_settled_reports_are_settled_too_and_a_crawl_by_hand_asks_for_all(tmp_path: Path) -> None:
    operator = Operator(tmp_path)
    sample = report(AGENCY, 2022)
    body = "<p>　　报告见附件。</p>".encode()
    row = Entry(sample.title, "2023-01-20", body, attachments=(("2022.pdf", pdf(sample)),), path="/nb/t20230120_1.html")
    of = Portal(AGENCY, (Column("政府信息公开年报", "zfxxgknb", (entry(report(AGENCY, 2026)), row)),))
    with Street({"127.0.1.1": routes(of)}) as street:
        operator.site("one", street.url("127.0.1.1"))
        operator.call(NOW)
        assert "/nb/2022.pdf" in street.asked("127.0.1.1")
        street.server.requests.clear()
        operator.call(NOW + 35 * DAY)
        assert not {"/nb/2022.pdf", "/nb/t20230120_1.html"} & set(street.asked("127.0.1.1"))
        assert asked_for(street.asked("127.0.1.1")) == {"3026"}
        crawl = operator.nianbao("crawl", "one", "--allow-private", "--delay", "0", now=NOW + 36 * DAY)
        assert crawl.code == 0, crawl.err
        assert {"/nb/2022.pdf", "/nb/t20230120_1.html"} <= set(street.asked("127.0.1.1"))
