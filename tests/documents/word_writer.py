"""Writes .docx files: statutory tables through python-docx, and bodies in raw XML for what it can't write."""

import io
import zipfile

import docx
from docx.document import Document as WordDocument

from tests.documents.statutory import Statutory

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)


def add_table(document: WordDocument, table: Statutory) -> None:
    # `Table.cell` goes through the whole table for each cell.
    places = document.add_table(table.height, table.width)._cells
    for cell in table.cells:
        first = places[cell.row * table.width + cell.column]
        last = places[(cell.row + cell.rowspan - 1) * table.width + cell.column + cell.colspan - 1]
        merged = first.merge(last) if first is not last else first
        merged.text = cell.text


def saved(document: WordDocument) -> bytes:
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def with_tables(*tables: Statutory) -> bytes:
    document = docx.Document()
    document.add_paragraph("某某市民政局2021年政府信息公开工作年度报告")
    for table in tables:
        document.add_paragraph("下表为本年度的情况。")
        add_table(document, table)
    document.add_paragraph("某某市民政局")
    return saved(document)


def package(body: str, *, prolog: str = "", **parts: str | bytes) -> bytes:
    """A .docx of the given body; ``parts`` are further files of the folder word, by their name without
    .xml, or with another ending."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as written:
        written.writestr("_rels/.rels", _RELATIONS)
        written.writestr("word/document.xml", f"{prolog}<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>")
        for name, content in parts.items():
            written.writestr(f"word/{name}" if "." in name else f"word/{name}.xml", content)
    return target.getvalue()


def paragraph(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def table(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"
