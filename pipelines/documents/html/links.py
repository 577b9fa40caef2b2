"""The files that a page links, embeds or shows in a viewer, and the pages framed in its text."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from lxml import etree

from pipelines.documents.html.tree import Element, Page, inner_text
from pipelines.documents.model import Attachment
from pipelines.documents.normal import fold

_ENDINGS = ("pdf", "doc", "docx", "wps", "ofd", "rtf", "xls", "xlsx", "et", "zip", "rar")
_FILE = re.compile(rf"\.(?:{'|'.join(_ENDINGS)})$", re.I)
_DOWNLOAD = re.compile(
    r"/(?:downfile|download|downloadfile|filedownload|attachment|attachdownload|getfile)(?:\.(?:jsp|do|action|aspx?|php))?$"
    r"|/document/download$|/module/download/",
    re.I,
)
_FILE_PARAMETERS = frozenset(
    {"file", "filename", "fileurl", "url", "src", "path", "name", "fileName", "filePath", "pdfurl"}
)
_SCRIPT_FILE = re.compile(rf"[\"']([^\"'<>\s\\]{{1,400}}\.(?:{'|'.join(_ENDINGS)}))[\"']", re.I)
# Asked of every link in small letters before it is taken apart: most lead to other pages.
_PROMISES = ("down", "attach", "file", "viewer", "preview")
_PROMISING = re.compile(rf"\.(?:{'|'.join(_ENDINGS)})\b|{'|'.join(_PROMISES)}")
_PROMISING_WORDS = (*(f".{ending}".encode() for ending in _ENDINGS), *map(str.encode, _PROMISES))
_NO_FILES = ("#", "javascript:", "mailto:", "data:", "tel:")
_SOURCES = (
    "href",
    "src",
    "data",
    "data-value",
    "data-src",
    "data-url",
    "data-file",
    "data-href",
    "value",
    "oldsrc",
    "ahref",
)
_LINK_SOURCES = ("href", "oldsrc", "ahref", "data-href")
_CARRIERS = ("iframe", "embed", "object", "frame", "param", "area")
# What any of the sources of a link is, as the source writes it: oldsrc and ahref too.
_LINKED = re.compile(rb"href\s*=\s*(?=(\"[^\"]*\"|'[^']*'|[^\s>]*))")
_WITH_DATA = etree.XPath("//*[@data-value or @data-url or @data-file or @data-src or @data-href]")
_MOST = 200
_LONGEST_LINK = 2000
_GENERIC = re.compile(
    r"(?:点击|请)?(?:此处|这里)?(?:下载|查看|预览|打开|点击|附件下载|下载附件|查看附件|点击下载)*(?:此处|这里)?"
)


def read_attachments(page: Page, url: str, body: Element | None = None) -> tuple[Attachment, ...]:
    """Every file that the page points to, once each, in page order, with the label of its link; then the pages framed
    in ``body``, the article's element."""
    base = _base_url(page.named["base"], url)
    found: dict[str, str] = {}
    for element in _carriers(page):
        for target in _targets(element, base):
            label = _label(element, target)
            if len(found) < _MOST and (target not in found or (label and _GENERIC.fullmatch(found[target]))):
                found[target] = label
    if not found:
        found = {target: _file_name(target) for target in _script_targets(page.named["script"], base)}
    if body is not None and (page.named["iframe"] or page.named["frame"]):
        found |= dict(_framed_pages(body, base))
    return tuple(Attachment(target, label) for target, label in found.items())


def _framed_pages(body: Element, base: str) -> Iterator[tuple[str, str]]:
    """Pages shown in a frame amid the text: where a report's tables may stand. Frames around the article are menus."""
    for frame in islice(body.iter("iframe", "frame"), _MOST):
        source = (frame.get("src") or "").strip()
        if not source or len(source) > _LONGEST_LINK or any(_targets(frame, base)):
            continue
        target = _joined(base, source)
        if target is not None:
            yield target, fold(frame.get("title") or "") or _file_name(target)


def _base_url(bases: Iterable[Element], url: str) -> str:
    """What relative links of the page are relative to."""
    base = next((href for element in bases if (href := element.get("href"))), None)
    return _joined(url, base) or url if base else url


def _carriers(page: Page) -> Iterator[Element]:
    """The elements that may point to a file. Links are asked only if any of the page may: it has hundreds."""
    seen: set[Element] = set()
    carriers = [name for name in _CARRIERS if page.named[name]]
    if _may_link_files(page.source):
        carriers.append("a")
    for element in page.root.iter(*carriers) if carriers else ():
        if element.tag != "a" or _promises(element):
            seen.add(element)
            yield element
    if b"data-" not in page.source:
        return
    with_data: list[Element] = _WITH_DATA(page.root)  # type: ignore[assignment]  # the expression finds elements alone
    for element in with_data:
        if element not in seen:
            yield element


def _may_link_files(source: bytes) -> bool:
    """Whether the source, in small letters, has a link that may lead to a file; most lead to other pages, and all are
    asked at once."""
    links = b"\n".join(_LINKED.findall(source))
    return b"&#" in links or b"oldsrc" in source or any(word in links for word in _PROMISING_WORDS)


def _promises(link: Element) -> bool:
    return any(_is_promising(link.get(name) or "") for name in _LINK_SOURCES)


@lru_cache(maxsize=4096)  # the links of a portal's menu stand on every page
def _is_promising(value: str) -> bool:
    return _PROMISING.search(value.lower()) is not None


def _targets(element: Element, base: str) -> Iterator[str]:
    for name in _LINK_SOURCES if element.tag == "a" else _SOURCES:
        value = element.get(name)
        if not value or len(value) > _LONGEST_LINK or not _is_promising(value):
            continue
        value = value.strip()
        target = None if value.startswith(_NO_FILES) else _joined(base, value)
        if target is None:
            continue
        inner = _viewed_file(target)
        if inner is not None:
            yield _joined(target, inner) or target
        elif is_file(target):
            yield target
            return


def is_file(url: str) -> bool:
    """Whether the URL names a document file, or a download script that gives one."""
    parts = urlsplit(url)
    path = unquote(parts.path)
    if _FILE.search(path) or _DOWNLOAD.search(path):
        return True
    return any(name.lower() in _FILE_PARAMETERS and _FILE.search(value) for name, value in parse_qsl(parts.query))


def _viewed_file(url: str) -> str | None:
    """The file that a viewer page shows: ``/pdf/web/viewer.html?file=…``."""
    parts = urlsplit(url)
    if _DOWNLOAD.search(unquote(parts.path)) or not re.search(r"\.html?$|viewer|preview", parts.path, re.I):
        return None
    for name, value in parse_qsl(parts.query):
        if name.lower() in ("file", "url", "src", "fileurl", "pdfurl") and ("/" in value or _FILE.search(value)):
            return value
    return None


def _script_targets(scripts: Iterable[Element], base: str) -> Iterator[str]:
    """Files named in scripts: pages whose viewer is written by one."""
    for script in scripts:
        for match in _SCRIPT_FILE.finditer((script.text or "")[:200_000]):
            if (target := _joined(base, match[1])) is not None:
                yield target


def _joined(base: str, value: str) -> str | None:
    try:
        target = urljoin(base, value)
        return target if urlsplit(target).scheme in ("http", "https", "file", "") else None
    except ValueError:
        return None


def _label(element: Element, target: str) -> str:
    text = fold(inner_text(element)) if element.tag in ("a", "object") else ""
    named = [fold(element.get(name) or "") for name in ("title", "download")]
    if text and not _GENERIC.fullmatch(text):
        return text
    return next((name for name in named if name), text or _file_name(target))


def _file_name(url: str) -> str:
    return unquote(urlsplit(url).path).rpartition("/")[2]
