"""The files of an article page: linked in its text, embedded, shown in a viewer, or behind a download script."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, unquote, urlsplit

from crawler.portals import address
from crawler.portals.anchors import links
from crawler.portals.page import Page
from crawler.portals.select import judge

_FILES = frozenset({"pdf", "doc", "docx", "wps", "ofd", "rtf", "xls", "xlsx", "et", "csv", "zip", "rar", "7z", "txt"})
_DOWNLOAD = re.compile(
    r"downfile\.jsp|download\.jsp|document/download|DownloadAttach|/download\?|downloadfile|download\.do|/fileDownload|"
    r"attach(?:ment)?/down|/download/[\w-]*\d|getfile\?|filedown",
    re.IGNORECASE,
)
_VIEWER = re.compile(r"viewer\.html?\?|/pdfjs/|/pdf/web/|onlinePreview|preview\?", re.IGNORECASE)
_VIEWED = ("file", "url", "src", "fileurl", "path")
_QUOTED = re.compile(
    r"['\"]([^'\"\s<>]+\.(?:pdf|docx?|wps|ofd|xlsx?|et|zip|rar)(?:\?[^'\"\s<>]*)?)['\"]", re.IGNORECASE
)
_UNRELATED = re.compile(r"申请表|流程图|指南|二维码|客户端|插件|浏览器下载|阅读器")
_CARRIERS = ("src", "data", "data-src", "data-value", "data-url", "data-href", "file", "value")


def is_file(url: str) -> bool:
    """Whether ``url`` names a document file rather than a page."""
    if address.extension(url) in _FILES:
        return True
    return any(value.rpartition(".")[2].lower() in _FILES for _, value in parse_qsl(urlsplit(url).query))


def attachments(page: Page) -> tuple[str, ...]:
    """The addresses of the files that belong to an article page, in document order, each once."""
    return tuple(dict.fromkeys(_found(page)))


def _found(page: Page) -> Iterator[str]:
    for link in links(page):
        if (is_file(link.url) or _DOWNLOAD.search(link.url)) and not _unrelated(link.text):
            yield address.without_fragment(link.url)
        elif _VIEWER.search(link.url):
            yield from _shown(page, link.url)
    for element in page.tree.iter(
        "iframe", "embed", "object", "source", "div", "input", "param", "script", "span", "a"
    ):
        for name in _CARRIERS:
            value = (element.get(name) or "").strip()
            url = address.absolute(page.base, value) if "." in value and len(value) < 2000 else None
            if url and _VIEWER.search(url):
                yield from _shown(page, url)
            elif url and (is_file(url) or (_DOWNLOAD.search(url) and element.tag != "script")):
                yield address.without_fragment(url)
    for match in _QUOTED.finditer(page.scripts):
        url = address.absolute(page.base, match[1].replace("\\/", "/"))
        if url:
            yield address.without_fragment(url)


def _shown(page: Page, viewer: str) -> Iterator[str]:
    """The file that a viewer's address names."""
    for name, value in parse_qsl(urlsplit(viewer).query):
        url = address.absolute(viewer, unquote(value)) if name.lower() in _VIEWED else None
        if url:
            yield address.without_fragment(url)


def _unrelated(text: str) -> bool:
    return bool(_UNRELATED.search(text)) and not judge(text).take
