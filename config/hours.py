"""The hours of the day in which portals are left to their visitors, and the time that they are counted in."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone, tzinfo
from typing import Self
from zoneinfo import ZoneInfo

from config.errors import UsageError

# One time for the whole country, and no summer time since 1991.
CHINA = timezone(timedelta(hours=8), "CST")
HOURS = r"^([01]?\d|2[0-3]):[0-5]\d-([01]?\d|2[0-3]):[0-5]\d$"
_HOURS = re.compile(r"\s*([01]?\d|2[0-3]):([0-5]\d)\s*-\s*([01]?\d|2[0-3]):([0-5]\d)\s*")


def zone(name: str) -> tzinfo:
    """The time zone ``name`` (of the IANA list). Raises ValueError where there is none, or this machine has no list."""
    if name == "Asia/Shanghai":
        return CHINA  # also on a machine without a list
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone that this machine knows; write it as Asia/Urumqi") from error


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From ``start`` to just before ``end`` in the time of ``place``; over midnight where ``end`` is the earlier."""

    start: time
    end: time
    place: tzinfo = CHINA

    @classmethod
    def read(cls, text: str | None, place: tzinfo = CHINA) -> Self | None:
        """The hours as written, such as ``08:30-18:00``; None for none. Raises UsageError."""
        if not text:
            return None
        found = _HOURS.fullmatch(text)
        if found is None:
            raise UsageError(f"NIANBAO_QUIET_HOURS: {text!r} are no hours; write them as 08:30-18:00")
        start_hour, start_minute, end_hour, end_minute = map(int, found.groups())
        return cls(time(start_hour, start_minute), time(end_hour, end_minute), place)

    def hold(self, moment: datetime) -> bool:
        """Whether ``moment`` (with its time zone) lies in these hours."""
        now = moment.astimezone(self.place).time()
        if self.start <= self.end:
            return self.start <= now < self.end
        return now >= self.start or now < self.end

    def end_after(self, moment: datetime) -> datetime:
        """When they end that hold at ``moment``; ``moment`` itself where they don't."""
        day = moment.astimezone(self.place)
        end = day.replace(hour=self.end.hour, minute=self.end.minute, second=0, microsecond=0)
        if not self.hold(moment):
            return moment
        return (end if end > day else end + timedelta(days=1)).astimezone(moment.tzinfo)
