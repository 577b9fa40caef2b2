"""What is wrong with a site, judged from the history of its crawls: a pure function, and the evidence for each verdict.

Every rule looks at the last visits alone, so that a problem is over when they say so. One that explains another stands
for both: of a portal that moved away it is not said as well that it gives no reports.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from config.hosts import host_of, registered_domain
from config.schedule import Schedule
from config.site import Site
from crawler.operate.due import kind_of
from pipelines.history import Attempt

# Each kind of alarm, and what it means; docs/operate.md says what to do, and a test that it does.
KINDS: Mapping[str, str] = {
    "spam": "the home page belongs to somebody else: the domain has expired and was bought",
    "moved": "the home page leads to another host, out of the site's scope",
    "blocked": "the portal has kept the crawler off for a month",
    "dead": "the portal has given no page for two weeks",
    "crashing": "three crawls in a row crashed, were killed or could not start",
    "no_reports": "the site gave reports before, and its last visit found none",
    "fewer_reports": "the last visit found less than half of the reports that were listed before",
    "layout_changed": "the software of the portal that its lists were recognised by is not met any more",
    "more_failed": "many more pages and documents than before could not be had or read",
    "more_findings": "many more sums than before are wrong in the reports that were read",
    "expectation": "the corpus holds less of the site than its file expects",
    "archive": "the archive could not be written, or is damaged",
    "untold": "the program or the mail that should tell of alarms failed",
}

# Visits before the last one that it is compared with.
_COMPARED = 3
_CRASHES = 3
# So many failures or findings, and so many times what was usual: below lies chance.
_MANY, _TIMES = 5, 3.0
# After this, reports that were read say nothing about today.
_FRESH = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Problem:
    """``message`` says in a sentence what is wrong, ``evidence`` in numbers and addresses how that is known."""

    kind: str
    site: str | None
    message: str
    evidence: Mapping[str, Any] = field(default_factory=dict)


def problems(
    site: Site, attempts: Sequence[Attempt], rows: Sequence[Mapping[str, Any]] | None, schedule: Schedule, now: datetime
) -> list[Problem]:
    """What is wrong with ``site`` at ``now``. ``rows`` are its reports in the corpus (see `Corpus.reports`), None where
    they were not looked up."""
    past = [one for one in attempts if one.started <= now]
    if site.paused is not None or not past:
        return []
    found = [*_unreachable(site, past, schedule, now), *_of_visits(site, past, now)]
    if rows is not None and any(kind_of(one, site) == "visit" for one in past):
        found += _expectation(site, rows, now)
    return found


def _unreachable(site: Site, past: Sequence[Attempt], schedule: Schedule, now: datetime) -> Iterator[Problem]:
    """A portal that keeps us off or gives no answer for long; a crawl that always crashes."""
    tries = [one for one in reversed(past) if kind_of(one, site) not in ("look", "stopped")]
    crashes = list(takewhile(lambda one: kind_of(one, site) == "failed", tries))
    if len(crashes) >= _CRASHES:
        reasons = sorted({one.reason or "killed" for one in crashes})
        evidence = {"since": _printed(crashes[-1].started), "attempts": len(crashes), "reasons": reasons}
        evidence["log"] = next((one.told["log"] for one in crashes if one.told.get("log")), [])
        yield Problem("crashing", site.name, f"{len(crashes)} crawls in a row failed: {', '.join(reasons)}", evidence)
    away = list(takewhile(lambda one: kind_of(one, site) in ("away", "failed"), tries))
    away = [one for one in away if kind_of(one, site) == "away"]
    if not away:
        return
    last, first = away[0], away[-1]
    since = now - first.started
    evidence = {"since": _printed(first.started), "attempts": len(away), "last": _printed(last.started)}
    if last.told.get("blocked"):
        if since >= timedelta(days=schedule.blocked_alarm_days):
            hosts = last.told["blocked"]
            said = ", ".join(f"{host}: {kind}" for host, kind in hosts.items())
            yield Problem("blocked", site.name, f"kept off for {since.days} days ({said})", evidence | {"hosts": hosts})
    elif since >= timedelta(days=schedule.dead_alarm_days):
        failures = {**last.told.get("found", {}).get("failures", {}), **last.told.get("down", {})}
        said = ", ".join(failures) or "no answer"
        evidence["failures"] = failures
        yield Problem("dead", site.name, f"no page for {since.days} days ({said})", evidence)


def _of_visits(site: Site, past: Sequence[Attempt], now: datetime) -> list[Problem]:
    """What the last visit says, compared with those before."""
    visits = [one for one in past if kind_of(one, site) == "visit"]
    if not visits:
        return []
    last, before = visits[-1], visits[-1 - _COMPARED : -1]
    home = str(_found(last).get("home", ""))
    if words := _found(last).get("foreign"):
        said = ", ".join(words[:5])
        evidence = {"visit": last.id, "url": home, "title": _found(last).get("name", ""), "words": words}
        return [Problem("spam", site.name, f"the home page shows {said}", evidence)]
    if home and not site.covers(home):
        evidence = {"visit": last.id, "from": site.home, "to": home}
        same = registered_domain(host_of(home)) == registered_domain(host_of(site.home))
        evidence["same_domain"] = same
        return [Problem("moved", site.name, f"{site.home} leads to {home}, out of the site's scope", evidence)]
    found = list(_of_lists(site, last, before))
    return [*found, *_of_documents(site, visits, now)]


def _of_lists(site: Site, last: Attempt, before: Sequence[Attempt]) -> Iterator[Problem]:
    selected = int(_found(last).get("items_selected", 0))
    usual = max((int(_found(one).get("items_selected", 0)) for one in before), default=0)
    evidence = {"visit": last.id, "listed": selected, "listed_before": usual}
    evidence["ends"] = _found(last).get("ends", {})
    evidence["failures"] = _found(last).get("failures", {})
    if usual and not selected:
        yield Problem("no_reports", site.name, f"no report is listed any more; {usual} were before", evidence)
        return
    if usual >= 4 and selected < usual / 2:
        yield Problem("fewer_reports", site.name, f"{selected} reports are listed; {usual} were before", evidence)
    families = set(_found(last).get("families", {}))
    always = set.intersection(*(set(_found(one).get("families", {})) for one in before)) if before else set()
    if gone := sorted(always - families):
        message = f"no list of {', '.join(gone)} is met any more" + (
            f"; now {', '.join(sorted(families))}" if families else ""
        )
        evidence = {"visit": last.id, "before": sorted(always), "now": sorted(families), **evidence}
        yield Problem("layout_changed", site.name, message, evidence)


def _of_documents(site: Site, visits: Sequence[Attempt], now: datetime) -> Iterator[Problem]:
    *before, last = visits[-1 - _COMPARED :]
    failed, requests = _failed(last), int(last.told.get("requests", 0))
    usual = _share(sum(map(_failed, before)), sum(int(one.told.get("requests", 0)) for one in before))
    if before and failed >= _MANY and _share(failed, requests) >= max(_TIMES * usual, 0.1):
        evidence = {"visit": last.id, "failed": failed, "requests": requests, "share_before": round(usual, 4)}
        evidence["failures"] = _found(last).get("failures", {})
        yield Problem("more_failed", site.name, f"{failed} of {requests} pages could not be had or read", evidence)
    read = [one for one in visits if int(one.told.get("outcomes", {}).get("report", 0))]
    if len(read) < 2 or now - read[-1].started > _FRESH:
        return
    errors, reports = _errors(read[-1]), _reports(read[-1])
    usual = _share(sum(map(_errors, read[:-1])), sum(map(_reports, read[:-1])))
    if errors >= _MANY and errors / reports >= max(_TIMES * usual, 1.0):
        evidence = {"visit": read[-1].id, "errors": errors, "reports": reports, "errors_a_report_before": usual}
        yield Problem("more_findings", site.name, f"{errors} wrong sums in {reports} reports", evidence)


def _expectation(site: Site, rows: Sequence[Mapping[str, Any]], now: datetime) -> Iterator[Problem]:
    if site.expect is None:
        return
    years = {row["year"] for row in rows}
    # The report of last year is expected from April on: governments have until the end of March.
    due = now.year - 1 if (now.month, now.day) >= (4, 1) else now.year - 2
    missing = [year for year in site.expect.expected_years(due) if year not in years]
    if len(rows) >= site.expect.reports_min and not missing:
        return
    said = [f"{len(rows)} reports of at least {site.expect.reports_min}"] if len(rows) < site.expect.reports_min else []
    said += [f"none of {', '.join(map(str, missing))}"] if missing else []
    evidence = {"reports": len(rows), "reports_min": site.expect.reports_min, "missing_years": missing}
    yield Problem("expectation", site.name, f"the corpus holds {'; '.join(said)}", evidence)


def _found(attempt: Attempt) -> Mapping[str, Any]:
    found = attempt.told.get("found", {})
    return found if isinstance(found, Mapping) else {}


def _failed(attempt: Attempt) -> int:
    told = attempt.told
    return int(told.get("failed_count", 0)) + int(told.get("lost_count", 0))


def _errors(attempt: Attempt) -> int:
    return int(attempt.told.get("findings", {}).get("error", 0))


def _reports(attempt: Attempt) -> int:
    return int(attempt.told.get("outcomes", {}).get("report", 0))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _printed(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
