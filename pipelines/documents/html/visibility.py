"""What a browser would not show on a screen: hidden elements, and twins for phones and printers."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from lxml import etree

from pipelines.documents.html.tree import Element

_HIDING_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))", re.I)
_KEEPS_ROOM = re.compile(r"(?<![\w-])(?:visibility\s*:|opacity\s*:)", re.I)
# Rarer ways to show nothing: far off the screen, clipped to a point, a box without height.
_VANISHING_STYLE = re.compile(
    r"(?<![\w-])(?:(?:left|right|top|bottom|margin-left|margin-top|text-indent)\s*:\s*-(?:999|\d{4,})"
    r"|clip\s*:\s*rect\s*\(\s*([01])(?:px)?(?:[\s,]+\1(?:px)?){3}\s*\)|clip-path\s*:\s*inset\s*\((?:50|100)%"
    r"|transform\s*:\s*scale\(0\))",
    re.I,
)
_NO_HEIGHT = re.compile(r"(?<![\w-])(?:max-)?height\s*:\s*0(?:px|pt|em|%)?\s*(?:!\s*important\s*)?(?:;|$)", re.I)
_CUT_OFF = re.compile(r"overflow(?:-y)?\s*:\s*hidden", re.I)
# In a style sheet it is as often where a fade begins.
_TRANSPARENT = re.compile(r"(?<![\w-])opacity\s*:\s*0(?:\.0*)?(?![.\d])", re.I)
_NO_SIZE = re.compile(r"(?<![\w-])(?:font-size\s*:\s*0(?:\.0*)?(?![.\d])|color\s*:\s*transparent)", re.I)
_STRUCK_STYLE = re.compile(r"text-decoration(?:-line)?\s*:[^;]*line-through", re.I)
_RAISED_STYLE = re.compile(r"vertical-align\s*:\s*(?:super|sub)\b", re.I)
_WHITE_STYLE = re.compile(
    r"(?<![\w-])color\s*:\s*(?:white\b|#fff(?:fff)?(?![\da-f])|rgba?\(\s*255\s*,\s*255\s*,\s*255\b)", re.I
)
# One of them stands in every rarer style: most pages have none, and a search for words takes no time.
_RARE = ("opacity", ":-", ": -", "clip", "scale(0", "overflow", "font-size:0", "font-size: 0", "transparent")
# Twins of a table or a text for other media, by one of their classes: whole names, because overflow-hidden and
# hidden-xs show what they are set on.
_TWIN_CLASS = re.compile(
    r"(?:^|\s)(?:hidden|hide|d-none|sr-only|visually-hidden|invisible|noshow|no-show|layui-hide|m-show|"
    r"(?:[\w-]*[_-])?(?:only|show|visible)[_-]?(?:print|mobile|phone|wap|xs|sm)|"
    r"(?:[\w-]*[_-])?(?:print|mobile|phone|wap)[_-]?(?:only|show|version|table|twin|copy)|"
    r"hidden-pc|pc-hide|pc-hidden)(?=$|\s)",
    re.I,
)
_SHOWN_AGAIN = re.compile(r"(?:^|\s)d-(?:sm|md|lg|xl|xxl)-(?!none)")  # d-none d-md-block: hidden on phones alone
# One of them stands in every style that tells anything.
_STYLE_WORDS = ("none", "hidden", "collapse", "line-through", "super", "sub", "white", "#fff", "255", *_RARE)
_BRACE = re.compile(r"[{}]")
_SIMPLE = re.compile(r"(?:[a-z]+\d?)?([.#])([\w-]+)", re.I)
_ANY_SCREEN = re.compile(r"\s*@media\s+(?:only\s+)?(?:screen|all)\s*", re.I)
_MAX_RULES = 5000
_LONGEST_STYLE = 2000
_LONGEST_NAMES = 500


class Rules(NamedTuple):
    """The classes and ids that the style sheets of a page hide."""

    classes: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()


SHOWN = Rules()


class Visibility:
    """What is hidden in a tree, found out once: ``hiding`` are the elements that hide themselves, ``struck`` those
    whose style strikes their text out, ``raised`` those whose style sets it above or below the line, ``white`` those
    that write in white, on a ground that is not known."""

    def __init__(self, root: Element, rules: Rules = SHOWN) -> None:
        self.hiding: set[Element] = set(root.iter("noscript", "template"))
        self.struck: set[Element] = set()
        self.raised: set[Element] = set()
        self.white: set[Element] = set()
        for element in root.iter(etree.Element):
            if element.attrib:
                self._ask(element, rules)
        marked = (*self.hiding, *self.struck, *self.raised, *self.white)
        self._around = {ancestor for element in marked for ancestor in element.iterancestors()}

    def _ask(self, element: Element, rules: Rules) -> None:
        get = element.get
        if (style := get("style")) and (seen := look(style)) is not _PLAIN:
            for where, whether in zip((self.hiding, self.struck, self.raised, self.white), seen, strict=True):
                if whether:
                    where.add(element)
        if (names := get("class")) and class_hides(names, rules.classes):
            self.hiding.add(element)
        if rules.ids and get("id") in rules.ids:
            self.hiding.add(element)
        if get("hidden") is not None or get("aria-hidden") == "true":
            self.hiding.add(element)

    def hides(self, element: Element) -> bool:
        """Whether the element itself hides its content (an ancestor may do so too)."""
        return element in self.hiding

    def hides_within(self, element: Element) -> bool:
        """Whether anything below the element is hidden, or not to be read as the text beside it is."""
        return element in self._around

    def removes(self, element: Element) -> bool:
        """Whether the element takes no room either: the cells behind it move up."""
        return element in self.hiding and not _KEEPS_ROOM.search((element.get("style") or "")[:_LONGEST_STYLE])


class Look(NamedTuple):
    """What a style does to the text."""

    hidden: bool
    struck: bool
    raised: bool
    white: bool


_PLAIN = Look(False, False, False, False)


@lru_cache(maxsize=4096)  # the styles of one editor stand in every paragraph
def look(style: str) -> Look:
    """What the declarations of a style attribute do."""
    if not may_tell(style.lower()):
        return _PLAIN
    style = style[:_LONGEST_STYLE]
    hiding = (_HIDING_STYLE, _TRANSPARENT, _NO_SIZE)
    seen = Look(
        any(pattern.search(style) for pattern in hiding) or _vanishes(style),
        _STRUCK_STYLE.search(style) is not None,
        _RAISED_STYLE.search(style) is not None,
        _WHITE_STYLE.search(style) is not None,
    )
    return seen if any(seen) else _PLAIN


def may_tell(style: str) -> bool:
    """Whether a style may do anything, told by the words in it; ``style`` is in small letters."""
    return "&" in style or any(map(style.__contains__, _STYLE_WORDS))


def _stands_in(words: Sequence[str], text: str) -> bool:
    return any(word in text for word in words)


def _vanishes(declarations: str) -> bool:
    declarations = declarations[:_LONGEST_STYLE]
    if _VANISHING_STYLE.search(declarations):
        return True
    return _NO_HEIGHT.search(declarations) is not None and _CUT_OFF.search(declarations) is not None


def class_hides(names: str, classes: frozenset[str]) -> bool:
    """Whether one of the class names hides, by the page's own rules (``classes``) or by what it says."""
    return (bool(classes) and not classes.isdisjoint(names.split())) or _is_twin(names[:_LONGEST_NAMES])


@lru_cache(maxsize=4096)
def _is_twin(names: str) -> bool:
    return _TWIN_CLASS.search(names) is not None and not _SHOWN_AGAIN.search(names)


def hiding_rules(sheets: Sequence[str]) -> Rules:
    """The classes and ids that a page's own style sheets hide on a screen of any width. Only simple selectors
    count, and no rule inside @media but for screens of any kind: others say what a phone or a printer shows."""
    classes: set[str] = set()
    ids: set[str] = set()
    for sheet in sheets:
        rare = _stands_in(_RARE, sheet.lower())
        for selectors, declarations in islice(_rules(sheet), _MAX_RULES):
            if not _HIDING_STYLE.search(declarations[:2000]) and not (rare and _vanishes(declarations)):
                continue
            for selector in selectors[:2000].split(","):
                if match := _SIMPLE.fullmatch(selector.strip()):
                    (classes if match[1] == "." else ids).add(match[2])
    return Rules(frozenset(classes), frozenset(ids)) if classes or ids else SHOWN


def _rules(sheet: str, inside: bool = False) -> Iterator[tuple[str, str]]:
    """(selectors, declarations) of the rules on the sheet's top level, and those ``inside`` an at-rule for any screen;
    comments are left out, other at-rules passed over."""
    first, *rest = sheet.split("/*")
    sheet = first + "".join(part.partition("*/")[2] for part in rest)
    depth = start = body = 0
    for brace in _BRACE.finditer(sheet):
        if brace[0] == "{":
            body = brace.end() if depth == 0 else body
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                selectors = sheet[start : body - 1].rpartition(";")[2]
                if "@" not in selectors:
                    yield selectors, sheet[body : brace.start()]
                elif not inside and _ANY_SCREEN.fullmatch(selectors):
                    yield from _rules(sheet[body : brace.start()], inside=True)
                start = brace.end()
