"""What a short walk tells about a portal: title, code, division, family, lists."""

from datetime import UTC, datetime

import pytest

from crawler.portals.found import Found, FoundList, FoundUnit
from crawler.run import Run
from crawler.scout import looked_at
from crawler.site_draft import SiteDraft, draft_of

HOME = "http://www.example.gov.cn/"


def look(found: Found, url: str = HOME) -> SiteDraft:
    """The draft of a portal where a walk found ``found``."""
    draft = draft_of(url)
    now = datetime(2026, 11, 22, tzinfo=UTC)
    return looked_at(Run(draft.site(), now, now, "finished", found=found, requests=9), draft)


def listed(path: str, family: str, selected: int, *, column: bool = True, page: str = "") -> FoundList:
    shown = HOME + page if page else HOME + path
    return FoundList(HOME + path, family, "政府信息公开年报", column, shown, pages=1, items=20, selected=selected)


@pytest.mark.parametrize(
    ("site_name", "title"),
    [
        ("青岛市人民政府", "青岛市人民政府"),
        ("青岛市人民政府门户网站", "青岛市人民政府"),
        ("欢迎访问青岛市人民政府网站", "青岛市人民政府"),
        ("首页-青岛市人民政府", "青岛市人民政府"),
        ("青岛市 卫生健康委员会_首页", "青岛市卫生健康委员会"),
    ],
)
def test_the_title_is_the_owner_without_trimmings(site_name: str, title: str) -> None:
    assert look(Found("x", site_name=site_name)).values["title"] == title


@pytest.mark.parametrize(
    ("site_name", "site_code", "division"),
    [
        ("青岛市人民政府", "", "370200"),
        ("南京市鼓楼区人民政府", "", "320106"),
        ("鼓楼区人民政府", "", None),  # four districts bear the name
        ("某某网", "3702000001", "370200"),
        ("青岛市人民政府", "3702000001", "370200"),
        ("济南市人民政府", "3702000001", None),
        ("青石市人民政府", "3799000001", None),
        ("国家某某局", "bm12000001", None),
    ],
)
def test_the_division_is_told_by_code_and_name_unless_they_are_at_odds(
    site_name: str, site_code: str, division: str | None
) -> None:
    draft = look(Found("x", site_name=site_name, site_code=site_code))
    assert draft.values.get("division") == division
    assert ("division" in draft.open) == (division is None)


def test_the_table_of_portals_goes_before_the_portals_own_code() -> None:
    draft = look(Found("x", site_code="3701000001"), "http://www.qingdao.gov.cn/")
    assert draft.values["division"] == "370200"
    assert "370100" in draft.reasons["division"]


def test_start_pages_are_the_columns_and_family_the_module_that_reads_them() -> None:
    lists = (
        listed("news/", "trs", 3, column=False),
        listed("nb/", "trs", 8),
        listed("data.jsp?x=1", "hanweb_jpage", 12, page="zfxxgk/nb/"),
        listed("zfxxgk/nb/", "generic", 0),
        listed("wsjkw/nb/", "trs", 30),
    )
    units = {"u": FoundUnit("卫健委", f"{HOME}wsjkw/", reports=30, visited=True)}
    draft = look(Found("x", lists={one.url: one for one in lists}, units=units))
    assert draft.values["start"] == (f"{HOME}zfxxgk/nb/", f"{HOME}nb/")
    assert draft.values["family"] == "hanweb_jpage"


def test_where_no_column_has_reports_the_lists_that_do_are_named() -> None:
    lists = (listed("news/", "vsb", 3, column=False), listed("nb/", "vsb", 0))
    draft = look(Found("x", lists={one.url: one for one in lists}))
    assert draft.values["start"] == (f"{HOME}news/",)
    assert (draft.values["family"], "vsb" in draft.reasons["family"]) == ("static", True)
