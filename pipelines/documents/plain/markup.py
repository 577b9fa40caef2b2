"""Tables of HTML amid plain text, as converters of PDF and scans write them into Markdown."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipelines.documents.html.layout import DataTable, TableReader
from pipelines.documents.html.page import Page
from pipelines.documents.html.tree import Element, inner_text
from pipelines.documents.model import Paragraph, Table
from pipelines.documents.plain.lines import read_lines

# Where a table stood in the text; scrubbed text never holds it.
_PLACE = "\x1d"
# A page of its own may stand around each table. One whose end is missing goes on to the next, or to the end.
_TABLE = re.compile(
    r"(?:<html\b[^<>]{0,200}>\s*)?(?:<body\b[^<>]{0,200}>\s*)?"
    r"(?P<table><table\b[^<>]{0,2000}>(?:(?!</?table\b)[\s\S])*<t[dh]\b(?:(?!</?table\b)[\s\S])*"
    r"(?:</table\s*>|(?=<table\b)|\Z))"
    r"(?:\s*</body\s*>)?(?:\s*</html\s*>)?",
    re.I,
)


def take_out(text: str) -> tuple[str, list[str]]:
    """The text with a mark and as many line breaks in the place of each table of HTML, and the tables' markup."""
    tables: list[str] = []

    def place(match: re.Match[str]) -> str:
        tables.append(match["table"])
        return _PLACE + "\n" * match[0].count("\n")

    return (_TABLE.sub(place, text), tables) if "<t" in text or "<T" in text else (text, tables)


def read_tables(markup: Sequence[str], url: str) -> list[list[Paragraph | Table]]:
    """What each piece of markup holds, read as on a page; raises `Unreadable` as `parse_tree` does."""
    if not markup:
        return []
    sections = "".join(f"<section>{table}</section>" for table in markup)
    page = Page(f"<body>{sections}</body>", url)
    reader = TableReader(page)
    return [list(_blocks(section, page, reader)) for section in page.tree.iter("section")]


def put_back(text: str, tables: Sequence[Sequence[Paragraph | Table]]) -> list[Paragraph | Table]:
    """The blocks of the text in order, with those of the ``tables`` that were taken out in their places."""
    blocks: list[Paragraph | Table] = []
    lines = 0
    for number, part in enumerate(text.split(_PLACE)):
        if number:
            where = f"line {lines + 1}"
            blocks += [
                replace(block, where=where) if isinstance(block, Table) else block for block in tables[number - 1]
            ]
        blocks += read_lines(part.split("\n"), lambda index, above=lines: f"line {above + index + 1}")  # type: ignore[misc]
        lines += part.count("\n")
    return blocks


def _blocks(section: Element, page: Page, reader: TableReader) -> Iterator[Paragraph | Table]:
    for element in section.iter("table"):
        data = reader.read_with_care(element, page.visibility.hides(element))
        if not isinstance(data, DataTable):
            yield from (Paragraph(line.strip()) for line in inner_text(element).split("\n") if line.strip())
            continue
        if data.strays.strip():
            yield Paragraph(data.strays)
        yield data.table
