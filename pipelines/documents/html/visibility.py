"""What a browser would not show on a screen: hidden elements, and twins for phones and printers."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from lxml import etree

from pipelines.documents.html.look import (
    HIDING_STYLE,
    LONGEST_STYLE,
    PLAIN,
    counts,
    is_written,
    look,
    may_vanish,
    shows_nothing_yet,
    vanishes,
)
from pipelines.documents.html.tree import Element, inner_text

_KEEPS_ROOM = re.compile(r"(?<![\w-])(?:visibility\s*:|opacity\s*:)", re.I)
_COLLAPSES = re.compile(r"visibility\s*:\s*collapse", re.I)
# Twins of a table or a text for other media, by one of their classes: whole names, because overflow-hidden and
# hidden-xs show what they are set on.
_TWIN_CLASS = re.compile(
    r"(?:^|\s)(?:hidden|hide|d-none|sr-only|visually-hidden|invisible|noshow|no-show|layui-hide|"
    r"m[_-](?:show|only|table)|"
    r"(?:[\w-]*[_-])?(?:only|show|visible)[_-]?(?:print|mobile|phone|wap|xs|sm)(?:-(?:inline-)?block|-inline)?|"
    r"(?:[\w-]*[_-])?(?:print|mobile|phone|wap)[_-]?(?:only|show|version|table|twin|copy)|"
    r"hidden-pc|pc[_-](?:hide|hidden)|hidden-lg|hidden-(?:sm|md|lg)-and-up|(?:sm|md|lg):hidden)(?=$|\s)",
    re.I,
)
# d-none d-md-block: hidden on phones alone.
_SHOWN_AGAIN = re.compile(r"(?:^|\s)(?:d-(?:sm|md|lg|xl|xxl)-(?!none)|(?:sm|md|lg):(?:block|table|flex|grid|inline))")
_BRACE = re.compile(r"[{}]")
_SIMPLE = re.compile(r"(?:\*|[a-z]+\d?)?([.#])([\w-]+)", re.I)
_GENERATED = re.compile(r"(?:.*[\s>])?(?:[a-z]+\d?)?\.([\w-]+)::?(?:before|after)", re.I | re.S)
_CONTENT = re.compile(r"(?<![\w-])content\s*:\s*((?:\"[^\"]*\"|'[^']*'|[^;\"'])*)", re.I)
_QUOTED = re.compile(r"\"([^\"]*)\"|'([^']*)'")
_ESCAPE = re.compile(r"\\([\da-f]{1,6})\s?", re.I)
_SHOWING = re.compile(r"(?<![\w-])display\s*:\s*[a-z]|(?<![\w-])visibility\s*:\s*visible", re.I)
_NO_RULE = re.compile(r"<!--|-->|<!\[CDATA\[|\]\]>")  # around a sheet, for browsers that are no more
# Any screen, or one not smaller than a width that every desk has.
_ANY_SCREEN = re.compile(
    r"\s*@media\s+(?:(?:only\s+)?(?:screen|all)\s*)?(?:(?:and\s*)?\(\s*min-width\s*:\s*(\d{1,4})px\s*\)\s*)?", re.I
)
_DESK = 1280  # pixels
_MAX_RULES = 5000
_LONGEST_NAMES = 500


class Rules(NamedTuple):
    """The classes and ids that the style sheets of a page hide, and the classes beside whose text they print digits."""

    classes: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()
    printing: frozenset[str] = frozenset()


SHOWN = Rules()


class Visibility:
    """What is hidden in a tree, found out once: ``hiding`` are the elements that hide themselves; those whose text is
    not to be read as the text beside it are in the sets named as in `Look`, and in ``written`` where a script or a
    style sheet makes the text."""

    def __init__(self, root: Element, rules: Rules = SHOWN) -> None:
        self.hiding: set[Element] = set(root.iter("noscript", "template"))
        self.struck: set[Element] = set()
        self.raised: set[Element] = set()
        self.white: set[Element] = set()
        self.apart: set[Element] = set()
        self.turned: set[Element] = set()
        self.written: set[Element] = set()
        for element in root.iter(etree.Element):
            if element.attrib:
                self._ask(element, rules)
        unlike = self.struck | self.raised | self.white | self.apart | self.turned | self.written
        self._around = self.written | {ancestor for one in self.hiding | unlike for ancestor in one.iterancestors()}

    def _ask(self, element: Element, rules: Rules) -> None:
        attributes: dict[str, str] = dict(element.attrib)  # type: ignore[arg-type]  # no bytes in a parsed tree
        seen = look(element.tag, attributes)
        if seen is not PLAIN:
            for name, where in self._sets():
                if getattr(seen, name):
                    where.add(element)
        names = attributes.get("class")
        if (names and class_hides(names, rules.classes)) or (rules.ids and attributes.get("id") in rules.ids):
            self.hiding.add(element)
        if "hidden" in attributes or attributes.get("aria-hidden") == "true":
            self.hiding.add(element)
        begun = not (counts(attributes) and shows_nothing_yet(inner_text(element)))
        if is_written(attributes) or not begun or (names and prints_number(names, rules)):
            self.written.add(element)

    def _sets(self) -> tuple[tuple[str, set[Element]], ...]:
        return (
            ("hidden", self.hiding),
            ("struck", self.struck),
            ("raised", self.raised),
            ("white", self.white),
            ("apart", self.apart),
            ("turned", self.turned),
        )

    def hides(self, element: Element) -> bool:
        """Whether the element itself hides its content (an ancestor may do so too)."""
        return element in self.hiding

    def hides_within(self, element: Element) -> bool:
        """Whether anything below the element is hidden, or not to be read as the text beside it is."""
        return element in self._around

    def removes(self, element: Element) -> bool:
        """Whether the element takes no room either: the cells behind it move up."""
        style = (element.get("style") or "")[:LONGEST_STYLE]
        collapses = element.tag not in ("td", "th") and _COLLAPSES.search(style)
        return element in self.hiding and not (_KEEPS_ROOM.search(style) and not collapses)


def class_hides(names: str, classes: frozenset[str]) -> bool:
    """Whether one of the class names hides, by the page's own rules (``classes``) or by what it says."""
    return (bool(classes) and not classes.isdisjoint(names.split())) or _is_twin(names[:_LONGEST_NAMES])


@lru_cache(maxsize=4096)
def _is_twin(names: str) -> bool:
    return _TWIN_CLASS.search(names) is not None and not _SHOWN_AGAIN.search(names)


def prints_number(names: str, rules: Rules) -> bool:
    """Whether a style sheet prints a number beside the text of an element with these class names."""
    return bool(rules.printing) and not rules.printing.isdisjoint(names.split())


def hiding_rules(sheets: Sequence[str]) -> Rules:
    """The classes and ids that a page's own style sheets hide on the screen of a desk, and those beside which they
    print. Only simple selectors count, and no rule inside @media but for such screens: others say what a phone or a
    printer shows. Of rules that hide and show the same the last one counts."""
    hidden: dict[str, set[str]] = {".": set(), "#": set()}
    printing: set[str] = set()
    for sheet in sheets:
        small = sheet.lower()
        rare, prints = may_vanish(small), "content" in small
        for selectors, declarations in islice(_rules(sheet), _MAX_RULES):
            selectors, declarations = selectors[:LONGEST_STYLE], declarations[:LONGEST_STYLE]
            hides = HIDING_STYLE.search(declarations) or (rare and vanishes(declarations))
            if prints and not hides and _prints(declarations):
                printing.update(
                    found[1] for one in selectors.split(",") if (found := _GENERATED.fullmatch(one.strip()))
                )
            elif hides or (any(hidden.values()) and _SHOWING.search(declarations)):
                for selector in selectors.split(","):
                    if match := _SIMPLE.fullmatch(selector.strip()):
                        (hidden[match[1]].add if hides else hidden[match[1]].discard)(match[2])
    rules = Rules(frozenset(hidden["."]), frozenset(hidden["#"]), frozenset(printing))
    return rules if any(rules) else SHOWN


def _prints(declarations: str) -> bool:
    """Whether digits are printed that stand in no text of the page."""
    found = _CONTENT.search(declarations)
    if found is None:
        return False
    if "attr(" in found[1] or "counter" in found[1]:
        return True
    quoted = "".join(one[1] or one[2] or "" for one in _QUOTED.finditer(found[1]))
    shown = _ESCAPE.sub(lambda escape: chr(min(int(escape[1], 16), 0x10FFFF)), quoted)
    return any(map(str.isdecimal, shown))


def _rules(sheet: str, inside: bool = False) -> Iterator[tuple[str, str]]:
    """(selectors, declarations) of the rules on the sheet's top level, and those ``inside`` an at-rule for a desk's
    screen; comments are left out, other at-rules passed over."""
    first, *rest = sheet.split("/*")
    sheet = _NO_RULE.sub(" ", first + "".join(part.partition("*/")[2] for part in rest))
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
                elif not inside and (screen := _ANY_SCREEN.fullmatch(selectors)) and int(screen[1] or 0) <= _DESK:
                    yield from _rules(sheet[body : brace.start()], inside=True)
                start = brace.end()
