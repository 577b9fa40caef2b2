"""The findings that need the report of the year before."""

from typing import Any

from pipelines.corpus import Corpus
from pipelines.corpus.checks import compared
from pipelines.corpus.packing import CELL_FIELDS, pack
from pipelines.report import Agency, Cell
from tests.corpus.made import FILE, HEALTH, NUMBERS, PAGE, PARSER, TEXT, changed, record, report


def store(corpus: Corpus, year: int, **rest: Any) -> None:
    url = f"http://wsjkw.qingdao.gov.cn/{year}.html"
    corpus.store(record(url), report(url, **{"year": year, "text": "", **rest}), PARSER)


def rules(corpus: Corpus, year: int) -> list[str]:
    return [finding["rule"] for finding in corpus.report(HEALTH.name, year)["findings"]]


def test_what_was_carried_over_is_held_against_the_year_before(corpus: Corpus) -> None:
    store(corpus, 2019)
    store(corpus, 2020)
    corpus.assemble()
    assert rules(corpus, 2019) == []
    # Three columns: 33, 43, 53 were carried forward, 7, 17, 27 carried over.
    assert rules(corpus, 2020) == ["years.carried"] * 3
    finding = corpus.report(HEALTH.name, 2020)["findings"][0]
    assert (finding["severity"], finding["column"], finding["stated"], finding["expected"]) == (
        "warning",
        "natural_person",
        7,
        33,
    )
    assert [(row["errors"], row["findings"]) for row in corpus.reports()] == [(0, 0), (0, 3)]


def test_order_of_arrival_makes_no_difference_and_a_correction_is_heard(corpus: Corpus) -> None:
    store(corpus, 2020)
    corpus.assemble()
    assert rules(corpus, 2020) == []
    store(corpus, 2019)
    changes = corpus.assemble()
    assert rules(corpus, 2020) == ["years.carried"] * 3
    assert changes.gained_findings == {"years.carried": 3}
    agreeing = {
        key: NUMBERS["carried_over", key[1]] if key[0] == "carried_forward" else n for key, n in NUMBERS.items()
    }
    store(corpus, 2019, numbers=agreeing)
    changes = corpus.assemble()
    assert rules(corpus, 2020) == []
    assert changes.lost_findings == {"years.carried": 3}


def test_report_that_goes_takes_its_comparison_along(corpus: Corpus) -> None:
    store(corpus, 2019)
    store(corpus, 2020)
    corpus.assemble()
    corpus.drop([record("http://wsjkw.qingdao.gov.cn/2019.html").location.record_id])
    corpus.assemble()
    assert rules(corpus, 2020) == []


def test_a_year_between_and_a_blank_cell_are_not_compared(corpus: Corpus) -> None:
    store(corpus, 2018)
    store(corpus, 2020)
    store(corpus, 2021, numbers=changed(("carried_over", "total"), None))
    corpus.assemble()
    assert rules(corpus, 2020) == []
    assert rules(corpus, 2021) == ["years.carried"] * 2


def test_text_that_stood_in_the_report_of_the_year_before_is_told_in_percent(corpus: Corpus) -> None:
    fresh = "新建成的便民服务大厅设立了政务公开专区，群众可以在现场查阅文件、提出申请并得到帮助。"
    store(corpus, 2021, numbers={}, text=TEXT.replace("2020", "2021") + fresh)
    corpus.assemble()
    assert rules(corpus, 2021) == []
    store(corpus, 2020, numbers={}, text=TEXT)
    assert corpus.assemble().gained_findings == {"years.copied": 1}
    finding = corpus.report(HEALTH.name, 2021)["findings"][0]
    assert (finding["rule"], finding["severity"], finding["stated"]) == ("years.copied", "note", 69)
    assert "69 %" in finding["message"] and "69%" in finding["message_zh"]
    assert [row["errors"] for row in corpus.reports()] == [0, 0]
    store(corpus, 2020, numbers={}, text=fresh[:20])
    assert corpus.assemble().lost_findings == {"years.copied": 1}


def test_text_of_the_attached_file_counts_as_the_reports(corpus: Corpus) -> None:
    store(corpus, 2019, text=TEXT)
    corpus.store(
        record(PAGE), report(PAGE, numbers={}, attachments=(FILE,), text="全文见附件，敬请下载查看本年度报告。"), PARSER
    )
    corpus.store(record(FILE), report(FILE, text=TEXT), PARSER)
    corpus.assemble()
    assert "years.copied" in rules(corpus, 2020)


def test_agencies_of_one_name_in_two_divisions_are_not_compared(corpus: Corpus) -> None:
    store(corpus, 2019, agency=Agency("鼓楼区教育局", "区教育局", "320106"))
    store(corpus, 2020, agency=Agency("鼓楼区教育局", "区教育局", "350102"))
    corpus.assemble()
    assert [row["findings"] for row in corpus.reports()] == [0, 0]


def test_the_cells_between_years_are_cut_out_of_the_packed_ones_whatever_stands_in_them() -> None:
    trap = 'x",["requests","carried_over","total","number",5,"'
    cells = [
        Cell("requests", "carried_over", "natural_person", "number", 7, trap, None, trap),
        Cell("requests", "carried_over", "total", "unreadable", None, "七、八", None, "table 1", "two numbers"),
        Cell("requests", "carried_forward", "total", "absent"),
        Cell("requests", "granted", "total", "number", 9, '["requests","carried_forward","total","number",5,'),
        Cell("disclosure", "regulations", "in_force", "number", 1.5, "1.5", "件"),
        Cell("disclosure", "regulations", "made_public", "number", 3),
        Cell("disclosure", "normative_documents", "repealed", "mark", None, "/"),
    ]
    packed = pack([[getattr(cell, name) for name in CELL_FIELDS] for cell in cells])
    assert compared(packed) == {
        ("requests", "carried_over", "natural_person"): 7,
        ("requests", "carried_over", "total"): None,
        ("disclosure", "regulations", "in_force"): 1.5,
        ("disclosure", "normative_documents", "repealed"): None,
    }
    assert compared(pack([])) == {}
