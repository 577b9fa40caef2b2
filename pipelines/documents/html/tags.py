"""What a tag means by the way it is written.

A page is read from its tags, not from a tree of elements: the same few hundred spellings stand on every page of a
portal, so that each is taken apart once. `Tag` says what the element does to the lines around and in it.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from html import unescape

from pipelines.documents.html.look import BLOCKS, BOXES, STRUCK_OUT, counts, is_written, look, may_tell
from pipelines.documents.html.visibility import SHOWN, Rules, class_hides, prints_number

# What an element does, as bits; its end undoes the same.
LINE, HEADING, PRE, LINK, HIDDEN, BODY, ASIDE, TITLE, TABLE, SKIPPED = (1 << bit for bit in range(10))
# What the start of an element is: a mark of an article's title or body, a line break, an element that is asked for by
# its name or for the file that it points to, a link to anywhere.
MARKED, BREAK, NAMED, CARRIER, HAS_HREF, END, NOTHING = (1 << bit for bit in range(10, 17))
# Text that is not to be read as the text beside it, as in `Look`; written by a script or a style sheet; where a script
# may count.
STRUCK, RAISED, LOWERED, WHITE, APART, TURNED, WRITTEN, COUNTING = (1 << bit for bit in range(17, 25))
ASKED_FOR = NAMED | CARRIER | HAS_HREF
UNLIKE = STRUCK | RAISED | LOWERED | WHITE | APART | TURNED | WRITTEN | COUNTING

_SKIPPED_NAMES = "script style template head textarea select datalist noframes title rt rp svg object iframe button"
_EFFECTS = dict.fromkeys(BLOCKS, LINE) | dict.fromkeys(("nav", "footer", "aside"), LINE | ASIDE)
_EFFECTS |= {f"h{level}": LINE | HEADING for level in range(2, 7)} | {"h1": LINE | HEADING | TITLE}
_EFFECTS |= {"pre": LINE | PRE, "table": LINE | TABLE, "a": LINK, "br": BREAK}
_EFFECTS |= dict.fromkeys(_SKIPPED_NAMES.split(), SKIPPED)
for _name in ("base", "meta", "img", "iframe", "embed", "object", "frame", "param", "area"):
    _EFFECTS[_name] = _EFFECTS.get(_name, 0) | NAMED
for _name in ("noscript", "template"):
    _EFFECTS[_name] = _EFFECTS.get(_name, 0) | HIDDEN
_EFFECTS |= dict.fromkeys(STRUCK_OUT, STRUCK) | {"sup": RAISED, "sub": LOWERED}
for _name in BOXES:
    _EFFECTS[_name] = _EFFECTS.get(_name, 0) | APART
_VOID_NAMES = """
    area base basefont bgsound br col embed frame hr img input isindex keygen link meta param source track wbr
"""
_VOID = frozenset(_VOID_NAMES.split())
_AROUND = ("html", "body")  # their ends end nothing: what follows them is shown, too
# What libxml2 ends by itself where another element begins in it, by the one that begins (its table htmlStartClose).
_CLOSED_BY = {
    "head": "a abbr acronym address b bdo big blockquote br center cite code dd dfn dir div dl dt em fieldset font form"
    " frameset h1 h2 h3 h4 h5 h6 hr i iframe img kbd li map menu ol p pre q s samp small span strike strong sub sup"
    " table tt u ul var body head",
    "a": "a fieldset table td th",
    "address": "dd dl dt form li ul",
    "b": "center p td th",
    "big": "p",
    "caption": "col colgroup tbody tfoot thead tr",
    "colgroup": "colgroup tbody tfoot thead tr",
    "dd": "dt",
    "dir": "dd dl dt form ul",
    "dl": "form li",
    "dt": "dd dl",
    "font": "center td th",
    "form": "form",
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "fieldset form li p table"),
    "i": "center p td th",
    "legend": "fieldset",
    "li": "li",
    "menu": "dd dl dt form ul",
    "ol": "form",
    "option": "optgroup option",
    "p": "address blockquote caption center col colgroup dd dir div dl dt fieldset form frameset h1 h2 h3 h4 h5 h6 hr"
    " li menu ol p pre table tbody td tfoot th tr ul",
    "pre": "dd dl dt fieldset form li table ul",
    **dict.fromkeys(("s", "small", "strike", "tt"), "p"),
    "span": "td th",
    "tbody": "tbody tfoot",
    **dict.fromkeys(("td", "th"), "tbody td tfoot th tr"),
    "tfoot": "tbody",
    "thead": "tbody tfoot",
    "tr": "tbody tfoot tr",
    "u": "p td th",
    "ul": "address form menu pre",
}
_CLOSES: dict[str, set[str]] = {}
for _open, _beginning in _CLOSED_BY.items():
    for _name in _beginning.split():
        _CLOSES.setdefault(_name, set()).add(_open)
# An end closes what stands open in its element, unless that weighs more (libxml2's htmlEndPriority).
_WEIGHTS = {"div": 150, "td": 160, "th": 160, "tr": 170, "table": 190, "head": 200}
_WEIGHTS |= dict.fromkeys(("thead", "tbody", "tfoot"), 180)
_WEIGHT = 100

FILE_ENDINGS = ("pdf", "doc", "docx", "wps", "ofd", "rtf", "xls", "xlsx", "et", "zip", "rar")
# Asked of every link before it is taken apart: most lead to other pages.
_PROMISING = (
    *dict.fromkeys(f".{ending[:3]}" for ending in FILE_ENDINGS),
    "down",
    "attach",
    "file",
    "viewer",
    "preview",
)

# A tag with attributes that tell nothing but where it leads and what it is called, as most are written: it is sound,
# and has no style. The rest of what is asked of tags need not be asked of it.
_SIMPLE = re.compile(
    r"([a-z][a-z\d]*)(?: (?:class|id|name|href|title|target|src|alt|rel|type|content|width|height|border|align|valign"
    r'|colspan|rowspan|cellspacing|cellpadding)="[^"&]*+")*+'
)
_TAG_NAME = re.compile(r"/?([a-zA-Z][^\s/>]*)")
# Marks of quotation stand around values alone; an end that is missing would hide the end of the tag.
_SOUND = re.compile(r"""[^"'=]*+(?:=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'][^\s]*+)?+[^"'=]*+)*+""")
_ATTRIBUTE = re.compile(r"""([^\s=/"']+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'][^\s]*))?""")
_REFERENCE = re.compile(r"&(?:#\w+;?|\w+;)")  # in a value others are what they seem: ?a=1&copy=2
_HREF = re.compile(r"""href\s*=\s*(?:"[^"]|'[^']|[^\s"'])""")
_DATA = ("data-value", "data-url", "data-file", "data-src", "data-href")
# One of them stands in each attribute by which a script writes.
_WRITING = ("data-", "v-text", "v-html", "ng-bind", "x-text", "x-html")
_MOST = 50_000
LONGEST_KEPT = 1000  # characters of a spelling that is remembered

# Where portals put the body of an article (field guide, section 5), and its title.
_BODY_ID_NAMES = """
    UCAP-CONTENT zoom Zoom ivs_content con_con article-content articleContent article_content textContent content
"""
_BODY_IDS = frozenset(_BODY_ID_NAMES.split())
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
# One of them stands in each of these names, and in each that hides.
_MARKING = (
    *("zoom", "con", "trs", "main-txt", "article", "view", "vsb", "ti", "bt"),
    *("hid", "none", "only", "show", "visible", "print", "mobile", "phone", "wap", "m-t", "m_t"),
)
_NO_TITLES = frozenset({"title", "a", "li", "body", "html", "h1"})  # h1 is one without any mark


class Irregular(Exception):
    """The markup can't be read as it stands: the parser has to put it right first."""


class Tag:
    """One spelling of a tag, without its brackets, or all that say nothing but the name.

    ``effects`` are the bits above; ``closes`` the elements that end where this one begins in them; ``weight`` is what
    an end is worth; ``void`` elements have no end."""

    __slots__ = ("closes", "effects", "name", "void", "weight", "written")

    def __init__(self, written: str, name: str, effects: int, void: bool) -> None:
        self.written = written
        self.name = name
        self.effects = effects
        self.void = void
        self.closes = _CLOSES.get(name, ())
        self.weight = weight_of(name)

    def get(self, attribute: str) -> str | None:
        """The attribute's value, references resolved."""
        return attributes_of(self.written).get(attribute)


class Spelling:
    """The tags of one page as they are written. What is known of them serves all pages, unless a page's own style
    sheets hide something."""

    def __init__(self, rules: Rules = SHOWN) -> None:
        self.rules = rules
        self.tags: dict[str, Tag] = _known if rules is SHOWN else {}

    def tag(self, written: str) -> Tag:
        """The tag that is written so; `Irregular` where its end can't be told."""
        tag = self.tags.get(written)
        if tag is None:
            tag = _read(written, self.rules)
            if len(self.tags) >= _MOST:
                self.tags.clear()
            if len(written) <= LONGEST_KEPT:
                self.tags[written] = tag
        return tag


_known: dict[str, Tag] = {}


def is_promising(small: str) -> bool:
    """Whether an address, or a tag with it, in small letters, may be that of a file."""
    return any(map(small.__contains__, _PROMISING))


def ends_itself(written: str) -> bool:
    """Whether an element is empty by its tag, as ``<td/>``; a slash at the end of a bare value is part of that."""
    if written[-1:] != "/":
        return False
    last = written[max(written.rfind(before) for before in "\"' \t\r\n") + 1 :]
    return "=" not in last[:-1]


def weight_of(name: str) -> int:
    return _WEIGHTS.get(name, _WEIGHT)


def attribute_text(value: str) -> str:
    return _REFERENCE.sub(lambda found: unescape(found[0]), value) if "&" in value else value


def _read(written: str, rules: Rules) -> Tag:
    if written[:1] in ("!", "?"):
        return NO_TAG
    simple = _SIMPLE.fullmatch(written)
    found = simple or _TAG_NAME.match(written)
    if found is None or (not simple and "=" in written and not _SOUND.fullmatch(written, found.end())):
        raise Irregular(written)
    name = found[1] if simple else found[1].lower()
    if written[0] == "/":
        return _plain_end(name)
    if name == "html":
        return NO_TAG
    effects = _EFFECTS.get(name, 0)
    is_empty = not simple and ends_itself(written)
    if found.end(1) < len(written) - is_empty:
        small = written.lower()
        effects |= _effects(written, small, name, rules, simple is not None)
        if name == "a" and "name" in small and _is_anchor(attributes_of(written)):
            effects &= ~LINK
    if not is_empty and not effects & (NAMED | CARRIER | MARKED):
        return _plain(name, effects)
    return Tag(written, name, effects, is_empty or name in _VOID)


def _is_anchor(attributes: dict[str, str]) -> bool:
    """Whether it is a place to which links lead, and no link: the bookmarks that Word sets around headings."""
    return "name" in attributes and attributes.keys().isdisjoint(("href", "onclick"))


def _effects(written: str, small: str, name: str, rules: Rules, simple: bool) -> int:
    """What the attributes of a tag add; ``small`` is the tag in small letters. Most hold none of the words that tell
    anything, and are taken apart no further; less still is asked of a ``simple`` one (`_SIMPLE`)."""
    effects = 0
    tells = small.__contains__
    if not (simple and name in BLOCKS) and may_tell(name, small):
        seen = look(name, attributes_of(written))
        effects |= HIDDEN * seen.hidden | LINE * seen.line | STRUCK * seen.struck | RAISED * seen.raised
        effects |= WHITE * seen.white | APART * (seen.apart or seen.line) | TURNED * seen.turned
    if not simple and any(map(tells, _WRITING)):
        attributes = attributes_of(written)
        effects |= WRITTEN * is_written(attributes) | COUNTING * counts(attributes)
    if (tells("class") or tells("id")) and (rules is not SHOWN or tells("&") or any(map(tells, _MARKING))):
        attributes = attributes_of(written)
        identity, names = attributes.get("id", ""), attributes.get("class", "")
        title, body = _marks(identity[:LONGEST_KEPT], names[:LONGEST_KEPT])
        effects |= MARKED * (body or (title and name not in _NO_TITLES))
        effects |= HIDDEN * (class_hides(names, rules.classes) or identity in rules.ids)
        effects |= WRITTEN * prints_number(names, rules)
    if not simple and tells("hidden"):
        attributes = attributes_of(written)
        effects |= HIDDEN * ("hidden" in attributes or attributes.get("aria-hidden") == "true")
    if name == "a":
        effects |= HAS_HREF * (_HREF.search(small) is not None)
        effects |= CARRIER * (tells("&") or is_promising(small))
    elif tells("data-") and not attributes_of(written).keys().isdisjoint(_DATA):
        effects |= CARRIER
    return effects


@lru_cache(maxsize=4096)
def _plain(name: str, effects: int) -> Tag:
    """What all tags of a name are one for, whose attributes nobody asks for."""
    return Tag(name, name, effects, name in _VOID)


@lru_cache(maxsize=1024)
def _plain_end(name: str) -> Tag:
    return Tag("/" + name, name, NOTHING if name in _AROUND or name in _VOID else END, True)


NO_TAG = Tag("", "", NOTHING, True)


@lru_cache(maxsize=4096)
def _marks(identity: str, names: str) -> tuple[bool, bool]:
    """Whether an element of that id and those classes is marked as a title, and whether as an article's body."""
    classes = names.split()
    title = identity in _TITLE_IDS or not _TITLE_CLASSES.isdisjoint(names.lower().split())
    body = identity in _BODY_IDS or identity.startswith(_VSB) or not _BODY_CLASSES.isdisjoint(classes)
    return title, body


def marks_of(tag: Tag) -> tuple[bool, bool]:
    """Whether the element is marked as an article's title, and whether as its body."""
    title, body = _marks((tag.get("id") or "")[:LONGEST_KEPT], (tag.get("class") or "")[:LONGEST_KEPT])
    return title and tag.name not in _NO_TITLES, body


def attributes_of(written: str) -> dict[str, str]:
    """The attributes of a tag that is written so, by their names in small letters; the first of a name counts."""
    return _known_attributes(written) if len(written) <= LONGEST_KEPT else _attributes(written)


def _attributes(written: str) -> dict[str, str]:
    attributes: dict[str, str] = {}
    found: Iterable[re.Match[str]] = _ATTRIBUTE.finditer(written)
    for number, match in enumerate(found):
        if number:  # the first is the tag's name
            value = match[2] or ""
            quoted = value[:1] in ("'", '"')
            attributes.setdefault(match[1].lower(), attribute_text(value[1:-1] if quoted else value))
    return attributes


_known_attributes = lru_cache(maxsize=1024)(_attributes)
