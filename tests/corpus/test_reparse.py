"""The corpus made again from the archive: the same as before, what changed told, nothing lost in silence."""

import json
import os
import shutil
import textwrap
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.exchange import Exchange
from archive.folder import ArchiveFolder
from archive.index import Index
from archive.reader import read, records
from archive.record import Location
from archive.writer import ArchiveWriter
from benchmarks.reparse.__main__ import nothing_in
from config.site import Site
from pipelines import fingerprint
from pipelines.corpus import Corpus
from pipelines.fingerprint import Parser
from pipelines.parse import is_document, parse
from pipelines.reparse import reparse
from tests.kit.forked import Told
from tests.kit.reports.render import html_body, pdf
from tests.kit.reports.sample import SampleReport

HOST = "http://wsjkw.qingdao.gov.cn"
AGENCY = "青岛市卫生健康委员会"
WORSE = Parser("worse", "", "", "", "")
START = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


def page(report: SampleReport) -> bytes:
    head = f'<title>{report.title}</title><meta name="ArticleTitle" content="{report.title}">'
    return f"<!DOCTYPE html><html><head>{head}</head><body>{html_body(report)}</body></html>".encode()


def exchange(url: str, body: bytes, *, minute: int, status: str = "200 OK", media: str = "text/html") -> Exchange:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {media}; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
    request = f"GET {url} HTTP/1.1\r\nHost: wsjkw.qingdao.gov.cn\r\n\r\n".encode()
    return Exchange(url, "GET", START + timedelta(minutes=minute), "10.0.0.1", request, head.encode() + body)


SAMPLES = {
    f"{HOST}/2019.html": SampleReport.drawn(AGENCY, 2019, "2019"),
    f"{HOST}/2020.html": SampleReport.drawn(AGENCY, 2020, "2019"),
    f"{HOST}/2021.html": SampleReport.drawn(AGENCY, 2021, "2021"),
}


@pytest.fixture
def folder(tmp_path: Path) -> ArchiveFolder:
    """A crawl's archive: reports, a copy, news, an error, robots.txt, a broken file, and a page fetched twice."""
    folder = ArchiveFolder(tmp_path)
    folder.create()
    with ArchiveWriter(folder, info={"software": "test"}, index=Index(folder)) as writer:
        writer.exchange(exchange(f"{HOST}/robots.txt", b"User-agent: *\n", minute=0, media="text/plain"))
        for minute, (url, sample) in enumerate(SAMPLES.items(), start=1):
            writer.exchange(exchange(url, page(sample), minute=minute))
        first = next(iter(SAMPLES))
        writer.exchange(exchange(first, page(SAMPLES[first]), minute=10))
        writer.exchange(exchange(f"{HOST}/copy/2019.html", page(SAMPLES[first]), minute=11))
        news = "<html><body><h1>我委召开会议</h1><p>会议强调要做好各项工作，抓好落实。</p></body></html>"
        writer.exchange(exchange(f"{HOST}/news.html", news.encode(), minute=12))
        writer.exchange(exchange(f"{HOST}/gone.html", b"not found", minute=13, status="404 Not Found"))
        writer.exchange(exchange(f"{HOST}/broken.pdf", b"%PDF-1.4 broken", minute=14, media="application/pdf"))
        writer.exchange(
            exchange(f"{HOST}/2021.pdf", pdf(SAMPLES[f"{HOST}/2021.html"]), minute=15, media="application/pdf")
        )
    return folder


def no_site(url: str) -> Site | None:
    return None


def json_of(corpus: Corpus) -> str:
    return json.dumps([corpus.reports(), list(corpus.full_reports()), corpus.outcomes(), corpus.failures()])


def store_live(folder: ArchiveFolder, corpus: Corpus) -> None:
    """As a crawl does it: each record read back from the archive, in an order of its own."""
    for record in sorted(records(folder), key=lambda record: record.url):
        again = read(folder, record.location)
        corpus.store(again, parse(again, None) if is_document(again) else None, fingerprint.parser())
    corpus.assemble()


def test_reparse_gives_the_corpus_of_the_crawl_byte_for_byte(folder: ArchiveFolder, corpus: Corpus) -> None:
    store_live(folder, corpus)
    live = json_of(corpus)
    assert [(row["agency"], row["year"]) for row in corpus.reports()] == [(AGENCY, year) for year in (2019, 2020, 2021)]
    corpus.forget()
    done = reparse(folder, corpus, site_of=no_site, everything=True)
    assert json_of(corpus) == live
    assert (done.parsed, done.reports) == (7, 5)
    assert done.skipped == {"robots.txt": 1, "status 404": 1, "seen again": 1}
    assert done.records == done.parsed + done.skipped.total()
    assert [url for url, _code, reason in done.failures if reason] == [f"{HOST}/broken.pdf"]
    assert done.changes.new == 3


def test_worker_processes_give_the_same(folder: ArchiveFolder, corpus: Corpus) -> None:
    store_live(folder, corpus)
    live = json_of(corpus)
    seen = []
    done = reparse(folder, corpus, workers=2, everything=True, progress=lambda done: seen.append(done.parsed))
    assert json_of(corpus) == live
    assert seen[-1] == done.parsed == 7
    assert not done.changes.new and not done.changes.lost and not done.changes.changed


def test_what_todays_parser_has_read_is_passed_over(folder: ArchiveFolder, corpus: Corpus) -> None:
    reparse(folder, corpus, site_of=no_site)
    again = reparse(folder, corpus, site_of=no_site)
    assert (again.parsed, again.current, again.records) == (0, 8, 10)
    assert again.skipped == {"robots.txt": 1, "status 404": 1}


def test_archive_with_nothing_due_is_not_even_read(folder: ArchiveFolder, corpus: Corpus) -> None:
    reparse(folder, corpus, site_of=no_site)
    (file,) = folder.archive.glob("*.warc.gz")
    status = file.stat()
    file.write_bytes(b"x" * status.st_size)
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert reparse(folder, corpus, site_of=no_site).damage == []
    corpus.drop([next(iter(corpus.known()))])
    assert reparse(folder, corpus, site_of=no_site).damage


def test_benchmark_of_nothing_to_do_runs_on_both(place: Path | str, tmp_path: Path) -> None:
    folder = ArchiveFolder(tmp_path / "nothing")
    folder.create()
    folder.final("synthetic.warc.gz").write_bytes(b"nobody reads this")
    assert nothing_in(folder, str(place), 100) > 0


def test_change_is_told_by_cell_and_dry_run_writes_nothing(
    folder: ArchiveFolder, corpus: Corpus, place: Path | str
) -> None:
    reparse(folder, corpus, site_of=no_site)
    whole = json_of(corpus)
    spoil(folder, corpus)
    spoiled = json_of(corpus)
    corpus.close()
    before = place.read_bytes() if isinstance(place, Path) else None

    rehearsed = reparse(folder, corpus, site_of=no_site, everything=True, dry_run=True)
    assert json_of(corpus) == spoiled
    corpus.close()
    assert before is None or (folder.data / "corpus.sqlite").read_bytes() == before

    done = reparse(folder, corpus, site_of=no_site, everything=True)
    assert json_of(corpus) == whole
    assert rehearsed.as_json() == done.as_json()
    found = done.changes.as_json()
    assert (found["new"], found["lost"], found["moved"], found["changed"]) == (0, 0, 1, 1)
    assert found["cells"] == [
        {"kind": "number_gained", "table": "requests", "row": "total", "column": "total", "count": 1}
    ]
    (example,) = found["examples"]["number_gained"]
    truth = SAMPLES[f"{HOST}/2020.html"].values["requests", "total", "total"]
    assert (example["agency"], example["year"], example["before"], example["after"]) == (
        AGENCY,
        2020,
        "unreadable",
        truth,
    )
    assert not done.changes.alarming


def spoil(folder: ArchiveFolder, corpus: Corpus) -> None:
    """Store what a worse parser had made of two records: one total unreadable, one year wrong."""
    for record in list(records(folder)):
        outcome = parse(record, None) if is_document(record) else None
        if record.url.endswith("2020.html"):
            cells = tuple(
                replace(cell, state="unreadable", value=None)
                if (cell.row, cell.column) == ("total", "total") and cell.table == "requests"
                else cell
                for cell in outcome.cells
            )
            corpus.store(record, replace(outcome, cells=cells), WORSE)
        elif record.url.endswith(("2021.html", "2021.pdf")):
            corpus.store(record, replace(outcome, year=2011), WORSE)
    corpus.assemble()


def test_number_that_is_lost_and_report_that_is_lost_are_alarming(folder: ArchiveFolder, corpus: Corpus) -> None:
    reparse(folder, corpus, site_of=no_site)
    spoil(folder, corpus)
    assert reparse(folder, corpus, site_of=no_site, everything=True).changes.alarming is False
    for path in folder.archive.iterdir():
        path.unlink()
    shutil.rmtree(folder.indexes)
    folder.create()
    done = reparse(folder, corpus, site_of=no_site, everything=True)
    assert (done.gone, done.changes.lost, done.changes.alarming) == (8, 3, True)
    assert corpus.reports() == []


def test_damage_is_told_and_drops_nothing(folder: ArchiveFolder, corpus: Corpus) -> None:
    reparse(folder, corpus, site_of=no_site)
    whole = corpus.reports()
    (file,) = folder.archive.glob("*.warc.gz")
    location: Location = next(record.location for record in records(folder) if record.url.endswith("2020.html"))
    content = bytearray(file.read_bytes())
    content[location.offset + 200] ^= 0xFF
    file.write_bytes(bytes(content))
    done = reparse(folder, corpus, site_of=no_site, everything=True)
    assert done.damage and file.name in str(done.damage[0])
    assert done.gone == 0
    assert corpus.reports() == whole


def test_run_that_begins_beside_another_costs_it_no_report(
    folder: ArchiveFolder, corpus: Corpus, place: Path | str
) -> None:
    reparse(folder, corpus, site_of=no_site)
    whole = json_of(corpus)
    corpus.drop([next(iter(corpus.known()))])
    with Corpus.open(place) as other:
        done = reparse(folder, corpus, site_of=no_site, everything=True, progress=lambda done: other.unread())
        assert (done.gone, done.changes.lost) == (0, 0)
        assert len(other.reports()) == 3
        assert reparse(folder, other, site_of=no_site).parsed == 7
    assert json_of(corpus) == whole


def test_killed_run_goes_on_and_ends_with_the_same_corpus(
    folder: ArchiveFolder, corpus: Corpus, place: Path | str
) -> None:
    reparse(folder, corpus, site_of=no_site, everything=True)
    whole = json_of(corpus)
    corpus.forget()
    program = textwrap.dedent(
        f"""
        from pathlib import Path
        import pipelines.workload as workload
        from archive.folder import ArchiveFolder
        from pipelines.corpus import Corpus
        from pipelines.reparse import reparse
        workload._RECORDS = 2
        data = Path({str(folder.data)!r})
        with Corpus.open({str(place)!r}) as corpus:
            say = lambda done: print(done.parsed, flush=True)
            reparse(ArchiveFolder(data), corpus, site_of=lambda url: None, progress=say)
        """
    )
    child = Told(program)
    assert int(child.stdout.readline())
    child.kill()
    child.communicate(timeout=30)
    done = reparse(folder, corpus, site_of=no_site)
    assert done.current > 0
    assert json_of(corpus) == whole
