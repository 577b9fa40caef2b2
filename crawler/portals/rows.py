"""The rows of a list, whatever its markup: an anchor with a title, and the date that stands beside it."""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from crawler.portals import address
from crawler.portals.page import Item, parse, squash

_DATE = re.compile(r"(?<!\d)(20\d{2}|19\d{2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)日?")
_DATED = re.compile(r"^\[?20\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?\]?|\[?20\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?\]?$")
_URL_DATES = (
    re.compile(r"/t?(20\d{2})(\d{2})(\d{2})[_/]"),
    re.compile(r"/art/(20\d{2})/(\d{1,2})/(\d{1,2})/"),
    re.compile(r"/(20\d{2})-(\d{2})/?-?(\d{2})/"),
)
_ROW = ("li", "tr", "dd", "dl", "p", "div", "td", "section", "article")
_CUT = ("...", "…", "⋯", "..")
_ROW_TEXT = 400  # characters; more than that is no row but a block of the page, as a head with today's date
_ROW_LINKS = 3
_SAME = 6  # characters that a cut title and the whole one begin with
_SAYS_NOTHING = re.compile(
    r"^\[?(?:在线)?(?:查看|下载|详细|详情|点击\w{0,6}|浏览|打开|全文|阅读|pdf|word|doc|html)(?:详情|全文|文件)?\]?$",
    re.I,
)
_CLICK = re.compile(r"['\"]([^'\"]+)['\"]")


def iso(text: str) -> str | None:
    """The first date in ``text`` as ISO 8601, or None."""
    match = _DATE.search(text)
    return _checked(*match.groups()) if match else None


def _checked(year: str, month: str, day: str) -> str | None:
    if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31):
        return None
    return f"{year}-{int(month):02d}-{int(day):02d}"


def date_in(url: str) -> str | None:
    """The date that an article's address carries, in one of the dialects of the field guide §5, or None."""
    for dialect in _URL_DATES:
        match = dialect.search(url)
        if match:
            return _checked(*match.groups())
    return None


def rows(tree: HtmlElement, base: str) -> tuple[Item, ...]:
    """Every anchor that names something, with the date of its row or of its address, each address once.

    Also menu entries come out: they have no date. Where one address is linked twice (picture and words), the
    longer title stays.
    """
    found: dict[str, Item] = {}
    for element in tree.iter("a"):
        url = _target(element, base)
        title = _title(element)
        if not url or not title:
            continue
        known = found.get(url)
        item = Item(url, title, _date_beside(element) or date_in(url))
        if known is None or (len(title) > len(known.title) and not title.endswith("更多")):
            found[url] = Item(url, title, item.date or (known.date if known else None))
    return tuple(found.values())


def fragment_rows(markup: str, base: str) -> tuple[Item, ...]:
    """The rows of a piece of HTML."""
    return rows(parse(f"<html><body>{markup}</body></html>"), base)


def _target(element: HtmlElement, base: str) -> str | None:
    found = address.absolute(base, element.get("href") or "")
    if found:
        return address.without_fragment(found)
    for code in (element.get("onclick") or "", element.get("href") or ""):
        for match in _CLICK.finditer(code):
            if "/" in match[1] or re.search(r"\.\w{2,5}$", match[1]):
                return address.absolute(base, match[1])
    return None


def undated(text: str) -> str:
    """``text`` without the date before or behind it."""
    return _DATED.sub("", text)


def _title(element: HtmlElement) -> str:
    shown = squash("".join(str(part) for part in element.itertext()))
    shown = undated(shown)
    told = next((squash(element.get(name) or "") for name in ("title", "mc", "data-title") if element.get(name)), "")
    told = re.sub(r"^(?:标题|文章标题)[:：]|(?:发布时间|日期|时间)[:：].*$", "", told)
    # A title attribute completes a title that is cut; 点击查看全文 is no title.
    longer = len(told) > len(shown) or shown.endswith(_CUT)
    if told and longer and shown.rstrip("….⋯")[:_SAME] in told:
        return told
    if _SAYS_NOTHING.match(shown):
        named = told if told and not _SAYS_NOTHING.match(told) else ""
        return named or _beside(element, shown) or shown
    if shown:
        return shown
    return next((squash(str(alt)) for alt in element.xpath(".//img/@alt") if str(alt).strip()), "")


def _beside(element: HtmlElement, shown: str) -> str:
    """The words of the row for an anchor that only says 查看 or 下载, where the anchor is alone in its row."""
    row = next((around for around in element.iterancestors("tr", "li", "dd", "p")), None)
    if row is None or len(row.xpath(".//a")) > 2:
        return ""
    text = _DATE.sub("", str(row.text_content()))
    return squash(text).replace(shown, "")[:120]


def _date_beside(element: HtmlElement) -> str | None:
    """The date in the smallest row around the anchor; none where the block holds several dated rows."""
    attribute = iso(element.get("rq") or "")
    if attribute:
        return attribute
    for level, around in enumerate(_around(element)):
        if level > 4:
            return None
        text = str(around.text_content())
        if len(text) > _ROW_TEXT or len(around.xpath(".//a")) > _ROW_LINKS:
            return None
        dates = _DATE.findall(text)
        if dates:
            return iso(text) if len(set(dates)) == 1 or str(around.tag) in ("a", "li", "tr") else None
    return None


def _around(element: HtmlElement) -> Iterator[HtmlElement]:
    yield element
    for ancestor in element.iterancestors():
        if ancestor.tag in _ROW:
            yield ancestor
