"""Which lines of a page are its article, and which stand around it.

Three witnesses, the surest first: an element that a known CMS class or id marks as the body; the place where the
numbered headings of a report stand; trafilatura, on a copy of the page without its data tables (it is slow, and loses
spanned cells). The first that is convincing decides the range; inside it, tools and link lists are taken out.
"""

import logging
import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from itertools import accumulate

from pipelines.documents.boilerplate import is_boilerplate, opens_related
from pipelines.documents.fields import is_field_line
from pipelines.documents.html.flow import Flow, Piece
from pipelines.documents.html.page import Page
from pipelines.documents.html.tree import Element
from pipelines.documents.model import Table
from pipelines.documents.normal import compact
from pipelines.documents.plain.rows import is_section

log = logging.getLogger(__name__)
logging.getLogger("trafilatura").setLevel(logging.ERROR)  # it warns of every page in which it finds no article

_FEWEST_HEADINGS = 3
_HEADING_LENGTH = 50
_BODY_TEXT = 60  # a body of less is a page that only links its file, or an empty shell
_LEAST_FOR_TRAFILATURA = 250  # characters; it takes less for no article (its MIN_EXTRACTED_SIZE)
_MAX_ELEMENTS_FOR_TRAFILATURA = 40_000
_MAX_DEPTH_FOR_TRAFILATURA = 200  # it recurses
_NUMERALS = frozenset("一二三四五六七八九十")
_NUMERAL = re.compile(r"\s*([一二三四五六七八九十]{1,3})、")

Range = tuple[int, int]


def mark_article(flow: Flow, page: Page) -> tuple[list[bool], int | None]:
    """For each item of the flow whether it belongs to the article, and the element that holds it where one does, by its
    number."""
    headings = _headings(flow)
    found = _marked_body(flow, headings) or _around_headings(flow, headings)
    if found is None:
        return _by_trafilatura(flow, page), None
    (start, end), element = found
    main = [False] * start + [True] * (end - start) + [False] * (len(flow.items) - end)
    _take_out(flow, main)
    return main, element


def show_if_all_is_hidden(flow: Flow) -> tuple[tuple[str, str], ...]:
    """Show everything where the whole report is hidden: pages that uncover their text by a script once it is loaded.
    The answer is the note that says so, if it was done."""
    if not flow.hides:
        return ()
    pieces = [item for item in flow.items if isinstance(item, Piece) and not item.is_linked]
    visible = sum(len(piece.text) for piece in pieces if not piece.hidden)
    hidden = sum(len(piece.text) for piece in pieces if piece.hidden)
    sections = sum(1 for piece in pieces if piece.hidden and is_section(piece.text))
    if sections < _FEWEST_HEADINGS or hidden < 2 * visible:
        return ()
    for index, item in enumerate(flow.items):
        flow.items[index] = item._replace(hidden=False) if isinstance(item, Piece) else replace(item, hidden=False)
    return (("hidden_shown", "the whole text is hidden until a script shows it; it was read as if it were visible"),)


def _marked_body(flow: Flow, headings: Sequence[int]) -> tuple[Range, int] | None:
    """The marked body that holds most text, if it holds the headings too."""
    if not flow.bodies:
        return None
    before = _text_before(flow)
    best = max(flow.bodies, key=lambda body: before[body.end] - before[body.start])
    length = before[best.end] - before[best.start]
    if length < _BODY_TEXT:
        return None
    inside = sum(best.start <= index < best.end for index in headings)
    if len(headings) >= _FEWEST_HEADINGS and inside * 2 < len(headings):
        return None
    # A body inside the best one with nearly all its text is the tighter fit (#content around .TRS_Editor).
    for body in flow.bodies:
        nested = best.start <= body.start and body.end <= best.end
        if nested and before[body.end] - before[body.start] >= 0.9 * length and _holds(headings, body.start, body.end):
            best = body
    return (best.start, best.end), best.number


def _holds(headings: Sequence[int], start: int, end: int) -> bool:
    return all(start <= index < end for index in headings)


def _headings(flow: Flow) -> list[int]:
    """The items that read like a report's numbered headings, link lists left out."""
    return [
        index
        for index, item in enumerate(flow.items)
        if isinstance(item, Piece)
        and item.text[:1] in _NUMERALS
        and len(item.text) <= _HEADING_LENGTH
        and is_section(item.text)
        and not (item.hidden or item.aside or item.is_linked)
    ]


def _around_headings(flow: Flow, headings: Sequence[int]) -> tuple[Range, int] | None:
    numerals = {match[1] for index in headings if (match := _NUMERAL.match(_text(flow, index)))}
    if len(numerals) < _FEWEST_HEADINGS:
        return None
    element = _common_ancestor(flow, [flow.places[index] for index in headings])
    last = flow.end_of(element)
    inside = [element <= place <= last for place in flow.places]
    start, end = inside.index(True), len(inside) - inside[::-1].index(True)
    return _tightened(flow, headings, start, end), element


def _tightened(flow: Flow, headings: Sequence[int], start: int, end: int) -> Range:
    """From the first to the last heading and outwards, as far as the neighbours read like text and not like a menu."""
    first, last = headings[0], headings[-1] + 1
    while first > start and not _is_menu(flow, first - 1):
        first -= 1
    while last < end and not _is_menu(flow, last):
        last += 1
    return first, last


def _is_menu(flow: Flow, index: int) -> bool:
    item = flow.items[index]
    return isinstance(item, Piece) and (item.is_linked or is_boilerplate(item.text))


def _common_ancestor(flow: Flow, places: Sequence[int]) -> int:
    """The innermost element that holds all of these, which stand in order."""
    element, last = places[0], max(places)
    while flow.end_of(element) < last:
        element = flow.parents[element]
    return element


def _take_out(flow: Flow, main: list[bool]) -> None:
    """Clear the flag of hidden lines, tools, the labelled lines of the head, and lists of other articles."""
    related = False
    in_head = True
    for index, item in enumerate(flow.items):
        if not isinstance(item, Piece) or not main[index]:
            continue
        in_head = in_head and not is_section(item.text)
        if opens_related(item.text):
            related = True
        elif not item.is_linked:
            related = False
        around = item.hidden or item.aside or related or is_boilerplate(item.text)
        if around or (in_head and is_field_line(item.text)):
            main[index] = False


def _by_trafilatura(flow: Flow, page: Page) -> list[bool]:
    """The lines that trafilatura keeps; all that are no menus where it finds nothing."""
    kept = _trafilatura_lines(flow, page)
    main = [False] * len(flow.items)
    for index, item in enumerate(flow.items):
        if isinstance(item, Piece):
            main[index] = compact(item.text) in kept if kept else not item.is_linked
        else:
            main[index] = True
    _take_out(flow, main)
    return main


def _trafilatura_lines(flow: Flow, page: Page) -> frozenset[str]:
    if _own_text(flow) < _LEAST_FOR_TRAFILATURA:
        return frozenset()  # a list, an entrance, a page that only links its file: most pages of a portal
    if len(flow.parents) > _MAX_ELEMENTS_FOR_TRAFILATURA or _depth(flow) > _MAX_DEPTH_FOR_TRAFILATURA:
        return frozenset()
    from trafilatura import bare_extraction  # half a second of imports that most pages never need

    for number in flow.tables:
        page.tables[number].set("data-nianbao", "table")
    copy = deepcopy(page.tree)
    for table in list(copy.iterfind(".//table[@data-nianbao]")):
        _drop(table)
    try:
        found = bare_extraction(copy, include_comments=False, include_tables=True, favor_recall=True, fast=True)
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError) as error:
        log.warning("trafilatura failed", extra={"error": repr(error)})
        return frozenset()
    text = found.text if found is not None else ""
    return frozenset(compact(line) for line in (text or "").splitlines() if line.strip())


def _own_text(flow: Flow) -> int:
    """How many characters of the page an article may have: shown, and neither links nor navigation or footers."""
    pieces = [
        item for item in flow.items if isinstance(item, Piece) and not (item.is_linked or item.hidden or item.aside)
    ]
    return sum(len(piece.text) for piece in pieces if not is_boilerplate(piece.text))


def _drop(element: Element) -> None:
    """Remove the element and keep the text after it."""
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + (element.tail or "")
    else:
        parent.text = (parent.text or "") + (element.tail or "")
    parent.remove(element)


def _depth(flow: Flow) -> int:
    """How deep the page is nested, asked at some places."""
    deepest = 0
    for place in flow.places[:: max(1, len(flow.places) // 50)]:
        depth = 0
        while place:
            place = flow.parents[place]
            depth += 1
        deepest = max(deepest, depth)
    return deepest


def _text(flow: Flow, index: int) -> str:
    item = flow.items[index]
    return item.text if isinstance(item, Piece) else ""


def _text_before(flow: Flow) -> list[int]:
    """For each item, and the end, the characters of shown text before it, tables counted by their cells."""
    return [0, *accumulate(map(_text_length, flow.items))]


def _text_length(item: Piece | Table) -> int:
    if item.hidden:
        return 0
    return len(item.text) - item.link if isinstance(item, Piece) else len(item.cells) * 4
