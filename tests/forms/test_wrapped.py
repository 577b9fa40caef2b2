"""Labels of a text that are broken over lines, as a PDF's narrow columns leave them."""

from dataclasses import replace
from random import Random

import pytest

from pipelines.documents.model import Table
from pipelines.forms import read_forms
from tests.forms.build import document, lines
from tests.forms.layouts import Values, form_rows, random_values, spans_lost
from tests.forms.test_surplus import assert_nothing_astray, numbered


def _in_pieces(text: str, size: int) -> list[list[str]]:
    return [[text[i : i + size]] for i in range(0, len(text), size)]


def _wrapped(values: Values, size: int, place: str) -> list[Table]:
    """The tables as ``pdftotext -raw`` has them: labels in pieces of ``size`` characters, one a line, the values of a
    row ``below`` its label, ``beside`` the first piece or ``amid`` the pieces."""
    tables = []
    for rows in form_rows("2019", values).values():
        made: list[list[str]] = []
        for row in spans_lost(rows):
            labels = [text for text in row if not (text.isdigit() or not text)]
            figures = row[len(labels) :]
            pieces = [piece for label in labels for piece in _in_pieces(label, size)]
            own = len(_in_pieces(labels[-1], size)) if labels else 0
            at = len(pieces) if place == "below" else len(pieces) - own // 2
            if figures and place == "beside" and own:
                pieces[len(pieces) - own] += figures
            elif figures:
                pieces.insert(at, figures)
            made += pieces
        tables.append(replace(lines(made), gathered=True))
    return tables


@pytest.mark.parametrize("place", ["below", "beside", "amid"])
@pytest.mark.parametrize("size", [5, 7])
def test_labels_in_pieces_are_whole_again_with_their_values(size: int, place: str) -> None:
    values = random_values("2019", Random(size))
    reading = read_forms(document(*_wrapped(values, size, place)))
    assert {(cell.table, cell.row, cell.column): cell.raw for cell in reading.cells} == values
    assert not [finding for finding in reading.findings if finding.severity != "note"]


def test_values_that_stand_above_their_broken_labels_are_given_to_no_other() -> None:
    values = numbered("2019")
    tables = []
    for table in _wrapped(values, 5, "below"):
        made = [[cell.text for cell in row] for row in table.rows()]
        figures = [i for i, row in enumerate(made) if row[0].isdigit()]
        for i in reversed(figures[1:]):
            above = max(j for j in figures if j < i)
            made.insert(above + 1, made.pop(i))
        tables.append(replace(lines(made), gathered=True))
    assert_nothing_astray(read_forms(document(*tables)), values)


def test_a_row_whose_values_are_left_out_takes_none_of_its_neighbours() -> None:
    values = numbered("2019")
    tables = []
    for table in _wrapped(values, 5, "below"):
        made = [[cell.text for cell in row] for row in table.rows()]
        figures = [i for i, row in enumerate(made) if row[0].isdigit()]
        del made[figures[len(figures) // 2]]
        tables.append(replace(lines(made), gathered=True))
    assert_nothing_astray(read_forms(document(*tables)), values)
