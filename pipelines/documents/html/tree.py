"""Markup to a tree of elements, whatever the markup: bounded in bytes, depth and time."""

import re

from lxml import etree

from pipelines.documents.model import Unreadable
from pipelines.documents.normal import scrub

Element = etree._Element

_EMPTY = re.compile(r"<(t[dh]|table)((?:\s[^<>]*)?)/>")
# What follows it is shown, a second page in the same file too; libxml2 puts it beside the root.
_PAGE_END = re.compile(r"</(?:body|html)\s*>", re.I)
_PLAIN_NAME = re.compile(r"[a-zA-Z][\w:.-]*", re.A)
_PLAIN_ATTRIBUTE = re.compile(r"[a-zA-Z:@_][\w:.@-]*", re.A)
# Cells behind the end of a row are those of the next one, whose tag is missing.
_ROW_WITHOUT_TAG = re.compile(r"(</tr\s*>\s*)(?=<t[dh][\s>])", re.I)

# Has no end, which libxml2 does not know: cells behind it would stand in its own, if that has no end either.
_BREAK = re.compile(r"</?wbr\b[^<>]*>", re.I)

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


def without_pictures(markup: str) -> str:
    """The markup without the pictures that are written into it."""
    return _DATA_URI.sub("data:,", markup) if len(markup) > _PICTURE_BYTES and ";base64," in markup else markup


def parse_tree(markup: str, url: str) -> Element:
    """The root element of the markup; comments and processing instructions are gone, entities resolved (never from
    outside).

    Raises `Unreadable`: ``too_large`` above 24 MB, 850,000 elements or some 20,000 attributes of one tag; ``too_deep``
    below 2,000 elements, because nothing that follows is read; ``empty`` where no element is.
    """
    bound_size(markup, url)
    source = _ROW_WITHOUT_TAG.sub(r"\1<tr>", _PAGE_END.sub("", _BREAK.sub("", markup))).encode("utf-8", "replace")
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


def written(root: Element) -> str:
    """The tree's markup: tables and cells with their ends, quoted values, no < or > but those of tags."""
    return scrub(_EMPTY.sub(r"<\1\2></\1>", etree.tostring(root, encoding="unicode", with_tail=False)))


def with_plain_names(root: Element) -> None:
    """Rename elements whose names can't be written, and take such attributes away."""
    for element in root.iter(etree.Element):
        if not _PLAIN_NAME.fullmatch(str(element.tag)):
            element.tag = "span"
        for name in [name for name in map(str, element.attrib) if not _PLAIN_ATTRIBUTE.fullmatch(name)]:
            del element.attrib[name]


def inner_text(element: Element) -> str:
    """All text below the element, in order, as the source has it."""
    return etree.tostring(element, method="text", encoding="unicode", with_tail=False)


def bound_size(markup: str, url: str) -> None:
    """Raises `Unreadable`, ``too_large``, for more than is read of a page, whatever the way."""
    size = len(markup)
    if 4 * size > _MAX_BYTES and (size := len(markup.encode("utf-8", "replace"))) > _MAX_BYTES:
        raise Unreadable("too_large", f"the page at {url} has {size} bytes; {_MAX_BYTES} are read at most")
    if size > _MAX_NODES < markup.count("<") - markup.count("</") + markup.count("=") // 2:
        raise Unreadable("too_large", f"the page at {url} has more than {_MAX_NODES} elements and attributes")


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
