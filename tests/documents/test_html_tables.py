"""Tables of HTML pages: the DOM's own grid, in everything that portals make of it."""

from html import escape

import pytest

from pipelines.documents import Document, extract
from tests.documents.pages import URL, cells_of, page, plain, table, tables, texts, truth, word
from tests.kit.reports.statutory import Printed, Rows

ALL_TABLES = [pytest.param(rows, id=name) for name, rows in tables()]
REQUESTS = [pytest.param(rows, id=name) for name, rows in tables() if name.endswith("requests")]


def read(body: str, **more: str) -> Document:
    return extract(page(body, **more), url=URL)


@pytest.mark.parametrize("rows", ALL_TABLES)
@pytest.mark.parametrize(
    "markup",
    [
        pytest.param(table, id="plain"),
        pytest.param(lambda rows: table(rows, word), id="word paste"),
        pytest.param(lambda rows: table(rows, closed=False), id="no end tags"),
        pytest.param(
            lambda rows: table(rows, lambda text: f"<p>{plain(text)}</p><p>&nbsp;</p>"), id="empty paragraphs"
        ),
        pytest.param(lambda rows: table(rows, lambda text: f"<div><div><b>{plain(text)}</b></div></div>"), id="divs"),
        pytest.param(
            lambda rows: table(rows, lambda text: f"<!--[if x]>9<![endif]-->{plain(text)}<![if !y]><![endif]>"),
            id="comments",
        ),
        pytest.param(lambda rows: f"<table><tr><td>{table(rows)}</td></tr></table>", id="layout table around"),
        pytest.param(
            lambda rows: f"<table><tr><td>x<td><table><tr><td>{table(rows)}</table></table>",
            id="two layout tables around",
        ),
        pytest.param(lambda rows: table(rows).replace("<tr>", "<form><tr>", 1), id="form inside the table"),
        pytest.param(lambda rows: table(rows).replace("<tr>", "<tbody><tr>"), id="tbody a row"),
        pytest.param(lambda rows: table(rows).replace("<tr>", "<colgroup><col></colgroup><tr>", 1), id="colgroup"),
        pytest.param(lambda rows: table(rows).upper().replace("<BR>", "<br>"), id="upper case"),
    ],
)
def test_every_form_keeps_its_grid(markup, rows: Rows) -> None:  # type: ignore[no-untyped-def]
    (found,) = read(markup(rows)).tables
    assert found.spans == "resolved"
    assert cells_of(found) == truth(rows)


@pytest.mark.parametrize("rows", REQUESTS)
@pytest.mark.parametrize("excess", [1, 2, 7, 100])
def test_a_rowspan_that_is_too_long_displaces_nothing(rows: Rows, excess: int) -> None:
    spanning = [(r, index) for r, row in enumerate(rows) for index, cell in enumerate(row) if cell.rowspan > 1]
    for place in spanning:
        (found,) = read(table(rows, longer={place: excess})).tables
        assert cells_of(found) == truth(rows), place


def test_a_cut_span_is_noted() -> None:
    rows = "<tr><td rowspan=3>甲<td>乙<td>1<tr><td>丙<td>2<tr><td>丁<td>戊<td>3<tr><td>己<td>庚<td>4"
    document = read(f"<table>{rows}</table>")
    assert texts(document.tables[0])[2] == ["丁", "戊", "3"]
    assert [cell.column for cell in document.tables[0].rows()[2]] == [0, 1, 2]
    assert "span_cut" in dict(document.notes)


def test_an_empty_cell_too_many_is_no_reason_to_cut_a_span() -> None:
    rows = "<tr><td rowspan=2>甲<td>乙<td>1<tr><td>丙<td>2<td><tr><td colspan=2>丁<td>3"
    document = read(f"<table>{rows}</table>")
    assert [cell.column for cell in document.tables[0].rows()[1]] == [1, 2, 3]


@pytest.mark.parametrize(
    ("span", "columns"),
    [
        ('rowspan="0"', [0, 1]),
        ('rowspan="2.0"', [0, 1]),
        ('rowspan="１"', [0, 0]),
        ('rowspan="-3"', [0, 0]),
        ('rowspan="1000000000"', [0, 1]),
        ("rowspan", [0, 0]),
    ],
)
def test_odd_rowspans_are_read_as_browsers_do(span: str, columns: list[int]) -> None:
    document = read(f"<table><tr><td {span}>甲</td><td>1</td></tr><tr><td>2</td></tr></table>")
    assert [row[0].column for row in document.tables[0].rows()] == columns


def test_an_absurd_colspan_is_clipped_to_the_table() -> None:
    document = read("<table><tr><td colspan=1000000000>甲</td></tr><tr><td>乙</td><td>1</td><td>2</td></tr></table>")
    (found,) = document.tables
    assert (found.width, found.rows()[0][0].colspan) == (3, 3)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>结果</p><p>维持</p>", "结果\n维持"),
        ("结果<br>维持", "结果\n维持"),
        ("结果<br/><br/>维持", "结果\n维持"),
        ("1<p>2</p>", "1\n2"),
        ("<span>1</span><span>2</span>", "12"),
        ("1&nbsp;234", "1 234"),
        ("\n\t 12 \u3000\n", "12"),
        ("１２", "１２"),
        ("<s>5</s>6", "~~5~~6"),
        ('<span style="text-decoration: line-through">5</span>6', "~~5~~6"),
        ('<u style="text-decoration: underline">5</u>6', "56"),
        ("24<sup>1</sup>", "24¹"),
        ("7<script>var shown = 8</script>", "7"),
        ("7<script>document.write(8)</script>", "7<script>"),
        ('24<span style="vertical-align: super; font-size: 8px">1</span>', "24¹"),
        ('<p style="vertical-align: super">24</p>', "24"),
        ('7<span style="font-size:0">8</span>', "7"),
        ('7<span style="color: transparent">8</span>', "7"),
        ('7<span style="color: #FFF">8</span>', "7~~8~~"),
        ('<span style="color: white">7</span>', "7"),
        ('<span style="background-color: #fff; white-space: nowrap">7</span>8', "78"),
        ("<font color=White>7</font>8", "~~7~~8"),
        ('7<span style="color: rgb(255 255 255)"><font color="#fff">8</font></span>', "7~~8~~"),
        ('<font color="#FFFFFF">7</font>', "7"),
        ('<font color="#ff0000">7</font>8', "78"),
        ('<span class="counter" data-value="350">0</span>', "<script>0"),
        ('<b :data-to="1,350"></b>', "<script>"),
        ('<span data-value="350">350</span>', "350"),
        ('<span data-row="350">0</span>', "0"),
        ('<b data-row-num="5" data-cell-num="3"></b>', ""),
        ('<b data-growth-num="5"></b>', "<script>"),
        ('<span v-text="sum">0</span>', "<script>0"),
        ('<span class="n3"></span>7', "<script>7"),
        ('<span class="icon"></span>7', "7"),
        ('24<span style="mso-text-raise: 6.0pt">1</span>', "24¹"),
        ('24<span style="vertical-align: 5px"><span style="vertical-align: 5px">1</span></span>', "24¹"),
        ('24<span class="MsoFootnoteReference">1</span>', "24¹"),
        ('24<a href="#note1">1</a>', "24¹"),
        ('<span style="vertical-align: top">2</span><span style="vertical-align: top">4</span>', "24"),
        ('24<span style="vertical-align: middle">1</span>', "241"),
        ('<span style="float: right">1</span>24', "1 24"),
        ('<span style="display: block">24</span><span style="display: block">1</span>', "24 1"),
        ('24<span style="padding: 0 9px">1</span>', "24 1"),
        ('<span style="margin: 0; display: inline">24</span>1', "241"),
        ('<label>24</label><input value="1">', "24 1"),
        ("24<img src='a.gif' width='30' height='1'>1", "24 1"),
        ("<bdo dir='rtl'>24</bdo>", "\u202e24"),
        ("24<video>1</video>", "24"),
        ('24<span style="width: 0; overflow: hidden">1</span>', "24"),
        ('24<span style="color: rgba(0, 0, 0, 0)">1</span>', "24"),
        ('24<span style="color: rgb(0, 0, 0)">1</span>', "241"),
        ("\u202e12", "\u202e12"),
        ('7<span style="display: none">8</span>', "7"),
        ('7<span style="VISIBILITY:HIDDEN">8</span>', "7"),
        ('<input type="text" value="9">', "9"),
        ('<input type="hidden" value="9">3', "3"),
        ("<select><option>1<option selected>2</select>", "2"),
        ("<ruby>公<rt>gong</rt></ruby>开", "公开"),
        ("<table><tr><td>5</td></tr></table>", "5"),
        ("&amp;nbsp;5", "5"),
    ],
)
def test_what_a_cell_shows(markup: str, text: str) -> None:
    style = "<style>.n3::before { content: '3' } .icon:before { content: '\\e601' }</style>"
    document = read(f"{style}<table><tr><td>规章</td><td>{markup}</td></tr><tr><td>文件</td><td>3</td></tr></table>")
    assert texts(document.tables[0])[0] == ["规章", text]


def test_a_number_up_to_which_a_cell_counts_is_not_the_one_that_it_shows() -> None:
    document = read("<table><tr><td>规章</td><td data-value='7'>0</td></tr><tr><td>文件</td><td>3</td></tr></table>")
    assert texts(document.tables[0]) == [["规章", "<script>0"], ["文件", "3"]]


def test_a_row_whose_tag_is_missing_is_a_row() -> None:
    document = read(
        "<table><tr><td>规章</td><td>7</td></tr><td>文件</td><td>3</td></tr><td>许可</td><td>1</td></table>"
    )
    assert texts(document.tables[0]) == [["规章", "7"], ["文件", "3"], ["许可", "1"]]


def test_cells_that_a_browser_leaves_out_take_no_room() -> None:
    head = "<tr><td>信息内容</td><td hidden>旧数</td><td>本年制发件数</td></tr>"
    document = read(f"<table>{head}<tr><td>规章</td><td style='display:none'>7</td><td>3</td></tr></table>")
    assert texts(document.tables[0]) == [["信息内容", "本年制发件数"], ["规章", "3"]]
    document = read(f"<table>{head}<tr><td>规章</td><td style='visibility:hidden'>7</td><td>3</td></tr></table>")
    assert texts(document.tables[0])[1] == ["规章", "", "3"]


@pytest.mark.parametrize("style", ["display:none", "visibility:collapse"])
def test_a_hidden_row_counts_only_where_its_labels_are_not_shown(style: str) -> None:
    rows = f"<tr><td>规章</td><td>3</td></tr><tr style='{style}'><td>规章</td><td>7</td></tr>"
    folded = "<tbody style='display:none'><tr><td>行政许可</td><td>9</td></tr></tbody>"
    assert texts(read(f"<table>{rows}{folded}</table>").tables[0]) == [["规章", "3"], ["行政许可", "9"]]


@pytest.mark.parametrize("rows", ALL_TABLES)
def test_a_table_of_roles_is_a_table(rows: Rows) -> None:
    def shown(cell: Printed) -> str:
        spans = f"aria-rowspan={cell.rowspan} aria-colspan={cell.colspan}"
        return f"<span role=cell {spans}>{plain(cell.text)}</span>"

    body = "".join(f"<div role='row'>{''.join(map(shown, row))}</div>" for row in rows)
    assert cells_of(read(f'<div role="table"><div role="rowgroup">{body}</div></div>').tables[0]) == truth(rows)


def test_a_page_written_into_a_frame_is_read() -> None:
    written = "<p>下表</p><table><tr><td>规章</td><td>3</td></tr><tr><td>文件</td><td>4</td></tr></table>"
    document = read(f'<iframe srcdoc="{escape(written)}"></iframe>')
    assert texts(document.tables[0]) == [["规章", "3"], ["文件", "4"]]


def test_a_script_that_writes_tables_is_noted() -> None:
    noted = [code for code, _ in read("<script>document.write('<table><tr><td>1')</script><p>文</p>").notes]
    assert noted == ["scripted_tables"]
    assert not read("<script>document.write('<p>1</p>')</script><p>文</p>").notes


def test_a_picture_in_a_cell_is_said_to_be_one() -> None:
    document = read('<table><tr><td>规章</td><td><img src="a.png"></td></tr>'
                    '<tr><td>文件</td><td><img src="a.png">3</td></tr>'
                    '<tr><td>其他</td><td><img src="spacer.gif" width=1></td></tr></table>')  # fmt: skip
    assert [row[1].image for row in document.tables[0].rows()] == [True, False, False]


@pytest.mark.parametrize(
    "around",
    [
        '<div style="display:none">{}</div>',
        '<div style="position:absolute;left:-9999px">{}</div>',
        '<div style="text-indent:-999em">{}</div>',
        '<div style="Height: 0px; overflow: hidden">{}</div>',
        '<div style="opacity:0">{}</div>',
        '<div style="position:absolute;clip:rect(1px, 1px, 1px, 1px)">{}</div>',
        '<style>@media screen { .off { display: none } }</style><div class="off">{}</div>',
        "<style>.off { position: absolute; left: -9999px }</style><div class='off'>{}</div>",
        '<section style="color:red; Visibility : hidden"><div>{}</div></section>',
        "<div hidden>{}</div>",
        '<div aria-hidden="true">{}</div>',
        '<div class="only-print">{}</div>',
        '<div class="wrap mobile-only">{}</div>',
        "<style>.twin, .other { display: none; }</style><div class='a twin'>{}</div>",
        "<style>#twin{visibility:hidden}</style><div id='twin'>{}</div>",
        "<style><!--\n.twin { display: none }\n--></style><div class='twin'>{}</div>",
        "<style>@media (min-width: 768px) { .twin { display: none } }</style><div class='twin'>{}</div>",
        '<div class="visible-print-block">{}</div>',
        '<div class="block md:hidden">{}</div>',
        '<div class="m-table">{}</div>',
        "<noscript>{}</noscript>",
    ],
)
def test_a_hidden_twin_is_marked(around: str) -> None:
    twin = "<table><tr><td>规章</td><td>1</td></tr><tr><td>文件</td><td>2</td></tr></table>"
    document = read(around.replace("{}", twin) + twin)
    assert [found.hidden for found in document.tables] == [True, False]
    assert [found.where for found in document.tables] == ["table 1", "table 2"]


@pytest.mark.parametrize(
    "names",
    [
        "overflow-hidden",
        "hidden-xs",
        "print-area",
        "mobile",
        "showcase",
        "hidden-phone",
        "d-none d-md-block",
        "hidden md:block",
    ],
)
def test_classes_that_only_sound_hidden(names: str) -> None:
    document = read(f'<div class="{names}"><table><tr><td>规章<td>1<tr><td>文件<td>2</table></div>')
    assert not document.tables[0].hidden


@pytest.mark.parametrize(
    "style",
    [
        "line-height:0; overflow:hidden",
        "min-height:0;overflow:hidden",
        "opacity:0.8",
        "margin-left:-15px",
        "text-indent:-21.0pt",
        "height:0",
        "overflow:hidden",
    ],
)
def test_styles_that_only_look_hiding(style: str) -> None:
    document = read(f'<div style="{style}"><table><tr><td>规章<td>1<tr><td>文件<td>2</table></div>')
    assert not document.tables[0].hidden


def test_rules_for_phones_and_printers_hide_nothing_on_a_screen() -> None:
    style = (
        "<style>@media print{.main{display:none}} @media (max-width:600px){.main{display:none}} .x{color:red}"
        ".main{display:none} @media (min-width:768px){.main{display:block}}</style>"
    )
    document = read(style + '<div class="main"><table><tr><td>规章</td><td>1</td></tr></table></div>')
    assert not document.tables[0].hidden


def test_a_table_in_two_parts_stays_in_two() -> None:
    document = read(
        "<table><tr><td>规章</td><td>1</td></tr></table><p>续表</p><table><tr><td>文件</td><td>2</td></tr></table>"
    )
    assert [texts(found) for found in document.tables] == [[["规章", "1"]], [["文件", "2"]]]


def test_text_between_the_cells_is_not_lost() -> None:
    document = read(
        "<table><caption>附表一</caption>单位：件<tr><td>规章</td><td>1</td></tr><tr><td>文件</td><td>2</td></tr></table>"
    )
    assert "附表一" in document.paragraphs[0].text
    assert "单位：件" in document.paragraphs[0].text
    assert texts(document.tables[0]) == [["规章", "1"], ["文件", "2"]]


def test_tables_that_only_arrange_dissolve_into_text() -> None:
    body = (
        "<table><tr><td><p>一、总体情况</p><p>2021年公开信息30条。</p></td></tr></table>"
        "<table><tr><td>某市水务局</td><td>2022年1月20日</td></tr></table>"
    )
    document = read(body)
    assert document.tables == ()
    assert [paragraph.text for paragraph in document.paragraphs] == [
        "一、总体情况",
        "2021年公开信息30条。",
        "某市水务局",
        "2022年1月20日",
    ]


def test_a_place_for_a_line_break_ends_no_row() -> None:
    document = read("<table><tr><td>行政<wbr>许可<td>7<tr><td>行政<WBR>处罚<td>3</table>")
    assert texts(document.tables[0]) == [["行政许可", "7"], ["行政处罚", "3"]]


def test_what_is_hidden_amid_rows_without_table_elements_parts_no_table() -> None:
    values = [f"<div><i style='display:none'>9</i>{number}</div>" for number in range(8)]
    rows = "".join(f"<div>{label}</div>{value}" for label, value in zip("甲乙丙丁戊己庚辛", values, strict=True))
    assert [len(texts(table)) for table in read(rows).tables] == [8]


def test_a_menu_in_a_table_is_no_data() -> None:
    document = read("<table><tr><td><a href=1>政策文件</a></td><td><a href=2>信息公开</a></td></tr>"
                    "<tr><td><a href=3>机构职能</a></td><td><a href=4>年度报告</a></td></tr></table>")  # fmt: skip
    assert document.tables == ()


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        pytest.param(
            "<pre>规章\t0\t1\t2\n行政规范性文件\t3\t4\t5</pre>",
            [["规章", "0", "1", "2"], ["行政规范性文件", "3", "4", "5"]],
            id="tabs in pre",
        ),
        pytest.param(
            "<p>规章 | 0 | 1 |</p><p>行政规范性文件 | 3 | 4 |</p>",
            [["规章", "0", "1"], ["行政规范性文件", "3", "4"]],
            id="pipes",
        ),
        pytest.param(
            "<p>规章&nbsp;&nbsp;&nbsp;0&nbsp;&nbsp;1&nbsp;&nbsp;2</p><p>行政规范性文件&nbsp;&nbsp;3&nbsp;&nbsp;4&nbsp;&nbsp;5</p>",
            [["规章", "0", "1", "2"], ["行政规范性文件", "3", "4", "5"]],
            id="columns of spaces",
        ),
        pytest.param(
            "".join(
                f"<div class=row><div>{a}</div><div>{b}</div><div>{c}</div></div>"
                for a, b, c in (("规章", 0, 1), ("文件", 3, 4), ("许可", 7, 8))
            ),
            [["规章", "0", "1"], ["文件", "3", "4"], ["许可", "7", "8"]],
            id="divs",
        ),
    ],
)
def test_tables_without_table_elements(body: str, rows: list[list[str]]) -> None:
    (found,) = read(body).tables
    assert texts(found) == rows
    assert found.spans == "lost"
