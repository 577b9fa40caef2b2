"""How well identification does on the labelled cases, against the floors of baseline.yaml.

    python -m benchmarks.identity [--verbose]

cases.csv holds the regular shapes over every province and level, shapes.csv the odd ones. Columns: ``title``; the
``url``; ``publisher`` and ``site`` (the page's own marks); ``signature`` (lines parted by ``|``); ``opening`` (first
paragraph); then the labels ``agency`` (full name, or the empty cell where it can't be told), ``division``, ``year``.
Exits with 1 below a floor, or where two different agencies get one name and division.
"""

import argparse
import csv
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import yaml

from pipelines.documents.model import Document, Paragraph
from pipelines.identity import Identity, identify

FOLDER = Path(__file__).parent
CAPTURED = datetime(2026, 6, 1, tzinfo=UTC)
_RUNNING_TEXT = (
    "本机关坚持以公开为常态、不公开为例外，不断完善工作机制，"
    "及时公开群众关心的各类信息，接受社会监督，取得了较好成效，群众满意度持续提高。"
)


@dataclass(frozen=True, slots=True)
class Case:
    """One labelled line; an empty label means that the right answer is None."""

    title: str
    url: str
    publisher: str
    site: str
    signature: str
    opening: str
    agency: str
    division: str
    year: str

    def document(self) -> Document:
        """The smallest page that says what the line says."""
        lines = [self.opening, "一、总体情况", _RUNNING_TEXT, *self.signature.split("|")]
        return Document(
            media_type="text/html",
            titles=(("meta", self.title),) if self.title else (),
            meta=(("sitename", self.site),) if self.site else (),
            fields=(("发布机构", self.publisher),) if self.publisher else (),
            blocks=tuple(Paragraph(line) for line in lines if line),
        )

    def identity(self) -> Identity:
        return identify(self.document(), url=self.url, captured=CAPTURED, site=None, sections=())


@dataclass(slots=True)
class Result:
    """Counts over all cases; ``wrong`` are lines for a person, ``merged`` agencies that got one name and division."""

    cases: int
    right: dict[str, int]
    wrong: list[str]
    merged: list[str]
    seconds: float

    def share(self, part: str) -> float:
        return 100 * self.right[part] / self.cases


def load_cases() -> list[Case]:
    cases = []
    for name in ("cases.csv", "shapes.csv"):
        with (FOLDER / name).open(encoding="utf-8", newline="") as file:
            cases += [Case(**{"site": "", **row}) for row in csv.DictReader(file)]
    return cases


def measure(cases: list[Case]) -> Result:
    right = {"agency": 0, "division": 0, "year": 0}
    wrong: list[str] = []
    given: dict[tuple[str, str], set[tuple[str, str]]] = {}
    cases[0].identity()  # the tables are read once a process
    start = time.perf_counter()
    identities = [case.identity() for case in cases]
    seconds = time.perf_counter() - start
    for case, identity in zip(cases, identities, strict=True):
        agency = identity.agency
        name, division = (agency.name, agency.division or "") if agency else ("", "")
        got = {"agency": name, "division": division, "year": str(identity.year or "")}
        expected = {"agency": case.agency, "division": case.division, "year": case.year}
        for part, value in got.items():
            right[part] += value == expected[part]
        if got != expected:
            wrong.append(f"{case.title or case.signature} [{case.url}]: {expected} but {got}")
        if name and division and case.agency:
            given.setdefault((name, division), set()).add((case.agency, case.division))
    merged = [f"{key}: {sorted(labels)}" for key, labels in given.items() if len(labels) > 1]
    return Result(len(cases), right, wrong, merged, seconds)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--verbose", action="store_true", help="print every wrong case")
    arguments = parser.parse_args()
    floors = yaml.safe_load((FOLDER / "baseline.yaml").read_text(encoding="utf-8"))
    result = measure(load_cases())
    print(f"{result.cases} cases, {1000 * result.seconds / result.cases:.2f} ms each")
    for part, floor in floors.items():
        print(f"{part:9} {result.share(part):6.2f} %  (floor {floor} %)")
    for line in [*result.merged, *(result.wrong if arguments.verbose else [])]:
        print(line)
    below = [part for part, floor in floors.items() if result.share(part) < floor]
    return 1 if below or result.merged else 0


if __name__ == "__main__":
    sys.exit(main())
