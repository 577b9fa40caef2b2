"""What a crawl leaves for people: one file a run of one site, JSON lines, in the data folder's ``runs``."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from config.errors import ArchiveError
from crawler.data import DataFolder
from crawler.gaps import missing_units, missing_years
from crawler.run import Run

_Rows = Sequence[Mapping[str, Any]]
_MOST_NAMES = 6  # in a line of the summary; the file has them all
_NO_LISTS: tuple[dict[str, Any], ...] = ()


def write_run(data: DataFolder, run: Run, rows: _Rows) -> Path:
    """Write the report of ``run``: a line for the run, then lines for the site, its lists and units, what looks
    missing, what could not be read and the hosts that were left alone. ``rows`` are the site's in the corpus.

    Raises ArchiveError where the data folder can't be written.
    """
    path = report_path(data, run)
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines_of(run, rows))
    try:
        data.runs.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ArchiveError(f"{path}: the run's report can't be written: {error.strerror}") from error
    return path


def report_path(data: DataFolder, run: Run) -> Path:
    """Where the report of ``run`` lies."""
    return data.runs / f"{run.started:%Y%m%d%H%M%S}-{run.site.name}.jsonl"


def summary_of(run: Run, rows: _Rows) -> dict[str, Any]:
    """The run as one JSON object, with all its details."""
    site = next((line for line in _found(run, "site")), {})
    return {
        **_head(run),
        "items_seen": site.get("items_seen", 0),
        "items_selected": site.get("items_selected", 0),
        **_reports(run, rows),
        "families": site.get("families", {}),
        "skipped": _skipped(run),
        "ends": site.get("ends", {}),
        "failures": site.get("failures", {}),
        "lists": [_bare(line) for line in _found(run, "list")],
        "script_only": site.get("script_only", []),
        "units": [_bare(line) for line in _found(run, "unit")],
        "missing_years": [_bare(line) for line in _gaps(run, rows)],
        "missing_units": [_bare(line) for line in _units_without(run, rows)],
    }


def lines_of(run: Run, rows: _Rows) -> list[dict[str, Any]]:
    """All lines of the run's report."""
    name = run.site.name
    return [
        {**_head(run), **_reports(run, rows), "skipped": _skipped(run)},
        *(run.found.lines() if run.found else ()),
        *_gaps(run, rows),
        *_units_without(run, rows),
        *({"kind": "failed", "site": name, "url": url, "reason": reason} for url, reason in run.failed),
        *({"kind": "blocked", "site": name, "host": host, "reason": kind} for host, kind in run.blocked.items()),
        *({"kind": "down", "site": name, "host": host, "reason": kind} for host, kind in run.down.items()),
    ]


def told(run: Run, rows: _Rows, path: Path) -> Iterator[str]:
    """The run in a few lines for a terminal; ``path`` is where the rest stands."""
    summary = summary_of(run, rows)
    lists = [line for line in summary["lists"] if line["selected"]]
    families = _counted(Counter(line["family"] for line in lists))
    yield (
        f"{run.site.name} ({run.reason}): {run.requests} requests, "
        f"{summary['items_selected']} of {summary['items_seen']} listed items chosen; "
        f"{summary['reports_stored']} reports new or changed, {summary['reports_in_corpus']} in the corpus"
    )
    if lists:
        yield f"  lists with reports: {len(lists)} ({families})"
    if summary["skipped"]:
        yield f"  skipped: {_counted(summary['skipped'])}"
    if run.blocked or run.down:
        yield f"  left alone: {_shown([f'{host} ({why})' for host, why in {**run.down, **run.blocked}.items()])}"
    if run.found and run.found.scripted and not run.site.browser:
        empty = len(run.found.scripted)
        yield f"  empty until their scripts have run: {empty} pages; `browser: true` in the site's file reads them"
    gaps = [f"{gap['agency']} {_years(gap['years'])}" for gap in summary["missing_years"]]
    if gaps:
        yield f"  years that look missing: {_shown(gaps)}"
    units = [unit["name"] for unit in summary["missing_units"]]
    if units:
        yield f"  units without a report: {_shown(units)}"
    yield f"  details: {path}"


def _head(run: Run) -> dict[str, Any]:
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


def _reports(run: Run, rows: _Rows) -> dict[str, int]:
    """How many reports were read from what this run fetched for the first time, and how many the site has in all."""
    return {"reports_stored": run.outcomes.get("report", 0), "reports_in_corpus": len(rows)}


def _found(run: Run, kind: str) -> list[dict[str, Any]]:
    return [line for line in (run.found.lines() if run.found else _NO_LISTS) if line["kind"] == kind]


def _skipped(run: Run) -> dict[str, int]:
    """What was not fetched or not sent on, by reason: listed items by the walk, requests by the crawl's own rules."""
    prefix = "nianbao/skipped/"
    counts = {name.removeprefix(prefix): int(value) for name, value in run.stats.items() if name.startswith(prefix)}
    return dict(sorted({**(run.found.skipped if run.found else {}), **counts}.items()))


def _gaps(run: Run, rows: _Rows) -> list[dict[str, Any]]:
    return [
        {"kind": "missing_years", "site": run.site.name, "agency": gap.agency, "years": list(gap.years), "why": gap.why}
        for gap in missing_years(rows, run.site, run.found, run.ended.year)
    ]


def _units_without(run: Run, rows: _Rows) -> list[dict[str, Any]]:
    units = list(run.found.units.values()) if run.found else []
    return [
        {
            "kind": "missing_unit",
            "site": run.site.name,
            "name": unit.name,
            "url": unit.url,
            "why": "its pages led to no report" if unit.visited else "its page was not asked for",
        }
        for unit in missing_units(rows, units)
    ]


def _bare(line: Mapping[str, Any]) -> dict[str, Any]:
    """A line without what it only needs where it stands alone."""
    return {name: value for name, value in line.items() if name not in ("kind", "site")}


def _counted(counts: Mapping[str, int]) -> str:
    """Counts in words, the largest first: 312 other_title, 5 fiscal_report."""
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return _shown([f"{count} {name}" for name, count in ranked])


def _shown(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _years(years: Sequence[int]) -> str:
    """2019–2021, 2023."""
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
