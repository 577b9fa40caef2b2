"""From a written name to the agency: which division is meant, which body, and the full official name.

One agency has one name, however it was written: that of a county-level body begins with the county's own name
(山亭区卫生健康局, also where 枣庄市山亭区卫健局 is printed), that of a township with its county, that of a zone
with the short name of its city. What the hints leave open stays open: nothing is taken because it is near.
"""

import re
from dataclasses import dataclass, replace

from config import divisions
from config.divisions import Division
from config.sectors import Body, Head, vocabulary
from pipelines.identity.name import Name
from pipelines.report import Agency

# 市 may be a prefecture or a county, 区 a county or a zone: their names alone don't tell.
_LEVELS = {"省": "province", "州": "prefecture", "盟": "prefecture", "县": "county", "旗": "county"}
_PREFECTURE_OFFICES = {"盟": "行政公署", "地区": "行政公署"}
_KINDS = {"自治区": ("自治区",), "自治州": ("自治州",), "自治县": ("自治县",), "州": ("自治州",)}
_PLACES = re.compile(r"[一-鿿]{2,11}?[省市州盟县区旗]")


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known beside the name.

    ``codes`` are the divisions that the address and the page's own marks give, the most reliable first. ``names``
    are the other names that the report gives for its agency, ``heard`` those that its sentences and the site's
    marks mention, which may be others'. ``text`` is the main text, folded, ``year`` the statistical year.
    """

    codes: tuple[str, ...] = ()
    names: tuple[Name, ...] = ()
    heard: tuple[Name, ...] = ()
    text: str = ""
    year: int | None = None


def resolve(name: Name, hints: Hints) -> Agency | None:
    """The agency, with ``division`` None where several are possible; None where the name can't be completed."""
    told = _with_full_zone(name, hints) if name.kind == "zone" else name
    return None if told is None else _completed(told, hints)


def _completed(name: Name, hints: Hints) -> Agency | None:
    if name.kind == "national":
        return Agency(name.options[0].name + name.scope, name.written, None, "national", name.options[0].sector)
    body = _body(name, hints)
    if name.kind == "corps":
        return (
            None
            if _is_open(name, body)
            else Agency(name.place + (body.name if body else "") + name.scope, name.written, sector=_sector(body))
        )
    if name.unlisted:
        return None if _is_open(name, body) else _in_unlisted(name, body)
    found = _divisions(name, hints)
    if name.kind == "township":
        found = _with_townships(found, hints)
        if len(found) != 1:
            return None
    if len(found) == 1:
        division, body = found[0], _body(name, hints, found[0])
        if _is_open(name, body):
            return None
        return Agency(
            _official(name, division, body) + name.scope,
            name.written,
            _own_division(name, division).code,
            _level(name, _own_division(name, division)),
            _sector(body),
        )
    if _is_open(name, body):
        return None
    if name.divisions and not name.short:
        return Agency(
            _as_printed(name, body) + name.scope, name.written, level=_shared_level(name), sector=_sector(body)
        )
    if name.kind == "zone" and not name.place.startswith(tuple(vocabulary().zones)):
        shorts = {one.short for one in name.divisions}
        place = (shorts.pop() if len(shorts) == 1 else "") + name.place
        return Agency(
            _before_division(name, body) + _zone_name(place, body) + name.scope, name.written, sector=_sector(body)
        )
    return None


def _is_open(name: Name, body: Body | None) -> bool:
    """Whether a short form stands for several bodies (文旅局, 教体局) and nothing says for which."""
    return body is None and bool(name.options)


def _in_unlisted(name: Name, body: Body | None) -> Agency:
    """The name is complete as printed; what the table lacks is only the division's code."""
    written = name.unlisted + name.place + (body.name if body else "人民政府") + name.tail
    level = "township" if name.kind == "township" else _LEVELS.get(name.unlisted[-1])
    return Agency(written + name.scope, name.written, None, level, _sector(body))


def agrees(one: Name, other: Name) -> bool:
    """Whether two names may be one agency's: the same kind of body, and divisions that don't exclude each other."""
    if _office(one) != _office(other) and not {body.name for body in one.options} & {
        body.name for body in other.options
    }:
        return False
    if one.kind != other.kind and not {one.kind, other.kind} <= {"body", "region", "unknown"}:
        return False
    if one.place and other.place and not (one.place.endswith(other.place) or other.place.endswith(one.place)):
        return False
    if one.tail != other.tail:
        return False
    if one.unlisted != other.unlisted and (one.is_complete and other.is_complete):
        return False
    if one.divisions and other.divisions:
        return bool({d.code for d in one.divisions} & {d.code for d in other.divisions})
    for named, generic in ((one, other.generic), (other, one.generic)):
        if generic and named.divisions and not any(_is_kind(d, generic) for d in named.divisions):
            return False
    return one.generic == other.generic or not (one.generic and other.generic)


def _office(name: Name) -> str | None:
    """A division alone stands for its government."""
    return "人民政府" if name.kind == "region" else name.options[0].name if len(name.options) == 1 else None


def _divisions(name: Name, hints: Hints) -> tuple[Division, ...]:
    """The divisions that the name may belong to after all hints; exactly one where it is told."""
    if name.divisions:
        return _narrowed(name, name.divisions, hints)
    if name.kind == "zone":
        own = _zone_divisions(name.place)
        if own:
            return _narrowed(name, own, hints)
    for other in hints.names:
        if other.divisions and agrees(name, other):
            return _narrowed(other, other.divisions, hints)
    if name.generic:
        regions = {one for other in hints.names if other.kind == "region" for one in other.divisions}
        kind = tuple(one for one in regions if _is_kind(one, name.generic))
        if len(regions) == 1 and kind:
            return kind
    for code in hints.codes:
        chain = divisions.chain(code)
        found = next((one for one in chain if _is_kind(one, name.generic)), None) if name.generic else chain[0:1]
        if found:
            return found if isinstance(found, tuple) else (found,)
    for other in hints.heard:
        if other.divisions and agrees(name, other):
            return _narrowed(other, other.divisions, hints)
    return _mentioned(name.generic, hints.text) if name.generic else ()


def _with_townships(found: tuple[Division, ...], hints: Hints) -> tuple[Division, ...]:
    """A township lies in a county, or in one of the few prefectures that have none (东莞); where only the prefecture
    is named, the address may tell the county.
    """
    if len(found) != 1 or found[0].level == "county" or not divisions.children(found[0].code):
        return found
    inside = (divisions.division(code) for code in hints.codes if divisions.contains(found[0].code, code))
    return tuple(one for one in inside if one is not None and one.level == "county")[:1]


def _narrowed(name: Name, found: tuple[Division, ...], hints: Hints) -> tuple[Division, ...]:
    """Those of ``found`` that stood in the year, and that other names, the address or the text speak for."""
    if len(found) > 1:
        found = _standing(name, found, hints.year)
    if len(found) > 1 and any(body.name.endswith("厅") for body in name.options):
        found = tuple(one for one in found if one.level == "province") or found
    if len(found) == 1:
        return found
    for other in (*hints.names, *hints.heard):
        if other.divisions and len(other.divisions) < len(found) and agrees(name, other):
            inside = tuple(one for one in found if one in other.divisions)
            if inside:
                return inside
    for code in hints.codes:
        own = tuple(one for one in found if one.code == code)
        near = own or tuple(
            one for one in found if divisions.contains(code, one.code) or divisions.contains(one.code, code)
        )
        if len(near) == 1:
            return near
        found = near or found
    if name.kind == "zone":
        # 黄山风景区 is named after 黄山市 and not after its district 黄山区.
        top = tuple(one for one in found if all(divisions.contains(one.code, other.code) for other in found))
        if top:
            return top
    above = tuple(one for one in found if any(city.name in hints.text for city in _cities_above(one)))
    return above if len(above) == 1 else found


def _cities_above(division: Division) -> tuple[Division, ...]:
    """The prefecture or municipality that a county lies in: what an address writes before it."""
    above = divisions.chain(division.code)[1:]
    return tuple(one for one in above if one.level == "prefecture" or one.is_municipality)


def _standing(name: Name, found: tuple[Division, ...], year: int | None) -> tuple[Division, ...]:
    """Those of ``found`` that stood in the year or beside it: lists lag behind decisions, and names behind lists.

    Without a year, those of today. 东乡县 was one before it is short for 东乡族自治县.
    """
    if year is None:
        return tuple(one for one in found if one.until is None) or found
    stood = tuple(one for one in found if _stood(one, year, 1))
    if len({one.code[:2] for one in stood}) == 1:
        # One followed the other there: 巢湖 the city of a county 巢湖 the prefecture.
        stood = tuple(one for one in stood if _stood(one, year, 0)) or stood
    if len({(one.name, one.code[:4]) for one in stood}) == 1:
        # Drawn anew under its name (三元区): the lists leave out the year between.
        stood = (max(stood, key=lambda one: one.since or 0),)
    # 朝阳市场监管局 is not of 朝阳市 for that.
    printed = () if name.short else tuple(one for one in stood if one.name in name.written)
    return printed or stood or found


def _stood(division: Division, year: int, grace: int) -> bool:
    return (division.since or 0) - grace <= year <= (division.until or 9999) + grace


def _is_kind(division: Division, generic: str | None) -> bool:
    """Whether ``division`` is called by the kind ``generic``: 市 for 青岛市, 区 for 山亭区 but not for 内蒙古自治区."""
    if generic is None:
        return False
    if generic == "区" and division.name.endswith("自治区"):
        return False
    if generic == "省":
        return division.level == "province" and division.name.endswith("省")
    return division.name.endswith(_KINDS.get(generic, (generic,)))


def _mentioned(generic: str, text: str) -> tuple[Division, ...]:
    """The one division of that kind that the text names, at least twice, or nothing."""
    counts: dict[str, int] = {}
    for match in _PLACES.finditer(text):
        for start in range(len(match[0]) - 1):
            word = match[0][start:]
            if any(one.name == word and _is_kind(one, generic) for one in divisions.named(word)):
                counts[word] = counts.get(word, 0) + 1
                break
    often = [word for word, count in counts.items() if count >= 2]
    if len(counts) != 1 or not often:
        return ()
    found = tuple(one for one in divisions.named(often[0]) if one.name == often[0] and one.until is None)
    return found if len(found) == 1 else ()


def _zone_divisions(place: str) -> tuple[Division, ...]:
    """The divisions whose short name a zone's name begins with: 青岛 in 青岛高新技术产业开发区, but not 长白 in
    长白山保护开发区.
    """
    longest = next(divisions.beginning(place[: len(place) - 2]), None)
    return () if longest is None or place[longest[0]] == "山" else longest[1]


def _with_full_zone(name: Name, hints: Hints) -> Name | None:
    """A zone that is written short for one of several kinds (经开区) by the kind that the report writes in full; None
    where it writes none of them, or several.
    """
    for short, full in vocabulary().zones.items():
        if isinstance(full, tuple) and name.place.endswith(short):
            places = [other.place for other in (*hints.names, *hints.heard)]
            told = [kind for kind in full if kind in hints.text or any(kind in place for place in places)]
            return replace(name, place=name.place.removesuffix(short) + told[0]) if len(told) == 1 else None
    return name


def _body(name: Name, hints: Hints, division: Division | None = None) -> Body | None:
    """The body that is meant: the only one, else the one whose full form the document writes most, else the only one
    that stood in the year; None where several are left.
    """
    if len(name.options) < 2:
        return name.options[0] if name.options else None
    options = name.options
    for other in (*hints.names, *hints.heard):
        shared = [body for body in options if len(other.options) == 1 and body.name == other.options[0].name]
        if shared and agrees(name, other):
            return shared[0]
    starts = (division.name, *division.spoken) if division else ("",)
    written = [sum(hints.text.count(start + body.name) for start in starts) for body in options]
    if max(written) > 0:
        options = tuple(body for body, count in zip(options, written, strict=True) if count == max(written))
    elif hints.year is not None:
        options = tuple(body for body in options if body.stood_in(hints.year)) or options
        # 交通局 was a full name until 2010, and is a short one of 交通运输局.
        options = tuple(body for body in options if name.written.endswith(body.name)) or options
    return options[0] if len(options) == 1 else None


def _official(name: Name, division: Division, body: Body | None) -> str:
    """The full name of the body in ``division``."""
    if body is None:
        return division.name + _PREFECTURE_OFFICES.get(_kind(division), "人民政府")
    if name.kind == "township":
        return division.name + name.place + body.name + name.tail
    if name.kind == "zone":
        return _before_division(name, body) + _zone_name(_zone_place(name.place, division), body)
    head = _head(name, body)
    if head is not None and not head.dropped:
        return head.name + _headed_division(head.division, division) + body.name + name.tail
    if body.name == "人民政府":
        return division.name + _PREFECTURE_OFFICES.get(_kind(division), body.name)
    if body.plain or (head is not None and head.division == "short"):
        return division.short + body.name + name.tail
    return division.name + body.name + name.tail


def _head(name: Name, body: Body | None) -> Head | None:
    """The head that is written before the division, or that the body has even where it is left out."""
    return name.head or next((head for head in vocabulary().heads if body is not None and body.name in head.bare), None)


def _before_division(name: Name, body: Body | None) -> str:
    """国家税务总局 before 苏州工业园区税务局."""
    head = _head(name, body)
    return "" if head is None or head.dropped else head.name


def _headed_division(form: str, division: Division) -> str:
    """国家税务总局 names a district after its city, a county by itself; 国家统计局 writes short names."""
    if form == "short":
        return division.short
    above = divisions.parent(division.code)
    if division.level == "county" and division.name.endswith("区") and above is not None:
        return above.name + division.name
    return division.name


def _kind(division: Division) -> str:
    return next((kind for kind in _PREFECTURE_OFFICES if division.name.endswith(kind)), "")


def _zone_place(place: str, division: Division) -> str:
    """The zone's name after its city, written once and short, as the approvals of zones write it."""
    for start in (division.name, *division.spoken):
        if place.startswith(start) and len(place) > len(start) + 1:
            return division.short + place[len(start) :]
    return division.short + place


def _zone_name(place: str, body: Body | None) -> str:
    return place + (body.name if body else "管理委员会")


def _as_printed(name: Name, body: Body | None) -> str:
    """The full form under the division's name as printed, where it is open which division that is."""
    start = _before_division(name, body) + name.divisions[0].name
    if name.kind == "region" or body is None:
        return start + "人民政府"
    return start + name.place + body.name + name.tail


def _own_division(name: Name, division: Division) -> Division:
    """市南 of 青岛市公安局市南分局: a branch belongs to the county or district that it is named after."""
    for size in range(min(len(name.tail) - 2, 10), 1, -1):
        inside = divisions.named(name.tail[:size], within=division.code)
        if inside and inside[0].level == "county":
            return inside[0]
    return division


def _level(name: Name, division: Division) -> str | None:
    if name.kind == "township":
        return "township"
    return None if name.kind == "zone" else division.level


def _shared_level(name: Name) -> str | None:
    levels = {_level(name, one) for one in name.divisions}
    return levels.pop() if len(levels) == 1 else None


def _sector(body: Body | None) -> str | None:
    return "government" if body is None else body.sector or None
