"""Tables and rows that are printed more than once."""

from random import Random

import pytest

from pipelines.forms import Reading, read_forms
from tests.forms.build import document, grid
from tests.forms.layouts import Values, disclosure_rows, form_rows, random_values, requests_rows
from tests.forms.test_layouts import assert_exact
from tests.forms.test_tables import cell, rules


def _twins(other: Values, hidden: bool = False) -> Reading:
    values = random_values("2021", Random(7))
    rows = requests_rows("2021", values)
    return read_forms(
        document(grid(rows, where="table 1"), grid(requests_rows("2021", other), where="table 2", hidden=hidden))
    )


def test_visible_copies_that_differ_are_not_believed() -> None:
    values = random_values("2021", Random(7))
    other = {**values, ("requests", "granted", "total"): "1234"}
    reading = _twins(other)
    found = cell(reading, "requests", "granted", "total")
    assert (found.state, found.value) == ("unreadable", None)
    assert found.raw == f"{values['requests', 'granted', 'total']} | 1234"
    assert rules(reading) == ["form.copies_differ"]
    states = [part.state for part in reading.cells if part.table == "requests"]
    assert states.count("number") == 174


def test_a_row_that_one_of_two_copies_leaves_blank_is_believed_of_the_other_only_where_they_agree() -> None:
    values = random_values("2021", Random(7))
    granted = {key for key in values if key[:2] == ("requests", "granted")}
    blank = values | dict.fromkeys(granted, "")
    assert cell(_twins(blank), "requests", "granted", "total").value == int(values["requests", "granted", "total"])
    reading = _twins({**blank, ("requests", "partially_granted", "total"): "1234"})
    assert {cell(reading, *key).state for key in granted} == {"unreadable"}
    assert set(rules(reading)) == {"form.copies_differ"}


def test_a_visible_table_counts_before_a_hidden_one() -> None:
    values = random_values("2021", Random(7))
    reading = _twins({**values, ("requests", "granted", "total"): "1234"}, hidden=True)
    assert cell(reading, "requests", "granted", "total").value == int(values["requests", "granted", "total"])
    assert [(finding.rule, finding.severity, finding.row) for finding in reading.findings] == [
        ("form.hidden_copy", "note", "granted")
    ]


def test_a_table_that_is_hidden_alone_is_read() -> None:
    values = random_values("2021", Random(8))
    made = document(*(grid(rows, hidden=True) for rows in form_rows("2021", values).values()))
    assert_exact(made, values, "2021")


def test_an_empty_form_beside_a_filled_one() -> None:
    values = random_values("2021", Random(9))
    empty = dict.fromkeys(values, "")
    tables = [grid(rows) for given in (values, empty) for rows in form_rows("2021", given).values()]
    assert_exact(document(*tables), values, "2021")


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("附：所属单位政府信息公开情况统计表", ["form.of_others"] * 3),
        ("附表：各直属事业单位统计数据", ["form.of_others"] * 3),
        ("附：本局及所属单位政府信息公开情况统计表", ["form.copies_differ"] * 200),
    ],
)
def test_tables_of_bodies_below_the_agency(caption: str, expected: list[str]) -> None:
    values = {key: str(100 + i) for i, key in enumerate(random_values("2021", Random(9)))}
    theirs = {key: str(int(value) + 500) for key, value in values.items()}
    own, other = ([grid(rows) for rows in form_rows("2021", given).values()] for given in (values, theirs))
    made = document(*own, caption, "某局信息中心", *other)
    assert rules(read_forms(made)) == expected
    if expected[0] == "form.of_others":
        assert_exact(made, values, "2021")
    assert_exact(document(caption, *other), theirs, "2021")


def test_a_row_printed_twice_with_other_numbers() -> None:
    values = random_values("2021", Random(10))
    rows = disclosure_rows("2021", values)
    rows.insert(4, ["行政规范性文件", "71", "72", "73"])
    reading = read_forms(document(grid(rows)))
    assert cell(reading, "disclosure", "normative_documents", "issued").state == "unreadable"
    assert set(rules(reading)) == {"form.row_twice"}
    assert cell(reading, "disclosure", "regulations", "issued").state == "number"
