"""Read one written name of an agency: which divisions, which kind of body, what its full form may be.

`read_name` only reads; which of several divisions or bodies is meant is decided in `resolve`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from config import divisions
from config.divisions import Division
from config.sectors import (
    Body,
    Head,
    bodies_by_form,
    body_beginnings,
    heads_by_form,
    national_beginnings,
    national_by_form,
    sector_of,
    vocabulary,
    zone_words,
)
from pipelines.identity.folding import folded

_GOVERNMENT = "government"

Kind = Literal["national", "body", "township", "zone", "corps", "region", "unknown"]


@dataclass(frozen=True, slots=True)
class Name:
    """A name as read.

    ``written`` is the text that was read. ``divisions`` are those that the name may begin with (several for
    鼓楼区), empty where none is named; ``generic`` is then the kind of division that stands in its place (市 in
    市卫健委), or None. ``place`` is the township or zone in full, ``options`` the bodies that the rest may
    stand for, ``tail`` a part of the body (市南分局). ``head`` is what stands before the division in vertical
    bodies. ``scope`` is （本级） or （全系统） where the report covers only the body itself or all below it.
    ``unlisted`` is the division's name where the table of divisions has none like it.
    """

    written: str
    kind: Kind
    divisions: tuple[Division, ...] = ()
    generic: str | None = None
    place: str = ""
    options: tuple[Body, ...] = ()
    tail: str = ""
    head: Head | None = None
    scope: str = ""
    short: bool = False
    unlisted: str = ""

    @property
    def is_government(self) -> bool:
        """Whether it is the government of a division, or its office."""
        return self.kind == "region" or (self.kind == "body" and self.options[0].sector == _GOVERNMENT)

    @property
    def is_placed(self) -> bool:
        """Whether it says anything about where: 政府 alone doesn't, 区政府 does."""
        return self.is_complete or bool(self.generic or self.place)

    @property
    def is_complete(self) -> bool:
        """Whether the name says by itself where the body belongs, if not which of several such places."""
        return bool(self.divisions or self.unlisted) or self.kind == "national"


_GENERIC = re.compile(r"自治区|自治州|自治县|[省市州盟县区旗]")
# 市 and 区 begin words of their own that name no division.
_COMMON_WORD = re.compile(r"市[政容场民域辖级区]|[县区][域划级]|州[级]")
_CORPS = re.compile(r"(?:新疆生产建设)?兵团(?P<unit>第[一二三四五六七八九十]{1,3}师)?(?P<rest>.*)")
WHOLE_SYSTEM = "（全系统）"
_SCOPES = (
    # 公安厅机关 is the department's own house; 税务机关 and 行政机关 are words for many.
    ("（本级）", re.compile(r"（?(?:本级机关|机关本级|机关本部|本级|本机关)）?$|（机关）$|(?<=[局厅委会署部])机关$")),
    (WHOLE_SYSTEM, re.compile(r"（?(?:全系统|系统|含下属单位|含所属单位)）?$")),
)
_OFFICES = {
    "人民政府": "人民政府",
    "政府": "人民政府",
    "人民政府办公室": "人民政府办公室",
    "政府办公室": "人民政府办公室",
    "人民政府办": "人民政府办公室",
    "政府办": "人民政府办公室",
    "府办": "人民政府办公室",
    "人民政府办公厅": "人民政府办公厅",
    "政府办公厅": "人民政府办公厅",
    "行政公署": "行政公署",
    "行署": "行政公署",
    "行政公署办公室": "行政公署办公室",
    "行署办公室": "行政公署办公室",
    "行署办": "行政公署办公室",
}
_TOWNSHIP = re.compile(
    # 城乡水务局 is of no township.
    r"(?!.{0,8}(?:城乡|城镇|乡镇))(?P<name>[一-鿿·]{1,9}?(?:民族乡|民族苏木|街道|镇|乡|苏木)(?![镇乡]))"
    r"(?P<office>人民政府办公室|人民政府|政府|街道办事处|办事处|街道办|办|党工委|)(?P<rest>.*)"
)
# What some zones have in the place of a committee: 深圳市前海深港现代服务业合作区管理局.
_ZONE_AUTHORITY = ("管理局", "管理处", "管理中心", "管理办公室")
_ZONE_OFFICE = re.compile(r"(?:党工委)?(管理委员会|管委会|管委|工作委员会|工委|)")
_COMMITTEES = ("管理委员会", "管委会")
_OWN_ZONE = re.compile(rf"(?P<place>[一-鿿]{{3,16}}[区城园港])(?:党工委)?(?:{'|'.join(_COMMITTEES)})")
_TAIL = re.compile(
    r"[一-鿿]{2,20}(?:分局|支队|大队|中队|稽查局|所|中心|站|队|总站|总队|局|办公室|科|处|馆|院|学校)|分局"
)
_OUTPOST = re.compile(r"[一-鿿]{2,15}(?:局|分局|办公室|办事处|专员办|委员会|总队|大队|中心)")
# A room of the house, not an agency: 山亭区卫生健康局办公室, 西街街道党政办.
INNER_OFFICE = re.compile(
    r"(?:党政|综合|党政综合|行政|局|委|厅)?(?:办公室|办)|(?:综合|宣传|秘书|政策法规|政务公开|信息|文秘|行政)[科处股室]|信息中心"
)
# A whole name that the vocabulary does not know is taken as it stands when it ends like an agency.
_UNKNOWN = re.compile(
    r"[一-鿿、]{2,24}(?:委员会|办公室|办公厅|办事处|联合会|联合社|管理局|指挥部|研究院|研究所|委|局|厅|署|院|校|学院|大学|学校|医院"
    r"|卫生院|中心|总队|支队|大队|队|所|站|馆|处|社|集团|有限公司|公司|银行|法院|检察院|总工会|协会|学会|中学|小学|幼儿园|气象台|海关|筹备组|研究室|参事室|督查室|监狱|电视台|林场|总会)"
)
_NO_NAME = re.compile(
    r"公开|报告|印发|公布|转发|根据|按照|关于|依据|现将|以及|主动|统计|年度|编制|网站|数据如下|为了|通过|我[局委厅市区县]|各|全[市区县省]|本[局委厅单机]"
    r"|有关|相关|其他|上级|所属|下属|要求|规定|落实"
)
# Zones that are called by their kind alone only together with the place's name.
_NEEDS_NAME = ("新区", "示范区", "园区", "景区", "矿区", "新城", "管理区", "港区", "商务区", "示范园")
# A division's name in full, as its own documents print it; with a city before a county.
_UNLISTED = re.compile(
    r"[^全各该本我原市县区][一-鿿]{1,6}(?:自治[区州县旗]|地区|林区|[省市州盟县区旗])(?:[一-鿿]{2,6}(?:自治[县旗]|[市县区旗]))?"
)
_KIND_ENDS = frozenset("区州县旗省市盟")
_BRACKETED = re.compile(r"（([^（）]*)）")


@lru_cache(maxsize=16384)
def read_name(text: str) -> Name | None:
    """The name that ``text`` is as a whole, or None where it is none."""
    written = text.strip()
    bare, scope = _scope(folded(written).strip("，。、；;,.:：·-—|_*#“”\"'《》【】"))
    bare = _without_second_name(bare)
    if not 2 <= len(bare) <= 45:
        return None
    found = max(_readings(bare), key=_rank, default=None)
    return None if found is None else replace(found, written=written, scope=scope)


def _scope(text: str) -> tuple[str, str]:
    """The name without its mark of what the report covers, and that mark in one spelling."""
    for mark, pattern in _SCOPES:
        found = pattern.search(text)
        if found and found.start() > 1:
            return text[: found.start()], mark
    return text, ""


def read_scope(text: str) -> str:
    """The mark （本级） or （全系统） that ``text``, found in brackets, is as a whole, or ''."""
    return next((mark for mark, pattern in _SCOPES if pattern.fullmatch(f"（{text}）")), "")


def ends_as_body(text: str) -> bool:
    """Whether ``text`` as a whole ends as the name of a body does, and not as one of a known field."""
    return _UNKNOWN.fullmatch(text) is not None and not _NO_NAME.search(text) and sector_of(text) is None


def begins_with_division(text: str) -> bool:
    """Whether ``text`` begins with the full name of a division."""
    return any(one.name == text[:size] for size, found in divisions.beginning(text) for one in found)


def _without_second_name(text: str) -> str:
    """文化和旅游局（广播电视局）is 文化和旅游局: the name in brackets is the same body's second sign."""
    return _BRACKETED.sub("", text)


def _rank(name: Name) -> tuple[int, int]:
    """How well a reading explains the text: the kinds that need more knowledge first, then what leaves the least
    beside the divisions.
    """
    order = {"national": 6, "body": 5, "region": 5, "corps": 5, "zone": 4, "township": 4, "unknown": 1}
    # Zones are named after the short name of their city: 青岛高新区.
    weight = order[name.kind] * 2 - (1 if name.tail else 0) - (1 if name.short and name.kind != "zone" else 0)
    if name.unlisted:
        weight = 3
    elif name.kind == "township" and not name.divisions and _UNLISTED.match(name.place):
        # 青石市柳河镇 is a township of 青石市, not one of that name.
        weight = 2
    if name.kind == "township" and name.tail and (name.short or not name.divisions):
        # 肥乡区区划地名中心 is no 肥乡: an office of a township is the last thing to think of.
        weight = 1
    return weight, -len(name.written)


def _readings(text: str) -> Iterator[Name]:
    national = national_by_form().get(text)
    if national is not None:
        yield Name(text, "national", options=(national,))
    yield from _corps(text)
    headed = [replace(found, head=head) for head, rest in _heads(text) for found in _local(rest, head)]
    yield from headed or _outposts(text)
    yield from _local(text, None)


def _heads(text: str) -> Iterator[tuple[Head, str]]:
    for size, head in heads_by_form().of(text):
        if len(text) > size + 2:
            yield head, text[size:]


def _outposts(text: str) -> Iterator[Name]:
    """A national body's office in a region: 审计署驻济南特派员办事处, 水利部黄河水利委员会."""
    for size, national in national_beginnings().of(text):
        if size > 2 and _OUTPOST.fullmatch(text, size):
            yield Name(text, "national", options=(Body(national.name + text[size:], national.sector),))
            return


def _local(text: str, head: Head | None) -> Iterator[Name]:
    for found, rest, short in _beginnings(text):
        if not rest and head is None:
            yield Name("", "region", found, short=short)
        elif rest:
            # A division that is only written short needs a rest that is well known: 市中 + 小企业局 is none.
            for name in _known(rest, head) if short else _rest(rest, head):
                if not short or (name.kind in ("body", "zone", "township") and not _is_mountain(rest, name)):
                    yield replace(name, divisions=found, short=short)
    generic = _GENERIC.match(text)
    if generic and generic.end() < len(text):
        rest = text[generic.end() :]
        for name in _rest(rest, head):
            if name.kind != "unknown" or (len(rest) > 2 and not _COMMON_WORD.match(text)):
                yield replace(name, generic=generic[0])
    yield from _known(text, head)
    if head is None:
        yield from _unlisted(text)


def _is_mountain(rest: str, name: Name) -> bool:
    """长白山保护开发区 is not one of 长白."""
    return name.kind == "zone" and rest.startswith("山")


def _unlisted(text: str) -> Iterator[Name]:
    """A well-known body in a division that the table lacks: a new one, a renamed one, a misspelt one."""
    for end in range(3, min(len(text), 14) + 1):
        if text[end - 1] not in _KIND_ENDS:
            continue
        place, rest = text[:end], text[end:]
        if not _UNLISTED.fullmatch(place) or _NO_NAME.search(place) or begins_with_division(place):
            continue
        if not rest and not place.endswith(("区", "城市")):
            yield Name("", "region", unlisted=place)
        yield from (
            replace(name, unlisted=place)
            for name in _known(rest, None)
            if name.kind == "body" or (name.kind == "township" and not name.tail)
        )


def _beginnings(text: str) -> Iterator[tuple[tuple[Division, ...], str, bool]]:
    """Every way to read divisions off the front: the last named one's candidates, the rest, whether written short."""
    for size, found in divisions.beginning(text):
        rest, full = text[size:], tuple(one for one in found if one.name == text[:size])
        # 延边州 and 长阳县 say their kind: as good as the full name. 徐州 says none, nor does 巴州, if it is 巴州区.
        kind = text[size - 1]
        short = not full and not (kind in "州县旗盟" and all(one.name.endswith(kind) for one in found))
        if any(one.until is None for one in full):
            found = full
        yield found, rest, short
        for deeper, last, deep_short in _beginnings(rest):
            inside = tuple(one for one in deeper if any(_under(one, above) for above in found))
            if inside:
                yield inside, last, deep_short


def _under(division: Division, above: Division) -> bool:
    return division.code != above.code and divisions.contains(above.code, division.code)


def _rest(text: str, head: Head | None) -> Iterator[Name]:
    """What follows the division, be it known or not."""
    yield from _known(text, head)
    listed = head is not None or text in _OFFICES or text in bodies_by_form() or _is_joint(text)
    if not listed and _UNKNOWN.fullmatch(text) and not _NO_NAME.search(text):
        yield Name(text, "unknown", options=(Body(text, sector_of(text) or ""),))


def _is_joint(text: str) -> bool:
    """Whether two bodies stand there: 卫生健康局、山亭区医疗保障局."""
    one, mark, other = text.partition("、")
    return bool(mark) and (one in bodies_by_form() or begins_with_division(other))


def _known(text: str, head: Head | None) -> Iterator[Name]:
    """What the vocabulary, or the shape of townships and zones, makes of what follows the division."""
    if head is not None:
        yield from _headed(text, head)
        return
    office = _OFFICES.get(text)
    if office is not None:
        yield Name(text, "body", options=(Body(office, _GOVERNMENT),))
        return
    known = bodies_by_form().get(text)
    if known is not None:
        yield Name(text, "body", options=known)
        return
    yield from _zone(text)
    yield from _township(text)
    yield from _with_tail(text)


def _headed(text: str, head: Head) -> Iterator[Name]:
    for form in head.bodies:
        if text == form:
            yield Name(text, "body", options=(Body(form, head.sector),))
        elif text.startswith(form) and _TAIL.fullmatch(text[len(form) :]):
            yield Name(text, "body", options=(Body(form, head.sector),), tail=text[len(form) :])
    for zone in _zone(text):
        if any(body.name in head.bodies for body in zone.options):
            yield zone


def _corps(text: str) -> Iterator[Name]:
    """The production corps of 新疆, its divisions (师) and their departments; it has no code in GB/T 2260."""
    found = _CORPS.fullmatch(text)
    if not found:
        return
    rest = found["rest"]
    options = bodies_by_form().get(rest) if rest else (Body("", _GOVERNMENT),)
    if options:
        yield Name(rest, "corps", place="新疆生产建设兵团" + (found["unit"] or ""), options=options)


def _zone(text: str) -> Iterator[Name]:
    """A development zone with its committee or one of its departments: 高新区管委会, 经济开发区财政局."""
    if not zone_words().search(text):
        # A kind of its own (国际港务区): its committee says that it is a zone.
        own = _OWN_ZONE.fullmatch(text) if text.endswith(_COMMITTEES) else None
        if own and not _NO_NAME.search(text):
            yield Name(text, "zone", place=own["place"], options=(Body("管理委员会", _GOVERNMENT),))
        return
    for short, full in vocabulary().zones.items():
        start = text.find(short)
        if start < 0 or (start == 0 and short in _NEEDS_NAME):
            continue
        place, rest = text[:start] + (full if full and isinstance(full, str) else short), text[start + len(short) :]
        if _NO_NAME.search(place) or not all("一" <= letter <= "鿿" or letter == "·" for letter in place):
            continue
        committee = _ZONE_OFFICE.match(rest)
        after = rest[committee.end() :] if committee else rest
        if not after:
            yield Name(text, "zone", place=place, options=(Body("管理委员会", _GOVERNMENT),))
        elif after in bodies_by_form():
            yield Name(text, "zone", place=place, options=bodies_by_form()[after])
        elif rest in _ZONE_AUTHORITY:
            yield Name(text, "zone", place=place, options=(Body(rest, _GOVERNMENT),))
        elif INNER_OFFICE.fullmatch(after):
            yield Name(text, "zone", place=place, options=(Body("管理委员会", _GOVERNMENT),), tail=after)


def _township(text: str) -> Iterator[Name]:
    # 越秀区人民政府北京街道办事处 is the official way to write 越秀区北京街道办事处.
    found = _TOWNSHIP.fullmatch(text.removeprefix("人民政府"))
    if not found or _NO_NAME.search(text):
        return
    name, office, rest = found["name"], found["office"], found["rest"]
    if rest and not _TAIL.fullmatch(rest) and not INNER_OFFICE.fullmatch(rest):
        return
    street = name.endswith("街道")
    government = "办事处" if street else "人民政府"
    if office == "人民政府办公室":
        government = office
    yield Name(text, "township", place=name, options=(Body(government, _GOVERNMENT),), tail=rest)


def _with_tail(text: str) -> Iterator[Name]:
    """A known body and a part of it: 公安局市南分局, 交通运输局综合执法大队."""
    for size, known in body_beginnings().of(text):
        if _TAIL.fullmatch(text, size) or INNER_OFFICE.fullmatch(text, size):
            yield Name(text, "body", options=known, tail=text[size:])
            return
