"""How many cells are read right: by form, format and layout, against the floors of baseline.yaml.

    python -m benchmarks.accuracy [--reports N] [--lower "reason"]

Draws N reports of every form for every layout, reads each, and compares every cell with what was printed. A cell is ok
when state and value are right, wrong when another number stands there (or a number where none was printed), else
missing. Exits with 1 below a floor. ``--lower`` writes the measured shares as new floors, with the reason.
"""

import argparse
import sys
from collections import Counter
from pathlib import Path
from random import Random

import yaml

from benchmarks.accuracy.layouts import LAYOUTS, Layout
from pipelines.documents import Unreadable, extract
from pipelines.forms import read_forms
from pipelines.report import Cell
from tests.kit.reports.sample import SampleReport
from tests.kit.reports.statutory import Key
from tests.kit.reports.values import balanced_values

BASELINE = Path(__file__).parent / "baseline.yaml"
FORMS = ("2014", "2019", "2021")
# What stands in a cell instead of its number, and the state that this is.
SPECIAL = {"": "blank", "/": "mark", "—": "mark", "无": "mark"}
Score = Counter[str]


def drawn(form: str, layout: Layout, number: int) -> SampleReport:
    """A report of ``form`` with balanced numbers; every tenth cell of every third report holds none."""
    rng = Random(f"{form}/{layout.format}/{layout.name}/{number}")
    values = balanced_values(form, rng)
    special = [text for text in SPECIAL if text or layout.shows_blanks]
    printed = {key: rng.choice(special) for key in values if number % 3 == 2 and rng.random() < 0.1}
    return SampleReport("青岛市财政局", {"2014": 2016, "2019": 2020, "2021": 2022}[form], form, values, printed=printed)


def score(report: SampleReport, layout: Layout, rng: Random) -> Score:
    """ok, missing and wrong cells of one report."""
    try:
        document = extract(layout.render(report, rng), url=f"http://www.qingdao.gov.cn/{layout.file_name}")
    except Unreadable:
        return Counter(missing=len(report.values))
    cells = {(cell.table, cell.row, cell.column): cell for cell in read_forms(document).cells}
    return Counter(_verdict(report, key, cells.get(key)) for key in report.values)


def _verdict(report: SampleReport, key: Key, cell: Cell | None) -> str:
    text = report.text_of(key)
    state = SPECIAL.get(text, "number")
    if cell is None or cell.state in ("unreadable", "absent"):
        return "missing"
    if cell.state == state and (state != "number" or cell.value == report.values[key]):
        return "ok"
    return "wrong" if cell.state == "number" or state == "number" else "missing"


def measure(reports: int) -> dict[tuple[str, str, str], Score]:
    """Scores by (format, layout, form)."""
    scores: dict[tuple[str, str, str], Score] = {}
    for layout in LAYOUTS:
        for form in FORMS:
            total: Score = Counter()
            for number in range(reports):
                total += score(drawn(form, layout, number), layout, Random(number))
            scores[layout.format, layout.name, form] = total
    return scores


def by_format(scores: dict[tuple[str, str, str], Score]) -> dict[str, Score]:
    """Scores added up by format."""
    totals: dict[str, Score] = {}
    for (name, _, _), one in scores.items():
        totals[name] = totals.get(name, Counter()) + one
    return totals


def shortfalls(totals: dict[str, Score]) -> list[str]:
    """One line for each floor that is not reached."""
    floors = yaml.safe_load(BASELINE.read_text(encoding="utf-8"))["floors"]
    lines = []
    for name, one in totals.items():
        cells = one.total()
        ok, wrong = one["ok"] / cells, one["wrong"] / cells
        if ok < floors[name]["ok"] or wrong > floors[name]["wrong"]:
            least, most = floors[name]["ok"], floors[name]["wrong"]
            lines.append(f"{name}: ok {ok:.4%} (at least {least:.4%}), wrong {wrong:.4%} (at most {most:.4%})")
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy")
    parser.add_argument("--reports", type=int, default=6, help="reports of each form in each layout")
    parser.add_argument("--lower", metavar="REASON", help="write what is measured as the new floors")
    arguments = parser.parse_args()
    scores = measure(arguments.reports)
    print(f"{'format':8} {'layout':20} {'form':5} {'cells':>7} {'ok':>9} {'missing':>8} {'wrong':>7}")
    totals = by_format(scores)
    for (name, layout, form), one in [*scores.items(), *(((name, "all", ""), one) for name, one in totals.items())]:
        share = one["ok"] / one.total()
        print(f"{name:8} {layout:20} {form:5} {one.total():7} {share:9.3%} {one['missing']:8} {one['wrong']:7}")
    if arguments.lower:
        _lower(totals, arguments.lower)
    lines = shortfalls(totals)
    for line in lines:
        print(f"below the floor: {line}", file=sys.stderr)
    return 1 if lines else 0


def _lower(totals: dict[str, Score], reason: str) -> None:
    floors = {n: {"ok": one["ok"] / one.total(), "wrong": one["wrong"] / one.total()} for n, one in totals.items()}
    history = yaml.safe_load(BASELINE.read_text(encoding="utf-8")).get("lowered", [])
    kept = {"floors": floors, "lowered": [*history, reason]}
    BASELINE.write_text(yaml.safe_dump(kept, allow_unicode=True, sort_keys=False), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
