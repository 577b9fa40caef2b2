"""HTML to a `Document`."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from html import unescape
from itertools import islice

from pipelines.documents.boilerplate import is_boilerplate
from pipelines.documents.encoding import decode
from pipelines.documents.fields import is_field_line, read_fields
from pipelines.documents.html.article import mark_article, show_if_all_is_hidden
from pipelines.documents.html.flow import Flow, Piece, Place, text_of
from pipelines.documents.html.layout import TableReader
from pipelines.documents.html.links import read_attachments
from pipelines.documents.html.page import Page
from pipelines.documents.html.tags import Irregular
from pipelines.documents.html.tree import without_pictures
from pipelines.documents.html.walk import FlowReader
from pipelines.documents.mend import mend_document
from pipelines.documents.model import Document, Paragraph, Table
from pipelines.documents.mojibake import read_as_latin
from pipelines.documents.normal import fold
from pipelines.documents.plain.lines import read_lines
from pipelines.documents.plain.rows import is_figure, is_section
from pipelines.documents.titles import HEAD_LINES, title_of_text, without_site

_LONGEST_TITLE = 120
# Lines in which a reader would see a table although there is no <table>: figures side by side, or one below the other.
_FIGURES_ABREAST = re.compile(r"\d[ \u00a0\u3000]+\d+(?:\.\d+)?[ \u00a0\u3000]+\d")
# … or a label with its figure at some distance, or behind its unit.
_FIGURE_APART = re.compile(r"(?:[ \u00a0\u3000]{2,}|\s(?:条|件|次|篇|人|个|万元|人次)\s+)\d[\d,.]*\s*$")
# … or behind a comma that parts no thousands.
_BEHIND_COMMA = re.compile(r"(?:^|[^\d,]),\s*\d[\d,.]*$")
_LONGEST_ENDING = 80
_FIGURES_STACKED = 3
_FIGURE_ENDS = frozenset("0123456789０１２３４５６７８９.,")
_ICON = re.compile(r"icon|logo|share|qrcode|ewm|weixin|wechat|weibo|print|close|banner|btn|button|arrow|bg[._-]", re.I)
_SMALLEST_PICTURE = 100
# Scripts write many things; those that write rows or cells write tables.
_WRITING = ("document.write", "innerHTML", ".html(", ".append(")
_WRITES_TABLE = re.compile(r"<(?:table|tr|td)\b", re.I)


def read_html(payload: bytes, *, url: str, content_type: str | None = None) -> Document:
    """Read an HTML page; ``content_type`` is the HTTP header's value, ``url`` what relative links are relative to.

    Raises `Unreadable`: ``empty``, ``too_large``, ``too_deep``, ``broken``.
    """
    decoded = decode(payload, content_type)
    text = decoded.text if decoded.text.isascii() else read_as_latin(decoded.text)
    page = Page(without_pictures(text), url)
    document = _read_somehow(page, url)
    repairs = () if text == decoded.text else ("mojibake",)
    notes = decoded.notes + document.notes
    return mend_document(replace(document, encoding=decoded.encoding, repairs=repairs, notes=notes))


def _read_somehow(page: Page, url: str) -> Document:
    """From its tags as they are written, else as the parser puts them right."""
    while True:
        try:
            return _read(page, url)
        except Irregular:
            page.put_right()


def _read(page: Page, url: str) -> Document:
    tables = TableReader(page)
    flow = FlowReader(page.markup, page.spelling, tables).read()
    if len(flow.parents) == 1 and not page.is_put_right:
        raise Irregular("no element")  # the parser says whether the page is empty
    shown = show_if_all_is_hidden(flow)
    main, body = mark_article(flow, page)
    meta = tuple(_meta(flow.named_in(0, "meta")))
    scope = body or 0
    return Document(
        media_type="text/html",
        titles=tuple(dict.fromkeys(_titles(page, meta, flow, main))),
        meta=meta,
        fields=read_fields(_field_lines(flow, main)),
        blocks=tuple(_blocks(flow, main)),
        attachments=read_attachments(flow, page, url, body),
        images=sum(map(_may_show_tables, flow.named_in(scope, "img"))),
        links=flow.count_links(scope),
        notes=(*flow.notes, *tables.notes(), *shown, *_scripted(page.markup.raw["script"])),
    )


def _scripted(scripts: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """A note where a script of the page writes tables: what they say is known once it has run."""
    if any(any(word in text for word in _WRITING) and _WRITES_TABLE.search(text) for text in scripts):
        return (("scripted_tables", "a script of the page writes tables, which were not read"),)
    return ()


def _meta(places: Iterable[Place]) -> Iterator[tuple[str, str]]:
    for place in places:
        name = place.tag.get("name") or place.tag.get("property")
        content = place.tag.get("content")
        if name and content is not None:
            yield name.strip().lower(), fold(content)


def _titles(page: Page, meta: tuple[tuple[str, str], ...], flow: Flow, main: list[bool]) -> Iterator[tuple[str, str]]:
    for name, value in meta:
        if name in ("articletitle", "article_title", "og:title") and value and value.lower() != "null":
            yield "meta", value
    for place in flow.titles:
        text = fold(text_of(place, page.spelling))
        if 4 < len(text) <= _LONGEST_TITLE and not place.hidden:
            yield "h1", text
    names = [value for name, value in meta if name in ("sitename", "columnname")]
    for written in page.markup.raw["title"][:1]:
        if text := without_site(unescape(written), names):
            yield "title", text[:_LONGEST_TITLE]
    yield from title_of_text(_opening(flow, main))


def _opening(flow: Flow, main: list[bool]) -> list[str]:
    """The lines from which the text's own title is taken: the article's first, or, where it begins with a section, the
    last above it that are no menu."""
    above: list[str] = []
    for index, item in enumerate(flow.items):
        if not isinstance(item, Piece) or item.hidden:
            continue
        if main[index] and not is_section(item.text):
            below = islice(flow.items, index, None)
            shown = (piece.text for piece in below if isinstance(piece, Piece) and not piece.hidden)
            return list(islice(shown, HEAD_LINES))
        if main[index]:
            break
        if not item.is_linked and not item.aside and not is_field_line(item.text) and not is_boilerplate(item.text):
            above.append(item.text)
    return above[-1:]


def _field_lines(flow: Flow, main: list[bool]) -> Iterator[str]:
    """Lines around the article, and those of its head that are labelled values."""
    in_head = True
    for item, inside in zip(flow.items, main, strict=True):
        if not isinstance(item, Piece) or item.hidden:
            continue
        in_head = in_head and not is_section(item.text)
        if not inside or (in_head and is_field_line(item.text)):
            yield item.text


def _blocks(flow: Flow, main: list[bool]) -> list[Paragraph | Table]:
    """Tables and paragraphs in order; tables found in runs of the article's lines too."""
    blocks: list[Paragraph | Table] = []
    run: list[Piece] = []
    number = 0

    def add(found: Iterable[Paragraph | Table]) -> None:
        nonlocal number
        for block in found:
            if isinstance(block, Table):
                number += 1
                block = replace(block, where=f"table {number}")
            blocks.append(block)

    for item, inside in zip(flow.items, main, strict=True):
        if isinstance(item, Table):
            add((*_run_blocks(run), item))
            run = []
        elif inside:
            run.append(item)
        else:
            if run and not item.hidden:
                add(_run_blocks(run))
                run = []
            blocks.append(Paragraph(item.text, item.level, False))
    add(_run_blocks(run))
    return blocks


def _run_blocks(run: Sequence[Piece]) -> list[Paragraph | Table]:
    if len(run) > 1 and _looks_tabular(run):
        return read_lines([piece.raw for piece in run])
    return [Paragraph(piece.text, piece.level) for piece in run]


def _looks_tabular(run: Sequence[Piece]) -> bool:
    if sum(1 for piece in run if is_figure(piece.text)) >= _FIGURES_STACKED:
        return True
    text = "\n".join([piece.raw for piece in run])
    if "\t" in text or "|" in text or "｜" in text or "│" in text:
        return True
    # Only lines with white space amid them can have figures side by side.
    if any(_FIGURES_ABREAST.search(piece.raw) for piece in run if " " in piece.text):
        return True
    ending = [piece.raw[-_LONGEST_ENDING:] for piece in run if piece.text[-1:] in _FIGURE_ENDS]
    if sum(1 for line in ending if _BEHIND_COMMA.search(line)) >= _FIGURES_STACKED:
        return True
    return sum(1 for line in ending if _FIGURE_APART.search(line)) >= _FIGURES_STACKED


def _may_show_tables(place: Place) -> bool:
    """Whether the picture is large enough, or says nothing of its size, so that it may be a scanned table."""
    picture = place.tag
    for name in ("width", "height"):
        digits = re.match(r"\s*(\d{1,5})(?:px)?\s*$", picture.get(name) or "")
        if digits and int(digits[1]) < _SMALLEST_PICTURE:
            return False
    source = picture.get("src") or picture.get("data-src") or ""
    return bool(source) and not _ICON.search(source.rpartition("/")[2]) and not place.hidden
