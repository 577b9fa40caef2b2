"""The hours of the day in which portals are left to their visitors."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone
from typing import Self

from config.errors import UsageError

# One time for the whole country, and no summer time since 1991.
CHINA = timezone(timedelta(hours=8), "CST")
_HOURS = re.compile(r"\s*([01]?\d|2[0-3]):([0-5]\d)\s*-\s*([01]?\d|2[0-3]):([0-5]\d)\s*")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From ``start`` to just before ``end``, China time; over midnight where ``end`` is the earlier."""

    start: time
    end: time

    @classmethod
    def read(cls, text: str | None) -> Self | None:
        """The hours as written, such as ``08:30-18:00``; None for none. Raises UsageError."""
        if not text:
            return None
        found = _HOURS.fullmatch(text)
        if found is None:
            raise UsageError(f"NIANBAO_QUIET_HOURS: {text!r} are no hours; write them as 08:30-18:00 (China time)")
        start_hour, start_minute, end_hour, end_minute = map(int, found.groups())
        return cls(time(start_hour, start_minute), time(end_hour, end_minute))

    def hold(self, moment: datetime) -> bool:
        """Whether ``moment`` (with its time zone) lies in these hours."""
        now = moment.astimezone(CHINA).time()
        if self.start <= self.end:
            return self.start <= now < self.end
        return now >= self.start or now < self.end
