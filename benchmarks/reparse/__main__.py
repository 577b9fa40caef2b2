"""What a re-parse costs: by the first stage that changed, with one process and two, in time and in memory.

    python -m benchmarks.reparse [--pages N] [--sizes N,N,…] [--server]

All on archives that are made here: report pages in the shape of real ones, each of an agency of its own; and small
pages, as many as ``--sizes`` says (see `growth`; 1000000 is meant to be asked for), with ``--server`` in PostgreSQL,
too. CPU seconds, corpus and assembly included. Exits with 1 where fewer than RULES documents a second and core are read
by changed rules alone, where a run with nothing to do takes longer than NOTHING seconds for 100,000 records, or a
worker takes more than MEMORY, or a process more for the most records than for the fewest by more than GROWTH.
"""

import argparse
import os
import sys
import tempfile
import time
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy import create_engine, insert, select, text

from archive.folder import ArchiveFolder
from archive.reader import records
from benchmarks.assembly.__main__ import write_archive
from benchmarks.reparse.growth import grow
from pipelines import fingerprint
from pipelines.corpus import Corpus
from pipelines.corpus.kept import FileMark
from pipelines.corpus.schema import parsers
from pipelines.corpus.schema import records as stored
from pipelines.fingerprint import Stage
from pipelines.parse import parse
from pipelines.reparse import reparse
from tests.kit.postgres import postgres, programs

RULES, NOTHING, MEMORY, GROWTH = 1000.0, 5.0, 400 << 20, 40 << 20
MANY = 100_000
SIZES = f"1000,{MANY}"


def by_stage(place: Path, count: int) -> float:
    """Prints documents a second and core by the first stage that changed; returns that of the rules."""
    folder, told = ArchiveFolder(place / "pages"), fingerprint.parser
    today = told()
    write_archive(folder, count)
    rates: dict[str, float] = {}
    with Corpus.open(place / "corpus.sqlite", create=True) as corpus:
        reparse(folder, corpus, site_of=lambda url: None)  # what is loaded once in a million records is loaded
        for stage in Stage:
            changed = today._replace(name=stage.name, **{stage.name.lower(): "another"})
            fingerprint.parser = lambda changed=changed: changed  # type: ignore[assignment]
            begun = time.process_time()
            done = reparse(folder, corpus, site_of=lambda url: None)
            rates[stage.name] = count / (time.process_time() - begun)
            assert done.began == {stage.name.lower(): count} and not done.changes.changed
            fingerprint.parser = told
            print(f"from the {stage.name.lower():9} {rates[stage.name]:8.0f} documents a second and core")
            put_back(corpus, today)
    return rates["RULES"]


def put_back(corpus: Corpus, today: fingerprint.Parser) -> None:
    """Let every record be read by today's parser, as it was."""
    with create_engine(corpus.address).begin() as connection:
        number = connection.execute(text("SELECT id FROM parsers WHERE name = :name"), {"name": today.name}).scalar()
        connection.execute(text("UPDATE records SET parser_id = :number"), {"number": number})
        connection.execute(text("UPDATE documents SET stage = :stage"), {"stage": today.document})


def with_workers(place: Path) -> None:
    """One process against two: the ratio that counts on a quiet machine, and what of it the machine's load allows."""
    spent = {}
    for workers in (1, 2):
        begun, cpu = time.monotonic(), sum(os.times()[:4])
        with Corpus.open(place / f"{workers}.sqlite", create=True) as corpus:
            reparse(ArchiveFolder(place / "pages"), corpus, workers=workers)
        spent[workers] = (time.monotonic() - begun, sum(os.times()[:4]) - cpu)
    load = os.getloadavg()[0]
    bound = of_the_machine(ArchiveFolder(place / "pages"))
    print(
        f"two processes are {spent[1][0] / spent[2][0]:.2f} times one (load {load:.1f}; on this machine two that share "
        f"nothing are {bound:.2f} times one), and take {spent[2][1] / spent[1][1]:.2f} times its CPU seconds"
    )


def of_the_machine(folder: ArchiveFolder) -> float:
    """How many times one process two are on this machine that parse half of the records each and share nothing."""
    spent = {}
    for count in (1, 2):
        begun = time.monotonic()
        processes = [get_context("fork").Process(target=parse_share, args=(folder, n, count)) for n in range(count)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        spent[count] = time.monotonic() - begun
    return spent[1] / spent[2]


def parse_share(folder: ArchiveFolder, number: int, of: int) -> None:
    """Parse each ``of``-th record, from the ``number``-th on."""
    for record in islice(records(folder), number, None, of):
        parse(record, None)


def nothing_to_do(place: Path, count: int, server: bool) -> float:
    """Seconds of a run over ``count`` stored records of which none is due, of the slower database."""
    folder = ArchiveFolder(place / "nothing")
    folder.create()
    file = folder.final("synthetic.warc.gz")
    file.write_bytes(b"nobody reads this")
    spent = {"SQLite": nothing_in(folder, str(place / "nothing.sqlite"), count)}
    if server and (found := programs()) is not None:
        with postgres(found) as running, running.place() as database:
            spent["PostgreSQL"] = nothing_in(folder, database, count)
    told = ", ".join(f"{seconds:.2f} s in {name}" for name, seconds in spent.items())
    print(f"{count} records with nothing to do: {told} (at most {NOTHING:g})")
    return max(spent.values())


def nothing_in(folder: ArchiveFolder, address: str, count: int) -> float:
    """The same for the corpus at ``address`` alone; asserts that all is passed over."""
    [file] = folder.files()
    status = folder.final(file).stat()
    with Corpus.open(address, create=True) as corpus:
        reparse(folder.__class__(folder.data / "empty"), corpus, site_of=lambda url: None)  # makes today's parser known
        row = {"file": file, "captured": "2026", "kind": "response", "outcome": "not_a_report"}
        with create_engine(corpus.address).begin() as connection:
            row["parser_id"] = connection.scalar(select(parsers.c.id))
            rows = (
                {"record_id": f"urn:{n}", "document": f"//h/{n}", "url": f"//h/{n}", "offset": n} for n in range(count)
            )
            connection.execute(insert(stored), [row | one for one in rows])
        corpus.mark(file, FileMark(status.st_size, status.st_mtime_ns, count, {}, fingerprint.selection()))
        begun = time.monotonic()
        done = reparse(folder, corpus, workers=2)
        spent = time.monotonic() - begun
        assert (done.current, done.parsed, done.damage) == (count, 0, [])
    return spent


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reparse")
    parser.add_argument("--pages", type=int, default=1200)
    parser.add_argument("--sizes", default=SIZES, help="numbers of small pages over which memory is measured")
    parser.add_argument("--server", action="store_true", help="measure these in PostgreSQL, too")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        rules = by_stage(place, given.pages)
        with_workers(place)
        nothing = nothing_to_do(place, MANY, given.server)
        grown = grow(place, [int(size) for size in given.sizes.split(",")], given.server)
    least, most = grown[0], grown[-1]
    flat = max(most.worker_peak - least.worker_peak, most.own_peak - least.own_peak) <= GROWTH
    return 0 if rules >= RULES and nothing <= NOTHING and most.worker_peak <= MEMORY and flat else 1


if __name__ == "__main__":
    sys.exit(main())
