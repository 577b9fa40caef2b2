"""What happened to reports is kept with the change itself; an assembly that is killed goes on, report by report."""

import json
import signal
import textwrap
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from pipelines import fingerprint
from pipelines.corpus import Changes, Corpus
from pipelines.fingerprint import Parser
from pipelines.report import Agency
from tests.corpus.made import HEALTH, NUMBERS, PARSER, changed, record, report
from tests.kit.forked import Told

BETTER = PARSER._replace(name="better")
URL = "http://wsjkw.qingdao.gov.cn/{}.html"


def events(corpus: Corpus, year: int = 2020, agency: str = HEALTH.name) -> list[dict[str, Any]]:
    (found,) = corpus.past(agency, year).values()
    return found


def test_each_change_of_a_report_is_kept_with_parsers_and_record(corpus: Corpus) -> None:
    corpus.store(record(), report(), PARSER)
    corpus.assemble()
    lost, other = ("granted", "total"), ("total", "total")
    corpus.store(record(), report(numbers={**changed(lost, None), other: 25}, title="二〇二〇年年报", errors=1), BETTER)
    corpus.assemble()
    first, second = events(corpus)
    assert (first["what"], first["parser"], first["cells"]) == ("new", "test-1", [])
    assert (second["what"], second["parser_before"], second["parser"]) == ("changed", "test-1", "better")
    assert second["cells"] == [
        {"cell": "requests.granted.total", "before": 40, "after": "blank"},
        {"cell": "requests.total.total", "before": 44, "after": 25},
    ]
    assert [finding["rule"] for finding in second["findings_gained"]] == ["requests.balance"]
    assert second["fields"]["title"] == ["2020年政府信息公开工作年度报告", "二〇二〇年年报"]
    place = record().location
    assert second["record"] == {"file": place.file, "offset": place.offset, "id": place.record_id, "url": record().url}


def test_history_goes_with_a_report_to_another_year_and_tells_of_its_cells(corpus: Corpus) -> None:
    corpus.store(record(), report(year=2019), PARSER)
    corpus.assemble()
    corpus.store(record(), report(year=2020, numbers=changed(("granted", "total"), None)), BETTER)
    told = corpus.assemble()
    assert (told.moved, told.new, told.lost, told.alarming) == (1, 0, 0, True)
    happened = [(one["what"], one["report"][1]) for one in events(corpus)]
    assert happened == [("new", 2019), ("moved", 2019), ("came", 2020)]
    assert [cell["cell"] for one in events(corpus) for cell in one["cells"]] == ["requests.granted.total"]


def test_numbers_of_a_lost_report_are_kept(corpus: Corpus) -> None:
    corpus.store(record(), report(), PARSER)
    corpus.assemble()
    corpus.drop([record().location.record_id])
    told = corpus.assemble()
    assert (told.lost, told.alarming) == (1, True)
    assert events(corpus)[-1]["what"] == "lost"
    assert {"cell": "requests.total.total", "before": 44, "after": None} in events(corpus)[-1]["cells"]


def test_report_that_is_lost_beside_another_on_its_page_has_not_moved_there(corpus: Corpus) -> None:
    for others in ((report(year=2019),), ()):
        corpus.store(record(), report(others=others), BETTER if not others else PARSER)
        told = corpus.assemble()
    assert (told.lost, told.moved, told.alarming) == (1, 0, True)
    # Back again, both under other names: each goes its own way.
    corpus.store(record(), report(others=(report(year=2019),)), PARSER)
    corpus.assemble()
    corpus.store(record(), report(year=2016, others=(report(year=2015),)), BETTER)
    told = corpus.assemble()
    assert (told.new, told.lost, told.moved) == (0, 0, 2)
    assert [json.loads(one["to"])[1] for one in told.examples["moved"]] == [2015, 2016]


def test_report_that_another_hides_where_it_has_moved_is_lost(corpus: Corpus) -> None:
    first, second = URL.format(1), URL.format(2)
    corpus.store(record(first), report(first, published=date(2021, 3, 1)), PARSER)
    other = report(second, year=2021, numbers=changed(("total", "total"), 25), published=date(2022, 3, 1))
    corpus.store(record(second), other, PARSER)
    corpus.assemble()
    corpus.store(record(first), report(first, year=2021, published=date(2021, 3, 1)), BETTER)
    told = corpus.assemble()
    assert (told.lost, told.moved, told.alarming) == (1, 0, True)
    (example,) = told.examples["lost"]
    assert (example["year"], json.loads(example["to"])[1], example["url"]) == (2020, 2021, first)
    # One that says the same is still to be read.
    corpus.store(record(first), report(first), PARSER)
    corpus.store(record(second), report(second, year=2021), PARSER)
    corpus.assemble()
    corpus.store(record(first), report(first, year=2021), BETTER)
    told = corpus.assemble()
    assert (told.lost, told.moved, told.alarming) == (0, 1, False)


def test_each_example_tells_where_the_record_lies(corpus: Corpus) -> None:
    last = URL.format(2019)
    corpus.store(record(last), report(last, year=2019), PARSER)
    corpus.store(record(), report(), PARSER)
    examples = corpus.assemble().examples
    corpus.store(record(), report(errors=1, text="二〇二〇年的情况。"), BETTER)
    examples |= corpus.assemble().examples
    assert {"new", "changed", "findings_gained"} <= examples.keys()
    places = {(one["file"], one["offset"], one["url"]) for rows in examples.values() for one in rows}
    assert places == {(one.location.file, one.location.offset, one.url) for one in (record(), record(last))}


def test_what_a_killed_run_had_changed_is_told_by_the_next(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.corpus.assemble._BATCH", 1)

    def read_by(parser: Parser, lost: tuple[str, str] | None) -> None:
        for number in range(4):
            agency = Agency(f"第{number}局", "局", "370200")
            made = report(URL.format(number), agency=agency, numbers=changed(lost, None) if lost else NUMBERS)
            corpus.store(record(URL.format(number)), made, parser)

    read_by(PARSER, None)
    corpus.assemble(to_be_noted=True)
    assert corpus.note_run(PARSER, {}).new == 4
    read_by(BETTER, ("granted", "total"))
    from pipelines.corpus import corpus as module

    some, calls = module.assemble_some, iter((True, True, False))
    with monkeypatch.context() as patch:
        patch.setattr(module, "assemble_some", lambda *given: some(*given) if next(calls) else 1 // 0)
        with pytest.raises(ZeroDivisionError):
            corpus.assemble(to_be_noted=True)
    # An import comes first: what it assembles, the killed run had stored.
    assert corpus.assemble().changed == 2
    told = corpus.note_run(BETTER, {})
    assert (told.new, told.changed, told.alarming) == (0, 4, True)
    assert told.cells == {("number_lost", "requests", "granted", "total"): 4}
    assert len(told.examples["number_lost"]) == 4
    assert corpus.runs()[-1]["changes"] == told.as_json()
    read_by(PARSER, None)
    assert corpus.assemble().changed == 4  # where no re-parse is under way, none tells it
    assert corpus.note_run(BETTER, {}) == Changes()


@pytest.mark.parametrize("order", ["abAB", "abBA", "aAbB", "bAaB"])
def test_of_runs_at_once_each_change_is_told_by_one(corpus: Corpus, place: Path | str, order: str) -> None:
    """a, b: one of the runs assembles what both have stored by then; A, B: it tells what has changed."""
    urls = {name: URL.format(name) for name in "ab"}
    for parser, lost in ((PARSER, NUMBERS), (BETTER, changed(("granted", "total"), None))):
        with Corpus.open(place) as other:
            runs, told = {"a": corpus, "b": other}, []
            for run in runs.values():
                run.collect()
            for step in order:
                if step in runs:
                    agency = Agency(f"第{step}局", "局", "370200")
                    runs[step].store(record(urls[step]), report(urls[step], agency=agency, numbers=lost), parser)
                    runs[step].assemble(to_be_noted=True)
                else:
                    told.append(runs[step.lower()].note_run(parser, {}))
        expected = (2, 0) if parser is PARSER else (0, 2)
        assert (sum(one.new for one in told), sum(one.changed for one in told)) == expected


def test_report_keeps_its_parser_while_it_is_to_be_read_anew(corpus: Corpus) -> None:
    corpus.store(record(), report(), PARSER)
    corpus.assemble()
    corpus.unread()
    corpus.store(record(URL.format(9), day=3), report(URL.format(9)), BETTER)
    corpus.assemble()
    found = corpus.report(HEALTH.name, 2020)
    assert (found["parser"], len(found["versions"])) == ("test-1", 2)
    assert [place.record_id for place in corpus.left_unread()] == [record().location.record_id]
    corpus.store(record(), report(), BETTER)
    assert corpus.left_unread() == []


def test_divisions_of_one_name_have_histories_of_their_own(corpus: Corpus) -> None:
    for number, division in enumerate(("320106", "350102")):
        agency = Agency("鼓楼区教育局", "区教育局", division)
        url = f"http://e{number}.example.gov.cn/2020.html"
        corpus.store(record(url), report(url, agency=agency, text=division), PARSER)
    corpus.assemble()
    assert len(corpus.past("鼓楼区教育局", 2020)) == 2
    assert len(corpus.past("鼓楼区教育局", 2020, "320106")) == 1
    assert corpus.past("鼓楼区教育局", 2021) == {} and corpus.past("鼓楼区", 2020) == {}


def test_a_report_that_moves_is_never_missed_by_a_reader(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    """Groups between which a version moved are assembled in one transaction, however small the batches are."""
    monkeypatch.setattr("pipelines.corpus.assemble._BATCH", 1)
    for year in range(2010, 2020):
        url = URL.format(year)
        corpus.store(record(url), report(url, year=year, text=f"{year}年的全部工作情况说明。"), PARSER)
    corpus.assemble()
    for year in range(2010, 2020):
        url = URL.format(year)
        corpus.store(record(url), report(url, year=2029 - year, text=f"{year}年的全部工作情况说明。"), BETTER)
    from pipelines.corpus import corpus as module

    seen: list[int] = []
    some = module.assemble_some

    def watched(connection: Any, after: str) -> Any:
        seen.append(len(corpus.reports()))
        return some(connection, after)

    monkeypatch.setattr(module, "assemble_some", watched)
    corpus.assemble()
    assert len(seen) > 2 and set(seen) == {10}


def test_assembly_by_other_code_decides_about_all_reports_again(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus.store(record(), report(), PARSER)
    corpus.assemble()
    corpus.outdate()
    assert noted(corpus) == (0, 0)
    now = fingerprint.assembly()
    monkeypatch.setattr("pipelines.corpus.outdated.assembly", lambda: now._replace(code="other"))
    corpus.outdate()
    assert noted(corpus) == (1, 0)
    assert corpus.assemble().changed == 0
    corpus.outdate()
    assert noted(corpus) == (0, 0)
    # One version of one year rests on no rule of the assembly.
    monkeypatch.setattr("pipelines.corpus.outdated.assembly", lambda: now._replace(code="other", rules="other"))
    corpus.outdate()
    assert noted(corpus) == (0, 0)
    corpus.store(record(URL.format(2021)), report(URL.format(2021), year=2021), PARSER)
    corpus.assemble()
    monkeypatch.setattr("pipelines.corpus.outdated.assembly", lambda: now._replace(code="other", rules="third"))
    corpus.outdate()
    assert noted(corpus) == (0, 2)


def noted(corpus: Corpus) -> tuple[int, ...]:
    with create_engine(corpus.address).connect() as connection:
        return tuple(connection.execute(text(f"SELECT count(*) FROM {name}")).scalar() for name in ("pending", "stale"))  # type: ignore[misc]


@pytest.mark.parametrize("moment", [1, 3, 6])
def test_killed_assembly_goes_on_where_it_was(tmp_path: Path, moment: int) -> None:
    """Real kills between and within transactions; readers see whole reports, and in the end all of them."""
    place = tmp_path / "corpus.sqlite"
    with Corpus.open(place, create=True) as corpus:
        for number in range(40):
            agency = Agency(f"第{number}局", "局", "370200")
            for year in (2019, 2020):
                url = f"http://a{number}.example.gov.cn/{year}.html"
                corpus.store(record(url), report(url, agency=agency, year=year), PARSER)
    program = textwrap.dedent(
        f"""
        import os
        from pipelines.corpus import Corpus, assemble, corpus, placement
        assemble._BATCH, placement._BATCH = 10, 10
        some, done = corpus.assemble_some, []
        def kill_self(connection, after):
            result = some(connection, after)
            done.append(1)
            if len(done) == {moment}:
                os.kill(os.getpid(), 9)
            return result
        corpus.assemble_some = kill_self
        with Corpus.open({str(place)!r}) as opened:
            opened.assemble()
        """
    )
    assert Told(program).wait(120) == -signal.SIGKILL
    with Corpus.open(place) as corpus:
        listed = list(corpus.full_reports())
        assert len(listed) == 10 * (moment - 1)
        # Whole reports: the findings that need the year before are there with them.
        assert all(
            any(finding["rule"].startswith("years.") for finding in one["findings"]) == (one["year"] == 2020)
            for one in listed
        )
        corpus.assemble()
        assert len(corpus.reports()) == 80
        with Corpus.open(tmp_path / "other.sqlite", create=True) as other:
            for number in range(40):
                agency = Agency(f"第{number}局", "局", "370200")
                for year in (2020, 2019):
                    url = f"http://a{number}.example.gov.cn/{year}.html"
                    other.store(record(url), report(url, agency=agency, year=year), PARSER)
            other.assemble()
            assert json.dumps(list(corpus.full_reports())) == json.dumps(list(other.full_reports()))
        assert all(len(corpus.past(f"第{number}局", 2020)) == 1 for number in range(40))
