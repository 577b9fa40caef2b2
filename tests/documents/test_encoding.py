"""Bytes to text, whatever they are declared as."""

import pytest

from pipelines.documents.encoding import decode

TEXT = "某市水务局2021年政府信息公开工作年度报告：规章 0 件，〇、囧、㐂。"
TRADITIONAL = "某市水務局政府信息公開工作年度報告，規章 0 件。"


@pytest.mark.parametrize(
    "declared",
    [None, "", "; charset=utf-8", "; charset=gb2312", '; charset="GBK"', "; charset=latin1", "; charset=hex"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_bytes_win_over_the_declaration(encoding: str, declared: str | None) -> None:
    decoded = decode(TEXT.encode(encoding), None if declared is None else f"text/html{declared}")
    assert decoded.text == TEXT
    assert decoded.encoding == {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(encoding, encoding)


def test_a_declaration_that_lies_is_noted() -> None:
    assert "encoding_declared" in dict(decode(TEXT.encode("gb18030"), "text/html; charset=utf-8").notes)
    assert "encoding_declared" in dict(decode(b'<meta charset="gb2312">' + TEXT.encode(), None).notes)
    assert decode(TEXT.encode("gb18030"), "text/html; charset=gb2312").notes == ()


def test_big5_is_read_where_declared_and_where_nothing_else_reads_well() -> None:
    assert decode(TRADITIONAL.encode("big5"), "text/html; charset=big5").text == TRADITIONAL
    assert decode(TRADITIONAL.encode("big5"), None).text == TRADITIONAL


def test_a_few_broken_characters_do_not_change_the_encoding() -> None:
    payload = (TEXT * 20).encode()
    decoded = decode(payload[:101] + payload[102:], "text/html; charset=gbk")
    assert decoded.encoding == "utf-8"
    assert decoded.text.count("\ufffd") <= 2
    assert "encoding_lossy" in dict(decoded.notes)
    cut = decode((TEXT * 20).encode("gbk", "ignore")[:-1] + b"\xff<p>", None)
    assert cut.encoding == "gb18030"
    assert cut.text.startswith("某市水务局2021年")


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\0",
        b"\xff",
        b"\xff\xfe",
        b"\xfe\xff\xd8\x00",
        b"\xed\xa0\x80",
        bytes(range(256)),
        b"\x84\x31\x95\x33\xff",
    ],
)
def test_any_bytes_give_text_that_can_be_stored(payload: bytes) -> None:
    text = decode(payload).text
    assert "\0" not in text
    text.encode("utf-8")


def test_western_pages_stay_western() -> None:
    assert decode("café".encode("latin-1"), "text/html; charset=iso-8859-1").text == "café"
