"""What may lie where a corpus is expected, and what a user is told."""

import sqlite3
import subprocess
import textwrap
from collections.abc import Generator, Iterator
from pathlib import Path
from threading import Timer

import pytest

from config.errors import NianbaoError, UsageError
from pipelines.corpus import Corpus, CorpusMissing, CorpusUnusable, ForeignCorpus, connection
from tests.corpus.made import PARSER, record, report
from tests.kit.forked import Told


def one_line(error: NianbaoError) -> str:
    assert "\n" not in str(error)
    return str(error)


def test_missing_file_says_what_makes_one_and_makes_none(tmp_path: Path) -> None:
    file = tmp_path / "corpus.sqlite"
    with pytest.raises(CorpusMissing) as raised:
        Corpus.open(file)
    assert str(file) in one_line(raised.value) and "reparse" in str(raised.value)
    assert isinstance(raised.value, UsageError)
    assert not file.exists()


@pytest.mark.parametrize("content", [b"%PDF-1.7 not a database", b"SQLite format 2\x00 old", b"\x00" * 4096])
def test_foreign_file_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "corpus.sqlite"
    file.write_bytes(content)
    for create in (False, True):
        with pytest.raises(ForeignCorpus) as raised:
            Corpus.open(file, create=create)
        assert str(file) in one_line(raised.value)
    assert file.read_bytes() == content


def test_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ForeignCorpus):
        Corpus.open(tmp_path, create=True)


def test_foreign_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "places.sqlite"
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE moz_places (id INTEGER)")
    before = file.read_bytes()
    for create in (False, True):
        with pytest.raises(ForeignCorpus):
            Corpus.open(file, create=create)
    assert file.read_bytes() == before


def test_database_cut_short_is_unusable_not_a_traceback(tmp_path: Path) -> None:
    file = tmp_path / "corpus.sqlite"
    with Corpus.open(file, create=True) as corpus:
        corpus.store_many([(record(number=number), report()) for number in range(50)], PARSER)
        corpus.assemble()
    file.write_bytes(file.read_bytes()[: 4096 * 3])
    with pytest.raises(CorpusUnusable) as raised, Corpus.open(file) as corpus:
        corpus.reports()
    assert "reparse --all" in one_line(raised.value)


def test_empty_file_of_an_interrupted_start_becomes_a_corpus(tmp_path: Path) -> None:
    file = tmp_path / "corpus.sqlite"
    file.touch()
    with pytest.raises(ForeignCorpus):
        Corpus.open(file)
    with Corpus.open(file, create=True) as corpus:
        assert corpus.reports() == []


def test_location_may_be_a_url(tmp_path: Path) -> None:
    file = tmp_path / "corpus.sqlite"
    with Corpus.open(f"sqlite:///{file}", create=True) as corpus:
        corpus.store(record(), report(), PARSER)
    with Corpus.open(file) as corpus:
        assert corpus.known() == {record().location.record_id}


@pytest.mark.parametrize("url", ["nosuch://host/name", "sqlite//", "oracle+nosuch://host/name"])
def test_unsupported_url_is_wrong_usage(url: str) -> None:
    with pytest.raises(UsageError) as raised:
        Corpus.open(url)
    one_line(raised.value)


def test_password_is_never_printed() -> None:
    with pytest.raises(NianbaoError) as raised:
        Corpus.open("nosuch://user:hunter2@host/name")
    assert "hunter2" not in str(raised.value)


def test_readers_see_the_old_state_until_the_assembly(place: Path | str) -> None:
    with Corpus.open(place, create=True) as writer, Corpus.open(place) as reader:
        writer.store(record(), report(), PARSER)
        assert reader.reports() == []
        writer.assemble()
        before = reader.reports()
        assert len(before) == 1
        writer.store(record(), report(title="2020年年报（更正）"), PARSER._replace(name="test-2"))
        assert [row["title"] for row in reader.reports()] == [before[0]["title"]]
        writer.assemble()
        assert reader.reports()[0]["title"] == "2020年年报（更正）"


def test_second_writer_is_told_what_holds_it_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "corpus.sqlite"
    monkeypatch.setattr(connection, "_PATIENCE_SECONDS", 0.1)
    with Corpus.open(file, create=True) as first, Corpus.open(file) as second:
        with first.rehearsal():
            first.store(record(), report(), PARSER)
            with pytest.raises(CorpusUnusable) as raised:
                second.store(record(), report(), PARSER)
            assert second.known() == set()
            assert first.known() == {record().location.record_id}
        assert "another nianbao" in one_line(raised.value)
        second.store(record(), report(), PARSER)
        assert len(first.known()) == 1


def test_rehearsal_is_undone_even_when_it_fails(place: Path | str) -> None:
    with Corpus.open(place, create=True) as corpus:
        with pytest.raises(ZeroDivisionError), corpus.rehearsal():
            corpus.store(record(), report(), PARSER)
            corpus.assemble()
            assert len(corpus.reports()) == 1
            raise ZeroDivisionError
        assert corpus.reports() == [] and corpus.known() == set()


def test_reading_all_reports_sees_one_state(place: Path | str) -> None:
    with Corpus.open(place, create=True) as writer, Corpus.open(place) as reader:
        for year in (2019, 2020):
            url = f"http://a.gov.cn/{year}"
            writer.store(record(url), report(url, year=year), PARSER)
        writer.assemble()
        rows = reader.full_reports()
        assert isinstance(rows, Generator)
        next(rows)
        writer.forget()
        assert next(rows)["year"] == 2020
        rows.close()
        assert reader.reports() == []


def test_killed_while_storing_leaves_a_corpus_that_reads(place: Path | str) -> None:
    program = textwrap.dedent(
        f"""
        from pipelines.corpus import Corpus
        from tests.corpus.made import PARSER, record, report
        with Corpus.open({str(place)!r}, create=True) as corpus:
            for number in range(100_000):
                url = f"http://a.gov.cn/{{number}}"
                corpus.store(record(url), report(url, year=1900 + number % 100), PARSER)
                if number % 7 == 0:
                    corpus.assemble()
                print(number, flush=True)
        """
    )
    child = Told(program)
    confirmed = 0
    for line in child.stdout:
        confirmed = int(line)
        if confirmed == 40:
            break
    child.kill()
    child.communicate(timeout=30)
    if isinstance(place, Path):
        with sqlite3.connect(place) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with Corpus.open(place) as corpus:
        assert len(corpus.known()) > confirmed
        corpus.assemble()
        listed = corpus.reports()
        assert len(listed) == len({row["year"] for row in listed})
        assert sum(len(row["versions"]) for row in listed) == len(corpus.known())


def test_opening_a_corpus_again_leaves_the_locks_of_its_other_connections(tmp_path: Path) -> None:
    """The system drops a process's locks on a file when it closes it anywhere; then another process, which takes itself
    for the last, throws away the log of changes that the first one still writes."""
    file = tmp_path / "corpus.sqlite"
    with Corpus.open(file, create=True) as corpus:
        corpus.store(record(), report(), PARSER)
        Corpus.open(file).close()
        program = f"from pipelines.corpus import Corpus; Corpus.open({str(file)!r}).close()"
        assert Told(program).wait(60) == 0
        assert file.with_name("corpus.sqlite-wal").exists()
        corpus.assemble()
        assert len(corpus.reports()) == 1


@pytest.fixture
def write_protected(tmp_path: Path) -> Iterator[Path]:
    """A folder with a corpus of one report, mounted as a disc that can't be written."""
    folder, disc = tmp_path / "folder", tmp_path / "disc"
    folder.mkdir()
    disc.mkdir()
    with Corpus.open(folder / "corpus.sqlite", create=True) as corpus:
        corpus.store(record(), report(), PARSER)
        corpus.assemble()
    mounted = subprocess.run(["mount", "--bind", "-o", "ro", folder, disc], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("only root mounts a read-only disc")
    try:
        yield disc
    finally:
        subprocess.run(["umount", disc], check=True)


def test_corpus_on_a_disc_that_can_not_be_written_is_read(write_protected: Path) -> None:
    with Corpus.open(write_protected / "corpus.sqlite") as corpus:
        assert len(corpus.reports()) == 1
        with pytest.raises(CorpusUnusable) as raised:
            corpus.store(record(), report(), PARSER)
    assert "permissions" in one_line(raised.value)


def test_a_corpus_that_another_process_is_making_is_waited_for(tmp_path: Path) -> None:
    place = tmp_path / "corpus.sqlite"
    maker = sqlite3.connect(place, isolation_level=None, check_same_thread=False)
    maker.execute("BEGIN IMMEDIATE")
    ending = Timer(1, maker.rollback)
    ending.start()
    with Corpus.open(place, create=True) as corpus:
        assert corpus.reports() == []
    ending.join()
    assert maker.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    maker.close()
