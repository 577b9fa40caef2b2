"""`nianbao status`: how the scheduled crawls get on."""

from typing import Any

import click

from config import clock
from config.errors import UsageError
from config.load import load_schedule, load_sites
from config.site import Site
from crawler.console import json_option, print_json, print_table, say
from crawler.data import DataFolder
from crawler.operate.alarms import Alarm, known_alarms
from crawler.operate.due import Due, kind_of
from crawler.operate.plan import plan, printed
from pipelines.history import Attempt, attempts, told_by


@click.command()
@click.argument("site", required=False)
@click.option("--all", "everything", is_flag=True, help="Show the alarms that are over, too.")
@json_option
@click.pass_obj
def command(data: DataFolder, site: str | None, everything: bool, as_json: bool) -> int:
    """Show each site's last crawl, when it is due next, and the alarms; with SITE, all its crawls.

    \b
    Examples:
      nianbao status
      nianbao status handan --json
    """
    sites = load_sites()
    if site is not None and site not in sites:
        raise UsageError(f"no site {site!r} is configured; known are {', '.join(sites) or 'none'}")
    chosen = [sites[site]] if site else list(sites.values())
    with data.existing_corpus() as corpus, told_by(data.archive, corpus) as told:
        history = attempts(told, site)
        alarms = [one for one in known_alarms(told) if site is None or one.site == site]
        accounts = told.accounts(site=site, details=True) if site else []
    shown = [one for one in alarms if everything or one.closed is None]
    found = plan(data, chosen, load_schedule(), history, clock.now())
    if as_json:
        print_json(
            {
                "now": printed(clock.now()),
                "sites": [_site_json(one, sites[one.site], history, alarms) for one in found],
                "alarms": [one.as_json() for one in shown],
                **({"runs": [_run_json(one, sites[site], accounts) for one in history.get(site, [])]} if site else {}),
            }
        )
        return 0
    if site:
        _print_runs(history.get(site, []), sites[site])
    else:
        _print_sites(found, sites, history, alarms)
    for alarm in shown:
        over = f" (over since {alarm.closed})" if alarm.closed else ""
        say(f"{alarm.raised} {alarm.site or 'the installation'}: {alarm.kind}: {alarm.message}{over}")
    say(f"{sum(one.closed is None for one in alarms)} alarms are open")
    return 0


def _print_sites(found: list[Due], sites: dict[str, Site], history: Any, alarms: list[Alarm]) -> None:
    rows = []
    for one in found:
        told = _site_json(one, sites[one.site], history, alarms)
        last = told["last"] or {}
        came = last.get("kind") and f"{last['kind']} ({last['reason'] or 'killed'})"
        came = "running" if one.code == "running" else came
        row = (one.site, last.get("started"), came, last.get("requests"), "now" if one.due else told["next"])
        rows.append((*row, ", ".join(told["alarms"]) or None))
    print_table(("site", "last crawl", "outcome", "requests", "due", "alarms"), rows, numbers=("requests",))


def _print_runs(made: list[Attempt], site: Site) -> None:
    columns = ("started", "ended", "outcome", "requests", "bytes", "new", "corrected", "failed", "blocked")
    rows = []
    for one in made:
        told = _run_json(one, site, [])
        outcome = f"{told['kind']} ({told['reason'] or 'killed'})"
        news = told["news"]
        rows.append(
            (
                *(told["started"], told["ended"], outcome, told["requests"], told["bytes"]),
                *(news.get("new", 0), news.get("corrected", 0), told["failed"], ", ".join(told["blocked"]) or None),
            )
        )
    print_table(columns, rows, numbers=columns[3:8])


def _site_json(one: Due, site: Site, history: Any, alarms: list[Alarm]) -> dict[str, Any]:
    made = history.get(one.site, [])
    visits = [attempt for attempt in made if kind_of(attempt, site) == "visit"]
    return {
        "site": one.site,
        "home": site.home,
        "due": one.due,
        "code": one.code,
        "why": one.why,
        "next": printed(one.next) if one.next else None,
        "last": _run_json(one.last, site, []) if one.last else None,
        "last_visit": printed(visits[-1].started) if visits else None,
        "visits": len(visits),
        "attempts": len(made),
        "alarms": [alarm.kind for alarm in alarms if alarm.site == one.site and alarm.closed is None],
    }


def _run_json(attempt: Attempt, site: Site, accounts: list[dict[str, Any]]) -> dict[str, Any]:
    told = attempt.told
    details = next((one for one in accounts if one.get("attempt") == attempt.id and one.get("event") == "crawl"), {})
    found = told.get("found", {})
    return {
        "id": attempt.id,
        "run": attempt.run,
        "started": printed(attempt.started),
        "ended": printed(attempt.ended) if attempt.ended else None,
        "kind": kind_of(attempt, site),
        "reason": attempt.reason,
        "requests": told.get("requests"),
        "bytes": told.get("bytes"),
        "news": told.get("news", {}),
        "outcomes": told.get("outcomes", {}),
        "findings": told.get("findings", {}),
        "listed": found.get("items_selected"),
        "families": found.get("families", {}),
        "failed": told.get("failed_count", 0) + told.get("lost_count", 0),
        "failures": found.get("failures", {}),
        "blocked": told.get("blocked", {}),
        "down": told.get("down", {}),
        **({"log": told["log"]} if "log" in told else {}),
        **({name: details[name] for name in ("lost", "units", "lists")} if details else {}),
    }
