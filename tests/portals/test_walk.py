"""Walks over simulated portals as they really are: odd menus, trees of years and units, files behind scripts."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from config.site import Site
from crawler.portals.page import Page
from crawler.portals.walk import Walk
from tests.kit.portal import Column, Entry, Portal, Quirks, Reply, Request, Server, Unit, serve
from tests.kit.portal.model import Menu
from tests.portals.sample import REPORT, article, lookalikes, mixed, page, portal, reports
from tests.portals.walker import walk_portal, walk_server


@pytest.mark.parametrize("menu", ["anchors", "script", "script_file", "frames", "images", "onclick", "area"])
def test_menus_of_every_kind_lead_to_the_column_and_to_the_units(menu: Menu) -> None:
    unit = Unit("青石市水利局", "slj", (Column("政府信息公开年报", "nb", reports(1)),))
    walked = walk_portal(replace(portal("trs", 10), menu=menu, units=(unit,)))
    assert len(walked.titles) == 10
    assert walked.walk.found.units[f"127.0.0.1:{walked.server.port}/zfxxgk/slj/"].reports == 1
    assert "/zfxxgk/nb_old/" not in walked.paths, "a link in a comment is dead"


@pytest.mark.parametrize(
    "quirks",
    [
        Quirks(encoding="gbk"),
        Quirks(encoding="gbk", declared="utf-8"),
        Quirks(declared="gb2312"),
        Quirks(wrong_media_type=True),
    ],
    ids=["gbk", "gbk declared utf-8", "utf-8 declared gb2312", "wrong media type"],
)
def test_wrong_encodings_and_types_hide_nothing(quirks: Quirks) -> None:
    walked = walk_portal(replace(portal("trs", 24), quirks=quirks))
    assert walked.titles == {entry.title for entry in reports(24)}


def test_years_and_units_below_the_column_are_expanded() -> None:
    def year(number: int) -> Column:
        units = tuple(
            Column(
                name,
                f"u{place}",
                (Entry(f"{name}{number}年政府信息公开年度报告", f"{number + 1}-01-20", REPORT.encode()),),
            )
            for place, name in enumerate(("县教育局", "县公安局", "白河镇", "城关街道办事处"))
        )
        return Column(f"{number}年", f"{number}n", children=(Column("政府部门", "bm", children=units),))

    tree = Column("政府信息公开年报", "zfxxgknb", children=tuple(year(number) for number in (2021, 2022, 2023)))
    walked = walk_portal(Portal("青石县人民政府", (tree,)))
    assert len(walked.titles) == 12
    assert len(walked.pages) <= 1.5 * 12 + 100
    assert sum(unit.reports for unit in walked.walk.found.units.values()) >= 12


@pytest.mark.parametrize("slug", ["zxjd{}", "y{}"])
def test_years_on_a_unit_s_page_are_expanded_though_only_a_heading_names_the_column(slug: str) -> None:
    towns, years = ("白河镇", "城关镇", "云台街道"), (2021, 2022)
    routes = {
        "/": page('<a href="/gk/">政府信息公开</a>'),
        "/gk/": page(
            "".join(f'<a href="/xz/{n}/">{town}</a>' for n, town in enumerate(towns))
            + '<a href="/gb/2021/">2021年</a>',
            "政府信息公开",
        ),
    }
    for number, town in enumerate(towns):
        tree = "".join(f'<li><a href="./{slug.format(year)}/">{year}年</a></li>' for year in years)
        routes[f"/xz/{number}/"] = page(f"<h3>政府信息公开年报</h3><ul>{tree}</ul>", town)
        for year in years:
            title, folder = f"{town}{year}年政府信息公开工作年度报告", f"/xz/{number}/{slug.format(year)}/"
            routes[folder] = page(f'<li><a href="./t{year + 1}0110_{number}.html">{title}</a></li>')
            routes[f"{folder}t{year + 1}0110_{number}.html"] = article(title)
    with Server(routes) as server:
        walked = walk_server(server)
    assert walked.titles == {f"{town}{year}年政府信息公开工作年度报告" for town in towns for year in years}
    assert [unit.reports for unit in walked.walk.found.units.values()] == [2, 2, 2]
    assert "/gb/2021/" not in walked.paths


def test_every_unit_of_the_platform_is_visited_within_the_budget() -> None:
    names = [f"青石市{a}{b}局" for a in "民财教卫农水" for b in "政务业生源利安保"][:47]
    units = tuple(
        Unit(
            name,
            f"bm{place}",
            (
                Column(
                    "政府信息公开年报",
                    "nb",
                    tuple(
                        Entry(f"{name}{year}年政府信息公开工作年度报告", f"{year + 1}-01-11", REPORT.encode())
                        for year in range(2018, 2024)
                    ),
                ),
            ),
        )
        for place, name in enumerate(names)
    )
    walked = walk_portal(replace(portal("trs", 12), units=units))
    expected = 12 + 47 * 6
    assert len(walked.titles) == expected
    assert len(walked.pages) <= 1.5 * expected + 100
    found = walked.walk.found.units.values()
    assert [(unit.reports, unit.visited) for unit in found] == [(6, True)] * 47


@pytest.mark.parametrize("silent", [lambda place: place < 60, lambda place: place % 2], ids=["first", "between"])
def test_units_are_visited_past_many_that_publish_nothing(silent: Callable[[int], bool]) -> None:
    names = [f"青石市{a}{b}局" for a in "民财教卫农水林商文体环住" for b in "政务业生源利安保建设"]
    units = tuple(
        Unit(name, f"bm{place}")
        if silent(place)
        else Unit(
            name,
            f"bm{place}",
            (
                Column(
                    "政府信息公开年报",
                    "nb",
                    tuple(replace(e, title=f"{name}{e.title[-17:]}") for e in reports(42, attachment_every=99)[::7]),
                ),
            ),
        )
        for place, name in enumerate(names)
    )
    walked = walk_portal(Portal("青石市人民政府", units=units, columns=()))
    expected = {entry.title for unit in units for column in unit.columns for entry in column.entries}
    assert walked.titles == expected
    assert len(walked.pages) <= 1.5 * len(expected) + 100


def test_attachments_of_every_kind_are_fetched_and_only_once() -> None:
    pdf = Reply(b"%PDF-1.4 x", "application/pdf")
    body = (
        '<p><a href="./files/年报.pdf">附件1</a></p>'
        '<a href="/module/download/downfile.jsp?classid=0&filename=a1.doc">附件2</a>'
        '<iframe src="/pdf/web/viewer.html?file=/files/viewed.pdf"></iframe>'
        '<div id="pdfshow" data-value="/files/shown.pdf"></div>'
        '<a href="/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1&wbfileid=9">附件3</a>'
        "<script>var f = '<a href=\"/files/written.docx\">下载</a>'; show('/files/scripted.xlsx');</script>"
        '<a href="./files/年报.pdf">再次下载</a><a href="/files/form.doc">依申请公开申请表</a>'
    )
    title = "青石市2023年政府信息公开工作年度报告"
    routes = {
        "/": page('<a href="/nb/">信息公开年报</a>'),
        "/nb/": page(
            f'<li><a href="/nb/t20240101_1.html">{title}</a>2024-01-01</li>'
            '<li><a href="/nb/2022.pdf">青石市2022年政府信息公开工作年度报告.pdf</a>2023-01-01</li>'
            "<table><tr><td>青石市2021年政府信息公开年度报告</td><td>2022-01-01</td>"
            '<td><a href="/nb/2021.docx">下载</a></td></tr></table>',
            "信息公开年报",
        ),
        "/nb/t20240101_1.html": article(title, body),
        "/nb/2022.pdf": pdf,
        "/nb/2021.docx": Reply(b"PK\x03\x04", "text/html"),
        "/files/viewed.pdf": pdf,
    }
    with Server(routes) as server:
        walked = walk_server(server)
    asked = server.asked()
    assert len(walked.titles) == 3
    for target in (
        "/nb/files/%E5%B9%B4%E6%8A%A5.pdf",
        "/module/download/downfile.jsp?classid=0&filename=a1.doc",
        "/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1&wbfileid=9",
        *("/files/viewed.pdf", "/files/shown.pdf", "/files/written.docx", "/files/scripted.xlsx"),
        *("/nb/2022.pdf", "/nb/2021.docx"),
    ):
        assert asked.count(target) == 1, target
    assert "/files/form.doc" not in asked
    vsb = next(request for request in server.requests if "wbfileid" in request.target)
    assert vsb.headers["referer"].endswith("/nb/t20240101_1.html")


def test_one_time_links_are_used_before_anything_else_is_asked() -> None:
    title = "青石市2023年政府信息公开工作年度报告"
    routes = {
        "/": page('<a href="/nb/">信息公开年报</a>'),
        "/nb/": page(
            "".join(f'<li><a href="/nb/t20240101_{n}.html">{title}{n}</a>2024-01-01</li>' for n in range(4)),
            "信息公开年报",
        ),
    }
    routes |= {
        f"/nb/t20240101_{n}.html": article(
            title, f'<a href="/front/document/download?fileUrl=k{n}&fileName=r.pdf">r.pdf</a>'
        )
        for n in range(4)
    }
    with Server(routes) as server:
        walk_server(server)
    asked = server.asked()
    for number in range(4):
        place = asked.index(f"/nb/t20240101_{number}.html")
        assert asked[place + 1] == f"/front/document/download?fileUrl=k{number}&fileName=r.pdf"


def test_titles_that_say_nothing_are_taken_in_the_column_while_they_are_reports() -> None:
    units = ["县教育局", "县民政局", "县水利局", "县审计局", "白河镇", "云台街道"]
    column = Column("政府信息公开年报", "zfxxgknb", tuple(Entry(unit, "2024-01-12", REPORT.encode()) for unit in units))
    bare = Column("2022年", "n", tuple(Entry("2022年度", "2023-01-12", REPORT.encode()) for _ in range(1)))
    walked = walk_portal(Portal("青石县人民政府", (replace(column, children=(bare,)),)))
    assert walked.titles == set(units)


def test_a_site_file_may_name_start_pages_and_family() -> None:
    described = replace(portal("trs", 12), pages={"/": page("<p>本站建设中</p>")})
    with serve(described) as server:
        lost = walk_server(server)
        found = walk_server(server, start=(f"{server.url}zfxxgk/zfxxgknb/",), family="static")
    assert not lost.titles
    assert len(found.titles) == 12


def test_a_long_report_is_followed_through_its_pages() -> None:
    title = "青石市2023年政府信息公开工作年度报告"
    split = "<script>createPageHTML(3, {0}, 't20240101_1', 'html');</script>"
    routes = {
        "/": page('<a href="/nb/">信息公开年报</a>'),
        "/nb/": page(f'<li><a href="/nb/t20240101_1.html">{title}</a>2024-01-01</li>', "信息公开年报"),
        "/nb/t20240101_1.html": article(title, REPORT + split.format(0)),
        "/nb/t20240101_1_1.html": article(title, "<p>二</p>" + split.format(1)),
        "/nb/t20240101_1_2.html": article(title, "<p>三</p>" + split.format(2)),
    }
    with Server(routes) as server:
        walked = walk_server(server)
    assert {"/nb/t20240101_1_1.html", "/nb/t20240101_1_2.html"} <= walked.paths
    assert len(walked.titles) == 1


def test_the_report_of_the_run_names_lists_families_and_reasons() -> None:
    walked = walk_portal(portal("hanweb", 20, {"module": "jpage"}))
    lines = walked.walk.found.lines()
    site, lists = lines[0], [line for line in lines if line["kind"] == "list"]
    assert (site["name"], site["code"], site["items_selected"]) == ("青石市人民政府", "3799000001", 20)
    assert site["skipped"]["law_based_government"] == 2
    assert [(line["family"], line["selected"], line["total"]) for line in lists] == [("hanweb_jpage", 20, 32)]
    assert len(mixed(20)) == 20 + len(lookalikes(12))


@pytest.mark.parametrize(
    ("pager", "end"), [('<b>1</b><a href="javascript:turn(2)">2</a>', "pager_unknown"), ("<b>1</b>", "last_page")]
)
def test_a_list_whose_pager_cannot_be_read_is_not_said_to_have_ended(pager: str, end: str) -> None:
    title = reports(1)[0].title
    routes = {
        "/": page('<a href="/nb/">政府信息公开年报</a>'),
        "/nb/": page(f'<li><a href="/nb/t20240101_1.html">{title}</a>2024-01-01</li>{pager}', "政府信息公开年报"),
        "/nb/t20240101_1.html": article(title),
    }
    with Server(routes) as server:
        walked = walk_server(server)
    assert [listed.end for listed in walked.walk.found.lists.values() if listed.selected] == [end]


def test_reports_that_a_list_shows_and_that_give_no_answer_are_named() -> None:
    answers = {
        "forbidden": Reply(status=403),
        "gone": Reply(status=404),
        "broken": Reply(status=503),
        "soft": page("<h1>您访问的页面不存在</h1>"),
        "file.pdf": Reply(status=500),
        "read": article("x"),
    }
    titles = (entry.title for entry in reports(6))
    rows = "".join(
        f'<li><a href="/nb/{name}">{title}</a>2024-01-01</li>' for name, title in zip(answers, titles, strict=True)
    )
    routes = {
        "/": page('<a href="/nb/">政府信息公开年报</a>'),
        "/nb/": page(f'{rows}<li><a href="/nb/unknown">情况</a>2024-01-01</li>', "政府信息公开年报"),
        **{f"/nb/{name}": answer for name, answer in answers.items()},
    }
    with Server(routes) as server:
        found = walk_server(server).walk.found
    lost = {line["url"].rpartition("/")[2]: line["reason"] for line in found.lines() if line["kind"] == "failed"}
    assert lost == {
        "forbidden": "status_403",
        "gone": "not_found",
        "broken": "status_503",
        "soft": "soft_404",
        "file.pdf": "status_500",
    }
    assert len(found.lost) == 5


def test_a_report_without_answer_by_either_scheme_is_lost_once() -> None:
    listed = page(
        '<li><a href="/nb/1.html">青石市2023年政府信息公开工作年度报告</a>2024-01-01</li>', "政府信息公开年报"
    )
    home = "https://www.example.gov.cn/"
    walk = Walk(Site(name="half", home=home))
    while (fetch := walk.next()) is not None:
        if fetch.role == "item":
            walk.failed(fetch, "timeout")
        else:
            walk.visit(Page(fetch.url, 200, listed.body, fetch))
    assert walk.found.lost == [("http://www.example.gov.cn/nb/1.html", "timeout")]


def test_a_picture_for_a_home_page_is_passed() -> None:
    described = replace(portal("trs", 5), pages={"/": page('<a href="/web/"><img src="/a.jpg" alt="进入网站"></a>')})
    with serve(described) as server:
        routes = dict(server.routes)
        routes["/web/"] = page('<a href="/zfxxgk/">政府信息公开</a>')
        server.routes = routes
        walked = walk_server(server)
    assert len(walked.titles) == 5


def test_a_picture_may_hide_the_page_that_bears_the_index_name() -> None:
    described = replace(portal("trs", 5), pages={"/": page('<a href="/index.html">进入</a>')})
    with serve(described) as server:
        server.routes = {**server.routes, "/index.html": page('<a href="/zfxxgk/">政府信息公开</a>')}
        walked = walk_server(server)
    assert len(walked.titles) == 5


def test_rows_that_are_no_anchors_are_read() -> None:
    first, second, third = (entry.title for entry in reports(3))
    column = (
        f"<ul><li onclick=\"window.open('/nb/1.html')\">{first}<span>2013-01-01</span></li></ul>"
        f"<script>var rows = [{{title: '{second}', date: '2013-01-02', url: '/nb/2.html'}}];"
        f"document.write('<a href=\"/nb/3.html\">{third}</a>');</script>"
    )
    routes = {"/": page('<a href="/nb/">政府信息公开年报</a>'), "/nb/": page(column, "政府信息公开年报")}
    routes |= {f"/nb/{n}.html": article(title) for n, title in enumerate((first, second, third), 1)}
    with Server(routes) as server:
        walked = walk_server(server)
    assert walked.titles == {first, second, third}


def test_a_year_s_name_may_read_like_a_report_s() -> None:
    units = tuple(Entry(name, "2024-01-12", REPORT.encode()) for name in ("县教育局", "县民政局", "县水利局"))
    year = Column("2023年度政府信息公开年报", "2023n", units)
    walked = walk_portal(Portal("青石县人民政府", (Column("政府信息公开年报", "zfxxgknb", children=(year,)),)))
    assert {"县教育局", "县民政局", "县水利局"} <= walked.titles


def test_a_box_with_the_newest_rows_leads_to_the_whole_list_by_its_more() -> None:
    titles = [entry.title for entry in reports(9)]
    rows = [f'<li><a href="/nb/t20240101_{n}.html">{title}</a><i>2024-01-01</i></li>' for n, title in enumerate(titles)]
    routes = {
        "/": page('<a href="/gk/">政府信息公开</a>'),
        "/gk/": page(
            '<div class="tit"><h3>通知公告</h3><a href="/tz/">更多&gt;&gt;</a></div><ul></ul>'
            f'<div class="tit"><h3>信息公开年报</h3><a href="/all/"> 更 多 </a></div><ul>{"".join(rows[:3])}</ul>',
            "政府信息公开",
        ),
        "/all/": page("".join(rows), "列表"),
        **{f"/nb/t20240101_{n}.html": article(title) for n, title in enumerate(titles)},
    }
    with Server(routes) as server:
        walked = walk_server(server)
    assert walked.titles == set(titles)
    assert "/tz/" not in walked.paths


def jpaas_page(*tags: str) -> Reply:
    """A shell whose units are built by requests."""
    source, url = "/cms_files/unitbuild.js", "/front/page/build/unit"
    units = "".join(
        f"<script src='{source}' url='{url}' queryData=\"{{'tagId':'{tag}','pageId':'1'}}\"></script>" for tag in tags
    )
    return Reply(f"<html><head><title>x</title></head><body>{units}</body></html>".encode())


def test_menus_inside_data_are_followed() -> None:
    title = reports(1)[0].title

    def build(request: Request) -> Reply:
        answers = {
            "导航": '<a href="/zfxxgk/nb/">政府信息公开年报</a><a href="/zfxxgk/zn/">政府信息公开指南</a>',
            "年报列表": f'<li><a href="/art/2024/1/5/art_1_2.html">{title}</a>2024-01-05</li>',
        }
        value = {"success": True, "data": {"html": answers[request.query["tagId"]]}}
        return Reply(json.dumps(value, ensure_ascii=False).encode(), "application/json", validators=False)

    routes = {
        "/": page('<a href="/zfxxgk/">政府信息公开</a>'),
        "/zfxxgk/": jpaas_page("导航"),
        "/zfxxgk/nb/": jpaas_page("导航", "年报列表"),
        "/front/page/build/unit": build,
        "/art/2024/1/5/art_1_2.html": article(title),
    }
    with Server(routes) as server:
        walked = walk_server(server)
    assert walked.titles == {title}


def test_every_body_of_a_lonsun_portal_is_asked_for_its_annual_reports_at_once() -> None:
    names = [f"青石市{name}局" for name in "教民财审卫农水林商文体环住交应统"]

    def column(name: str) -> Column:
        title = name + "{}年政府信息公开工作年度报告"
        rows = tuple(Entry(title.format(year), f"{year + 1}-01-09", REPORT.encode()) for year in range(2019, 2024))
        return Column("政府信息公开年报", "nb", rows, style="lonsun")

    units = tuple(Unit(name, f"u{number}", (column(name),)) for number, name in enumerate(names))
    with serve(Portal("青石市人民政府", (), units=units)) as server:
        bodies = sorted({path for path in server.routes if path.startswith("/public/column/") and "?" not in path})
        anchors = zip(bodies, names, strict=True)
        listed = "".join(f'<a href="{path}?type=4&amp;action=list">{name}</a>' for path, name in anchors)
        server.routes = {**server.routes, "/zfxxgk/": page(listed, "政府信息公开")}
        walked = walk_server(server)
    assert len(walked.titles) == 16 * 5
    assert not [target for target in server.asked() if "type=4" in target]
    assert [unit.reports for unit in walked.walk.found.units.values()][:16] == [5] * 16
    assert len(walked.pages) <= 1.5 * 80 + 100


def test_a_menu_may_come_from_a_script_of_any_name_and_a_list_stand_in_a_frame_of_the_search_server() -> None:
    titles = [entry.title for entry in reports(14)]
    rows = [f'<li><a href="/nb/t20200101_{n}.html">{title}</a>2020-01-01</li>' for n, title in enumerate(titles)]
    asked = "/was5/web/search?channelid=29&orderby=-DOCRELTIME"
    pages = {
        "/": page(
            '<script src="/js/site2019.js"></script>' + "".join(f'<a href="/xw/{n}">要闻{n}</a>' for n in range(15))
        ),
        "/js/site2019.js": Reply("document.write('<a href=/nb/>政府信息公开年报</a>')".encode(), "text/javascript"),
        "/nb/": page(f'<iframe src="{asked}"></iframe>'),
        asked: page("".join(rows[:7]) + f'<a href="{asked}&page=2">下一页</a>'),
        f"{asked}&page=2": page("".join(rows[7:]) + f'<a href="{asked}">上一页</a>'),
        **{f"/nb/t20200101_{number}.html": article(title) for number, title in enumerate(titles)},
    }
    with Server(pages) as server:
        walked = walk_server(server)
    assert walked.titles == set(titles)
    assert not [request.path for request in server.requests if request.path.startswith("/xw/")]
