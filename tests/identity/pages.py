"""Small documents built by hand, in the shapes that extraction gives."""

from datetime import UTC, datetime

from config.site import Site
from pipelines.documents.model import Document, GridCell, Paragraph, Table
from pipelines.identity import Identity, identify

CAPTURED = datetime(2026, 6, 1, tzinfo=UTC)
NOWHERE = "http://archive.example.com/x.html"
TEXT = (
    "本机关坚持以公开为常态、不公开为例外，不断完善工作机制，"
    "及时公开群众关心的各类信息，接受社会监督，取得了较好成效，群众满意度持续提高。"
)
TABLE = Table((GridCell("信息内容", 0, 0), GridCell("0", 0, 1)), 1, 2)


def page(
    *blocks: str | Table,
    title: str = "",
    fields: dict[str, str] | None = None,
    meta: dict[str, str] | None = None,
    around: tuple[str, ...] = (),
) -> Document:
    """A page with ``blocks`` as its main text and ``around`` as what stands beside it."""
    main = [block if isinstance(block, Table) else Paragraph(block) for block in blocks]
    return Document(
        media_type="text/html",
        titles=(("meta", title),) if title else (),
        meta=tuple((meta or {}).items()),
        fields=tuple((fields or {}).items()),
        blocks=(*(Paragraph(text, main=False) for text in around), *main),
    )


def identity(document: Document, url: str = NOWHERE, site: Site | None = None) -> Identity:
    return identify(document, url=url, captured=CAPTURED, site=site, sections=())
