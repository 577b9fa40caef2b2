from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.folder import ArchiveFolder
from archive.index import Index
from archive.writer import ArchiveWriter
from tests.archive.exchanges import INFO


@pytest.fixture
def folder(tmp_path: Path) -> ArchiveFolder:
    return ArchiveFolder(tmp_path / "data")


@pytest.fixture
def writer(folder: ArchiveFolder) -> Iterator[ArchiveWriter]:
    with ArchiveWriter(folder, info=INFO, index=Index(folder)) as writer:
        yield writer
