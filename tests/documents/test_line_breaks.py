"""Plain text whose line breaks were doubled, lost or written out: every cell of the report is read all the same."""

import pytest

from pipelines.documents import Document
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
