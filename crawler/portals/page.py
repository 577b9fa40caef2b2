"""What goes into a portal family and what comes out of it: pages, requests, listed items. No Scrapy types."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal
from urllib.parse import urljoin

from lxml import html
from lxml.etree import ParserError

from pipelines.documents.encoding import decode

Role = Literal["home", "menu", "platform", "unit", "column", "list", "item", "attachment"]

_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_BINARY = (b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"Rar!", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf")
_EMPTY = "<html><body></body></html>"


@dataclass(frozen=True, slots=True)
class Fetch:
    """A request to make. ``context`` is handed back with the answer; keys that every family shares:

    ``family`` reads the answer alone; ``base`` is what links in the answer are relative to; ``fragment`` the part
    after ``#`` of the link; ``page`` the number of a further page; ``list`` the key of the list that it belongs to;
    ``name`` the text of the link that led here; ``apart`` what sets it apart from other requests for one document;
    ``inside`` says that the page shows it in a frame or stands before it; ``begun`` the key that redirects began with;
    ``for`` the address of a unit's page in whose stead its annual reports are asked for at once.
    ``instead`` is the other reading of the same page, to be tried when this one brings nothing.
    """

    url: str
    role: Role = "platform"
    method: str = "GET"
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    context: Mapping[str, str] = field(default_factory=dict)
    priority: int = 0
    instead: "Fetch | None" = None

    def told(self, **more: str) -> "Fetch":
        """The same request with more context."""
        return replace(self, context={**self.context, **more})


@dataclass(frozen=True, slots=True)
class Item:
    """One row of a list: what it is called there and where it leads. ``date`` is ISO 8601 or None."""

    url: str
    title: str
    date: str | None = None
    publisher: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What a family found on a page: rows, and the requests that bring more of them (or the lists themselves).

    ``total`` is the number of rows that the portal claims; it is reported, never trusted. ``markup`` is the HTML that
    came inside JSON or a script, for whoever looks for further links.
    """

    family: str
    items: tuple[Item, ...] = ()
    next: tuple[Fetch, ...] = ()
    total: int | None = None
    markup: str = ""


@dataclass(frozen=True)
class Page:
    """An answer. ``url`` is where it came from in the end, ``payload`` its body with content encoding undone,
    ``fetch`` the request that led to it."""

    url: str
    status: int
    payload: bytes
    fetch: Fetch
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def header(self, name: str) -> str:
        """First value of the header ``name`` (any case), or ''."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")

    @cached_property
    def is_text(self) -> bool:
        """Whether the body is text, by its first bytes: the Content-Type lies too often to be asked."""
        return not self.payload.startswith(_BINARY) and b"\x00" not in self.payload[:512]

    @cached_property
    def text(self) -> str:
        """The body decoded, whatever was declared; '' where it is no text."""
        return decode(self.payload, self.header("Content-Type")).text if self.is_text else ""

    @cached_property
    def tree(self) -> html.HtmlElement:
        """The parsed HTML without comments: links in comments are dead ones."""
        return parse(self.text)

    @cached_property
    def base(self) -> str:
        """What relative links are resolved against: the page itself, or for data the page that asked for it."""
        asked_by = self.fetch.context.get("base")
        if asked_by:
            return asked_by
        href = next(iter(self.tree.xpath("//base/@href")), "")
        try:
            return urljoin(self.url, str(href).strip())
        except ValueError:
            return self.url

    @cached_property
    def scripts(self) -> str:
        """The text of all inline scripts, one after the other."""
        return "\n".join(str(text) for text in self.tree.xpath("//script/text()"))

    @cached_property
    def title(self) -> str:
        """The <title>, white space removed."""
        return squash(str(self.tree.xpath("string(//title)")))

    def meta(self, name: str) -> str:
        """The content of the meta tag ``name`` (any case), white space removed, or ''."""
        wanted = name.lower()
        for element in self.tree.iter("meta"):
            if (element.get("name") or "").strip().lower() == wanted:
                content = squash(element.get("content") or "")
                return "" if content == "null" else content
        return ""


def parse(text: str) -> html.HtmlElement:
    """The element tree of an HTML page or fragment; an empty page for what can't be parsed."""
    # A fresh parser each time: lxml's parsers keep the errors of everything they ever read.
    parser = html.HTMLParser(remove_comments=True, huge_tree=True)
    bare = _XML_DECLARATION.sub("", text.replace("\x00", ""))
    try:
        return html.document_fromstring(bare or _EMPTY, parser=parser)
    except (ParserError, ValueError):
        return html.document_fromstring(_EMPTY, parser=parser)


_SPACE = re.compile(r"[\s\u00a0\u3000\u200b-\u200f\u2028\u2029\ufeff]+")
_TRADITIONAL = str.maketrans("開報資訊務單門區縣鄉鎮頁關無", "开报资讯务单门区县乡镇页关无")


def squash(text: str) -> str:
    """``text`` without any white space, the few traditional characters that our vocabulary needs simplified."""
    return _SPACE.sub("", text).translate(_TRADITIONAL)
