"""Word documents → `Document`: .docx by itself, .doc, .wps and .rtf through LibreOffice."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from lxml import etree

from pipelines.documents.model import Document, Paragraph, Table, Unreadable
from pipelines.documents.office import converted
from pipelines.documents.office_package import Package
from pipelines.documents.word.chunks import Chunks
from pipelines.documents.word.lines import with_tabbed_tables
from pipelines.documents.word.numbers import Numbers
from pipelines.documents.word.styles import ParagraphLook, Styles
from pipelines.documents.word.table import CellContent, read_table, texts_of
from pipelines.documents.word.text import DRAWINGS, inline_of
from pipelines.documents.word.xml import Element, W, shown

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TITLE_LIMIT = 120
_TITLE_LINES = 3
# What programs write into the title property by themselves.
_EMPTY_TITLES = ("untitled", "microsoft word", "word document", "新建", "文档", "normal")
_DUBLIN_CORE_TITLE = "{http://purl.org/dc/elements/1.1/}title"
# Tables nested deeper are no tables; Word's own limit is 20 levels or so.
_NESTING_LIMIT = 12


def read_docx(payload: bytes, *, url: str, nested: bool = False) -> Document:
    """Read a .docx (.docm, .dotx); ``nested`` where it is part of another one.

    Raises `Unreadable`: ``empty``, ``broken``, ``encrypted``, ``too_large``, ``unsupported``.
    """
    if not payload.strip(b"\0 \r\n\t"):
        raise Unreadable("empty", "The file is empty.")
    if payload.startswith(_OLE_SIGNATURE) and "EncryptedPackage".encode("utf-16-le") in payload:
        raise Unreadable("encrypted", "The document is protected by a password.")
    package = Package(payload)
    name = package.main_part("word/document.xml")
    root = package.xml(name)
    body = None if root is None else root.find(W + "body")
    if body is None:
        raise Unreadable("broken", "The package holds no Word document.")
    folder = name.rpartition("/")[0]
    reader = _Reader(
        Styles(_optional(package, f"{folder}/styles.xml")),
        Numbers(_optional(package, f"{folder}/numbering.xml")),
        Chunks(package, name, nested=nested),
    )
    reader.read(body)
    if not reader.blocks and reader.foreign:
        raise Unreadable(
            "unsupported", "The document is another file embedded in a page, in a format that is not read."
        )
    if not reader.blocks and not reader.images:
        raise Unreadable("empty", "The document has no text.")
    return Document(
        media_type=MEDIA_TYPE,
        titles=tuple(_titles(reader, package)),
        blocks=tuple(with_tabbed_tables(reader.blocks, reader.tabbed)),
        images=reader.images,
        notes=tuple(reader.notes()),
    )


def read_doc(payload: bytes, *, url: str, suffix: str = ".doc") -> Document:
    """Read a .doc, .wps or .rtf by converting it. ``suffix`` says what the bytes are where they don't tell.

    Raises `Unreadable` as `read_docx` does, and ``needs_libreoffice`` where it is not installed.
    """
    if not payload.strip(b"\0 \r\n\t"):
        raise Unreadable("empty", "The file is empty.")
    if payload.startswith(b"PK\x03\x04"):
        return read_docx(payload, url=url)
    if payload.startswith(b"{\\rtf"):
        suffix = ".rtf"
    elif payload.startswith(_OLE_SIGNATURE) and "WordDocument".encode("utf-16-le") in payload:
        # WPS writes Word's own format under its own suffix, which LibreOffice takes for another program's.
        suffix = ".doc"
    return read_docx(converted(payload, suffix=suffix, target="docx"), url=url)


def _optional(package: Package, name: str) -> Element | None:
    """A part that only adds to the text; a broken one is as good as none."""
    try:
        return package.xml(name)
    except Unreadable:
        return None


@dataclass(slots=True)
class _Reader:
    """Walks the body in the order of its text."""

    styles: Styles
    numbers: Numbers
    chunks: Chunks
    blocks: list[Paragraph | Table] = field(default_factory=list)
    tabbed: dict[int, str] = field(default_factory=dict)  # the lines with tabs, by their place among the blocks
    centred: list[int] = field(default_factory=list)
    images: int = 0
    tables: int = 0
    overlaid: int = 0
    foreign: int = 0

    def read(self, container: Element, depth: int = 0) -> None:
        for item in shown(container):
            if item.tag == W + "p":
                self._paragraph(item, depth)
            elif item.tag == W + "tbl" and depth < _NESTING_LIMIT:
                self._table(item, depth)
            elif item.tag == W + "altChunk":
                self._chunk(item)

    def notes(self) -> Iterator[tuple[str, str]]:
        if self.overlaid:
            yield (
                "hidden_cell_text",
                f"{self.overlaid} merged cells hold text that Word does not show; it was left out.",
            )
        if self.foreign:
            yield "foreign_part", f"{self.foreign} parts in another format are embedded in the text and were not read."

    def _chunk(self, item: Element) -> None:
        found = self.chunks.read(item)
        if found is None:
            self.foreign += 1
            return
        for block in found:
            if isinstance(block, Table):
                self.tables += 1
                block = replace(block, where=f"table {self.tables}")
            self.blocks.append(block)

    def _paragraph(self, paragraph: Element, depth: int) -> None:
        look, text, boxes = self._printed(paragraph)
        for line in text.split("\n"):
            if line.strip():
                if look.centred:
                    self.centred.append(len(self.blocks))
                if "\t" in line:
                    self.tabbed[len(self.blocks)] = line
                self.blocks.append(Paragraph(" ".join(line.split()), look.level))
        for box in boxes:
            self.read(box, depth + 1)

    def _printed(self, paragraph: Element, in_cell: bool = False) -> tuple[ParagraphLook, str, list[Element]]:
        """How the paragraph looks, its text with its list number, and the text boxes anchored in it."""
        look = self.styles.paragraph(paragraph)
        inline = inline_of(paragraph, self.styles, in_cell)
        self.images += inline.large_pictures
        text = inline.text
        if text and look.list_id:
            # Word leaves room behind its number; without it the digits of a cell would go on as one number.
            room = " " if in_cell and text[0].isnumeric() else ""
            text = self.numbers.next(look.list_id, look.depth) + room + text
        return look, text, inline.boxes

    def _table(self, element: Element, depth: int) -> None:
        table = read_table(element)
        self.overlaid += table.overlaid
        if table.is_layout():
            for cell in table.cells:
                self.read(cell.element, depth + 1)
            return
        contents = [self._cell(cell.element, depth) for cell in table.cells]
        self.tables += 1
        self.blocks.append(table.table(contents, f"table {self.tables}"))
        for nested in (nested for content in contents for nested in content.nested):
            self._table(nested, depth + 1)

    def _cell(self, element: Element, depth: int) -> CellContent:
        content = CellContent("")
        self._collect(element, content, [], depth)
        return content

    def _collect(self, container: Element, content: CellContent, texts: list[str], depth: int) -> None:
        for item in shown(container):
            if item.tag == W + "tbl" and depth < _NESTING_LIMIT:
                nested = read_table(item)
                if nested.is_frame():
                    self.overlaid += nested.overlaid
                    for cell in nested.cells:
                        self._collect(cell.element, content, texts, depth + 1)
                else:
                    content.nested.append(item)
            elif item.tag == W + "p":
                _, text, boxes = self._printed(item, in_cell=True)
                texts.append(text)
                content.pictured = content.pictured or next(item.iter(*DRAWINGS), None) is not None
                for box in boxes:
                    self._collect(box, content, texts, depth + 1)
        content.text = texts_of(texts)


def _titles(reader: _Reader, package: Package) -> Iterable[tuple[str, str]]:
    printed = _printed_title(reader)
    if printed:
        yield "text", printed
    core = _core_title(package)
    if core and core != printed:
        yield "core", core


def _printed_title(reader: _Reader) -> str:
    """The centred lines at the head, or the first heading or line."""
    head: list[str] = []
    for index, block in enumerate(reader.blocks[:12]):
        if not isinstance(block, Paragraph):
            break
        if index in reader.centred:
            head.append(block.text)
        elif head or block.level == 1:
            break
    if head:
        return _within_limit(head[:_TITLE_LINES])
    paragraphs = [block for block in reader.blocks if isinstance(block, Paragraph)]
    first = next((each for each in paragraphs if each.level == 1), paragraphs[0] if paragraphs else None)
    return _within_limit([first.text]) if first else ""


def _within_limit(lines: Sequence[str]) -> str:
    text = "".join(lines)
    return text if len(text) <= _TITLE_LIMIT else ""


def _core_title(package: Package) -> str:
    properties = _optional(package, "docProps/core.xml")
    found = None if properties is None else properties.find(_DUBLIN_CORE_TITLE)
    title = "".join(etree.tostring(found, method="text", encoding="unicode").split()) if found is not None else ""
    return "" if len(title) > _TITLE_LIMIT or title.lower().startswith(_EMPTY_TITLES) else title
