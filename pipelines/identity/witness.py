"""Everything in a document that names an agency, by where it stands."""

import re
from dataclasses import dataclass

from pipelines.documents.model import Document
from pipelines.identity.dates import Signature
from pipelines.identity.folding import folded
from pipelines.identity.name import Name, read_name
from pipelines.identity.title import Title, read_piece

_PUBLISHER_LABEL = re.compile(
    r"(?:信息|公开)?(?:发布|发文|公开|制发|制定|制作|印发|责任|所属|提供|供稿|主办|生成)(?:机构|机关|单位|主体|部门|者)"
    r"|(?:信息|文章|稿件|内容)?来源|稿源|单位名称|作者"
)
_COMPILED = re.compile(
    r"由(?P<name>[一-鿿（）、]{3,30}?)"
    r"(?:政府信息(?:与政务)?公开(?:工作)?(?:领导小组)?(?:办公室|机构)?|政务公开(?:工作)?(?:领导小组)?(?:办公室|科)?)?"
    r"(?:按照|根据|依据|依照|结合|负责|组织|牵头|统一|汇总|综合|编制|编写|编撰|制作|撰写|起草|整理)"
)
_CONTACT = re.compile(
    r"(?:请与|请径与|可与|请直接与|可直接与|请联系|可联系|联系单位:|受理机构:|联系部门:|直接与|径与|请向)(?P<name>[一-鿿（）]{3,30}?)"
    r"(?:联系|（|,|，|。|:|;|政府信息公开|政务公开|咨询|反映|反馈|垂询|地址|电话)"
)
_CALLED = re.compile(r"(?P<name>[一-鿿]{4,30})（(?:以下|下文|后文)?统?简称")
_PUBLISHES = re.compile(
    r"(?:^|[,，。；;、])(?P<name>[一-鿿]{3,24}?)(?:特?向社会(?:公布|公开)|(?:现|特|编制|制作|公布|发布|认真|严格|坚持|深入|高度|全面|积极|继续|始终|紧紧|切实|不断|共)"
    r"|(?:20\d\d年)?度?政府信息公开)"
)
# 与山亭区卫生健康局办公室联系: an office of the house is the address, not the agency.
_INNER_OFFICES = ("办公室", "综合科", "综合处", "宣传科", "政策法规科", "信息中心")


@dataclass(frozen=True, slots=True)
class Witness:
    """One place that names an agency; ``source``: title, signature, compiled, contact, publisher, opening, site."""

    source: str
    name: Name


def witnesses(document: Document, title: Title | None, signature: Signature | None, text: str) -> tuple[Witness, ...]:
    """All witnesses, the most reliable kind first. ``text`` is the main text, folded, a line a paragraph."""
    found = [Witness("title", name) for name in (title.names if title else ())]
    found += [
        Witness("signature", _outer(name))
        for line in (signature.lines if signature else ())
        if (name := read_piece(line))
    ]
    opening = text[:2500]
    found += [Witness("compiled", name) for name in _matched(_COMPILED, opening)]
    found += [Witness("called", name) for name in _matched(_CALLED, opening)]
    found += [Witness("contact", name) for name in _matched(_CONTACT, opening) + _matched(_CONTACT, text[-600:])]
    found += [Witness("publisher", name) for name in publishers(document)]
    found += [Witness("opening", name) for name in _matched(_PUBLISHES, text[:900])]
    sites = (value for key, value in document.meta if key == "sitename")
    found += [Witness("site", name) for value in sites if (name := read_name(_site_owner(value))) is not None]
    found += [Witness("site", name) for name in (title.site if title else ())]
    return tuple(dict.fromkeys(found))


def publishers(document: Document) -> list[Name]:
    """The bodies of the article's metadata table and of the meta tag ContentSource."""
    values = [value for label, value in document.fields if _PUBLISHER_LABEL.fullmatch(label)]
    values += [value for key, value in document.meta if key == "contentsource"]
    return [_outer(name) for value in values if value and (name := read_piece(value)) is not None]


def _matched(pattern: re.Pattern[str], text: str) -> list[Name]:
    found = []
    for match in pattern.finditer(text):
        piece = match["name"]
        name = read_piece(piece) or read_piece(_without_inner_office(piece))
        if name is not None and name.kind != "unknown":
            found.append(_outer(name))
    return found


def _outer(name: Name) -> Name:
    """The body itself, where the name is of one of its rooms."""
    if name.tail in _INNER_OFFICES and name.written.endswith(name.tail):
        return read_name(name.written.removesuffix(name.tail)) or name
    return name


def _without_inner_office(piece: str) -> str:
    for office in _INNER_OFFICES:
        piece = piece.removesuffix(office)
    return piece


def _site_owner(value: str) -> str:
    """青岛市卫生健康委员会网站 → 青岛市卫生健康委员会; a portal's brand (青岛政务网) names nobody."""
    line = folded(value)
    return re.sub(r"(?:官方|门户|政府)*(?:网站|官网|门户|政府网|信息网|网)$", "", line)
