"""Which elements of a page bear an attribute that says something, told by the page's source.

Few elements do, and asking every one took a tenth of a page's time. What is written as a value is found in the source;
only elements of the names that such a value stands in are asked.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from html import unescape

from pipelines.documents.html.tree import Element, Page

# What follows the sign is looked at and not taken, so that no value, however broken, hides the attribute behind it.
_WRITTEN = {
    name: re.compile(rb"%s\s*=\s*(?=(\"[^\"]*\"|'[^']*'|[^\s>]*))" % name.encode()) for name in ("style", "class")
}
_BARE = {name: re.compile(rb"%s[\s=/>]" % name.encode()) for name in ("hidden",)}
_NAME = re.compile(rb"<([a-z][a-z0-9]*)\s")
_MOST_PLACES = 200  # for more, asking every element is faster
_QUOTES = (b'"', b"'")


def bearing(page: Page, attribute: str, words: Sequence[bytes], tells: Callable[[str], bool]) -> list[Element]:
    """The elements whose value of ``attribute`` (style or class) ``tells``; a value without any of the ``words``, in
    small letters, doesn't, nor does one that only ``tells`` if it is written in small letters."""
    written: set[bytes] = set(_WRITTEN[attribute].findall(page.source))
    telling = [value for value in _with_words(written, words) if tells(_plain(value))]
    if not telling:
        return []
    cut = any(value[:1] in _QUOTES and (len(value) == 1 or value[-1:] != value[:1]) for value in written)
    return [
        element
        for element in (page.root.iter() if cut else _named_at(page, _places(page.source, telling)))
        if (value := element.get(attribute)) and tells(value)
    ]


def with_attribute(page: Page, attribute: str) -> Iterator[Element]:
    """The elements that may have the attribute ``hidden``, or one whose name ends so, and others."""
    return _named_at(page, (place.start() for place in _BARE[attribute].finditer(page.source)))


def _with_words(written: Iterable[bytes], words: Sequence[bytes]) -> set[bytes]:
    """The values in which one of the words stands or may be spelled with a character reference."""
    together = b"\0%s\0" % b"\0".join(written)
    found = {value for value in written if b"&" in value} if b"&" in together else set()
    for word in words:
        at = together.find(word)
        while at >= 0:
            end = together.index(b"\0", at)
            found.add(together[together.rindex(b"\0", 0, at) + 1 : end])
            at = together.find(word, end)
    return found


def _plain(written: bytes) -> str:
    value = written.decode("utf-8", "replace").strip("\"'")
    return unescape(value) if "&" in value else value


def _places(source: bytes, values: Iterable[bytes]) -> Iterator[int]:
    """Where one of the values is written."""
    for value in values:
        at = source.find(value)
        while at >= 0:
            yield at
            at = source.find(value, at + 1)


def _named_at(page: Page, places: Iterable[int]) -> Iterator[Element]:
    """The elements of every name that the tags at these places have; all elements where one of the names can't be told,
    or the places are many."""
    names: set[str] = set()
    for number, place in enumerate(places):
        name = _name_at(page.source, place)
        if name is None or number == _MOST_PLACES or page.disguised:
            return page.root.iter()
        names.add(name)
    return page.root.iter(*names) if names else iter(())


def _name_at(source: bytes, place: int) -> str | None:
    """The name of the tag that is open at ``place``; None where a < or > before it may stand in a value."""
    start = source.rfind(b"<", 0, place)
    name = _NAME.match(source, start) if start >= 0 else None
    inside = source[start:place]
    if name is None or b">" in inside or any(inside.count(quote) % 2 for quote in _QUOTES):
        return None
    before = source.rfind(b"<", 0, start)
    if before >= 0 and source.find(b">", before, start) < 0:
        return None
    return name[1].decode()
