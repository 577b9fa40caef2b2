"""The five seeds: every cell and finding as known, every heading as printed."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines.documents import extract
from pipelines.forms import check, judge, read_forms, read_sections
from pipelines.report import Agency
from tests.forms.test_checks import Who

SHARED = Path(__file__).parents[3] / "shared"
TRUTH: dict[str, Any] = (
    json.loads((SHARED / "truth" / "seeds.json").read_text("utf-8"))
    if (SHARED / "truth" / "seeds.json").exists()
    else {}
)
ERRORS = {
    "001": [("requests.outcomes", "natural_person", 1, 2), ("requests.outcomes", "total", 1, 2)],
    "003": [
        ("statistics.replies", "value", 12, 15),
        ("dates.signed", None, "2019-01-16", "on or after 2019-12-31"),
    ],
}

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not TRUTH, reason="the folder shared is not there"),
]


@pytest.mark.parametrize("name", sorted(TRUTH))
def test_seed(name: str) -> None:
    truth = TRUTH[name]
    made = extract((SHARED / "seeds" / name).read_bytes(), url=f"file:///{name}", file_name=name)
    reading, sections = read_forms(made), read_sections(made)
    assert reading.form == truth["form"]
    assert {(cell.table, cell.row, cell.column): cell.value for cell in reading.cells} == _cells(truth)
    assert len(sections) == len(truth["sections"])
    differ = [
        pair for pair in zip((part.heading for part in sections), truth["sections"], strict=True) if len(set(pair)) > 1
    ]
    # In 003 the list of contents words one heading differently (提请) than the heading itself (提起).
    assert all(heading.replace("提起", "提请") == listed for heading, listed in differ)
    assert judge(made, reading, sections) is None
    signed = date.fromisoformat(truth["signed"]) if truth["signed"] else None
    agency = Agency(truth["agency"], truth["agency"])
    findings = (*reading.findings, *check(reading, sections, Who(agency, truth["year"], made.title, signed)))
    loud = [found for found in findings if found.severity != "note"]
    assert [(found.rule, found.column, found.stated, found.expected) for found in loud] == ERRORS.get(name[:3], [])


def _cells(truth: dict[str, Any]) -> dict[tuple[str, str, str], object]:
    cells = {}
    for table in ("disclosure", "requests", "disputes", "statistics"):
        for row, columns in truth.get(table, {}).items():
            for column, value in (columns if isinstance(columns, dict) else {"value": columns}).items():
                cells[table, row, column] = value
    return cells
