"""`nianbao crawl`: walk portals, archive, parse, store."""

import logging
from typing import Any

import click
from scrapy.settings import Settings

from config.errors import ArchiveError, Incomplete, Refused, UsageError
from config.load import load_sites, made_up_site
from config.site import Site
from crawler import terms
from crawler.console import json_option, note, print_json, print_reports, say
from crawler.data import DataFolder
from crawler.journal import report_path, summary_of, told, write_run
from crawler.run import Run, walk
from pipelines import forkserver


@click.command()
@click.argument("sites", nargs=-1, metavar="[SITE]…")
@click.option("--offline", is_flag=True, help="Ask the archive only, never the network.")
@click.option("--max-pages", type=click.IntRange(min=1), help="Stop a site's walk after this many requests.")
@click.option("--delay", type=click.FloatRange(0, 600), help="Seconds between two requests to one server.")
@click.option("--contact", help="Mail address or web page that stands in the user agent.  [else $NIANBAO_CONTACT]")
@click.option("--allow-private", is_flag=True, help="Permit loopback and private addresses and hosts outside .gov.cn.")
@click.option("--cluster", metavar="ADDRESS", help="Crawl on the workers of this Dask scheduler, a site a task.")
@click.option("-v", "--verbose", is_flag=True, help="Log what the crawler does, on standard error.")
@json_option
@click.pass_obj
def command(data: DataFolder, /, sites: tuple[str, ...], cluster: str | None, as_json: bool, **options: Any) -> int:
    """Walk portals to their annual reports, archive every exchange, and read the reports.

    SITE is a name from config/sites or the address of a portal; without any, all configured sites are walked.

    \b
    Examples:
      nianbao crawl https://www.example.gov.cn/ --contact me@example.org
      nianbao crawl handan --max-pages 500 --contact me@example.org
      nianbao --data /shared/data --corpus postgresql://me@db/nianbao crawl --cluster tcp://head:8786
    """
    chosen = _sites(sites)
    if cluster is not None:
        data.check_shared()
    else:
        forkserver.begin()
    data.prepare()
    runs = walk(chosen, crawl_settings(data, options)) if cluster is None else _far(cluster, data, chosen, options)
    rows: list[dict[str, Any]] = []
    try:
        with data.corpus() as corpus:
            rows = [row for row in corpus.reports() if any(_concerns(row, run.site) for run in runs)]
    finally:
        keep_reports(data, runs, rows)
    if as_json:
        told_runs = [summary_of(run, rows_of(run, rows)) for run in runs]
        print_json({"runs": told_runs, "reports": rows, **_places(data)})
    else:
        print_reports(rows)
        for run in runs:
            for line in told(run, rows_of(run, rows), report_path(data, run)):
                say(line)
        for name, place in _places(data).items():
            say(f"{name}: {place}")
    return max((tell(run, rows) for run in runs), default=0)


def _far(cluster: str, data: DataFolder, sites: list[Site], options: dict[str, Any]) -> list[Run]:
    from crawler.operate.apart import walk_on_cluster

    settings = crawl_settings(data, options)
    contacts = {terms.of(settings, site).contact for site in sites}  # refused here, if at all
    return walk_on_cluster(cluster, data, sites, options | {"contact": next(iter(contacts), None)})


def keep_reports(data: DataFolder, runs: list[Run], rows: list[dict[str, Any]]) -> None:
    """Write the report of each run. Raises ArchiveError where that is the first thing that went wrong."""
    for run in runs:
        try:
            write_run(data, run, rows_of(run, rows))
        except ArchiveError as error:
            # A full disk that stopped the crawl keeps its report out as well; the first error is the one that counts.
            if run.error is None:
                raise
            note(str(error))


def _sites(names: tuple[str, ...]) -> list[Site]:
    configured = load_sites()
    if not names:
        return list(configured.values())
    return [_site(name, configured) for name in dict.fromkeys(names)]


def _site(name: str, configured: dict[str, Site]) -> Site:
    if name in configured:
        return configured[name]
    if "://" in name:
        return made_up_site(name)
    known = ", ".join(configured) or "none is configured"
    raise UsageError(
        f"{name!r} is neither a configured site ({known}) nor an address such as https://www.example.gov.cn/"
    )


def crawl_settings(data: DataFolder, options: dict[str, Any]) -> Settings:
    """The project's settings with what the command line asks for: ``options`` as `command` takes them."""
    if not options["verbose"]:
        # What stopped a crawl is told once, at the end, by `tell`.
        logging.getLogger("crawler.session").setLevel(logging.CRITICAL)
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    asked = {
        "NIANBAO_DATA": str(data.path),
        "NIANBAO_CORPUS": data.corpus_url,
        "NIANBAO_ARCHIVE": data.archive_url,
        "NIANBAO_PROGRESS": True,
        "NIANBAO_OFFLINE": options["offline"],
        "NIANBAO_ALLOW_PRIVATE": options["allow_private"],
        "NIANBAO_MAX_PAGES": options["max_pages"],
        "NIANBAO_CONTACT": options["contact"],
        "DOWNLOAD_DELAY": options["delay"],
        "LOG_LEVEL": "INFO" if options["verbose"] else "ERROR",
    }
    settings.setdict({name: value for name, value in asked.items() if value is not None}, priority="cmdline")
    return settings


def _places(data: DataFolder) -> dict[str, str]:
    return {"archive": str(data.archive), "corpus": data.corpus_name, "run_reports": str(data.runs)}


def _concerns(row: dict[str, Any], site: Site) -> bool:
    return any(site.covers(version["url"]) for version in row["versions"])


def rows_of(run: Run, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of ``rows`` that have a version on the run's site."""
    return [row for row in rows if _concerns(row, run.site)]


def tell(run: Run, rows: list[dict[str, Any]]) -> int:
    """Say what went wrong with one site, a line each, and with which exit code that ends."""
    _say_troubles(run)
    if run.error is not None or run.interrupted:
        return _cut_short(run)
    if not rows_of(run, rows):
        return _empty_handed(run)
    return Incomplete.exit_code if run.failed or _lost(run) else 0


# A listed report that its own portal says is gone, or that we may not ask for, is told but no more expected.
_GONE = frozenset({"refused", "not_found", "soft_404", "home_page"})


def _lost(run: Run) -> bool:
    """Whether a listed report should be there and gave no answer."""
    return run.found is not None and any(reason not in _GONE for _, reason in run.found.lost)


def stopped(run: Run) -> int | None:
    """The exit code of a walk that saw no page of the portal or was stopped, said on standard error; else None."""
    _say_troubles(run)
    if run.error is not None or run.interrupted:
        return _cut_short(run)
    return None if run.found is not None and run.found.lists else _empty_handed(run)


def _say_troubles(run: Run) -> None:
    name = run.site.name
    for host, kind in run.blocked.items():
        note(f"{name}: {host} is left alone: {kind}")
    for host, (verdict, why) in run.robots.items():
        note(f"{name}: robots.txt of {host}: {verdict}: {why}")
    for url, reason in run.failed:
        note(f"{name}: could not be read: {url}: {reason}")
    for url, reason in run.found.lost if run.found else ():
        note(f"{name}: listed, but not to be had: {url}: {reason}")


def _cut_short(run: Run) -> int:
    if run.error is not None:
        note(f"{run.site.name}: {run.error}")
        return run.error.exit_code
    note(f"{run.site.name}: interrupted; the same command goes on where it stopped")
    return Incomplete.exit_code


# Why a host was left alone without having refused robots.
_NO_REFUSAL = frozenset({"retry_after", "reset", "closed"})


def _empty_handed(run: Run) -> int:
    """Why a site gave no report."""
    name = run.site.name
    challenged = any(kind not in _NO_REFUSAL for kind in run.blocked.values())
    if challenged or any(verdict == "disallowed" for verdict, _ in run.robots.values()):
        note(f"{name}: the site refuses robots, and no report was found")
        return Refused.exit_code
    if not any(run.outcomes.values()):
        failures = (
            ", ".join(f"{reason} ({count}×)" for reason, count in run.found.failures.items()) if run.found else ""
        )
        note(f"{name}: the site gave no page{': ' + failures if failures else ''}")
    else:
        note(f"{name}: no report was found in {sum(run.outcomes.values())} pages and files")
    return Incomplete.exit_code
