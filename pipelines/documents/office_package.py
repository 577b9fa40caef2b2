"""An Office Open XML package (.docx, .xlsx): its XML parts, read with bounds.

A ZIP's declared sizes are claims of the file, so every part is read only up to its limit, whatever it declares.
XML with a document type is refused: no office program writes one, and entities are how small files grow large.
"""

import io
import posixpath
import zipfile
import zlib
from typing import IO, NamedTuple

from lxml import etree

from pipelines.documents.model import Unreadable

# The text of the longest reports takes 3 MB of XML; lxml needs about ten times a part's size in memory.
PART_LIMIT = 24_000_000
MEMBERS_LIMIT = 20_000

# What reading a damaged ZIP raises.
ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, IndexError)
_ENCRYPTED_FLAG = 0x1

_STRICT = (
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
)


class Relation(NamedTuple):
    """What a part is to another: ``kind`` is the last word of its type (``styles``), ``target`` its name."""

    id: str
    kind: str
    target: str


class Package:
    """Raises `Unreadable` ``broken``, ``encrypted`` or ``too_large`` from every method."""

    def __init__(self, payload: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(payload))
            members = self._zip.infolist()
        except ZIP_ERRORS as error:
            raise Unreadable("broken", f"The file is no whole ZIP package: {error}.") from error
        if len(members) > MEMBERS_LIMIT:
            raise Unreadable("too_large", f"The package holds {len(members)} files.")
        self._members = {info.filename.replace("\\", "/").lstrip("/"): info for info in members}

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._members)

    def opened(self, name: str) -> IO[bytes]:
        """The part's bytes as a stream; its reader has to set its own bound."""
        info = self._members[name]
        if info.flag_bits & _ENCRYPTED_FLAG:
            raise Unreadable("encrypted", "The package is protected by a password.")
        try:
            return self._zip.open(info)
        except ZIP_ERRORS as error:
            raise Unreadable("broken", f"{name} in the package can't be read: {error}.") from error

    def part(self, name: str, limit: int = PART_LIMIT) -> bytes | None:
        """The part's bytes, or None where the package has no such part."""
        if name not in self._members:
            return None
        try:
            with self.opened(name) as stream:
                content = stream.read(limit + 1)
        except ZIP_ERRORS as error:
            raise Unreadable("broken", f"{name} in the package can't be read: {error}.") from error
        if len(content) > limit:
            raise Unreadable("too_large", f"{name} in the package unpacks to more than {limit // 1_000_000} MB.")
        return content

    def xml(self, name: str) -> etree._Element | None:
        """The part's root element in the transitional namespaces, or None where the package has no such part."""
        content = self.part(name)
        if content is None:
            return None
        for strict, transitional in _STRICT:
            content = content.replace(strict, transitional)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            root = etree.fromstring(content, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise Unreadable("broken", f"{name} in the package is no well-formed XML: {error}.") from error
        if root.getroottree().docinfo.internalDTD is not None:
            raise Unreadable("broken", f"{name} in the package declares a document type, which office files never do.")
        return root

    def relations(self, name: str = "") -> tuple[Relation, ...]:
        """The parts that the part ``name`` names as its own, or the package itself; none where that list is broken."""
        folder, _, last = name.rpartition("/")
        try:
            listed = self.xml(posixpath.join(folder, "_rels", f"{last}.rels"))
        except Unreadable:
            listed = None
        return tuple(
            Relation(
                item.get("Id") or "",
                (item.get("Type") or "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, item.get("Target") or "")).lstrip("/"),
            )
            for item in (() if listed is None else listed)
            if isinstance(item.tag, str)
        )

    def main_part(self, usual: str) -> str:
        """The name of the document or workbook itself, as the package says; ``usual`` where it names no part that is
        there. What has the usual name beside another may be a leftover."""
        named = (relation.target for relation in self.relations() if relation.kind == "officeDocument")
        return next((name for name in named if name in self._members), usual)
