"""What a payload is, told by its bytes; the declared type and the name only break ties."""

import io
import re
import zipfile
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from itertools import islice

from pipelines.documents.model import Unreadable

HTML = "text/html"
TEXT = "text/plain"
MHTML = "multipart/related"
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOC = "application/msword"
XLS = "application/vnd.ms-excel"
RTF = "application/rtf"
ZIP = "application/zip"

_HEAD = 1024
_MARKUP_WINDOW = 64_000
_MANY_TAGS = 20
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

# Magic bytes of what cannot be read, and what it is called.
_UNSUPPORTED = (
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"GIF87a", "a GIF picture"),
    (b"GIF89a", "a GIF picture"),
    (b"BM", "a BMP picture"),
    (b"II*\0", "a TIFF picture"),
    (b"MM\0*", "a TIFF picture"),
    (b"RIFF", "a picture, sound or film (RIFF)"),
    (b"ID3", "a sound file (MP3)"),
    (b"\0\0\1\0", "an icon"),
    (b"FWS", "a Flash film"),
    (b"CWS", "a Flash film"),
    (b"%!PS", "a PostScript file"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a program"),
)
_PACKED = (
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\x1f\x8b\x08", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
)
_NO_TEXT_TYPES = {"text/css": "a style sheet", "text/javascript": "a script", "application/javascript": "a script"}
_NO_TEXT_TYPES |= {"application/x-javascript": "a script", "application/json": "JSON data", "text/json": "JSON data"}
_NO_TEXT_NAMES = {".css": "a style sheet", ".js": "a script", ".json": "JSON data"}

# A PDF behind what a portal's program printed first: its beginning on a line of its own.
_LATE_PDF = re.compile(rb"[\r\n]%PDF-[12]\.\d\s")
_LATE = 65_536

_TAG = re.compile(
    rb"<(!doctype\s+html|html|head|body|title|meta|table|tr|td|div|p|span|article|section|h[1-6]|ul|br)\b", re.I
)
_JSON = re.compile(rb"(?:[\w.$]{1,80}\(\s{0,80})?[\[{]\s*(?:[\"\]}{\[]|-?\d)")
_MIME_PAGE = re.compile(rb"^content-type:\s*(?:multipart/|text/html)", re.M)
_MIME_STARTS = (b"mime-version:", b"from:", b"content-type:", b"subject:", b"date:", b"message-id:")


def sniff(payload: bytes, content_type: str | None = None, file_name: str | None = None) -> str:
    """The media type of the payload, one of this module's constants.

    Raises `Unreadable`: ``empty``, ``no_document`` or ``unsupported``, with the name of what it is.
    """
    head = payload[:_HEAD]
    if not payload.strip(b"\0 \t\r\n"):
        raise Unreadable("empty", "the document holds no bytes but white space" if payload else "the document is empty")
    if b"%PDF-" in head or (b"%%EOF" in payload[-_HEAD:] and _LATE_PDF.search(payload, 0, _LATE)):
        return PDF
    if payload.startswith(b"PK\x03\x04"):
        return _zip_type(payload)
    if payload.startswith(_OLE2):
        return _ole2_type(payload, file_name)
    if payload.startswith(b"{\\rtf"):
        return RTF
    for magic, name in (*_UNSUPPORTED, *_PACKED):
        if payload.startswith(magic) and not (magic.isalnum() and _is_wordy(head)):
            packed = (magic, name) in _PACKED
            why = "which is not unpacked: import the files in it" if packed else "which holds no text"
            raise Unreadable("unsupported", f"this is {name}, {why}")
    if b"ftyp" in head[4:8]:
        raise Unreadable("unsupported", "this is a film or a HEIF picture, which holds no text")
    return _text_type(payload, content_type, file_name)


def _zip_type(payload: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(payload)) as package:
            names = {name.replace("\\", "/").lstrip("/").lower() for name in package.namelist()[:20_000]}
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        # A cut file has lost the directory at its end; the first members' names still stand in the bytes.
        names = {name for name in ("word/document.xml", "xl/workbook.xml") if name.encode() in payload}
        if not names:
            raise Unreadable("broken", f"the file is a damaged ZIP package ({error})") from error
    if any(name.startswith("word/") for name in names):
        return DOCX
    if any(name.startswith("xl/") for name in names):
        return XLSX
    if "ofd.xml" in names:
        raise Unreadable("unsupported", "this is an OFD document, a format that is not read yet")
    if any(name.startswith("ppt/") for name in names):
        raise Unreadable("unsupported", "this is a PowerPoint presentation, a format that is not read")
    if "content.xml" in names and "mimetype" in names:
        raise Unreadable("unsupported", "this is an OpenDocument file, a format that is not read")
    return ZIP


def _ole2_type(payload: bytes, file_name: str | None) -> str:
    """Word, WPS and Excel files share the OLE2 container; the stream names in its directory tell them apart."""
    streams = {name: name.encode("utf-16-le") for name in ("WordDocument", "Workbook", "Book", "PowerPoint Document")}
    found = {name for name, spelt in streams.items() if spelt + b"\0\0" in payload}
    if "WordDocument" in found:
        return DOC
    if found & {"Workbook", "Book"}:
        return XLS
    if "PowerPoint Document" in found:
        raise Unreadable("unsupported", "this is a PowerPoint presentation, a format that is not read")
    if "EncryptedPackage".encode("utf-16-le") in payload:
        raise Unreadable("encrypted", "the document is protected by a password")
    if (file_name or "").lower().endswith((".xls", ".et")):
        return XLS
    if (file_name or "").lower().endswith((".doc", ".wps", ".dot")):
        return DOC
    raise Unreadable("unsupported", "this is an OLE2 file of neither Word, WPS nor Excel")


def _text_type(payload: bytes, content_type: str | None, file_name: str | None) -> str:
    probe = payload[:_MARKUP_WINDOW].replace(b"\0", b"")  # UTF-16 markup shows as ASCII without its zeros
    opening = probe[: 8 * _HEAD].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if opening.startswith(_MIME_STARTS) and _MIME_PAGE.search(opening):
        return MHTML
    declared = (content_type or "").partition(";")[0].strip().lower()
    name = (file_name or "").lower()
    tags = _count_tags(probe, 3)  # what follows asks for no more
    if b"urn:schemas-microsoft-com:office:spreadsheet" in probe[: _HEAD * 4]:
        raise Unreadable("unsupported", "this is an Excel 2003 XML file, a format that is not read")
    if b"schemas.microsoft.com/office/word/2003/wordml" in probe[: _HEAD * 4]:
        raise Unreadable("unsupported", "this is a Word 2003 XML file, a format that is not read")
    if tags == 0 or (tags < 3 and declared in _NO_TEXT_TYPES):
        kind = _NO_TEXT_TYPES.get(declared) or next(
            (k for end, k in _NO_TEXT_NAMES.items() if name.endswith(end)), None
        )
        if kind:
            raise Unreadable("no_document", f"this is {kind}, not a document")
    if _JSON.match(probe.lstrip()) and (declared in _NO_TEXT_TYPES or not probe.lstrip().startswith(b"[") or tags):
        raise Unreadable("no_document", "this is JSON data, not a document")
    if declared in ("text/plain", "text/markdown") or name.endswith((".txt", ".md")):
        # A text file may show a tag or a damaged end tag; a page that is sent as text begins like a page, or has the
        # tags of a table around its cells.
        begins = re.match(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype|html|head|body)\b", probe, re.I)
        if begins or (_count_tags(probe, _MANY_TAGS) == _MANY_TAGS and re.search(rb"<table\b", probe, re.I)):
            return HTML
        return TEXT
    if tags:
        return HTML
    if declared in (HTML, "application/xhtml+xml") and b"<" in probe:
        return HTML
    if not _is_wordy(payload[:_MARKUP_WINDOW]):
        raise Unreadable("unsupported", "these bytes are neither text nor a known format")
    return TEXT


def _count_tags(probe: bytes, most: int) -> int:
    return sum(1 for _ in islice(_TAG.finditer(probe), most))


def _is_wordy(head: bytes) -> bool:
    """Whether the bytes can be text at all: few control characters, or the zeros of UTF-16."""
    if head.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        head = head.decode("utf-16", "replace").encode()
    sample = head.replace(b"\0", b"") if head.count(0) > len(head) // 8 else head
    controls = sum(1 for byte in sample if byte < 0x20 and byte not in b"\t\n\r\f\x1b")
    return bool(sample) and controls <= len(sample) // 20
