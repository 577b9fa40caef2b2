"""The accuracy of the reading stays above the floors that the repository keeps; `make bench` measures more reports."""

import pytest

from benchmarks.accuracy.__main__ import by_format, measure, shortfalls


@pytest.mark.slow
def test_no_format_falls_below_its_floor() -> None:
    # Of three reports of each form and layout, the third has blanks and marks in the place of numbers.
    assert shortfalls(by_format(measure(3))) == []
