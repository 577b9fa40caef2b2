"""What a child of `run-due` does: one crawl of one site, as `nianbao crawl` would make it."""

import json
import os

from scrapy.settings import Settings

from config.site import Site
from crawler import servers
from crawler.batch import BUSY, HELD
from crawler.commands.crawl import keep_reports, rows_of, tell
from crawler.console import say
from crawler.data import DataFolder
from crawler.journal import report_path, told
from crawler.lock import is_locked
from crawler.run import walk


def visit(data: DataFolder, site: Site, settings: Settings, pipe: int) -> int:
    """Crawl ``site`` and return the exit code of `nianbao crawl`, or BUSY or HELD where another crawl is in the way.

    The addresses of its servers are told on ``pipe``. For a process of its own, which ends with it.
    """
    if is_locked(data.locks, site.name):
        return HELD
    found = servers.addresses(site)
    os.write(pipe, json.dumps(sorted(found)).encode())
    if servers.hold(data.locks / "servers", found | servers.domains(site)) is None:
        return BUSY
    runs = walk([site], settings)
    with data.corpus() as corpus:
        rows = [row for row in corpus.reports() if any(site.covers(version["url"]) for version in row["versions"])]
    keep_reports(data, runs, rows)
    for run in runs:
        for line in told(run, rows_of(run, rows), report_path(data, run)):
            say(line)
    return max((tell(run, rows) for run in runs), default=0)
