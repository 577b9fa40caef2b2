"""A page's markup, made ready to be read from its tags: text that is no markup cut out, tables and menus set apart."""

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from pipelines.documents.html.tags import Irregular, ends_itself

# Comments, elements whose content is no markup, tables and lists, or what begins like them. Letter by letter, because
# folding the case of all tags takes twice the time; and each way begins with letters of its own, without a group around
# them, so that any other tag is passed over by its first letter.
_MARK = re.compile(
    r"<(?:!--|(?:/[tTuU](?:[aA][bB]|[lL])|[tTuUxX](?:[aA][bB]|[lL]|[mM][pP])"
    r"|[sStTiInN](?:[cC][rR]|[tT][yY]|[iI][tT]|[eE][xX]|[fF][rR]|[oO][fF]))[a-zA-Z]*(?=[\s/>]))"
)
_RAW = frozenset({"script", "style", "title", "textarea", "iframe", "noframes"})
_XMP_END = re.compile(r"</xmp(?=[\s/>])", re.I)
_COMMENT_END = re.compile(r"--!?>")
_CELL_TAG = re.compile(r"<t[dh](?=[\s/>])", re.I)
# In the place of what is set apart; scrubbed text holds neither.
TABLE_PLACE, MENU_PLACE = "\x00", "\x01"
_PLACES = (TABLE_PLACE, MENU_PLACE)
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
    raw: dict[str, list[str]] = field(default_factory=lambda: {"script": [], "style": [], "title": []})

    def at(self, written: str) -> str | None:
        """What is set apart where such a tag stands; None for any other tag."""
        if (place := place_of(written)) is None:
            return None
        number = int(written[1:])
        return self.tables[number] if place == TABLE_PLACE else self.menus[number]


def place_of(written: str) -> str | None:
    """``TABLE_PLACE`` or ``MENU_PLACE`` for a tag in the place of what is set apart."""
    return written[0] if written[:1] in _PLACES else None


class _Opened(NamedTuple):
    """A table that has begun: its number, the parts of the text before it, and its place in the source."""

    number: int
    before: int
    start: int


def markup_of(source: str) -> Markup:
    """Raises `Irregular` where a table does not end, or ends twice."""
    return _Cutter(source).cut()


class _Cutter:
    """Takes a source apart in one pass."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0  # up to where the source is taken
        self._parts: list[str] = []
        self._markup = Markup("")
        self._tables: list[_Opened] = []
        self._numbers = 0
        self._innermost = -1  # the table that began last
        self._arranging: set[int] = set()
        self._list = -1  # where the list that began last does, as a number of parts

    def cut(self) -> Markup:
        for found in _MARK.finditer(self._source):
            start = found.start()
            if start < self._at:
                continue
            match found[0][1:].lower():
                case "!--":
                    end = _COMMENT_END.search(self._source, start + 2)
                    self._take(start)
                    self._at = end.end() if end else len(self._source)
                case "table":
                    self._take(start)
                    self._innermost = self._numbers
                    self._tables.append(_Opened(self._numbers, len(self._parts), start))
                    self._numbers += 1
                case "/table":
                    self._end_table(found.end())
                case "ul":
                    self._take(start)
                    self._list = len(self._parts)
                case "/ul":
                    self._end_list(found.end())
                case "xmp":
                    self._take_as_text(start, found.end())
                case name if name in _RAW:
                    self._take_raw(name, start)
        if self._tables:
            raise Irregular("<table>")
        self._take(len(self._source))
        markup = self._markup
        markup.text = "".join(self._parts)
        markup.outer.sort()
        markup.arranging = frozenset(self._arranging)
        return markup

    def _take(self, end: int) -> None:
        if end > self._at:
            self._parts.append(self._source[self._at : end])
            self._at = end

    def _take_raw(self, name: str, start: int) -> None:
        opened = self._source.find(">", start)
        if opened < 0:
            raise Irregular(name)
        if ends_itself(self._source[start:opened]):  # empty, as libxml2 reads it
            return
        self._take(opened)
        closing = re.compile(rf"</{name}(?=[\s/>])", re.I).search(self._source, opened)
        content = self._source[opened + 1 : closing.start() if closing else None]
        if name in self._markup.raw:
            self._markup.raw[name].append(content)
        self._parts.append(" />")  # not a part of a bare value: <script src=a.js>
        self._at = (self._source.find(">", closing.end()) + 1 if closing else 0) or len(self._source)

    def _take_as_text(self, start: int, named: int) -> None:
        """An element (xmp) that shows its content as it is written."""
        opened = self._source.find(">", named) + 1
        if opened and ends_itself(self._source[start : opened - 1]):
            return
        closing = _XMP_END.search(self._source, opened) if opened else None
        if closing is None:
            raise Irregular("<xmp>")
        self._take(opened)
        self._parts.append(self._source[opened : closing.start()].replace("<", "&lt;"))
        self._at = closing.start()

    def _end_table(self, named: int) -> None:
        end = self._source.find(">", named) + 1
        if not self._tables or not end or self._source[named : end - 1].strip():
            raise Irregular("</table>")
        self._take(end)
        number, before, start = self._tables.pop()
        if number == self._innermost:
            self._markup.tables[number] = "".join(self._parts[before:])
            self._parts[before:] = (f"<{TABLE_PLACE}{number}>",)
            if self._list > before:
                self._list = -1
        else:
            self._markup.outer.append(number)
        # What holds more than one cell makes the table around it one that arranges, and that the next.
        if self._tables and bisect_left(self._cells, end) - bisect_left(self._cells, start) > 1:
            self._arranging.add(self._tables[-1].number)

    @cached_property
    def _cells(self) -> list[int]:
        """Where cells begin."""
        return [found.start() for found in _CELL_TAG.finditer(self._source)]

    def _end_list(self, named: int) -> None:
        before, self._list = self._list, -1
        crossed = self._tables and self._tables[-1].before >= before
        if before < 0 or crossed or self._source[named : named + 1] != ">":
            return
        self._take(named + 1)
        menu = "".join(self._parts[before:])
        if len(menu) <= _LONGEST_MENU and menu.count("<a ") >= _FEWEST_LINKS and TABLE_PLACE not in menu:
            self._parts[before:] = (f"<{MENU_PLACE}{len(self._markup.menus)}>",)
            self._markup.menus.append(menu)
