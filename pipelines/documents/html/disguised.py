"""Tables that are marked up as something else: elements with the roles of a table, pages written into a frame."""

import re
from contextlib import suppress

from lxml import etree

from pipelines.documents.html.tree import Element, parse_tree
from pipelines.documents.model import Unreadable

_ROW_ROLE = re.compile(r"role\s*=\s*[\"']?row\b")
# What an element with a role of WAI-ARIA 1.2 would be in a table.
_TAGS = {"table": "table", "grid": "table", "treegrid": "table", "rowgroup": "tbody", "row": "tr"} | dict.fromkeys(
    ("cell", "gridcell", "columnheader", "rowheader"), "td"
)
_OWN_TAGS = frozenset({"table", "thead", "tbody", "tfoot", "tr", "td", "th"})
_WITH_ROLE = etree.XPath("//*[@role]")


def has_disguise(source: str) -> bool:
    """Whether there may be such tables: most pages have none."""
    return "srcdoc" in source or ("role" in source and _ROW_ROLE.search(source) is not None)


def uncover(root: Element, source: str, url: str) -> None:
    """Make the elements of such tables the table's own, in place; ``source`` is the page's markup."""
    if "srcdoc" in source:
        for frame in list(root.iter("iframe")):
            if markup := frame.get("srcdoc"):
                _unfold(frame, markup, url)
    if _ROW_ROLE.search(source):
        elements: list[Element] = _WITH_ROLE(root)  # type: ignore[assignment]  # the expression finds elements alone
        for element in elements:
            tag = _TAGS.get(element.get("role") or "")
            if tag and element.tag not in _OWN_TAGS:
                element.tag = tag
                for name in ("rowspan", "colspan"):
                    if span := element.get(f"aria-{name}"):
                        element.set(name, span)


def _unfold(frame: Element, markup: str, url: str) -> None:
    """Put the page that is written into a frame in the frame's place."""
    with suppress(Unreadable):
        body = parse_tree(markup, url).find("body")
        if body is not None:
            frame.tag = "div"
            frame.text = body.text
            frame.extend(list(body))
