"""Pages written into a Word document (``w:altChunk``), which Word shows as its own: web systems make their .docx so."""

from collections.abc import Sequence

from pipelines.documents.model import Paragraph, Table, Unreadable
from pipelines.documents.office_package import Package
from pipelines.documents.sniff import HTML, MHTML, TEXT, sniff
from pipelines.documents.word.xml import Element

_RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class Chunks:
    """The parts of the package that its document, the part ``name``, may show in its text."""

    def __init__(self, package: Package, name: str) -> None:
        self._package = package
        folder, _, last = name.rpartition("/")
        self._folder, self._relations = folder, f"{folder}/_rels/{last}.rels"

    def read(self, item: Element) -> Sequence[Paragraph | Table] | None:
        """What the ``w:altChunk`` shows; None where it is no page or text, or can't be read."""
        from pipelines.documents.extract import extract  # which reads Word documents, too

        try:
            content = self._package.part(self._target(item.get(_RELATION_ID) or ""))
            if content is None or sniff(content) not in (HTML, MHTML, TEXT):
                return None
            return extract(content, url="").blocks
        except Unreadable:
            return None

    def _target(self, relation_id: str) -> str:
        relations = self._package.xml(self._relations)
        for relation in () if relations is None else relations:
            if relation.get("Id") == relation_id:
                target = relation.get("Target") or ""
                return target.lstrip("/") if target.startswith("/") else f"{self._folder}/{target}"
        return ""
