"""The top-level packages have common names: nothing installed may shadow them."""

import importlib
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", ["config", "archive", "pipelines", "crawler"])
def test_the_package_is_ours(name: str) -> None:
    assert Path(str(importlib.import_module(name).__file__)).parent == PROJECT / name
