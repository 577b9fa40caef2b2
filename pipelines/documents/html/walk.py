"""From a page's tags to its content in reading order: one walk, without recursion into elements."""

import re
from collections.abc import Sequence
from html import unescape
from typing import NamedTuple

from pipelines.documents.html import tags as does
from pipelines.documents.html.beside import signs, without_signs
from pipelines.documents.html.flow import Body, Flow, Piece, Place, text_of
from pipelines.documents.html.layout import METADATA, DataTable, TableReader
from pipelines.documents.html.markup import MENU_PLACE, TABLE_PLACE, Markup, place_of
from pipelines.documents.html.tags import Irregular, Spelling, Tag, marks_of, weight_of
from pipelines.documents.html.visibility import SHOWN
from pipelines.documents.model import Table
from pipelines.documents.normal import fold
from pipelines.documents.plain.rows import is_section

_ENDS_LINE = does.LINE | does.HIDDEN | does.BODY
_UNDONE = _ENDS_LINE | does.HEADING | does.PRE | does.LINK | does.ASIDE | does.SKIPPED | does.UNLIKE
_SIGNED_TWICE = does.UNLIKE & ~(does.TURNED | does.WRITTEN)  # where it begins and where it ends
_UNUSUAL = does.HEADING | does.PRE | does.HIDDEN | does.TABLE | does.ASIDE
_LINE_BREAK = re.compile(r"[ \t]*[\r\n]\s*")
# What of a table's markup is asked for, besides its cells; by their first letters most tags are passed over.
_ASKING = re.compile(r"<(?=[aieof]|pa)(?:a|img|iframe|embed|object|frame|param|area)(?=[\s/>])", re.I)
_PIECES = 100_000
_MAX_DEPTH = 2000
_MOST_MENUS = 256
_MOST_TITLES = 200
_MOST_LOOKS = 2_000_000  # at open elements, for ends that are not in their place


class _Open(NamedTuple):
    """An element that has begun: what its end undoes."""

    name: str
    number: int
    effects: int


class _Menu(NamedTuple):
    """What a list of links holds: its lines, and how many links."""

    lines: tuple[Piece, ...]
    links: int


class _Enough(Exception):
    """The page has more lines than are read."""


# The lines of menus, by their markup: a portal's pages share them, and the links are most of what a page has of lines.
_menus: dict[str, _Menu] = {}


class FlowReader:
    """Walks a page once, from tag to tag as the parser would nest them, and without entering data tables.

    Raises `Irregular` where the tags can't be told.
    """

    def __init__(self, markup: Markup, spelling: Spelling, tables: TableReader) -> None:
        self._markup = markup
        self._spelling = spelling
        self._tables = tables
        self._outer = iter(markup.outer)
        self._flow = Flow()
        self._opened: list[_Open] = [_Open("", 0, 0)]
        self._parts: list[str] = []
        self._link_length = 0
        self._hidden = 0
        self._linked = 0
        self._level = 0
        self._pre = 0
        self._aside = 0
        self._skipped = 0
        self._unlike = 0  # what the text is that is read now, by the bits of `UNLIKE`, and
        self._has_signs = False  # whether the line has signs of it
        self._looks = 0
        self._is_arranging = False  # whether the table that begins is known to hold no data, and
        self._is_metadata = False  # whether it holds the article's own

    def read(self) -> Flow:
        flow = self._flow
        try:
            self._walk(self._markup.text)
            for element in reversed(self._opened[1:]):
                self._leave(element)
            self._flush(0)
        except _Enough:
            flow.notes.append(("text_cut", f"the page has more than {_PIECES} lines; the rest was not read"))
        for body in flow.bodies:
            body.end = len(flow.items) if body.end < 0 else body.end
        return flow

    def _walk(self, markup: str) -> None:  # noqa: C901  # one loop: it runs a thousand times a page
        chunks = markup.split("<")
        chunks[0] = f"!>{chunks[0]}"  # text before the first tag
        known, opened, parents, parts = self._spelling.tags.get, self._opened, self._flow.parents, self._parts
        ends = self._flow.ends
        make = tuple.__new__
        pass_to = 0
        for index, chunk in enumerate(chunks):
            if index < pass_to:
                continue
            written, closed, text = chunk.partition(">")
            tag = known(written) if closed else None
            if tag is None:
                tag = self._new_tag(written, closed)
            effects = tag.effects
            if effects == does.END:
                if opened[-1][0] == tag.name:
                    element = opened.pop()
                    if element[2] == does.LINE:
                        if parts:
                            self._flush(element[1])
                    elif element[2]:
                        self._leave(element)
                    ends[element[1]] = len(parents) - 1
                else:
                    self._close(tag)
            elif effects != does.NOTHING:
                while tag.closes and opened[-1][0] in tag.closes:
                    self._end_top()
                if effects & does.TABLE and (after := self._outer_table(tag, chunks, index)):
                    pass_to, text = after + 1, chunks[after].partition(">")[2]
                else:
                    number = len(parents)
                    parents.append(opened[-1][1])
                    if effects == does.LINE and not self._skipped and len(opened) < _MAX_DEPTH:
                        if parts:
                            self._flush(opened[-1][1])
                    elif effects:
                        effects = self._begin(tag, number, chunks, index)
                    if not tag.void:
                        opened.append(make(_Open, (tag.name, number, effects)))
                    elif effects:
                        self._leave(_Open(tag.name, number, effects))
            if text and not self._skipped:
                if "&" in text:
                    text = unescape(text)
                if self._linked:
                    self._link_length += len(text.strip())
                parts.append(text)

    def _new_tag(self, written: str, closed: str) -> Tag:
        """A tag that is met for the first time, or what is set apart."""
        if not closed:
            raise Irregular(written)
        place = place_of(written)
        if place is None:
            return self._spelling.tag(written)
        if place == TABLE_PLACE:
            self._table(int(written[1:]), self._markup.tables[int(written[1:])])
        else:
            self._menu(self._markup.menus[int(written[1:])])
        return does.NO_TAG

    def _begin(self, tag: Tag, number: int, chunks: Sequence[str], index: int) -> int:
        """Begin an element that does something; the bits of the answer say what its end has to undo."""
        effects = tag.effects
        if effects & does.ASKED_FOR:
            self._ask(tag, number, chunks, index)
        if tag.name == "button" and is_section(fold(text_of(Place(tag, number, False, chunks, index), self._spelling))):
            effects = does.LINE | effects & ~(does.SKIPPED | does.APART)  # a heading under which text unfolds
        if self._skipped or effects & does.SKIPPED:
            self._sign(effects & does.APART)
            self._skipped += effects & does.SKIPPED > 0
            return effects & does.SKIPPED
        if effects & does.BREAK:
            self._flush(self._opened[-1].number)
            return 0
        if effects & (does.LINE | does.HIDDEN):
            if len(self._opened) > _MAX_DEPTH:
                raise Irregular(f"{_MAX_DEPTH} elements around one")
            self._flush_before()
            if effects & _UNUSUAL:
                effects = self._begin_unusual(tag, effects)
        if effects & does.UNLIKE:
            effects &= ~self._unlike
            self._unlike |= effects & does.UNLIKE & ~does.APART
            self._sign(effects & does.UNLIKE)
        if effects & does.LINK:
            self._linked += 1
        if effects & (does.TITLE | does.MARKED):
            effects |= self._note_marks(tag, number, chunks, index)
        return effects & _UNDONE

    def _begin_unusual(self, tag: Tag, effects: int) -> int:
        """Begin a block that is more than a line."""
        if effects & does.HEADING:
            self._level = int(tag.name[1])
        if effects & does.PRE:
            self._pre += 1
        if effects & does.HIDDEN:
            self._hidden += 1
        if effects & does.TABLE and self._is_metadata:
            effects |= does.ASIDE
        if effects & does.ASIDE:
            self._aside += 1
        return effects

    def _note_marks(self, tag: Tag, number: int, chunks: Sequence[str], index: int) -> int:
        title, body = marks_of(tag)
        if (title or tag.effects & does.TITLE) and len(self._flow.titles) < _MOST_TITLES:
            self._flow.titles.append(Place(tag, number, self._hidden > 0, chunks, index))
        if not body:
            return 0
        self._flush_before()
        self._flow.bodies.append(Body(number, len(self._flow.items)))
        return does.BODY

    def _sign(self, unlike: int) -> None:
        """Note in the line that text which is ``unlike`` the other begins or ends."""
        if unlike & ~does.APART or (unlike and self._parts):
            self._parts.append(signs(unlike))
            self._has_signs = True

    def _hides(self, tag: Tag) -> bool:
        return self._hidden > 0 or tag.effects & does.HIDDEN > 0

    def _leave(self, element: _Open) -> None:
        effects = element[2]
        if effects & does.UNLIKE:
            self._sign(effects & _SIGNED_TWICE)
            self._unlike &= ~effects
        if self._parts and effects & _ENDS_LINE:
            self._flush(element[1])
        if effects == does.LINE:
            return
        if effects & does.SKIPPED:
            self._skipped -= 1
        if effects & does.LINK:
            self._linked -= 1
        if effects & does.HEADING:
            self._level = 0
        if effects & does.PRE:
            self._pre -= 1
        if effects & does.HIDDEN:
            self._hidden -= 1
        if effects & does.ASIDE:
            self._aside -= 1
        if effects & does.BODY:
            body = next(body for body in reversed(self._flow.bodies) if body.number == element[1])
            body.end = len(self._flow.items)

    def _begin_apart(self, markup: str) -> Tag:
        """The tag that what is set apart begins with; the elements that end where it begins are ended."""
        tag = self._spelling.tag(markup[1 : markup.index(">")])
        while tag.closes and self._opened[-1].name in tag.closes:
            self._end_top()
        return tag

    def _end_top(self) -> None:
        element = self._opened.pop()
        if element.effects:
            self._leave(element)
        self._flow.ends[element.number] = len(self._flow.parents) - 1

    def _close(self, tag: Tag) -> None:
        """An end that is not that of the element that began last: it ends those within its own too, unless one of
        them weighs more; one without a beginning ends nothing."""
        opened = self._opened
        for at in range(len(opened) - 1, 0, -1):
            name = opened[at].name
            if name == tag.name:
                while len(opened) > at:
                    self._end_top()
                return
            if weight_of(name) > tag.weight:
                return
            self._looks += 1
            if self._looks > _MOST_LOOKS:
                raise Irregular(tag.name)

    def _flush_before(self) -> None:
        """End the line that stands before a block, in the element around it."""
        if self._parts:
            self._flush(self._opened[-1].number)

    def _flush(self, place: int) -> None:
        """End the current line, if there is one; it stands in the element ``place``."""
        parts = self._parts
        if not parts:
            return
        text = parts[0] if len(parts) == 1 else "".join(parts)
        parts.clear()
        link, self._link_length = self._link_length, 0
        if self._has_signs:
            text = without_signs(text + signs(self._unlike & _SIGNED_TWICE))
            self._has_signs = False
            self._sign(self._unlike & ~does.WRITTEN)
        if not text or text.isspace():
            return
        if self._pre:
            lines = [line for line in text.splitlines() if line and not line.isspace()]
        else:
            lines = [(_LINE_BREAK.sub(" ", text) if "\n" in text or "\r" in text else text).strip(" \t")]
        hidden, aside = self._hidden > 0, self._aside > 0
        for line in lines:
            folded = fold(line)
            linked = min(link, len(line)) if link else 0
            self._append(Piece(line, self._level, hidden, linked, aside, folded, 2 * linked > len(folded)), place)

    def _append(self, item: Piece | Table, place: int) -> None:
        if len(self._flow.items) >= _PIECES:
            raise _Enough
        self._flow.items.append(item)
        self._flow.places.append(place)
        if item.hidden:
            self._flow.hides = True

    def _menu(self, markup: str) -> None:
        """A list of links: its lines are taken from a page before, if it stood there too; else read, and kept."""
        self._begin_apart(markup)
        state = self._level or self._hidden or self._linked or self._pre or self._aside or self._skipped or self._unlike
        if state or self._spelling.rules is not SHOWN:
            self._walk(markup)
            return
        self._flush_before()
        flow = self._flow
        number = len(flow.parents)
        if (menu := _menus.get(markup)) is not None:
            flow.parents.append(self._opened[-1].number)
            flow.items += menu.lines
            flow.places += [number] * len(menu.lines)
            flow.links += [number] * menu.links
            flow.ends[number] = number
            return
        start, links, marked, depth = len(flow.items), len(flow.links), self._marked(), len(self._opened)
        end = markup.rindex("<")
        self._walk(markup[:end])
        whole = len(self._opened) > depth and self._opened[depth].number == number  # nothing in it ended the list
        self._walk(markup[end:])
        lines = [item for item in flow.items[start:] if isinstance(item, Piece) and item.is_linked and not item.hidden]
        if whole and lines and len(lines) == len(flow.items) - start and self._marked() == marked:
            if len(_menus) >= _MOST_MENUS:
                _menus.clear()
            _menus[markup] = _Menu(tuple(lines), len(flow.links) - links)

    def _marked(self) -> int:
        """How many marks the page has so far: a menu with some is no plain one."""
        flow = self._flow
        return len(flow.bodies) + len(flow.titles) + len(flow.tables) + len(flow.named)

    def _table(self, number: int, markup: str) -> None:
        """A table in which there is no other."""
        tag = self._begin_apart(markup)
        place = len(self._flow.parents)
        found = None if self._skipped else self._tables.read(number, markup, self._hides(tag))
        if isinstance(found, DataTable):
            self._flow.parents.append(self._opened[-1].number)
            self._append_table(found, number, place)
            if found.asks:
                self._ask_within(markup, place)
            self._flow.ends[place] = place
            return
        self._is_arranging, self._is_metadata = True, found is METADATA
        self._walk(markup)
        self._is_metadata = False

    def _outer_table(self, tag: Tag, chunks: Sequence[str], index: int) -> int:
        """A table around others; where it holds data its end is the answer, as an index of ``chunks``."""
        if self._is_arranging:
            self._is_arranging = False
            return 0
        number = next(self._outer)
        if self._skipped or number in self._markup.arranging:
            return 0
        found = self._tables.read(number, None, self._hides(tag))
        if not isinstance(found, DataTable):
            self._is_metadata = found is METADATA
            return 0
        place = len(self._flow.parents)
        self._flow.parents.append(self._opened[-1].number)
        self._append_table(found, number, place)
        self._flow.ends[place] = place
        around = 1
        for after in range(index + 1, len(chunks)):
            written = chunks[after].partition(">")[0]
            if (inside := self._markup.at(written)) is not None:
                self._ask_within(inside, place)
                continue
            inner = self._spelling.tag(written)
            if inner.name == "table":
                around += -1 if inner.effects == does.END else 1
                if inner.effects != does.END:
                    next(self._outer)
            self._ask(inner, place, chunks, after)
            if not around:
                return after
        raise Irregular("<table>")

    def _append_table(self, found: DataTable, number: int, place: int) -> None:
        self._flush_before()
        if found.strays:
            self._parts.append(found.strays)
            self._flush(place)
        self._append(found.table, place)
        self._flow.tables.append(number)

    def _ask_within(self, markup: str, place: int) -> None:
        """Note pictures, links and files in a data table."""
        if "data-" in markup or MENU_PLACE in markup or _ASKING.search(markup):
            chunks = markup.split("<")
            for index, chunk in enumerate(chunks[1:], 1):
                written = chunk.partition(">")[0]
                if (inside := self._markup.at(written)) is not None:
                    self._ask_within(inside, place)
                else:
                    self._ask(self._spelling.tag(written), place, chunks, index)

    def _ask(self, tag: Tag, place: int, chunks: Sequence[str], index: int) -> None:
        if tag.effects & (does.NAMED | does.CARRIER):
            self._flow.named.append(Place(tag, place, self._hides(tag), chunks, index))
        if tag.effects & does.HAS_HREF:
            self._flow.links.append(place)
