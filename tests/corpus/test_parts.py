"""A page and the files that it links are one report; and what a file may take from its page."""

from dataclasses import replace
from datetime import date

import pytest

from pipelines.corpus import Corpus
from pipelines.parse import parse
from pipelines.report import Agency, Finding
from tests.corpus.made import FILE, HEALTH, NUMBERS, PAGE, PARSER, announcement, changed, record, report
from tests.corpus.test_versions import assembled, roles
from tests.documents.pages import page
from tests.kit.reports.render import html_table
from tests.kit.reports.sample import SampleReport

SECOND = "http://wsjkw.qingdao.gov.cn/zwgk/files/2020fb.xls"


def test_announcement_lends_its_file_agency_year_and_publication(corpus: Corpus) -> None:
    page = announcement(PAGE, FILE, agency=HEALTH, year=2020, published=date(2021, 1, 20))
    (row,) = assembled(corpus, [(record(PAGE), page), (record(FILE), report(FILE, agency=None, year=None))])
    assert (row["agency"], row["division"], row["year"]) == (HEALTH.name, "370200", 2020)
    assert roles(row) == {FILE: "canonical", PAGE: "part"}
    full = corpus.report(HEALTH.name, 2020)
    assert full["agency"]["sector"] == "health"
    assert full["published"] == "2021-01-20"
    assert [(finding["rule"], finding["severity"]) for finding in full["findings"]] == [
        ("identity.agency", "note"),
        ("dates.year", "note"),
    ]


def test_complaint_that_the_agency_is_unknown_is_taken_back(corpus: Corpus) -> None:
    unknown = Finding("identity.agency", "warning", "The agency can't be told.", "无法判断单位。")
    late = Finding("dates.deadline", "note", "late", "逾期", stated="2021-05-01")
    file = replace(report(FILE, agency=None), findings=(unknown, late))
    page = announcement(PAGE, FILE, agency=HEALTH, year=2020, published=date(2021, 1, 20))
    assembled(corpus, [(record(PAGE), page), (record(FILE), file)])
    findings = corpus.report(HEALTH.name, 2020)["findings"]
    assert [(finding["rule"], finding["severity"]) for finding in findings] == [("identity.agency", "note")]


def test_publication_of_the_page_is_held_against_the_deadline(corpus: Corpus) -> None:
    page = announcement(PAGE, FILE, agency=HEALTH, year=2020, published=date(2021, 5, 1))
    assembled(corpus, [(record(PAGE), page), (record(FILE), report(FILE))])
    (finding,) = corpus.report(HEALTH.name, 2020)["findings"]
    assert finding["rule"] == "dates.deadline"


def test_link_and_file_meet_in_any_spelling(corpus: Corpus) -> None:
    spelled = "https://WSJKW.qingdao.gov.cn:443/zwgk/%e5%b9%b4%e6%8a%a5.pdf#page=1"
    file = "http://wsjkw.qingdao.gov.cn/zwgk/年报.pdf"
    page = announcement(PAGE, spelled, agency=HEALTH, year=2020)
    (row,) = assembled(corpus, [(record(PAGE), page), (record(file), report(file, agency=None, year=None))])
    assert roles(row) == {file: "canonical", PAGE: "part"}


def test_cells_come_from_page_and_file(corpus: Corpus) -> None:
    upper = {key: value if key[0] in ("newly_received", "carried_over") else None for key, value in NUMBERS.items()}
    lower = {key: None if key[0] in ("newly_received", "carried_over") else value for key, value in NUMBERS.items()}
    (row,) = assembled(
        corpus,
        [(record(PAGE), report(PAGE, numbers=upper, attachments=(FILE,))), (record(FILE), report(FILE, numbers=lower))],
    )
    assert (row["cells"], row["numbers"], row["errors"]) == (18, 18, 0)
    cells = {(cell["row"], cell["column"]): cell for cell in corpus.report(HEALTH.name, 2020)["cells"]}
    assert {place: cell["value"] for place, cell in cells.items()} == NUMBERS
    assert PAGE in str(cells["carried_over", "total"]["where"])


def test_page_without_tables_takes_form_and_cells_of_its_file(corpus: Corpus) -> None:
    (row,) = assembled(
        corpus,
        [
            (record(PAGE), report(PAGE, numbers={}, form="narrative", attachments=(FILE,))),
            (record(FILE), report(FILE, text="", agency=None, year=None)),
        ],
    )
    assert (row["form"], row["numbers"]) == ("2019", 18)
    assert sorted(roles(row).values()) == ["canonical", "part"]
    assert "条例" in corpus.report(HEALTH.name, 2020)["sections"][0]["text"]


def test_parts_that_disagree_keep_the_printed_number_and_say_so(corpus: Corpus) -> None:
    file = report(FILE, numbers=changed(("total", "total"), 99))
    (row,) = assembled(corpus, [(record(PAGE), report(PAGE, attachments=(FILE,))), (record(FILE), file)])
    assert roles(row) == {PAGE: "canonical", FILE: "part"}
    full = corpus.report(HEALTH.name, 2020)
    (finding,) = full["findings"]
    assert (finding["rule"], finding["severity"]) == ("parts.disagree", "error")
    assert (finding["row"], finding["stated"], finding["expected"]) == ("total", NUMBERS["total", "total"], 99)
    assert FILE in finding["message"] and FILE in finding["message_zh"]
    assert row["errors"] == 1


def test_text_in_one_file_and_table_in_another_are_one_report(corpus: Corpus) -> None:
    page = announcement(PAGE, FILE, SECOND, agency=HEALTH, year=2020)
    (row,) = assembled(
        corpus,
        [
            (record(PAGE), page),
            (record(FILE), report(FILE, numbers={}, form="narrative", agency=None)),
            (record(SECOND), report(SECOND, text="", agency=None, year=None, title=None)),
        ],
    )
    assert roles(row) == {SECOND: "canonical", FILE: "part", PAGE: "part"}
    full = corpus.report(HEALTH.name, 2020)
    assert full["sections"] and full["title"]


def test_page_that_lists_reports_of_many_agencies_lends_no_agency(corpus: Corpus) -> None:
    government = Agency("青岛市人民政府", "市政府", "370200")
    page = announcement(PAGE, FILE, SECOND, agency=government, year=2020)
    rows = assembled(
        corpus,
        [(record(PAGE), page), (record(FILE), report(FILE)), (record(SECOND), report(SECOND, agency=None, year=None))],
    )
    assert [(row["agency"], row["year"]) for row in rows] == [(HEALTH.name, 2020), (None, 2020)]


def test_files_without_agency_that_contradict_each_other_take_none(corpus: Corpus) -> None:
    other = {key: value + 50 for key, value in NUMBERS.items()}
    rows = assembled(
        corpus,
        [
            (record(PAGE), announcement(PAGE, FILE, SECOND, agency=HEALTH, year=2020)),
            (record(FILE), report(FILE, agency=None)),
            (record(SECOND), report(SECOND, agency=None, numbers=other)),
        ],
    )
    assert [row["agency"] for row in rows] == [None, None]


def test_files_of_several_years_take_the_agency_and_keep_their_years(corpus: Corpus) -> None:
    other = {key: value + 50 for key, value in NUMBERS.items()}
    rows = assembled(
        corpus,
        [
            (record(PAGE), announcement(PAGE, FILE, SECOND, agency=HEALTH)),
            (record(FILE), report(FILE, agency=None, year=2020)),
            (record(SECOND), report(SECOND, agency=None, year=2019, numbers=other)),
        ],
    )
    assert [(row["agency"], row["year"]) for row in rows] == [(HEALTH.name, 2019), (HEALTH.name, 2020)]


def test_older_capture_of_the_file_does_not_speak_against_its_agency(corpus: Corpus) -> None:
    other = {key: value + 50 for key, value in NUMBERS.items()}
    (row,) = assembled(
        corpus,
        [
            (record(PAGE), announcement(PAGE, FILE, agency=HEALTH, year=2020)),
            (record(FILE), report(FILE, agency=None, numbers=other)),
            (record(FILE, day=9), report(FILE, agency=None)),
        ],
    )
    assert [(version["captured"][:10], version["role"]) for version in row["versions"]] == [
        ("2026-11-30", "canonical"),
        ("2026-11-21", "part"),
        ("2026-11-21", "superseded"),
    ]


def test_file_with_other_numbers_than_its_page_takes_nothing_from_it(corpus: Corpus) -> None:
    other = {key: value + 50 for key, value in NUMBERS.items()}
    rows = assembled(
        corpus,
        [
            (record(PAGE), report(PAGE, attachments=(FILE,))),
            (record(FILE), report(FILE, agency=None, year=None, numbers=other)),
        ],
    )
    assert [(row["agency"], row["errors"]) for row in rows] == [(HEALTH.name, 0), (None, 0)]


def test_two_pages_of_two_agencies_link_one_file(corpus: Corpus) -> None:
    education = Agency("青岛市教育局", "市教育局", "370200")
    other = "http://edu.qingdao.gov.cn/a.html"
    rows = assembled(
        corpus,
        [
            (record(PAGE), announcement(PAGE, FILE, agency=HEALTH, year=2020)),
            (record(other), announcement(other, FILE, agency=education, year=2020)),
            (record(FILE), report(FILE, agency=None, year=None)),
        ],
    )
    assert [(row["agency"], row["year"]) for row in rows] == [(None, 2020)]


def test_file_of_another_year_is_another_report(corpus: Corpus) -> None:
    rows = assembled(
        corpus,
        [(record(PAGE), report(PAGE, attachments=(FILE,))), (record(FILE), report(FILE, year=2019))],
    )
    assert [(row["year"], row["url"]) for row in rows] == [(2019, FILE), (2020, PAGE)]


def test_file_on_a_foreign_host_that_the_page_links_is_its_part(corpus: Corpus) -> None:
    cloud = "https://bucket.oss-cn-beijing.aliyuncs.com/2020.pdf"
    page = announcement(PAGE, cloud, agency=HEALTH, year=2020)
    (row,) = assembled(corpus, [(record(PAGE), page), (record(cloud), report(cloud, agency=None, year=None))])
    assert roles(row) == {cloud: "canonical", PAGE: "part"}


@pytest.mark.parametrize(
    ("label", "parts"),
    [
        ("2020年度附表", 2),
        ("附表", 2),
        ("2021年1月附表", 2),
        ("2019年度附表", 1),
        ("2019年政府信息公开工作年度报告", 2),
    ],
)
def test_tables_under_a_link_that_names_an_earlier_year_are_not_taken(corpus: Corpus, label: str, parts: int) -> None:
    """Only what names a whole report says itself which year it is of."""
    sample = SampleReport.drawn("青岛市卫生健康委员会", 2020, "2019")
    text = "".join(f"<p>{content}</p>" for kind, content in sample.blocks() if kind != "table")
    tables = "".join(map(html_table, sample.tables().values()))
    linking = f"<h1>{sample.title}</h1>{text}<p><a href='{FILE.replace('.pdf', '.xls')}'>{label}</a></p>"
    for url, body in ((PAGE, linking), (FILE.replace(".pdf", ".xls"), tables)):
        captured = record(url, payload=page(body))
        corpus.store(captured, parse(captured, None), PARSER)
    corpus.assemble()
    (row,) = [row for row in corpus.reports() if row["year"] == 2020]
    assert (len(row["versions"]), row["numbers"] > 0) == (parts, parts == 2)


def test_page_found_later_joins_the_file(corpus: Corpus) -> None:
    corpus.store(record(FILE), report(FILE, agency=None, year=None), PARSER)
    corpus.assemble()
    assert corpus.reports()[0]["agency"] is None
    corpus.store(record(PAGE), announcement(PAGE, FILE, agency=HEALTH, year=2020), PARSER)
    changes = corpus.assemble()
    (row,) = corpus.reports()
    assert row["agency"] == HEALTH.name
    assert (changes.moved, changes.lost, changes.new) == (1, 0, 0)


def test_link_that_a_new_parser_no_longer_sees_is_forgotten(corpus: Corpus) -> None:
    corpus.store(record(FILE), report(FILE, agency=None, year=None), PARSER)
    corpus.store(record(PAGE), announcement(PAGE, FILE, agency=HEALTH, year=2020), PARSER)
    corpus.assemble()
    corpus.store(record(PAGE), announcement(PAGE, agency=HEALTH, year=2020), PARSER._replace(name="test-2"))
    corpus.assemble()
    assert [(row["agency"], len(row["versions"])) for row in corpus.reports()] == [(None, 1)]
