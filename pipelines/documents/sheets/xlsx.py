"""Reads .xlsx worksheets as streams, cell by cell.

The libraries for this build the full rectangle from the first to the last cell: one stray cell in the last row of
a sheet then takes gigabytes. Here only cells with text are kept, and reading stops at a limit.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from lxml import etree

from pipelines.documents.model import Unreadable
from pipelines.documents.normal import LOWERED, RAISED
from pipelines.documents.office_package import ZIP_ERRORS, Package
from pipelines.documents.sheets.cells import (
    COLUMNS_LIMIT,
    MERGES_LIMIT,
    ROWS_LIMIT,
    TEXTS_LIMIT,
    Merge,
    Sheet,
    folded,
)
from pipelines.documents.sheets.number_format import BUILT_IN, NumberFormat, number_format

Element = etree._Element

S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

SHEETS_LIMIT = 200
# A sheet whose empty cells are all formatted takes tens of megabytes; ten times that is an attack.
STREAM_LIMIT = 100_000_000
_SHARED_CHARACTERS_LIMIT = 20_000_000

_TRUE = ("1", "true", "on")
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")


@dataclass(frozen=True, slots=True)
class _Look:
    """How a cell shows what it holds; ``struck``: with a line through it."""

    numbers: NumberFormat
    struck: bool


_PLAIN = _Look(NumberFormat(), struck=False)


@dataclass(frozen=True, slots=True)
class _Book:
    shared: Sequence[str]
    looks: Sequence[_Look]


def read_sheets(payload: bytes) -> Iterator[Sheet]:
    """The worksheets in the order of the book. Raises `Unreadable` as `Package` does."""
    package = Package(payload)
    main = package.main_part("xl/workbook.xml")
    if main.endswith(".bin") and main in package.names:
        raise Unreadable("unsupported", "This is a binary workbook (.xlsb), a format that is not read.")
    workbook = package.xml(main)
    if workbook is None:
        raise Unreadable("broken", "The package holds no workbook.")
    relations = package.relations(main)
    targets = {relation.id: relation.target for relation in relations}
    kinds = {relation.kind: relation.target for relation in relations}
    book = _Book(
        tuple(_shared_strings(package, kinds.get("sharedStrings", "xl/sharedStrings.xml"))),
        tuple(_looks(package, kinds.get("styles", "xl/styles.xml"))),
    )
    for count, item in enumerate(workbook.iter(S + "sheet")):
        if count >= SHEETS_LIMIT:
            raise Unreadable("too_large", f"The workbook holds more than {SHEETS_LIMIT} sheets.")
        part = targets.get(item.get(_RELATION_ID) or "", f"xl/worksheets/sheet{count + 1}.xml")
        if part not in package.names:
            continue
        sheet = Sheet(item.get("name") or f"{count + 1}", hidden=item.get("state") in ("hidden", "veryHidden"))
        with package.opened(part) as stream:
            _read(stream, part, sheet, book)
        yield sheet


class _Bounded:
    """A stream that ends in `Unreadable` where a part unpacks to more than the limit."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self._stream, self._name, self._left = stream, name, STREAM_LIMIT

    def read(self, size: int = 65_536) -> bytes:
        content = self._stream.read(min(size, 1 << 20) if size > 0 else 1 << 20)
        self._left -= len(content)
        if self._left < 0:
            raise Unreadable("too_large", f"{self._name} unpacks to more than {STREAM_LIMIT // 1_000_000} MB.")
        return content


def _elements(stream: IO[bytes], name: str, tags: tuple[str, ...]) -> Iterator[Element]:
    """The elements with the given local names as they end; each is emptied when the next one is asked for."""
    wanted = [space + tag for tag in tags for space in (S, _STRICT)]
    events = etree.iterparse(
        _Bounded(stream, name),
        events=("end",),
        tag=wanted,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    try:
        for _, element in events:
            if element.getroottree().docinfo.internalDTD is not None:
                raise Unreadable("broken", f"{name} declares a document type, which office files never do.")
            yield element
            _forget(element)
    except (etree.XMLSyntaxError, *ZIP_ERRORS) as error:
        raise Unreadable("broken", f"{name} in the package can't be read: {error}.") from error


def _forget(element: Element) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _local(element: Element) -> str:
    return etree.QName(element).localname


def _shared_strings(package: Package, name: str) -> Iterator[str]:
    if name not in package.names:
        return
    characters = 0
    with package.opened(name) as stream:
        for item in _elements(stream, name, ("si",)):
            text = _rich_text(item)
            characters += len(text)
            if characters > _SHARED_CHARACTERS_LIMIT:
                raise Unreadable("too_large", "The workbook holds more text than any report.")
            yield folded(text)


def _rich_text(item: Element) -> str:
    """The text of all runs; the phonetic guide over it (``rPh``) is left out. Struck text stands between ``~~``, raised
    and lowered digits come as ``¹`` and ``₁``, as in Word's cells."""
    parts = []
    for child in item.iter():
        if isinstance(child.tag, str) and _local(child) == "t":
            parent = child.getparent()
            if parent is None or _local(parent) != "rPh":
                parts.append(_set_apart(child.text or "", parent))
    return "".join(parts)


def _set_apart(text: str, run: Element | None) -> str:
    properties = None if run is None else run.find("{*}rPr")
    if properties is None:
        return text
    shift = next((each.get("val") for each in properties if _local(each) == "vertAlign"), None)
    text = text.translate({"superscript": RAISED, "subscript": LOWERED}.get(shift or "", {}))
    return _struck(text) if _is_struck(properties) else text


def _struck(text: str) -> str:
    return f"~~{text}~~" if text.strip() else text


def _looks(package: Package, name: str) -> Iterator[_Look]:
    """How cells show what they hold, by their style."""
    try:
        styles = package.xml(name)
    except Unreadable:
        return
    if styles is None:
        return
    codes = dict(BUILT_IN)
    for custom in styles.iter(S + "numFmt"):
        codes[_whole(custom.get("numFmtId"))] = custom.get("formatCode") or ""
    fonts = [_is_struck(font) for font in styles.iterfind(f"{S}fonts/{S}font")]
    for style in styles.iterfind(f"{S}cellXfs/{S}xf"):
        number, font = _whole(style.get("numFmtId")), _whole(style.get("fontId"))
        yield _Look(number_format(number, codes.get(number, "")), font < len(fonts) and fonts[font])


def _is_struck(properties: Element) -> bool:
    found = next((each for each in properties if _local(each) == "strike"), None)
    return found is not None and found.get("val") in (None, *_TRUE)


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0


def _read(stream: IO[bytes], name: str, sheet: Sheet, book: _Book) -> None:
    row, column = -1, -1
    for element in _elements(stream, name, ("c", "row", "col", "mergeCell", "drawing", "picture")):
        match _local(element):
            case "c":
                row, column = _place(element, row, column)
                if len(sheet.texts) < TEXTS_LIMIT:
                    _keep(sheet, row, column, _text(element, book))
                else:
                    sheet.cut = True
            case "row":
                row, column = max(row, _whole(element.get("r")) - 1), -1
                if _is_true(element.get("hidden")):
                    sheet.hidden_rows.append(range(row, row + 1))
            case "col":
                if _is_true(element.get("hidden")):
                    first, last = _whole(element.get("min")), _whole(element.get("max"))
                    sheet.hidden_columns.append(range(first - 1, min(last, COLUMNS_LIMIT)))
            case "mergeCell":
                _merge(sheet, element.get("ref") or "")
            case _:
                sheet.pictures += 1


def _keep(sheet: Sheet, row: int, column: int, text: str) -> None:
    if text and row < ROWS_LIMIT and column < COLUMNS_LIMIT:
        sheet.texts[row, column] = text


def _is_true(text: str | None) -> bool:
    return text in _TRUE


def _place(cell: Element, row: int, column: int) -> tuple[int, int]:
    """The cell's place; where it names none, it stands right of the one before, in the row that is open."""
    found = _REFERENCE.fullmatch(cell.get("r") or "")
    if found:
        return int(found[2]) - 1, _column(found[1])
    parent = cell.getparent()
    number = _whole(parent.get("r")) if parent is not None else 0
    return (number - 1 if number else row + (column < 0)), column + 1


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _merge(sheet: Sheet, reference: str) -> None:
    first, _, last = reference.partition(":")
    start, end = _REFERENCE.fullmatch(first), _REFERENCE.fullmatch(last or first)
    if not start or not end or len(sheet.merges) >= MERGES_LIMIT:
        return
    top, bottom = sorted((int(start[2]) - 1, int(end[2]) - 1))
    left, right = sorted((_column(start[1]), _column(end[1])))
    sheet.merges.append(Merge(top, left, bottom, right))


def _text(cell: Element, book: _Book) -> str:
    style = _whole(cell.get("s"))
    look = book.looks[style] if style < len(book.looks) else _PLAIN
    text = _shown(cell, book, look.numbers)
    return _struck(text) if look.struck else text


def _shown(cell: Element, book: _Book, numbers: NumberFormat) -> str:
    kind = cell.get("t") or "n"
    if kind == "inlineStr":
        return folded(_rich_text(cell))
    held = next((child.text or "" for child in cell if _local(child) == "v"), "")
    if kind == "s":
        index = _whole(held) if held.strip().isdigit() else len(book.shared)
        return book.shared[index] if index < len(book.shared) else "\ufffd"
    if kind == "b":
        return "TRUE" if held == "1" else "FALSE"
    if kind == "n" and not held.strip():
        return _unsaved_formula(cell)
    if kind != "n":
        return folded(held)
    try:
        return numbers.show(float(held))
    except ValueError:
        return folded(held)


def _unsaved_formula(cell: Element) -> str:
    """The formula of a cell whose value was never saved, for a sheet shows a value there; empty where none is."""
    formula = next((child for child in cell if _local(child) == "f"), None)
    return "" if formula is None else f"={folded(formula.text or '')}"
