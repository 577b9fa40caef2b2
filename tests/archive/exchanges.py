"""Exchanges as portals give them, byte for byte."""

from datetime import UTC, datetime, timedelta

from archive.exchange import Exchange
from archive.writer import ArchiveWriter

INFO = {
    "software": "nianbao/test",
    "operator": "tests",
    "contact": "tests@example.org",
    "robots": "obey",
    "isPartOf": "run-1",
    "configuration": "sha256:0",
    "fidelity": "wire",
}
STARTED = datetime(2026, 1, 31, 9, 30, 15, 250000, UTC)
PAGE = "<html><head><title>2020年政府信息公开工作年度报告</title></head><body>收到申请24件</body></html>".encode(
    "gb18030"
)


def get(path: str, host: str = "www.example.gov.cn", extra: bytes = b"") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: nianbao\r\n".encode() + extra + b"\r\n"


def answer(body: bytes, *headers: bytes, status: bytes = b"200 OK", length: bool = True) -> bytes:
    lines = [b"HTTP/1.1 " + status, *headers]
    if length:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def chunked(body: bytes, size: int = 20) -> bytes:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def page(number: int = 0, body: bytes | None = None, minutes: int = 0) -> Exchange:
    """A GET of a page of its own, in GBK with a GBK header."""
    content = PAGE + b"<p>%d</p>" % number if body is None else body
    response = answer(content, b"Content-Type: text/html; charset=gb2312", b"X-Powered-By: \xc4\xea\xb1\xa8")
    return Exchange(
        url=f"http://www.example.gov.cn/gk/{number}.html",
        method="GET",
        started=STARTED + timedelta(minutes=minutes),
        ip="192.0.2.7",
        request=get(f"/gk/{number}.html"),
        response=response,
    )


def die(writer: ArchiveWriter) -> None:
    """Let go of the writer's file as the death of its process does."""
    assert writer._file is not None
    writer._file.release()
    writer._file = None
