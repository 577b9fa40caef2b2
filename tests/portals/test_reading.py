"""Single pages: pagers, menus, rows, JSON, and what the samples of real pages give."""

import json
from pathlib import Path

import pytest

from crawler import portals
from crawler.portals import meetfine, navigation, pager, records, scripts
from crawler.portals.anchors import links, sends_on
from crawler.portals.page import Fetch, Page
from crawler.portals.rows import fragment_rows

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "portals" / "samples"


def page_of(body: str, url: str = "http://a.gov.cn/nb/", **context: str) -> Page:
    return Page(url, 200, body.encode(), Fetch(url, context=context))


@pytest.mark.parametrize(
    ("url", "script", "expected", "instead"),
    [
        ("/nb/", 'createPageHTML(9, 0, "index", "html");', "/nb/index_1.html", "/nb/index_2.html"),
        ("/nb/index_1.html", 'createPageHTML(9, 1, "index", "html");', "/nb/index_2.html", None),
        ("/nb/index_8.html", 'createPageHTML(9, 8, "index", "html");', None, None),
        ("/nb/", "createPageHTML(3, 1, 'index', 'shtml');", "/nb/index_2.shtml", None),
        ("/nb/list_1.shtml", 'createPageHTML(3, 1, "list", "shtml")', "/nb/list_2.shtml", None),
        ("/c1/fg.shtml", "createPageHTML('page_div',5, 1,'fg','shtml',89);", "/c1/fg_2.shtml", "/c1/fg_1.shtml"),
        ("/c1/fg_5.shtml", "createPageHTML('page_div',5, 5,'fg','shtml',89);", None, None),
        ("/c1/", "createPageHTML('page_div', 11, 1, 'xlist', 'shtml', 154);", "/c1/xlist_2.shtml", "/c1/xlist_1.shtml"),
        ("/nb/", "var countPage = 17", "/nb/index_1.html", None),
        ("/nb/", "function createPageHTML(_nPageCount, _nCurrIndex){}", None, None),
    ],
)
def test_computed_page_names(url: str, script: str, expected: str | None, instead: str | None) -> None:
    page = page_of(f"<html><body><script>{script}</script></body></html>", f"http://a.gov.cn{url}")
    found = pager.following(page, links(page))
    assert (found.url if found else None) == (f"http://a.gov.cn{expected}" if expected else None)
    assert (found.instead if found else None) == (f"http://a.gov.cn{instead}" if instead else None)


@pytest.mark.parametrize(
    ("url", "body", "expected"),
    [
        ("/gkml/index_17.html", '<a href="index_17_2.html">下页</a>', "/gkml/index_17_2.html"),
        ("/class/C05", "<a href='/class/C05/2'>下 一 页</a>", "/class/C05/2"),
        ("/nb/1.html", '<a href="1.html">1</a><a href="2.html">2</a><a href="3.html">3</a>', "/nb/2.html"),
        ("/class/C05", '<a href="/class/C05">1</a><a href="/class/C05/2">2</a>', "/class/C05/2"),
        ("/class/C05", '<a href="/class/C05/1">1</a><a href="/class/C05/2">2</a>', "/class/C05/2"),
        ("/nb.html", '<a href="/nb/1.html">1</a><a href="/nb/2.html">2</a>', "/nb/2.html"),
        ("/class/C05", '<a href="/other/2">2</a>', None),
        ("/public/column/66150?type=3", "<script>Ls.pagination({pageCount:3});</script>", None),
        ("/zc.htm", "<script>_simple_list_gotopage_fun(31,'u13_goto',2)</script>", "/zc/30.htm"),
        ("/list.do?id=4&pageNo=2", "共 5 页", "/list.do?id=4&pageNo=3"),
        ("/nb/1.html", "共3页", "/nb/2.html"),
        ("/nb/list-1.html", "1/4页", "/nb/list-2.html"),
        ("/nb/1.html", "共1页", None),
        ("/col/1_2/index.html", "<script>nsetpage(4,1,33,'index','html');</script>", "/col/1_2/index_2.html"),
        ("/nb.jspx?path=/a", "第1/4页<script>var u='/nb.jspx?path=/a&pageNo=';</script>", "/nb.jspx?path=/a&pageNo=2"),
        ("/nb.jspx?path=/a", "第1/1页<script>var u='/nb.jspx?path=/a&pageNo=';</script>", None),
        (
            "/nb.do?id=4",
            "<form action='/nb.do'><input name=id value=4><input name=cpage></form>共2页",
            "/nb.do?id=4&cpage=2",
        ),
        ("/was/?orderby=-D", "<a href='/was/?orderby=-D&page=2'>下一页</a>", "/was/?orderby=-D&page=2"),
        (
            "/nb",
            "<script>laypage({cont:'p',pages:3,jump:function(e){location.href='/nb?page='+e.curr}})</script>",
            "/nb?page=2",
        ),
        ("/nb/index.html", "<script>var pageCount = 3;</script>", "/nb/index_1.html"),
        ("/nb/", "<a href='#'>下一页</a>", None),
        ("/nb/", "<a href='?date=2024-01-01'>1</a><a href='?date=2024-01-02'>2</a><a href='?sort=2'>下一页</a>", None),
        ("/nb/", "<!-- <a href='index_1.html'>下一页</a> -->", None),
    ],
)
def test_pages_that_follow_by_link_or_by_count(url: str, body: str, expected: str | None) -> None:
    page = page_of(f"<html><body>{body}</body></html>", f"http://a.gov.cn{url}")
    found = pager.following(page, links(page))
    assert (found.url if found else None) == (f"http://a.gov.cn{expected}" if expected else None)


def test_a_form_that_is_sent_for_the_next_page() -> None:
    form = "<form method=post action='nb.action?classID=2'><input name=cpage value=1><input name=q value=x></form>共3页"
    page = page_of(f"<html><body>{form}</body></html>", "http://a.gov.cn/gtapp/nb.action?classID=2")
    (listing,) = portals.read(page)
    (following,) = listing.next
    assert (following.method, following.url) == ("POST", page.url)
    assert following.body == b"cpage=2&q=x"
    last = Page(page.url, 200, page.payload, following.told(page="3"))
    assert not portals.read(last)


def test_a_more_belongs_to_the_words_right_before_it() -> None:
    rows = "".join(f"<li>{number}年报告的长长的标题</li>" for number in range(9))
    page = page_of(f"<div><h3>信息公开年报</h3><a href='/nb/'>更多&gt;&gt;</a><ul>{rows}</ul></div>")
    assert [link.text for link in links(page)] == ["信息公开年报"]


def test_menus_written_by_scripts_have_their_words() -> None:
    page = page_of(
        """<script>
        document.write("<a href=\\"/zfxxgk/\\" target='_blank'>" + "政府信息公开" + "<\\/a>");
        var menu = [{id: 3, title: '信息公开年报', target: '_self', url: '/xxgknb/'}];
        add("通知公告", "/tzgg/index.html"); var bodies = [{name: "民政局", uri: "/public/column/6602"}];
        </script><img usemap="#m"><map name="m"><area href="/map/" alt="政务公开"></map>
        <td onclick="window.open('/click/')">年度报告</td><select><option value="/bm/jyj/">教育局</option></select>"""
    )
    found = {link.url.removeprefix("http://a.gov.cn"): link.text for link in links(page)}
    assert found["/zfxxgk/"] == "政府信息公开"
    assert found["/xxgknb/"] == "信息公开年报"
    assert found["/tzgg/index.html"] == "通知公告"
    assert found["/public/column/6602"] == "民政局"
    assert found["/map/"] == "政务公开"
    assert found["/click/"] == "年度报告"
    assert found["/bm/jyj/"] == "教育局"


def test_a_name_belongs_to_the_address_of_its_own_object() -> None:
    page = page_of(
        """<script>var a = [{url: '/1.html', title: '甲县'}, {url: '/2.html', title: '乙县'}, {url: '/3.html'}];
        b("丙县", "/4.html"); b("丁县", "/5.html");</script>"""
    )
    found = {link.url.removeprefix("http://a.gov.cn"): link.text for link in links(page)}
    assert found == {"/1.html": "甲县", "/2.html": "乙县", "/4.html": "丙县", "/5.html": "丁县"}


@pytest.mark.parametrize(
    ("linked", "asked"),
    [
        ("/opennessAnnualReport/?branch_id=2", "/opennessAnnualReport/?branch_id=2"),
        ("/OpennessContent/index/2", "/opennessAnnualReport/?branch_id=2"),
        ("/openness/OpennessContent/showList/2/9/page_1.html", "/openness/opennessAnnualReport/?branch_id=2"),
        ("/openness/?branch_id=2", "/openness/opennessAnnualReport/?branch_id=2"),
        ("/x/openness/OpennessContent/branch/2", "/x/openness/opennessAnnualReport/?branch_id=2"),
        ("/list.do?branch_id=2", "/opennessAnnualReport/?branch_id=2"),
    ],
)
def test_a_meetfine_branch_s_annual_reports_lie_where_its_link_lies(linked: str, asked: str) -> None:
    page = page_of(f'<a href="{linked}">县教育局</a><i>openness</i>', "http://a.gov.cn/openness/")
    assert [fetch.url for fetch in meetfine.read(page).next] == [f"http://a.gov.cn{asked}"]


def test_a_meetfine_branch_is_asked_where_the_page_links_its_annual_reports() -> None:
    page = page_of(
        '<a href="/OpennessContent/index/2">县教育局</a><a href="/gk/opennessAnnualReport/?branch_id=2">年报</a>'
    )
    assert [fetch.url for fetch in meetfine.read(page).next] == ["http://a.gov.cn/gk/opennessAnnualReport/?branch_id=2"]


def test_shells_send_on_and_pages_do_not() -> None:
    assert sends_on(page_of("<meta http-equiv='Refresh' content='0;URL=/x/'>")) == (
        "meta_refresh",
        "http://a.gov.cn/x/",
    )
    assert sends_on(page_of("<script>location.replace('/y/')</script>")) == ("script_redirect", "http://a.gov.cn/y/")
    assert sends_on(page_of("<script>function go(){location.href='/y/'}</script><p>x</p>")) is None
    assert sends_on(page_of("<script>location.href='/y/'</script>" + "正文" * 2000)) is None


def test_rows_take_the_full_title_and_the_date_of_their_row() -> None:
    found = fragment_rows(
        """<ul><li><a href="/1.html" title="青石市2023年政府信息公开工作年度报告">青石市2023年政府信息公开…</a>
        <span>2024/1/5</span></li><li><a href="/art/2023/2/7/art_1_2.html">甲</a></li></ul>
        <table><tr><td>青石县2022年政府信息公开年度报告</td><td><a href="/2.pdf">查看</a></td>
        <td>2023年01月09日</td></tr></table><p><a href="/3.html" title="点击这里查看报告的全文">2021年度报告</a></p>
        <p><a href="/4.pdf" title="青石县2020年政府信息公开年度报告">下载</a></p>""",
        "http://a.gov.cn/",
    )
    assert [(item.title, item.date) for item in found] == [
        ("青石市2023年政府信息公开工作年度报告", "2024-01-05"),
        ("甲", "2023-02-07"),
        ("青石县2022年政府信息公开年度报告", "2023-01-09"),
        ("2021年度报告", None),
        ("青石县2020年政府信息公开年度报告", None),
    ]


@pytest.mark.parametrize(
    "value",
    [
        {"data": {"results": [{"title": "甲", "url": "//a.gov.cn/1", "publishedTimeStr": "2024-01-05 09:00:00"}]}},
        {"data": {"results": [{"source": {"showTitle": "甲", "urls": '{"pc":"/1"}', "pubDate": "2024-01-05"}}]}},
        {"articles": [{"title": "<b>甲</b>", "url": "http://a.gov.cn/1", "date": 1704416400}]},
        {"custom": {"data": [{"title": "", "realtitle": "甲", "infourl": "/1", "infodate": "2024-01-05 08:00"}]}},
    ],
)
def test_rows_out_of_json(value: object) -> None:
    found = records.items(records.records(json.loads(json.dumps(value))), "http://a.gov.cn/x/")
    assert [(item.url, item.title, item.date) for item in found] == [("http://a.gov.cn/1", "甲", "2024-01-05")]


def test_values_out_of_scripts() -> None:
    code = "var id = 'c7'; $.ajax({url: '/q', data: {channelId: id, page: p, 'size': 20, flag: true}});"
    inside = scripts.around(code, code.index("channelId"))
    assert scripts.resolved(inside, code) == {"channelId": "c7", "size": "20", "flag": "true"}
    assert scripts.literal("{'tagId':'右侧内容','editType':'null'}")["tagId"] == "右侧内容"
    assert records.load('cb({"result": [1]});') == {"result": [1]}


def test_links_are_ranked_by_the_words_of_the_guide() -> None:
    page = page_of(
        """<title>政府信息公开</title><a href="/n/">政府信息<br>公开年报</a><a href="/zn/">政府信息公开指南</a>
        <a href="/js/">决算公开</a><a href="/jyj/">青石市教育局</a><a href="/fzzf/zfxxgknb/">法治政府建设年报</a>
        <a href="/all/">政府信息公开</a>"""
    )
    ranked = sorted(navigation.promising(links(page), navigation.standing(page)), key=lambda fetch: -fetch.priority)
    assert [(fetch.url.removeprefix("http://a.gov.cn"), fetch.role) for fetch in ranked] == [
        ("/n/", "column"),
        ("/all/", "platform"),
        ("/jyj/", "unit"),
    ]


def test_the_official_marker_makes_a_column() -> None:
    marked = page_of('<meta name="ColumnType" content="信息公开年报"><title>栏目</title>')
    assert navigation.standing(marked).column
    assert not navigation.standing(page_of('<meta name="ColumnType" content="信息公开指南">')).column


def sample(name: str, url: str) -> Page:
    if not SAMPLES.is_dir():
        pytest.skip("the folder ../shared is absent")
    return Page(url, 200, (SAMPLES / name).read_bytes(), Fetch(url))


@pytest.mark.shared
def test_a_real_trs_list_gives_its_four_reports_and_its_second_page() -> None:
    page = sample("trs_annual_list_ordos_engebei.html", "http://egb.example.gov.cn/xxgk/xxgknb/")
    listing = portals.read(page)[0]
    assert navigation.standing(page).column
    assert listing.family == "trs"
    assert [fetch.url.rpartition("/")[2] for fetch in listing.next] == ["index_1.html"]
    assert len([item for item in listing.items if item.date]) == 10


@pytest.mark.shared
def test_a_real_platform_leads_to_the_column_and_its_units() -> None:
    page = sample("platform_nav_handan.html", "http://hd.example.gov.cn/zfxxgkzn/")
    found = {fetch.url: fetch.role for fetch in navigation.promising(links(page), navigation.standing(page))}
    assert found["http://hdzfxxgk.hd.gov.cn/zfxxgknb/"] == "column"
    assert sum(role == "unit" for role in found.values()) == 3


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "url", "asked"),
    [
        (
            "hanweb_jpaas_unitbuild_script_miit.html",
            "https://m.example.gov.cn/x/",
            "tagId=%E5%8F%B3%E4%BE%A7%E5%86%85%E5%AE%B9",
        ),
        ("hanweb_jpage_list_embedded_xml.html", "https://f.example.gov.cn/col/col284/", "webname=%25E6%25B1%259F"),
    ],
)
def test_real_hanweb_pages_name_their_next_request(name: str, url: str, asked: str) -> None:
    listing = portals.read(sample(name, url))[0]
    assert listing.family.startswith("hanweb")
    assert any(asked in fetch.url for fetch in listing.next)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "family", "count"),
    [("hanweb_jpaas_unit_response.json", "hanweb_jpaas", 2), ("gkmlpt_api_all_zhaoqing.json", "gkmlpt", 1)],
)
def test_real_answers_are_read_by_the_family_that_asked(name: str, family: str, count: int) -> None:
    answer = sample(name, "https://x.example.gov.cn/api?page=1")
    asked = Fetch(answer.url, "list", context={"family": family})
    listing = portals.read(Page(answer.url, 200, answer.payload, asked))[0]
    assert len(listing.items) == count
    assert listing.total and len(listing.next) == 1
