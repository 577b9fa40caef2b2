"""Paragraph and character styles: what a paragraph inherits that a reader sees."""

import re
from dataclasses import dataclass

from pipelines.documents.word.xml import Element, W, is_on, number, value

_HEADING = re.compile(r"(?:heading|标题)\s*([1-9])", re.IGNORECASE)
_INHERITANCE_LIMIT = 12


@dataclass(frozen=True, slots=True)
class ParagraphLook:
    """``level`` as in `Paragraph.level`; ``list_id`` and ``depth`` name the list that numbers it, if any."""

    level: int = 0
    centred: bool = False
    list_id: str = ""
    depth: int = 0


@dataclass(frozen=True, slots=True)
class RunLook:
    """``shift`` is ``superscript``, ``subscript`` or empty; ``apart`` says that the run is moved off the line, or
    written in white, and so no part of a number beside it."""

    hidden: bool = False
    struck: bool = False
    shift: str = ""
    apart: bool = False


_PLAIN = RunLook()
# Half points: smaller than any print.
_NO_SIZE = 4


class Styles:
    def __init__(self, styles: Element | None) -> None:
        found = () if styles is None else styles.iter(W + "style")
        self._styles = {value(style, "styleId") or "": style for style in found}
        self._default = next(
            (name for name, style in self._styles.items() if _is_default_paragraph(style)),
            "",
        )

    def paragraph(self, paragraph: Element) -> ParagraphLook:
        """What the paragraph's own properties say, and its style and the styles that this is based on."""
        own = paragraph.find(W + "pPr")
        style = value(own.find(W + "pStyle")) if own is not None else None
        properties = [] if own is None else [own]
        chain = self._chain(style or self._default)
        properties.extend(found for each in chain if (found := each.find(W + "pPr")) is not None)
        names = [value(each.find(W + "name")) or "" for each in chain]
        list_id, depth = _numbering(properties)
        return ParagraphLook(_level(properties, names), _is_centred(properties), list_id, depth)

    def look(self, run: Element) -> RunLook:
        """How the run's characters are shown, by its own properties or by its character style."""
        own = run.find(W + "rPr")
        if own is None:
            return _PLAIN
        styles = (each.find(W + "rPr") for each in self._chain(value(own.find(W + "rStyle")) or ""))
        properties = [own, *(found for found in styles if found is not None)]
        shift = _nearest(properties, "vertAlign")
        struck = _is_toggled(properties, "strike") or _is_toggled(properties, "dstrike")
        size = number(_nearest(properties, "sz"), _NO_SIZE + 1)
        apart = _nearest(properties, "color").upper() == "FFFFFF" or number(_nearest(properties, "position")) != 0
        return RunLook(_is_toggled(properties, "vanish") or size <= _NO_SIZE, struck, shift, apart)

    def _chain(self, name: str) -> list[Element]:
        chain: list[Element] = []
        while name in self._styles and len(chain) < _INHERITANCE_LIMIT:
            style = self._styles[name]
            chain.append(style)
            name = value(style.find(W + "basedOn")) or ""
        return chain


def _nearest(properties: list[Element], name: str) -> str:
    """The value of the nearest property of that name; empty where none is."""
    return next((found for each in properties if (found := value(each.find(W + name)))), "")


def _is_toggled(properties: list[Element], name: str) -> bool:
    """Whether the nearest properties that name the toggle have it on."""
    toggles = (each.find(W + name) for each in properties)
    return next((is_on(toggle) for toggle in toggles if toggle is not None), False)


def _is_default_paragraph(style: Element) -> bool:
    return value(style, "type") == "paragraph" and value(style, "default") in ("1", "true", "on")


def _level(properties: list[Element], names: list[str]) -> int:
    for each in properties:
        if (outline := each.find(W + "outlineLvl")) is not None:
            depth = number(value(outline), 9)
            return min(depth + 1, 6) if 0 <= depth < 9 else 0
    for name in names:
        if found := _HEADING.fullmatch(name.strip()):
            return min(int(found[1]), 6)
        if name.strip().lower() == "title":
            return 1
    return 0


def _is_centred(properties: list[Element]) -> bool:
    return _nearest(properties, "jc") == "center"


def _numbering(properties: list[Element]) -> tuple[str, int]:
    """The list of the nearest ``w:numPr``; its number 0 takes an inherited list off."""
    list_id: str | None = None
    depth: int | None = None
    for each in properties:
        if (found := each.find(W + "numPr")) is None:
            continue
        list_id = value(found.find(W + "numId")) if list_id is None else list_id
        if depth is None and (level := found.find(W + "ilvl")) is not None:
            depth = number(value(level))
    return ("", 0) if list_id in (None, "0") else (str(list_id), depth or 0)
