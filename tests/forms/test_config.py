"""The forms as data: complete, consistent, and refused with file and key where they are not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.errors import ConfigurationError
from config.forms import load, load_forms, load_headings, load_identities, load_lookalikes, terms


@pytest.mark.parametrize(
    ("form", "cells"),
    [
        ("2021", {"disclosure": 10, "requests": 175, "disputes": 15}),
        ("2019", {"disclosure": 22, "requests": 161, "disputes": 15}),
        ("2014", {"statistics": 66}),
    ],
)
def test_every_form_has_its_cells(form: str, cells: dict[str, int]) -> None:
    assert {table: len(shape.cells) for table, shape in load_forms()[form].tables.items()} == cells


def test_newest_form_first() -> None:
    assert list(load_forms()) == ["2021", "2019", "2014"]


def test_stars_stand_for_all_rows_with_that_beginning() -> None:
    rows = tuple(load_forms()["2021"].tables["requests"].rows)
    assert [key for key, _, _ in terms("unavailable.*", rows)] == [
        "unavailable.not_held",
        "unavailable.requires_creation",
        "unavailable.unclear_after_correction",
    ]
    assert terms("-repealed", ()) == (("repealed", -1, False),)
    assert terms("@in_force", ()) == (("in_force", 1, True),)


def test_the_other_files_are_sound() -> None:
    assert len(load_headings().standard) == 6
    assert {rule.rule for rule in load_identities().across_years} == {"years.carried", "years.in_force"}
    assert len({kind.code for kind in load_lookalikes().lookalikes}) == len(load_lookalikes().lookalikes)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the folder of forms that a test may spoil."""
    for path in load.FOLDER.glob("*.yaml"):
        (tmp_path / path.name).write_text(path.read_text("utf-8"), "utf-8")
    monkeypatch.setattr(load, "FOLDER", tmp_path)
    for cached in (load_forms, load_identities):
        cached.cache_clear()
    yield tmp_path
    monkeypatch.undo()
    for cached in (load_forms, load_identities):
        cached.cache_clear()


def _spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("2021.yaml", "label: 规章, ", "", "tables.disclosure.rows.regulations.label"),
        ("2021.yaml", "columns: [decisions]", "columns: [decision]", "names column decision"),
        ("2019.yaml", 'form: "2019"', 'form: "2018"', "must be '2019'"),
        ("2014.yaml", "layout: list", "layout: pile", "tables.statistics.layout"),
        ("identities.yaml", "stated: [total, carried_forward]", "stated: [totals]", "totals is not among"),
        ("identities.yaml", "table: disputes", "table: dispute", "has no table dispute"),
        ("identities.yaml", "within: [regulations,", "within: [rules,", "within: rules is not among"),
        ("identities.yaml", "identities:", "identities: [", "identities.yaml"),
    ],
)
def test_mistakes_are_named(folder: Path, name: str, old: str, new: str, says: str) -> None:
    _spoil(folder / name, old, new)
    with pytest.raises(ConfigurationError) as caught:
        load_identities()
    assert name in str(caught.value)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
