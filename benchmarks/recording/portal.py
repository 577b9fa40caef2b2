"""The portal of the benchmark: a server in a process of its own, quick enough never to be what the crawler waits for.

    python -m benchmarks.recording.portal

Prints its port. A list at ``/KIND/list/N`` links the next list and PER_LIST items, which have validators: pages where
the kind is ``page``, files that no compressor makes smaller (scans, PDFs) where it is ``file``.
"""

import asyncio
import hashlib
import sys
from email.utils import formatdate
from random import Random

from benchmarks.pages import portal_page

FILE_SIZE = 35_000
PER_LIST = 20
# So many pages differ; behind them they come again, each with a mark of its own.
DRAWN = 1000
_MODIFIED = "Tue, 14 Nov 2023 22:13:20 GMT"


class Portal:
    """The answers, made before the first request."""

    def __init__(self) -> None:
        self._pages = [portal_page(number) for number in range(DRAWN)]

    def answer(self, path: str, condition: bytes | None) -> bytes:
        """The whole answer to a GET, with the ``If-None-Match`` that it carried."""
        kind, _, rest = path.strip("/").partition("/")
        number = int(rest.rpartition("/")[2]) if rest else 0
        if rest.startswith("list/"):
            return _answer(_list(kind, number), "text/html; charset=utf-8", None)
        if kind == "page":
            return _answer(self._page(number), "text/html; charset=utf-8", condition)
        if kind == "file":
            return _answer(b"%%PDF-1.4\n" + Random(number).randbytes(FILE_SIZE), "application/pdf", condition)
        return b"HTTP/1.1 404 Not Found\r\nServer: nginx\r\nContent-Length: 0\r\n\r\n"

    def _page(self, number: int) -> bytes:
        return self._pages[number % DRAWN] + b"<!-- %d -->" % number


def _list(kind: str, number: int) -> bytes:
    first = number * PER_LIST
    rows = "".join(
        f'<li><a href="/{kind}/{n}">2022年政府信息公开工作年度报告</a></li>' for n in range(first, first + PER_LIST)
    )
    return (
        f'<html><body><ul>{rows}</ul><a class="next" href="/{kind}/list/{number + 1}">下一页</a></body></html>'
    ).encode()


def _answer(body: bytes, media_type: str, condition: bytes | None) -> bytes:
    etag = f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()[:16]}"'
    lines = ["Server: nginx", f"Date: {formatdate(usegmt=True)}", f"Content-Type: {media_type}"]
    lines += [f"ETag: {etag}", f"Last-Modified: {_MODIFIED}", ""]
    if condition == etag.encode():
        return "\r\n".join(["HTTP/1.1 304 Not Modified", *lines, ""]).encode()
    return "\r\n".join(["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *lines, ""]).encode() + body


async def _serve(portal: Portal, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            first, *lines = head.split(b"\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines)}
            writer.write(portal.answer(first.split()[1].decode(), headers.get(b"if-none-match")))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def main() -> None:
    portal = Portal()
    server = await asyncio.start_server(lambda r, w: _serve(portal, r, w), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    # Whoever started the server ends it by closing this pipe.
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
