"""The statistics and the disputes in the many shapes in which they are laid out."""

from random import Random

import pytest

from pipelines.forms import read_forms
from tests.forms.build import document, grid, lines
from tests.forms.layouts import Rows, Values, random_values, statistics_rows
from tests.forms.test_layouts import assert_exact


def _statistics(change: str) -> tuple[Values, Rows]:
    values = random_values("2014", Random(11))
    rows = statistics_rows(values)
    if change == "no unit":
        rows = [[line[0], line[2]] for line in rows]
    elif change == "serial number":
        rows = [["序号", *rows[0]], *([str(i), *line] for i, line in enumerate(rows[1:], 1))]
    elif change == "remarks":
        rows = [[*rows[0], "备注"], *([*line, "见说明" if i % 9 == 0 else ""] for i, line in enumerate(rows[1:]))]
    elif change == "unit in the label":
        rows = [[f"{line[0]}（{line[1]}）" if line[1] else line[0], line[2]] for line in rows]
    elif change == "indented columns":
        rows = [
            ["", rows[0][0], rows[0][1], rows[0][2]],
            *(["", *line] if i % 2 else [line[0], "", *line[1:]] for i, line in enumerate(rows[1:])),
        ]
    elif change == "no head":
        rows = rows[1:]
    elif change == "unit last":
        rows = [[line[0], line[2], line[1]] for line in rows]
    elif change == "其中 apart":
        rows = [["", *line] if i % 5 else ["其中：", *line] for i, line in enumerate(rows)]
    return values, rows


@pytest.mark.parametrize("resolved", (True, False), ids=("grid", "lost"))
@pytest.mark.parametrize(
    "change",
    (
        "no unit",
        "serial number",
        "remarks",
        "unit in the label",
        "indented columns",
        "no head",
        "unit last",
        "其中 apart",
    ),
)
def test_the_statistics_in_their_many_forms(change: str, resolved: bool) -> None:
    values, rows = _statistics(change)
    made = grid(rows) if resolved else lines([[str(given) for given in line] for line in rows])
    assert_exact(document(made), values, "2014")


def test_statistics_side_by_side() -> None:
    values = random_values("2014", Random(12))
    rows = statistics_rows(values)
    half = len(rows) // 2 + 1
    left, right = rows[:half], [rows[0], *rows[half:]]
    right += [["", "", ""]] * (len(left) - len(right))
    assert_exact(document(grid([[*one, *two] for one, two in zip(left, right, strict=False)])), values, "2014")


def test_disputes_from_top_to_bottom() -> None:
    rows: Rows = [
        ["", "", "结果维持", "结果纠正", "其他结果", "尚未审结", "总计"],
        [("行政复议", 1, 2), *"12345"],
        [("行政诉讼", 2, 1), "未经复议直接起诉", *"23456"],
        ["复议后起诉", *"34567"],
    ]
    reading = read_forms(document(grid(rows)))
    assert [part.value for part in reading.cells if part.table == "disputes"] == [
        1,
        2,
        3,
        4,
        5,
        2,
        3,
        4,
        5,
        6,
        3,
        4,
        5,
        6,
        7,
    ]


def test_disputes_in_two_tables() -> None:
    results = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]
    first: Rows = [[("行政复议", 1, 5)], results, list("12345")]
    second: Rows = [
        [("行政诉讼", 1, 10)],
        [("未经复议直接起诉", 1, 5), ("复议后起诉", 1, 5)],
        results * 2,
        list("2345634567"),
    ]
    reading = read_forms(document(grid(first), grid(second)))
    assert [part.value for part in reading.cells if part.table == "disputes"] == [
        1,
        2,
        3,
        4,
        5,
        2,
        3,
        4,
        5,
        6,
        3,
        4,
        5,
        6,
        7,
    ]
