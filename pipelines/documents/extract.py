"""The one door to the documents: bytes of any format to a `Document`."""

from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from pipelines.documents.mend import mend_document
from pipelines.documents.model import Document
from pipelines.documents.sniff import DOC, DOCX, HTML, MHTML, PDF, RTF, TEXT, XLS, XLSX, ZIP, sniff

_TEXT = (HTML, MHTML, TEXT)


def extract(payload: bytes, *, url: str, content_type: str | None = None, file_name: str | None = None) -> Document:
    """Read a document of any supported format.

    ``url`` resolves relative links and names the document in messages; ``content_type`` is the HTTP header's value,
    ``file_name`` the name it was saved or linked under. The bytes decide what it is; these two only where the bytes
    leave it open. Raises `Unreadable` for everything that cannot be read, and nothing else.
    """
    media_type = sniff(payload, content_type, file_name or _name_of(url))
    read = _reader(media_type)
    if media_type in _TEXT:
        return read(payload, url=url, content_type=content_type)
    document = read(payload, url=url)
    return document if media_type == ZIP else mend_document(document)


def _reader(media_type: str) -> Callable[..., Document]:
    # Loaded where the format is met: a crawl that sees no PDF never pays for its libraries. Each import is written out,
    # because the fingerprint of this stage is told from the source.
    if media_type == HTML:
        from pipelines.documents.html.reader import read_html

        return read_html
    if media_type == MHTML:
        from pipelines.documents.html.mhtml import read_mhtml

        return read_mhtml
    if media_type == TEXT:
        from pipelines.documents.plain.reader import read_text

        return read_text
    if media_type == PDF:
        from pipelines.documents.pdf.reader import read_pdf

        return read_pdf
    if media_type == DOCX:
        from pipelines.documents.word.reader import read_docx

        return read_docx
    if media_type == ZIP:
        from pipelines.documents.zipped import read_zip

        return read_zip
    if media_type in (DOC, RTF):
        from pipelines.documents.word.reader import read_doc

        return read_doc
    assert media_type in (XLS, XLSX), media_type
    from pipelines.documents.sheets.reader import read_sheet

    return read_sheet


def _name_of(url: str) -> str:
    """The last part of the URL's path, percent signs decoded; empty where the URL has none."""
    try:
        return unquote(urlsplit(url).path).rpartition("/")[2]
    except ValueError:
        return ""
