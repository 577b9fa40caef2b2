"""What a version says: its numbers and its sentences, packed as they are stored until something rests on them."""

from dataclasses import dataclass
from functools import lru_cache

from pipelines.corpus.identity import Numbers
from pipelines.corpus.likeness import Sentences, unpack_sentences
from pipelines.corpus.packing import unpack_numbers

# The versions of one report are compared with one another before the next report comes.
_KEPT = 64


@dataclass(frozen=True, slots=True)
class Content:
    """Two that are equal say the same to the letter; most versions of a report are such copies, or the only one.

    ``count`` is how many numbers ``cells`` holds.
    """

    cells: bytes
    text: bytes
    count: int

    @property
    def numbers(self) -> Numbers:
        return _numbers(self.cells) if self.count else {}

    @property
    def sentences(self) -> Sentences:
        return _sentences(self.text)


_numbers = lru_cache(maxsize=_KEPT)(unpack_numbers)
_sentences = lru_cache(maxsize=_KEPT)(unpack_sentences)
