"""What a crawl leaves for people: one file a run of one site, JSON lines, in the data folder's ``runs``."""

import json
from pathlib import Path
from typing import Any

from config.errors import ArchiveError
from crawler.data import DataFolder
from crawler.run import Run


def write_run(data: DataFolder, run: Run) -> Path:
    """Write the report of ``run``: a line for the run, then lines for its lists, units, failures and blocked hosts.

    Raises ArchiveError where the data folder can't be written.
    """
    path = data.runs / f"{run.started:%Y%m%d%H%M%S}-{run.site.name}.jsonl"
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines_of(run))
    try:
        data.runs.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ArchiveError(f"{path}: the run's report can't be written: {error.strerror}") from error
    return path


def summary_of(run: Run) -> dict[str, Any]:
    """The run as one JSON object."""
    return {
        "kind": "run",
        "site": run.site.name,
        "home": run.site.home,
        "started": f"{run.started:%Y-%m-%dT%H:%M:%SZ}",
        "ended": f"{run.ended:%Y-%m-%dT%H:%M:%SZ}",
        "reason": run.reason,
        "error": str(run.error) if run.error else None,
        "requests": run.requests,
        "outcomes": dict(run.outcomes),
        "failed": [{"url": url, "reason": reason} for url, reason in run.failed],
        "blocked": dict(run.blocked),
        "down": dict(run.down),
        "robots": {host: {"verdict": verdict, "reason": why} for host, (verdict, why) in run.robots.items()},
        "counts": {name: value for name, value in sorted(run.stats.items()) if name.startswith("nianbao/")},
    }


def lines_of(run: Run) -> list[dict[str, Any]]:
    """All lines of the run's report."""
    return [summary_of(run), *(run.found.lines() if run.found else [])]
