"""`nianbao parse`: read one document and print its report; stores nothing."""

from itertools import groupby
from pathlib import Path

import click

from archive.record import Location, WebRecord
from config import clock
from config.errors import Incomplete, UsageError
from config.load import load_sites, site_for
from crawler.console import json_option, print_json, print_table, say
from pipelines import fingerprint
from pipelines.report import Cell, Failed, Report, outcome_json
from pipelines.workers import parse_apart


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--url", help="The address that the document came from; it helps to tell whose report it is.")
@json_option
def command(file: Path, url: str | None, as_json: bool) -> int:
    """Read one document (HTML, PDF, Word, sheet or text) and print its report. Nothing is stored.

    \b
    Examples:
      nianbao parse report.html --url http://wsjkw.example.gov.cn/t20210131_1.html
      nianbao parse report.pdf --json | jq '.cells[] | select(.state == "unreadable")'
    """
    if file.suffix in (".warc", ".gz", ".wacz"):
        raise UsageError(f"{file} is an archive; `nianbao import` takes it over record by record")
    try:
        payload = file.read_bytes()
    except OSError as error:
        raise Incomplete(f"{file} can't be read: {error.strerror}") from error
    outcome = parse_apart(_record(file, url, payload), site_for(url, load_sites()) if url else None)
    if as_json:
        print_json(outcome_json(outcome, str(fingerprint.parser())))
    elif isinstance(outcome, Report):
        for report in (outcome, *outcome.others):
            _print(report)
    else:
        kind = "could not be read" if isinstance(outcome, Failed) else "not a report"
        say(f"{kind} ({outcome.code}): {outcome.reason}")
    return Incomplete.exit_code if isinstance(outcome, Failed) else 0


def _record(file: Path, url: str | None, payload: bytes) -> WebRecord:
    return WebRecord(
        kind="resource",
        url=url or file.resolve().as_uri(),
        captured=clock.now(),
        status=None,
        headers=(),
        payload=payload,
        payload_digest=None,
        truncated=None,
        location=Location(file="", offset=0, record_id=""),
    )


def _print(report: Report) -> None:
    agency = report.agency.name if report.agency else "agency unknown"
    say(f"{agency}  {report.year or 'year unknown'}  form {report.form}")
    say(f"{report.title or 'no title'}; signed {report.signed or '–'}")
    for table, cells in groupby(report.cells, key=lambda cell: cell.table):
        _print_table(table, list(cells))
    for finding in report.findings:
        say(f"{finding.severity}: {finding.rule}: {finding.message}")


def _print_table(table: str, cells: list[Cell]) -> None:
    """One statutory table as a matrix; what holds no number shows its state."""
    columns = list(dict.fromkeys(cell.column for cell in cells))
    shown = {(cell.row, cell.column): cell.state if cell.value is None else cell.value for cell in cells}
    rows = dict.fromkeys(cell.row for cell in cells)
    print_table(
        (table, *columns),
        ((row, *(shown.get((row, column), "") for column in columns)) for row in rows),
        numbers=columns,
    )
