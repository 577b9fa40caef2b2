"""A page's markup, made ready to be read from its tags: text that is no markup cut out, tables and menus set apart."""

import re
from dataclasses import dataclass, field

from pipelines.documents.html.tags import Irregular, ends_itself

# Elements whose content is no markup, and comments.
_RAW_NAMES = frozenset({"script", "style", "title", "textarea", "iframe", "noframes"})
# By its first letter: case by case costs a tenth of a page's time.
_RAW = re.compile(r"<(?:!--|([sStTiInN](?:[cC][rR]|[tT][yY]|[iI][tT]|[eE][xX]|[fF][rR]|[oO][fF])[a-zA-Z]+)(?=[\s/>]))")
_COMMENT_END = re.compile(r"--!?>")
_TABLE_TAG = re.compile(r"<(/?)table(?=[\s/>])", re.I)
_LIST_TAG = re.compile(r"<(/?)ul(?=[\s/>])", re.I)
_CELL_TAG = re.compile(r"<t[dh](?=[\s/>])", re.I)
_XMP = re.compile(r"<xmp[\s>]", re.I)
# In the place of what is set apart; scrubbed text holds neither.
TABLE_PLACE, MENU_PLACE = "\x00", "\x01"
_FEWEST_LINKS = 10
_LONGEST_MENU = 100_000


@dataclass(slots=True)
class Markup:
    """``text`` has a tag ``TABLE_PLACE + number`` in the place of each table in which there is no other, and
    ``MENU_PLACE + number`` in that of each list of many links; ``tables`` and ``menus`` are what stood there, tables by
    their number among all of the page. ``outer`` are the numbers of the other tables, in order; ``arranging`` those
    that hold a table of more than one cell. ``raw`` is the content of scripts, style sheets and titles."""

    text: str
    tables: dict[int, str] = field(default_factory=dict)
    menus: list[str] = field(default_factory=list)
    outer: list[int] = field(default_factory=list)
    arranging: frozenset[int] = frozenset()
    raw: dict[str, list[str]] = field(default_factory=dict)


def markup_of(text: str, raw: dict[str, list[str]]) -> Markup:
    """The markup of a source without its raw text (`without_raw`).

    Raises `Irregular` where a table does not end, or ends twice.
    """
    if _XMP.search(text):
        raise Irregular("<xmp>")
    markup = Markup(text, raw=raw)
    _set_tables_apart(markup)
    _set_menus_apart(markup)
    return markup


def without_raw(source: str) -> tuple[str, dict[str, list[str]]]:
    """The source without comments and the content of elements that hold no markup, and that of scripts, style sheets
    and titles."""
    raw: dict[str, list[str]] = {"script": [], "style": [], "title": []}
    parts: list[str] = []
    at = 0
    for found in _RAW.finditer(source):
        start = found.start()
        if start < at:
            continue
        if found[1] is None:
            end = _COMMENT_END.search(source, start + 2)
            parts.append(source[at:start])
            at = end.end() if end else len(source)
            continue
        opened = source.find(">", start)
        if opened < 0:
            break
        if ends_itself(source[start:opened]):  # as libxml2 reads it
            continue
        name = found[1].lower()
        if name not in _RAW_NAMES:
            continue
        closing = re.compile(rf"</{name}(?=[\s/>])", re.I).search(source, opened)
        if closing is None:
            content, behind = source[opened + 1 :], len(source)
        else:
            content, behind = source[opened + 1 : closing.start()], source.find(">", closing.end()) + 1 or len(source)
        if name in raw:
            raw[name].append(content)
        parts += (source[at:opened], "/>")
        at = behind
    if not parts:
        return source, raw
    parts.append(source[at:])
    return "".join(parts), raw


def _set_tables_apart(markup: Markup) -> None:
    text = markup.text
    opened: list[tuple[int, int]] = []  # number and start of the tables around
    places: list[tuple[int, int, int]] = []  # number, start, end
    arranging: set[int] = set()
    number = innermost = -1
    for found in _TABLE_TAG.finditer(text):
        if not found[1]:
            number += 1
            innermost = number
            opened.append((number, found.start()))
            continue
        if not opened:
            raise Irregular("</table>")
        closed, start = opened.pop()
        end = text.find(">", found.end()) + 1
        if not end or not (end == found.end() + 1 or text[found.end() : end - 1].isspace()):
            raise Irregular("</table")
        if closed == innermost:
            places.append((closed, start, end))
        else:
            markup.outer.append(closed)
        if opened and len(_CELL_TAG.findall(text, start, end)) > 1:
            arranging.update(around for around, _ in opened)
    if opened:
        raise Irregular("<table>")
    markup.outer.sort()
    markup.arranging = frozenset(arranging)
    parts: list[str] = []
    at = 0
    for closed, start, end in places:
        markup.tables[closed] = text[start:end]
        parts.append(f"{text[at:start]}<{TABLE_PLACE}{closed}>")
        at = end
    markup.text = "".join(parts) + text[at:]


def _set_menus_apart(markup: Markup) -> None:
    text = markup.text
    parts: list[str] = []
    at = 0
    opened = -1
    for found in _LIST_TAG.finditer(text):
        if not found[1]:
            opened = found.start()
            continue
        start, opened = opened, -1
        if start < 0:
            continue
        menu = text[start : found.end() + 1]
        if (
            menu[-1] == ">"
            and len(menu) <= _LONGEST_MENU
            and menu.count("<a ") >= _FEWEST_LINKS
            and TABLE_PLACE not in menu
        ):
            parts.append(f"{text[at:start]}<{MENU_PLACE}{len(markup.menus)}>")
            markup.menus.append(menu)
            at = found.end() + 1
    markup.text = "".join(parts) + text[at:]
