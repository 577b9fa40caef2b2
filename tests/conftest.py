from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.kit.bucket import BucketServer, Place, bucket_server
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


@pytest.fixture(scope="session")
def _bucket_server() -> Iterator[BucketServer]:
    """An S3 server of this test process."""
    with bucket_server() as server:
        yield server


@pytest.fixture
def bucket(_bucket_server: BucketServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """An empty bucket, whose server this process and those that it starts find."""
    for name, value in _bucket_server.environment.items():
        monkeypatch.setenv(name, value)
    yield _bucket_server.make()
    _bucket_server.denies = lambda asked: False
