"""Word documents: exact grids, and of the text what Word prints."""

import io
import zipfile
from itertools import pairwise

import docx
import pytest

from pipelines.documents.model import Document, GridCell, Paragraph, Table, Unreadable
from pipelines.documents.word.reader import read_docx
from tests.documents.statutory import Statutory, all_tables, disclosure_2021, disputes, grid_texts
from tests.documents.word_writer import NAMESPACES, cell, package, paragraph, row, saved, table, with_tables


def read(payload: bytes) -> Document:
    return read_docx(payload, url="https://example.gov.cn/report.docx")


def texts(document: Document) -> list[str]:
    return [block.text for block in document.paragraphs]


def only_cells(document: Document) -> tuple[GridCell, ...]:
    (found,) = document.tables
    return found.cells


@pytest.mark.parametrize("statutory", all_tables(), ids=lambda table: table.name)
def test_cells_and_spans_are_exact(statutory: Statutory) -> None:
    (found,) = read(with_tables(statutory)).tables
    assert grid_texts(found.cells) == statutory.texts()
    assert (found.height, found.width, found.spans) == (statutory.height, statutory.width, "resolved")


def test_blocks_come_in_the_order_of_the_text() -> None:
    found = read(with_tables(disclosure_2021(), disputes()))
    kinds = [type(block) for block in found.blocks]
    assert kinds == [Paragraph, Paragraph, Table, Paragraph, Table, Paragraph]
    assert [each.where for each in found.tables] == ["table 1", "table 2"]
    assert found.title == "某某市民政局2021年政府信息公开工作年度报告"


CONTINUED = "<w:vMerge/>"
RESTART = '<w:vMerge w:val="restart"/>'


def test_a_merge_that_continues_nothing_is_a_cell_of_its_own() -> None:
    body = table(row(cell("甲"), cell("乙")), row(cell("丙", CONTINUED), cell("丁")))
    assert [(each.text, each.row, each.rowspan) for each in only_cells(read(package(body)))] == [
        ("甲", 0, 1),
        ("乙", 0, 1),
        ("丙", 1, 1),
        ("丁", 1, 1),
    ]


def test_text_under_a_merge_is_not_printed_but_counted() -> None:
    body = table(row(cell("甲", RESTART), cell("1")), row(cell("藏", CONTINUED), cell("2")))
    found = read(package(body))
    assert [(each.text, each.rowspan) for each in only_cells(found)] == [("甲", 2), ("1", 1), ("2", 1)]
    assert [code for code, _ in found.notes] == ["hidden_cell_text"]


def test_grid_columns_left_free_shift_the_row() -> None:
    body = table(row(cell("甲"), cell("乙"), cell("丙")), row(cell("丁"), properties='<w:gridBefore w:val="2"/>'))
    assert only_cells(read(package(body)))[-1] == GridCell("丁", 1, 2)


@pytest.mark.parametrize("span", ["0", "-4", "1000000000", "many"])
def test_impossible_spans_stay_in_bounds(span: str) -> None:
    body = table(row(cell("甲", f'<w:gridSpan w:val="{span}"/>'), cell("乙")), row(cell("丙"), cell("丁")))
    (found,) = read(package(body)).tables
    assert found.width <= 200
    assert all(each.column + each.colspan <= found.width for each in found.cells)


def test_tracked_changes_are_read_as_accepted() -> None:
    body = (
        "<w:p><w:ins><w:r><w:t>新</w:t></w:r></w:ins><w:del><w:r><w:delText>旧</w:delText></w:r></w:del>"
        "<w:moveFrom><w:r><w:t>移</w:t></w:r></w:moveFrom><w:r><w:t>文</w:t></w:r></w:p>"
        + table(row(cell("a"), cell("b")), row(cell("c"), cell("d"), properties="<w:del/>"), row(cell("e"), cell("f")))
    )
    found = read(package(body))
    assert texts(found) == ["新文"]
    assert [each.text for each in only_cells(found)] == ["a", "b", "e", "f"]


def test_struck_and_raised_text_in_a_cell_is_no_part_of_its_number() -> None:
    def run(text: str, properties: str = "") -> str:
        return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"

    contents = (
        run("28", "<w:strike/>") + run("0"),
        run("28", '<w:strike w:val="0"/>') + run("0"),
        run("28") + run("1", '<w:vertAlign w:val="superscript"/>'),
        run("28", '<w:rStyle w:val="old"/>') + run("0"),
        run("28") + run("1", '<w:position w:val="6"/>'),
        run("28", '<w:position w:val="6"/>'),
        run("28") + run("1", '<w:color w:val="FFFFFF"/>'),
        run("28", '<w:color w:val="ffffff"/>'),
        run("28") + run("1", '<w:sz w:val="2"/>'),
    )
    cells = "".join(f"<w:tc><w:p>{content}</w:p></w:tc>" for content in contents)
    style = '<w:style w:type="character" w:styleId="old"><w:rPr><w:dstrike/></w:rPr></w:style>'
    document = read(package(table(f"<w:tr>{cells}</w:tr>"), styles=f"<w:styles {NAMESPACES}>{style}</w:styles>"))
    assert [each.text for each in only_cells(document)] == [
        "~~28~~0",
        "280",
        "28¹",
        "~~28~~0",
        "28~~1~~",
        "28",
        "28~~1~~",
        "28",
        "28",
    ]


def test_what_word_makes_a_number_of_is_no_other_number() -> None:
    """List numbers, formulas, code that shows itself, frames and pictures in a cell."""
    maths = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    ratio = "<m:f><m:num><m:r><m:t>4</m:t></m:r></m:num><m:den><m:r><m:t>9</m:t></m:r></m:den></m:f>"
    code = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> eq \\o(3,○)</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    framed = table(f"<w:tr>{cell('7')}</w:tr>")
    contents = (
        paragraph("3", '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'),
        f"<w:p><m:oMath {maths}>{ratio}</m:oMath></w:p>",
        f"<w:p><m:oMath {maths}><m:r><m:t>12</m:t></m:r></m:oMath></w:p>",
        f"<w:p>{code}</w:p>",
        f"{framed}<w:p/>",
        f"{table(row(f'<w:tc>{framed}<w:p/></w:tc>', cell('件')))}<w:p/>",
        '<w:p><w:r><w:object><v:shape><v:imagedata id="1"/></v:shape></w:object></w:r></w:p>',
    )
    cells = "".join(f"<w:tc>{content}</w:tc>" for content in contents)
    body = table(row(*map(cell, "甲乙丙丁戊己庚")), f"<w:tr>{cells}</w:tr>")
    found = only_cells(read(package(body, numbering=numbering(("decimal", "%1")))))[7:]
    assert [each.text for each in found] == ["1 3", "4\ufffd9", "12", "\ufffd", "7", "7\n件", ""]
    assert [each.image for each in found] == [*[False] * 6, True]


def test_a_deleted_cell_takes_no_room() -> None:
    body = table(row(cell("甲"), cell("9", '<w:cellDel w:id="1"/>'), cell("乙")), row(cell("1"), cell("2")))
    assert [(each.text, each.column) for each in only_cells(read(package(body)))[:2]] == [("甲", 0), ("乙", 1)]


@pytest.mark.parametrize("statutory", all_tables(), ids=lambda table: table.name)
def test_tables_of_lines_with_tabs(statutory: Statutory) -> None:
    def line(texts: list[str]) -> str:
        return "<w:p>" + "<w:r><w:tab/></w:r>".join(f"<w:r><w:t>{text}</w:t></w:r>" for text in texts) + "</w:p>"

    rows = [["" for _ in range(statutory.width)] for _ in range(statutory.height)]
    for one in statutory.cells:
        rows[one.row][one.column] = "".join(one.text.split())
    document = read(package(paragraph("下表为本年度的情况。") + "".join(map(line, rows))))
    (found,) = document.tables
    assert [cell.text for cell in found.cells if cell.text] == [text for texts in rows for text in texts if text]
    assert texts(document) == ["下表为本年度的情况。"]


def test_a_table_of_contents_is_no_table() -> None:
    lines = ("一、总体情况", "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况")
    body = "".join(
        f"<w:p><w:r><w:t>{line}</w:t><w:tab/><w:t>{page}</w:t></w:r></w:p>" for page, line in enumerate(lines, 1)
    )
    assert not read(package(body)).tables


def test_a_page_written_into_the_text_is_read() -> None:
    page = "<html><body><table><tr><td>规章</td><td>3</td></tr><tr><td>文件</td><td>4</td></tr></table></body></html>"
    chunk = (
        'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n\n--b\n'
        f'Content-Type: text/html; charset="utf-8"\n\n{page}\n--b--'
    )
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/aFChunk"
    relations = f'<Relationships><Relationship Id="h1" Type="{kind}" Target="/word/chunk.xml"/></Relationships>'
    named = 'r:id="h1" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    body = f"{paragraph('一、总体情况')}<w:altChunk {named}/>"
    document = read(package(body, chunk=chunk, **{"_rels/document.xml.rels": relations}))
    assert [cell.text for cell in only_cells(document)] == ["规章", "3", "文件", "4"]
    assert not document.notes
    assert [code for code, _ in read(package(body, chunk="\0")).notes] == ["foreign_part"]


def test_a_word_document_within_another_is_read_once() -> None:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/aFChunk"
    relations = f'<Relationships><Relationship Id="h1" Type="{kind}" Target="inner.docx"/></Relationships>'
    named = 'r:id="h1" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    inner = package(f"{paragraph('里')}<w:altChunk {named}/>", **{"_rels/document.xml.rels": relations})
    outer = {"_rels/document.xml.rels": relations, "inner.docx": inner}
    document = read(package(f"<w:altChunk {named}/>", **outer))
    assert texts(document) == ["里"]
    with pytest.raises(Unreadable, match="unsupported"):
        read(package(f"<w:altChunk {named}/>", **outer | {"inner.docx": "{\\rtf1 x}"}))


def test_the_package_says_which_part_is_the_document() -> None:
    payload = package(
        paragraph("旧"), document2=f"<w:document {NAMESPACES}><w:body>{paragraph('新')}</w:body></w:document>"
    )
    assert texts(read(payload)) == ["旧"]
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(payload)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"word/document.xml", b"./word/../word/document2.xml"))
    assert texts(read(target.getvalue())) == ["新"]


def test_alternatives_are_read_once_and_hidden_text_never() -> None:
    body = (
        "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>暗</w:t></w:r><w:r><w:t>明</w:t></w:r></w:p>"
        "<w:p><w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx><w:txbxContent>"
        f"{paragraph('框')}</w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>"
        f"<w:txbxContent>{paragraph('框')}</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent>"
        "</w:r></w:p>"
        "<mc:AlternateContent><mc:Choice Requires='w99'/><mc:Fallback>"
        f"{paragraph('替')}</mc:Fallback></mc:AlternateContent>"
    )
    assert texts(read(package(body))) == ["明", "框", "替"]


def test_fields_show_their_result_alone() -> None:
    body = (
        '<w:p><w:r><w:t>第</w:t></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText>'
        '<w:t>code</w:t></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>7</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:t>页</w:t></w:r></w:p>'
    )
    assert texts(read(package(body))) == ["第7页"]


def test_line_breaks_part_paragraphs_but_not_cells() -> None:
    broken = "<w:p><w:r><w:t>一、总体情况</w:t><w:br/><w:t>本年　度</w:t><w:tab/><w:t>好</w:t></w:r></w:p>"
    body = broken + table(row(f"<w:tc>{broken}</w:tc>", cell("乙")))
    found = read(package(body))
    assert texts(found) == ["一、总体情况", "本年 度 好"]
    assert only_cells(found)[0].text == "一、总体情况\n本年 度 好"


def test_pinyin_guides_are_left_out() -> None:
    body = (
        "<w:p><w:r><w:ruby><w:rt><w:r><w:t>gong</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>公</w:t></w:r></w:rubyBase>"
        "</w:ruby></w:r><w:r><w:t>開</w:t></w:r></w:p>"
    )
    assert texts(read(package(body))) == ["公開"]


def numbering(*levels: tuple[str, str]) -> str:
    written = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{pattern}"/></w:lvl>'
        for depth, (form, pattern) in enumerate(levels)
    )
    return (
        '<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f'<w:abstractNum w:abstractNumId="0">{written}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )


def test_list_numbers_are_printed() -> None:
    def item(text: str, depth: int) -> str:
        return paragraph(text, f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="1"/></w:numPr>')

    body = item("总体", 0) + item("甲", 1) + item("乙", 1) + item("公开", 0) + item("丙", 1) + item("细", 2)
    lists = numbering(("chineseCounting", "%1、"), ("japaneseCounting", "（%2）"), ("decimal", "%2.%3 "))
    assert texts(read(package(body, numbering=lists))) == [
        "一、总体",
        "（一）甲",
        "（二）乙",
        "二、公开",
        "（一）丙",
        "一.1 细",
    ]


def test_headings_have_their_level() -> None:
    document = docx.Document()
    document.add_heading("报告", 0)
    document.add_heading("一、总体情况", 1)
    document.add_heading("（一）主动公开", 2)
    document.add_paragraph("正文。")
    found = read(saved(document))
    assert [(block.text, block.level) for block in found.paragraphs] == [
        ("报告", 1),
        ("一、总体情况", 1),
        ("（一）主动公开", 2),
        ("正文。", 0),
    ]
    assert found.titles[0] == ("text", "报告")


def test_layout_tables_dissolve_and_data_tables_in_them_stay() -> None:
    inner = table(row(cell("指标"), cell("数")), row(cell("受理"), cell("5")))
    body = table(row(cell("左栏")), row(f"<w:tc>{paragraph('二、表')}{inner}<w:p/></w:tc>"))
    found = read(package(body))
    assert [each.text for each in only_cells(found)] == ["指标", "数", "受理", "5"]
    assert texts(found) == ["左栏", "二、表"]


def test_list_numbers_in_a_dissolved_table_count_once() -> None:
    item = paragraph("项", '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>')
    body = table(row(f"<w:tc>{item}{item}</w:tc>")) + item
    found = read(package(body, numbering=numbering(("decimal", "%1."))))
    assert texts(found) == ["1.项", "2.项", "3.项"]


def test_strict_documents_are_read() -> None:
    payload = package(paragraph("严格"))
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(payload)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            strict = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
            new.writestr(
                name,
                old.read(name).replace(b"http://schemas.openxmlformats.org/wordprocessingml/2006/main", strict),
            )
    assert texts(read(target.getvalue())) == ["严格"]


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 no zip", "broken"),
        (package(""), "empty"),
        (package("<w:p>"), "broken"),
        (package(paragraph("&b;"), prolog='<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'), "broken"),
        (package("<w:p/>" * 5_000_000), "too_large"),
        (package("<w:tbl><w:tr><w:tc>" * 5000 + "</w:tc></w:tr></w:tbl>" * 5000), "broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    ],
    ids=["empty", "no zip", "no text", "bad xml", "entities", "bomb", "deep", "encrypted"],
)
def test_what_cannot_be_read_says_why(payload: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read(payload)
    assert caught.value.code == code
    assert caught.value.reason.endswith(".")


def test_a_document_cut_anywhere_is_unreadable_or_whole() -> None:
    payload = with_tables(all_tables()[0])
    whole = read(payload)
    for length in range(0, len(payload), len(payload) // 60):
        try:
            assert read(payload[:length]) == whole
        except Unreadable as error:
            assert error.code in ("broken", "empty")


def test_flipped_bytes_never_crash() -> None:
    payload = with_tables(all_tables()[0])
    places = range(11, len(payload), len(payload) // 80)
    for first, second in pairwise(places):
        damaged = bytearray(payload)
        damaged[first] ^= 0xFF
        damaged[second] ^= 0x10
        try:
            read(bytes(damaged))
        except Unreadable:
            continue
