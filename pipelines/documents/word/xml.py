"""The names of WordprocessingML, and small questions about its elements (ECMA-376, part 1, chapter 17)."""

from collections.abc import Iterator

from lxml import etree

Element = etree._Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"

ALTERNATE = MC + "AlternateContent"
_ALTERNATIVES = frozenset({MC + "Choice", MC + "Fallback"})
# What has been struck in tracked changes is no longer printed.
REMOVED = frozenset({W + "del", W + "moveFrom"})
# Wrappers that show what is in them.
TRANSPARENT = frozenset(
    W + name
    for name in ("ins", "moveTo", "sdt", "sdtContent", "smartTag", "customXml", "hyperlink", "fldSimple", "dir", "bdo")
)


def value(element: Element | None, name: str = "val") -> str | None:
    """The attribute ``w:name``, or None."""
    return None if element is None else element.get(W + name)


def number(text: str | None, default: int = 0) -> int:
    """A whole number as Word writes it; ``default`` for what is none. Bounded, for it may become a size."""
    try:
        return max(-1_000_000, min(1_000_000, int(text or default)))
    except ValueError:
        return default


def is_on(element: Element | None) -> bool:
    """A toggle such as ``w:vanish``: on unless its value says off."""
    return element is not None and (value(element) or "1") not in ("0", "false", "off")


def shown(element: Element) -> Iterator[Element]:
    """The children that a reader sees, wrappers dissolved, struck ones left out, one of each set of alternatives."""
    for child in element:
        if child.tag in REMOVED:
            continue
        if child.tag in TRANSPARENT:
            yield from shown(child)
        elif child.tag == ALTERNATE:
            chosen = next((each for each in child if len(each) and each.tag in _ALTERNATIVES), None)
            if chosen is not None:
                yield from shown(chosen)
        else:
            yield child
