"""The one door to the documents: bytes of any format to a `Document`."""

from collections.abc import Callable
from importlib import import_module
from urllib.parse import unquote, urlsplit

from pipelines.documents.mend import mend_document
from pipelines.documents.model import Document
from pipelines.documents.sniff import DOC, DOCX, HTML, MHTML, PDF, RTF, TEXT, XLS, XLSX, sniff

# Read where the format is met: a crawl that sees no PDF never pays for loading its libraries.
_TEXT_READERS = {
    HTML: ("html", "read_html"),
    MHTML: ("mhtml", "read_mhtml"),
    TEXT: ("text", "read_text"),
}
_BINARY_READERS = {
    PDF: ("pdf", "read_pdf"),
    DOCX: ("word", "read_docx"),
    DOC: ("word", "read_doc"),
    RTF: ("word", "read_doc"),
    XLSX: ("sheet", "read_sheet"),
    XLS: ("sheet", "read_sheet"),
}


def extract(payload: bytes, *, url: str, content_type: str | None = None, file_name: str | None = None) -> Document:
    """Read a document of any supported format.

    ``url`` resolves relative links and names the document in messages; ``content_type`` is the HTTP header's value,
    ``file_name`` the name it was saved or linked under. The bytes decide what it is; these two only where the bytes
    leave it open. Raises `Unreadable` for everything that cannot be read, and nothing else.
    """
    media_type = sniff(payload, content_type, file_name or _name_of(url))
    if media_type in _TEXT_READERS:
        document: Document = _reader(*_TEXT_READERS[media_type])(payload, url=url, content_type=content_type)
        return document
    return mend_document(_reader(*_BINARY_READERS[media_type])(payload, url=url))


def _reader(module: str, function: str) -> Callable[..., Document]:
    reader: Callable[..., Document] = getattr(import_module(f"pipelines.documents.{module}"), function)
    return reader


def _name_of(url: str) -> str:
    """The last part of the URL's path, percent signs decoded; empty where the URL has none."""
    try:
        return unquote(urlsplit(url).path).rpartition("/")[2]
    except ValueError:
        return ""
