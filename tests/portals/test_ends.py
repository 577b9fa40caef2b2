"""Where walks end: pages beyond the last, traps, redirects, dirty columns, and what is not worth a request."""

from dataclasses import replace

import pytest

from config.site import Site
from crawler.portals.walk import Walk
from tests.kit.portal import Column, Entry, Portal, Quirks, Reply, Request, Server, Unit, serve
from tests.portals.sample import article, page, portal, reports
from tests.portals.walker import walk_portal, walk_server


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


FRAMESET = b'<html><frameset rows="*"><frame src="%b"></frameset></html>'


@pytest.mark.parametrize(
    ("routes", "requests"),
    [
        ({"/": Reply(FRAMESET % b"/index.html")}, 4),
        (
            {
                "/": Reply(status=301, headers=(("Location", "/a"),)),
                "/a": Reply(status=302, headers=(("Location", "/index.html"),)),
            },
            5,
        ),
    ],
    ids=["frame", "redirects"],
)
def test_a_home_page_may_lead_to_its_own_index_file(routes: dict[str, Reply], requests: int) -> None:
    title = "青石市2023年政府信息公开工作年度报告"
    routes = {
        "/index.html": page('<a href="/nb/">政府信息公开年报</a>'),
        "/nb/": page(f'<li><a href="/nb/t20240101_1.html">{title}</a>2024-01-01</li>', "政府信息公开年报"),
        "/nb/t20240101_1.html": article(title),
        **routes,
    }
    with Server(routes) as server:
        walked = walk_server(server)
    assert walked.titles == {title}
    assert len(walked.pages) == requests


def test_frames_and_redirects_in_a_ring_end() -> None:
    ring = {"/": Reply(FRAMESET % b"/index.html"), "/index.html": Reply(FRAMESET % b"/")}
    with Server(ring) as server:
        assert len(walk_server(server).pages) == 2
    ring = {f"/{here}": Reply(status=302, headers=(("Location", f"/{to}"),)) for here, to in (("", "a"), ("a", ""))}
    with Server(ring) as server:
        walked = walk_server(server)
    assert len(walked.pages) == 2
    assert walked.walk.found.ends == {"redirect_to_known": 1}


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


@pytest.mark.parametrize("beyond", [1, 3], ids=["first", "last"])
def test_a_next_link_that_counts_on_does_not_keep_a_repeating_list_going(beyond: int) -> None:
    """Its address is new on every page; what it leads to is not."""
    titles = [entry.title for entry in reports(12)]

    def listed(request: Request) -> Reply:
        number = int(request.query.get("page", "1"))
        shown = number if number <= 3 else beyond
        rows = "".join(
            f'<li><a href="/nb/{at}.html">{titles[at]}</a>2020-01-01</li>' for at in range(4 * shown - 4, 4 * shown)
        )
        return page(f'{rows}<a href="/nb/?page={number + 1}">下一页</a>', "信息公开年报")

    pages = {
        "/": page('<a href="/nb/">政府信息公开年报</a>'),
        "/nb/": listed,
        **{f"/nb/{number}.html": article(title) for number, title in enumerate(titles)},
    }
    with Server(pages) as server:
        walked = walk_server(server)
    assert walked.titles == set(titles)
    assert walked.walk.found.ends["repeat"] == 1
    assert len([request for request in server.requests if request.path == "/nb/"]) == 4
