"""Walks over simulated portals as they really are: odd menus, trees of years and units, traps, broken servers."""

import json
from dataclasses import replace

import pytest

from config.site import Site
from crawler.portals.walk import Walk
from tests.kit.portal import Column, Entry, Portal, Quirks, Reply, Request, Server, Unit, serve
from tests.kit.portal.model import Menu
from tests.portals.sample import REPORT, lookalikes, mixed, portal, reports
from tests.portals.walker import Walked, walk_portal, walk_server


def page(body: str, title: str = "页面") -> Reply:
    return Reply(f"<html><head><title>{title}</title></head><body>{body}</body></html>".encode())


def article(title: str, body: str = "") -> Reply:
    text = body or REPORT.format(number=1)
    return Reply(
        f'<html><head><title>{title}</title><meta name="ArticleTitle" content="{title}"></head>'
        f"<body><h1>{title}</h1>{text}</body></html>".encode()
    )


def paths(walked: Walked) -> set[str]:
    return {request.path for request in walked.server.requests}


@pytest.mark.parametrize("menu", ["anchors", "script", "script_file", "frames", "images", "onclick", "area"])
def test_menus_of_every_kind_lead_to_the_column_and_to_the_units(menu: Menu) -> None:
    unit = Unit("青石市水利局", "slj", (Column("政府信息公开年报", "nb", reports(1)),))
    walked = walk_portal(replace(portal("trs", 10), menu=menu, units=(unit,)))
    assert len(walked.titles) == 10
    assert walked.walk.found.units[f"127.0.0.1:{walked.server.port}/zfxxgk/slj/"].reports == 1
    assert "/zfxxgk/nb_old/" not in paths(walked), "a link in a comment is dead"


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


@pytest.mark.parametrize(
    ("beyond", "rule"),
    [
        (None, "not_found"),
        (page("<h1>抱歉，您访问的页面不存在或已被删除</h1>"), "soft_404"),
        (Reply(b"<html><head></head><body>" + b" " * 300 + b"</body></html>"), "stub"),
    ],
    ids=["404", "soft 404", "stub"],
)
def test_pages_beyond_the_last_end_the_list(beyond: Reply | None, rule: str) -> None:
    entries = "".join(
        f'<li><a href="/nb/t20240101_{n}.html">{e.title}</a>2024-01-01</li>' for n, e in enumerate(reports(5))
    )
    more = "<script>var currentPage = {0}; var countPage = 9;</script>"
    routes = {
        "/": page('<a href="/nb/">政府信息公开年报</a>'),
        "/nb/": page(entries + more.format(0)),
        **{f"/nb/t20240101_{n}.html": article(e.title) for n, e in enumerate(reports(5))},
    }
    if beyond:
        routes["/nb/index_1.html"] = beyond
    with Server(routes) as server:
        walked = walk_server(server)
    assert len(walked.titles) == 5
    assert walked.walk.found.ends[rule] == 1
    assert len(walked.pages) == 8


@pytest.mark.parametrize("answer", ["first", "home"])
def test_over_range_pages_that_repeat_end_the_list(answer: str) -> None:
    described = portal("trs", 24, {"beyond": "first"} if answer == "first" else {})
    described = replace(described, quirks=Quirks(home_404=answer == "home"))
    with serve(described) as server:
        for number in range(4):
            name = f"/zfxxgk/zfxxgknb/index_{number}.html" if number else "/zfxxgk/zfxxgknb/"
            known = server.routes[name]
            assert isinstance(known, Reply)
            server.routes[name] = replace(known, body=known.body.replace(b"createPageHTML(4,", b"createPageHTML(400,"))  # type: ignore[index]
        walked = walk_server(server)
    assert len(walked.titles) == 24
    assert walked.walk.found.ends["repeat" if answer == "first" else "home_page"] == 1
    assert len([target for target in server.asked() if "index_" in target]) <= 5


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
    assert [unit.reports for unit in walked.walk.found.units.values()] == [6] * 47


def test_a_portal_without_reports_is_left_after_a_bounded_search() -> None:
    def endless(request: Request) -> Reply:
        number = int(request.query.get("id", "0"))
        links = "".join(f'<a href="/gk/list?id={number * 7 + k}">青石市第{"一二三四五六七"[k]}局</a>' for k in range(7))
        return page(f'{links}<a href="/gk/list?id={number + 1}">政务公开</a>', "政务公开")

    with Server({"/": page('<a href="/gk/list?id=1">政务公开</a>'), "/gk/list": endless}) as server:
        walked = walk_server(server)
    assert not walked.titles
    assert len(walked.pages) <= 100
    assert walked.walk.found.ends["endless_query"]


def test_calendars_variants_and_session_ids_are_not_followed() -> None:
    rows = "".join(
        f'<li><a href="/nb/{n};jsessionid=A{n}">{e.title}</a>2024-01-02</li>' for n, e in enumerate(reports(3))
    )
    column = page(
        rows
        + '<a href="/nb/?sort=date">2023年</a><a href="/nb/?print=1">2022年</a><a href="/calendar/2024">2024年</a>'
        + '<a href="/nb/;jsessionid=XYZ">信息公开年报</a><a href="/nb/?utm_source=a">信息公开年报</a>'
        + '<a href="/nb/a/a/a/a/">2021年</a>',
        "政府信息公开年报",
    )
    routes = {"/": page('<a href="/nb/">政府信息公开年报</a>'), "/nb/": column}
    routes |= {f"/nb/{n};jsessionid=A{n}": article(e.title) for n, e in enumerate(reports(3))}
    with Server(routes) as server:
        walked = walk_server(server)
    assert len(walked.titles) == 3
    assert len(walked.pages) == 5
    ends = walked.walk.found.ends
    assert (ends["variant"], ends["calendar"], ends["session_id"], ends["endless_query"]) == (2, 1, 1, 1)


def test_shells_that_send_on_are_followed_once() -> None:
    title = "青石市2023年政府信息公开工作年度报告"
    routes = {
        "/": Reply(b'<html><meta http-equiv="refresh" content="0; url=/web/index.html"></html>'),
        "/web/index.html": Reply(b"<html><script>window.location.href = '/portal/';</script></html>"),
        "/portal/": Reply(b'<frameset><frame src="/portal/left.html"><frame src="/portal/main.html"></frameset>'),
        "/portal/left.html": page('<a href="/go?to=nb">政府信息公开年报</a>'),
        "/portal/main.html": page("<p>欢迎</p>"),
        "/go": Reply(status=302, headers=(("Location", "/nb/"),)),
        "/nb/": page(f'<li><a href="/nb/t20240101_1.html">{title}</a>2024-01-01</li>', "政府信息公开年报"),
        "/nb/t20240101_1.html": article(title),
        "/loop": Reply(status=302, headers=(("Location", "/loop"),)),
    }
    with Server(routes) as server:
        walked = walk_server(server)
    assert walked.titles == {title}
    assert len(walked.pages) == 8


def test_redirects_to_the_home_page_to_themselves_and_out_of_the_site_end() -> None:
    routes = {
        "/": page('<a href="/a">政府信息公开</a><a href="/b">信息公开年报</a><a href="/c">政务公开</a>'),
        "/a": Reply(status=302, headers=(("Location", "/"),)),
        "/b": Reply(status=302, headers=(("Location", "http://www.example.com/"),)),
        "/c": Reply(status=302, headers=(("Location", "/c"),)),
    }
    with Server(routes) as server:
        walked = walk_server(server)
    ends = walked.walk.found.ends
    assert (ends["home_page"], ends["out_of_scope"], ends["redirect_loop"]) == (1, 1, 1)
    assert len(walked.pages) == 4


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


def test_doubtful_titles_in_vain_are_given_up() -> None:
    rows = tuple(Entry(f"关于第{n}号事项的报告", "2024-01-12", b"<p>short</p>") for n in range(60))
    walked = walk_portal(Portal("青石县人民政府", (Column("政府信息公开年报", "zfxxgknb", rows, per_page=60),)))
    assert not walked.titles
    assert walked.walk.found.skipped["too_many_ambiguous"] == 54


def test_a_dirty_column_is_read_to_its_end() -> None:
    rows = [*reports(6), *(Entry(f"青石市要闻第{n}期", "2023-05-05", b"<p>x</p>") for n in range(100)), *reports(9)[6:]]
    walked = walk_portal(Portal("青石市人民政府", (Column("信息公开年报", "zfxxgknb", tuple(rows)),)))
    assert len(walked.titles) == 9
    assert walked.walk.found.skipped["other_title"] >= 100
    assert not [target for target in walked.server.asked() if "t20230505" in target]


def test_news_columns_are_not_paged() -> None:
    news = Column("政务公开", "zwgk", tuple(Entry(f"公开要闻第{n}期", "2023-05-05", b"<p>x</p>") for n in range(90)))
    walked = walk_portal(replace(portal("trs", 5), news=(news,)))
    assert len(walked.titles) == 5
    assert not [target for target in walked.server.asked() if target.startswith("/zwgk/index_")]


def test_a_site_file_may_name_start_pages_and_family() -> None:
    described = replace(portal("trs", 12), pages={"/": page("<p>本站建设中</p>")})
    with serve(described) as server:
        lost = walk_server(server)
        found = walk_server(server, start=(f"{server.url}zfxxgk/zfxxgknb/",), family="static")
    assert not lost.titles
    assert len(found.titles) == 12


def test_an_article_in_two_lists_and_by_two_addresses_is_fetched_once() -> None:
    shared = reports(8)
    entries = tuple(replace(entry, path=f"/gb/t20240101_{n}.html") for n, entry in enumerate(shared))
    unit = Unit("青石市教育局", "jyj", (Column("政府信息公开年报", "nb", entries),))
    walked = walk_portal(Portal("青石市人民政府", (Column("政府信息公开年报", "zfxxgknb", entries),), units=(unit,)))
    assert len(walked.titles) == 8
    assert len([target for target in walked.server.asked() if target.startswith("/gb/t2024")]) == 8


def test_max_pages_bounds_the_walk() -> None:
    walked = walk_portal(portal("trs", 45), max_pages=20)
    assert len(walked.pages) == 20
    assert walked.walk.found.ends["page_limit"]


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
    assert {"/nb/t20240101_1_1.html", "/nb/t20240101_1_2.html"} <= paths(walked)
    assert len(walked.titles) == 1


def test_the_report_of_the_run_names_lists_families_and_reasons() -> None:
    walked = walk_portal(portal("hanweb", 20, {"module": "jpage"}))
    lines = walked.walk.found.lines()
    site, lists = lines[0], [line for line in lines if line["kind"] == "list"]
    assert (site["name"], site["code"], site["items_selected"]) == ("青石市人民政府", "3799000001", 20)
    assert site["skipped"]["law_based_government"] == 2
    assert [(line["family"], line["selected"], line["total"]) for line in lists] == [("hanweb_jpage", 20, 32)]
    assert len(mixed(20)) == 20 + len(lookalikes(12))


def test_a_picture_for_a_home_page_is_passed() -> None:
    described = replace(portal("trs", 5), pages={"/": page('<a href="/web/"><img src="/a.jpg" alt="进入网站"></a>')})
    with serve(described) as server:
        routes = dict(server.routes)
        routes["/web/"] = page('<a href="/zfxxgk/">政府信息公开</a>')
        server.routes = routes
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
    assert "/tz/" not in paths(walked)


def test_more_and_units_in_the_menu_of_a_column_are_no_columns() -> None:
    news = "".join(f'<li><a href="/tz/{n}.html">青石市要闻第{n}期报告</a><i>2024-01-01</i></li>' for n in range(9))
    pager = "<script>createPageHTML(40, 0, 'index', 'html');</script>"
    described = portal("trs", 4)
    column = "/zfxxgk/zfxxgknb/"
    with serve(described) as server:
        known = server.routes[column]
        assert isinstance(known, Reply)
        more = '<div><a href="/tz/">更多</a></div><a href="/qu/">青石区</a></body>'.encode()
        routes = dict(server.routes)
        routes[column] = replace(known, body=known.body.replace(b"</body>", more))
        routes["/tz/"] = routes["/qu/"] = page(news + pager, "要闻")
        routes |= {f"{path}/index_{n}.html": page(f"{news}{n}{pager}") for path in ("/tz", "/qu") for n in range(1, 40)}
        server.routes = routes
        walked = walk_server(server)
    assert len(walked.titles) == 4
    assert not [target for target in server.asked() if target.endswith(".html") and target.startswith(("/tz/", "/qu/"))]


def test_the_other_scheme_is_tried_once_and_a_dead_host_is_left() -> None:
    walk = Walk(Site(name="dead", home="https://www.example.gov.cn/", start=("https://b.example.gov.cn/nb/",)))
    asked = []
    while (fetch := walk.next()) is not None:
        asked.append(fetch.url)
        walk.failed(fetch, "timeout")
    assert asked == [
        "https://www.example.gov.cn/",
        "http://www.example.gov.cn/",
        "https://b.example.gov.cn/nb/",
        "http://b.example.gov.cn/nb/",
    ]
    assert walk.found.failures == {"timeout": 4}


def test_a_list_goes_on_past_a_page_that_another_list_showed() -> None:
    shared = tuple(replace(entry, path=f"/gb/t20240101_{n}.html") for n, entry in enumerate(reports(30)))
    newest = Column("政府信息公开年报", "zfxxgknb", shared[:20])
    unit = Unit("青石市教育局", "jyj", (Column("政府信息公开年报", "nb", shared, per_page=5),))
    walked = walk_portal(Portal("青石市人民政府", (newest,), units=(unit,)))
    assert len(walked.titles) == 30


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
