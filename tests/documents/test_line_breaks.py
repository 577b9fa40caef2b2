"""Plain text whose line breaks were doubled, lost or written out: every cell of the report is read all the same."""

from collections.abc import Callable

import pytest

from pipelines.documents import Document
from pipelines.documents.plain.furniture import printed_lines
from pipelines.documents.plain.reader import read_text
from pipelines.forms import read_forms
from pipelines.report import Cell
from tests.documents.pages import FORMS, report
from tests.kit.reports.statutory import Rows


def read(text: str) -> Document:
    return read_text(text.encode(), url="file:report.txt")


def a_cell_a_line(rows: Rows) -> str:
    return "\n\n".join("\n".join(f"\t{cell.text}" for cell in row) for row in rows)


def written(form: str) -> str:
    """The report as text with a tab-led cell a line."""
    blocks = report(form).blocks()
    return "\n".join(a_cell_a_line(content) if kind == "table" else str(content) for kind, content in blocks)  # type: ignore[arg-type]


def values(document: Document) -> dict[tuple[str, str, str], float | None]:
    def key(cell: Cell) -> tuple[str, str, str]:
        return cell.table, cell.row, cell.column

    return {key(cell): cell.value for cell in read_forms(document).cells}


@pytest.mark.parametrize("form", FORMS)
def test_each_line_break_doubled(form: str) -> None:
    assert values(read(written(form).replace("\n", "\n\n"))) == report(form).values


@pytest.mark.parametrize("form", FORMS)
def test_line_breaks_that_became_spaces(form: str) -> None:
    document = read(" ".join(written(form).replace("\t", "").split("\n")))
    assert values(document) == report(form).values
    assert document.repairs[0] == "line_breaks"
    assert any(paragraph.text.startswith("二、") for paragraph in document.paragraphs)


@pytest.mark.parametrize("form", FORMS)
def test_line_breaks_that_are_written_out(form: str) -> None:
    document = read(written(form).replace("\n", r"\n").replace("\t", r"\t"))
    assert values(document) == report(form).values
    assert document.repairs == ("line_breaks",)


def test_a_bracket_that_stays_open_over_a_blank_line() -> None:
    rows = "\t规章\n\t1\n\n\t行政许可（含\n\n变更）\n\t2\n\n\t行政处罚\n\t3\n"
    (table,) = read(rows).tables
    assert [cell.text for cell in table.cells] == ["规章", "1", "行政许可（含\n变更）", "2", "行政处罚", "3"]


def test_a_short_line_with_backslashes_is_left_alone() -> None:
    assert read("路径为 D:\\new\\text 的文件").paragraphs[0].text == "路径为 D:\\new\\text 的文件"


def a_row_a_line(rows: Rows) -> str:
    return "\n".join("\t".join(cell.text.replace("\n", "") for cell in row) for row in rows)


def rows_of(form: str) -> str:
    """The report as text with a row a line."""
    blocks = report(form).blocks()
    return "\n".join(a_row_a_line(content) if kind == "table" else str(content) for kind, content in blocks)  # type: ignore[arg-type]


def with_pages(text: str, number: str, head: str) -> str:
    """The text with a page number and a running head after each twenty lines."""
    lines = text.split("\n")
    pages = ["\n".join(lines[at : at + 20]) for at in range(0, len(lines), 20)]
    return "".join(f"{page}\n\n{number.format(at)}\n\n{head}\n\n" for at, page in enumerate(pages, 1))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("write", [written, rows_of])
@pytest.mark.parametrize("number", ["- {} -", "— {} —", "第 {} 页 共 9 页"])
def test_page_numbers_and_running_heads_amid_tables(form: str, write: Callable[[str], str], number: str) -> None:
    document = read(with_pages(write(form), number, "某市财政局政府信息公开年报"))
    assert values(document) == report(form).values
    assert not any("年报" in paragraph.text for paragraph in document.paragraphs)


def test_a_page_break_in_a_row_ends_no_row() -> None:
    text = written("2021").replace("\n\t", "\n\f\t")
    assert values(read(text)) == report("2021").values


@pytest.mark.parametrize(
    ("lines", "dropped"),
    [
        (["规章\t3", "- 1 -", "年度报告", "罚款\t4", "- 2 -", "年度报告", "许可\t5"], [1, 2, 4, 5]),
        (["规章\t3", "- 3 -", "罚款\t4", "- 2 -", "许可\t5"], []),  # they do not count up
        (["规章", "3", "- 1 -", "其他", "4", "- 2 -", "其他", "5"], [2, 5]),  # labels that come again
    ],
)
def test_what_a_page_break_puts_between_the_lines(lines: list[str], dropped: list[int]) -> None:
    assert sorted(set(range(len(lines))) - set(printed_lines(lines))) == dropped


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("write", [written, rows_of])
@pytest.mark.parametrize("margin", ["> ", ">", "    ", "{:5d}  ", "{}: "])
def test_a_margin_before_each_line(form: str, write: Callable[[str], str], margin: str) -> None:
    lines = write(form).split("\n")
    document = read("\n".join(margin.format(at) + line for at, line in enumerate(lines, 1)))
    assert values(document) == report(form).values


def test_a_table_whose_rows_are_numbered_keeps_them_beside_other_lines() -> None:
    (table,) = read("统计表\n" + "\n".join(f"{at}\t指标{at}\t{at * 7}" for at in range(1, 15))).tables
    assert [cell.text for cell in table.cells][:3] == ["1", "指标1", "7"]
