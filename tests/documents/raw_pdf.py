"""Writes PDFs object by object, for what no writing library produces."""

import zlib
from collections.abc import Sequence
from functools import cache

# A Chinese font that every reader knows by its name; text is written in UTF-16.
SONG = (
    "/F1 << /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [ "
    "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 "
    "/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 0 >> >> ] >>"
)


def shown(text: str, x: float, y: float, size: float = 12.0) -> bytes:
    """Content that shows ``text`` in `SONG`; y runs upward."""
    return f"BT /F1 {size} Tf {x} {y} Td <{text.encode('utf-16-be').hex()}> Tj ET\n".encode()


def raw_pdf(
    contents: Sequence[bytes],
    *,
    fonts: str = "",
    objects: Sequence[bytes] = (),
    page: str = "",
    resources: str = "",
    catalog: str = "",
) -> bytes:
    """A PDF with a page for each content stream. ``fonts`` is the font dictionary's inside, ``page``, ``resources`` and
    ``catalog`` more entries of each page, its resources and the catalog, ``objects`` further objects, numbered from 3.
    """
    numbered: list[bytes] = [b"", b"", *objects]
    kids = []
    for content in contents:
        numbered.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        numbered.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {len(numbered)} 0 R "
            f"/Resources << /Font << {fonts} >> {resources} >> {page} >>".encode()
        )
        kids.append(f"{len(numbered)} 0 R")
    numbered[0] = f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode()
    numbered[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    written = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, item in enumerate(numbered, start=1):
        offsets.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, item)
    start = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(numbered) + 1)
    written += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    written += b"trailer << /Root 1 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF\n" % (len(numbered) + 1, start)
    return bytes(written)


@cache
def bomb(size: int, filters: int = 1) -> bytes:
    """A PDF object whose stream unpacks to ``size`` spaces, deflated ``filters`` times."""
    content = b" " * size
    for _ in range(filters):
        content = zlib.compress(content, 9)
    names = " ".join(["/FlateDecode"] * filters)
    return b"<< /Length %d /Filter [ %s ] >>\nstream\n%s\nendstream" % (len(content), names.encode(), content)
