"""PDF with a text layer → `Document`: ruled tables with exact cells, joined over page breaks, and running text.

Pages are read one after the other and let go; what is kept of a page are its lines and table parts, so that
a document of 300 pages needs hardly more memory than one of ten.
"""

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as raw  # type: ignore[import-untyped]

from pipelines.documents.model import Document, Unreadable
from pipelines.documents.pdf.bombs import refuse_bombs
from pipelines.documents.pdf.drawing import Picture
from pipelines.documents.pdf.flow import Flow, Sheet, flow_of, sheet_of
from pipelines.documents.pdf.lines import Line
from pipelines.documents.pdf.page import Page, read_page
from pipelines.documents.pdf.spread import pages_on

log = logging.getLogger(__name__)

PAGES_LIMIT = 1000
_PASSWORD_ERROR = 4
# Servers and signing programs append a little behind the end of a PDF.
_TAIL = 2048
# What stands before a PDF's own beginning (a portal's warnings, a lost header); pdfium itself looks for it in 1 KB.
_HEAD = 65_536
_CATALOG = re.compile(rb"/Type\s*/Catalog\b")
_BEGIN = re.compile(rb"(\d{1,10}) 0 obj\b")
_DICTIONARY_LIMIT = 2000
_TITLE_LIMIT = 120
# A page with fewer characters than this and a picture over most of it is a picture of a page.
_SCANNED_GLYPHS = 40
_UNMAPPED_SHARE = 0.9
_SCANNED_AREA = 0.4
# Letters drawn as outlines: a page of them has thousands of curves.
_OUTLINE_CURVES = 1500
# A picture that may carry a table is at least this wide (part of the page) and high (points).
_PICTURE_WIDTH, _PICTURE_HEIGHT = 0.4, 60.0


def read_pdf(payload: bytes, *, url: str) -> Document:
    """Read a PDF. Raises `Unreadable`: ``empty``, ``broken``, ``encrypted``, ``scanned``, ``too_large``."""
    if not payload.strip():
        raise Unreadable("empty", "The file is empty.")
    refuse_bombs(payload)
    pdf = _opened(payload[max(payload.find(b"%PDF-", 0, _HEAD), 0) :])
    try:
        scan = _Scan(complete=b"%%EOF" in payload[-_TAIL:], pages=len(pdf))
        for number in range(1, min(len(pdf), PAGES_LIMIT) + 1):
            scan.add(number, _page(pdf, number, url))
        core = _core_title(pdf)
    finally:
        pdf.close()
    scan.refuse_pictures()
    flow = flow_of(scan.sheets)
    return Document(
        media_type="application/pdf",
        titles=tuple(_titles(flow, core)),
        blocks=flow.blocks,
        images=scan.images,
        notes=tuple(scan.notes(flow)),
    )


def _opened(payload: bytes) -> Any:
    # pdfium sets no error for a file without pages; what it says then is the error of the file before, which this makes
    # the same for all.
    raw.FPDF_LoadMemDocument64(b"", 0, None)
    try:
        pdf = pdfium.PdfDocument(payload)
    except pdfium.PdfiumError as error:
        if whole := _with_trailer(payload):
            return _opened(whole)
        if getattr(error, "err_code", None) == _PASSWORD_ERROR:
            raise Unreadable("encrypted", "The PDF asks for a password.") from error
        raise Unreadable("broken", f"The file can't be opened as a PDF: {str(error).rstrip('.')}.") from error
    if len(pdf) == 0:
        pdf.close()
        raise Unreadable("broken", "The PDF has no page that can be read.")
    return pdf


def _with_trailer(payload: bytes) -> bytes | None:
    """A file that was cut before it says which object leads to its pages, with the words that say so; None where that
    object can't be told."""
    if b"%%EOF" in payload[-_TAIL:]:
        return None
    for found in reversed([match.start() for match in _CATALOG.finditer(payload)]):
        begun = [*_BEGIN.finditer(payload, max(found - _DICTIONARY_LIMIT, 0), found)]
        if begun and b"endobj" not in payload[begun[-1].end() : found]:
            return b"%s\ntrailer << /Root %s 0 R >>\n%%%%EOF\n" % (payload, begun[-1][1])
    return None


def _page(pdf: Any, number: int, url: str) -> Page | None:
    """Page ``number``, or None where it is damaged."""
    try:
        page = pdf[number - 1]
        try:
            return read_page(page, number)
        finally:
            page.close()
    except pdfium.PdfiumError as error:
        log.warning("page can't be read", extra={"url": url, "page": number, "error": str(error)})
        return None


def _core_title(pdf: Any) -> str:
    """The title in the file's properties; programs fill it with file names and ``untitled``."""
    title = str(pdf.get_metadata_dict(skip_empty=True).get("Title", "")).strip("\0 ")
    named_by_program = title.lower().startswith(("microsoft word", "untitled", "幻灯片", "powerpoint"))
    return "" if named_by_program or len(title) > _TITLE_LIMIT or "\ufffd" in title else title


@dataclass(slots=True)
class _Scan:
    """What was seen on all pages."""

    complete: bool
    pages: int
    sheets: list[Sheet] = field(default_factory=list)
    images: int = 0
    damaged: list[int] = field(default_factory=list)
    pictured: list[int] = field(default_factory=list)
    outlined: list[int] = field(default_factory=list)
    cut: list[int] = field(default_factory=list)
    unmapped: int = 0
    glyphs: int = 0
    hidden: int = 0
    unseen: int = 0
    watermarks: int = 0
    turned: int = 0

    def add(self, number: int, page: Page | None) -> None:
        if page is None:
            self.damaged.append(number)
            return
        for each in pages_on(page):
            sheet = sheet_of(each, len(self.sheets) + 1)
            self.sheets.append(sheet)
            self.turned += sheet.turned
        self.glyphs += len(page.glyphs)
        self.hidden += page.hidden_glyphs
        self.unseen += page.unseen_glyphs
        self.watermarks += page.watermarks
        self.unmapped += sum(not glyph.mapped for glyph in page.glyphs)
        self.images += sum(_may_carry_table(picture, page) for picture in page.drawing.pictures)
        if page.cut:
            self.cut.append(page.number)
        if len(page.glyphs) >= _SCANNED_GLYPHS:
            return
        if sum(picture.area for picture in page.drawing.pictures) > _SCANNED_AREA * page.width * page.height:
            self.pictured.append(page.number)
        elif page.drawing.curves > _OUTLINE_CURVES:
            self.outlined.append(page.number)

    def refuse_pictures(self) -> None:
        """Raise ``scanned`` where there is no text but what stands in pictures, ``broken`` or ``empty`` where
        there is nothing at all, or nothing that can be told."""
        if not self.sheets:
            raise Unreadable("broken", "None of the PDF's pages can be read.")
        shown = len(self.pictured) + len(self.outlined)
        if shown and (shown == len(self.sheets) or self.glyphs < _SCANNED_GLYPHS * shown):
            what = "pictures of paper" if self.pictured else "letters drawn as outlines"
            layer = " (with a text layer that a machine guessed)" if self.hidden or self.unseen else ""
            raise Unreadable("scanned", f"{shown} of {self.pages} pages are {what}{layer}: there is no text to read.")
        if not self.glyphs and not self.complete:
            raise Unreadable("broken", "The file is cut off: nothing of its text is left.")
        if not self.glyphs:
            raise Unreadable(
                "scanned" if self.images or self.hidden or self.unseen else "empty", "The PDF has no text."
            )
        if self.unmapped > _UNMAPPED_SHARE * self.glyphs:
            raise Unreadable("broken", "The PDF's fonts do not say which characters they show: none can be read.")

    def notes(self, flow: Flow) -> Iterator[tuple[str, str]]:
        if not self.complete:
            yield "truncated", "The file does not end as a PDF ends: pages may be missing."
        if self.pages > PAGES_LIMIT:
            yield "pages_limit", f"Only the first {PAGES_LIMIT} of {self.pages} pages were read."
        if self.damaged:
            yield "damaged_pages", f"Pages that can't be read: {_listed(self.damaged)}."
        if self.pictured or self.outlined:
            yield "image_pages", f"Pages that are pictures: {_listed(self.pictured + self.outlined)}."
        if self.cut:
            yield "page_cut", f"Pages with more drawing or text than any report has, read in part: {_listed(self.cut)}."
        if self.unmapped:
            yield (
                "unmapped_glyphs",
                f"{self.unmapped} characters whose font does not say what they are, shown as \ufffd.",
            )
        if self.hidden or self.unseen:
            yield (
                "unseen_text",
                f"{self.hidden + self.unseen} characters that the file holds and its pages do not show were left out.",
            )
        if self.watermarks:
            yield "watermark", f"{self.watermarks} characters of watermarks across the print were left out."
        if flow.strayed:
            yield "text_over_rule", f"{flow.strayed} numbers are printed across a cell's border."
        if self.turned:
            yield "turned_text", f"{self.turned} characters that run up or down the page outside tables were left out."
        if flow.running:
            yield "running_lines", f"{flow.running} running headers, footers and page numbers were left out."


def _may_carry_table(picture: Picture, page: Page) -> bool:
    if picture.x1 - picture.x0 < _PICTURE_WIDTH * page.width or picture.bottom - picture.top < _PICTURE_HEIGHT:
        return False
    over = sum(
        picture.x0 <= glyph.x <= picture.x1 and picture.top <= glyph.y <= picture.bottom for glyph in page.glyphs
    )
    return over < _SCANNED_GLYPHS


def _listed(pages: Sequence[int]) -> str:
    return ", ".join(map(str, sorted(pages)[:20])) + (" …" if len(pages) > 20 else "")


def _titles(flow: Flow, core: str) -> Iterator[tuple[str, str]]:
    printed = _printed_title(flow.opening)
    if printed:
        yield "text", printed
    if core and core != printed:
        yield "core", core


def _printed_title(opening: Sequence[Line]) -> str:
    """The lines of the largest letters before the first table; the first line where all are of one size."""
    first_page = [line for line in opening if line.page == opening[0].page]
    if not first_page:
        return ""
    largest = max(line.size for line in first_page)
    start = next(index for index, line in enumerate(first_page) if line.size > 0.93 * largest)
    title = [first_page[start]]
    smaller = min(line.size for line in first_page) < 0.9 * largest
    for line in first_page[start + 1 : start + 4] if smaller else ():
        if line.size <= 0.93 * largest:
            break
        title.append(line)
    text = "".join(line.text for line in title)
    return text if len(text) <= _TITLE_LIMIT else ""
