"""The report's own title, and the parts of it that may name the agency."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from pipelines.documents.model import Document, Paragraph
from pipelines.identity.folding import ANY_YEAR, folded
from pipelines.identity.name import Name, begins_with_division, ends_as_body, read_name, read_scope

# What makes a line the title of such a report. 公开年报, 公开工作报告, 年度报告（公开） all occur, or dots at a cut.
REPORT = re.compile(r"(?:政府|政务)?(?:政府)?(?:信息|政务)公开.{0,14}?(?:报告|年报|总结|\.\.+$)|(?:年度报告|年报)")
YEAR = re.compile(rf"(?:{ANY_YEAR})")
_FIRST_PLACE = re.compile(r".{2,8}?[省市州盟县区旗]")
_BARE_YEAR = re.compile(rf"{YEAR.pattern}年?度?")
_NAMED_YEAR = re.compile(rf"(?P<name>[^\d]{{4,30}}){YEAR.pattern}年?度?")
_TOKEN = re.compile(
    rf"（{YEAR.pattern}年?度?）|{YEAR.pattern}年?(?:度|份)?(?:\d{{1,2}}月(?:\d{{1,2}}日)?)?|(?<!\d)[012]\d年度?$"
    r"|[《》“”\"'「」\-—–:,，;·/]|^附件?\d*|^(?:图解|一图读懂)"
)
_LEAD_WORD = (
    r"(?:关于|印发|公布|发布|公开|转发|报送|现将|现|根据|按照|由|附件?\d*|的|原|将|年度|年|度|对|在|与|向|和"
    r"|第\d+号|\d+[.、]?)"
)
_LEAD = re.compile(rf"^{_LEAD_WORD}+")
_NEXT_LEAD = re.compile(_LEAD_WORD)
_END = re.compile(r"(?:关于|印发|公布|发布|报送|上报|的|在|年度|年|度|开展|做好|推进|本年度)+$")
_STOP = re.compile(r"政府信息公开|政务信息公开|信息公开|政务公开|年度工作报告|年度报告|工作报告|年报|依申请公开")
_SENTENCE = re.compile(r"。|^(?:本报告|本年报|本年度报告)|编制而成|制作本报告|编制本|请与|联系人|报告如下")
_BODY = re.compile(r"\s(?=根据|按照|依据|为|本|现|一、)")
_BAR = re.compile(r"[_|]|-(?=[一-鿿]{2,24}$)|—+(?=[一-鿿]{2,24}$)")
_SYSTEM = re.compile(r"(?P<field>[一-鿿]{2,12})(?:全?系统|（全系统）)")
_LABEL = re.compile(r"【[^】]{0,12}】")
_IN_BRACKETS = re.compile(r"（([^（）]{2,40})）")
LONGEST_TITLE = 90
_LONGEST_LEAD = 12
_SHORTEST_UNREAD = 8


@dataclass(frozen=True, slots=True)
class Title:
    """``text`` as printed (an agency line above it included), ``names`` that stand in it, the likeliest first.

    ``above`` says that they stand in the line above, which may be the portal's banner. ``site`` are the names behind
    a bar at the end, where browsers' titles carry the owner of the site. ``system`` is the field whose bodies the
    report covers all (全省税务 in 2021年度全省税务系统…年报). ``unread`` ends as a body's name does,
    but is none that is known: whose report it is, others can't say then.
    """

    text: str
    names: tuple[Name, ...]
    site: tuple[Name, ...] = ()
    above: bool = False
    system: str = ""
    unread: str = ""


def find_title(document: Document) -> Title | None:
    """The best title of the document that is a report's, or None: from the given titles, then from the first lines;
    one that names the agency before one that doesn't; at last a bare year, perhaps behind an agency's name, as trees of
    years title their leaves.
    """
    first = None
    for title in _candidates(document):
        if title.names:
            return title
        first = first or title
    return first


def _candidates(document: Document) -> Iterator[Title]:
    given = list(dict.fromkeys(text for _, text in document.titles))
    yield from (read_title(text) for text in given if is_title(text))
    yield from _from_lines(document)
    yield from (leaf for text in given if (leaf := _leaf(text)) is not None)


def _leaf(text: str) -> Title | None:
    line = folded(text)
    named = _NAMED_YEAR.fullmatch(line)
    name = read_piece(named["name"]) if named else None
    if name is not None and name.kind != "unknown":
        return Title(text.strip(), (name,))
    return Title(text.strip(), ()) if _BARE_YEAR.fullmatch(line) else None


def _from_lines(document: Document) -> Iterator[Title]:
    """Titles among the first main paragraphs, with the agency line that may stand above or, in brackets, below."""
    blocks = [block for block in document.blocks[:25] if isinstance(block, Paragraph) and block.main]
    lines = [_without_body(block.text) for block in blocks if block.text.strip()]
    for number, line in enumerate(lines[:15]):
        if not is_title(line):
            continue
        title = read_title(line)
        if title.names:
            yield title
        elif number and (above := _names_in(folded(lines[number - 1]))):
            yield Title(lines[number - 1] + title.text, above, above=True)
        elif number + 1 < len(lines) and (below := _bracketed(folded(lines[number + 1]))):
            yield Title(title.text, below)
        else:
            yield title


def _without_body(text: str) -> str:
    """The title alone where the text goes on behind it in the same paragraph, parted by white space."""
    if len(text) <= LONGEST_TITLE:
        return text
    head = _BODY.split(text, maxsplit=1)[0].rstrip()
    return head if len(head) <= LONGEST_TITLE and REPORT.search(head) else text


@lru_cache(maxsize=8192)
def is_title(text: str) -> bool:
    """A short line that names a report and ends no sentence."""
    line = folded(text)
    if len(line) > LONGEST_TITLE or line.endswith((";", ":")) or _SENTENCE.search(line) or not REPORT.search(line):
        return False
    return "公开" in line or YEAR.search(line) is not None


def read_title(text: str) -> Title:
    """A title line: names stand before the report's words, else in brackets, else right after them."""
    line, *bars = _BAR.split(_LABEL.sub("", folded(text)))
    stop = _STOP.search(line)
    before, after = (line[: stop.start()], line[stop.end() :]) if stop else (line, "")
    if before.endswith("人民"):
        # 山亭区人民政府信息公开年报: one 政府 for two words.
        before += "政府"
    names = (*_names_in(before), *_bracketed(line), *_names_in(after))
    site = tuple(name for bar in bars for name in _names_in(bar))
    named = tuple(dict.fromkeys(_with_scope(name, line) for name in names))
    unread = "" if named else _unread(before)
    return Title(" ".join(text.split()), named, site, system=_system_in(before), unread=unread)


def _unread(text: str) -> str:
    pieces = (_END.sub("", _LEAD.sub("", piece)) for piece in _TOKEN.split(text))
    return next((piece for piece in pieces if len(piece) >= _SHORTEST_UNREAD and ends_as_body(piece)), "")


def _system_in(text: str) -> str:
    pieces = (_SYSTEM.fullmatch(_END.sub("", _LEAD.sub("", piece))) for piece in _TOKEN.split(text))
    return next((piece["field"] for piece in pieces if piece), "")


def _with_scope(name: Name, line: str) -> Name:
    """（本级）may stand behind the whole title."""
    scope = next((found for text in _IN_BRACKETS.findall(line) if (found := read_scope(text))), "")
    return name if name.scope or not scope else replace(name, scope=scope)


def _bracketed(line: str) -> tuple[Name, ...]:
    """The names in brackets; a bare place (中国（山东）自由贸易试验区) is none of them."""
    found = (read_piece(text) for text in _IN_BRACKETS.findall(line))
    return tuple(name for name in found if name is not None and not (name.kind == "region" and name.short))


def _names_in(text: str) -> tuple[Name, ...]:
    """The names among the pieces of ``text`` between years and marks."""
    return tuple(name for piece in _TOKEN.split(text) if piece and (name := read_piece(piece)) is not None)


def _starts(text: str) -> Iterator[int]:
    """Where a name may begin behind words that lead to it; but 关于和田地区 leads to no 田地区."""
    start = 0
    while start <= _LONGEST_LEAD and (word := _NEXT_LEAD.match(text, start)) is not None:
        yield start
        start = word.end()


@lru_cache(maxsize=16384)
def read_piece(piece: str) -> Name | None:
    """The name that a piece of a title or sentence is, without the words that lead to it and away from it; then from
    the first full name of a division on; at last in a place that the table of divisions lacks.
    """
    bare = _END.sub("", piece)
    whole = (read_name(piece), read_name(_LEAD.sub("", bare)))
    placed = (found for start in _starts(bare) if (found := read_name(bare[start:])) is not None and found.divisions)
    listed = whole[0] if whole[0] is not None and not whole[0].unlisted else next(placed, whole[1])
    if listed is not None and not listed.unlisted:
        return listed
    unlisted = whole[1] or whole[0]
    place = _FIRST_PLACE.match(piece) if unlisted else None
    # 青石市青山区 is no district of 武汉, but 公报标题黄石市 is 黄石市. One letter before a listed name is more likely
    # a part of a name (大青山区) than a word of its own.
    for start in range(2 if unlisted else 1, min(len(piece) - 1, place.end() if place else 40)):
        # 山亭区卫生健康局、山亭区医疗保障局 are two.
        if piece[start - 1] != "、" and begins_with_division(piece[start:]):
            found = read_name(_END.sub("", piece[start:]))
            if found is not None and found.kind != "unknown":
                return found
    return unlisted
