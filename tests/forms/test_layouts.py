"""Any layout of a known form with any values reads back exactly."""

import re
from random import Random

import pytest

from pipelines.documents.model import Document, Paragraph, Table
from pipelines.forms import read_forms
from tests.forms.build import document, grid, lines
from tests.forms.layouts import (
    LAYOUTS,
    Rows,
    Values,
    change_texts,
    form_rows,
    random_values,
    spans_lost,
    text,
)

FORMS = ("2021", "2019", "2014")


def read_numbers(made: Document) -> dict[tuple[str, str, str], object]:
    return {(cell.table, cell.row, cell.column): cell.value for cell in read_forms(made).cells}


def assert_exact(made: Document, values: Values, form: str) -> None:
    reading = read_forms(made)
    assert reading.form == form
    wrong = [
        (
            cell.table,
            cell.row,
            cell.column,
            cell.state,
            cell.raw,
            cell.reason,
            values.get((cell.table, cell.row, cell.column)),
        )
        for cell in reading.cells
        if cell.value != int(values[cell.table, cell.row, cell.column])
    ]
    assert not wrong, wrong[:5]
    assert len(reading.cells) == len(values)
    assert not [finding.message for finding in reading.findings if finding.severity != "note"]
    assert not reading.extra


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", range(4))
def test_every_layout_reads_back(form: str, layout: str, seed: int) -> None:
    values = random_values(form, Random(seed))
    tables = [table for rows in form_rows(form, values).values() for table in LAYOUTS[layout](rows)]
    assert_exact(document(*tables), values, form)


def _one_grid(form: str, values: Values) -> Document:
    headings = {
        "disclosure": "二、主动公开政府信息情况",
        "requests": "三、收到和处理政府信息公开申请情况",
        "disputes": "四、政府信息公开行政复议、行政诉讼情况",
    }
    rows: Rows = []
    for key, part in form_rows(form, values).items():
        rows += [[(headings[key], 1, 15)], *part]
    return document(grid(rows))


@pytest.mark.parametrize("form", ("2021", "2019"))
def test_all_tables_in_one_grid(form: str) -> None:
    values = random_values(form, Random(5))
    assert_exact(_one_grid(form, values), values, form)


@pytest.mark.parametrize("form", ("2021", "2019"))
def test_disclosure_as_one_table_a_subhead(form: str) -> None:
    values = random_values(form, Random(6))
    parts = form_rows(form, values)
    pieces: list[Rows] = []
    for line in parts.pop("disclosure"):
        if text(line[0]).startswith("第二十条"):
            pieces.append([])
        pieces[-1].append(line)
    tables = [grid(piece, where=f"table {i}") for i, piece in enumerate(pieces)]
    assert_exact(document(*tables, *(grid(rows) for rows in parts.values())), values, form)


@pytest.mark.parametrize("repeat", (False, True), ids=("head once", "head repeated"))
@pytest.mark.parametrize("resolved", (True, False), ids=("grid", "lost"))
@pytest.mark.parametrize("at", range(4, 28, 3))
def test_requests_split_by_page_ends(at: int, resolved: bool, repeat: bool) -> None:
    values = random_values("2021", Random(at))
    parts = form_rows("2021", values)
    rows = parts["requests"]
    pieces = [rows[:at], (rows[:3] if repeat else []) + rows[at:]]
    split = [grid(piece) if resolved else lines(spans_lost(piece)) for piece in pieces]
    assert_exact(document(grid(parts["disclosure"]), *split, grid(parts["disputes"])), values, "2021")


def test_head_repeated_inside_a_table() -> None:
    values = random_values("2019", Random(8))
    parts = form_rows("2019", values)
    rows = parts["requests"]
    parts["requests"] = rows[:5] + rows[:3] + rows[5:]
    # The rowspan of the outcome group must reach over the repeated head.
    assert_exact(document(*(grid(part) for part in parts.values())), values, "2019")


@pytest.mark.parametrize("hidden", (True, False), ids=("hidden twin", "visible twin"))
@pytest.mark.parametrize("form", FORMS)
def test_twins_are_one_table(form: str, hidden: bool) -> None:
    values = random_values(form, Random(9))
    parts = form_rows(form, values).values()
    twins: list[Table] = []
    for rows in parts:
        twins += [grid(rows, where="table 1"), grid(rows, where="table 2", hidden=hidden)]
    assert_exact(document(*twins), values, form)


def _spaced(label: str) -> str:
    return label if label.isdigit() else " \u3000".join(label)


def _broken(label: str) -> str:
    return label if len(label) < 6 else f"{label[:3]}\n{label[3:]}"


def _half_width(label: str) -> str:
    return label.translate(str.maketrans("（），：“”", '(),:""'))


def _unnumbered(label: str) -> str:
    return re.sub(r"^(?:[一二三四]、|（[一二三四五六七]）|[1-8]\.)", "", label)


def _wide_digits(label: str) -> str:
    return label.translate({ord(str(digit)): 0xFF10 + digit for digit in range(10)})


@pytest.mark.parametrize("change", (_spaced, _broken, _half_width, _unnumbered, _wide_digits))
@pytest.mark.parametrize("layout", ("grid", "lost", "no spans"))
@pytest.mark.parametrize("form", FORMS)
def test_labels_vary(form: str, layout: str, change) -> None:  # type: ignore[no-untyped-def]
    values = random_values(form, Random(11))
    tables = [
        table for rows in form_rows(form, values).values() for table in LAYOUTS[layout](change_texts(rows, change))
    ]
    assert_exact(document(*tables), values, form)


def test_continuation_across_a_section_heading_is_none() -> None:
    values = random_values("2021", Random(12))
    made = document(
        grid(form_rows("2021", values)["requests"]), Paragraph("五、其他"), grid([["1", "2", "3", "4", "5", "6", "7"]])
    )
    assert not read_forms(made).extra
