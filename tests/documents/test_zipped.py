"""ZIP archives of reports: what is in them is read, and what is hostile is refused."""

import io
import zipfile

import pytest

from pipelines.documents import Document, Unreadable, extract
from pipelines.documents.model import Paragraph
from pipelines.forms import split_reports
from tests.documents import sheet_writer, word_writer
from tests.documents.pages import page, report
from tests.documents.statutory import disclosure_2021, disputes, grid_texts
from tests.kit.reports.render import docx
from tests.kit.reports.sample import SampleReport

URL = "http://www.example.gov.cn/files/nb.zip"


def packed(**files: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in files.items():
            written.writestr(name, content)
    return target.getvalue()


def read(payload: bytes) -> Document:
    return extract(payload, url=URL)


def test_a_report_and_its_tables_are_one_document() -> None:
    text, tables = word_writer.with_tables(disclosure_2021()), sheet_writer.with_tables(disputes())
    document = read(packed(**{"年报/2附表.xlsx": tables, "年报/1正文.docx": text, "__MACOSX/._1正文.docx": b"\0\1"}))
    assert document.media_type == "application/zip"
    assert document.title == "某某市民政局2021年政府信息公开工作年度报告"
    assert [grid_texts(table.cells) for table in document.tables] == [disclosure_2021().texts(), disputes().texts()]
    assert [table.where for table in document.tables] == [
        "年报/1正文.docx, table 1",
        "年报/2附表.xlsx, sheet 报告, table 1",
    ]


def test_reports_of_several_agencies_are_told_apart() -> None:
    names = ("某市水务局", "某市教育局")
    files = {f"{name}.docx": docx(SampleReport.drawn(name, 2022, "2021")) for name in names}
    parts = split_reports(read(packed(**files)))
    assert sorted(part.title or "" for part in parts) == [
        f"{name}2022年政府信息公开工作年度报告" for name in sorted(names)
    ]


def test_names_in_gbk_and_files_that_cannot_be_read() -> None:
    payload = packed(**{"AA.html": page("<p>一、总体情况</p>"), "b.pdf": b"%PDF-1.4 torn", "c.docx": packed(x=b"")})
    payload = payload.replace(b"AA.html", "年.html".encode("gbk").ljust(7))
    document = read(payload)
    assert [block.text for block in document.blocks if isinstance(block, Paragraph)] == ["一、总体情况"]
    assert [code for code, _ in document.notes] == ["file_unread", "file_unread"]
    assert "archive within an archive" in document.notes[1][1]


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"a.jpg": b"\xff\xd8\xff", "readme": b"x"}, "unsupported"),
        ({"a.zip": packed(**{"b.txt": b"x"})}, "unsupported"),
        ({"a.docx": b"PK\x03\x04 torn"}, "broken"),
        ({f"{number}.txt": b"x" for number in range(61)}, "too_large"),
        ({"a.txt": bytes(70_000_000)}, "too_large"),
    ],
)
def test_what_cannot_be_read_says_why(files: dict[str, bytes], code: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read(packed(**files))
    assert refusal.value.code == code


def test_an_archive_cut_anywhere_is_unreadable() -> None:
    payload = packed(**{"a.docx": docx(report())})
    for end in range(4, len(payload), len(payload) // 40):
        with pytest.raises(Unreadable):
            read(payload[:end])
