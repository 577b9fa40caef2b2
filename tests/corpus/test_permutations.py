"""The corpus is a function of the set of records: order, batches and assemblies in between make no difference."""

import itertools
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.record import RecordKind, WebRecord
from pipelines.corpus import Corpus
from pipelines.report import Agency, Outcome
from tests.corpus.made import HEALTH, NUMBERS, PARSER, TEXT, announcement, changed, failure, record, report

Stored = tuple[WebRecord, Outcome | None]

_URLS = (
    "http://a.gov.cn/1.html",
    "https://www.a.gov.cn/1.html",
    "http://a.gov.cn/1.pdf",
    "http://b.gov.cn/2.html",
    "http://mirror.com/1.html",
    "file:///tmp/1.html",
)
_AGENCIES = (None, HEALTH, replace(HEALTH, division=None), Agency("青岛市教育局", "市教育局", "370200"))
_NUMBERS = (
    NUMBERS,
    changed(("total", "total"), 99),
    changed(("total", "total"), None),
    {key: value for key, value in NUMBERS.items() if key[0] == "total"},
    {},
)
_TEXTS = (TEXT, "", TEXT[: len(TEXT) // 3], "别的内容与前文毫无关系。另外一句话同样毫无关系。")
_DATES = (None, date(2021, 1, 20), date(2021, 3, 1))


@st.composite
def stored(draw: st.DrawFn) -> Stored:
    url = draw(st.sampled_from(_URLS))
    kind: RecordKind = draw(st.sampled_from(("response", "response", "revisit", "resource")))
    captured = record(
        url,
        day=draw(st.integers(0, 2)),
        payload=draw(st.sampled_from((None, b"one", b"two"))),
        kind=kind,
        truncated=draw(st.sampled_from((None, None, "length"))),
    )
    agency, year = draw(st.sampled_from(_AGENCIES)), draw(st.sampled_from((None, 2019, 2020)))
    published = draw(st.sampled_from(_DATES))
    links = tuple(draw(st.lists(st.sampled_from(_URLS), max_size=2, unique=True)))
    title = draw(st.sampled_from((None, "年度报告", "年度报告（更正）")))
    if kind == "revisit" and draw(st.booleans()):
        return captured, None
    sort = draw(st.sampled_from(("report", "report", "report", "announcement", "failure")))
    if sort == "failure":
        return captured, failure(url)
    if sort == "announcement":
        return captured, announcement(url, *links, agency=agency, year=year, published=published, title=title)
    made = report(
        url,
        agency=agency,
        year=year,
        numbers=draw(st.sampled_from(_NUMBERS)),
        text=draw(st.sampled_from(_TEXTS)),
        title=title,
        published=published,
        attachments=links,
        errors=draw(st.integers(0, 1)),
    )
    return captured, made


def json_of(corpus: Corpus) -> str:
    state = [corpus.reports(), list(corpus.full_reports()), corpus.agencies(), corpus.outcomes(), corpus.failures()]
    return json.dumps(state, ensure_ascii=False)


def corpus_json(batches: Sequence[Sequence[Stored]], assembled_after: Sequence[bool]) -> str:
    with tempfile.TemporaryDirectory() as folder, Corpus.open(Path(folder) / "c.sqlite", create=True) as corpus:
        for batch, assemble in zip(batches, assembled_after, strict=True):
            corpus.store_many(batch, PARSER)
            if assemble:
                corpus.assemble()
        corpus.assemble()
        return json_of(corpus)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_any_order_and_any_batches_give_the_same_corpus(data: st.DataObject) -> None:
    records = data.draw(st.lists(stored(), min_size=1, max_size=9, unique_by=lambda item: item[0].location.record_id))
    order = data.draw(st.permutations(records))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(order)), max_size=4)) | {len(order)})
    batches = [order[start:end] for start, end in zip([0, *cuts], cuts, strict=False)]
    assemblies = data.draw(st.lists(st.booleans(), min_size=len(batches), max_size=len(batches)))
    assert corpus_json(batches, assemblies) == corpus_json([records], [True])


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_what_was_stored_and_dropped_or_replaced_leaves_no_trace(data: st.DataObject) -> None:
    records = data.draw(st.lists(stored(), min_size=2, max_size=8, unique_by=lambda item: item[0].location.record_id))
    outcomes = [outcome for _record, outcome in records]
    dropped = data.draw(st.integers(0, len(records) - 1))
    with tempfile.TemporaryDirectory() as folder, Corpus.open(Path(folder) / "c.sqlite", create=True) as corpus:
        # Each record first with the outcome of another one, as an earlier parser might have seen it.
        corpus.store_many(
            [(record, outcomes[place - 1]) for place, (record, _) in enumerate(records)], PARSER._replace(name="older")
        )
        corpus.assemble()
        corpus.store_many(records, PARSER)
        if data.draw(st.booleans()):
            corpus.assemble()
        corpus.drop([record.location.record_id for record, _ in records[dropped:]])
        corpus.assemble()
        after = json_of(corpus)
    assert after == corpus_json([records[:dropped]], [True])


PAGE_URL, FILE_URL, SECOND_URL = "http://a.gov.cn/p.html", "http://a.gov.cn/1.pdf", "http://a.gov.cn/2.pdf"
FAMILIES: dict[str, list[Stored]] = {
    "page lends its file agency and year": [
        (record(PAGE_URL), announcement(PAGE_URL, FILE_URL, agency=HEALTH, year=2020)),
        (record(FILE_URL), report(FILE_URL, agency=None, year=None)),
        (record("http://b.gov.cn/c.html"), report("http://b.gov.cn/c.html", year=2019)),
        (record("http://mirror.com/1.html"), report("http://mirror.com/1.html")),
    ],
    "second file shows that the page lends nothing": [
        (record(PAGE_URL), announcement(PAGE_URL, FILE_URL, SECOND_URL, agency=HEALTH, year=2020)),
        (record(FILE_URL), report(FILE_URL, agency=None)),
        (record(SECOND_URL), report(SECOND_URL, agency=None, numbers={key: n + 50 for key, n in NUMBERS.items()})),
        (record(PAGE_URL, day=1), announcement(PAGE_URL, FILE_URL, agency=HEALTH, year=2020)),
    ],
    "page takes the agency of its file": [
        (record(PAGE_URL), report(PAGE_URL, agency=None, attachments=(FILE_URL,))),
        (record(FILE_URL), report(FILE_URL)),
        (record(FILE_URL, kind="revisit", day=2), None),
        (record(FILE_URL, day=1), report(FILE_URL, agency=None)),
    ],
}


FIRST_URL, AGAIN_URL, RIGHT_URL = (f"http://www.a.gov.cn/{name}.html" for name in ("first", "again", "right"))
RIGHT = changed(("total", "total"), 99)
HALF = {key: number for key, number in NUMBERS.items() if key[0] == "total"}
EDUCATION = Agency("青岛市教育局", "青岛市教育局", "370200", "prefecture", "education")
# What becomes of a report in the years after: corrected, posted again, copied, cut, and the same template next door.
FAMILIES["a correction, copies of both, and what may not count"] = [
    (record(FIRST_URL), report(FIRST_URL, published=date(2021, 1, 20))),
    (record(AGAIN_URL, day=2), report(AGAIN_URL, published=date(2022, 6, 1))),
    (record(RIGHT_URL), report(RIGHT_URL, numbers=RIGHT, published=date(2021, 3, 1), title="2020年年度报告（更正）")),
    (record("http://a.com/1.html"), report("http://a.com/1.html", numbers=RIGHT, published=date(2021, 1, 1))),
    (record("http://b.gov.cn/3.html"), report("http://b.gov.cn/3.html", numbers=HALF, published=date(2023, 1, 1))),
    (record("http://b.gov.cn/4.html"), report("http://b.gov.cn/4.html", agency=EDUCATION)),
    (
        record("file:///tmp/1.html", kind="resource"),
        report("file:///tmp/1.html", agency=replace(HEALTH, division=None)),
    ),
]
FAMILIES["an address that another owner took over, and a page and file posted twice"] = [
    (record(PAGE_URL), report(PAGE_URL, attachments=(FILE_URL,), published=date(2021, 1, 20))),
    (record(FILE_URL), report(FILE_URL)),
    (record("http://b.gov.cn/p.html"), announcement("http://b.gov.cn/p.html", "http://b.gov.cn/1.pdf")),
    (record("http://b.gov.cn/1.pdf"), report("http://b.gov.cn/1.pdf")),
    (record(FILE_URL, day=9), failure(FILE_URL)),
    (record(PAGE_URL, day=9), announcement(PAGE_URL, SECOND_URL, agency=EDUCATION, year=2020)),
]


def orders(family: list[Stored]) -> Iterator[Sequence[Stored]]:
    """All orders of a small family, two dozen of a large one."""
    if len(family) <= 4:
        yield from itertools.permutations(family)
    else:
        rng = Random(4)
        yield from (rng.sample(family, len(family)) for _ in range(24))


@pytest.mark.parametrize("name", FAMILIES)
def test_pages_and_files_in_every_order_one_by_one(name: str) -> None:
    family = FAMILIES[name]
    whole = corpus_json([family], [True])
    for order in orders(family):
        assert corpus_json([[item] for item in order], [True] * len(order)) == whole
