"""The text that an element shows, line breaks kept: what stands in a table's cell."""

import re

from pipelines.documents.html.tree import Element, inner_text
from pipelines.documents.html.visibility import Visibility
from pipelines.documents.normal import LOWERED, RAISED, fold, fold_lines

_BLOCK_NAMES = """
    address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure
    footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav noframes ol p pre section
    summary table tbody td tfoot th thead tr ul xmp listing option
"""
BLOCKS = frozenset(_BLOCK_NAMES.split())
_SILENT = frozenset({"script", "style", "noscript", "template", "rt", "rp", "datalist", "head", "title"})
_STRUCK = frozenset({"del", "s", "strike"})
_SHIFTED = frozenset({"sup", "sub"})
_MARKED = _SILENT | _STRUCK | BLOCKS | {"br", "sup", "sub", "input", "select", "textarea", "wbr"}
_PLAIN_BLOCKS = frozenset({"p", "div"})
_WRAPPERS = frozenset({"p", "div", "span", "font", "b", "strong", "a", "u", "em"})
PICTURES = frozenset({"img", "image", "object", "embed", "canvas", "svg", "v:imagedata", "v:shape"})
_WHITE = re.compile(r"\s+")
_TINY = re.compile(r"\s*[0-4](?:px)?\s*")
_WRITES = re.compile(r"\bdocument\.write(?:ln)?\s*\(")
_FAINT = "\x1d"  # around white text; no scrubbed text holds it
_SPACER = re.compile(r"spacer|blank\.|space\.gif|transparent|pixel", re.I)


def cell_text(element: Element, visibility: Visibility) -> str:
    """The element's text, one line a block or ``<br>``, white space folded.

    Raised and lowered digits come as ``¹`` and ``₁``, struck text, and white text beside other, between ``~~``: next to
    a number they must not read as a part of it. Fields show what they are filled with, a script that writes text
    ``<script>``.
    """
    if not len(element):
        return fold(element.text or "")
    if not visibility.hides_within(element):
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
    if _FAINT in text:
        # Where all is white the ground is not: heads of tables are printed so.
        plain = "".join(text.split(_FAINT)[::2])
        text = text.replace(_FAINT, "~~" if plain and not plain.isspace() else "")
    return fold_lines(text)


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
    while stack:
        node, leaving = stack.pop()
        tag = node.tag
        if not leaving and node is not element and (tag in _SILENT or visibility.hides(node)):
            if tag == "script" and _WRITES.search(node.text or ""):
                parts.append("<script>")
            _add(parts, node.tail, shift[-1])
            continue
        if not leaving:
            _enter(node, tag, parts, shift, visibility)
            stack.append((node, True))
            if tag not in ("select", "textarea"):
                stack.extend((child, False) for child in reversed(node))
            continue
        if node in visibility.white:
            parts.append(_FAINT)
        if tag in _STRUCK or node in visibility.struck:
            parts.append("~~")
        if _is_shifted(node, tag, visibility):
            shift.pop()
        if tag in BLOCKS:
            parts.append("\n")
        if node is not element:
            _add(parts, node.tail, shift[-1])


def _is_shifted(node: Element, tag: str, visibility: Visibility) -> bool:
    return tag in _SHIFTED or (node in visibility.raised and tag not in BLOCKS)


def _enter(
    node: Element, tag: str, parts: list[str], shift: list[dict[int, str] | None], visibility: Visibility
) -> None:
    if tag in BLOCKS or tag == "br":
        parts.append("\n")
    if tag in _STRUCK or node in visibility.struck:
        parts.append("~~")
    if node in visibility.white:
        parts.append(_FAINT)
    if _is_shifted(node, tag, visibility):
        shift.append(LOWERED if tag == "sub" else RAISED)
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


def _add(parts: list[str], text: str | None, shift: dict[int, str] | None) -> None:
    if text:
        folded = _WHITE.sub(" ", text)
        parts.append(folded.translate(shift) if shift else folded)
