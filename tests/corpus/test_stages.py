"""A re-parse begins, for each record, at the first stage that changed, and comes to what a parse of everything does."""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

import pipelines.parse as stages
from archive.folder import ArchiveFolder
from archive.index import Index
from archive.writer import ArchiveWriter
from config.site import Site
from pipelines import fingerprint
from pipelines.corpus import Corpus
from pipelines.documents.office import libreoffice
from pipelines.fingerprint import Parser, Stage
from pipelines.reparse import Reparsed, reparse
from pipelines.report import Finding
from tests.corpus.test_reparse import AGENCY, HOST, exchange, folder, json_of, no_site

__all__ = ["folder"]

REPORTS, OTHERS, BROKEN, SEEN_AGAIN = 5, 1, 1, 1
# read, read_form, identify, check: what runs where each stage is the first that changed. What is no report keeps
# nothing of its forms but the verdict, and the rules have no part in it.
RUNS = {
    Stage.DOCUMENT: (REPORTS + OTHERS + BROKEN, REPORTS + OTHERS, REPORTS + OTHERS, REPORTS),
    Stage.FORMS: (0, REPORTS + OTHERS, REPORTS + OTHERS, REPORTS),
    Stage.IDENTITY: (0, OTHERS, REPORTS + OTHERS, REPORTS),
    Stage.RULES: (0, 0, 0, REPORTS),
}


@pytest.fixture
def corpus(folder: ArchiveFolder) -> Iterator[Corpus]:
    with Corpus.open(folder.data / "corpus.sqlite", create=True) as opened:
        yield opened


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each stage ran."""
    counted: Counter[str] = Counter()
    for name in ("extract", "read_form", "identify", "check"):
        monkeypatch.setattr(stages, name, counting(counted, name, getattr(stages, name)))
    return counted


def counting(counted: Counter[str], name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def counts(*arguments: Any, **named: Any) -> Any:
        counted[name] += 1
        return function(*arguments, **named)

    return counts


def change(monkeypatch: pytest.MonkeyPatch, stage: Stage) -> Parser:
    """Another parser than today's, in one stage."""
    today = fingerprint.parser()
    changed = today._replace(name=f"changed in {stage.name}", **{stage.name.lower(): "another"})
    monkeypatch.setattr(fingerprint, "parser", lambda: changed)
    return changed


def make_unreadable(folder: ArchiveFolder) -> None:
    """Put junk in the place of every record, so that size and time tell nothing."""
    for file in folder.archive.iterdir():
        status = file.stat()
        file.write_bytes(b"x" * status.st_size)
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


def told(corpus: Corpus) -> str:
    """What the corpus says, whatever parser it is from."""
    return json.dumps([{**report, "parser": None} for report in corpus.full_reports()]) + json.dumps(corpus.reports())


@pytest.mark.parametrize("stage", Stage, ids=lambda stage: stage.name)
def test_begins_at_the_first_stage_that_changed(
    folder: ArchiveFolder, corpus: Corpus, ran: Counter[str], stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    reparse(folder, corpus, site_of=no_site)
    before = told(corpus)
    ran.clear()
    changed = change(monkeypatch, stage)
    if stage is not Stage.DOCUMENT:
        make_unreadable(folder)
    done = reparse(folder, corpus, site_of=no_site)
    assert tuple(ran[name] for name in ("extract", "read_form", "identify", "check")) == RUNS[stage]
    assert done.damage == [] and done.records == 10
    assert done.began == {stage.name.lower(): done.parsed}
    assert told(corpus) == before
    assert {report["parser"] for report in corpus.full_reports()} == {changed.name}
    assert (done.changes.changed, done.changes.new, done.changes.lost) == (0, 0, 0)
    ran.clear()
    assert reparse(folder, corpus, site_of=no_site).parsed == 0 and not ran


def test_what_is_a_document_may_be_decided_anew(
    folder: ArchiveFolder, corpus: Corpus, ran: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stages, "_CRAWLERS_OWN", (f"{HOST}/2019",))
    monkeypatch.setattr(fingerprint, "selection", lambda: "older")
    fewer = reparse(folder, corpus, site_of=no_site)
    before = json_of(corpus)
    monkeypatch.undo()
    for name in ("extract", "read_form", "identify", "check"):
        monkeypatch.setattr(stages, name, counting(ran, name, getattr(stages, name)))
    ran.clear()
    more = reparse(folder, corpus, site_of=no_site)
    # The page is read that was none, as a page and under its other address; and no other.
    assert (more.parsed, ran["extract"]) == (1, 1)
    assert more.current + more.parsed == fewer.current + fewer.parsed + 1
    whole = json_of(corpus)
    assert whole != before and f"{HOST}/2019.html" in whole
    monkeypatch.setattr(stages, "_CRAWLERS_OWN", (f"{HOST}/2019",))
    monkeypatch.setattr(fingerprint, "selection", lambda: "older")
    assert reparse(folder, corpus, site_of=no_site).parsed == 0
    assert json_of(corpus) == before
    reparse(folder, corpus, site_of=no_site, everything=True)
    assert json_of(corpus) == before


def test_what_has_not_changed_is_not_assembled_again(
    folder: ArchiveFolder, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    reparse(folder, corpus, site_of=no_site)
    change(monkeypatch, Stage.FORMS)
    corpus.close()
    before = rows_of(folder, "SELECT key, cells, findings, body FROM reports ORDER BY key")
    rowids = rows_of(folder, "SELECT rowid FROM reports ORDER BY key")
    reparse(folder, corpus, site_of=no_site)
    corpus.close()
    assert rows_of(folder, "SELECT key, cells, findings, body FROM reports ORDER BY key") == before
    assert rows_of(folder, "SELECT rowid FROM reports ORDER BY key") == rowids


def rows_of(folder: ArchiveFolder, query: str) -> list[tuple[Any, ...]]:
    with create_engine(f"sqlite:///{folder.data / 'corpus.sqlite'}").connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


@pytest.mark.parametrize("stage", [Stage.RULES, Stage.IDENTITY], ids=lambda stage: stage.name)
def test_other_rules_give_what_a_parse_of_everything_gives(
    folder: ArchiveFolder, corpus: Corpus, tmp_path: Path, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    reparse(folder, corpus, site_of=no_site)
    check = stages.check

    def stricter(reading: Any, sections: Any, identity: Any) -> tuple[Finding, ...]:
        number = sum(cell.value or 0 for cell in reading.cells if cell.state == "number")
        more = Finding("new.rule", "error", f"the numbers add up to {number}", "合计", stated=identity.year)
        return (*check(reading, sections, identity), more)

    monkeypatch.setattr(stages, "check", stricter)
    change(monkeypatch, stage)
    done = reparse(folder, corpus, site_of=no_site)
    assert done.changes.as_json()["findings_gained"] == {"new.rule": 3}
    assert done.changes.changed == 3
    with Corpus.open(tmp_path / "other.sqlite", create=True) as other:
        reparse(folder, other, site_of=no_site)
        assert json_of(corpus) == json_of(other)


def test_documents_may_be_thrown_away_at_any_time(
    folder: ArchiveFolder, corpus: Corpus, ran: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    reparse(folder, corpus, site_of=no_site)
    before = told(corpus)
    corpus.close()
    for damage in ("DELETE FROM documents", "UPDATE documents SET packed = x'00'"):
        with create_engine(f"sqlite:///{folder.data / 'corpus.sqlite'}").begin() as connection:
            connection.execute(text(damage))
        ran.clear()
        with monkeypatch.context() as patch:
            change(patch, Stage.FORMS)
            reparse(folder, corpus, site_of=no_site)
        assert ran["extract"] == REPORTS + OTHERS
        assert told(corpus) == before
        reparse(folder, corpus, site_of=no_site)


def test_all_uses_nothing_that_is_kept(folder: ArchiveFolder, corpus: Corpus, ran: Counter[str]) -> None:
    reparse(folder, corpus, site_of=no_site)
    ran.clear()
    reparse(folder, corpus, site_of=no_site, everything=True)
    assert tuple(ran[name] for name in ("extract", "read_form", "identify", "check")) == RUNS[Stage.DOCUMENT]


def test_parse_of_everything_that_was_cut_off_is_gone_on_with(
    folder: ArchiveFolder, corpus: Corpus, ran: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    reparse(folder, corpus, site_of=no_site)
    monkeypatch.setattr("pipelines.workload._RECORDS", 2)
    before = json_of(corpus)

    def stop(done: Reparsed) -> None:
        if done.parsed > 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reparse(folder, corpus, site_of=no_site, everything=True, progress=stop)
    ran.clear()
    done = reparse(folder, corpus, site_of=no_site)
    assert 0 < ran["extract"] < RUNS[Stage.DOCUMENT][0]
    assert done.gone == 0 and json_of(corpus) == before


def test_an_accident_is_tried_again_by_another_parser_alone(
    folder: ArchiveFolder, corpus: Corpus, ran: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: Any) -> Any:
        raise RuntimeError("a fault")

    with monkeypatch.context() as patch:
        patch.setattr(stages, "read_form", broken)
        done = reparse(folder, corpus, site_of=no_site)
        assert len(done.failures) == REPORTS + OTHERS + BROKEN
    assert reparse(folder, corpus, site_of=no_site).parsed == 0
    ran.clear()
    change(monkeypatch, Stage.RULES)
    done = reparse(folder, corpus, site_of=no_site)
    assert [url for url, _, _ in done.failures] == []
    assert len(corpus.reports()) == 3 and corpus.reports()[0]["agency"] == AGENCY
    assert ran["check"] == REPORTS


@pytest.mark.skipif(libreoffice() is None, reason="LibreOffice is not installed")
def test_what_needed_libreoffice_is_read_once_that_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = ArchiveFolder(tmp_path)
    folder.create()
    torn = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 the beginning of an old Word file"
    with ArchiveWriter(folder, info={"software": "test"}, index=Index(folder)) as writer:
        writer.exchange(exchange("http://a.example.gov.cn/report.doc", torn, minute=1, media="application/msword"))
        writer.exchange(
            exchange("http://a.example.gov.cn/torn.pdf", b"%PDF-1.4 torn", minute=2, media="application/pdf")
        )
    with Corpus.open(tmp_path / "corpus.sqlite", create=True) as corpus:
        with monkeypatch.context() as patch:
            patch.setenv("PATH", "/nonexistent")
            for parsed in (2, 0):
                assert reparse(folder, corpus, site_of=no_site).parsed == parsed
            assert {one["code"] for one in corpus.failures()} == {"needs_libreoffice", "broken"}
        assert reparse(folder, corpus, site_of=no_site).parsed == 1
        assert {one["code"] for one in corpus.failures()} == {"broken"}
        assert reparse(folder, corpus, site_of=no_site).parsed == 0


def test_site_is_asked_for_again_where_identity_is(
    folder: ArchiveFolder, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def site_of(url: str) -> Site | None:
        asked.append(url)
        return None

    reparse(folder, corpus, site_of=no_site)
    change(monkeypatch, Stage.IDENTITY)
    reparse(folder, corpus, site_of=site_of)
    assert f"{HOST}/2019.html" in asked
