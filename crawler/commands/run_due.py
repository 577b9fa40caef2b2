"""`nianbao run-due`: crawl every site that is due; what a timer calls."""

from typing import Any

import click

from archive.recover import recover
from config import clock
from config.load import load_schedule, load_sites
from config.schedule import Schedule
from config.site import Site
from crawler.console import json_option, note, print_json, print_table, say
from crawler.data import DataFolder
from crawler.lock import call_lock
from crawler.operate.health import look_after
from crawler.operate.plan import Call, due_json, history_of, plan, printed


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would be done and why, and do nothing.")
@click.option("--parallel", type=click.IntRange(min=1), help="Sites crawled at a time.  [else config/schedule.yaml: 4]")
@click.option("--limit-hours", type=click.FloatRange(min=0, min_open=True), help="Hours that one crawl may take.  [12]")
@click.option("--max-pages", type=click.IntRange(min=1), help="Stop a site's walk after this many requests.")
@click.option("--delay", type=click.FloatRange(0, 600), help="Seconds between two requests to one server.")
@click.option("--contact", help="Mail address or web page that stands in the user agent.  [else $NIANBAO_CONTACT]")
@click.option("--allow-private", is_flag=True, help="Permit loopback and private addresses and hosts outside .gov.cn.")
@json_option
@click.pass_obj
def command(
    data: DataFolder,
    /,
    dry_run: bool,
    parallel: int | None,
    limit_hours: float | None,
    as_json: bool,
    **options: Any,
) -> int:
    """Crawl the sites of config/sites that are due, each in a process of its own, and end.

    Call it every hour: what is due is known from config/schedule.yaml and from what the archive tells of earlier
    crawls. A second call while one is under way does nothing.

    \b
    Examples:
      nianbao run-due --dry-run
      nianbao --data /srv/nianbao run-due --parallel 8
    """
    sites, schedule = list(load_sites().values()), load_schedule()
    asked = {"hours_per_site": limit_hours, "parallel": parallel}
    schedule = schedule.model_copy(update={name: value for name, value in asked.items() if value is not None})
    if dry_run:
        return _rehearse(data, sites, schedule, as_json=as_json)
    data.prepare()
    lock = call_lock(data.locks / "calls")
    if lock is None:
        note("another run-due is under way in this data folder: nothing was done")
        if as_json:
            print_json({"now": printed(clock.now()), "running": True, "due": [], "visits": [], "left": []})
        return 0
    with lock:
        recover(data.archive)
        history = history_of(data, keep=True)
        now = clock.now()
        done = Call(now, plan(data, sites, schedule, history, now))
        if any(one.due for one in done.plan):
            # Scrapy is only imported where something is crawled: most calls find nothing due.
            from crawler.commands.crawl import crawl_settings
            from crawler.operate.carry_out import crawl_due

            settings = crawl_settings(data, {**options, "offline": False, "verbose": False})
            own = {"NIANBAO_PROGRESS": False, "NIANBAO_SCHEDULED": True, "LOG_LEVEL": "WARNING"}
            settings.setdict(own, priority="cmdline")
            crawl_due(data, done, {site.name: site for site in sites}, schedule, settings, history)
        look_after(data, done, sites, schedule)
    if as_json:
        print_json(done.as_json())
    else:
        for line in done.lines():
            say(line)
    for trouble in (*done.troubles, *done.untold):
        note(trouble)
    return done.exit_code


def _rehearse(data: DataFolder, sites: list[Site], schedule: Schedule, *, as_json: bool) -> int:
    now = clock.now()
    found = plan(data, sites, schedule, history_of(data, keep=False), now)
    if as_json:
        print_json({"now": printed(now), "due": [due_json(one) for one in found]})
        return 0
    print_table(("site", "due", "why"), ((one.site, "yes" if one.due else "no", one.why) for one in found))
    say(f"{sum(one.due for one in found)} of {len(found)} sites are due")
    return 0
