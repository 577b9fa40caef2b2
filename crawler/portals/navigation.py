"""From a page to the pages where annual reports may be listed: which of its links to follow, and how promising each is.

The words are those of the field guide §2: level 1 leads to the disclosure platform, level 2 to the annual-report
column, level 3 are the years and units below it. Path slugs only move a link within its level.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from config.site import Site
from crawler.portals import address
from crawler.portals.anchors import Link
from crawler.portals.page import Fetch, Page, Role, squash
from crawler.portals.rows import date_in
from crawler.portals.select import ANNUAL, YEAR, judge


@dataclass(frozen=True, slots=True)
class Standing:
    """What a page is: inside the disclosure ``platform``; an annual-report ``column``, by its own words or those of the
    link that led to it (``named``), or because it lies below one; the page of a unit, whose folder ``unit`` is."""

    platform: bool = False
    column: bool = False
    named: bool = False
    unit: str = ""


_OPENNESS = r"(?:政府信息|信息|政务|政务信息|党务政务|府务|政府)公开"
_COLUMN = re.compile(
    rf"^.{{0,20}}?(?:信息|政务)公开(?:工作)?(?:的)?{ANNUAL}(?:专栏|栏目|列表|汇总|目录|公开|\(.*\)|（.*）)?$"
    rf"|^(?:历年|历年来|年度|工作)?公开{ANNUAL}$|^.{{0,12}}信息公开(?:工作)?(?:情况)?报告$"
)
_BARE_COLUMN = re.compile(rf"^(?:历年|工作|单位|部门|本机关|我局)?(?:{ANNUAL}|年度报告)(?:公开|公示|专栏)?$")
_KIND_COLUMN = re.compile(
    rf"^(?:各|本|市|区|县|州|旗|省|政府|人民|直属|工作|派出|级|属|和|及|、|\(|\)|（|）|级|驻|垂直|管理|单位|部门|机构|乡镇|街道|街镇|镇|乡|"
    rf"街|办事处|园区|开发区|功能区|委办局|办|局|机关|厅){{1,12}}(?:信息公开)?(?:{ANNUAL}|年报)$"
)
_PLATFORM = re.compile(
    rf"^(?:.{{0,14}})?{_OPENNESS}(?:专栏|平台|专区|专题|目录|网|网站|栏目|频道|统一平台)?$|^法定主动公开(?:内容|信息)?$|^公开$|^透明政府$"
    rf"|^(?:部门|单位|基层|乡镇|街道|镇街|各部门|各单位|县区|区县)(?:政府)?(?:政务|信息)?公开.{{0,4}}$"
)
_GUIDE = re.compile(r"指南|制度|依申请|意见箱|监督|查询|检索|公开条例|规定$")
_UNIT_KIND = re.compile(
    r"^(?=.*(?:部门|单位|机构|乡|镇|街|县|区|市|州|旗|园区|机关|局|办|政府))"
    r"(?:各|本|市|区|县|州|旗|省|政府|直属|工作|派出|级|属|及|和|、|驻|垂直|管理|机构|其他|全部|部门|单位|乡镇|街道|镇街|街镇|乡|镇|街|"
    r"办事处|园区|开发区|功能区|委办局|委办|局|机关|人民|企事业|事业|法定|直|目录|列表|导航|\(市、区\)){1,8}$"
)
_UNIT = re.compile(
    r"^[\u4e00-\u9fff·（）()]{2,28}(?:局|委|委员会|委办|办公室|办|厅|政府|街道|街道办事处|办事处|镇|乡|苏木|管委会|中心|支队|大队|总队|"
    r"院|区|县|市|旗|处|分局|署|站|所|社|公司|集团|团|残联|妇联|科协|文联|侨联|工商联|社科联|工会|红十字会|协会|联合会|贸促会)"
    r"(?:[（(].{1,8}[）)])?$"
)
_NOT_A_UNIT = re.compile(
    r"^(?:首页|网站|办事|服务|政务公开|互动|走进|魅力|旅游|投资|新闻|公告|通知|公示|公文|更多|返回|关于|联系|下载)"
    r"|(?:网站|市场|社会|机会|下载中心|新闻中心|专区|社区)$"
)
_YEAR_ONLY = re.compile(
    rf"^{YEAR.pattern}(?:年|度|年度)?(?:(?:及|含|\(含\))?(?:以前|之前|以后))?(?:年度)?(?:{ANNUAL}|年报|度报告|报告)?$"
    r"|^(?:历年|往年|历史)(?:年报|报告|回顾)?$"
)
_ENTRANCE = re.compile(
    r"^(?:点击)?进入|^(?:网站)?首页$|^(?:简体)?中文(?:版|网|站)?$|^简体(?:版)?$|^enter", re.IGNORECASE
)
_MORE = re.compile(r"^(?:查看|点击)?(?:更多|more|全部|MORE)[.…>+»\]】]*$|^\[?(?:更多|more)", re.IGNORECASE)
_SITEMAP = re.compile(r"^(?:网站地图|站点地图|网站导航|栏目导航)$")
_SLUG = re.compile(
    r"(?:zfxxgk|xxgk|zwgk|gk|zfxxgkgz|xxgkgz|gkgz)(?:nb|ndbg|nbg|gznb|gzndbg|ndgzbg)|gkbg|annualreport|opennessannualreport|frame=nb"
    r"|[?&]type=3(?:&|$)|tab=gknb|/ndbg(?:/|\.|_|$)|/nb(?:/|\.|_|$)|/\d{4}nb(?:/|$)|/zxjd\d{4}",
    re.IGNORECASE,
)
_PLATFORM_SLUG = re.compile(r"zfxxgk|xxgk|zwgk|gkmlpt|gongkai|openness|/gk/|public/column", re.IGNORECASE)
_REFUSED_SLUG = re.compile(r"fzzf|zfgzbg|czyjs|bmjs|yjsgk|zfwznb|wzgzndbb|wznb|tjgb|sydwfr", re.IGNORECASE)

_MOST_ENTRANCES = 3
_FEW_LINKS = 12  # a page with more is no picture that stands before the portal
COLUMN, YEARS, UNITS_OF_COLUMN, MORE, PLATFORM, BARE_COLUMN, FRAME = 85, 80, 75, 72, 65, 60, 58
OPENNESS, UNIT_KIND, SLUG, YEARS_BY_SLUG, YEARS_OF_UNIT, MENU_FILE, UNIT = 55, 50, 48, 47, 46, 45, 40
YEARS_ON_UNIT, SITEMAP = 35, 10  # a unit's page that shows years of something else takes no request from other units
_KINDS_OF_UNIT = frozenset({UNITS_OF_COLUMN, UNIT_KIND, SLUG, UNIT})


def standing(page: Page, *, below: bool = False) -> Standing:
    """What ``page`` says it is, by its ColumnType and ColumnName, breadcrumb, heading and title, and what the context
    of its request says of the link. ``below`` when it lies below a column."""
    context = page.fetch.context
    marker = page.meta("ColumnType")
    names = [marker, page.meta("ColumnName"), _here(page), page.title.split("-")[0].split("_")[0]]
    trail = "".join((*names, _trail(page)))
    openness = bool(re.search(_OPENNESS, trail))
    named = (
        context.get("column") == "named"
        or "信息公开年报" in marker
        or any(names_column(name) for name in names)
        or (openness and any(_BARE_COLUMN.match(name) for name in names))
    )
    platform = openness or "platform" in context or bool(_PLATFORM_SLUG.search(address.key(page.url)))
    unit = folder(page.url) if page.fetch.role == "unit" else ""
    return Standing(platform, named or below or "column" in context, named, unit)


def folder(url: str) -> str:
    """The key of the folder that the page at ``url`` lies in, with its last slash."""
    return address.key(url).partition("?")[0].rpartition("/")[0] + "/"


def names_column(text: str) -> bool:
    """Whether ``text`` (without white space) is the name of an annual-report column and not of one report."""
    return bool(_COLUMN.match(text) or _KIND_COLUMN.match(text)) and not YEAR.search(text)


def _trail(page: Page) -> str:
    """The words of the breadcrumb."""
    crumbs = page.tree.xpath(
        "//*[contains(@class,'CurrChnlCls')] | //*[contains(@class,'crumb') or contains(@class,'position')"
        " or contains(@class,'location') or contains(@class,'dqwz') or contains(@class,'weizhi') or @class='pos']"
    )
    return squash(">".join(str(crumb.text_content())[:200] for crumb in crumbs[:12]))


def _here(page: Page) -> str:
    """The last part of the breadcrumb, or the page's first heading."""
    last = re.split(r"[>»＞/]+", _trail(page).rstrip(">»＞"))[-1]
    if last:
        return re.sub(r"^.*(?:位置|位于)(?:是|在)?[:：]", "", last)
    heading: list[HtmlElement] = page.tree.xpath("//h1 | //h2")
    return squash(str(heading[0].text_content()))[:40] if heading else ""


def promising(links: tuple[Link, ...], here: Standing, dated: frozenset[str] = frozenset()) -> Iterator[Fetch]:
    """The links worth following from a page of this standing, each with role and priority; no particular order.

    ``dated`` are the addresses of rows with a date: these are articles, and no units.
    """
    for link in links:
        rated = None if date_in(link.url) else _rate(link, here)
        if rated is None or (rated[1] in _KINDS_OF_UNIT and address.without_fragment(link.url) in dated):
            continue
        role, priority = rated
        hint = 3 if _SLUG.search(link.url) else 1 if _PLATFORM_SLUG.search(link.url) else 0
        context = {"name": link.text, **_told_of(link, rated[1])}
        if link.source == "frame":
            context["inside"] = "1"
        if address.fragment(link.url):
            context["fragment"] = address.fragment(link.url)
        yield Fetch(address.without_fragment(link.url), role, context=context, priority=priority + hint)


def _rate(link: Link, here: Standing) -> tuple[Role, int] | None:
    text = _bare(link)
    if _REFUSED_SLUG.search(link.url):
        return None
    for rate in (_by_column_name, _by_place, _by_level_one, _by_frame, _by_slug, _by_unit):
        rated = rate(link, text, here)
        if rated:
            return rated
    return None


def _by_column_name(link: Link, text: str, here: Standing) -> tuple[Role, int] | None:
    """Level 2: the annual-report column by its name; the bare forms count inside the platform alone."""
    if names_column(text):
        return "column", COLUMN
    if _BARE_COLUMN.match(text):
        return ("column", COLUMN - 3) if here.platform or here.column else ("column", BARE_COLUMN)
    return None


def _by_place(link: Link, text: str, here: Standing) -> tuple[Role, int] | None:
    """Level 3, and what only counts inside the platform: years, kinds of unit, units, 更多."""
    if here.column:
        if _YEAR_ONLY.match(text):
            return "column", YEARS
        if _UNIT_KIND.match(text) or _is_unit(text):
            return "column", UNITS_OF_COLUMN
    if here.named and _MORE.match(text):
        return "column", MORE
    if here.platform:
        if _UNIT_KIND.match(text) and not _GUIDE.search(text):
            return "platform", UNIT_KIND
        if _is_unit(text):
            return "unit", UNIT
    return None


def _by_level_one(link: Link, text: str, here: Standing) -> tuple[Role, int] | None:
    """Level 1: the platform by its name, and the site map as the last resort."""
    if _PLATFORM.match(text) and not _GUIDE.search(text):
        return "platform", PLATFORM if "信息公开" in text else OPENNESS
    if _SITEMAP.match(text):
        return "menu", SITEMAP
    return None


def may_hold_text(link: Link) -> bool:
    """Whether a frame may hold more than the weather, a film, a map."""
    return not re.search(r"tianqi|weather|player|video|map\.|/widget/|(?<!/web/)search|login", link.url, re.IGNORECASE)


def _by_frame(link: Link, text: str, here: Standing) -> tuple[Role, int] | None:
    if link.source != "frame" or not may_hold_text(link):
        return None
    return ("column" if here.column else "menu"), FRAME


def _by_slug(link: Link, text: str, here: Standing) -> tuple[Role, int] | None:
    """A path that speaks of annual reports, under a year or a name that says nothing; articles and further pages are
    none."""
    if not _SLUG.search(link.url) or date_in(link.url):
        return None
    if _YEAR_ONLY.match(text):
        return "column", YEARS_BY_SLUG
    if len(text) > 16 or re.search(r"\d|页", text):
        return None
    return ("column", SLUG) if judge(text, column=True).rule in ("other_title", "untitled", "column") else None


def _by_unit(link: Link, text: str, here: Standing) -> tuple[Role, int] | None:
    """A year on a unit's page, whose column may be named by words that no link bears; its own ones come first."""
    if not here.unit or not _YEAR_ONLY.match(text):
        return None
    return "column", YEARS_OF_UNIT if address.key(link.url).startswith(here.unit) else YEARS_ON_UNIT


def _is_unit(text: str) -> bool:
    return bool(_UNIT.match(text)) and not _NOT_A_UNIT.match(text) and judge(text).rule == "other_title"


def _told_of(link: Link, rank: int) -> dict[str, str]:
    """Whether a link leads to a unit, and to one that may be a child of the column; or to a year of annual reports."""
    if rank == YEARS_BY_SLUG:
        return {"column": "inherited"}
    child = {"child": "1"} if rank == UNITS_OF_COLUMN else {}
    return {**child, "unit": "1"} if rank in (UNIT, UNITS_OF_COLUMN) and _is_unit(_bare(link)) else child


def _bare(link: Link) -> str:
    """The link's words without what stands around them."""
    return link.text.strip("·•>»|[]【】:：").replace("（", "(").replace("）", ")")


def entrances(links: tuple[Link, ...]) -> Iterator[Fetch]:
    """The ways into a portal whose home is only a picture: the link that says so, or the few that there are."""
    named = [link for link in links if _ENTRANCE.search(link.text)]
    few = links if len(links) <= _FEW_LINKS else ()
    for link in (named or few)[:_MOST_ENTRANCES]:
        yield Fetch(address.without_fragment(link.url), "menu", priority=FRAME)


def menu_files(links: tuple[Link, ...]) -> Iterator[Fetch]:
    """Script files that may write the menu, for pages whose own links lead nowhere."""
    for link in links:
        yield Fetch(link.url, "menu", priority=MENU_FILE)


def placed(fetch: Fetch, page: Page, here: Standing, reports: int) -> Fetch:
    """``fetch`` as it stands to ``page``, which lists so many ``reports``: a column's children inherit that they are an
    annual-report column; its neighbours in the menu do not.

    A column page that lists reports itself still shows the platform's menu with all its units: then only what lies
    below its own address is a child.
    """
    if fetch.role == "menu":
        return fetch.told(platform="1") if here.platform else fetch
    if names_column(fetch.context.get("name", "")):
        return fetch.told(column="named")
    if not here.column or "child" not in fetch.context:
        inherits = here.column and fetch.role == "column" and fetch.priority >= YEARS
        return fetch.told(column="inherited") if inherits else fetch
    below = address.key(fetch.url).startswith(folder(page.url))
    if below or not reports:
        return fetch.told(column="inherited")
    return replace(fetch, role="unit", priority=UNIT)


def is_other_portal(url: str, site: Site) -> bool:
    """Whether a unit's link leads to another portal of the same domain: a department's list of its sisters.

    The portal of a whole domain (its bare name or www) lists the sites of its departments, which belong to it.
    """
    home, host = urlsplit(site.home).netloc, urlsplit(url).netloc
    whole = any(home.partition(":")[0] in (own, f"www.{own}") for own in site.hosts)
    return not whole and host != home and not host.endswith(f".{home}") and urlsplit(url).path in ("", "/")
