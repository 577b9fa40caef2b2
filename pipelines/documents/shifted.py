"""GBK read one byte off: finding the text whose bytes, shifted, show as a given run.

A character of two bytes (h, l) lost its h. Its l was then read together with the next character's h, and so on, until a
byte that cannot begin a pair put the reading in step again. Pairs that GBK does not define were dropped
without a trace. So for characters (h1,l1) (h2,l2) … the run shows the defined ones of (l1,h2), (l2,h3) …, and its
single last byte is the last l. The text is sought among words that are known: cheapest first, none if two are as good.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import count

from pipelines.documents.lexicon import SINGLE

_PUNCTUATION = frozenset("，。、；：？！“”‘’（）《》〈〉【】·")
_SPACE = "\u3000"  # stands before most ends: paragraphs begin and end with it
_MARKS = _PUNCTUATION | {_SPACE}
_WORD_COST, _SINGLE_COST, _MARK_COST, _SPACE_COST = 10, 20, 4, 3
_BEGUN_COST = -8  # a word that begins before the run is all but certain
_DROP_COST, _DROP_BEFORE_MARK_COST = 2, 20
_DASHES = ("——", "……")  # half of one fits nearly anywhere
_MOST_DROPPED = 2  # undefined pairs in a row
_MOST_STEPS = 3000
_MARGIN = 10  # what a second reading must cost more than the first
_WIDE = {ord(mark): ord(mark) + 0xFEE0 for mark in "!,:;()"}
_LOST = "?\ufffd"


@dataclass(frozen=True, slots=True)
class _State:
    """So many of the run's pairs are explained; ``pending`` is the last character's second byte, None before the first
    character; ``done`` says that the run's end is explained too."""

    explained: int
    pending: int | None
    dropped: int = 0
    done: bool = False


@dataclass(frozen=True, slots=True)
class _Path:
    """A text that leads to a state. ``settled`` is the part of it that the run determines: all but a mark at the end,
    where the end was lost."""

    cost: int
    text: str
    settled: str


@lru_cache(maxsize=256)  # a damaged word comes back as it is
def read_shifted(run: str, end: str, before: str, after: str, words: frozenset[str]) -> str | None:
    """The text that shows as ``run`` (whole pairs) and ``end`` (the single byte, or a sign that it was lost), or None.

    It stands for the mark of the lost byte, the run and the end. ``before`` and ``after`` are the sound text next to
    it: a word may begin or end there. None too where another text is nearly as likely.
    """
    pairs = [pair for character in run.translate(_WIDE) if (pair := _bytes_of(character))]
    if len(pairs) < len(run):
        return None
    search = _Search(pairs, end, after)
    start, nothing = _State(0, None), _Path(0, "", "")
    for word, length in _begun(before, words):
        search.reach(start, nothing, word[length:], _BEGUN_COST)
    for word, cost in _by_lead(words)[None]:
        search.reach(start, nothing, word, cost)
    return search.likeliest(words)


class _Search:
    """The cheapest texts by state, two to each; an edge is a word, a mark, or a character that stands alone."""

    def __init__(self, pairs: list[tuple[int, int]], end: str, after: str) -> None:
        self._pairs = pairs
        self._end = None if end in _LOST else (0x80 if end == "€" else ord(end))
        self._after = after
        self._paths: dict[_State, list[_Path]] = {}
        self._heap: list[tuple[int, int, _State, _Path]] = []
        self._order = count()

    def likeliest(self, words: frozenset[str]) -> str | None:
        """The cheapest text to the end, if no other comes near its cost."""
        found: _Path | None = None
        for _ in range(_MOST_STEPS):
            if not self._heap or (found and self._heap[0][0] >= found.cost + _MARGIN):
                return found.settled if found else None
            _, _, state, path = heapq.heappop(self._heap)
            if path not in self._paths[state]:
                continue  # two cheaper ones have come since
            if state.done:
                if found and _core(found) != _core(path):
                    return None
                found = found or path
                continue
            for lead in self._leads(state):
                for word, cost in _by_lead(words).get(lead, ()):
                    self.reach(state, path, word, cost)
        return None

    def _leads(self, state: _State) -> list[int]:
        """The first bytes that the next character can have."""
        pending = state.pending or 0
        leads = [lead for lead in range(0x81, 0xFF) if not _is_defined((pending, lead))]
        if state.explained < len(self._pairs) and self._pairs[state.explained][0] == pending:
            leads.append(self._pairs[state.explained][1])
        return leads

    def reach(self, state: _State, path: _Path, word: str, cost: int) -> None:
        """Note what follows when ``word`` comes next, if the run can be showing it."""
        following = self._shown(state, word)
        if following is None:
            return
        reached, length, dropped = following
        text = path.text + word[:length]
        is_open = reached.done and self._end is None and word in _MARKS
        cost += dropped * (_DROP_BEFORE_MARK_COST if word in _MARKS else _DROP_COST)
        new = _Path(path.cost + cost, text, path.text if is_open else text)
        rivals = [known for known in self._paths.get(reached, []) if known.text != text or known.cost <= new.cost]
        if any(known.text == text for known in rivals) or (len(rivals) > 1 and rivals[-1].cost <= new.cost):
            return
        self._paths[reached] = sorted([*rivals, new], key=lambda known: known.cost)[:2]
        heapq.heappush(self._heap, (new.cost, next(self._order), reached, new))

    def _shown(self, state: _State, word: str) -> tuple[_State, int, int] | None:
        """The state after ``word``, how many of its characters the run covers (the rest stands after it), and how many
        pairs it takes to have been dropped."""
        explained, pending, dropped, all_dropped = state.explained, state.pending, state.dropped, 0
        for index, character in enumerate(word):
            pair = _bytes_of(character)
            if pair is None or (pending is not None and pending <= 0x80):
                return None  # a byte that stands alone would have put the reading in step here
            if pending is not None and not _is_defined((pending, pair[0])):
                dropped, all_dropped = dropped + 1, all_dropped + 1
            elif pending is not None:
                if explained == len(self._pairs) or self._pairs[explained] != (pending, pair[0]):
                    return None
                explained, dropped = explained + 1, 0
            if dropped > _MOST_DROPPED:
                return None
            pending = pair[1]
            if explained == len(self._pairs) and self._is_end(pending) and self._after.startswith(word[index + 1 :]):
                return _State(explained, pending, dropped, True), index + 1, all_dropped
        return _State(explained, pending, dropped), len(word), all_dropped

    def _is_end(self, byte: int) -> bool:
        return byte >= 0x80 if self._end is None else byte == self._end


def _begun(before: str, words: frozenset[str]) -> Iterator[tuple[str, int]]:
    """Words whose first characters stand before the run, and how many do."""
    for word in sorted(words):
        for length in range(1, min(len(word), len(before) + 1)):
            if before.endswith(word[:length]):
                yield word, length


@lru_cache(maxsize=2)
def _by_lead(words: frozenset[str]) -> dict[int | None, list[tuple[str, int]]]:
    """What a text is made of and what each costs, by the first byte; all under None."""
    known = [(word, _WORD_COST) for word in (*sorted(words), *_DASHES)]
    known.append((_SPACE, _SPACE_COST))
    known += [(mark, _MARK_COST) for mark in sorted(_PUNCTUATION)] + [(one, _SINGLE_COST) for one in sorted(SINGLE)]
    by_lead: dict[int | None, list[tuple[str, int]]] = {None: known}
    for text, cost in known:
        if pair := _bytes_of(text[0]):
            by_lead.setdefault(pair[0], []).append((text, cost))
    return by_lead


def _core(path: _Path) -> str:
    """What two readings must agree on: of a mark at the very beginning only one byte is known."""
    return path.settled[1:] if path.settled[:1] in _MARKS else path.settled


@lru_cache(maxsize=8192)
def _bytes_of(character: str) -> tuple[int, int] | None:
    try:
        encoded = character.encode("gbk")
    except UnicodeEncodeError:
        return None
    return (encoded[0], encoded[1]) if len(encoded) == 2 else None


@lru_cache(maxsize=8192)
def _is_defined(pair: tuple[int, int]) -> bool:
    try:
        return len(bytes(pair).decode("gbk")) == 1
    except UnicodeDecodeError:
        return False
