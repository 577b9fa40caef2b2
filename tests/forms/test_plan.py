"""A document that is printed as one read before gives the same cells by its plan as when it is read with care."""

from random import Random

import pytest

from config.forms import load_forms
from pipelines.documents.model import Document
from pipelines.forms import read_forms
from pipelines.forms.plan import filled, signature
from pipelines.forms.reading import read_with_care
from pipelines.forms.vocabulary import vocabularies
from tests.forms.build import document, grid, lines
from tests.forms.damage import DAMAGES
from tests.forms.layouts import LAYOUTS, Values, form_rows, random_values, requests_rows

_CASES = [None, *DAMAGES]


def planned(made: Document) -> bool:
    return filled(signature(made), made) is not None


def made(form: str, layout: str, damage: str | None, damaged: str, values: Values) -> Document:
    """A document with one damage (drawn by ``damaged`` alone, never by the values) and these values."""
    parts = form_rows(form, values)
    if damage is not None:
        random = Random(damaged)
        key = random.choice(list(parts))
        parts[key] = DAMAGES[damage](parts[key], random)
    return document(*(table for rows in parts.values() for table in LAYOUTS[layout](rows)))


def changed(values: Values, random: Random) -> Values:
    """Other numbers of every kind, many of them equal, and some cells that hold none."""
    odd = {
        key: random.choice(("", "/", "无", "约20", "3 4", "１２", "12件", "9万", "0012", "3.5", "0.07", "120.50"))
        for key in values
    }
    share = random.choice((0, 0, 0.01, 0.05))
    return {key: odd[key] if random.random() < share else str(random.choice((0, 1, 7, 123456))) for key in values}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("damage", _CASES)
def test_both_ways_agree_on_every_layout_and_damage(damage: str | None, layout: str) -> None:
    for form in load_forms():
        case = f"{damage} {layout} {form}"  # the damage lies elsewhere in each layout and form
        random = Random(case)
        first = changed(random_values(form, random), random)
        plain = {key: value for key, value in first.items() if value.isdigit()}
        for values in (first, {**first, **changed(plain, Random(1))}, changed(first, random)):
            one = made(form, layout, damage, case, values)
            assert read_forms(one) == read_with_care(one)[0]


def emptied(values: Values, random: Random) -> Values:
    """The values with blanks or marks in the place of some, of nearly all, or of a whole row, column or table."""
    key = random.choice(list(values))
    chosen = random.choice(
        (
            {other for other in values if random.random() < random.choice((0.02, 0.2, 0.9))},
            {other for other in values if other[:2] == key[:2]},
            {other for other in values if other[::2] == key[::2]},
            {other for other in values if other[0] == key[0]},
        )
    )
    empty = random.choice((("",), ("/",), ("", "/", "-", "—")))
    return {key: random.choice(empty) if key in chosen else value for key, value in values.items()}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("damage", _CASES)
def test_both_ways_agree_where_values_become_blanks_and_marks(damage: str | None, layout: str) -> None:
    for form in load_forms():
        random = Random(f"{damage} {layout} {form}")
        full = random_values(form, random)
        for values in (full, emptied(full, random), emptied(full, random)):
            one = made(form, layout, damage, f"blank {layout} {form}", values)
            assert read_forms(one) == read_with_care(one)[0]


@pytest.mark.parametrize("layout", ["grid", "no rowspans", "lost", "lost with gaps"])
def test_the_second_document_of_a_layout_is_read_by_a_plan(layout: str) -> None:
    for form in load_forms():
        read_forms(made(form, layout, None, "", random_values(form, Random(1))))
        assert planned(made(form, layout, None, "", random_values(form, Random(2), largest=9_999)))


def test_numbers_that_decide_how_a_table_is_read_make_no_plan() -> None:
    values = random_values("2021", Random(3))
    twins = [grid(requests_rows("2021", values), where=f"table {i}") for i in (1, 2)]
    read_forms(document(*twins))
    assert not planned(document(*twins))
    rows = form_rows("2021", values)
    counted = [["栏次", *(str(i) for i in range(1, 8))]]
    read_forms(document(lines(counted), *(grid(given) for given in rows.values())))
    assert signature(document(lines(counted), *(grid(given) for given in rows.values()))) is None


def test_a_value_repeated_below_a_spanning_label_makes_no_plan() -> None:
    """Three times the same number under one label is that number; three numbers are none."""

    def repeated(*numbers: str) -> Document:
        rows = form_rows("2021", dict.fromkeys(random_values("2021", Random(6)), "4"))
        rows["disclosure"] = [
            [*given[:1], *numbers] if given[0] in ("行政处罚", "行政强制") else given for given in rows["disclosure"]
        ]
        return document(*(grid(given) for given in rows.values()))

    same, differing = repeated("5", "5", "5"), repeated("5", "6", "7")
    states = [
        {(cell.row, cell.state) for cell in read_forms(one).cells if cell.row == "penalties"}
        for one in (same, differing)
    ]
    assert states == [{("penalties", "number")}, {("penalties", "unreadable")}]
    assert read_forms(differing) == read_with_care(differing)[0]


def test_white_space_in_labels_makes_no_other_layout_but_in_values_it_does() -> None:
    values = random_values("2021", Random(4))
    rows = form_rows("2021", values)
    read_forms(document(*(grid(given) for given in rows.values())))
    rows["requests"][3][0] = ("一、本年新收\n政府信息 公开申请数量", 1, 3)
    assert planned(document(*(grid(given) for given in rows.values())))
    rows["requests"][3][1] = "1 2"
    assert not planned(document(*(grid(given) for given in rows.values())))


def test_no_label_of_a_form_is_a_plain_number() -> None:
    """A plan takes all plain numbers for the same: none of them may mean anything to the vocabulary."""
    for vocabulary in vocabularies().values():
        for number in (*range(1_000), 2014, 2021, 20215, 123456, 0.5, 2.1, 3.14, 20.21, 123456.78):
            assert not vocabulary.sense(str(number)).known


def test_a_blank_or_mark_in_the_place_of_a_number_is_read_by_the_plan_of_full_tables() -> None:
    full = random_values("2021", Random(6))
    read_forms(made("2021", "grid", None, "", full))
    blank = {key: ("", "/", "7.50")[number % 3] if number % 5 == 0 else full[key] for number, key in enumerate(full)}
    assert planned(made("2021", "grid", None, "", blank))
    assert not planned(made("2021", "grid", None, "", {**full, ("requests", "total", "total"): "约20"}))
    assert not planned(made("2021", "lost", None, "", blank))


def test_places_and_raw_texts_are_those_of_the_document() -> None:
    values = random_values("2021", Random(5))
    read_forms(document(*(grid(given, where="table 1") for given in form_rows("2021", values).values())))
    other = {**values, ("disclosure", "fees", "amount_10k_cny"): "0012", ("requests", "granted", "total"): "34"}
    found = read_forms(document(*(grid(given, where="table 1") for given in form_rows("2021", other).values())))
    cells = {(cell.table, cell.row, cell.column): cell for cell in found.cells}
    fees, granted = cells["disclosure", "fees", "amount_10k_cny"], cells["requests", "granted", "total"]
    assert (fees.value, fees.raw) == (12, "0012")
    assert (granted.value, granted.where) == (34, "table 1, row 6, column 10")
