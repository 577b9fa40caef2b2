"""From runs to text: what is printed of a paragraph, and what hangs on it (pictures, text boxes)."""

import re
from dataclasses import dataclass, field

from pipelines.documents.normal import LOWERED, RAISED
from pipelines.documents.word.styles import RunLook, Styles
from pipelines.documents.word.xml import Element, M, W, shown, value

# A picture smaller than this (in EMU, 360,000 a centimetre) is a seal, a logo or a line, and carries no table.
_TABLE_WIDTH, _TABLE_HEIGHT = 2_500_000, 750_000

DRAWINGS = frozenset({W + "drawing", W + "pict", W + "object"})
_SPACES = re.compile(r"[^\S\n\t]+")
_APART = "\x1d"  # around a run that is `RunLook.apart`; no XML holds it
_STYLE_LENGTH = re.compile(r"(width|height)\s*:\s*([\d.]+)\s*(pt|in|cm|mm|px)?", re.IGNORECASE)
_PLAIN = RunLook()
_EMU = {"pt": 12_700, "in": 914_400, "cm": 360_000, "mm": 36_000, "px": 9_525, "": 12_700}


@dataclass(slots=True)
class Inline:
    """``text`` with line breaks as ``\\n``; ``boxes`` are text boxes anchored here; ``pictures`` all of them,
    ``large_pictures`` those that may carry a table."""

    text: str = ""
    boxes: list[Element] = field(default_factory=list)
    pictures: int = 0
    large_pictures: int = 0


def inline_of(paragraph: Element, styles: Styles, in_cell: bool = False) -> Inline:
    """What is printed of the paragraph. In a table's cell raised and lowered digits come as ``¹`` and ``₁``, struck
    text, and white or moved text beside other, between ``~~``, as in `celltext`; outside of it tabs stay."""
    result = Inline()
    parts: list[str] = []
    fields: list[bool] = []
    for child in shown(paragraph):
        _inline(child, styles, parts, fields, result, in_cell)
    text = "".join(parts)
    if _APART in text:
        plain = "".join(text.split(_APART)[::2])
        text = text.replace(_APART, "~~" if plain and not plain.isspace() else "")
    if in_cell:
        text = text.replace("\t", " ")
    lines = (_SPACES.sub(" ", line).strip(" ") for line in text.split("\n"))
    result.text = "\n".join(lines).strip("\n")
    return result


def _inline(item: Element, styles: Styles, parts: list[str], fields: list[bool], result: Inline, in_cell: bool) -> None:
    if item.tag == W + "r":
        look = styles.look(item)
        if look.hidden:
            return
        before = len(parts)
        for child in shown(item):
            _run_child(child, styles, parts, fields, result, in_cell)
        if in_cell and look != _PLAIN:
            parts[before:] = [_set_apart("".join(parts[before:]), look)]
    elif item.tag in (M + "oMath", M + "oMathPara"):
        # The digits of a fraction or power, set beside each other, would be another number.
        between = "\ufffd" if next(item.iter(*_FORMULAS), None) is not None else ""
        parts.append(between.join(text.text or "" for text in item.iter(M + "t")))


def _set_apart(text: str, look: RunLook) -> str:
    text = text.translate({"superscript": RAISED, "subscript": LOWERED}.get(look.shift, {}))
    mark = "~~" if look.struck else _APART if look.apart else ""
    return f"{mark}{text}{mark}" if text.strip() else text


def _run_child(
    item: Element, styles: Styles, parts: list[str], fields: list[bool], result: Inline, in_cell: bool
) -> None:
    """``fields`` holds, for each field that is open, whether its result has begun: before it stands its code."""
    if item.tag == W + "fldChar":
        _field(value(item, "fldCharType"), fields)
    elif item.tag == W + "instrText":
        if in_cell and fields and not fields[-1] and _SHOWN_CODE.match(item.text or ""):
            parts.append("\ufffd")
    elif item.tag in DRAWINGS:
        _drawing(item, result)
    elif not all(fields):
        return
    elif item.tag == W + "t":
        parts.append(item.text or "")
    elif item.tag in _SIGNS:
        parts.append(_SIGNS[item.tag])
    elif item.tag == W + "sym":
        # A sign of a symbol font has no character of its own: a reader sees something that we can't name.
        parts.append("\ufffd")
    elif item.tag == W + "ruby" and (base := item.find(W + "rubyBase")) is not None:
        for child in shown(base):
            _inline(child, styles, parts, fields, result, in_cell)


# Parts of formulas that set what is in them above, below or around each other (ECMA-376 part 1, 22.1).
_FORMULAS = tuple(M + name for name in ("f", "sSup", "sSub", "sSubSup", "sPre", "rad", "nary", "limLow", "limUpp", "m"))
# A field without a result whose code is what Word shows: circled numbers, fractions, signs of a symbol font.
_SHOWN_CODE = re.compile(r"\s*(?:EQ|SYMBOL)\b", re.IGNORECASE)

_SIGNS = {
    W + "tab": "\t",
    W + "ptab": "\t",
    W + "br": "\n",
    W + "cr": "\n",
    W + "noBreakHyphen": "-",
}


def _field(kind: str | None, fields: list[bool]) -> None:
    if kind == "begin":
        fields.append(False)
    elif kind == "separate" and fields:
        fields[-1] = True
    elif kind == "end" and fields:
        fields.pop()


def _drawing(item: Element, result: Inline) -> None:
    boxes = [box for box in item.iter(W + "txbxContent") if not _inside_another(box, item)]
    result.boxes.extend(boxes)
    if any(isinstance(each.tag, str) and each.tag.endswith(("}blip", "}imagedata")) for each in item.iter()):
        result.pictures += 1
        width, height = _extent(item)
        result.large_pictures += width >= _TABLE_WIDTH and height >= _TABLE_HEIGHT


def _inside_another(box: Element, drawing: Element) -> bool:
    for ancestor in box.iterancestors():
        if ancestor is drawing:
            return False
        if ancestor.tag == W + "txbxContent":
            return True
    return False


def _extent(drawing: Element) -> tuple[float, float]:
    """Width and height in EMU; where none is given, large enough to be counted."""
    for each in drawing.iter():
        if isinstance(each.tag, str) and each.tag.endswith("}extent"):
            return float(_emu(each.get("cx"))), float(_emu(each.get("cy")))
        lengths = {name.lower(): _size(size) * _EMU[(unit or "").lower()] for name, size, unit in _lengths(each)}
        if "width" in lengths and "height" in lengths:
            return lengths["width"], lengths["height"]
    return float(_TABLE_WIDTH), float(_TABLE_HEIGHT)


def _lengths(shape: Element) -> list[tuple[str, str, str]]:
    return _STYLE_LENGTH.findall(shape.get("style", "")) if isinstance(shape.tag, str) else []


def _size(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _emu(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else 0
