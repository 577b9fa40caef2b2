"""`nianbao agencies`: the bodies that have a report."""

import click

from crawler.console import json_option, print_json, print_table
from crawler.data import DataFolder


@click.command()
@json_option
@click.pass_obj
def command(data: DataFolder, as_json: bool) -> None:
    """List the agencies of the corpus: their names as written, their place, years, and earlier and later bodies.

    A wrong merge is undone, and a missing short name added, by one line in config/sectors.yaml and `nianbao reparse`.

    \b
    Example:
      nianbao agencies --json | jq '.[] | select(.division == "370200")'
    """
    with data.existing_corpus() as corpus:
        rows = corpus.agencies()
    if as_json:
        print_json(rows)
        return
    columns = ("name", "division", "level", "sector", "years", "as_written")
    print_table(columns, ([_shown(row[name]) for name in columns] for row in rows))


def _shown(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, list) else value
