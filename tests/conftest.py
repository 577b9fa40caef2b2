from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.kit.postgres import PostgresServer, postgres, programs

# A machine with other work to do is slow; that fails no test.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A server of this test process."""
    found = programs()
    if found is None:
        pytest.skip("no PostgreSQL server is installed here (Debian: postgresql); .ci/run installs it")
    with postgres(found) as server:
        yield server
