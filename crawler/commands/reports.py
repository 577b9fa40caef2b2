"""`nianbao reports`: the corpus, one row an agency and year."""

import click

from crawler.console import json_option, print_json, print_reports
from crawler.data import DataFolder


@click.command()
@json_option
@click.pass_obj
def command(data: DataFolder, as_json: bool) -> None:
    """List the corpus: one row an agency and year, with the versions that each was chosen from.

    \b
    Example:
      nianbao reports --json | jq '.[] | select(.errors > 0) | .agency'
    """
    with data.existing_corpus() as corpus:
        rows = corpus.reports()
    if as_json:
        print_json(rows)
    else:
        print_reports(rows)
