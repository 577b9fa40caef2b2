"""A page's content in reading order: pieces of text, one a block or line, and the data tables between them."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import NamedTuple

from pipelines.documents.html.markup import place_of
from pipelines.documents.html.tags import END, Spelling, Tag
from pipelines.documents.model import Table

_LONGEST_LABEL = 500  # tags and texts of an element whose text is asked for


class Piece(NamedTuple):
    """One line of text. ``raw`` keeps tabs and the width of spaces (line breaks of the source are spaces), ``text`` is
    folded; ``link`` counts the characters that are links; ``aside``: it stands in navigation, a footer, or the
    article's own data."""

    raw: str
    level: int
    hidden: bool
    link: int
    aside: bool
    text: str
    is_linked: bool  # most of it is links


class Place(NamedTuple):
    """An element that the page is asked for: its tag, its number, whether it is hidden, and where its text is found."""

    tag: Tag
    number: int
    hidden: bool
    chunks: Sequence[str]
    at: int


@dataclass(slots=True)
class Body:
    """An element that a known class or id marks as an article's body: the items [start, end) stand in it."""

    number: int
    start: int
    end: int = -1


@dataclass(slots=True)
class Flow:
    """Elements are numbered in the order in which they begin; 0 is the page. What stands in an element has a number
    from its own to that of its last one."""

    items: list[Piece | Table] = field(default_factory=list)
    places: list[int] = field(default_factory=list)  # beside each item, the element in which it stands
    parents: list[int] = field(default_factory=lambda: [0])  # by number, the element around it
    ends: dict[int, int] = field(default_factory=dict)  # by number, the last element in it, where there is any
    hides: bool = False  # whether any of the items is hidden
    bodies: list[Body] = field(default_factory=list)
    tables: list[int] = field(default_factory=list)  # the data tables, by their number among the tables
    notes: list[tuple[str, str]] = field(default_factory=list)
    titles: list[Place] = field(default_factory=list)  # what is marked up as a title: h1, and known classes and ids
    named: list[Place] = field(default_factory=list)  # pictures, frames, meta tags, links to files and the like
    links: list[int] = field(default_factory=list)  # the links that lead anywhere

    def end_of(self, number: int) -> int:
        """The number of the last element in that one."""
        return self.ends.get(number, len(self.parents) - 1)

    def count_links(self, number: int) -> int:
        """How many links lead anywhere from the element."""
        return bisect_left(self.links, self.end_of(number) + 1) - bisect_left(self.links, number)

    def named_in(self, number: int, *names: str) -> Iterator[Place]:
        """The elements of these names in an element."""
        end = self.end_of(number)
        return (place for place in self.named if place.tag.name in names and number <= place.number <= end)


def text_of(place: Place, spelling: Spelling) -> str:
    """All text in the element, in order, as the source has it; of a long one the beginning."""
    if place.tag.void:
        return ""
    first, *chunks = place.chunks[place.at : place.at + _LONGEST_LABEL]
    parts = [first.partition(">")[2]]
    name, weight, inside = place.tag.name, place.tag.weight, 0
    for chunk in chunks:
        written, _, text = chunk.partition(">")
        if place_of(written) is None:
            tag = spelling.tag(written)
            is_end = tag.effects == END
            if name in tag.closes or (is_end and tag.weight > weight):
                break
            if tag.name == name:
                inside += -1 if is_end else 1
                if inside < 0:
                    break
        parts.append(text)
    text = "".join(parts)
    return unescape(text) if "&" in text else text
