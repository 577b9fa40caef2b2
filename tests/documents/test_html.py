"""HTML pages: titles, the article's data, its text, its files, and what stands around it."""

import pytest
import trafilatura

from pipelines.documents import Document, Table, Unreadable, extract
from pipelines.documents.html import walk
from tests.documents.pages import URL, report
from tests.kit.reports.render import html_body

REPORT = report()
NAV = (
    "<div class='nav'><ul>"
    + "".join(f"<li><a href='/c{i}/'>政务公开栏目{i}</a></li>" for i in range(20))
    + "</ul></div>"
)
FOOTER = (
    "<div class='foot'><a href='/map'>网站地图</a><p>版权所有：某市人民政府 网站标识码：3700000001</p>"
    "<p>主办：某市人民政府办公室</p></div>"
)
RELATED = "<div><p>相关链接</p><ul><li><a href='/1.html'>某市水务局2020年政府信息公开工作年度报告</a></li></ul></div>"
TOOLS = "<p>字号：[大 中 小]</p><p>打印本页 关闭窗口</p><p>分享到：微信 微博</p><p>扫一扫在手机打开当前页</p>"
HEADINGS = ["总体情况", "主动公开政府信息情况", "收到和处理政府信息公开申请情况"]


def read(page: str, url: str = URL) -> Document:
    return extract(page.encode(), url=url)


def article(box: str, body: str | None = None) -> str:
    content = box.replace("{}", html_body(REPORT) if body is None else body)
    return (
        f"<html><head><title>{REPORT.title}_某市人民政府</title><meta name='SiteName' content='某市人民政府'></head>"
        f"<body>{NAV}<p>您当前的位置：<a href='/'>首页</a> &gt; <a href='/nb'>年报</a></p>"
        f"<h1>{REPORT.title}</h1><p>发布时间：2022-01-20 09:30　来源：某市水务局</p>"
        f"{content}{TOOLS}{RELATED}{FOOTER}</body></html>"
    )


@pytest.mark.parametrize(
    "box",
    [
        pytest.param('<div class="TRS_Editor">{}</div>', id="TRS"),
        pytest.param('<div id="UCAP-CONTENT">{}</div>', id="UCAP"),
        pytest.param('<div id="vsb_content_2"><div class="v_news_content">{}</div></div>', id="VSB"),
        pytest.param('<div id="zoom">{}</div>', id="Hanweb"),
        pytest.param('<div class="x1y2">{}</div>', id="unknown class"),
        pytest.param("<table><tr><td>{}</td></tr></table>", id="layout table"),
        pytest.param("{}", id="no box at all"),
    ],
)
def test_the_article_is_told_from_what_stands_around_it(box: str) -> None:
    document = read(article(box))
    main = [paragraph.text for paragraph in document.paragraphs if paragraph.main]
    for heading in HEADINGS:
        assert any(text.endswith(heading) for text in main)
    assert len(document.tables) == 3
    around = [
        "栏目",
        "位置",
        "字号",
        "打印",
        "分享",
        "扫一扫",
        "相关链接",
        "2020年政府信息公开工作年度报告",
        "版权",
        "主办",
        "网站地图",
    ]
    assert [(word, text) for word in around for text in main if word in text] == []
    signed = [text for text in main if text.startswith("2022年")]
    assert len(signed) == 1


def test_text_that_only_trafilatura_can_find() -> None:
    body = "".join(
        f"<p>2021年，我局第{i}次召开政务公开工作会议，研究部署信息公开工作，取得了明显成效。</p>" for i in range(9)
    )
    main = [paragraph.text for paragraph in read(article("<div class='q'>{}</div>", body)).paragraphs if paragraph.main]
    assert len([text for text in main if "工作会议" in text]) == 9
    assert not any("栏目" in text or "版权" in text for text in main)


def test_trafilatura_is_not_asked_for_an_article_where_none_is(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(f"<li><a href='/{i}.html'>某局{2010 + i}年政府信息公开工作年度报告</a></li>" for i in range(12))

    def fail(*_: object, **__: object) -> None:
        raise AssertionError("it takes longer than all else")

    monkeypatch.setattr(trafilatura, "bare_extraction", fail)
    document = read(article("<div class='q'>{}</div>", f"<ul>{rows}</ul><p>本栏目正在建设中，欢迎您提出宝贵意见。</p>"))
    main = [paragraph.text for paragraph in document.paragraphs if paragraph.main]
    assert [text for text in main if "栏目" in text] == ["本栏目正在建设中，欢迎您提出宝贵意见。"]
    assert not any("工作年度报告" in text for text in main if text != REPORT.title)
    with pytest.raises(AssertionError, match="longer"):
        read(article("<div class='q'>{}</div>", "<p>本栏目正在建设中，欢迎您提出宝贵意见。</p>" * 20))


@pytest.mark.parametrize(
    ("tag", "cell"),
    [("<table>", "<a href='/f/1.pdf'>附件</a>"), ("<table data-url='/f/1.pdf'>", "附件")],
)
def test_files_in_tables_that_were_read_before_are_seen_again(tag: str, cell: str) -> None:
    page = f"{tag}<tr><td>年度</td><td>文件</td></tr><tr><td>2021</td><td>{cell}</td></tr></table>"
    first, again = read(page), read(f"<p>另一页</p>{page}")
    assert len(first.tables) == len(again.tables) == 1
    assert [found.url.rpartition("/")[2] for found in (*first.attachments, *again.attachments)] == ["1.pdf", "1.pdf"]
    assert first.links == again.links == ("<a" in cell)


def test_the_whole_report_stays_in_order() -> None:
    document = read(article('<div class="TRS_Editor">{}</div>'))
    order = [block.where if isinstance(block, Table) else block.text for block in document.blocks]
    places = [next(i for i, text in enumerate(order) if text.endswith(heading)) for heading in HEADINGS[1:]]
    assert places[0] < order.index("table 1") < places[1] < order.index("table 2") < order.index("table 3")


def test_titles_best_first() -> None:
    corrected = f"{REPORT.title}（更正）"
    meta = f"<meta name='ArticleTitle' content='{corrected}'><title>"
    document = read(article("<div id=zoom>{}</div>").replace("<title>", meta))
    assert document.titles[:3] == (("meta", corrected), ("h1", REPORT.title), ("title", REPORT.title))


def test_a_title_broken_over_lines_is_one() -> None:
    document = read("<div class='article-title'>某市水务局<br>2021年政府信息公开\n工作年度报告</div><p>正文</p>")
    assert document.title == "某市水务局2021年政府信息公开 工作年度报告"


@pytest.mark.parametrize(
    "markup",
    [
        "<table><tr><td>索引号：</td><td>1137/2022-1</td><td>发布机构：</td><td>某市水务局</td></tr>"
        "<tr><td>成文日期</td><td>2022-01-19</td><td>文　号</td><td></td></tr></table>",
        "<ul><li><em>索引号：</em>1137/2022-1<li><em>发布机构：</em>某市水务局<li><em>成文日期：</em>2022-01-19</ul>",
        "<dl><dt>索引号<dd>1137/2022-1<dt>发布机构<dd>某市水务局<dt>成文日期<dd>2022-01-19</dl>",
        "<p><span>索 引 号：1137/2022-1</span> <span>发布机构：某市水务局</span>|<span>成文日期：2022-01-19",
        "<ul><li><b>索引号</b>1137/2022-1</li><li><b>发布机构</b>某市水务局</li><li><b>成文日期</b>2022-01-19</li></ul>",
    ],
)
def test_the_articles_own_data_become_fields(markup: str) -> None:
    document = read(article(markup + '<div class="TRS_Editor">{}</div>'))
    assert document.field_value("索引号") == "1137/2022-1"
    assert document.field_value("发布机构") == "某市水务局"
    assert document.field_value("成文日期") == "2022-01-19"
    assert document.field_value("发布时间") == "2022-01-20 09:30"
    assert not any("索" in paragraph.text for paragraph in document.paragraphs if paragraph.main)


def test_labels_in_the_running_text_are_no_fields() -> None:
    document = read(
        article(
            "<div id=zoom>{}</div>",
            "<p>一、总体情况</p><p>时间：2021年全年，来源：各科室。</p><p>二、公开</p><p>三、申请</p>" * 2,
        )
    )
    assert document.fields == (("发布时间", "2022-01-20 09:30"), ("来源", "某市水务局"))


def test_meta_tags_keep_order_and_duplicates() -> None:
    document = read("<meta name=SiteDomain content='a.gov.cn'><meta name=sitedomain content='b.gov.cn'><p>x")
    assert document.meta == (("sitedomain", "a.gov.cn"), ("sitedomain", "b.gov.cn"))


@pytest.mark.parametrize(
    ("markup", "url", "label"),
    [
        ("<a href='./P020.pdf'>附件1.pdf</a>", "http://sw.example.gov.cn/zfxxgk/nb/202201/P020.pdf", "附件1.pdf"),
        ("<a href='//f.example.gov.cn/a.docx' title='年报'>点击下载</a>", "http://f.example.gov.cn/a.docx", "年报"),
        ("<a href='/d.jsp?filename=x.wps'>附件</a>", "http://sw.example.gov.cn/d.jsp?filename=x.wps", "附件"),
        ("<a href='/module/download/downfile.jsp?classid=0&amp;filename=ab.pdf'>报告</a>",
         "http://sw.example.gov.cn/module/download/downfile.jsp?classid=0&filename=ab.pdf", "报告"),
        ("<a href='/document/download?fileUrl=/u/1.pdf'>报告</a>",
         "http://sw.example.gov.cn/document/download?fileUrl=/u/1.pdf", "报告"),
        ("<iframe src='/pdf/web/viewer.html?file=%2Fu%2Fa.pdf'></iframe>", "http://sw.example.gov.cn/u/a.pdf", "a.pdf"),
        ("<embed src='/u/b.pdf'>", "http://sw.example.gov.cn/u/b.pdf", "b.pdf"),
        ("<object data='/u/c.PDF'></object>", "http://sw.example.gov.cn/u/c.PDF", "c.PDF"),
        ("<div id='pdfshow' data-value='/u/d.pdf'></div>", "http://sw.example.gov.cn/u/d.pdf", "d.pdf"),
        ("<script>showPdf(\"/u/e.pdf\")</script>", "http://sw.example.gov.cn/u/e.pdf", "e.pdf"),
    ],
)  # fmt: skip
def test_attachments(markup: str, url: str, label: str) -> None:
    document = read(
        f"<html><body><div id=zoom><p>报告见附件。</p>{markup}{markup}<a href='/x.html'>其他</a></div></body></html>"
    )
    assert [(attachment.url, attachment.label) for attachment in document.attachments] == [(url, label)]


def test_pages_framed_in_the_text_are_attachments_and_frames_around_it_are_not() -> None:
    document = read(
        f"<html><body><iframe src='/top.html'></iframe><div id=zoom><p>{'各项统计数据见下表，其余见附件。' * 20}</p>"
        "<iframe src='/t/1.html' title='统计表'></iframe><iframe src='about:blank'></iframe><iframe></iframe>"
        "<a href='/u/a.xlsx'>数据</a></div></body></html>"
    )
    assert [(attachment.url, attachment.label) for attachment in document.attachments] == [
        ("http://sw.example.gov.cn/u/a.xlsx", "数据"),
        ("http://sw.example.gov.cn/t/1.html", "统计表"),
    ]


def test_the_base_element_moves_relative_links() -> None:
    document = read("<html><head><base href='/base/'></head><body><a href='a.xls'>表</a></body></html>")
    assert document.attachments[0].url == "http://sw.example.gov.cn/base/a.xls"


def test_pictures_that_may_carry_the_tables_are_counted() -> None:
    text = "<p>一、总体情况。二、主动公开情况。三、收到和处理申请的有关情况如图所示。四、其他需要报告的事项没有。</p>"
    pictures = "<img src='p1.jpg'><img src='p2.png' width=600><img src='icon_a.gif'><img src='x.jpg' width='16'>"
    assert read(article("<div id=zoom>{}</div>", text + pictures + text)).images == 2


def test_a_list_page_is_made_of_links() -> None:
    rows = "".join(
        f"<li><a href='/{i}.html'>某局{2000 + i}年政府信息公开工作年度报告</a><span>2022-01-{i:02}</span></li>"
        for i in range(1, 21)
    )
    document = read(f"<html><body>{NAV}<ul class='list'>{rows}</ul>{FOOTER}</body></html>")
    assert document.links >= 20
    assert document.tables == ()


def test_a_traditional_page_is_read_in_simplified_characters() -> None:
    text = "<p>一、總體情況</p><p>政府信息公(gōng)開，衛(wèi)生健康委員會發布報告。</p>"
    document = read(f"<div id=zoom>{text}<table><tr><td>規章<td>12<tr><td>文件<td>3</table></div>")
    assert [paragraph.text for paragraph in document.paragraphs] == [
        "一、总体情况",
        "政府信息公开，卫生健康委员会发布报告。",
    ]
    assert document.tables[0].cells[0].text == "规章"
    assert document.repairs == ("annotations_removed", "simplified")


def test_spans_that_stand_on_lines_of_their_own_are_lines() -> None:
    lines = ("一、总体情况", "本年度工作有序开展。", "二、主动公开政府信息情况")
    spans = "".join(f'<span style="display: block">{line}</span>' for line in lines)
    assert [block.text for block in extract(f"<body>{spans}</body>".encode(), url=URL).paragraphs] == list(lines)


def test_digits_beside_a_number_in_running_text_are_no_part_of_it() -> None:
    lines = [
        ("收到<del>5</del>4件", "收到~~5~~4件"),
        ("<s>旧</s>新<s> </s>", "~~旧~~新"),
        ("<s>5</s>", "~~5~~"),
        ("<font color=white>9</font>12", "9~~12"),
        ("<font color=white>标题<font color=white>9</font></font>", "标题9"),
        ("<b style='color: #fff'>1</b><b style='color: #fff'>2</b>", "12"),
        ("3<a href=#n>1</a>件", "3¹件"),
        ("见办法<a href=#n>1</a>", "见办法1"),
        ("3<sup>１</sup>，10<sub>2</sub>", "3¹，10₂"),
        ("<i style='vertical-align: top'>1</i><i style='vertical-align: top'>2</i>", "12"),
        ("5<img src=a.gif>4", "5 4"),
        ("5<button>更多</button>4", "5 4"),
        ("5<span style='margin-left: 9px'>6<u style='margin-left: 9px'>4</u></span>", "5 6 4"),
        ("共<span style='margin-left: 9px'>6</span>件", "共6件"),
        ("<bdo dir=rtl>12</bdo>", "\u202e12"),
        ("收到<span data-to=350>0</span>件", "收到<script>0件"),
        ("收到<span data-to=350>350</span>件", "收到350件"),
        ("<span v-text=n>0</span>件", "<script>0件"),
    ]
    document = read("".join(f"<h3>{markup}</h3>" for markup, _ in lines))
    assert [block.text for block in document.paragraphs] == [text for _, text in lines]
    below = read("<del><span style='display: block'>5</span>6</del>7")
    assert [block.text for block in below.paragraphs] == ["~~5~~", "~~6~~7"]


def test_a_heading_on_a_button_under_which_text_unfolds_is_read() -> None:
    parts = ("一、总体情况", "二、主动公开政府信息情况")
    document = read(
        "".join(f"<h2><button class=fold><b>{part}</b></button></h2><p>正文<button>展开</button></p>" for part in parts)
    )
    assert [(block.text, block.level) for block in document.paragraphs] == [
        (parts[0], 2),
        ("正文", 0),
        (parts[1], 2),
        ("正文", 0),
    ]


def test_a_heading_in_a_bookmark_is_no_link() -> None:
    headings = ("一、总体情况", "二、主动公开政府信息情况", "三、存在的主要问题")
    marked = "".join(f"<h3><a name=_Toc{number}>{text}</a></h3>" for number, text in enumerate(headings))
    document = extract(f"<body><div>{marked}</div></body>".encode(), url=URL)
    assert [block.text for block in document.paragraphs if block.main] == list(headings)
    assert not any(
        block.main for block in extract(f"<div>{marked.replace('name', 'href')}</div>".encode(), url=URL).paragraphs
    )


def test_hidden_text_is_not_the_article() -> None:
    document = read(article("<div id=zoom>{}</div>", html_body(REPORT) + "<p style='display:none'>秘密</p>"))
    assert [paragraph.main for paragraph in document.paragraphs if paragraph.text == "秘密"] == [False]


@pytest.mark.parametrize(
    ("payload", "code"), [(b"<!-- only a comment -->", "empty"), (b"<p>" + b"<b>" * 1_300_000, "too_large")]
)
def test_pages_that_cannot_be_read_say_why(payload: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        extract(payload, url=URL, content_type="text/html")
    assert refusal.value.code == code


def test_an_article_that_is_cut_for_its_length_is_still_the_article() -> None:
    lines = "<p>某市水务局主动公开的一条信息</p>" * 100_100
    document = read(f"<div class='TRS_Editor'>{lines}</div>")
    assert "text_cut" in dict(document.notes)
    assert sum(paragraph.main for paragraph in document.paragraphs) >= 99_000


def test_a_note_to_readers_without_scripts_is_not_the_text() -> None:
    note = "<p>一、总体情况</p><p>本机关认真落实条例。<noscript>请启用脚本后浏览</noscript></p><p>二、主动公开情况</p>"
    document = read(article("<div id='zoom'>{}</div>", note * 3))
    assert not any("脚本" in block.text for block in document.paragraphs if block.main)


@pytest.mark.parametrize(
    "page",
    [
        article("<div class='TRS_Editor'>{}</div>"),
        article("<div>{}</div>").replace("<head>", "<head><style>.nav li{color:red} .nav{display:none}</style>"),
        article("<div>{}</div>").replace("<ul>", "<ul style='display:none'>"),
        article("<div>{}</div>").replace("<ul><li>", "<ul><li style='display:none'>"),
        article("<div>{}</div>").replace("<ul>", "<ul class='TRS_Editor'>"),
        article("<div>{}</div>").replace("<div class='nav'>", "<nav><pre>").replace("</ul></div>", "</ul></pre></nav>"),
        article("<div>{}</div>").replace("</a></li></ul>", "</a></li><li>一、没有链接的一行</li></ul>", 1),
    ],
)
def test_a_menu_that_was_read_before_reads_the_same(page: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(walk, "_menus", {})
    alone = read(page)
    monkeypatch.setattr(walk, "_menus", {})
    read(article("<div>{}</div>"))
    assert len(walk._menus) == 1
    assert read(page) == alone == read(page)
