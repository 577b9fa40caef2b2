"""Everything in a document that names an agency, by where it stands."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

from config.sectors import Body, sector_of
from pipelines.documents.model import Document, Paragraph
from pipelines.identity.dates import Signature
from pipelines.identity.folding import folded, without_citations
from pipelines.identity.name import INNER_OFFICE, WHOLE_SYSTEM, Name, read_name
from pipelines.identity.title import YEAR, Title, read_piece

_PUBLISHER_LABEL = re.compile(
    r"(?:信息|公开)?(?:发布|发文|公开|制发|制定|制作|印发|责任|所属|提供|供稿|主办|生成)(?:机构|机关|单位|主体|部门|者)"
    r"|(?:信息|文章|稿件|内容)?来源|稿源|单位名称|作者"
)
_OPEN_OFFICE = r"(?:政府信息(?:与政务)?公开|政务公开|信息公开)(?:工作)?(?:领导小组)?(?:办公室|机构|办|科)?"
_COMPILED = re.compile(
    rf"由(?P<name>[一-鿿（）、]{{3,30}}?)(?:{_OPEN_OFFICE})?"
    r"(?:按照|根据|依据|依照|结合|负责|组织|牵头|统一|汇总|综合|编制|编写|编撰|制作|撰写|起草|整理)"
)
_CONTACT = re.compile(
    # Each way begins with a letter of its own: a search skips to one of them at once.
    r"(?:请(?:(?:直接|径)?与|联系|向|致电)|可(?:(?:以|直接)?与|联系|致电)|直接与|径与|联系(?:单位|部门|机构)|受理(?:单位|部门|机构))[:]?"
    r"(?P<name>[一-鿿（）]{3,30}?)(?:\d+室?)?(?:联系|（|,|，|。|:|;|政府信息公开|政务公开|咨询|反映|反馈|垂询|地址|电话)"
)
_REPORT_OF = re.compile(
    rf"{YEAR.pattern}年?度?(?!政府信息|政务|信息)(?P<name>[一-鿿（）]{{3,30}}?)的?"
    r"(?:政府信息|政务|信息)公开(?:工作)?(?:年度)?(?:工作)?(?:情况)?(?:的)?(?:报告|年报|情况)"
)
_CALLED = re.compile(r"(?P<name>[一-鿿]{4,30})（(?:以下|下文|后文)?统?简称")
# What a body does in the first sentences of its report; the clause before it is who does.
_ACTS = re.compile(
    r"特向社会(?:公布|公开)|向社会(?:公布|公开)|现|特|编制|编写|撰写|制作|公布|发布|认真|严格|坚持|深入|高度|全面|积极|继续|始终|紧紧|切实|不断|共|主动"
    r"|办公室对|20\d\d年度?政府信息公开|度政府信息公开|政府信息公开"
)
_ACTOR = re.compile(r"[一-鿿]{3,24}")
_CLAUSE_ENDS = ",，。；;、"
_SHOWN_SOURCE = re.compile(r"(?:来源|发布机构|发布单位|发布部门|发文机关|信息来源|稿源)[:：]\s*([^\s:：|]{3,40})")
# What stands behind the source in the same line, its space lost: 来源：青岛市卫生健康委员会字体：【大 中 小】
_FURNITURE = re.compile(
    r"(?:发布|发稿|更新|时间|日期|字体|字号|点击|浏览|阅读|访问|打印|作者|编辑|责任编辑|分享|【).*$"
)


@dataclass(frozen=True, slots=True)
class Witness:
    """One place that names an agency.

    ``source`` is title, headline (a government in the line above a title without a name, perhaps a banner), unread (a
    title that ends as a body's name does, but names none that is known), signature,
    compiled (由…编制), called (…以下简称, 2020年度…信息公开), publisher (uploader where that is a government or its
    office), contact, opening (who acts in the first sentences) or site.
    """

    source: str
    name: Name


def witnesses(document: Document, title: Title | None, signature: Signature | None, text: str) -> tuple[Witness, ...]:
    """All witnesses. ``text`` is the main text, folded, a line a paragraph."""
    found = _of_title(title) if title else []
    lines = signature.lines if signature else ()
    found += [Witness("signature", _outer(name)) for line in lines if (name := read_piece(line)) is not None]
    beginning, end = without_citations(text[:4000])[:2500], text[-600:]
    found += [Witness("compiled", name) for name in _matched(_COMPILED, beginning)]
    # The pattern looks back from every letter, and few reports say what they call themselves.
    called = _matched(_CALLED, beginning) if "简称" in beginning else []
    found += [Witness("called", name) for name in called + _matched(_REPORT_OF, beginning)]
    found += [Witness("contact", name) for name in _matched(_CONTACT, beginning) + _matched(_CONTACT, end)]
    found += [Witness("uploader" if name.is_government else "publisher", name) for name in _publishers(document)]
    found += [Witness("opening", name) for name in _speaking(beginning, text)]
    sites = (value for key, value in document.meta if key == "sitename")
    found += [Witness("site", name) for value in sites if (name := read_name(_site_owner(value))) is not None]
    if title and title.system:
        found = [Witness(witness.source, _over_system(witness.name, title.system)) for witness in found]
    return tuple(dict.fromkeys(found))


def _over_system(name: Name, system: str) -> Name:
    """山东省税务局（全系统） where 山东省税务局 signs a report titled 全省税务系统; a body of another field stays."""
    heads = any(body.sector and body.sector == sector_of(system) for body in name.options)
    return replace(name, scope=WHOLE_SYSTEM) if heads and not name.scope else name


def _of_title(title: Title) -> list[Witness]:
    named = [Witness("headline" if title.above and name.is_government else "title", name) for name in title.names]
    if title.unread:
        # Taken as printed, as a name in a division that the table lacks.
        named = [Witness("unread", Name(title.unread, "body", options=(Body("", ""),), unlisted=title.unread))]
    return [*named, *(Witness("site", name) for name in title.site)]


def _publishers(document: Document) -> list[Name]:
    """The bodies of the article's metadata table, of the line below its title, and of the meta tag ContentSource."""
    values = [value for label, value in document.fields if _PUBLISHER_LABEL.fullmatch(label)]
    for paragraph in islice((block for block in document.blocks if isinstance(block, Paragraph)), 40):
        text = paragraph.text
        if len(text) < 200 and ("：" in text or ":" in text):
            values += [_FURNITURE.sub("", value) for value in _SHOWN_SOURCE.findall(text)]
    values += [value for key, value in document.meta if key == "contentsource"]
    return [_outer(name) for value in values if value and (name := read_piece(value)) is not None]


def _speaking(beginning: str, text: str) -> list[Name]:
    """Who acts in the opening's sentences (县卫健局认真贯彻 …), the name that the text writes most often first.

    A division or its government acts in every report; only under its full name may it be the report's own. Several
    bodies that are named once each are others, of which the text tells.
    """
    names = [
        name
        for name in dict.fromkeys(_names(dict.fromkeys(filter(None, map(_actor, dict.fromkeys(_clauses(beginning)))))))
        if not name.is_government or (name.kind == "body" and name.is_complete)
    ]
    ranked = sorted(names, key=lambda name: -text.count(name.written))
    if ranked and text.count(ranked[0].written) < 2 and any(name.options != ranked[0].options for name in ranked):
        return []
    return ranked


def _clauses(text: str) -> list[str]:
    for mark in _CLAUSE_ENDS:
        text = text.replace(mark, "\n")
    return text.split("\n")


@lru_cache(maxsize=8192)
def _actor(clause: str) -> str | None:
    """Who acts in a clause, if it begins with that; remembered, because reports share most of their clauses."""
    act = _ACTS.search(clause, 3, 40)
    return clause[: act.start()] if act and _ACTOR.fullmatch(clause, 0, act.start()) else None


def _matched(pattern: re.Pattern[str], text: str) -> list[Name]:
    """The names that ``pattern`` finds, in the order of the text."""
    return _names(match["name"] for match in pattern.finditer(text))


def _names(pieces: Iterable[str]) -> list[Name]:
    found = []
    for piece in pieces:
        # 由福州市晋安区人民政府信息公开办编制: one 政府 for two words.
        piece = piece.partition("（以下")[0]
        piece += "政府" if piece.endswith("人民") else ""
        name = read_piece(piece)
        if name is not None and name.kind != "unknown" and (name.is_placed or not name.is_government):
            found.append(_outer(name))
    return found


def _outer(name: Name) -> Name:
    """The body itself, where the name is of one of its rooms."""
    if INNER_OFFICE.fullmatch(name.tail) and name.written.endswith(name.tail):
        return read_name(name.written.removesuffix(name.tail)) or name
    return name


def _site_owner(value: str) -> str:
    """青岛市卫生健康委员会网站 → 青岛市卫生健康委员会; a portal's brand (青岛政务网) names nobody."""
    line = folded(value)
    return re.sub(r"(?:官方|门户|政府)*(?:网站|官网|门户|政府网|信息网|网)$", "", line)
