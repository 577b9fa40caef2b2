"""Pages are read from their tags as they are written; a tree that the parser makes of them must say the same."""

import re
from random import Random

import pytest
from lxml import etree

from pipelines.documents import Document, extract
from pipelines.documents.html.page import Page
from pipelines.documents.html.reader import _read
from pipelines.documents.html.tags import Irregular, Spelling, Tag, ends_itself
from tests.documents.pages import URL, report
from tests.kit.reports.render import html_body

REPORT = report()
_NAMES = """
    a abbr address article b big blockquote body button caption center cite code col colgroup dd del dir div dl dt em
    fieldset figure font footer form h1 h2 h3 h4 h5 h6 head header hr i img input kbd label legend li map menu meta nav
    noscript object ol optgroup option p param pre q s section select small span strike strong sub sup table tbody td
    tfoot th thead tr tt u ul var o:p
"""
NAMES = _NAMES.split()


def test_elements_end_where_the_parser_ends_them():
    """For every pair of names, whether the second begins in the first or ends it."""
    spelling = Spelling()
    for around in NAMES:
        if spelling.tag(around).void or around == "body":
            continue
        for inner in NAMES:
            if inner in ("head", "body"):
                continue
            opening = "<html><head>" if around == "head" else f"<html><body><{around}>"
            parsed = etree.HTML(f'{opening}<{inner} title="x"></{inner}></{around}>')
            element = parsed.xpath("//*[@title]")[0]
            ends = around in spelling.tag(inner).closes
            assert ends == (element.getparent().tag != around), f"<{around}><{inner}>"


def test_tags_of_the_simplest_spelling_mean_what_they_mean_in_any_other():
    rng, spelling = Random(1), Spelling()
    names = (
        "a",
        "li",
        "div",
        "td",
        "p",
        "span",
        "font",
        "bdo",
        "img",
        "meta",
        "table",
        "h1",
        "iframe",
        "input",
        "html",
    )
    attributes = ("class", "id", "name", "href", "title", "src", "alt", "content", "width", "height", "colspan")
    values = (
        "",
        "x",
        "title",
        "zoom",
        "hidden",
        "/a/b.html",
        "/f.pdf",
        "#top",
        "footnote",
        "style",
        "a=b",
        "wap",
        "con x",
    )
    told = set()
    for _ in range(5000):
        given = [(rng.choice(attributes), rng.choice(values)) for _ in range(rng.randrange(4))]
        name = rng.choice(names)
        simple, quoted = (
            spelling.tag(name + "".join(f" {attribute}={mark}{value}{mark}" for attribute, value in given))
            for mark in "\"'"
        )
        assert (simple.name, simple.effects, simple.void) == (quoted.name, quoted.effects, quoted.void), simple.written
        told.add(simple.effects)
    assert len(told) > 30


@pytest.mark.parametrize("seed", range(4))
def test_damaged_pages_read_as_the_parser_puts_them_right(seed: int):
    rng = Random(seed)
    told = 0
    for _ in range(60):
        page = _page(rng.choice(("TRS_Editor", "main")))
        for _ in range(rng.randint(1, 4)):
            page = _damaged(page, rng)
        try:
            as_written = _read(Page(page, URL), URL)
        except Irregular:
            continue
        told += 1
        assert as_written == _put_right(page), page
    assert told > 30  # most are read without the parser


def _page(name: str) -> str:
    menu = "".join(f"<li><a href='/c{number}/'>政务公开栏目{number}</a></li>" for number in range(12))
    return (
        f"<html><head><title>{REPORT.title}</title><meta name='SiteName' content='某市人民政府'></head><body>"
        f"<div class='nav'><ul>{menu}</ul></div><h1>{REPORT.title}</h1><table><tr><td><p>2022-01-20</p></td></tr>"
        f"<tr><td><div class='{name}'>{html_body(REPORT)}<a href='/f/1.docx'>附件</a><img src='/a.png'></div></td></tr>"
        f"</table><div>相关链接<ul><li><a href='/1.html'>年度报告</a></li></ul></div></body></html>"
    )


def _put_right(markup: str) -> Document:
    page = Page(markup, URL)
    page.put_right()
    return _read(page, URL)


def _damaged(page: str, rng: Random) -> str:
    """The page with a tag lost, doubled or moved, one too many, or other spellings."""
    tags = [match.span() for match in re.finditer(r"<[^<>!]+>", page)]
    start, end = rng.choice(tags)
    match rng.randrange(8):
        case 0:
            return page[:start] + page[end:]
        case 1:
            return page[:end] + page[start:end] + page[end:]
        case 2:
            other, others_end = rng.choice(tags)
            return page[:start] + page[other:others_end] + page[start:]
        case 3:
            return page[:start] + rng.choice(_STRAYS) + page[start:]
        case 4:
            return re.sub(r"<(/?\w+)", lambda tag: tag[0].upper(), page)
        case 5:
            return re.sub(r"='(\w+)'", r"=\1", page)
        case 6:
            return page.replace("><", ">\n <").replace("（", "&#xFF08;").replace("0", "&#48;", rng.randrange(9))
        case _:
            attributes = (
                " hidden",
                " style='display:none'",
                " class=hide",
                " id=zoom",
                " rowspan=2",
                " title='a &lt; b'",
            )
            return page[:start] + page[start : end - 1].rstrip("/") + rng.choice(attributes) + page[end - 1 :]


_STRAY_TAGS = """
    <b> </b> <p> </div> <div> <span> </span> <a\thref='/x.pdf'> </a> <td> </td> <tr> </tr> <br> <li> <ul> </ul> <form>
    </form> <font\tcolor=red> <center> <h2> </h2> <o:p></o:p> <div\tstyle='display:none'> <p\tclass=title>
    <div\tid=zoom> </body> </html>
    <![if\t!x]> <!--\ta\t>\tb\t--> <hr> <script>if(a<b){}</script> <style>.x{display:none}</style>
    <pre> </pre> <select><option>1<option>2</select> <input\tvalue=3> <noscript> </noscript> <iframe\tsrc='/a'></iframe>
"""
_STRAYS = _STRAY_TAGS.split(" ")


def test_what_follows_the_end_of_a_page_is_read():
    first = "<html><head><title>公开专栏</title></head><body><p>栏目</p></body></html>"
    page = _page("TRS_Editor")
    assert len(extract((first + page).encode(), url=URL).tables) == len(extract(page.encode(), url=URL).tables) > 0
    damaged = page.replace("</td>", "</td></html>", 5).replace("<td>", "<td><sup></sup>", 1)  # for the careful way
    assert extract(damaged.encode(), url=URL).tables == extract(page.encode(), url=URL).tables


@pytest.mark.parametrize(
    ("written", "void", "values"),
    [
        ("td/", True, {}),
        ("a href=/a/", False, {"href": "/a/"}),
        ("a href='?a=1&copy=2&amp;b=3'", False, {"href": "?a=1&copy=2&b=3"}),
        ("IMG SRC = 'a.png' src=b.png hidden", True, {"src": "a.png", "hidden": ""}),
        ("iframe src='/v.html?file=%2Fa.pdf'/", True, {"src": "/v.html?file=%2Fa.pdf"}),
        ("p class", False, {"class": ""}),
    ],
)
def test_tags_are_taken_apart(written: str, void: bool, values: dict[str, str]):
    tag = Tag(written, "x", 0, void)
    assert {name: tag.get(name) for name in values} == values
    assert Spelling().tag(written).void is void
    assert ends_itself(written) is (written[-1] == "/" and void)


@pytest.mark.parametrize("written", ["a title='>", 'p class="x" "', "3", "/ p", ""])
def test_tags_whose_end_may_be_another_are_left_to_the_parser(written: str):
    with pytest.raises(Irregular):
        Spelling().tag(written)


LINKS = "".join(f"<li><a href='/f/{number}.html'>附件{number}</a></li>" for number in range(12))
ROW = "<tr><td>规章</td><td>1</td></tr>"


def test_a_list_of_links_in_a_table_of_data_is_read() -> None:
    cell = f"<td><ul>{LINKS}</ul><a href='/f/a.pdf'>附件</a></td>"
    table = (
        f"<table><tr><td>规章</td><td>1</td><td><img src=a.png></td></tr><tr><td>文件</td><td>2</td>{cell}</tr></table>"
    )
    document = extract(f"<body>{table}</body>".encode(), url=URL)
    assert [cell.text for cell in document.tables[0].cells[:2]] == ["规章", "1"]
    assert [attachment.label for attachment in document.attachments] == ["附件"]
    assert document.links == 13


def test_a_list_that_ends_in_a_table_is_read() -> None:
    document = extract(f"<body><ul>{LINKS}<table>{ROW}{ROW}</ul></table><p>完</p></body>".encode(), url=URL)
    assert len(document.tables) == 1
    assert "附件0" in [paragraph.text for paragraph in document.paragraphs]


@pytest.mark.parametrize(
    "start", ["<script src=/js/a.js>", "<style type=text/css>", "<iframe src=/a.html>", "<textarea id=a>"]
)
def test_what_follows_an_element_whose_content_is_no_markup_is_read(start: str) -> None:
    page = Page(f"<body><div><p>之前</p>{start}<b></{start[1:].split()[0]}><p>之后</p></div>", URL)
    assert [paragraph.text for paragraph in _read(page, URL).paragraphs] == ["之前", "之后"]


def test_text_in_an_element_that_shows_it_as_written_is_read() -> None:
    document = extract("<body><p>一</p><xmp><b>规章</b> 1</xmp><xmp/><p>三</p></body>".encode(), url=URL)
    assert [paragraph.text for paragraph in document.paragraphs] == ["一", "规章 1", "三"]


def test_a_page_in_a_comment_without_an_end_is_no_fault() -> None:
    assert not extract(b"<html><!-- <body><p>x</p></body></html>", url=URL).blocks
