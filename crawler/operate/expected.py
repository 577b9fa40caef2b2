"""Who should have published: the agencies that the corpus knows, the units that portals list, and the governments of
the divisions. And until when: the Regulations on open government information, in force as revised since 15 May 2019.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from config import divisions
from config.divisions import Division
from config.site import Site
from crawler.portals.page import squash
from pipelines.identity.name import read_name

# The first year of the forms that all agencies share; what is asked for by default.
FIRST_YEAR = 2019
_GOVERNMENT = "人民政府"


@dataclass(frozen=True, slots=True)
class Expected:
    """A body that should have published a report of each of ``years``, and ``why`` that is thought. ``known`` is the
    (name, division) by which the corpus knows it, None where it has no report of it."""

    name: str
    division: str | None
    level: str | None
    sector: str | None
    years: range
    why: str
    site: str | None = None
    known: tuple[str, str | None] | None = None


def statutory_day(name: str, level: str | None, year: int) -> date:
    """Until when the report of ``year`` must be published.

    Articles 49 and 50: departments until 31 January, governments until 31 March; before the revision (article 31 of
    2007) all until 31 March. Of townships the Regulations name no day: the later one is taken.
    """
    later = year < FIRST_YEAR or is_government(name) or level == "township"
    return date(year + 1, 3, 31) if later else date(year + 1, 1, 31)


def is_government(name: str) -> bool:
    """Whether a body is the government of a division, or a prefectural commission in its place."""
    return name.endswith((_GOVERNMENT, "行政公署"))


def of_corpus(agencies: Iterable[Mapping[str, Any]], years: range) -> Iterator[Expected]:
    """The agencies that have a report: each from its first year on, until the year before a reform made others of it.

    Of the years before its first report it is not known whether there was such a body.
    """
    for row in agencies:
        if not row["years"]:
            continue
        last = min(max(row["years"]), years.stop - 1) if row["later"] else years.stop - 1
        first = max(min(row["years"]), years.start)
        why = f"it has reports since {min(row['years'])}"
        if row["later"]:
            why += f", and {'、'.join(row['later'])} goes on with it"
        key = (row["name"], row["division"])
        yield Expected(*key, row["level"], row["sector"], range(first, last + 1), why, known=key)


def of_divisions(
    years: range, within: Iterable[str] | None, agencies: Iterable[Mapping[str, Any]]
) -> Iterator[Expected]:
    """The governments of all divisions (of those ``within`` and all below them, where codes are given) in each year in
    which the division was there. Governments have published since 2008."""
    known = {
        row["division"]: (row["name"], row["division"])
        for row in agencies
        if row["division"] and row["level"] != "township" and is_government(row["name"])
    }
    wanted = None if within is None else tuple({re.sub(r"^(\d\d)0000$|^(\d{4})00$", r"\1\2", code) for code in within})
    seen: set[str] = set()
    for division in divisions.divisions():
        if division.code in seen or (wanted is not None and not division.code.startswith(wanted)):
            continue
        seen.add(division.code)
        first = max(2008, division.since or 2008, years.start)
        last = min(years.stop - 1, division.until or years.stop)
        if first > last or _is_no_government(division):
            continue
        name, key = _government_of(division), known.get(division.code)
        level = division.level
        why = f"{division.name} ({division.code}) is a division of this country"
        yield Expected(
            key[0] if key else name, division.code, level, "government", range(first, last + 1), why, known=key
        )


def of_units(
    site: Site, units: Iterable[Mapping[str, Any]], rows: Iterable[Mapping[str, Any]], first: int, years: range
) -> Iterator[Expected]:
    """The bodies among the ``units`` that a portal lists, from the year ``first`` on (that of the first list). A unit
    that ``rows`` (the site's reports) know is not named again; one that names no body (a year, a heading) is left out.
    """
    names = {row["agency"] for row in rows if row["agency"]}
    place = _place(site)
    for unit in units:
        written = squash(str(unit["name"]))
        read = read_name(written)
        if read is None or not read.options or any(written in name for name in names):
            continue
        body = read.options[0]
        own = read.place + body.name if read.kind == "township" else body.name
        full = written if read.divisions or read.unlisted else place + own
        if full in names:
            continue
        level = "township" if read.kind == "township" else None
        division = read.divisions[0].code if len(read.divisions) == 1 else site.division
        why = f"{unit['url']} lists it as {written}"
        yield Expected(
            full, division, level, body.sector, range(max(first, years.start), years.stop), why, site=site.name
        )


def merged(groups: Iterable[Iterable[Expected]]) -> list[Expected]:
    """Each body once: what the corpus knows of it goes before, and its years are those of all who expect it."""
    found: dict[tuple[str, str | None], Expected] = {}
    for group in groups:
        for one in group:
            key = (one.name, one.division)
            before = found.get(key) or found.get((one.name, None))
            if before is None:
                found[key] = one
                continue
            years = range(min(before.years.start, one.years.start), max(before.years.stop, one.years.stop))
            place = (before.name, before.division)
            found[place] = Expected(
                *place,
                before.level or one.level,
                before.sector or one.sector,
                years,
                before.why if before.years == years else f"{before.why}; {one.why}",
                before.site or one.site,
                before.known or one.known,
            )
    return list(found.values())


def _government_of(division: Division) -> str:
    return division.name + ("行政公署" if division.name.endswith(("盟", "地区")) else _GOVERNMENT)


def _is_no_government(division: Division) -> bool:
    """Taiwan, Hong Kong and Macao stand in the table; the Regulations do not hold there."""
    return division.code[:2] in ("71", "81", "82")


def _place(site: Site) -> str:
    """What stands before the units' names in full: the division's name, or that in the portal's title."""
    found = divisions.division(site.division) if site.division else None
    if found is not None:
        return found.name
    title = site.title or ""
    return title.partition(_GOVERNMENT)[0] if _GOVERNMENT in title else ""
