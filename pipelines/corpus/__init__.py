"""The database of reports: one canonical report an agency and year, computed from what was read from the records."""

from pipelines.corpus.connection import (
    CorpusMissing,
    CorpusUnusable,
    CorpusUnwritable,
    CorpusVersion,
    ForeignCorpus,
    place_name,
)
from pipelines.corpus.corpus import Corpus
from pipelines.corpus.diff import Changes

__all__ = [
    "Changes",
    "Corpus",
    "CorpusMissing",
    "CorpusUnusable",
    "CorpusUnwritable",
    "CorpusVersion",
    "ForeignCorpus",
    "place_name",
]
