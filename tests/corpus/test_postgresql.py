"""A corpus in PostgreSQL: the same as in SQLite to the byte, with many who write at once; and what a user is told."""

import multiprocessing
import random
import textwrap
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from config.errors import NianbaoError
from pipelines.corpus import Corpus, CorpusMissing, CorpusUnusable, CorpusVersion, ForeignCorpus
from pipelines.corpus import corpus as corpus_module
from pipelines.report import Agency
from tests.corpus.made import NUMBERS, PARSER, announcement, failure, record, report
from tests.corpus.test_permutations import Stored, corpus_json, json_of, stored
from tests.kit.forked import Told
from tests.kit.postgres import PostgresServer

HOST = "http://www.example.gov.cn"
# By code point they stand in another order than by pinyin, strokes or the bytes of GBK.
NAMES = ("一宫县", "丁县", "万县", "乙县", "八县", "甲县", "阿县", "ａ县", "Z县", "a县", "é县", "𠮷县", "㐂县")


@pytest.fixture
def url(postgres_server: PostgresServer) -> Iterator[str]:
    with postgres_server.place() as place:
        yield place


@pytest.fixture(scope="module")
def emptied(postgres_server: PostgresServer) -> Iterator[Corpus]:
    with postgres_server.place() as place, Corpus.open(place, create=True) as corpus:
        yield corpus


def in_postgresql(corpus: Corpus, batches: Sequence[Sequence[Stored]]) -> str:
    corpus.forget()
    for batch in batches:
        corpus.store_many(batch, PARSER)
        corpus.assemble()
    return json_of(corpus)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_whatever_is_stored_comes_out_as_from_sqlite(emptied: Corpus, data: st.DataObject) -> None:
    records = data.draw(st.lists(stored(), min_size=1, max_size=9, unique_by=lambda item: item[0].location.record_id))
    cut = data.draw(st.integers(0, len(records)))
    batches = [records[:cut], records[cut:]]
    assert in_postgresql(emptied, batches) == corpus_json([records], [True])


def test_order_and_hostile_text_are_those_of_sqlite(emptied: Corpus) -> None:
    outcomes: list[Stored] = []
    for number, name in enumerate(random.Random(7).sample(NAMES, len(NAMES))):
        page = f"{HOST}/{name}/\x00{number}.html"
        division = "370200" if number % 3 else None
        agency = Agency(f"{name}\x00人民政府", f"{name}\ud800", division, "county", None)
        made = report(page, agency=agency, year=2020 + number % 2, text=f"{name}\x00\ud83d\n" * 5, title=f"\x00{name}")
        outcomes.append((record(page), made))
    # Such as a database can't compress: an entry of PostgreSQL's indexes holds 2,700 bytes.
    long = "".join(random.Random(3).choices([chr(code) for code in range(0x4E00, 0x9FA5)], k=20_000))
    agency = Agency(long[:60], long, "370200", "county", None)
    outcomes.append((record(f"{HOST}/long"), report(f"{HOST}/long", agency=agency, title=long, text=long)))
    outcomes.append((record(f"{HOST}/{long}"), report(f"{HOST}/{long}", agency=None, year=None)))
    outcomes.append((record(f"{HOST}/f"), failure(f"{HOST}/f")))
    outcomes.append((record(f"{HOST}/a"), announcement(f"{HOST}/a", f"{HOST}/{long}", f"{HOST}/\x00")))
    assert in_postgresql(emptied, [outcomes]) == corpus_json([outcomes], [True])


def portal(number: int) -> list[Stored]:
    """The records of one portal; its reports are also on the portals beside it, so that all touch the same groups."""
    outcomes: list[Stored] = []
    for year in range(2008, 2020):
        for agency in range(number, number + 3):
            page = f"http://www.city{number}.gov.cn/{agency}/{year}.html"
            who = Agency(f"第{agency}市人民政府", f"第{agency}市", "370200", "prefecture", None)
            made = report(page, agency=who, year=year, numbers={key: n + agency + year for key, n in NUMBERS.items()})
            outcomes.append((record(page), made))
        link = f"http://www.city{number + 1}.gov.cn/{number + 1}/{year}.html"
        outcomes.append((record(f"{link}?from={number}"), announcement(f"{link}?from={number}", link)))
    return outcomes


def store_portal(url: str, number: int) -> None:
    """As a crawl does it, with a second process at the same portal: few records at a time, assembled now and then."""
    outcomes = portal(number // 2)
    random.Random(number).shuffle(outcomes)
    with Corpus.open(url, create=True) as corpus:
        for start in range(0, len(outcomes), 5):
            corpus.store_many(outcomes[start : start + 5], PARSER)
            if start % 3 == 0:
                corpus.assemble()
        corpus.assemble()


def test_many_who_store_and_assemble_at_once_come_to_the_same(url: str) -> None:
    writers = [multiprocessing.get_context("spawn").Process(target=store_portal, args=(url, n)) for n in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    assert [writer.exitcode for writer in writers] == [0] * 6
    with Corpus.open(url) as corpus:
        assert corpus.assemble().as_json()["changed"] == 0
        assert json_of(corpus) == corpus_json([[item for number in range(3) for item in portal(number)]], [True])


def test_killed_writers_lose_nothing_that_they_confirmed(url: str) -> None:
    program = textwrap.dedent(
        f"""
        import sys
        from pipelines.corpus import Corpus
        from tests.corpus.made import PARSER, record, report
        with Corpus.open({url!r}, create=True) as corpus:
            for number in range(100_000):
                page = f"http://a.gov.cn/{{sys.argv[1]}}/{{number}}"
                corpus.store(record(page), report(page, year=1900 + number % 100), PARSER)
                print(page, flush=True)
                if number % 3 == 0:
                    corpus.assemble()
        """
    )
    writers = [Told(program, number) for number in range(3)]
    confirmed = []
    for number, writer in enumerate(writers):
        confirmed += [writer.stdout.readline().strip() for _ in range(6 + 3 * number)]
        writer.kill()
    for writer in writers:
        # A line that the kill has torn confirms nothing.
        confirmed += [line.strip() for line in writer.communicate(timeout=30).splitlines(True) if line[-1:] == "\n"]
    with Corpus.open(url) as corpus:
        corpus.assemble()
        urls = {version["url"] for row in corpus.reports() for version in row["versions"]}
    assert set(confirmed) <= urls


def test_what_is_stored_during_an_assembly_waits_for_the_next(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place_some = corpus_module.place_some
    with Corpus.open(url, create=True) as first, Corpus.open(url) as second:

        def placed_while_another_stores(connection: Connection, last: int) -> bool:
            second.store(record(), report(year=2020), PARSER._replace(name="better"))
            second.store(record(day=1), report(year=2021), PARSER)
            return place_some(connection, last)

        first.store(record(), report(year=2019), PARSER)
        monkeypatch.setattr(corpus_module, "place_some", placed_while_another_stores)
        first.assemble()
        # It is not shown under the year that it was placed in with the text that it has now.
        assert [row["year"] for row in second.reports()] == []
        monkeypatch.undo()
        second.assemble()
        assert [row["year"] for row in first.reports()] == [2020, 2021]


@pytest.mark.parametrize(
    ("database", "user", "advice"),
    [
        ("nowhere", "tester", "createdb"),
        ("tests", "nobody_known", "check the user"),
    ],
)
def test_what_can_not_be_opened_says_what_to_do(
    postgres_server: PostgresServer, database: str, user: str, advice: str
) -> None:
    with pytest.raises(CorpusUnusable) as raised:
        Corpus.open(postgres_server.url(database, user), create=True)
    assert advice in one_line(raised.value)


def test_server_that_is_not_there_is_named_without_the_password() -> None:
    with pytest.raises(CorpusUnusable) as raised:
        Corpus.open("postgresql://me:hunter2@127.0.0.1:1/corpus", create=True)
    assert "hunter2" not in one_line(raised.value) and "127.0.0.1" in str(raised.value)


def test_empty_database_foreign_tables_and_wrong_encoding(postgres_server: PostgresServer, url: str) -> None:
    with pytest.raises(CorpusMissing):
        Corpus.open(url)
    schema = url.rpartition("%3D")[2]
    postgres_server.execute(f"CREATE TABLE {schema}.photos (id int)")
    for create in (False, True):
        with pytest.raises(ForeignCorpus):
            Corpus.open(url, create=create)
    postgres_server.execute("CREATE DATABASE chinese ENCODING 'EUC_CN' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
    with pytest.raises(CorpusUnusable) as raised:
        Corpus.open(postgres_server.url("chinese"), create=True)
    assert "EUC_CN" in one_line(raised.value)


def test_who_may_only_read_reads_but_can_not_bring_up_to_date(postgres_server: PostgresServer, url: str) -> None:
    schema = url.rpartition("%3D")[2]
    with Corpus.open(url, create=True) as corpus:
        corpus.store(record(), report(), PARSER)
        corpus.assemble()
    postgres_server.execute(f"CREATE ROLE guest LOGIN; GRANT USAGE ON SCHEMA {schema} TO guest")
    postgres_server.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO guest")
    guest = url.replace("tester@", "guest@")
    with Corpus.open(guest) as corpus:
        assert len(corpus.reports()) == len(list(corpus.full_reports())) == 1
        with pytest.raises(CorpusUnusable) as refused:
            corpus.store(record(), report(), PARSER)
        assert "permission denied" in one_line(refused.value)
    postgres_server.execute(f"UPDATE {schema}.nianbao_revision SET version_num = '0002'")
    with pytest.raises(CorpusVersion) as raised:
        Corpus.open(guest)
    assert "older nianbao" in one_line(raised.value)
    postgres_server.execute("DROP OWNED BY guest; DROP ROLE guest")


def one_line(error: NianbaoError) -> str:
    assert "\n" not in str(error)
    return str(error)
