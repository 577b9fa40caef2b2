"""A damaged layout is read right or not at all: no number ever stands in the place of another."""

from random import Random

import pytest

from config.forms import load_forms
from pipelines.forms import read_forms
from tests.forms.build import document
from tests.forms.damage import DAMAGES
from tests.forms.layouts import LAYOUTS, Values, form_rows

# Where rows are filled up with empty cells, a missing or added cell looks like an empty one: what is printed is
# read as it stands.
_LOOKS_SOUND = {"lost with gaps", "lost and padded", "empty cells for spans", "spans written out"}
_CELL_COUNTS = {"cell_missing", "cell_added", "values_merged", "values_merged_downwards"}


def _distinct(form: str) -> Values:
    """A number of its own for every cell, so that none can pass for another."""
    keys = [(table, row, column) for table, shape in load_forms()[form].tables.items() for row, column in shape.cells]
    return {key: str(100 + i) for i, key in enumerate(keys)}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_never_makes_a_wrong_number(damage: str, layout: str) -> None:
    if damage in _CELL_COUNTS and layout in _LOOKS_SOUND:
        pytest.skip("the damage can't be seen in this layout")
    right = read = 0
    for seed in range(4):
        for form in load_forms():
            random = Random(f"{damage} {layout} {seed} {form}")  # the damage lies elsewhere in each layout
            values = _distinct(form)
            parts = form_rows(form, values)
            key = random.choice(list(parts))
            parts[key] = DAMAGES[damage](parts[key], random)
            made = document(*(table for rows in parts.values() for table in LAYOUTS[layout](rows)))
            for cell in read_forms(made).cells:
                expected = values.get((cell.table, cell.row, cell.column))
                if cell.state == "number":
                    assert str(cell.value) == expected, (form, seed, cell)
                    right += 1
                read += 1
    assert right > read * 0.5
