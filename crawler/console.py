"""What commands print: results on standard output, everything else on standard error."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

# A pipe has no width; a table must not lose its right half there.
PIPE_WIDTH = 220

json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON, and nothing else.")


def print_json(value: Any) -> None:
    """``value`` as JSON, UTF-8, indented; the only thing on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, numbers: Sequence[str] = ()) -> None:
    """A table on standard output; None prints as –. The columns named in ``numbers`` are set right."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        table.add_column(name, justify="right" if name in numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*("–" if value is None else str(value) for value in row))
    _console().print(table)


def say(line: str) -> None:
    """One line for a person on standard output."""
    click.echo(line)


def note(line: str) -> None:
    """One line for a person on standard error: what was skipped, refused or could not be read, and why."""
    click.echo(line, err=True)


def print_reports(rows: Sequence[Mapping[str, Any]]) -> None:
    """The rows of ``nianbao reports``, as a table; without any, a line that says so."""
    if not rows:
        say("no reports")
        return
    columns = ("agency", "division", "year", "form", "cells", "numbers", "errors", "findings", "versions")
    print_table(
        columns,
        ([len(row[name]) if name == "versions" else row[name] for name in columns] for row in rows),
        numbers=columns[4:],
    )


def _console() -> Console:
    return Console(
        file=sys.stdout, width=None if sys.stdout.isatty() else PIPE_WIDTH, highlight=False, markup=False, emoji=False
    )
