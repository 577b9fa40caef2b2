"""The command line `nianbao`: one verb a module of crawler/commands, loaded when it is called."""

import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

from config import VERSION
from config.errors import NianbaoError
from crawler.data import DataFolder

# The verb and the module that holds its `command`, in the order of the help.
VERBS = {
    "crawl": "crawl",
    "run-due": "run_due",
    "status": "status",
    "import": "import_",
    "parse": "parse",
    "reparse": "reparse",
    "history": "history",
    "reports": "reports",
    "agencies": "agencies",
    "coverage": "coverage",
    "export": "export",
    "verify": "verify",
    "repair": "repair",
    "sites": "sites",
}


class Verbs(click.Group):
    """Imports a verb's module only when it is asked for: `reports` needs no Scrapy."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        command = importlib.import_module(f"crawler.commands.{VERBS[cmd_name]}").command
        assert isinstance(command, click.Command)
        return command


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    envvar="NIANBAO_DATA",
    default=Path("data"),
    show_default="$NIANBAO_DATA, else ./data",
    help="The data folder: the archive and what is computed from it.",
)
@click.option(
    "--corpus",
    "corpus_url",
    metavar="URL",
    envvar="NIANBAO_CORPUS",
    show_default="$NIANBAO_CORPUS, else corpus.sqlite in the data folder",
    help="The corpus: a file, or postgresql://USER@HOST/NAME with the password in ~/.pgpass.",
)
@click.option(
    "--archive",
    "archive_url",
    metavar="URL",
    envvar="NIANBAO_ARCHIVE",
    show_default="$NIANBAO_ARCHIVE, else in the data folder",
    help="A bucket for the archive, as s3://BUCKET/PREFIX; keys and endpoint as the AWS tools find them.",
)
@click.version_option(VERSION, prog_name="nianbao")
@click.pass_context
def nianbao(ctx: click.Context, data: Path, corpus_url: str | None, archive_url: str | None) -> None:
    """Crawl, archive and read the annual open-government reports (政府信息公开工作年度报告) of Chinese agencies.

    \b
    Examples:
      nianbao crawl https://www.example.gov.cn/ --contact me@example.org
      nianbao import reports/ && nianbao reports
      nianbao parse report.pdf --json

    Exit codes: 0 done; 1 a fault of ours; 2 wrong usage or configuration; 3 finished, but something expected was
    missing; 4 the archive is damaged or could not be written; 5 the site refused robots.
    """
    ctx.obj = DataFolder(data, corpus_url or None, archive_url or None)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command and exit with its code. An error of the user's is one line; a fault of ours shows where."""
    _open_missing_streams()
    sys.exit(_run(arguments))


def _open_missing_streams() -> None:
    """Have the standard streams lead nowhere that a caller has closed: what a library prints would end the command, or
    go into the file that is opened next."""
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_RDWR)
            if nowhere != number:
                os.dup2(nowhere, number)
                os.close(nowhere)
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8"))


def _run(arguments: Sequence[str] | None) -> int:
    try:
        code = nianbao.main(args=arguments, prog_name="nianbao", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _complain("interrupted; the same command goes on where it stopped", 130)
    except NianbaoError as error:
        return _complain(str(error), error.exit_code)
    except BrokenPipeError:
        # The reader of our output went away (`nianbao reports | head`); Python would complain again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the last frame: whatever gets here is a fault of ours
        traceback.print_exc()
        return _complain(f"a fault of ours: {error!r}; please report the lines above", 1)
    return code if isinstance(code, int) else 0


def _complain(message: str, code: int) -> int:
    click.echo(f"nianbao: {message}", err=True)
    return code
