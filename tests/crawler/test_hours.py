"""The quiet hours."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.errors import UsageError
from config.hours import CHINA, QuietHours
from tests.crawler.walk import walk
from tests.crawler.wire_server import serving


@pytest.mark.parametrize(
    ("hours", "utc", "quiet"),
    [
        ("08:30-18:00", "00:29", False),
        ("08:30-18:00", "00:30", True),
        ("08:30-18:00", "09:59", True),
        ("08:30-18:00", "10:00", False),
        ("22:00-6:00", "13:59", False),
        ("22:00-6:00", "14:00", True),
        ("22:00-6:00", "21:59", True),
        ("22:00-6:00", "22:00", False),
    ],
)
def test_hours_are_those_of_china(hours: str, utc: str, quiet: bool) -> None:
    read = QuietHours.read(hours)
    assert read is not None
    assert read.hold(datetime.fromisoformat(f"2026-11-22T{utc}:00").replace(tzinfo=UTC)) is quiet


@pytest.mark.parametrize("text", ["8-18", "24:00-06:00", "nights", "08:30"])
def test_hours_that_are_none(text: str) -> None:
    with pytest.raises(UsageError, match="08:30-18:00"):
        QuietHours.read(text)


def test_in_quiet_hours_nothing_is_asked_for(tmp_path: Path) -> None:
    now = datetime.now(CHINA).hour
    hours = f"{now:02}:00-{(now + 2) % 24:02}:00"
    with serving({}) as server:
        done = walk(tmp_path, [server.url("/")], NIANBAO_QUIET_HOURS=hours)
        assert server.seen == []
    assert done.reason == "quiet_hours"
    assert done.error is None
