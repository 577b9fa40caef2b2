"""The files that a page links, embeds or shows in a viewer, and the pages framed in its text."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from pipelines.documents.html.flow import Flow, Place, text_of
from pipelines.documents.html.page import Page
from pipelines.documents.html.tags import CARRIER, FILE_ENDINGS, Spelling, Tag, is_promising
from pipelines.documents.model import Attachment
from pipelines.documents.normal import fold

_FILE = re.compile(rf"\.(?:{'|'.join(FILE_ENDINGS)})$", re.I)
_DOWNLOAD = re.compile(
    r"/(?:downfile|download|downloadfile|filedownload|attachment|attachdownload|getfile)(?:\.(?:jsp|do|action|aspx?|php))?$"
    r"|/document/download$|/module/download/",
    re.I,
)
_FILE_PARAMETERS = frozenset(
    {"file", "filename", "fileurl", "url", "src", "path", "name", "fileName", "filePath", "pdfurl"}
)
_SCRIPT_FILE = re.compile(rf"[\"']([^\"'<>\s\\]{{1,400}}\.(?:{'|'.join(FILE_ENDINGS)}))[\"']", re.I)
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
_MOST = 200
_LONGEST_LINK = 2000
_GENERIC = re.compile(
    r"(?:点击|请)?(?:此处|这里)?(?:下载|查看|预览|打开|点击|附件下载|下载附件|查看附件|点击下载)*(?:此处|这里)?"
)


def read_attachments(flow: Flow, page: Page, url: str, body: int | None = None) -> tuple[Attachment, ...]:
    """Every file that the page points to, once each, in page order, with the label of its link; then the pages framed
    in ``body``, the article's element."""
    base = _base_url((place.tag for place in flow.named_in(0, "base")), url)
    found: dict[str, str] = {}
    for place in sorted(filter(_may_carry, flow.named), key=_is_unusual):
        for target in _targets(place.tag, base):
            if len(found) < _MOST:
                label = _label(place, target, page.spelling)
                if target not in found or (label and _GENERIC.fullmatch(found[target])):
                    found[target] = label
    if not found:
        found = {target: _file_name(target) for target in _script_targets(page.markup.raw["script"], base)}
    if body is not None:
        found |= dict(_framed_pages((place.tag for place in flow.named_in(body, "iframe", "frame")), base))
    return tuple(Attachment(target, label) for target, label in found.items())


def _may_carry(place: Place) -> bool:
    return place.tag.effects & CARRIER > 0 or place.tag.name in _CARRIERS


def _is_unusual(place: Place) -> bool:
    """Whether the file stands in an attribute of an element that has no files: asked last."""
    return place.tag.name != "a" and place.tag.name not in _CARRIERS


def _framed_pages(frames: Iterable[Tag], base: str) -> Iterator[tuple[str, str]]:
    """Pages shown in a frame amid the text: where a report's tables may stand. Frames around the article are menus."""
    for frame in islice(frames, _MOST):
        source = (frame.get("src") or "").strip()
        if not source or len(source) > _LONGEST_LINK or any(_targets(frame, base)):
            continue
        target = _joined(base, source)
        if target is not None:
            yield target, fold(frame.get("title") or "") or _file_name(target)


def _base_url(bases: Iterable[Tag], url: str) -> str:
    """What relative links of the page are relative to."""
    base = next((href for tag in bases if (href := tag.get("href"))), None)
    return _joined(url, base) or url if base else url


def _targets(tag: Tag, base: str) -> Iterator[str]:
    for name in _LINK_SOURCES if tag.name == "a" else _SOURCES:
        value = tag.get(name)
        if not value or len(value) > _LONGEST_LINK or not is_promising(value.lower()):
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


def _script_targets(scripts: Iterable[str], base: str) -> Iterator[str]:
    """Files named in scripts: pages whose viewer is written by one."""
    for script in scripts:
        for match in _SCRIPT_FILE.finditer(script[:200_000]):
            if (target := _joined(base, match[1])) is not None:
                yield target


def _joined(base: str, value: str) -> str | None:
    try:
        target = urljoin(base, value)
        return target if urlsplit(target).scheme in ("http", "https", "file", "") else None
    except ValueError:
        return None


def _label(place: Place, target: str, spelling: Spelling) -> str:
    text = fold(text_of(place, spelling)) if place.tag.name in ("a", "object") else ""
    named = [fold(place.tag.get(name) or "") for name in ("title", "download")]
    if text and not _GENERIC.fullmatch(text):
        return text
    return next((name for name in named if name), text or _file_name(target))


def _file_name(url: str) -> str:
    return unquote(urlsplit(url).path).rpartition("/")[2]
