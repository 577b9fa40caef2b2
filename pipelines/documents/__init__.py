"""From the bytes of a document to what a reader sees of it. `extract` is the one door; see `model` for the nouns."""

from pipelines.documents.extract import extract
from pipelines.documents.model import Attachment, Document, GridCell, Paragraph, Table, Unreadable

__all__ = ["Attachment", "Document", "GridCell", "Paragraph", "Table", "Unreadable", "extract"]
