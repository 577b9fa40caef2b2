"""ZIP archives: the documents packed in one, read in their order as one document.

Agencies pack a report with its table, or the reports of all departments, into one file. Which report a part belongs to
is told later, by its titles.
"""

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipelines.documents.extract import extract
from pipelines.documents.model import Document, Paragraph, Table, Unreadable
from pipelines.documents.office_package import ZIP_ERRORS
from pipelines.documents.sniff import ZIP, sniff

_DOCUMENTS = (".pdf", ".docx", ".doc", ".wps", ".rtf", ".xlsx", ".xls", ".et", ".html", ".htm", ".mht", ".txt")
_MOST_FILES = 60
_MOST_BYTES = 64_000_000  # of all files, unpacked
_ENCRYPTED_FLAG = 0x1
_UNICODE_NAME_FLAG = 0x800


def read_zip(payload: bytes, *, url: str) -> Document:
    """Read an archive of documents. Raises `Unreadable`: ``too_large``, ``encrypted``, ``broken``, ``unsupported``
    where no document is in it, and what its first document raises where none can be read."""
    documents: list[tuple[str, Document]] = []
    refused: list[tuple[str, Unreadable]] = []
    for name, content in _files(payload):
        try:
            documents.append((name, _read(name, content, url)))
        except Unreadable as unreadable:
            refused.append((name, unreadable))
    if not documents:
        if not refused:
            raise Unreadable("unsupported", "this is a ZIP archive without a document that can be read in it")
        name, first = refused[0]
        raise Unreadable(first.code, f"{name} in the ZIP archive: {first.reason}")
    return _joined(documents, refused)


def _read(name: str, content: bytes, url: str) -> Document:
    if sniff(content, None, name) == ZIP:
        raise Unreadable("unsupported", "an archive within an archive is not unpacked")
    return extract(content, url=url, file_name=name)


def _files(payload: bytes) -> Iterator[tuple[str, bytes]]:
    """The documents by name, in the order of their names; sizes are counted as they unpack, whatever they claim."""
    try:
        with zipfile.ZipFile(io.BytesIO(payload)) as package:
            members = [(_name(info), info) for info in package.infolist() if not info.is_dir()]
            members = sorted((name, info) for name, info in members if _is_document(name))
            if len(members) > _MOST_FILES:
                raise Unreadable("too_large", f"the ZIP archive holds {len(members)} documents; {_MOST_FILES} are read")
            room = _MOST_BYTES
            for name, info in members:
                if info.flag_bits & _ENCRYPTED_FLAG:
                    raise Unreadable("encrypted", "the ZIP archive is protected by a password")
                with package.open(info) as stream:
                    content = stream.read(room + 1)
                room -= len(content)
                if room < 0:
                    limit = f"{_MOST_BYTES // 1_000_000} MB"
                    raise Unreadable("too_large", f"the ZIP archive unpacks to more than {limit}")
                yield name, content
    except ZIP_ERRORS as error:
        raise Unreadable("broken", f"the ZIP archive can't be read: {error}") from error


def _name(info: zipfile.ZipInfo) -> str:
    """The file's name; Chinese programs write it in GBK and do not say so."""
    if info.flag_bits & _UNICODE_NAME_FLAG:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename


def _is_document(name: str) -> bool:
    folder, _, last = name.replace("\\", "/").rpartition("/")
    hidden = last.startswith((".", "~$")) or "__MACOSX" in folder
    return not hidden and last.lower().endswith(_DOCUMENTS)


def _joined(documents: Sequence[tuple[str, Document]], refused: Sequence[tuple[str, Unreadable]]) -> Document:
    """The documents one after the other; the first that has a title, and its meta data, stand for all."""
    leading = next((document for _, document in documents if document.titles), documents[0][1])
    unread = (("file_unread", f"{name} in the ZIP archive: {error.reason}") for name, error in refused)
    return replace(
        leading,
        media_type=ZIP,
        blocks=tuple(_placed(block, name) for name, document in documents for block in document.blocks),
        attachments=(),
        encoding=None,
        repairs=tuple(dict.fromkeys(repair for _, document in documents for repair in document.repairs)),
        images=sum(document.images for _, document in documents),
        links=sum(document.links for _, document in documents),
        notes=(*(note for _, document in documents for note in document.notes), *unread),
    )


def _placed(block: Paragraph | Table, name: str) -> Paragraph | Table:
    return replace(block, where=f"{name}, {block.where}") if isinstance(block, Table) else block
