"""What a payload is, told by its bytes."""

import io
import zipfile

import pytest

from pipelines.documents import Unreadable, extract
from pipelines.documents.sniff import DOC, DOCX, HTML, MHTML, PDF, RTF, TEXT, XLS, XLSX, sniff
from tests.documents.pages import texts

URL = "http://sw.example.gov.cn/a"
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
PAGE = "<html><body><div id=zoom><table><tr><td>规章<td>12<tr><td>文件<td>3</table></div></body></html>"


def package(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("payload", "media_type"),
    [
        (b"%PDF-1.7\n", PDF),
        (b"\r\n junk before \n%PDF-1.4", PDF),
        (package("[Content_Types].xml", "word/document.xml"), DOCX),
        (package("[Content_Types].xml", "xl/workbook.xml"), XLSX),
        (package("word/document.xml")[:-20], DOCX),
        (OLE2 + "WordDocument".encode("utf-16-le") + b"\0\0", DOC),
        (OLE2 + "Workbook".encode("utf-16-le") + b"\0\0", XLS),
        (b"{\\rtf1\\ansi", RTF),
        (b"\xef\xbb\xbf  <!DOCTYPE html><html><p>x", HTML),
        (PAGE.encode("utf-16"), HTML),
        (PAGE.encode("gbk"), HTML),
        ("某市水务局2021年报告".encode("gbk"), TEXT),
        ("规章\t0\n".encode("utf-16-le"), TEXT),
        ("开开开开\t0\n".encode("utf-16"), TEXT),
        (b"From: <x>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n", MHTML),
        (b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>x", MHTML),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n", MHTML),
        ("办结。</p>\n（五）建立机制".encode(), TEXT),
    ],
)
@pytest.mark.parametrize("declared", [None, "application/octet-stream", "application/pdf", "application/msword"])
def test_the_bytes_decide(payload: bytes, media_type: str, declared: str | None) -> None:
    name = "report.txt" if media_type == TEXT else "report.doc"
    assert sniff(payload, declared, name) == media_type


@pytest.mark.parametrize(
    ("payload", "content_type", "code", "word"),
    [
        (b"", None, "empty", "empty"),
        (b" \r\n\0", None, "empty", "white space"),
        (b"\xff\xd8\xff\xe0" + bytes(50), None, "unsupported", "JPEG"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "text/html", "unsupported", "PNG"),
        (package("OFD.xml", "Doc_0/Document.xml"), None, "unsupported", "OFD"),
        (package("年报.ofd"), None, "unsupported", "ZIP archive"),
        (b"Rar!\x1a\x07\x00" + bytes(50), None, "unsupported", "RAR"),
        (b"PK\x03\x04 torn", None, "broken", "ZIP"),
        (b'{"title": "x", "content": "<p>y</p>"}', "application/json", "no_document", "JSON"),
        (b'[{"title": 1}]', "application/json", "no_document", "JSON"),
        (b"body { color: red }", "text/css", "no_document", "style sheet"),
        (b"var a = 1;", "application/javascript", "no_document", "script"),
        (bytes(range(256)) * 4, "application/octet-stream", "unsupported", "neither"),
        (OLE2 + "EncryptedPackage".encode("utf-16-le"), None, "encrypted", "password"),
    ],
)
def test_what_cannot_be_read_is_named(payload: bytes, content_type: str | None, code: str, word: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        extract(payload, url=URL, content_type=content_type)
    assert refusal.value.code == code
    assert word in refusal.value.reason


@pytest.mark.parametrize("name", ["report.doc", "report.xls", "report.wps", "report.html"])
def test_html_under_an_office_name_is_html(name: str) -> None:
    document = extract(PAGE.encode("gbk"), url=f"{URL}/{name}", content_type="application/msword", file_name=name)
    assert document.media_type == "text/html"
    assert texts(document.tables[0]) == [["规章", "12"], ["文件", "3"]]


def test_a_web_archive_saved_as_doc() -> None:
    quoted = "".join(f"={byte:02X}" for byte in PAGE.encode("gbk"))
    body = (
        'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="==b"\r\n\r\n--==b\r\n'
        "Content-Location: file:///C:/a.htm\r\nContent-Transfer-Encoding: quoted-printable\r\n"
        f'Content-Type: text/html; charset="gb2312"\r\n\r\n{quoted}\r\n'
        "--==b\r\nContent-Type: image/png\r\n\r\nx\r\n--==b--\r\n"
    )
    document = extract(body.encode(), url=f"{URL}.doc", content_type="application/msword")
    assert texts(document.tables[0]) == [["规章", "12"], ["文件", "3"]]
    assert document.encoding == "gb18030"


def test_a_web_archive_whose_frame_shows_nothing() -> None:
    sheets = "".join(f"--b\nContent-Type: text/html\n\n{PAGE.replace('12', str(number))}\n" for number in (7, 8))
    frame = (
        "--b\nContent-Type: text/html\n\n<html><frameset rows='*'><frame src='a.files/sheet1.htm'></frameset></html>\n"
    )
    body = f"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n{{}}{sheets}--b--\n"
    rows = [[["规章", number], ["文件", "3"]] for number in "78"]
    tables = extract(body.format(frame).encode(), url=URL).tables
    assert [texts(table) for table in tables] == rows
    assert [table.where for table in tables] == ["table 1", "table 2"]
    assert [texts(table) for table in extract(body.format("").encode(), url=URL).tables] == rows[:1]


def test_a_web_archive_without_a_page_is_broken() -> None:
    with pytest.raises(Unreadable, match="broken"):
        extract(b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x--\r\n", url=URL)
