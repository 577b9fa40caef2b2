from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.corpus import Corpus


@pytest.fixture
def corpus(tmp_path: Path) -> Iterator[Corpus]:
    with Corpus.open(tmp_path / "corpus.sqlite", create=True) as opened:
        yield opened
