"""Plain text to a `Document`: what is left of a report that somebody copied, converted or archived without markup."""

import re
from itertools import chain

from pipelines.documents.boilerplate import is_boilerplate
from pipelines.documents.encoding import decode
from pipelines.documents.mend import mend_all, texts_of, with_texts
from pipelines.documents.model import Document, Paragraph, Table, Unreadable
from pipelines.documents.plain.furniture import without_margin
from pipelines.documents.plain.markup import put_back, read_tables, take_out
from pipelines.documents.plain.rows import is_figure, is_prose, is_section
from pipelines.documents.titles import title_of_text

_MAX_BYTES = 32_000_000
# A page break after a line end ends no other line.
_LINE_ENDS = re.compile(r"\r\n?\f?|\n\f|[\f\u2028\u2029\u0085]")
# A row of a sheet with one cell that is not empty.
_FILLED = re.compile(r'^(?:"([^"\n]+)"|([^",\t\n]+))(?:,{2,}|\t{2,})$', re.M)
_CLOSING = re.compile(
    r".*(?:年度报告|工作报告|情况统计表|委员会|办公室|人民政府|[局厅处部署]|\d{4}年\d{1,2}月\d{1,2}日)"
)
_FIGURES_OF_TABLE = 40
_LONGEST_REPORT = 200_000  # characters
_CELL_END = re.compile(r"[\s|｜]+")
_FEWEST_BREAKS = 20
_MARKDOWN_LINK = re.compile(r"<((?:https?|mailto):[^<>\s]{1,500})>")
_MARKDOWN_MARKS = re.compile(r"^(\s{0,3})#{1,6}\s+|\*\*(?=\S)([^*\n]{1,200})\*\*", re.M)
# A line that is a heading, or emphasized as a whole, in the markup of wikis, Org and AsciiDoc.
_HEADING_MARKS = re.compile(
    r"^([^\S\n]*)(?:[=*]{1,6}[^\S\n]+(\S[^\n=]{0,198}?)(?:[^\S\n]+=+)?|([*_]{1,3}|'{2,5})(\S[^\n*_]{0,198}?)\3)[^\S\n]*$",
    re.M,
)


def read_text(payload: bytes, *, url: str, content_type: str | None = None) -> Document:
    """Read a text file; ``content_type`` is the HTTP header's value. Raises `Unreadable` (``too_large``, ``empty``)."""
    if len(payload) > _MAX_BYTES:
        raise Unreadable("too_large", f"the text file at {url} has {len(payload)} bytes; {_MAX_BYTES} are read at most")
    decoded = decode(payload, content_type)
    whole = _with_line_breaks(printed := without_margin(_LINE_ENDS.sub("\n", decoded.text)))
    text, markup = take_out(whole)
    tables = read_tables(markup, url)
    parts, repairs, notes = mend_all([text, *(part for block in chain(*tables) for part in texts_of(block))])
    mended = iter(parts)
    text = _without_marks(next(mended))
    tables = [[with_texts(block, mended) for block in table] for table in tables]
    blocks = [_marked(block) for block in put_back(_without_filling(text), tables)]
    if not blocks:
        raise Unreadable("empty", "the document holds no text")
    return Document(
        media_type="text/plain",
        titles=title_of_text([block.text for block in blocks if isinstance(block, Paragraph) and block.main]),
        blocks=tuple(blocks),
        encoding=decoded.encoding,
        repairs=repairs if whole == printed else ("line_breaks", *repairs),
        notes=decoded.notes + notes,
    )


def _without_marks(text: str) -> str:
    """The text without the marks of links, headings and emphasis."""
    text = _MARKDOWN_MARKS.sub(r"\1\2", _MARKDOWN_LINK.sub(r"\1", text))
    return _HEADING_MARKS.sub(r"\1\2\4", text)


def _without_filling(text: str) -> str:
    """The text with the running text of a sheet out of its rows: alone in its row, before cells that are empty."""
    filled = text.count(",,") + text.count("\t\t") > _FEWEST_BREAKS
    return (
        _FILLED.sub(lambda row: cell if _is_running_text(cell := row[1] or row[2]) else row[0], text)
        if filled
        else text
    )


def _is_running_text(cell: str) -> bool:
    return is_section(cell) or is_prose(cell) or _CLOSING.fullmatch(cell) is not None


def _with_line_breaks(text: str) -> str:
    """The text with its line breaks again, where they are written out (``\\n``, as in JSON) or have become spaces: no
    row of a form has as many figures as such a line."""
    if text.count("\\n") > max(_FEWEST_BREAKS, text.count("\n")):
        text = text.replace("\\r", "").replace("\\n", "\n").replace("\\t", "\t")
    lines = text.split("\n")
    if len(lines) > _FEWEST_BREAKS and not any(line.strip() for line in lines[1::2]):
        text = "\n".join(lines[::2])  # line ends written twice
    return "\n".join(["\n".join(_CELL_END.split(line)) if _is_rolled(line) else line for line in text.split("\n")])


def _is_rolled(line: str) -> bool:
    if not 2 * _FIGURES_OF_TABLE < len(line) < _LONGEST_REPORT or "<table" in line.lower():
        return False
    return sum(map(is_figure, _CELL_END.split(line))) > _FIGURES_OF_TABLE


def _marked(block: Paragraph | Table) -> Paragraph | Table:
    if isinstance(block, Paragraph) and is_boilerplate(block.text):
        return Paragraph(block.text, block.level, main=False)
    return block
