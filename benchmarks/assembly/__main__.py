"""What it adds to a re-parse to tell whose each report is and which version counts.

    python -m benchmarks.assembly [--versions N]

Parses report pages in the shape of real ones, stores N versions made from them (see `versions`) and assembles them, in
one process. Counts CPU seconds: identification and assembly against all the rest (reading, parsing, storing). Exits
with 1 where they add more than SHARE to it.
"""

import argparse
import resource
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

from archive.folder import ArchiveFolder
from archive.reader import records
from benchmarks.assembly.versions import versions
from benchmarks.speed.__main__ import stages, write_archive
from pipelines.corpus import Corpus
from pipelines.parse import parse
from pipelines.report import Report

SHARE = 0.10
_PAGES = 60
_BATCH = 100


def measure(corpus: Corpus, count: int, read: list[Report]) -> tuple[float, float, int, int]:
    """CPU seconds a version to store and to assemble, how many there were, and the megabytes that assembling took."""
    made, stored, source = 0, 0.0, versions(count, read)
    while batch := list(islice(source, _BATCH)):
        begun = time.process_time()
        corpus.store_many(batch, "benchmark")
        stored += time.process_time() - begun
        made += len(batch)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.process_time()
    corpus.assemble()
    assembled = time.process_time() - begun
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10
    return stored / made, assembled / made, made, grown


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.assembly")
    parser.add_argument("--versions", type=int, default=5000)
    count = parser.parse_args().versions
    with tempfile.TemporaryDirectory() as scratch:
        folder = ArchiveFolder(Path(scratch) / "archive")
        write_archive(folder, _PAGES)
        read = [outcome for record in records(folder) if isinstance(outcome := parse(record, None), Report)]
        spent = stages(folder)
        with Corpus.open(Path(scratch) / "corpus.sqlite", create=True) as corpus:
            store, assemble, made, grown = measure(corpus, count, read)
    identity = spent.pop("identity") / _PAGES
    rest = sum(spent.values()) / _PAGES + store
    added = (identity + assemble) / rest
    print(f"{made} versions: {1000 * identity:.2f} ms to identify one, {1000 * assemble:.2f} ms to assemble it")
    print(f"reading, parsing and storing one: {1000 * rest:.2f} ms, of which storing {1000 * store:.2f} ms")
    print(f"identity and assembly add {added:.1%} (at most {SHARE:.0%}); {grown} MB more memory while assembling")
    return 0 if added <= SHARE else 1


if __name__ == "__main__":
    sys.exit(main())
