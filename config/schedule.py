"""When sites are visited, and who is told when something is wrong: the model of config/schedule.yaml."""

import re
from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")

Days = Annotated[float, Field(ge=0.04, le=400)]


class Cadence(BaseModel):
    """Days between two visits of one site, in the season of the reports and otherwise."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    in_season: Days | None = None
    otherwise: Days | None = None


class Schedule(BaseModel):
    """How a machine that nobody watches goes on.

    ``season`` are the first and the last day (MM-DD) of the time in which reports appear; ``in_season`` and
    ``otherwise`` are days between two visits. ``sooner`` is the factor after a visit that found new or corrected
    reports, ``later`` the one after ``patience`` visits that found none; both within ``at_least`` and ``at_most`` (in
    the season ``at_most_in_season``) days. ``retry_hours`` is the first pause after a crawl that failed,
    ``blocked_days`` after one that was kept off or found nobody; each doubles with every further one, up to the usual
    pause. ``hours_per_site`` ends a crawl that takes longer, ``hours_per_call`` a call that does; ``parallel`` is how
    many sites are crawled at a time. ``settled_years`` is the age from which a report's page is asked for no more than
    once in ``settled_days``. ``blocked_alarm_days`` and ``dead_alarm_days`` are how long a portal keeps us off, or
    gives no answer, before that is an alarm. ``on_alarm`` is a program with its arguments that gets each alarm as JSON
    on its standard input, ``mail`` the addresses to which the local sendmail (``mail_program``) brings it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    season: tuple[str, str] = ("01-10", "04-15")
    in_season: Days = 7.0
    otherwise: Days = 30.0
    sooner: float = Field(default=0.5, gt=0, le=1)
    later: float = Field(default=2.0, ge=1, le=10)
    patience: int = Field(default=3, ge=1, le=100)
    at_least: Days = 1.0
    at_most_in_season: Days = 14.0
    at_most: Days = 60.0
    retry_hours: float = Field(default=1.0, ge=0.1, le=1000)
    blocked_days: Days = 1.0
    hours_per_site: float = Field(default=12.0, gt=0, le=1000)
    hours_per_call: float = Field(default=72.0, gt=0, le=10000)
    parallel: int = Field(default=4, ge=1, le=256)
    settled_years: int = Field(default=2, ge=1, le=100)
    settled_days: Days = 365.0
    blocked_alarm_days: Days = 30.0
    dead_alarm_days: Days = 14.0
    on_alarm: tuple[str, ...] = ()
    mail: tuple[str, ...] = ()
    mail_program: tuple[str, ...] = ("/usr/sbin/sendmail", "-t", "-oi")

    @field_validator("season")
    @classmethod
    def _are_days(cls, value: tuple[str, str]) -> tuple[str, str]:
        for day in value:
            found = _DAY.fullmatch(day)
            if found is None:
                raise ValueError(f"{day!r} is no day of the year; write it as MM-DD, as 01-10")
            try:
                date(2028, int(found[1]), int(found[2]))  # a leap year
            except ValueError:
                raise ValueError(f"{day!r} is no day of the year") from None
        return value

    @field_validator("mail")
    @classmethod
    def _are_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for address in value:
            # It stands in a header: a line break would add another one.
            if not re.fullmatch(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+", address):
                raise ValueError(f"{address!r} is no mail address; write it as name@example.org")
        return value

    @field_validator("on_alarm", "mail_program")
    @classmethod
    def _is_program(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if value and not value[0].strip():
            raise ValueError("the first item names no program; write [program, argument, …]")
        return value

    @model_validator(mode="after")
    def _bounds(self) -> Self:
        if self.at_least > min(self.at_most, self.at_most_in_season):
            raise ValueError("at_least is larger than at_most or at_most_in_season; no pause fits between them")
        return self
