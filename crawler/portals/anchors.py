"""Every link of a page with its words: anchors, image maps, frames, menus, and what scripts would write.

A government portal writes its menus in all of these ways (field guide §2, §6). Links in HTML comments are dead
and never appear here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from lxml.html import HtmlElement

from crawler.portals import address, written
from crawler.portals.page import Page, parse, squash

Source = Literal["anchor", "area", "frame", "option", "onclick", "script", "script_file"]


@dataclass(frozen=True, slots=True)
class Link:
    """``url`` is absolute and keeps its fragment; ``text`` has no white space and may be empty."""

    url: str
    text: str
    source: Source = "anchor"


_LOCATION = re.compile(
    r"(?:(?:window|top|parent|self|document)\s*\.\s*)?(?:location(?:\.href)?\s*=|location\.(?:replace|assign)\s*\(|"
    r"(?:window\.)?open\w*\s*\()\s*['\"]([^'\"]+)['\"]",
    re.IGNORECASE,
)
_QUOTED_PATH = re.compile(
    r"['\"]((?:https?:)?/{1,2}[^'\"\s<>]+|[\w./-]+\.(?:s?html?|jsp|do|aspx?|php)[^'\"\s<>]*)['\"]"
)
_MENU_FILE = re.compile(
    r"menu|nav|daohang|\bdh|head|top|lanmu|column|channel|common|index|left|zwgk|xxgk", re.IGNORECASE
)
_LIBRARY = re.compile(
    r"jquery|swiper|bootstrap|layui|vue|echarts|polyfill|conac|kaipuyun|baidu|cnzz|wza|\.min\.js", re.I
)
_MOST_SCRIPT = 400_000
_MORE = re.compile(r"^(?:查看|点击)?(?:更多|全部|more)[.…>+»\]】]*$|^\[(?:更多|more)\]$", re.IGNORECASE)
_BOX_LEVELS = 3
_HEADING = 24
_MOST_UNNAMED = 4


def links(page: Page) -> tuple[Link, ...]:
    """All links of the page, in document order within each kind, each (address, text) once; computed once a page."""
    known = page.__dict__.get("links")  # kept as functools.cached_property keeps its values
    if not isinstance(known, tuple):
        known = page.__dict__["links"] = tuple(dict.fromkeys(_all(page)))
    return known


def _all(page: Page) -> Iterator[Link]:
    if _is_script(page):
        yield from _written(page, page.text)
        return
    yield from _marked(page, page.tree)
    yield from _written(page, page.scripts)


def _is_script(page: Page) -> bool:
    return address.extension(page.url) == "js" or "javascript" in page.header("Content-Type").lower()


def _marked(page: Page, tree: HtmlElement) -> Iterator[Link]:
    for element in tree.iter("a", "area", "iframe", "frame", "option", "td", "li", "div", "span", "img", "button", "p"):
        tag = str(element.tag)
        if tag in ("a", "area"):
            yield from _anchor(page, element, "anchor" if tag == "a" else "area")
        elif tag in ("iframe", "frame"):
            yield from _link(page, element.get("src") or element.get("data-src") or "", "", "frame")
        elif tag == "option":
            value = element.get("value") or ""
            if "/" in value or "." in value:
                yield from _link(page, value, words(element), "option")
        elif element.get("onclick"):
            yield from _clicked(page, element, element.get("onclick") or "")


def _anchor(page: Page, element: HtmlElement, source: Source) -> Iterator[Link]:
    href = element.get("href") or ""
    found = address.absolute(page.base, href)
    if found:
        yield Link(found, words(element), source)
        return
    code = href if href.lower().lstrip().startswith("javascript") else ""
    for attribute in ("data-href", "data-url", "_href"):
        yield from _link(page, element.get(attribute) or "", words(element), source)
    yield from _clicked(page, element, f"{code};{element.get('onclick') or ''}")


def _clicked(page: Page, element: HtmlElement, code: str) -> Iterator[Link]:
    target = _LOCATION.search(code) or _QUOTED_PATH.search(code)
    if target:
        yield from _link(page, target[1], words(element), "onclick")


def _link(page: Page, href: str, text: str, source: Source) -> Iterator[Link]:
    found = address.absolute(page.base, href) if href else None
    if found:
        yield Link(found, text, source)


def words(element: HtmlElement) -> str:
    """What a reader sees as the link's name: its text; else the alt of its picture; else its title or alt."""
    text = squash("".join(str(part) for part in element.itertext()))
    if _MORE.match(text):
        return _heading(element, text) or text
    if text:
        return text
    pictured = (squash(str(value)) for value in element.xpath(".//img/@alt | .//img/@title"))
    own = (squash(element.get(name) or "") for name in ("title", "alt", "aria-label"))
    return next((value for value in (*pictured, *own) if value), "")


def _heading(element: HtmlElement, text: str) -> str:
    """What a 更多 belongs to: the only other words in the head of its box, or else those right before it."""
    inner = element
    for level, around in enumerate(element.iterancestors()):
        beside = squash(str(around.text_content())).replace(text, "")
        if beside or level >= _BOX_LEVELS:
            return beside if len(beside) <= _HEADING else _before(inner)
        inner = around
    return ""


def _before(element: HtmlElement) -> str:
    """The words of the nearest element before ``element`` in its box, where they are as short as a heading."""
    for earlier in element.itersiblings(preceding=True):
        found = squash(str(earlier.text_content()))
        if found:
            return found if len(found) <= _HEADING else ""
    return ""


def _written(page: Page, code: str) -> Iterator[Link]:
    """Links that only exist when the script runs."""
    if not code or len(code) > _MOST_SCRIPT:
        return
    markup = written.markup(code)
    for element in parse(markup).iter("a", "area") if markup else ():
        yield from (link for link in _anchor(page, element, "script") if link.text)
    for name, href in written.named_addresses(code):
        yield from _link(page, href, squash(name), "script")


def script_files(page: Page) -> tuple[Link, ...]:
    """Script files that may write the menu, for pages that have none themselves: those whose name says so, or a few."""
    sources = (str(src) for src in page.tree.xpath("//script/@src"))
    files = [url for src in sources if (url := address.absolute(page.base, src)) and not _LIBRARY.search(url)]
    named = [url for url in files if _MENU_FILE.search(url.rpartition("/")[2])]
    return tuple(Link(url, "", "script_file") for url in dict.fromkeys(named or files[:_MOST_UNNAMED]))


_REFRESH = re.compile(r"url\s*=\s*['\"]?([^'\"]+)", re.IGNORECASE)
# An address that something is put behind is a pager's.
_SENT = re.compile(
    r"location(?:\.href)?\s*=\s*['\"]([^'\"]+)['\"](?!\s*\+)|location\.(?:replace|assign)\(\s*['\"]([^'\"]+)['\"](?!\s*\+)"
)
_SHELL = 2048  # bytes; a page that only sends on is small (field guide §6)


def sends_on(page: Page) -> tuple[str, str] | None:
    """(rule, address) of a shell that sends its reader elsewhere: by ``meta_refresh`` or by ``script_redirect``."""
    for element in page.tree.iter("meta"):
        if (element.get("http-equiv") or "").strip().lower() != "refresh":
            continue
        match = _REFRESH.search(element.get("content") or "")
        target = address.absolute(page.base, match[1]) if match else None
        if target and address.without_fragment(target) != page.url:
            return "meta_refresh", target
    if len(page.payload) > _SHELL:
        return None
    code = re.sub(r"function\s+\w*\s*\([^)]*\)\s*\{[^}]*\}", "", page.scripts)
    code += "".join(str(onload) for onload in page.tree.xpath("//body/@onload"))
    match = _SENT.search(code)
    target = address.absolute(page.base, match[1] or match[2]) if match else None
    if target and address.without_fragment(target) != page.url:
        return "script_redirect", target
    return None
