"""`nianbao coverage`: agencies × years: what is there, late, missing, wrong, blocked."""

import csv
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import click

from config import clock
from config.errors import UsageError
from config.hours import CHINA
from config.load import load_sites
from config.site import Site
from crawler.console import json_option, note, print_json, print_table, say
from crawler.data import DataFolder
from crawler.operate.coverage import GROUPS, LEGEND, Place, coverage, grouped, matrix
from crawler.operate.due import kind_of
from crawler.operate.expected import FIRST_YEAR, Expected, merged, of_corpus, of_divisions, of_units
from crawler.operate.plan import printed
from pipelines.corpus import Corpus
from pipelines.history import Attempt, attempts, told_by


@click.command()
@click.option("--by", type=click.Choice(GROUPS), help="Count by this.  [else one row an agency]")
@click.option("--years", "asked", metavar="FROM-TO", help="The years, as 2019-2024, 2019- or 2023.  [2019-]")
@click.option("--site", "only", multiple=True, help="Only agencies on this site; may be given several times.")
@click.option("--everywhere", is_flag=True, help="Expect the governments of all divisions of the country.")
@click.option("--csv", "as_csv", is_flag=True, help="Print the result as CSV, and nothing else.")
@json_option
@click.pass_obj
def command(
    data: DataFolder,
    /,
    by: str | None,
    asked: str | None,
    only: tuple[str, ...],
    everywhere: bool,
    as_csv: bool,
    as_json: bool,
) -> int:
    """Show whose report of which year is there, late (in days after the statutory day), wrong, missing or blocked.

    Expected are the agencies of the corpus, the units that the portals list, and the governments of the divisions of
    sites and reports and of all below them.

    \b
    Examples:
      nianbao coverage --by province
      nianbao coverage --years 2021-2024 --csv > coverage.csv
    """
    if as_csv and as_json:
        raise UsageError("name either --csv or --json")
    today = clock.now().astimezone(CHINA).date()
    years = _years(asked, today.year - 1)
    sites = list(load_sites().values())
    if unknown := set(only) - {site.name for site in sites}:
        raise UsageError(f"no site {', '.join(sorted(unknown))} is configured")
    with data.existing_corpus() as corpus, told_by(data.archive, corpus) as told:
        history, facts = attempts(told), corpus.report_facts()
        expected = _expected(corpus.agencies(), told, sites, history, facts, years, everywhere=everywhere)
    places = coverage(expected, facts, sites, _blocked(sites, history), years, today)
    places = [place for place in places if not only or place.site in only]
    if as_json:
        result = {"groups": grouped(places, by)} if by else {"places": [place.as_json() for place in places]}
        print_json({"now": printed(clock.now()), "years": list(years), **result})
    elif as_csv:
        _print_csv(grouped(places, by) if by else [place.as_json() for place in places])
    else:
        _print(places, by, years)
    return 0


def _expected(
    agencies: list[dict[str, Any]],
    told: Corpus,
    sites: Sequence[Site],
    history: dict[str, list[Attempt]],
    facts: list[dict[str, Any]],
    years: range,
    *,
    everywhere: bool,
) -> list[Expected]:
    codes = [row["division"] for row in agencies] + [site.division for site in sites]
    within = None if everywhere else {code for code in codes if code}
    return merged(
        [
            of_corpus(agencies, years),
            *(_units(told, site, facts, history, years) for site in sites if site.name in history),
            of_divisions(years, within, agencies),
        ]
    )


def _units(
    told: Corpus, site: Site, facts: list[dict[str, Any]], history: dict[str, list[Attempt]], years: range
) -> Iterable[Expected]:
    """The units of the newest list of the site; expected from the year on that the first visit could see."""
    listed = [account["units"] for account in told.accounts("crawl", site.name, details=True) if account.get("units")]
    if not listed:
        return []
    own = [row for row in facts if any(site.covers(url) for url in row["urls"])]
    return of_units(site, listed[-1], own, history[site.name][0].started.year - 1, years)


def _blocked(sites: Sequence[Site], history: dict[str, list[Attempt]]) -> dict[str, str]:
    """The sites whose last crawl was kept off."""
    found = {}
    for site in sites:
        made = [one for one in history.get(site.name, ()) if kind_of(one, site) in ("visit", "away")]
        if made and kind_of(made[-1], site) == "away" and made[-1].told.get("blocked"):
            found[site.name] = ", ".join(sorted(set(made[-1].told["blocked"].values())))
    return found


def _years(asked: str | None, last: int) -> range:
    if asked is None:
        return range(FIRST_YEAR, last + 1)
    found = re.fullmatch(r"((?:19|20)\d\d)(?:(-)((?:19|20)\d\d)?)?", asked.strip())
    if found is None:
        raise UsageError(f"--years {asked!r}: write it as 2019-2024, 2019- or 2023")
    first = int(found[1])
    end = int(found[3]) if found[3] else last if found[2] else first
    if end < first:
        raise UsageError(f"--years {asked!r}: the first year is the later one")
    return range(first, end + 1)


def _print(places: list[Place], by: str | None, years: range) -> None:
    if not places:
        note("nothing is expected: no site has a division, and the corpus holds no report with agency and year")
        return
    if by:
        rows = grouped(places, by)
        columns = list(rows[0])
        print_table(columns, ([row[name] for name in columns] for row in rows), numbers=columns[1:])
    else:
        print_table(("agency", "division", *map(str, years)), matrix(places, years))
        say(LEGEND)
    (total,) = grouped([replace(place, site="all") for place in places], "site")
    say(", ".join(f"{total[name]} {name}" for name in ("due", "have", "late", "findings", "missing", "blocked")))


def _print_csv(rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    writer = csv.DictWriter(sys.stdout, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
