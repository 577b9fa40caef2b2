"""The text that an element shows, line breaks kept: what stands in a table's cell."""

import re
from collections.abc import Sequence

from pipelines.documents.html.look import BLOCKS, BOXES, STRUCK_OUT
from pipelines.documents.html.tree import Element, inner_text
from pipelines.documents.html.visibility import Visibility
from pipelines.documents.normal import LOWERED, RAISED, fold, fold_lines

_SILENT_NAMES = """
    script style noscript template rt rp rtc datalist head title audio video canvas object iframe
"""
_SILENT = frozenset(_SILENT_NAMES.split())
_SHIFTED = frozenset({"sup", "sub"})
_MARKED = _SILENT | STRUCK_OUT | BLOCKS | BOXES | {"br", "sup", "sub"}
_PLAIN_BLOCKS = frozenset({"p", "div"})
_WRAPPERS = frozenset({"p", "div", "span", "font", "b", "strong", "a", "u", "em"})
PICTURES = frozenset({"img", "image", "object", "embed", "canvas", "svg", "v:imagedata", "v:shape"})
_WHITE = re.compile(r"\s+")
_TINY = re.compile(r"\s*[0-4](?:px)?\s*")
_WRITES = re.compile(r"\bdocument\.write(?:ln)?\s*\(")
# Around white text, and text set above or below the line by a style; no scrubbed text holds them.
_FAINT, _RAISED = "\x1d", "\x1e"
_SPACER = re.compile(r"spacer|blank\.|space\.gif|transparent|pixel", re.I)


def cell_text(element: Element, visibility: Visibility) -> str:
    """The element's text, one line a block or ``<br>``, white space folded.

    Raised and lowered digits come as ``¹`` and ``₁``, struck text, and white text beside other, between ``~~``: next to
    a number they must not read as a part of it. Boxes and what is set apart have a space around them, fields show what
    they are filled with. ``<script>`` stands for text that a script or a style sheet writes.
    """
    if not visibility.hides_within(element):
        if not len(element):
            return fold(element.text or "")
        inner = innermost(element)
        if not len(inner):
            return fold(inner.text or "")
        if (lines := flat_lines(inner)) is not None:
            return lines
        tags = [child.tag for child in inner.iterdescendants()]
        marked = _MARKED.intersection(tags)
        if not marked:
            return fold(inner_text(inner))
        if marked <= _PLAIN_BLOCKS and _is_stack(inner, sum(tag in _PLAIN_BLOCKS for tag in tags)):
            return "\n".join(text for block in inner if (text := fold(inner_text(block))))
    parts: list[str] = []
    _collect(element, visibility, parts)
    text = "".join(parts)
    if _RAISED in text:
        runs = text.split(_RAISED)
        if _is_printed(runs[::2]):
            runs[1::2] = [run.translate(RAISED) for run in runs[1::2]]
        text = "".join(runs)
    if _FAINT in text:
        # Where all is white the ground is not: heads of tables are printed so.
        text = text.replace(_FAINT, "~~" if _is_printed(text.split(_FAINT)[::2]) else "")
    return fold_lines(text)


def _is_printed(runs: Sequence[str]) -> bool:
    """Whether anything can be seen in them."""
    return any(run.replace(_FAINT, "").strip() for run in runs)


def innermost(element: Element) -> Element:
    """The element in which all the text stands: wrappers around everything are looked through. Where it holds no other
    element and nothing is hidden, its text is all that the outer one shows."""
    while len(element) == 1:
        if (text := element.text) and not text.isspace():
            break
        child = element[0]
        if child.tag not in _WRAPPERS or ((tail := child.tail) and not tail.isspace()):
            break
        element = child
    return element


def flat_lines(element: Element) -> str | None:
    """The text of an element that holds nothing but text, spans of it and line breaks; None for any other."""
    lines: list[str] = []
    line = element.text or ""
    for child in element:
        tag = child.tag
        if tag == "br":
            lines.append(line)
            line = ""
        elif len(child) or tag in _MARKED:
            return None
        elif text := child.text:
            line += text
        if tail := child.tail:
            line += tail
    if not lines:
        return fold(line)
    return "\n".join(folded for text in (*lines, line) if (folded := fold(text)))


def _is_stack(element: Element, blocks: int) -> bool:
    """Whether the element holds paragraphs one below the other and nothing beside them: the usual cell of a page
    that was pasted from Word, for which the lines are quickly told."""
    if len(element) != blocks or (element.text and not element.text.isspace()):
        return False
    return all(block.tag in _PLAIN_BLOCKS and (not block.tail or block.tail.isspace()) for block in element)


def shows_picture(element: Element) -> bool:
    """Whether a picture that can be seen stands in the element."""
    for picture in element.iter(*PICTURES):
        sizes = (picture.get("width"), picture.get("height"))
        if not any(size and _TINY.fullmatch(size) for size in sizes) and not _SPACER.search(picture.get("src") or ""):
            return True
    return False


def _collect(element: Element, visibility: Visibility, parts: list[str]) -> None:
    """Append the shown text below ``element``; a stack of its own, because pages are nested thousands deep."""
    stack: list[tuple[Element, bool]] = [(element, False)]
    shift: list[dict[int, str] | None] = [None]
    marked: dict[str, Element] = {}  # by mark, the outermost element that has it
    while stack:
        node, leaving = stack.pop()
        tag = node.tag
        if not leaving and node is not element and (tag in _SILENT or visibility.hides(node)):
            if tag == "script" and _WRITES.search(node.text or ""):
                parts.append("<script>")
            _add(parts, node.tail, shift[-1])
            continue
        if not leaving:
            for mark, those in ((_FAINT, visibility.white), (_RAISED, visibility.raised)):
                if node in those and mark not in marked:
                    marked[mark] = node
                    parts.append(mark)
            _enter(node, tag, parts, shift, visibility)
            stack.append((node, True))
            if tag not in ("select", "textarea"):
                stack.extend((child, False) for child in reversed(node))
            continue
        _leave(node, tag, parts, shift, visibility)
        for mark in [mark for mark, those in marked.items() if those is node]:
            del marked[mark]
            parts.append(mark)
        if node is not element:
            _add(parts, node.tail, shift[-1])


def _enter(
    node: Element, tag: str, parts: list[str], shift: list[dict[int, str] | None], visibility: Visibility
) -> None:
    if tag in BLOCKS or tag == "br":
        parts.append("\n")
    if tag in BOXES or node in visibility.apart:
        parts.append(" ")
    if tag in STRUCK_OUT or node in visibility.struck:
        parts.append("~~")
    if tag in _SHIFTED:
        shift.append(LOWERED if tag == "sub" else RAISED)
    if node in visibility.written:
        parts.append("<script>")
    if node in visibility.turned:
        parts.append("\u202e")  # right to left from here
    if tag == "input" and (node.get("type") or "text").lower() in ("text", "number", "tel"):
        parts.append(node.get("value") or "")
    elif tag == "select":
        chosen = next((option for option in node.iter("option") if option.get("selected") is not None), None)
        parts.append(chosen.text or "" if chosen is not None else "")
        return
    if tag in ("pre", "textarea", "xmp"):
        parts.append(node.text or "")
    else:
        _add(parts, node.text, shift[-1])


def _leave(
    node: Element, tag: str, parts: list[str], shift: list[dict[int, str] | None], visibility: Visibility
) -> None:
    if tag in STRUCK_OUT or node in visibility.struck:
        parts.append("~~")
    if tag in _SHIFTED:
        shift.pop()
    if tag in BLOCKS:
        parts.append("\n")
    if tag in BOXES or node in visibility.apart:
        parts.append(" ")


def _add(parts: list[str], text: str | None, shift: dict[int, str] | None) -> None:
    if text:
        folded = _WHITE.sub(" ", text)
        parts.append(folded.translate(shift) if shift else folded)
