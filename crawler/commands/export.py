"""`nianbao export`: the corpus as files."""

from pathlib import Path

import click

from archive.wacz import export_wacz
from config import VERSION
from config.errors import ArchiveError
from crawler.console import json_option, print_json, say
from crawler.data import DataFolder
from pipelines.corpus.export import FORMATS, export

WACZ = "wacz"


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--format", "form", type=click.Choice([*FORMATS, WACZ]), default="csv", show_default=True, help="The files' form."
)
@json_option
@click.pass_obj
def command(data: DataFolder, folder: Path, form: str, as_json: bool) -> None:
    """Write the corpus into FOLDER, with a data dictionary that explains every column.

    The format wacz writes the archive instead, as one file that web-archive viewers open.

    \b
    Example:
      nianbao export out/ --format jsonl
    """
    written = [_write_wacz(data, folder)] if form == WACZ else _write_corpus(data, folder, form)
    if as_json:
        print_json({"folder": str(folder), "files": [path.name for path in written]})
        return
    for path in written:
        say(str(path))


def _write_corpus(data: DataFolder, folder: Path, form: str) -> list[Path]:
    with data.existing_corpus() as corpus:
        return export(corpus, folder, form)


def _write_wacz(data: DataFolder, folder: Path) -> Path:
    target = folder / "nianbao.wacz"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveError(f"{folder}: the folder can't be made: {error.strerror}") from error
    export_wacz(data.existing_archive(), target, software=f"nianbao/{VERSION}")
    return target
