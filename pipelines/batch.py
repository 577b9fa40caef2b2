"""Some archived records, parsed and stored: the piece of work that a crawl hands to a process.

What comes back is what people are told. Rows of the tables go from the process that made them to the database: through
the one that crawls they would cost more than the crawl.
"""

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from archive.folder import ArchiveFolder
from archive.reader import read
from archive.record import Location, WebRecord
from config.load import load_sites, site_for
from pipelines import fingerprint
from pipelines.corpus import Corpus
from pipelines.corpus.rows import Rows
from pipelines.parsed import Parsed, bare, parse_anew
from pipelines.stretch import skip_reason


def take(folder: ArchiveFolder, corpus: str, batch: Sequence[Location]) -> list[Parsed]:
    """Parse the records of ``batch`` anew and store them in the corpus (a file or URL), in one transaction.

    Gives those that have a place in the corpus, their outcomes `bare` and without rows; among them the records that
    revisits of the batch refer to, where the corpus does not know them. Raises ArchiveError and CorpusUnusable. It may
    take long, hang or end its process, as documents do: that is for `ParsePool` to bear.
    """
    rows, taken = Rows(), []
    for record in _with_originals(folder, corpus, batch):
        parsed = parse_anew(record, site_for(record.url, _sites()))
        rows.add(parsed.rows)
        taken.append(Parsed(parsed.record, bare(parsed.outcome), Rows()))
    if taken:
        _corpus(corpus).take(rows, fingerprint.parser())
    return taken


def _with_originals(folder: ArchiveFolder, corpus: str, batch: Sequence[Location]) -> Iterator[WebRecord]:
    """The documents of ``batch``; behind them the unknown ones that its revisits refer to: to a corpus that was
    deleted, a crawl of an unchanged portal brings nothing but sightings."""
    originals: dict[str, Location] = {}
    for location in batch:
        record = read(folder, location)
        if skip_reason(record) is None:
            if record.original is not None:
                originals[record.original.record_id] = record.original
            yield record
    for location in batch:
        originals.pop(location.record_id, None)
    known = _corpus(corpus).known_among(originals) if originals else set()
    unread = (read(folder, place) for record_id, place in originals.items() if record_id not in known)
    yield from (record for record in unread if skip_reason(record) is None)


_sites = cache(load_sites)


@lru_cache(maxsize=1)
def _corpus(address: str) -> Corpus:
    return Corpus.open(address)
