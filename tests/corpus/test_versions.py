"""Which version of a report counts, which role the others have, and that the reason can be read."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from archive.record import WebRecord
from pipelines.corpus import Corpus
from pipelines.report import Agency, Outcome
from tests.corpus.made import (
    FILE,
    HEALTH,
    NUMBERS,
    PAGE,
    PARSER,
    TEXT,
    announcement,
    changed,
    record,
    report,
)

OTHER = "http://www.qingdao.gov.cn/zwgk/jgnb/2020.html"
MIRROR = "http://www.nianbao-mirror.com/1.html"
HALF = {key: value for key, value in NUMBERS.items() if key[0] in ("newly_received", "granted")}


def assembled(corpus: Corpus, outcomes: Iterable[tuple[WebRecord, Outcome | None]]) -> list[dict[str, Any]]:
    corpus.store_many(outcomes, PARSER)
    corpus.assemble()
    return corpus.reports()


def roles(row: dict[str, Any]) -> dict[str, str]:
    for version in row["versions"]:
        assert version["why"]
    return {version["url"]: version["role"] for version in row["versions"]}


def test_same_text_elsewhere_is_a_duplicate_and_the_first_publication_counts(corpus: Corpus) -> None:
    (row,) = assembled(
        corpus,
        [
            (record(OTHER), report(OTHER, published=date(2021, 2, 3))),
            (record(PAGE), report(PAGE, published=date(2021, 1, 20))),
        ],
    )
    assert row["url"] == PAGE
    assert roles(row) == {PAGE: "canonical", OTHER: "duplicate"}


def test_corrected_publication_wins_over_the_first(corpus: Corpus) -> None:
    corrected = report(OTHER, numbers=changed(("total", "total"), 99), published=date(2021, 3, 1))
    (row,) = assembled(
        corpus,
        [(record(PAGE, day=9), report(PAGE, published=date(2021, 1, 20))), (record(OTHER), corrected)],
    )
    assert roles(row) == {OTHER: "canonical", PAGE: "superseded"}
    assert "later publication" in row["versions"][1]["why"]


def test_first_version_posted_again_does_not_undo_the_correction(corpus: Corpus) -> None:
    again = "http://www.qingdao.gov.cn/new/2020.html"
    (row,) = assembled(
        corpus,
        [
            (record(PAGE), report(PAGE, published=date(2021, 1, 20))),
            (record(OTHER), report(OTHER, numbers=changed(("total", "total"), 99), published=date(2021, 3, 1))),
            (record(again), report(again, published=date(2022, 6, 1))),
        ],
    )
    assert row["url"] == OTHER
    assert roles(row) == {OTHER: "canonical", PAGE: "superseded", again: "duplicate"}
    (copy,) = (version for version in row["versions"] if version["url"] == again)
    assert copy["why"] == f"the same numbers and text as {PAGE}, which {OTHER} replaces"


def test_imported_copy_of_the_first_version_is_told_as_its_duplicate(corpus: Corpus) -> None:
    disk = "file:///home/me/2020.html"
    (row,) = assembled(
        corpus,
        [
            (record(PAGE), report(PAGE, published=date(2021, 1, 20))),
            (record(OTHER), report(OTHER, numbers=changed(("total", "total"), 99), published=date(2021, 3, 1))),
            (record(disk, kind="resource"), report(disk)),
        ],
    )
    assert roles(row) == {OTHER: "canonical", PAGE: "superseded", disk: "duplicate"}


def test_title_that_says_correction_wins_without_dates(corpus: Corpus) -> None:
    fixed = report(PAGE, numbers=changed(("total", "total"), 99), title="2020年政府信息公开工作年度报告（更正版）")
    (row,) = assembled(corpus, [(record(PAGE), fixed), (record(OTHER, day=5), report(OTHER))])
    assert row["url"] == PAGE


def test_page_that_changed_is_represented_by_its_newest_capture(corpus: Corpus) -> None:
    (row,) = assembled(
        corpus,
        [
            (record(PAGE, day=0), report(PAGE)),
            (record(PAGE, day=30), report(PAGE, numbers=changed(("total", "total"), 99))),
        ],
    )
    assert row["captured"] == "2026-12-21T09:30:00Z"
    assert [version["role"] for version in row["versions"]] == ["canonical", "superseded"]


def test_twin_address_with_the_same_payload_is_no_version_of_its_own(corpus: Corpus) -> None:
    twin = PAGE.replace("http://", "https://") + "#top"
    payload = b"the same page"
    (row,) = assembled(
        corpus,
        [
            (record(PAGE, payload=payload), report(PAGE)),
            (record(twin, day=1, payload=payload), report(twin)),
            (record(PAGE, day=2, payload=payload, kind="revisit"), None),
        ],
    )
    assert [version["url"] for version in row["versions"]] == [twin]
    assert row["captured"] == "2026-11-22T09:30:00Z"


def test_content_put_back_is_what_the_page_shows(corpus: Corpus) -> None:
    first, second = b"first", b"second"
    (row,) = assembled(
        corpus,
        [
            (record(PAGE, payload=first), report(PAGE)),
            (record(PAGE, day=1, payload=second), report(PAGE, numbers=changed(("total", "total"), 99))),
            (record(PAGE, day=2, payload=first, kind="revisit"), None),
        ],
    )
    assert row["captured"] == "2026-11-21T09:30:00Z"
    assert [(version["captured"][:10], version["role"]) for version in row["versions"]] == [
        ("2026-11-21", "canonical"),
        ("2026-11-22", "superseded"),
    ]


def test_copy_outside_the_government_never_wins(corpus: Corpus) -> None:
    fuller = report(MIRROR, numbers={**NUMBERS, ("extra", "total"): 1}, published=date(2023, 1, 1), title="（更正）")
    (row,) = assembled(corpus, [(record(MIRROR, day=9), fuller), (record(PAGE), report(PAGE, numbers=HALF))])
    assert roles(row) == {PAGE: "canonical", MIRROR: "mirror"}
    assert "nianbao-mirror.com" in row["versions"][1]["why"]


def test_hosts_that_are_all_outside_compete_normally(corpus: Corpus) -> None:
    local, other = "http://127.0.0.1:8000/a.html", "http://127.0.0.1:8001/a.html"
    corrected = report(other, numbers=changed(("total", "total"), 99), published=date(2021, 3, 1))
    (row,) = assembled(corpus, [(record(local), report(local, published=date(2021, 1, 1))), (record(other), corrected)])
    assert roles(row) == {other: "canonical", local: "superseded"}


def test_complete_version_wins_over_a_later_fragment(corpus: Corpus) -> None:
    (row,) = assembled(
        corpus,
        [
            (record(PAGE), report(PAGE, published=date(2021, 1, 20))),
            (record(OTHER, day=3), report(OTHER, numbers=HALF, published=date(2021, 5, 1))),
        ],
    )
    assert roles(row) == {PAGE: "canonical", OTHER: "superseded"}
    assert "fragment" in row["versions"][1]["why"]


def test_capture_cut_short_loses(corpus: Corpus) -> None:
    cut = replace(record(PAGE, day=5), truncated="length")
    (row,) = assembled(corpus, [(record(PAGE), report(PAGE)), (cut, report(PAGE))])
    assert row["captured"].startswith("2026-11-21")


def test_correction_of_the_text_alone_wins(corpus: Corpus) -> None:
    fixed = report(
        OTHER, title="2020年年度报告（更正）", text=TEXT.replace("二十四", "二十五"), published=date(2021, 4, 1)
    )
    (row,) = assembled(corpus, [(record(PAGE), report(PAGE, published=date(2021, 1, 20))), (record(OTHER), fixed)])
    assert row["url"] == OTHER


def test_tables_without_text_are_a_duplicate_by_their_numbers(corpus: Corpus) -> None:
    (row,) = assembled(corpus, [(record(PAGE), report(PAGE)), (record(OTHER), report(OTHER, text=""))])
    assert roles(row) == {PAGE: "canonical", OTHER: "duplicate"}


def test_page_and_file_posted_again_elsewhere_are_both_duplicates(corpus: Corpus) -> None:
    again, again_file = "http://www.qingdao.gov.cn/b.html", "http://www.qingdao.gov.cn/b.pdf"
    first, later = date(2021, 1, 20), date(2021, 2, 20)
    text_only = {"numbers": {}, "form": "narrative"}
    (row,) = assembled(
        corpus,
        [
            (record(PAGE), report(PAGE, **text_only, published=first, attachments=(FILE,))),
            (record(FILE), report(FILE, text="")),
            (record(again), report(again, **text_only, published=later, attachments=(again_file,))),
            (record(again_file), report(again_file, text="")),
        ],
    )
    assert roles(row) == {FILE: "canonical", PAGE: "part", again: "duplicate", again_file: "duplicate"}


def test_announcement_of_a_copy_is_a_duplicate_and_of_an_older_version_superseded(corpus: Corpus) -> None:
    urls = [f"http://www.qingdao.gov.cn/{name}" for name in ("a.html", "a.pdf", "b.html", "b.pdf")]
    (row,) = assembled(
        corpus,
        [
            (record(PAGE), report(PAGE, published=date(2021, 2, 1))),
            (record(urls[0]), announcement(urls[0], urls[1], agency=HEALTH, year=2020)),
            (record(urls[1]), report(urls[1])),
            (record(urls[2]), announcement(urls[2], urls[3], agency=HEALTH, year=2020, published=date(2021, 1, 1))),
            (record(urls[3]), report(urls[3], numbers=changed(("total", "total"), 99))),
        ],
    )
    assert roles(row) == {
        PAGE: "canonical",
        urls[0]: "duplicate",
        urls[1]: "duplicate",
        urls[2]: "superseded",
        urls[3]: "superseded",
    }


def test_imported_file_without_an_address_is_not_a_mirror(corpus: Corpus) -> None:
    path = "file:///home/me/2020.html"
    (row,) = assembled(corpus, [(record(path, kind="resource"), report(path)), (record(PAGE), report(PAGE))])
    assert roles(row) == {PAGE: "canonical", path: "duplicate"}


def test_neighbouring_agencies_with_one_template_stay_apart(corpus: Corpus) -> None:
    education = Agency("青岛市教育局", "市教育局", "370200", "prefecture", "education")
    url = "http://edu.qingdao.gov.cn/2020.html"
    rows = assembled(corpus, [(record(PAGE), report(PAGE)), (record(url), report(url, agency=education))])
    assert [row["agency"] for row in rows] == [HEALTH.name, education.name]


def test_one_name_in_two_divisions_is_two_agencies(corpus: Corpus) -> None:
    names = [Agency("鼓楼区教育局", "区教育局", division) for division in ("320106", "350102", "410204")]
    urls = [f"http://{division.division}.gov.cn/a" for division in names]
    rows = assembled(
        corpus,
        [(record(url), report(url, agency=name, year=2021)) for url, name in zip(urls, names, strict=True)],
    )
    assert [row["division"] for row in rows] == ["320106", "350102", "410204"]


def test_copy_whose_division_is_not_told_joins_the_one_that_has_the_same_text(corpus: Corpus) -> None:
    here, there, unknown = (Agency("鼓楼区教育局", "区教育局", division) for division in ("320106", "350102", None))
    urls = ["http://a.gov.cn/1", "http://b.gov.cn/1", MIRROR, "http://c.gov.cn/1"]
    other = {key: value + 100 for key, value in NUMBERS.items()}
    third = {key: value + 500 for key, value in NUMBERS.items()}
    rows = assembled(
        corpus,
        [
            (record(urls[0]), report(urls[0], agency=here)),
            (record(urls[1]), report(urls[1], agency=there, numbers=other)),
            (record(urls[2]), report(urls[2], agency=unknown)),
            (record(urls[3]), report(urls[3], agency=unknown, numbers=third)),
        ],
    )
    assert [(row["division"], len(row["versions"])) for row in rows] == [("320106", 2), ("350102", 1), (None, 1)]


def test_narrative_reports_compare_by_text(corpus: Corpus) -> None:
    other_text = "另一篇完全不同的年度报告正文。本年度没有收到任何申请事项。公开平台建设取得了新的进展。"
    (row,) = assembled(
        corpus,
        [
            (record(PAGE), report(PAGE, numbers={}, form="narrative", published=date(2012, 3, 1))),
            (record(OTHER), report(OTHER, numbers={}, form="narrative", published=date(2012, 4, 1), text=TEXT)),
            (record(FILE), report(FILE, numbers={}, form="narrative", published=date(2012, 2, 1), text=other_text)),
        ],
    )
    assert roles(row) == {PAGE: "canonical", OTHER: "duplicate", FILE: "superseded"}


def test_report_without_agency_or_year_is_listed_last_one_row_a_document(corpus: Corpus) -> None:
    urls = [f"http://x.gov.cn/{name}" for name in "abc"]
    rows = assembled(
        corpus,
        [
            (record(urls[0]), report(urls[0], agency=None)),
            (record(urls[0], day=1), report(urls[0], agency=None)),
            (record(urls[1]), report(urls[1], agency=None, year=None)),
            (record(urls[2]), report(urls[2], year=None)),
            (record(PAGE), report(PAGE)),
        ],
    )
    assert [(row["url"], len(row["versions"])) for row in rows] == [(PAGE, 1), (urls[2], 1), (urls[0], 2), (urls[1], 1)]


def test_several_reports_on_one_page_are_reports_of_their_own(corpus: Corpus) -> None:
    education = Agency("青岛市教育局", "市教育局", "370200")
    rows = assembled(corpus, [(record(PAGE), report(PAGE, others=(report(PAGE, agency=education, year=2019),)))])
    assert [(row["agency"], row["year"]) for row in rows] == [(HEALTH.name, 2020), (education.name, 2019)]
    assert "others" not in corpus.report(education.name, 2019)


def test_page_that_only_announces_is_no_report_by_itself(corpus: Corpus) -> None:
    assert assembled(corpus, [(record(PAGE), announcement(PAGE, FILE, agency=HEALTH, year=2020))]) == []


def test_a_fragment_that_beats_a_foreign_copy_is_not_called_complete(corpus: Corpus) -> None:
    few = {key: NUMBERS[key] for key in list(NUMBERS)[:3]}
    rows = assembled(corpus, [(record(PAGE), report(PAGE, numbers=few)), (record(MIRROR), report(MIRROR))])
    [row] = rows
    assert roles(row) == {PAGE: "canonical", MIRROR: "mirror"}
    assert "fragment" in row["versions"][0]["why"]
