"""Where a static list goes on: the page names that portal software computes, and next links by their text.

One function a way of paging; each returns the address of the following page and, where the page can be read in two
ways, the address by the other reading. Page names: field guide §3.1 (TRS), §3.5 (UCAP), §3.7 (VSB), §3.12.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from crawler.portals import address
from crawler.portals.anchors import Link
from crawler.portals.page import Page, squash


@dataclass(frozen=True, slots=True)
class Following:
    """The next page's address; by the other reading of the pager, where there is one; of a page that was passed
    over before it showed which reading is right; and what is sent to it by POST, where it is a form's."""

    url: str
    instead: str | None = None
    missed: str | None = None
    body: bytes = b""


_CALL = re.compile(r"(?<!function )\bcreatePageHTML\w*\s*\(([^()]*)\)")
_COUNT = re.compile(r"\bcountPage\s*=\s*(?:parseInt\()?['\"]?(\d+)")
_CURRENT = re.compile(r"\bcurrentPage\s*=\s*(?:parseInt\()?['\"]?(\d+)")
_STEM = re.compile(r"['\"=]([\w-]+)['\"]?\s*\+\s*['\"]_['\"]|['\"]([\w-]+)_['\"]\s*\+")
_EXTENSION = re.compile(r"['\"]\.?['\"]?\s*\+?\s*['\"]?\.?(s?html?|jsp)['\"]")
_VSB_TOTAL = re.compile(r"_simple_list_gotopage_fun\(\s*(\d+)")
_TOTAL = re.compile(
    r"共(?:计|有)?(?:&nbsp;|<[^>]+>|\s)*(\d{1,4})(?:&nbsp;|<[^>]+>|\s)*页"
    r"|(?:第|\b)\s*\d{1,4}\s*/\s*(?:共\s*)?(\d{1,4})\s*页"
    r"|\b(?:pageCount|totalPages?|page_count|countPages?|maxPage)\b['\"]?\s*[:=]\s*['\"]?(\d{1,4})",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"^(?P<stem>.*?)_(?P<number>\d{1,4})(?P<extension>\.\w+)$")
_PAGE_PARAMETER = re.compile(
    r"[?&](page|pageno|page_no|pageindex|pagenum|currentpage|curpage|cur_page|cpage|p|pn|pagenumber)=(\d{1,4})(?=&|$)",
    re.I,
)
_PAGE_NAME = re.compile(
    r"page|page_?no|page_?index|page_?num|page_?number|current_?page|cur_?page|cpage|page_?id|nowpage|intpage", re.I
)
_PAGE_PREFIX = re.compile(
    r"['\"]([^'\"\s]*[?&](?:page|page_?no|page_?index|page_?num|current_?page|cur_?page|cpage|p|pn|page_?number)=)['\"]",
    re.IGNORECASE,
)
_LAYPAGE = re.compile(r"\blaypage(?:\.render)?\(\s*\{[^{}]*?\bpages\s*:\s*(\d{1,4})")
_NSETPAGE = re.compile(r"\bnsetpage\w*\(([^()]*)\)", re.IGNORECASE)
_COUNTED = re.compile(r"^(?P<stem>|.*[-_])(?P<number>\d{1,4})(?P<extension>\.\w+)$")
_NEXT_TEXT = re.compile(r"^[\[【<]?(?:下一?[页頁]|后一?页|[Nn]ext(?:[Pp]age)?|>|›|＞|>>?下一?页|下一?页>+)[\]】]?$")


def following(page: Page, links: tuple[Link, ...]) -> Following | None:
    """The page after this one, or None where the list ends or no pager is known."""
    for way in (_create_page_html, _count_page):
        found = way(page)
        if found is not None:
            return found if found.url else None
    links = tuple(link for link in links if not address.trap(link.url, page.url))
    by_link = _next_link(page, links) or _numbered_link(page, links)
    return by_link or _vsb(page) or _guessed(page)


_END = Following("")  # the pager is known, and says that this is the last page


def _create_page_html(page: Page) -> Following | None:
    """``createPageHTML``: TRS when the first argument is a number, UCAP when it is a string (an element's id)."""
    for match in _CALL.finditer(page.scripts):
        arguments = [part.strip() for part in match[1].split(",")]
        numbers = [part.strip("'\" ") for part in arguments]
        if len(arguments) >= 5 and arguments[0][:1] in "'\"":
            return _ucap(page, numbers[1:])
        if len(arguments) >= 2 and numbers[0].isdecimal():
            return _trs(page, numbers)
    return None


def _trs(page: Page, arguments: list[str]) -> Following | None:
    """``(total, current, stem, extension)``: page k is stem_k, from 0; from 1 where a first page says 1."""
    total, current = int(arguments[0]), _number(arguments[1])
    stem, suffix = _name(page, arguments[2:])
    from_one = page.fetch.context.get("counts_from") == "1" or (current == 1 and not _NUMBERED.match(_file(page.url)))
    if current is None or current + (0 if from_one else 1) >= total:
        return _END
    other = _join(page, f"{stem}_{current + 2}.{suffix}") if current == 0 and total > 1 else None
    number = _own_number(page, stem)
    return _at(page, f"{stem}_{(current if number is None else number) + 1}.{suffix}", other)


def _ucap(page: Page, arguments: list[str]) -> Following | None:
    """``(element, pages, current, stem, extension, rows)``: page n is stem_n; old templates are shifted by one."""
    total, current = _number(arguments[0]), _number(arguments[1])
    stem, suffix = _name(page, arguments[2:])
    if total is None or current is None:
        return _END
    number = _own_number(page, stem)
    further = _join(page, f"{stem}_{current + 1}.{suffix}") if current < total else None
    if number is not None and number == current - 1:
        # Shifted: page 2 is stem_1, which was passed over where stem_2 was tried first.
        further = _join(page, f"{stem}_{current}.{suffix}") if current < total else None
        missed = _join(page, f"{stem}_{number - 1}.{suffix}") if number == 2 else None
        return Following(further or missed or "", missed=missed if further else None)
    other = _join(page, f"{stem}_{current}.{suffix}") if current == 1 else None
    return Following(further, other) if further else _END


def _own_number(page: Page, stem: str) -> int | None:
    """The number in the page's own name, which goes before what its pager says where the two differ."""
    numbered = _NUMBERED.match(_file(page.url))
    return int(numbered["number"]) if numbered and numbered["stem"] == stem else None


def _count_page(page: Page) -> Following | None:
    """``var countPage = 2`` with ``var currentPage = 0``: an older TRS pager that writes its links itself."""
    count, current = _COUNT.search(page.scripts), _CURRENT.search(page.scripts)
    if not count:
        return None
    numbered = _NUMBERED.match(_file(page.url))
    here = int(current[1] if current else numbered["number"] if numbered else 0)
    if here + 1 >= int(count[1]):
        return _END
    stem = _STEM.search(page.scripts)
    suffix = _EXTENSION.search(page.scripts)
    stem_name = (stem[1] or stem[2]) if stem else ""
    names = [stem_name, suffix[1] if suffix else ""]
    name, extension = _name(page, names)
    return _at(page, f"{name}_{here + 1}.{extension}")


def _next_link(page: Page, links: tuple[Link, ...]) -> Following | None:
    """The link that says 下一页, in any of its spellings."""
    here = address.key(page.url)
    for link in links:
        if _NEXT_TEXT.match(link.text) and address.key(link.url) != here and link.source != "frame":
            return Following(address.without_fragment(link.url))
    return None


def _numbered_link(page: Page, links: tuple[Link, ...]) -> Following | None:
    """The link whose text is the next page's number, to a page beside this one or, as ``/class/CODE/2``, below it."""
    shape = _shape(page.url)
    below = re.sub(r"\.\w+$", "", shape.partition("?")[0]).rstrip("/") + "/#"
    numbered = {int(link.text): link.url for link in links if link.text.isdecimal() and len(link.text) <= 3}
    alike = {
        number: url
        for number, url in numbered.items()
        if _shape(url) == shape or _folder(url) == _folder(page.url) or _shape(url).startswith(below)
    }
    if not alike:
        return None
    current = _number(page.fetch.context.get("page", "")) or _page_number(page.url, alike)
    url = alike.get(current + 1)
    return Following(address.without_fragment(url)) if url and address.key(url) != address.key(page.url) else None


def goes_on(page: Page) -> bool:
    """Whether the page shows the next page's number as something to click: where `following` finds no address to it,
    the list has not ended."""
    number = int(page.fetch.context.get("page", "1")) + 1
    return any(squash(str(element.text_content())) == str(number) for element in page.tree.iter("a", "button"))


def _page_number(url: str, numbered: dict[int, str]) -> int:
    here = address.key(url)
    return next((number for number, link in numbered.items() if address.key(link) == here), 1)


def _vsb(page: Page) -> Following | None:
    """VSB counts backwards: page 1 is ``stem.htm``, page 2 ``stem/{T-1}.htm``, the last ``stem/1.htm``."""
    total = _VSB_TOTAL.search(page.text)
    if not total:
        return None
    name = _file(page.url)
    stem, _, suffix = name.rpartition(".")
    if stem.isdecimal() and _number(page.fetch.context.get("page", "")) != 1:
        return _at(page, f"{int(stem) - 1}.{suffix}") if int(stem) > 1 else None
    return _at(page, f"{stem}/{int(total[1]) - 1}.{suffix}") if int(total[1]) > 1 and stem else None


def _guessed(page: Page) -> Following | None:
    """The page says how many there are, but its links are made by a script that we don't know: ``_N`` before the
    extension, or ``/N`` at the end, as on 南京, 常州 and 淮安; a parameter of its address; a form that is sent."""
    count = _page_count(page)
    asked = _PAGE_PARAMETER.search(page.url)
    if asked and (page.fetch.method == "GET"):
        number = int(asked[2]) + 1
        return Following(f"{page.url[: asked.start(2)]}{number}{page.url[asked.end(2) :]}") if number <= count else None
    return _appended(page, count) or _sent(page, count) or _by_name(page, count)


def _page_count(page: Page) -> int:
    """How many pages the page says there are, or a script's call that would show their numbers; 0 where none does."""
    said = _TOTAL.search(page.text) or _LAYPAGE.search(page.scripts)
    called = _NSETPAGE.search(page.scripts)
    numbers = [int(number) for number in re.findall(r"\b\d{1,4}\b", called[1])] if called else []
    return int(next(filter(None, said.groups()))) if said else next((number for number in numbers if number > 1), 0)


def _current(page: Page) -> int:
    return int(page.fetch.context.get("page", "1"))


def _appended(page: Page, count: int) -> Following | None:
    """A script that puts the number behind an address: ``location.href = '/nb.jspx?path=/nb&pageNo=' + n``."""
    match = _PAGE_PREFIX.search(page.scripts)
    url = address.absolute(page.base, match[1].replace("&amp;", "&")) if match and _current(page) < count else None
    same = url and address.key(url).partition("?")[0] == address.key(page.url).partition("?")[0]
    return Following(f"{url}{_current(page) + 1}") if url and same else None


def _sent(page: Page, count: int) -> Following | None:
    """A form with the page's number in it, which a script fills and sends: 江苏's gtapp and other old systems."""
    if _current(page) >= count:
        return None
    for form in page.tree.forms:
        fields = {str(name): str(value) for name, value in form.form_values()}
        named = next((str(name) for name in form.fields if _PAGE_NAME.fullmatch(str(name or ""))), None)
        url = address.absolute(page.base, form.action or page.url)
        if named is None or url is None:
            continue
        sent = urlencode({**fields, named: str(_current(page) + 1)})
        if str(form.method).upper() == "POST":
            return Following(address.without_fragment(url), body=sent.encode())
        return Following(f"{url.partition('?')[0]}?{sent}")
    return None


def _by_name(page: Page, count: int) -> Following | None:
    """The number stands in the page's name, at its end or behind what the first page is called."""
    current = _current(page)
    if count <= current:
        return None
    name = _file(page.url)
    counted = _COUNTED.match(name)
    if counted and int(counted["number"]) == current:  # 1.html, list-1.html
        other = f"{name.rpartition('.')[0]}_2{counted['extension']}" if current == 1 else None
        following = f"{counted['stem']}{current + 1}{counted['extension']}"
        return _at(page, following, _join(page, other) if other else None)
    numbered = _NUMBERED.match(name) if page.fetch.context.get("page") else None
    if numbered:
        number = int(numbered["number"]) + 1
        return _at(page, f"{numbered['stem']}_{number}{numbered['extension']}") if number <= count else None
    if not name or "." in name:
        stem, _, suffix = (name or "index.html").rpartition(".")
        # Where pages count from 0, the third is called _2, and the second would be passed over.
        one, two = (2, 1) if _NSETPAGE.search(page.scripts) else (1, 2)
        return _at(page, f"{stem}_{one}.{suffix}", _join(page, f"{stem}_{two}.{suffix}"))
    if name.isdecimal():  # the number of a page, or of something else: on a first page nothing tells
        return _at(page, str(int(name) + 1)) if page.fetch.context.get("page") and int(name) < count else None
    return _at(page, f"{name}/2")


def _name(page: Page, given: list[str]) -> tuple[str, str]:
    """Stem and extension of the list's pages: as the call gives them, else from the address."""
    name = _file(page.url)
    numbered = _NUMBERED.match(name)
    stem = numbered["stem"] if numbered else name.rpartition(".")[0]
    suffix = address.extension(page.url)
    given_stem = given[0] if given and re.fullmatch(r"[\w./-]+", given[0]) else ""
    given_suffix = given[1].lstrip(".") if len(given) > 1 and re.fullmatch(r"\.?\w{2,6}", given[1]) else ""
    return given_stem or stem or "index", given_suffix or suffix or "html"


def _at(page: Page, name: str, instead: str | None = None) -> Following | None:
    url = _join(page, name)
    return Following(url, instead) if url else None


def _join(page: Page, name: str) -> str | None:
    return address.absolute(page.url, name)


def _file(url: str) -> str:
    return urlsplit(url).path.rpartition("/")[2]


def _folder(url: str) -> str:
    return address.key(url).rpartition("/")[0]


def _shape(url: str) -> str:
    """The address with its numbers blanked: pages of one list have one shape."""
    return re.sub(r"\d+", "#", address.key(url))


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() else None
