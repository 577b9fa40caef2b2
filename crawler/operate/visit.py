"""What a child of `run-due` does: one crawl of one site, as `nianbao crawl` would make it."""

import json
import os

from scrapy.settings import Settings

from config import clock
from config.site import Site
from crawler.commands.crawl import keep_reports, rows_of, tell
from crawler.console import say
from crawler.data import DataFolder
from crawler.journal import report_path, told
from crawler.lease import Held, name_of
from crawler.operate import servers
from crawler.operate.batch import BUSY, HELD
from crawler.run import Run, walk
from pipelines import forkserver
from pipelines.corpus.leases import Holder


def visit(data: DataFolder, site: Site, settings: Settings, pipe: int) -> int:
    """Crawl ``site`` and return the exit code of `nianbao crawl`, or BUSY or HELD where another crawl is in the way.

    The addresses of its servers are told on ``pipe``. For a process of its own, which ends with it.
    """
    forkserver.begin()
    found = servers.addresses(site)
    os.write(pipe, json.dumps(sorted(found)).encode())
    run = walk_alone(data, site, settings, servers.lease_names(site, found))
    if isinstance(run.error, Held):
        return HELD if run.error.name == name_of(site) else BUSY
    with data.corpus() as corpus:
        rows = [row for row in corpus.reports() if any(site.covers(version["url"]) for version in row["versions"])]
    keep_reports(data, [run], rows)
    for line in told(run, rows_of(run, rows), report_path(data, run)):
        say(line)
    return tell(run, rows)


def walk_alone(data: DataFolder, site: Site, settings: Settings, leases: list[str]) -> Run:
    """Crawl ``site`` with ``leases`` on its servers; a walk that can't be made is a run with the error Held."""
    # Known before Scrapy is started; what counts is the lease that the crawl takes.
    holder = holder_of(data, [name_of(site), *leases])
    if holder is not None:
        return Run(site, clock.now(), clock.now(), "refused", Held(holder))
    settings = settings.copy()
    settings.set("NIANBAO_LEASES", leases, priority="cmdline")
    [run] = walk([site], settings)
    return run


def holder_of(data: DataFolder, names: list[str]) -> Holder | None:
    """Who holds the first of ``names`` that is held."""
    with data.corpus() as corpus:
        held = corpus.leases(names)
    return next((held[name] for name in names if name in held), None)
