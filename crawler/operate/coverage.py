"""Agencies × years: what the corpus has, what came late, is missing or wrong, and whose portal keeps us off."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from config import divisions
from config.site import Site
from crawler.operate.expected import Expected, statutory_day

# ``findings``: it is there, and sums in it are wrong. ``not_yet``: the statutory day is still to come.
State = Literal["have", "late", "findings", "missing", "blocked", "not_yet"]
STATES: tuple[State, ...] = ("have", "late", "findings", "missing", "blocked", "not_yet")
GROUPS = ("agency", "province", "level", "sector", "site")
_NONE = "–"


@dataclass(frozen=True, slots=True)
class Place:
    """One agency in one year. ``days_late`` counts from the day after the statutory one: to the publication, or to
    today where there is none; None where it can't be told. ``dated_by`` says what the publication's day is known
    from."""

    agency: str
    division: str | None
    level: str | None
    sector: str | None
    site: str | None
    year: int
    state: State
    day: date
    days_late: int | None = None
    published: str | None = None
    dated_by: str | None = None
    errors: int = 0
    findings: int = 0
    url: str | None = None
    why: str = ""

    @property
    def province(self) -> str | None:
        found = divisions.division(self.division[:2] + "0000") if self.division else None
        return found.name if found else None

    def as_json(self) -> dict[str, Any]:
        return {
            "agency": self.agency,
            "division": self.division,
            "province": self.province,
            "level": self.level,
            "sector": self.sector,
            "site": self.site,
            "year": self.year,
            "state": self.state,
            "statutory_day": self.day.isoformat(),
            "days_late": self.days_late,
            "published": self.published,
            "dated_by": self.dated_by,
            "errors": self.errors,
            "findings": self.findings,
            "url": self.url,
            "why": self.why,
        }


def coverage(
    expected: Iterable[Expected],
    facts: Iterable[Mapping[str, Any]],
    sites: Sequence[Site],
    blocked: Mapping[str, str],
    years: range,
    today: date,
) -> list[Place]:
    """One place for each agency and year that a report is expected of or is there of, in their order.

    ``facts`` are the reports (see `Corpus.report_facts`), ``blocked`` the sites whose portal keeps us off, each with
    the reason.
    """
    have, homes = {}, dict[tuple[str, str | None], Counter[str]]()
    for row in facts:
        if row["year"] in years:
            have[row["agency"], row["division"], row["year"]] = row
        # Reports of other years tell on which site the agency publishes, too.
        counts = homes.setdefault((row["agency"], row["division"]), Counter())
        counts.update(found for url in row["urls"] if (found := _site_of(url, sites)))
    by_division = {site.division: site.name for site in sites if site.division}
    places = []
    for one in expected:
        key = one.known or (one.name, one.division)
        home = homes.get(key)
        site = home.most_common(1)[0][0] if home else one.site or by_division.get(one.division or "")
        for year in years:
            there = have.get((*key, year))
            if there is None and year not in one.years:
                continue
            empty = Place(
                *(one.name, one.division, one.level, one.sector, site, year, "missing"),
                day=statutory_day(one.name, one.level, year),
                why=one.why,
            )
            places.append(_present(empty, there) if there else _absent(empty, blocked, today))
    return sorted(places, key=lambda one: (one.division is None, one.division or "", one.agency, one.year))


def _present(place: Place, row: Mapping[str, Any]) -> Place:
    published = row["published"] or row["signed"]
    late = (date.fromisoformat(published) - place.day).days if published else None
    state: State = "findings" if row["errors"] else "late" if late is not None and late > 0 else "have"
    return replace(
        place,
        state=state,
        days_late=None if late is None else max(late, 0),
        published=published,
        dated_by="the page" if row["published"] else "the date under the report" if published else None,
        errors=row["errors"],
        findings=row["findings"],
        url=row["urls"][0] if row["urls"] else None,
        why="in the corpus",
    )


def _absent(place: Place, blocked: Mapping[str, str], today: date) -> Place:
    if today <= place.day:
        return replace(place, state="not_yet")
    late = (today - place.day).days
    if place.site is not None and place.site in blocked:
        why = f"{place.why}; the portal of {place.site} keeps the crawler off: {blocked[place.site]}"
        return replace(place, state="blocked", days_late=late, why=why)
    return replace(place, days_late=late)


def grouped(places: Iterable[Place], by: str) -> list[dict[str, Any]]:
    """Counts by ``by`` (one of GROUPS): agencies, and their years in each state; ``late`` counts also those that have
    findings, ``share`` is what is there of what was due."""
    groups: dict[str, list[Place]] = {}
    for place in places:
        groups.setdefault(getattr(place, by) or _NONE, []).append(place)
    rows = []
    for name, found in sorted(groups.items()):
        states = Counter(place.state for place in found)
        there = [place for place in found if place.state in ("have", "late", "findings")]
        due = len(found) - states["not_yet"]
        rows.append(
            {
                by: name,
                "agencies": len({(place.agency, place.division) for place in found}),
                "due": due,
                "have": len(there),
                "late": sum(bool(place.days_late) for place in there),
                "findings": states["findings"],
                "missing": states["missing"],
                "blocked": states["blocked"],
                "not_yet": states["not_yet"],
                "share": round(len(there) / due, 4) if due else None,
            }
        )
    return rows


def matrix(places: Iterable[Place], years: range) -> Iterator[tuple[str, ...]]:
    """One row an agency, one column a year, for a terminal: see `LEGEND`."""
    rows: dict[tuple[str, str | None], dict[int, Place]] = {}
    for place in places:
        rows.setdefault((place.agency, place.division), {})[place.year] = place
    for (agency, division), found in rows.items():
        yield agency, division or _NONE, *(_mark(found[year]) if year in found else "" for year in years)


LEGEND = "yes: have; +12: 12 days late; !3: 3 wrong sums; missing; blocked: the portal keeps us off; …: not due yet"


def _mark(place: Place) -> str:
    if place.state == "not_yet":
        return "…"
    if place.state in ("missing", "blocked"):
        return place.state
    late = f"+{place.days_late}" if place.days_late else ""
    wrong = f"!{place.errors}" if place.errors else ""
    return " ".join(filter(None, (late, wrong))) or "yes"


def _site_of(url: str, sites: Sequence[Site]) -> str | None:
    return next((site.name for site in sites if site.covers(url)), None)
