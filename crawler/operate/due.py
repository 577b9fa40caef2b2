"""Which sites are due: a pure function of the sites, the schedule, the history of their crawls, and the time.

Nothing is remembered between two calls but what the archive tells. A machine that was off for a month finds each site
due once; a crawl that was killed is gone on with; one that fails is tried again after a pause that doubles.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import takewhile
from typing import Literal

from config.hours import CHINA, QuietHours, zone
from config.schedule import Schedule
from config.site import Site
from pipelines.history import CRAWL, Attempt

# What an attempt came to. ``visit``: it went to its end and met the portal. ``away``: the portal kept it off or gave no
# answer. ``stopped``: it was ended in good order and is to be gone on with. ``failed``: it crashed, was killed, or
# could not start. ``look``: somebody only looked at some pages.
Kind = Literal["visit", "away", "stopped", "failed", "look"]

# Reasons by which a crawl's own account says that the run is not over.
_STOPPED = frozenset({"shutdown", "quiet_hours", "cancelled"})
# A clock may be a little behind the one that the archive was written by.
_TOLERANCE = timedelta(minutes=10)
_YEARS = 2


@dataclass(frozen=True, slots=True)
class Due:
    """``due``: to be crawled now. ``code`` is a stable word, ``why`` a sentence for a person. ``next`` is when it will
    be due if nothing happens before; None where that can't be told. ``last`` is its last attempt."""

    site: str
    due: bool
    code: str
    why: str
    next: datetime | None = None
    last: Attempt | None = None


def due(
    sites: Iterable[Site],
    schedule: Schedule,
    history: Mapping[str, Sequence[Attempt]],
    now: datetime,
    *,
    held: Collection[str] = (),
    quiet: str | None = None,
) -> list[Due]:
    """For each site whether it is due at ``now``, why, and when next.

    ``history`` are the attempts by site, oldest first; ``held`` the sites that are being crawled at this moment;
    ``quiet`` the quiet hours that hold for all sites, as written.
    """
    return [_due(site, schedule, history.get(site.name, ()), now, held, quiet) for site in sites]


def kind_of(attempt: Attempt, site: Site) -> Kind:
    """What ``attempt`` came to."""
    if attempt.event != CRAWL:
        return "stopped" if attempt.reason in _STOPPED else "failed"
    if attempt.reason in _STOPPED:
        return "stopped"
    # Somebody's look by hand is none of the visits that the schedule asks for; one that it made itself always is.
    by_hand = not attempt.told.get("scheduled")
    if by_hand and attempt.reason == "max_pages" and int(attempt.told.get("max_pages", 0)) < site.max_pages:
        return "look"
    if attempt.reason not in ("finished", "max_pages"):
        return "failed"
    if "outcomes" not in attempt.told:
        return "visit"  # of the time before accounts: it ended, and more is not known
    met = any(attempt.told.get("outcomes", {}).values()) or bool(attempt.told.get("found", {}).get("items_seen"))
    kept_off = attempt.told.get("blocked") or attempt.told.get("down")
    return "away" if kept_off and not met else "visit" if met or attempt.told.get("found", {}).get("home") else "away"


def in_season(schedule: Schedule, moment: datetime, place: tzinfo = CHINA) -> bool:
    """Whether ``moment`` lies in the time in which reports appear; over the new year where it begins the later."""
    day = moment.astimezone(place).strftime("%m-%d")
    first, last = schedule.season
    return first <= day <= last if first <= last else day >= first or day <= last


def _due(
    site: Site,
    schedule: Schedule,
    attempts: Sequence[Attempt],
    now: datetime,
    held: Collection[str],
    quiet: str | None,
) -> Due:
    # What lies in the future was written by a clock that went wrong: it says nothing about the distance.
    past = [one for one in attempts if one.started <= now + _TOLERANCE and kind_of(one, site) != "look"]
    last = past[-1] if past else None
    if site.paused is not None:
        return Due(site.name, False, "paused", f"paused: {site.paused}", None, last)
    if site.name in held:
        return Due(site.name, False, "running", "it is being crawled at this moment", None, last)
    code, why, when = _when(site, schedule, past, now)
    hours = QuietHours.read(site.quiet_hours or quiet, zone(site.time_zone))
    if when > now:
        next_ = hours.end_after(when) if hours else when
        return Due(site.name, False, "not_yet", f"{why}; due {_day(next_)}", next_, last)
    if hours is not None and hours.hold(now):
        end = hours.end_after(now)
        return Due(site.name, False, "quiet_hours", f"{why}; but these are quiet hours, until {_day(end)}", end, last)
    return Due(site.name, True, code, why, now, last)


def _when(site: Site, schedule: Schedule, past: Sequence[Attempt], now: datetime) -> tuple[str, str, datetime]:
    """The code and the sentence of why, and from when on the site is due."""
    if not past:
        return "new", "it was never visited", now
    last = past[-1]
    kind = kind_of(last, site)
    if kind == "stopped":
        return "continue", f"the crawl of {_day(last.started)} was stopped ({last.reason}) and is gone on with", now
    moment = _end(last, now)
    if kind == "visit":
        _, why = _pause(site, schedule, past, now)
        return "cadence", f"{why}; last visited {_day(moment)}", _after(site, schedule, past, moment, now)
    several = len(list(takewhile(lambda one: kind_of(one, site) == kind, reversed(past))))
    first = timedelta(hours=schedule.retry_hours) if kind == "failed" else timedelta(days=schedule.blocked_days)
    usual = _after(site, schedule, past, moment, now)
    # Two to the 30th hours are longer than any schedule; a larger number would not fit a date.
    when = min(moment + first * 2 ** min(several - 1, 30 if kind == "failed" else 9), max(usual, moment + first))
    what = f"{last.reason or 'killed'}" if kind == "failed" else _kept_off(last)
    times = f", {several} times in a row" if several > 1 else ""
    return "retry", f"the crawl of {_day(last.started)} came to nothing ({what}{times})", when


def _end(attempt: Attempt, now: datetime) -> datetime:
    """When the attempt was over; its beginning where its end is unknown, or the clock was set in between."""
    ended = attempt.ended
    return ended if ended is not None and attempt.started <= ended <= now + _TOLERANCE else attempt.started


def _after(site: Site, schedule: Schedule, past: Sequence[Attempt], moment: datetime, now: datetime) -> datetime:
    """When the next visit after ``moment`` is due, as it looks now: the season may begin or end before."""
    days, _ = _pause(site, schedule, past, now)
    when = moment + timedelta(days=days)
    change = _next_change(schedule, now, zone(site.time_zone))
    if when <= change:
        return when
    later_days, _ = _pause(site, schedule, past, change)
    return max(change, moment + timedelta(days=later_days))


def _pause(site: Site, schedule: Schedule, past: Sequence[Attempt], at: datetime) -> tuple[float, str]:
    """The days between two visits as they hold at ``at``, and why."""
    place = zone(site.time_zone)
    season = in_season(schedule, at, place)
    own = site.cadence
    base = (own and (own.in_season if season else own.otherwise)) or (
        schedule.in_season if season else schedule.otherwise
    )
    name = "in the season" if season else "out of the season"
    # What was found at another time of the year says nothing about this one.
    visits = list(
        takewhile(
            lambda one: in_season(schedule, one.started, place) == season and at - one.started < timedelta(days=300),
            (one for one in reversed(past) if kind_of(one, site) == "visit"),
        )
    )
    found = [_found_news(one) for one in visits]
    factor, because = 1.0, ""
    if found and found[0]:
        factor, because = schedule.sooner, ", sooner because the last visit found new reports"
    elif len(found) >= schedule.patience and not any(found[: schedule.patience]):
        factor, because = schedule.later, f", later because {schedule.patience} visits found nothing new"
    most = schedule.at_most_in_season if season else schedule.at_most
    # A site's own cadence is what somebody decided: the bounds are for what is computed.
    days = base if factor == 1.0 else min(max(base * factor, min(base, schedule.at_least)), max(base, most))
    return days, f"every {days:g} days {name}{because}"


def _found_news(attempt: Attempt) -> bool:
    news = attempt.told.get("news", {})
    return bool(news.get("new") or news.get("corrected"))


def _next_change(schedule: Schedule, now: datetime, place: tzinfo) -> datetime:
    """The next beginning or end of a season after ``now``."""
    local = now.astimezone(place)
    changes = []
    for year in range(local.year, local.year + _YEARS):
        first, last = (
            datetime.strptime(f"{year}-{day}", "%Y-%m-%d").replace(tzinfo=place) for day in _days(schedule, year)
        )
        changes += [first, last + timedelta(days=1)]
    return min(one for one in changes if one > local).astimezone(UTC)


def _days(schedule: Schedule, year: int) -> list[str]:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return ["02-28" if day == "02-29" and not leap else day for day in schedule.season]


def _kept_off(attempt: Attempt) -> str:
    told = attempt.told
    kinds = [*told.get("blocked", {}).values(), *told.get("down", {}).values()]
    kinds = kinds or list(told.get("found", {}).get("failures", {}))
    return ", ".join(sorted(set(map(str, kinds)))) or "the portal gave no page"


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"
