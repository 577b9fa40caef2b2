"""The demonstration portal, crawled once for all tests of the command line."""

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.command import Result, run


@dataclass(frozen=True)
class DemoCrawl:
    """The data folder that `make crawl` would have made, and what the command printed."""

    data: Path
    result: Result


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoCrawl:
    data = tmp_path_factory.mktemp("demo") / "data"
    result = run(sys.executable, "-m", "tests.kit.demo", "--data", data, "--", "--json")
    return DemoCrawl(data, result)
