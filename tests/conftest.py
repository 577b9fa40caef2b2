from collections.abc import Iterator

import pytest

from tests.kit.postgres import PostgresServer, postgres, programs


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A server of this test process."""
    found = programs()
    if found is None:
        pytest.skip("no PostgreSQL server is installed here (Debian: postgresql); .ci/run installs it")
    with postgres(found) as server:
        yield server
