"""Files written into a Word document (``w:altChunk``), which Word shows as its own: web systems make their .docx so."""

from collections.abc import Sequence

from pipelines.documents.model import Paragraph, Table, Unreadable
from pipelines.documents.office_package import Package
from pipelines.documents.sniff import DOCX, HTML, MHTML, TEXT, sniff
from pipelines.documents.word.xml import Element

_RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class Chunks:
    """The parts of the package that its document, the part ``name``, may show in its text.

    A chunk may be a Word document; ``nested`` says that this one is a chunk itself, and then its chunks stay unread.
    """

    def __init__(self, package: Package, name: str, *, nested: bool = False) -> None:
        self._package = package
        self._name, self._nested = name, nested

    def read(self, item: Element) -> Sequence[Paragraph | Table] | None:
        """What the ``w:altChunk`` shows; None where it is of another format, or can't be read."""
        try:
            content = self._package.part(self._target(item.get(_RELATION_ID) or ""))
            if content is None or self._nested:
                return None
            return _blocks(content, sniff(content))
        except Unreadable:
            return None

    def _target(self, relation_id: str) -> str:
        return next((each.target for each in self._package.relations(self._name) if each.id == relation_id), "")


def _blocks(content: bytes, media_type: str) -> Sequence[Paragraph | Table] | None:
    # Both read Word documents, too.
    from pipelines.documents.extract import extract
    from pipelines.documents.word.reader import read_docx

    if media_type == DOCX:
        return read_docx(content, url="", nested=True).blocks
    return extract(content, url="").blocks if media_type in (HTML, MHTML, TEXT) else None
