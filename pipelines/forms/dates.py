"""The rules on dates: signed after the year, published in time, and one year throughout."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Protocol

from config.forms import Deadline, load_identities
from pipelines.forms.reading import Reading
from pipelines.report import Agency, Finding

_YEAR = re.compile(r"(?<!\d)(20[0-9]{2})年")


class Identified(Protocol):
    """What the rules need to know of whose report it is (pipelines.identity gives it)."""

    @property
    def agency(self) -> Agency | None: ...
    @property
    def year(self) -> int | None: ...
    @property
    def title(self) -> str | None: ...
    @property
    def signed(self) -> date | None: ...
    @property
    def published(self) -> date | None: ...
    @property
    def findings(self) -> Sequence[Finding]: ...


def date_findings(reading: Reading, identity: Identified) -> Iterator[Finding]:
    if identity.year is None:
        return
    yield from _too_early(identity.year, identity.signed, identity.published)
    yield from _too_late(identity.year, identity)
    if not any(finding.rule == "dates.year" for finding in identity.findings):
        yield from _other_year(identity.year, identity.title, reading.period)


def _too_early(year: int, signed: date | None, published: date | None) -> Iterator[Finding]:
    last = date(year, 12, 31)
    for what, zh, day in (("signed", "落款日期", signed), ("published", "发布日期", published)):
        if day is not None and day < last:
            yield Finding(
                "dates.signed",
                "error",
                f"The report is {what} on {day}, before its statistical year {year} ends.",
                f"{zh}为{day}，早于统计年度（{year}年）结束之日。",
                stated=day.isoformat(),
                expected=f"on or after {last}",
            )


def _too_late(year: int, identity: Identified) -> Iterator[Finding]:
    """A report signed after the day was published after it too; the day of publication is the better one."""
    day = identity.published or identity.signed
    deadline = _deadline(year, identity.agency)
    if day is None or deadline is None or day <= deadline:
        return
    late = (day - deadline).days
    what, zh = ("published", "发布") if identity.published else ("signed", "签署")
    yield Finding(
        "dates.deadline",
        "note",
        f"The report is {what} on {day}, {late} day{'s' if late > 1 else ''} after {deadline}.",
        f"报告{zh}于{day}，比规定期限{deadline}晚{late}天。",
        stated=day.isoformat(),
        expected=f"on or before {deadline}",
    )


def _deadline(year: int, agency: Agency | None) -> date | None:
    if agency is None:
        return None
    days = load_identities().deadlines
    government = agency.level == "township" or agency.name.endswith(days.government_names)
    rule: Deadline = days.governments if government or year < days.departments.from_year else days.departments
    return date(year + 1, rule.month, rule.day)


def _other_year(year: int, title: str | None, period: int | None) -> Iterator[Finding]:
    titled = {int(found) for found in _YEAR.findall(re.sub(r"\s", "", title or ""))}
    stated = {"the title": titled.pop()} if len(titled) == 1 else {}
    if period is not None:
        stated["the statistical period"] = period
    for what, other in stated.items():
        if other != year:
            yield Finding(
                "dates.year",
                "warning",
                f"The report is one of {year}, but {what} says {other}.",
                f"报告年度为{year}年，但{'标题' if what == 'the title' else '统计期限'}为{other}年。",
                stated=other,
                expected=year,
            )
