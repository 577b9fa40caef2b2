"""`nianbao export`: the corpus as files."""

from pathlib import Path

import click

from crawler.console import json_option, print_json, say
from crawler.data import DataFolder
from pipelines.corpus.export import FORMATS, export


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--format", "form", type=click.Choice(FORMATS), default="csv", show_default=True, help="The files' form.")
@json_option
@click.pass_obj
def command(data: DataFolder, folder: Path, form: str, as_json: bool) -> None:
    """Write the corpus into FOLDER, with a data dictionary that explains every column.

    \b
    Example:
      nianbao export out/ --format jsonl
    """
    with data.existing_corpus() as corpus:
        written = export(corpus, folder, form)
    if as_json:
        print_json({"folder": str(folder), "files": [path.name for path in written]})
        return
    for path in written:
        say(str(path))
