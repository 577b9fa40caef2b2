"""What looks missing after a crawl: years of an agency, units of a list. Hints for a person, no verdicts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from config import divisions
from config.site import Site
from crawler.portals.found import Found, FoundUnit
from crawler.portals.page import squash

# The first year of the reports in the form that all agencies share (notice 国办公开办函〔2019〕60号).
FIRST_YEAR = 2019


@dataclass(frozen=True, slots=True)
class Gap:
    """The ``years`` that ``agency`` has no report of on the portal, and ``why`` one would expect them."""

    agency: str
    years: tuple[int, ...]
    why: str


def missing_years(rows: Iterable[Mapping[str, Any]], site: Site, found: Found | None, ended: int) -> list[Gap]:
    """The gaps among ``rows`` (of `Corpus.reports`, those of this site), by agency.

    Every year is expected of the portal's own agency, of another one those between two that it has. ``ended`` is the
    year in which the crawl ended: reports of the year before may still come, and older than 2019 is not expected.
    """
    have: dict[str, set[int]] = {}
    for row in rows:
        if row["agency"] and row["year"]:
            have.setdefault(row["agency"], set()).add(row["year"])
    expected = range(FIRST_YEAR, ended - 1)
    own = _own_agency(have, site, found)
    gaps = []
    for agency in sorted({*have, own} - {None}, key=str):
        assert agency is not None
        years = have.get(agency, set())
        if agency == own:
            missing = [year for year in expected if year not in years]
            why = "the portal's own agency"
        else:
            missing = [year for year in expected if year not in years and min(years) < year < max(years)]
            why = "it has reports of years before and after"
        if missing:
            gaps.append(Gap(agency, tuple(missing), why))
    return gaps


def missing_units(rows: Iterable[Mapping[str, Any]], units: Sequence[FoundUnit]) -> list[FoundUnit]:
    """The units of the portal's lists that no report was found of, neither on their pages nor under their name."""
    agencies = {row["agency"] for row in rows if row["agency"]}
    return [unit for unit in units if not unit.reports and not any(squash(unit.name) in agency for agency in agencies)]


def _own_agency(agencies: Iterable[str], site: Site, found: Found | None) -> str | None:
    """The agency that runs the portal: the longest whose name the portal's begins with; else the government of the
    division that is its whole name. None where that can't be told.
    """
    names = [squash(name) for name in (site.title, found.site_name if found else None) if name]
    known = [agency for agency in agencies for name in names if name.startswith(agency)]
    if known:
        return max(known, key=len)
    for name in names:
        place = name.partition("人民政府")[0]
        if place != name and any(one.name == place for one in divisions.named(place)):
            return f"{place}人民政府"
    return None
