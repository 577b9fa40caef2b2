from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.corpus import Corpus


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path | str]:
    """Where a corpus may be made, on each kind of database."""
    if request.param == "sqlite":
        yield tmp_path / "corpus.sqlite"
        return
    with request.getfixturevalue("postgres_server").place() as url:
        yield url


@pytest.fixture
def corpus(place: Path | str) -> Iterator[Corpus]:
    with Corpus.open(place, create=True) as opened:
        yield opened
