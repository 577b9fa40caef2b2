"""Markup to a tree of elements, whatever the markup: bounded in bytes, depth and time."""

import re

from lxml import etree

from pipelines.documents.model import Unreadable

Element = etree._Element

_MAX_BYTES = 24_000_000
_PICTURE_BYTES = 200_000
_MAX_TAGS = 1_200_000  # a tree of more takes half a gigabyte
_MAX_DEPTH = 2000  # libxml2 closes its stack at 2048 and drops what lies deeper

# Pictures written into the page: megabytes of one attribute that nobody reads.
_DATA_URI = re.compile(r"(?<=[\"'(=\s])data:[\w/+.-]{0,60};base64,[A-Za-z0-9+/=\s]{64,}")
_OPEN_TAG = re.compile(r"<(?=[a-z!/])", re.I)

Note = tuple[str, str]


def source_of(markup: str) -> bytes:
    """The markup in UTF-8, without the pictures that are written into it."""
    if len(markup) > _PICTURE_BYTES and ";base64," in markup:
        markup = _DATA_URI.sub("data:,", markup)
    return markup.encode("utf-8", "replace")


def parse_tree(source: bytes, url: str) -> tuple[Element, tuple[Note, ...]]:
    """The root element of UTF-8 markup; comments and processing instructions are gone, entities resolved (never from
    outside).

    Raises `Unreadable`: ``too_large`` above 24 MB or 1.2 million tags, ``empty`` where no element is.
    """
    if len(source) > _MAX_BYTES:
        raise Unreadable("too_large", f"the page at {url} has {len(source)} bytes; {_MAX_BYTES} are read at most")
    if len(source) > _MAX_TAGS < source.count(b"<"):
        raise Unreadable("too_large", f"the page at {url} has more than {_MAX_TAGS} tags")
    # huge_tree lifts libxml2's limit of 256 levels, behind which it would silently stop reading.
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, no_network=True)
    try:
        root = etree.fromstring(source, parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable("broken", f"the markup cannot be parsed: {error}") from error
    if root is None:
        raise Unreadable("empty", "the page holds no element")
    return root, _depth_note(root)


def inner_text(element: Element) -> str:
    """All text below the element, in order, as the source has it."""
    return etree.tostring(element, method="text", encoding="unicode", with_tail=False)


def _depth_note(root: Element) -> tuple[Note, ...]:
    """Whether the page is nested so deeply that the parser dropped what lies below; asked of the last element, because
    the parser puts everything that follows on the deepest level."""
    last = root
    depth = 0
    while len(last) and depth <= _MAX_DEPTH:
        last = last[-1]
        depth += 1
    if depth < _MAX_DEPTH:
        return ()
    return (("depth", f"the page is nested more than {_MAX_DEPTH} elements deep; what lies deeper was not read"),)
