"""The operator's aliases: one line adds a name or undoes a wrong merge; mistakes name line and key."""

from pathlib import Path

import pytest

from config.aliases import load_aliases
from config.errors import ConfigurationError

LINE = '{written: 市数管局, under: "320600", name: 南通市数据局, division: "320600"}'


def write(folder: Path, *lines: str) -> Path:
    path = folder / "aliases.yaml"
    path.write_text("aliases:\n" + "".join(f"  - {line}\n" for line in lines), encoding="utf-8")
    return path


def test_the_shipped_file_loads() -> None:
    assert load_aliases() == {}


def test_a_line_holds_for_its_divisions_and_years(tmp_path: Path) -> None:
    narrowed = LINE.replace("}", ", until: 2022}")
    (alias,) = load_aliases(write(tmp_path, narrowed))["市数管局"]
    assert (alias.name, alias.division) == ("南通市数据局", "320600")
    assert alias.holds(("320600",), 2020)
    assert alias.holds(("320612",), 2022)
    assert not alias.holds(("320500",), 2020)
    assert not alias.holds((), 2020)
    assert not alias.holds(("320600",), 2023)
    assert not alias.holds(("320600",), None)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (LINE.replace('"320600"}', "320600}"), ["line 2", "division", "quotes"]),
        (LINE.replace("320600", "320699"), ["line 2", "320699", "no division"]),
        (LINE.replace("name:", "nam:"), ["line 2", "did you mean name?"]),
        ("{written: 市数管局}", ["line 2", "name"]),
        ("市数管局", ["line 2"]),
    ],
)
def test_a_mistake_names_the_line(tmp_path: Path, line: str, expected: list[str]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_aliases(write(tmp_path, line))
    assert [part for part in expected if part not in str(caught.value)] == [], str(caught.value)
