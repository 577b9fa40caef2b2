"""The clock that can be set, so that years are rehearsed in minutes."""

from datetime import UTC, datetime, timedelta

import pytest

from config import clock
from config.errors import UsageError


def test_it_tells_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(clock.VARIABLE, raising=False)
    before = datetime.now(UTC)
    assert before <= clock.now() <= before + timedelta(minutes=1)


def test_it_starts_where_it_is_set_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.VARIABLE, "2031-01-10T08:00:00+08:00")
    first = clock.now()
    assert timedelta(0) <= first - datetime(2031, 1, 10, tzinfo=UTC) < timedelta(minutes=1)
    assert clock.now() > first


@pytest.mark.parametrize(("text", "says"), [("tomorrow", "is no time"), ("2031-01-10T08:00:00", "no time zone")])
def test_what_is_no_time_is_refused(text: str, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.VARIABLE, text)
    with pytest.raises(UsageError, match=says):
        clock.now()
