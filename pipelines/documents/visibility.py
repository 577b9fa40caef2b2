"""What a browser would not show on a screen: hidden elements, and twins for phones and printers."""

import re
from collections.abc import Callable, Iterator
from itertools import islice

from lxml import etree

from pipelines.documents.tree import Element

_HIDING_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))", re.I)
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
_VALUES = {
    name: etree.XPath(f"//@{name}", smart_strings=False) for name in ("style", "class", "id", "hidden", "aria-hidden")
}
_FEW_VALUES = 4  # for more, looking at every element once is faster
_WITH_VALUE = {name: etree.XPath(f"//@{name}[. = $value]/..") for name in _VALUES}
_NEVER_SHOWN = ("noscript", "template")
_BRACE = re.compile(r"[{}]")
_SIMPLE = re.compile(r"(?:[a-z]+\d?)?([.#])([\w-]+)", re.I)
_MAX_RULES = 5000


class Visibility:
    """What is hidden on one page, found out once: ``hiding`` are the elements that hide themselves."""

    def __init__(self, root: Element) -> None:
        classes, ids = _hiding_rules(root)
        self.hiding = set(root.iter(*_NEVER_SHOWN))
        self.hiding.update(_hidden_by(root, "style", _is_hiding_style))
        self.hiding.update(_hidden_by(root, "class", lambda names: _is_hiding_class(names, classes)))
        self.hiding.update(_hidden_by(root, "hidden", lambda _: True))
        self.hiding.update(_hidden_by(root, "aria-hidden", "true".__eq__))
        if ids:
            self.hiding.update(_hidden_by(root, "id", ids.__contains__))
        self._around = {ancestor for element in self.hiding for ancestor in element.iterancestors()}

    def hides(self, element: Element) -> bool:
        """Whether the element itself hides its content (an ancestor may do so too)."""
        return element in self.hiding

    def hides_within(self, element: Element) -> bool:
        """Whether anything below the element is hidden."""
        return element in self._around

    def conceals(self, element: Element) -> bool:
        """Whether the element or one of its ancestors is hidden."""
        if not self.hiding:
            return False
        return element in self.hiding or any(ancestor in self.hiding for ancestor in element.iterancestors())


def _hidden_by(root: Element, attribute: str, hides: Callable[[str], bool]) -> list[Element]:
    """The elements that an attribute hides. Its values are asked, once each: collecting them takes a fifth of the time
    of looking at the elements."""
    values: list[str] = _VALUES[attribute](root)  # type: ignore[assignment]  # the expression finds strings alone
    hiding = {value for value in set(values) if hides(value)}
    if len(hiding) > _FEW_VALUES:
        return [element for element in root.iter() if element.get(attribute) in hiding]
    found: list[Element] = []
    for value in hiding:
        found += _WITH_VALUE[attribute](root, value=value)  # type: ignore[arg-type]  # it finds elements alone
    return found


def _is_hiding_style(style: str) -> bool:
    return _HIDING_STYLE.search(style[:4000]) is not None


def _is_hiding_class(names: str, classes: frozenset[str]) -> bool:
    """Whether one of the class names hides, by the page's own rules or by what it says."""
    if not classes.isdisjoint(names.split()):
        return True
    return _TWIN_CLASS.search(names[:500]) is not None and not _SHOWN_AGAIN.search(names)


def _hiding_rules(root: Element) -> tuple[frozenset[str], frozenset[str]]:
    """The classes and ids that the page's own style sheets hide on a screen of any width. Only simple selectors
    count, and no rule inside @media: it says what a phone or a printer shows."""
    classes: set[str] = set()
    ids: set[str] = set()
    for style in root.iter("style"):
        for selectors, declarations in islice(_rules(style.text or ""), _MAX_RULES):
            if not _HIDING_STYLE.search(declarations[:2000]):
                continue
            for selector in selectors[:2000].split(","):
                if match := _SIMPLE.fullmatch(selector.strip()):
                    (classes if match[1] == "." else ids).add(match[2])
    return frozenset(classes), frozenset(ids)


def _rules(sheet: str) -> Iterator[tuple[str, str]]:
    """(selectors, declarations) of the rules on the sheet's top level, comments left out; at-rules are passed over."""
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
                start = brace.end()
