"""The five seeds: agency, as written, division, year, signature."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pipelines.documents.extract import extract
from pipelines.identity import identify

SHARED = Path(__file__).resolve().parents[3] / "shared"


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="no ../shared")
def test_every_seed_is_identified() -> None:
    truth = json.loads((SHARED / "truth" / "seeds.json").read_text(encoding="utf-8"))
    for name, expected in truth.items():
        payload = (SHARED / "seeds" / name).read_bytes()
        document = extract(payload, url=f"file:///{name}")
        found = identify(
            document, url=f"file:///{name}", captured=datetime(2026, 11, 22, tzinfo=UTC), site=None, sections=()
        )
        assert found.agency is not None, name
        assert (found.agency.name, found.agency.division) == (expected["agency"], expected["division_code"])
        assert found.agency.as_written == expected.get("agency_as_written", expected["agency"])
        assert (found.agency.level, found.agency.sector) in {("prefecture", "health"), ("county", "health")}
        assert found.year == expected["year"]
        assert found.signed == (date.fromisoformat(expected["signed"]) if expected["signed"] else None)
        assert found.findings == (), name
