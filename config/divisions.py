"""The divisions of the country by code and by name: config/divisions.csv, and whose host it is: config/hosts.csv.

Names are looked up in full (青岛市) and short (青岛); a name that several divisions share gives all of them
(鼓楼区 is four today), and it is for the caller to know which is meant.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from config.beginnings import Beginnings

Level = Literal["province", "prefecture", "county"]

FOLDER = Path(__file__).parent

_PEOPLES = (
    "壮族|回族|维吾尔|苗族|侗族|土家族|朝鲜族|藏族|羌族|彝族|傣族|景颇族|傈僳族|白族|哈尼族|蒙古族|蒙古|哈萨克族|哈萨克|柯尔克孜"
    "|满族|瑶族|黎族|畲族|布依族|水族|仡佬族|毛南族|仫佬族|佤族|拉祜族|布朗族|纳西族|怒族|独龙族|普米族|撒拉族|东乡族|保安族|裕固族"
    "|土族|锡伯|塔吉克|达斡尔|各族"
)
# 鄂温克族自治旗 and 东乡族自治县 are named by their people alone and lose 族; 内蒙古 keeps its 蒙古.
_AUTONOMOUS = re.compile(rf"(内蒙古|.{{2,}}?)(?:{_PEOPLES})*族?自治([区州县旗])")
# What people call some divisions, and what no rule makes of the full name. 巴州 is also 巴州区; 阿旗 and 扎旗 are two.
_CALLED = {
    "巴音郭楞蒙古自治州": ("巴州",),
    "克孜勒苏柯尔克孜自治州": ("克州",),
    "博尔塔拉蒙古自治州": ("博州",),
    "锡林郭勒盟": ("锡盟",),
    "阿拉善盟": ("阿盟",),
    "东乌珠穆沁旗": ("东乌旗",),
    "西乌珠穆沁旗": ("西乌旗",),
    "苏尼特左旗": ("东苏旗", "苏左旗"),
    "苏尼特右旗": ("西苏旗", "苏右旗"),
    "莫力达瓦达斡尔族自治旗": ("莫旗",),
    "陈巴尔虎旗": ("陈旗",),
    "新巴尔虎左旗": ("新左旗",),
    "新巴尔虎右旗": ("新右旗",),
    "科尔沁左翼中旗": ("科左中旗",),
    "科尔沁左翼后旗": ("科左后旗",),
    "科尔沁右翼前旗": ("科右前旗",),
    "科尔沁右翼中旗": ("科右中旗",),
    "扎鲁特旗": ("扎旗",),
    "扎赉特旗": ("扎旗",),
    "阿鲁科尔沁旗": ("阿旗",),
    "阿巴嘎旗": ("阿旗",),
    "阿荣旗": ("阿旗",),
    "克什克腾旗": ("克旗",),
    "翁牛特旗": ("翁旗",),
    "喀喇沁旗": ("喀旗",),
    "达拉特旗": ("达旗",),
    "准格尔旗": ("准旗",),
    "伊金霍洛旗": ("伊旗",),
    "鄂托克前旗": ("鄂前旗",),
    "乌拉特前旗": ("乌前旗",),
    "乌拉特中旗": ("乌中旗",),
    "乌拉特后旗": ("乌后旗",),
    "土默特左旗": ("土左旗",),
    "土默特右旗": ("土右旗",),
    "达尔罕茂明安联合旗": ("达茂旗", "达茂联合旗"),
    "察哈尔右翼前旗": ("察右前旗",),
    "察哈尔右翼中旗": ("察右中旗",),
    "察哈尔右翼后旗": ("察右后旗",),
    "喀喇沁左翼蒙古族自治县": ("喀左县", "喀左"),
    "阜新蒙古族自治县": ("阜蒙县",),
    "前郭尔罗斯蒙古族自治县": ("前郭县",),
    "杜尔伯特蒙古族自治县": ("杜蒙县",),
    "塔什库尔干塔吉克自治县": ("塔县",),
    "察布查尔锡伯自治县": ("察县",),
}
_ENDING = re.compile(r"(.{2,}?)(?:特别行政区|省|市|地区|盟|林区|特区|新区|区|县|旗)")


@dataclass(frozen=True, slots=True)
class Division:
    """One row of the table: ``since`` and ``until`` are its first and last year in the yearly lists, None where it
    stood before the first list or still stands.
    """

    code: str
    name: str
    since: int | None = None
    until: int | None = None

    @property
    def level(self) -> Level:
        if self.code.endswith("0000"):
            return "province"
        return "prefecture" if self.code.endswith("00") else "county"

    @property
    def short(self) -> str:
        """The name without its kind, as people say it: 青岛, 山亭, 恩施, 内蒙古; the full name of 赵县."""
        autonomous = _AUTONOMOUS.fullmatch(self.name)
        if autonomous:
            return autonomous[1]
        ending = _ENDING.fullmatch(self.name)
        return ending[1] if ending else self.name

    @property
    def spoken(self) -> tuple[str, ...]:
        """Every form in use beside the full name: 恩施 and 恩施州, 新疆 and 新疆自治区, 青岛; none for 赵县."""
        autonomous = _AUTONOMOUS.fullmatch(self.name)
        if autonomous:
            kind = "自治区" if self.level == "province" else autonomous[2]
            forms = (autonomous[1], autonomous[1] + kind)
            own = self.level == "province"
            return tuple(form for form in forms if form != self.name and (own or form not in _provinces()))
        # 河北 is the province: the district 河北区 is never called so.
        if self.short == self.name or (self.level != "province" and self.short in _provinces()):
            return ()
        return (self.short,)

    @property
    def is_municipality(self) -> bool:
        """Whether it is one of the four cities that rank as a province (直辖市)."""
        return self.level == "province" and self.name.endswith("市")


@cache
def _table() -> tuple[Division, ...]:
    """Current divisions first, in the order of their codes, then the former ones, the latest first."""
    rows = [
        Division(row["code"], row["name"], _year(row["since"]), _year(row["until"])) for row in _rows("divisions.csv")
    ]
    return tuple(sorted(rows, key=lambda row: (row.until is not None, -(row.until or 0), row.code)))


@cache
def _provinces() -> frozenset[str]:
    """The short names of the provinces, which no lower division is called by."""
    return frozenset(one.short for one in _table() if one.level == "province")


@cache
def _by_code() -> dict[str, tuple[Division, ...]]:
    codes: dict[str, list[Division]] = {}
    for division in _table():
        codes.setdefault(division.code, []).append(division)
    return {code: tuple(found) for code, found in codes.items()}


@cache
def _by_name() -> dict[str, tuple[Division, ...]]:
    names: dict[str, list[Division]] = {}
    for division in _table():
        for name in (division.name, *division.spoken, *_CALLED.get(division.name, ())):
            names.setdefault(name, []).append(division)
    return {name: tuple(found) for name, found in names.items()}


@cache
def _beginnings() -> Beginnings[tuple[Division, ...]]:
    return Beginnings(_by_name())


@cache
def hosts() -> dict[str, str]:
    """Host → the code of the division whose government runs it and its subdomains."""
    return {row["domain"]: row["division"] for row in _rows("hosts.csv")}


def division(code: str) -> Division | None:
    """The division of a six-digit code, under its present (or else its last) name; None where there is none."""
    found = _by_code().get(code)
    return found[0] if found else None


def former(code: str) -> tuple[Division, ...]:
    """What stood under a code and is gone, the latest first."""
    return tuple(one for one in _by_code().get(code, ()) if one.until is not None)


@cache
def followed_by(division: Division) -> Division | None:
    """What a former division became: it was renamed under its code, or the county became a city or district of its name
    in the same prefecture (邹平县, 邹平市). None where the lists don't tell.
    """
    last = division.until
    if last is None:
        return None
    began = (one for one in _table() if one.since is not None and last <= one.since <= last + 2)
    found = [
        one
        for one in began
        if (one.code == division.code and one.name != division.name)
        or (one.code[:4] == division.code[:4] and one.level == division.level and one.short == division.short)
    ]
    return found[0] if len(found) == 1 else None


def divisions() -> tuple[Division, ...]:
    """All divisions, the current ones first."""
    return _table()


def named(name: str, *, within: str | None = None) -> tuple[Division, ...]:
    """Every division that bears ``name`` in full or short, the current ones first; of the division ``within`` alone,
    that is itself and those under it, where a code is given.
    """
    found = _by_name().get(name, ())
    return found if within is None else tuple(one for one in found if contains(within, one.code))


def beginning(text: str) -> Iterator[tuple[int, tuple[Division, ...]]]:
    """Every name, full or short, that ``text`` begins with, the longest first: its length, and all that bear it."""
    return _beginnings().of(text)


def names() -> Iterator[str]:
    """Every full and short name in use."""
    return iter(_by_name())


def parent(code: str) -> Division | None:
    """The division right above: the prefecture of a county (its province where no prefecture stands between), the
    province of a prefecture; None for a province.
    """
    if code.endswith("0000"):
        return None
    if not code.endswith("00"):
        prefecture = division(code[:4] + "00")
        if prefecture is not None:
            return prefecture
    return division(code[:2] + "0000")


def chain(code: str) -> tuple[Division, ...]:
    """The division and all above it, from itself to its province; empty for an unknown code."""
    own = division(code)
    if own is None:
        return ()
    above = parent(code)
    return (own,) if above is None else (own, *chain(above.code))


def children(code: str) -> tuple[Division, ...]:
    """The current divisions right under ``code``, in the order of their codes."""
    found = (one for one in _table() if one.until is None and one.code[:2] == code[:2] and one.code != code)
    return tuple(one for one in found if (above := parent(one.code)) is not None and above.code == code)


def contains(code: str, other: str) -> bool:
    """Whether ``other`` is ``code`` or lies under it."""
    return other == code or any(above.code == code for above in chain(other)) or _former_inside(code, other)


def _former_inside(code: str, other: str) -> bool:
    """A code that stands in no list is judged by its digits."""
    return division(other) is None and other.startswith(code.rstrip("0").ljust(2, "0"))


def division_of_host(host: str) -> str | None:
    """The code of the division whose government runs ``host``, from the table of portals, or None.

    The longest known ending decides: wsjkw.qingdao.gov.cn → 370200 by qingdao.gov.cn, but lhqzf.haikou.gov.cn is
    a district's own. Never inferred from letters: they are ambiguous (xp.gov.cn is 溆浦).
    """
    labels = host.lower().rstrip(".").split(".")
    for start in range(len(labels) - 1):
        code = hosts().get(".".join(labels[start:]))
        if code is not None:
            return code
    return None


def _rows(file: str) -> list[dict[str, str]]:
    """The rows of one of our tables, without its comment lines."""
    lines = (FOLDER / file).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def _year(cell: str) -> int | None:
    return int(cell) if cell else None
