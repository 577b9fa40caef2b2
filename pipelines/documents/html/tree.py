"""Markup to a tree of elements, whatever the markup: bounded in bytes, depth and time."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from lxml import etree

from pipelines.documents.model import Unreadable

Element = etree._Element

_MAX_BYTES = 24_000_000
_PICTURE_BYTES = 200_000
# A tree takes 400 bytes an element with its text, 200 an attribute; this many stay below half a gigabyte.
_MAX_NODES = 850_000  # elements, and attributes by half
_MAX_DEPTH = 2000  # libxml2 stops reading at 2048
# The parser compares an attribute with those before it in its tag: 20,000 in one are these, and a third of a second.
_MAX_COMPARISONS = 200_000_000
_FEW_BYTES = 100_000  # a smaller page has not the room for so many
_SHORT_TAG = 500  # bytes: shorter tags add nothing to the comparisons

# Pictures written into the page: megabytes of one attribute that nobody reads.
_DATA_URI = re.compile(r"(?<=[\"'(=\s])data:[\w/+.-]{0,60};base64,[A-Za-z0-9+/=\s]{64,}")
# A tag to its end, or the next one's: marks of quotation count behind an equals sign alone, as for the parser.
_TAG = re.compile(rb"""<[a-zA-Z][^>=]*+(?:=\s*+(?:"[^"]*+"|'[^']*+')?+[^>=]*+)*+""")
_ATTRIBUTE = re.compile(rb"""[^\s=/]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s]*+))?+""")

# Elements that a page has few of, and that are asked for by their names.
_NAMED = """
    base meta title style noscript template table img iframe embed object frame param area script
"""


class Page(NamedTuple):
    """A page's elements below ``root``, what it was read from (``source``, with ASCII in small letters), and in
    ``named`` the elements of some names, in order, found in one pass: each one took as long. ``disguised`` says that
    some elements have other names than in the source."""

    root: Element
    source: bytes
    named: Mapping[str, list[Element]]
    disguised: bool = False


def page_of(root: Element, source: bytes, disguised: bool = False) -> Page:
    named: dict[str, list[Element]] = {name: [] for name in _NAMED.split()}
    for element in root.iter(*named):
        named[element.tag].append(element)
    return Page(root, source.lower(), named, disguised)


def source_of(markup: str, written: bytes | None = None) -> bytes:
    """The markup in UTF-8, without the pictures that are written into it; ``written`` is the same, if it is there."""
    if len(markup) > _PICTURE_BYTES and ";base64," in markup:
        markup = _DATA_URI.sub("data:,", markup)
    elif written is not None:
        return written
    return markup.encode("utf-8", "replace")


def parse_tree(source: bytes, url: str) -> Element:
    """The root element of UTF-8 markup; comments and processing instructions are gone, entities resolved (never from
    outside).

    Raises `Unreadable`: ``too_large`` above 24 MB, 850,000 elements or some 20,000 attributes of one tag; ``too_deep``
    below 2,000 elements, because nothing that follows is read; ``empty`` where no element is.
    """
    if len(source) > _MAX_BYTES:
        raise Unreadable("too_large", f"the page at {url} has {len(source)} bytes; {_MAX_BYTES} are read at most")
    if len(source) > _MAX_NODES < source.count(b"<") - source.count(b"</") + source.count(b"=") // 2:
        raise Unreadable("too_large", f"the page at {url} has more than {_MAX_NODES} elements and attributes")
    _bound_attributes(source, url)
    # huge_tree lifts libxml2's limit of 256 levels, behind which it would silently stop reading.
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, no_network=True, collect_ids=False
    )
    try:
        root = etree.fromstring(source, parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable("broken", f"the markup cannot be parsed: {error}") from error
    if root is None:
        raise Unreadable("empty", "the page holds no element")
    _bound_depth(root, url)
    return root


def inner_text(element: Element) -> str:
    """All text below the element, in order, as the source has it."""
    return etree.tostring(element, method="text", encoding="unicode", with_tail=False)


def _bound_attributes(source: bytes, url: str) -> None:
    """Attributes without a value are counted here: no mark in the source gives their number away."""
    if len(source) < _FEW_BYTES:
        return
    shortest = 0 if len(source) > 4 * _MAX_NODES else _SHORT_TAG
    total = comparisons = 0
    for tag in _TAG.finditer(source):
        start, end = tag.span()
        if end - start < shortest:
            continue
        count = sum(1 for _ in _ATTRIBUTE.finditer(source, start, end)) - 1
        total += count
        comparisons += count * count // 2
        if total > 2 * _MAX_NODES or comparisons > _MAX_COMPARISONS:
            raise Unreadable("too_large", f"the page at {url} has more attributes in its tags than are read")


def _bound_depth(root: Element, url: str) -> None:
    """Asked of the last element alone: where the parser stopped for the depth, nothing follows the deepest."""
    last = root
    depth = 0
    while len(last):
        last = last[-1]
        depth += 1
    if depth >= _MAX_DEPTH:
        raise Unreadable("too_deep", f"the page at {url} is nested deeper than the {_MAX_DEPTH} elements that are read")
