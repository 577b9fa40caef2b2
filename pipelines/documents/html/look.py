"""What an element does to its text by its own attributes: text that does not read as the text beside it."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

_BLOCK_NAMES = """
    address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure
    footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav noframes ol p pre section
    summary table tbody td tfoot th thead tr ul xmp listing option
"""
BLOCKS = frozenset(_BLOCK_NAMES.split())
# Elements whose text is struck out, and such as stand in a line as boxes: text on their two sides is not one word.
STRUCK_OUT = frozenset({"del", "s", "strike"})
BOXES = frozenset({"input", "select", "textarea", "button", "svg", "img", "spacer", "tab"})

HIDING_STYLE = re.compile(r"(?:display\s*:\s*none|(?<![\w-])(?:content-)?visibility\s*:\s*(?:hidden|collapse))", re.I)
# Rarer ways to show nothing: far off the screen, clipped to a point, a box without height or width.
_VANISHING_STYLE = re.compile(
    r"(?<![\w-])(?:(?:left|right|top|bottom|margin-left|margin-top|text-indent)\s*:\s*-(?:999|\d{4,})"
    r"|clip\s*:\s*rect\s*\(\s*([01])(?:px)?(?:[\s,]+\1(?:px)?){3}\s*\)|clip-path\s*:\s*inset\s*\((?:50|100)%"
    r"|transform\s*:\s*scale[xy]?\(0\))",
    re.I,
)
_NO_ROOM = re.compile(
    r"(?<![\w-])(?:max-)?(?:height|width)\s*:\s*0(?:px|pt|em|%)?\s*(?:!\s*important\s*)?(?:;|$)", re.I
)
_CUT_OFF = re.compile(r"overflow(?:-[xy])?\s*:\s*hidden", re.I)
# In a style sheet it is as often where a fade begins.
_TRANSPARENT = re.compile(r"(?<![\w-])opacity\s*:\s*(?:0(?:\.0*)?|\.0+)%?(?![.\d])", re.I)
_NO_SIZE = re.compile(
    r"(?<![\w-])(?:font(?:-size)?\s*:\s*0(?:\.0*)?(?![.\d])|color\s*:\s*(?:transparent"
    r"|rgba\((?:[^),]*,){3}\s*0(?:\.0*)?%?\s*\)))",
    re.I,
)
_STRUCK_STYLE = re.compile(r"text-decoration(?:-line)?\s*:[^;]*line-through", re.I)
# Also by a length, as word processors do it.
_RAISED_STYLE = re.compile(
    r"(?:vertical-align\s*:\s*(?:super|sub|(?:text-)?(?:top|bottom)\b|-?[\d.]*[1-9])"
    r"|mso-text-raise\s*:\s*-?[\d.]*[1-9]"
    r"|position\s*:\s*relative.*?(?<![\w-])(?:top|bottom)\s*:\s*-?[\d.]*[1-9])",
    re.I,
)
_NOTE_CLASS = re.compile(r"(?:^|\s)(?:Mso)?(?:foot|end)note(?:-?ref(?:erence)?)?(?=$|\s)", re.I)
_WHITE = (
    r"(?:white\b|#(?:fff(?:fff)?|(?:f[c-f]){3}|fff0|ffffff00)(?![\da-f])"
    r"|rgba?\(\s*255[\s,]+255[\s,]+255\b|hsla?\([^)]*\b100%)"
)
_WHITE_STYLE = re.compile(rf"(?<![\w-])color\s*:\s*{_WHITE}", re.I)
_WHITE_FONT = re.compile(rf"\s*(?:{_WHITE}|f{{3}}(?:f{{3}})?\s*$)", re.I)
# A box of its own, or room beside it.
_LINE_STYLE = re.compile(r"(?<![\w-])display\s*:\s*(?:block|flex|grid|table|table-row|list-item)(?![\w-])", re.I)
_APART_STYLE = re.compile(
    r"(?<![\w-])(?:display\s*:\s*(?!none|contents|inherit|initial|unset|inline\s*(?:[;!]|$))[a-z]"
    r"|float\s*:\s*(?:left|right)|position\s*:\s*(?:absolute|fixed)"
    r"|(?:margin|padding)(?:-left|-right)?\s*:[^;]*[1-9])",
    re.I,
)
_TURNED_STYLE = re.compile(r"unicode-bidi\s*:\s*(?:bidi|isolate)-override", re.I)
# Where scripts find the number up to which they count, and what they fill in.
# But no places (data-row-num, data-col-index).
_COUNTER = re.compile(
    r"data-(?![\w-]*\b(?:row|col|column|cell|line|page|tab|sort|order|level)-(?:num|number|count|end|to)$)"
    r"(?:[\w-]+-)?(?:value|val|to|num|number|count|counter|end|target|final|stop)",
    re.I,
)
_COUNTED = re.compile(r"\s*[\d,.]*[1-9][\d,.]*\s*")
_NOTHING_YET = re.compile(r"[\s0.,]*")
_FILLED = frozenset({"v-text", "v-html", "ng-bind", "ng-bind-html", "x-text", "x-html"})
_BINDING = re.compile(r"(?:^|,)\s*(?:text|html)\s*:")
# One of them stands in every rarer style: most pages have none, and a search for words takes no time.
_RARE = (
    *("opacity", ":-", ": -", "clip", "scale", "overflow", "transparent", "rgba"),
    *("font-size:0", "font-size: 0", "font:0", "font: 0"),
)
# One of them stands in every style that tells anything, and in one that tells something of an element amid a line.
_STYLE_WORDS = ("none", "hidden", "collapse", "line-through", "white", "#f", "255", "hsl", *_RARE)
_INLINE_WORDS = (
    *("display", "float", "absolute", "fixed", "relative", "margin", "padding", "override"),
    *("vertical-align", "text-raise", "super", "sub"),
)
LONGEST_STYLE = 2000


class Look(NamedTuple):
    """What is done to the text: it is hidden, struck out, set above or below the line, white on a ground that is not
    known, apart from what stands beside it, on a line of its own (apart, too), or in the order that it is not read in.
    """

    hidden: bool = False
    struck: bool = False
    raised: bool = False
    white: bool = False
    apart: bool = False
    line: bool = False
    turned: bool = False


PLAIN = Look()


def look(name: str, attributes: Mapping[str, str]) -> Look:
    """What an element of that name does to its text."""
    style = attributes.get("style")
    inline = name not in BLOCKS
    seen = _by_style(style, inline) if style else PLAIN
    if not inline:
        return seen
    if name == "font" and _WHITE_FONT.match(attributes.get("color") or ""):
        seen = seen._replace(white=True)
    if _NOTE_CLASS.search((attributes.get("class") or "")[:LONGEST_STYLE]) or _is_note(name, attributes):
        seen = seen._replace(raised=True)
    if name == "bdo" and (attributes.get("dir") or "").strip().lower() == "rtl":
        seen = seen._replace(turned=True)
    return seen


def may_tell(name: str, small: str) -> bool:
    """Whether the attributes of an element may do anything, told by the words in them; ``small`` are they in small
    letters."""
    tells = small.__contains__
    inline = name not in BLOCKS
    if tells("style") and _style_may_tell(small, inline):
        return True
    if not inline:
        return False
    if name in ("font", "bdo", "a") and (tells("color") or tells("rtl") or tells("#")):
        return True
    return tells("&") or tells("note")


def _style_may_tell(small: str, inline: bool) -> bool:
    tells = small.__contains__
    return tells("&") or any(map(tells, _STYLE_WORDS)) or (inline and any(map(tells, _INLINE_WORDS)))


def is_written(attributes: Mapping[str, str]) -> bool:
    """Whether a script fills in what the element shows."""
    return not _FILLED.isdisjoint(attributes) or _BINDING.search(attributes.get("data-bind") or "") is not None


def counts(attributes: Mapping[str, str]) -> bool:
    """Whether a script may count up to a number that an attribute holds, until which another is shown."""
    return any(_COUNTER.fullmatch(name.lstrip(":")) and _COUNTED.fullmatch(value) for name, value in attributes.items())


def shows_nothing_yet(text: str) -> bool:
    """Whether a count that shows this has not begun."""
    return _NOTHING_YET.fullmatch(text) is not None


def vanishes(declarations: str) -> bool:
    """Whether what has this style can't be seen, though it is not called hidden."""
    declarations = declarations[:LONGEST_STYLE]
    if _VANISHING_STYLE.search(declarations):
        return True
    return _NO_ROOM.search(declarations) is not None and _CUT_OFF.search(declarations) is not None


def may_vanish(sheet: str) -> bool:
    """Whether `vanishes` may be so of a rule in the style sheet, which is in small letters."""
    return any(map(sheet.__contains__, _RARE))


def _is_note(name: str, attributes: Mapping[str, str]) -> bool:
    """Whether it is a link to a note on the same page."""
    return name == "a" and (attributes.get("href") or "").lstrip().startswith("#")


@lru_cache(maxsize=4096)  # the styles of one editor stand in every paragraph
def _by_style(style: str, inline: bool) -> Look:
    if not _style_may_tell(style.lower(), inline):
        return PLAIN
    style = style[:LONGEST_STYLE]

    def tells(pattern: re.Pattern[str]) -> bool:
        return pattern.search(style) is not None

    return Look(
        hidden=any(map(tells, (HIDING_STYLE, _TRANSPARENT, _NO_SIZE))) or vanishes(style),
        struck=tells(_STRUCK_STYLE),
        raised=inline and tells(_RAISED_STYLE),
        white=tells(_WHITE_STYLE),
        apart=inline and tells(_APART_STYLE),
        line=inline and tells(_LINE_STYLE),
        turned=tells(_TURNED_STYLE),
    )
