"""What a text begins with, of many known names."""

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

_Meaning = TypeVar("_Meaning")


class Beginnings(Generic[_Meaning]):
    """Known names, each of two letters or more, looked up by the text that begins with them.

    Most texts begin with none: the first two letters tell that in one look, and else which lengths are worth a try.
    """

    def __init__(self, names: Mapping[str, _Meaning]) -> None:
        self._names = names
        lengths: dict[str, set[int]] = {}
        for name in names:
            lengths.setdefault(name[:2], set()).add(len(name))
        self._lengths = {start: tuple(sorted(found, reverse=True)) for start, found in lengths.items()}

    def of(self, text: str) -> Iterator[tuple[int, _Meaning]]:
        """Every name that ``text`` begins with, the longest first: its length and what it means."""
        for size in self._lengths.get(text[:2], ()):
            if size <= len(text) and text[:size] in self._names:
                yield size, self._names[text[:size]]
