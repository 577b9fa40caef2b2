"""What time it is: the one place that asks.

``NIANBAO_CLOCK`` sets another time (ISO 8601 with its zone, as 2027-01-10T08:00:00+08:00): the clock then starts at it
when the process does, and goes on from there. With it years of scheduled crawls are rehearsed in minutes.
"""

import os
from datetime import UTC, datetime, timedelta
from functools import cache
from time import monotonic

from config.errors import UsageError

VARIABLE = "NIANBAO_CLOCK"


def now() -> datetime:
    """The time in UTC. Raises UsageError where ``NIANBAO_CLOCK`` is no time."""
    text = os.environ.get(VARIABLE)
    if not text:
        return datetime.now(UTC)
    start, begun = _set(text)
    return start + timedelta(seconds=monotonic() - begun)


@cache
def _set(text: str) -> tuple[datetime, float]:
    """The moment that ``text`` sets the clock to, and when that was."""
    try:
        start = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"${VARIABLE}: {text!r} is no time; write it as 2027-01-10T08:00:00+08:00") from error
    if start.tzinfo is None:
        raise UsageError(f"${VARIABLE}: {text!r} has no time zone; write it as {text}+08:00")
    return start.astimezone(UTC), monotonic()
