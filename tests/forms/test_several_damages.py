"""Tables in which more than one thing went wrong: what can't be told from the grid is told by the other rows, the order
of the numbers or the sums, or is not read."""

from collections.abc import Callable
from random import Random

import pytest

from pipelines.forms import read_forms
from tests.forms.build import document, grid
from tests.forms.layouts import Rows, Values, form_rows, random_values, text, without_colspans, without_rowspans
from tests.kit.reports.values import balanced_values


def _distinct(form: str) -> Values:
    return {key: str(100 + i) for i, key in enumerate(random_values(form, Random(0)))}


def _wrong(form: str, values: Values, parts: dict[str, Rows]) -> tuple[list[tuple[str, str, str]], int]:
    """(the cells that show another number than is printed, or none where one is; the numbers that are read)."""
    cells = read_forms(document(*map(grid, parts.values()))).cells
    shown = [cell for cell in cells if cell.state not in ("unreadable", "absent")]
    wrong = [
        place
        for cell in shown
        if (place := (cell.table, cell.row, cell.column)) and str(cell.value) != values.get(place, "")
    ]
    return wrong, sum(cell.state == "number" for cell in cells)


def _with_a_value_missing(parts: dict[str, Rows], at: int) -> None:
    del parts["requests"][at][-2]


def test_numbers_of_rows_before_the_values_are_no_values() -> None:
    values = _distinct("2021")
    parts = form_rows("2021", values)
    rows = parts["requests"]
    rows[0].insert(1, ("行次", 3, 1))
    for number, row in enumerate(rows[3:], 1):
        row.insert(len(row) - 7, str(number))
    _with_a_value_missing(parts, 3)

    wrong, numbers = _wrong("2021", values, parts)

    assert not wrong
    assert numbers == len(values) - 7


def test_one_row_with_a_value_too_many_does_not_change_the_head() -> None:
    values = _distinct("2021")
    parts = form_rows("2021", values)
    rows = parts["requests"]
    rows[2].remove("社会公益组织")
    for row in rows[3:]:
        del row[-4]
    rows[7].insert(-3, "7")

    wrong, numbers = _wrong("2021", values, parts)

    assert not wrong
    assert numbers == len(values) - 25 - 6


def test_a_value_printed_for_two_rows_of_a_list_is_that_of_neither() -> None:
    values = _distinct("2014")
    parts = form_rows("2014", values)
    rows = parts["statistics"]
    at = next(i for i, row in enumerate(rows) if "传真申请数" in text(row[0]))
    rows[at][-1] = (text(rows[at][-1]), 2, 1)
    del rows[at + 1][-1]

    cells = {cell.row: cell for cell in read_forms(document(grid(rows))).cells}

    assert cells["requests.received_by_fax"].state == "unreadable"
    assert cells["requests.received_online"].state != "number"
    assert cells["requests.received_in_person"].state == "number"


@pytest.mark.parametrize("marked", [True, False])
def test_a_line_that_counts_the_columns_is_no_row_of_disputes(marked: bool) -> None:
    values = _distinct("2021")
    parts = form_rows("2021", values)
    blank = [""] * 15
    last = parts["disputes"].pop()
    parts["disputes"] += [[str(i) for i in range(1, 16)], last if marked else list(blank)]

    cells = [cell for cell in read_forms(document(*map(grid, parts.values()))).cells if cell.table == "disputes"]

    assert [cell.raw for cell in cells] == ([text(value) for value in last] if marked else blank)


def test_a_label_cut_in_two_is_not_blank_where_its_value_stands_in_the_second_line() -> None:
    """The unit beside the first part is no value."""
    values = _distinct("2014")
    rows = form_rows("2014", values)["statistics"]
    at = next(i for i, row in enumerate(rows) if "其他情形" in text(row[0]) and "法律法规" in text(row[0]))
    label, unit, value = rows[at]
    rows[at : at + 1] = [[text(label)[:-3], unit, ""], [text(label)[-3:], "", value]]

    cell = next(cell for cell in read_forms(document(grid(rows))).cells if cell.row == "replies.refused_other_legal")

    assert cell.state == "unreadable" or str(cell.value) == value


def test_a_row_of_the_agency_is_not_the_end_of_a_longer_label() -> None:
    values = _distinct("2021")
    parts = form_rows("2021", values)
    rows = parts["requests"]
    at = next(i for i, row in enumerate(rows) if text(row[0]).startswith("（二）部分公开"))
    rows[at] = [("其他情形", 1, 2), *("7" for _ in range(7))]

    wrong, _ = _wrong("2021", {key: value for key, value in values.items() if key[1] != "partially_granted"}, parts)

    assert not wrong


def _turned(rows: Rows) -> Rows:
    table = grid(rows)
    turned: Rows = [[] for _ in range(table.width)]
    for cell in sorted(table.cells, key=lambda cell: (cell.column, cell.row)):
        turned[cell.column].append((cell.text, cell.colspan, cell.rowspan))
    return turned


def _cell_added(rows: Rows) -> None:
    rows[5].insert(10, "7")


def _colspan_too_long(rows: Rows) -> None:
    at = next(i for i, given in enumerate(rows[2]) if "重复申请" in text(given))
    rows[2][at] = (text(rows[2][at]), 1, 2)


def _head_cut_off(rows: Rows) -> None:
    for row in rows:
        if not text(row[0]).isdigit():
            del row[0]


@pytest.mark.parametrize("damage", [_cell_added, _colspan_too_long, _head_cut_off])
def test_a_turned_table_that_is_damaged_is_not_read_askew(damage: Callable[[Rows], None]) -> None:
    values = _distinct("2021")
    parts = form_rows("2021", values)
    parts["requests"] = _turned(parts["requests"])
    damage(parts["requests"])

    assert not _wrong("2021", values, parts)[0]


def test_a_surplus_cell_before_the_values_does_not_stand_for_a_missing_one() -> None:
    values = _distinct("2021")
    parts = form_rows("2021", values)
    for row in parts["disputes"]:
        row.insert(0, "")
    del parts["disputes"][-1][5]

    assert not _wrong("2021", values, parts)[0]


def test_a_value_for_two_columns_does_not_hide_that_a_label_is_missing() -> None:
    values = _distinct("2021")
    parts = form_rows("2021", values)
    rows = parts["disclosure"]
    del rows[1][-1]
    rows[3][1:3] = [(text(rows[3][1]), 1, 2)]

    assert not _wrong("2021", values, parts)[0]


def test_values_that_do_not_add_up_are_not_read_by_counting_cells_of_several_columns() -> None:
    values = _distinct("2021")
    parts = form_rows("2021", values)
    rows = without_rowspans(without_colspans(parts["disputes"]))
    for row in rows:
        row.insert(0, "")
    rows[-1][3:5] = [(text(rows[-1][3]), 1, 2)]
    parts["disputes"] = rows

    assert not _wrong("2021", values, parts)[0]


def test_the_number_of_a_row_is_no_value_of_a_list_without_head() -> None:
    values = _distinct("2014")
    rows = form_rows("2014", values)["statistics"][1:]
    for number, row in enumerate(rows, 1):
        row.insert(2, str(number))
    rows[2][-1] = ""

    assert not _wrong("2014", values, {"statistics": rows})[0]


def test_a_row_that_its_sum_told_tells_nothing_of_another_page() -> None:
    """Printed alike, the row of one report adds up and that of the other does not."""
    row = "requests", "granted"
    values = {key: str(value) for key, value in balanced_values("2021", Random(5)).items()}
    other = values | {(*row, "total"): str(int(values[*row, "total"]) + 1)}

    alone = _states(other, row)
    first = _states(values, row)

    assert set(first) == {"number"}
    assert _states(other, row) == alone
    assert "number" not in alone


def _states(values: Values, row: tuple[str, str]) -> list[str]:
    """How the row's cells are read where its first value is printed over two columns."""
    parts = form_rows("2021", values)
    line = next(line for line in parts["requests"] if "（一）予以公开" in map(text, line))
    line[-7] = (text(line[-7]), 1, 2)
    cells = read_forms(document(*map(grid, parts.values()))).cells
    return [cell.state for cell in cells if (cell.table, cell.row) == row]


def test_values_that_count_upwards_are_no_numbers_of_rows() -> None:
    values = _distinct("2021")
    rows = [key for key in values if key[0] == "requests" and key[2] == "natural_person"]
    values |= {key: str(number) for number, key in enumerate(rows, 1)}

    assert _wrong("2021", values, form_rows("2021", values)) == ([], len(values))
