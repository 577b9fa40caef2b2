"""A page's content in reading order: pieces of text, one a block or line, and the data tables between them."""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from lxml import etree

from pipelines.documents.html.celltext import BLOCKS
from pipelines.documents.html.layout import TableReader
from pipelines.documents.html.tree import Element
from pipelines.documents.html.visibility import Visibility
from pipelines.documents.model import Table
from pipelines.documents.normal import fold

# What an element does to the lines in it, as bits; its end undoes the same.
_LINE, _HEADING, _PRE, _LINK, _HIDDEN, _BODY, _ASIDE, _TITLE, _MENU, _TABLE, _BREAK, _SKIPPED = (
    1 << bit for bit in range(12)
)
_ENDS_LINE = _LINE | _HIDDEN | _BODY
_SKIPPED_NAMES = "script style template head textarea select datalist noframes title rt rp svg object iframe button"
_EFFECTS = dict.fromkeys(BLOCKS, _LINE) | dict.fromkeys(("nav", "footer", "aside"), _LINE | _ASIDE)
_EFFECTS |= {f"h{level}": _LINE | _HEADING for level in range(2, 7)} | {"h1": _LINE | _HEADING | _TITLE}
_EFFECTS |= {"ul": _LINE | _MENU, "pre": _LINE | _PRE, "table": _LINE | _TABLE, "a": _LINK, "br": _BREAK}
_EFFECTS |= dict.fromkeys(_SKIPPED_NAMES.split(), _SKIPPED)
_LINE_BREAK = re.compile(r"[ \t]*[\r\n]\s*")
_PIECES = 100_000
_FEWEST_LINKS = 10
_LONGEST_MENU = 100_000  # characters of markup
_MOST_MENUS = 256

# Where portals put the body of an article (field guide, section 5), the most specific first.
_BODY_IDS = (
    "UCAP-CONTENT",
    "zoom",
    "Zoom",
    "ivs_content",
    "con_con",
    "article-content",
    "articleContent",
    "article_content",
    "textContent",
    "content",
)
_BODY_CLASS_NAMES = """
    trs_editor_view TRS_UEDITOR TRS_Editor TRS_PreAppend trs_paper_default main-txt article-content
    article_con article-con articlecon article_content xxgk_content detail-content pages_content view
    v_news_content wzcon bt_content news_content newscontent content-text zw-content ewb-article-info
    wp_articlecontent gkml_content
"""
_BODY_CLASSES = frozenset(_BODY_CLASS_NAMES.split())
_VSB = "vsb_content"

_TITLE_CLASS_NAMES = """
    title article-title articletitle article_title art_title arttitle news_title newstitle content-title
    con_title contit detail-title xxgk_title page-title main-title bt biaoti tit h-title xl_title
    ewb-article-tt wz-title info-title
"""
_TITLE_CLASSES = frozenset(_TITLE_CLASS_NAMES.split())
_TITLE_IDS = frozenset({"ti", "title", "ivs_title", "article_title", "articleTitle", "con_title"})
_NO_TITLES = frozenset({"title", "a", "li", "body", "html", "h1"})  # h1 is one without any mark


@dataclass(slots=True)
class Piece:
    """One line of text. ``raw`` keeps tabs and the width of spaces (line breaks of the source are spaces), ``text`` is
    folded; ``link`` counts the characters that are links; ``aside``: it stands in navigation, a footer, or the
    article's own data."""

    raw: str
    level: int
    hidden: bool
    link: int
    aside: bool
    text: str

    @property
    def is_linked(self) -> bool:
        return self.link * 2 > len(self.text)


@dataclass(slots=True)
class Body:
    """An element that a known class or id marks as an article's body: the items [start, end) stand in it."""

    element: Element
    start: int
    end: int = -1


@dataclass(slots=True)
class Flow:
    items: list[Piece | Table] = field(default_factory=list)
    elements: list[Element] = field(default_factory=list)  # beside each item, its element
    bodies: list[Body] = field(default_factory=list)
    tables: list[Element] = field(default_factory=list)  # the data tables' elements
    notes: list[tuple[str, str]] = field(default_factory=list)
    titles: list[Element] = field(default_factory=list)  # what is marked up as a title: h1, and known classes and ids


class _Menu(NamedTuple):
    """A menu that is read for the first time: its lines are the items from ``start`` on; ``marked`` counts what was
    marked before it."""

    element: Element
    markup: str
    start: int
    marked: int


# The lines of menus, by their markup: a portal's pages share them, and the links are most of what a page has of lines.
_menus: dict[str, tuple[Piece, ...]] = {}


class FlowReader:
    """Walks a page once, from element to element without recursion, and without entering data tables."""

    def __init__(self, root: Element, visibility: Visibility, tables: TableReader) -> None:
        self._hiding = visibility.hiding
        self._hides_within = visibility.hides_within
        self._tables = tables
        self._flow = Flow()
        self._parts: list[str] = []
        self._link_length = 0
        self._hidden = 0
        self._linked = 0
        self._level = 0
        self._pre = 0
        self._aside = 0
        self._root = root
        self._menu: _Menu | None = None  # the one that is read

    def read(self) -> Flow:
        opened: list[tuple[Element, int]] = []  # the elements around the current one, and what their ends undo
        items = self._flow.items
        effects_of = _EFFECTS.get
        node: Element | None = self._root
        while node is not None and len(items) < _PIECES:
            effects = effects_of(node.tag, 0)
            if effects & _MENU and self._known_menu(node):
                node = self._after(node, opened)
                continue
            if effects < _TABLE or (effects & _TABLE and not self._data_table(node)):
                effects = self._enter(node, effects)
                if text := node.text:
                    self._add(text)
                if len(node):
                    opened.append((node, effects))
                    node = node[0]
                    continue
                if effects:
                    self._leave(node, effects)
            elif effects & _BREAK:
                self._flush(node)
            node = self._after(node, opened)
        self._flush(self._root)
        if node is not None:
            self._flow.notes.append(("text_cut", f"the page has more than {_PIECES} lines; the rest was not read"))
            for body in self._flow.bodies:
                body.end = len(items) if body.end < 0 else body.end
        return self._flow

    def _after(self, node: Element, opened: list[tuple[Element, int]]) -> Element | None:
        """The element that begins next, after the ends of those that end here; None at the end of the page."""
        while True:
            if tail := node.tail:
                self._add(tail)
            if not opened:
                return None
            if (following := node.getnext()) is not None:
                return following
            node, effects = opened.pop()
            if effects:
                self._leave(node, effects)

    def _enter(self, node: Element, effects: int) -> int:
        """Begin an element; the bits of the answer say what its end has to undo."""
        if effects & _LINE:
            if self._parts:
                self._flush_before(node)
            if effects != _LINE:
                effects = self._begin(node, effects)
        elif effects:
            self._linked += 1
        if node in self._hiding:
            self._flush_before(node)
            self._hidden += 1
            effects |= _HIDDEN
        identity, names = node.get("id"), node.get("class")
        if identity or names:
            effects |= self._note_marks(node, identity or "", names or "")
        return effects

    def _begin(self, node: Element, effects: int) -> int:
        """Begin a block that is more than a line."""
        if effects & _HEADING:
            self._level = int(node.tag[1])
        if effects & _TITLE:
            self._flow.titles.append(node)
        if effects & _PRE:
            self._pre += 1
        if effects & _TABLE and node in self._tables.metadata:
            effects |= _ASIDE
        if effects & _ASIDE:
            self._aside += 1
        return effects

    def _note_marks(self, node: Element, identity: str, names: str) -> int:
        title, body = _marks(identity, names)
        if title and node.tag not in _NO_TITLES:
            self._flow.titles.append(node)
        if not body:
            return 0
        self._flush_before(node)
        self._flow.bodies.append(Body(node, len(self._flow.items)))
        return _BODY

    def _leave(self, node: Element, effects: int) -> None:
        if self._parts and effects & _ENDS_LINE:
            self._flush(node)
        if effects == _LINE:
            return
        if effects & _LINK:
            self._linked -= 1
        if effects & _HEADING:
            self._level = 0
        if effects & _PRE:
            self._pre -= 1
        if effects & _HIDDEN:
            self._hidden -= 1
        if effects & _ASIDE:
            self._aside -= 1
        if effects & _MENU and self._menu is not None and node is self._menu.element:
            self._remember_menu(self._menu)
            self._menu = None
        if effects & _BODY:
            body = next(body for body in reversed(self._flow.bodies) if body.element is node)
            body.end = len(self._flow.items)

    def _add(self, text: str) -> None:
        if self._linked:
            self._link_length += len(text.strip())
        self._parts.append(text)

    def _flush_before(self, element: Element) -> None:
        """End the line that stands before ``element``, in its parent."""
        if self._parts:
            parent = element.getparent()
            self._flush(self._root if parent is None else parent)

    def _flush(self, element: Element) -> None:
        """End the current line, if there is one; it stands in the block ``element``."""
        parts = self._parts
        if not parts:
            return
        text = parts[0] if len(parts) == 1 else "".join(parts)
        parts.clear()
        link, self._link_length = self._link_length, 0
        if text.isspace():
            return
        if self._pre:
            for line in text.splitlines():
                if line and not line.isspace():
                    self._append_line(line, link, element)
            return
        if "\n" in text or "\r" in text:
            text = _LINE_BREAK.sub(" ", text)
        self._append_line(text.strip(" \t"), link, element)

    def _append_line(self, line: str, link: int, element: Element) -> None:
        link = min(link, len(line)) if link else 0
        self._append(Piece(line, self._level, self._hidden > 0, link, self._aside > 0, fold(line)), element)

    def _known_menu(self, node: Element) -> bool:
        """Take the lines of a list of links from a page before, if it stood there too; else they are read, and kept."""
        if self._menu is not None or len(node) < _FEWEST_LINKS or self._hides_within(node) or node in self._hiding:
            return False
        if self._level or self._hidden or self._linked or self._pre or self._aside:
            return False
        markup = etree.tostring(node, encoding="unicode", with_tail=False)
        self._flush_before(node)
        if (menu := _menus.get(markup)) is None:
            if len(markup) <= _LONGEST_MENU:
                self._menu = _Menu(node, markup, len(self._flow.items), self._marked())
            return False
        self._flow.items += menu
        self._flow.elements += [node] * len(menu)
        return True

    def _remember_menu(self, menu: _Menu) -> None:
        """Keep the lines of a menu that was read, if all are links and none is marked in any way."""
        lines = self._flow.items[menu.start :]
        if (
            lines
            and self._marked() == menu.marked
            and all(isinstance(line, Piece) and line.is_linked for line in lines)
        ):
            if len(_menus) >= _MOST_MENUS:
                _menus.clear()
            _menus[menu.markup] = tuple(lines)  # type: ignore[arg-type]  # all are pieces

    def _marked(self) -> int:
        return len(self._flow.bodies) + len(self._flow.titles) + len(self._flow.tables)

    def _append(self, item: Piece | Table, element: Element) -> None:
        self._flow.items.append(item)
        self._flow.elements.append(element)

    def _data_table(self, node: Element) -> bool:
        data = self._tables.read(node)
        if data is None:
            return False
        self._flush_before(node)
        if data.strays:
            self._add(data.strays)
            self._flush(node)
        self._append(data.table, node)
        self._flow.tables.append(node)
        return True


@lru_cache(maxsize=4096)
def _marks(identity: str, names: str) -> tuple[bool, bool]:
    """Whether an element of that id and those classes is marked as a title, and whether as an article's body."""
    classes = names.split()
    title = identity in _TITLE_IDS or not _TITLE_CLASSES.isdisjoint(names.lower().split())
    body = identity in _BODY_IDS or identity.startswith(_VSB) or not _BODY_CLASSES.isdisjoint(classes)
    return title, body
