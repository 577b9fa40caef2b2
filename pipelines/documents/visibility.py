"""What a browser would not show on a screen: hidden elements, and twins for phones and printers."""

import re

from pipelines.documents.tree import Element

_HIDING_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))", re.I)
# Twins of a table or a text for other media, by their class; whole words between - and _.
_TWIN_CLASS = re.compile(
    r"(?:^|[\s_-])(?:hidden|hide|d-none|sr-only|visually-hidden|invisible|noshow|no-show|"
    r"(?:only|show|visible)[_-]?(?:print|mobile|phone|wap|xs|sm)|"
    r"(?:print|mobile|phone|wap)[_-]?(?:only|show|version|table|twin|copy)|"
    r"hidden-pc|pc-hide|pc-hidden|m-show|layui-hide)(?=$|[\s_-])",
    re.I,
)
_NEVER_SHOWN = frozenset({"script", "style", "noscript", "template", "head", "datalist", "noframes"})
_SUSPICIOUS = re.compile(
    r"hidd|hide|none|invisib|collapse|print|mobile|phone|wap|visible|sr-only|m-show|no-?show", re.I
)

_STYLE_BLOCK = re.compile(r"<style\b[^>]{0,200}>(.{0,200000}?)</style", re.I | re.S)
_MEDIA = re.compile(r"@[^{}]{0,300}\{(?:[^{}]{0,5000}\{[^{}]{0,5000}\}){0,500}[^{}]{0,5000}\}")
_CSS_COMMENT = re.compile(r"/\*.{0,20000}?\*/", re.S)
_RULE = re.compile(r"([^{}]{1,500})\{([^{}]{0,2000})\}")
_SIMPLE = re.compile(r"(?:[a-z]+\d?)?([.#])([\w-]+)", re.I)
_MAX_RULES = 5000


class Visibility:
    """Answers for the elements of one page; asks the markup once whether anything is hidden at all."""

    def __init__(self, markup: str) -> None:
        self.may_hide = _SUSPICIOUS.search(markup) is not None
        self._classes, self._ids = (frozenset[str](), frozenset[str]())
        if self.may_hide:
            self._classes, self._ids = _hiding_rules(markup)

    def hides(self, element: Element) -> bool:
        """Whether the element itself hides its content (an ancestor may do so too)."""
        if element.tag in _NEVER_SHOWN:
            return True
        if not self.may_hide:
            return False
        get = element.get
        style = get("style")
        if style and _HIDING_STYLE.search(style):
            return True
        names = get("class")
        if names and (_TWIN_CLASS.search(names) or not self._classes.isdisjoint(names.split())):
            return True
        if self._ids and get("id") in self._ids:
            return True
        return get("hidden") is not None or get("aria-hidden") == "true"

    def conceals(self, element: Element) -> bool:
        """Whether the element or one of its ancestors is hidden."""
        return self.hides(element) or any(self.hides(ancestor) for ancestor in element.iterancestors())


def _hiding_rules(markup: str) -> tuple[frozenset[str], frozenset[str]]:
    """The classes and ids that the page's own style sheets hide on a screen of any width. Only simple selectors
    count, and no rule inside @media: it says what a phone or a printer shows."""
    classes: set[str] = set()
    ids: set[str] = set()
    for block in _STYLE_BLOCK.finditer(markup):
        sheet = _MEDIA.sub(" ", _CSS_COMMENT.sub(" ", block[1]))
        for number, rule in enumerate(_RULE.finditer(sheet)):
            if number > _MAX_RULES:
                break
            if not _HIDING_STYLE.search(rule[2]):
                continue
            for selector in rule[1].split(","):
                if match := _SIMPLE.fullmatch(selector.strip()):
                    (classes if match[1] == "." else ids).add(match[2])
    return frozenset(classes), frozenset(ids)
