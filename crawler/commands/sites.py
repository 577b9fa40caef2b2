"""`nianbao sites`: the configured portals."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from config.errors import ConfigurationError, Incomplete, UsageError
from config.load import check_sites, load_sites, place_of
from crawler.console import json_option, note, print_json, print_table, say
from crawler.data import DataFolder
from crawler.portal_table import Mistake, read_table
from crawler.site_draft import SiteDraft, draft_of

folder_option = click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=lambda: place_of("sites"),
    show_default="$NIANBAO_CONFIG/sites, else config/sites",
    help="Where the site files are.",
)


@click.group()
def command() -> None:
    """List, check and add the portals of config/sites.

    \b
    Example:
      nianbao sites check
    """


@command.command("list")
@folder_option
@json_option
def list_sites(folder: Path, as_json: bool) -> None:
    """List the configured portals.

    \b
    Example:
      nianbao sites list --json
    """
    sites = load_sites(folder)
    if as_json:
        print_json([{"name": site.name, **site.model_dump(mode="json", exclude={"name"})} for site in sites.values()])
        return
    print_table(
        ("name", "title", "home", "division"),
        ((site.name, site.title, site.home, site.division) for site in sites.values()),
    )


@command.command()
@folder_option
@json_option
def check(folder: Path, as_json: bool) -> int:
    """Check every site file: one line a mistake, with file, line, key, and what would be right.

    \b
    Example:
      nianbao sites check
    """
    mistakes = check_sites(folder)
    if as_json:
        print_json({"folder": folder.name, "mistakes": mistakes})
    else:
        for mistake in mistakes:
            note(mistake)
        say(f"{len(mistakes)} mistakes" if mistakes else "all site files are right")
    return ConfigurationError.exit_code if mistakes else 0


@command.command()
@click.argument("url", required=False)
@click.option(
    "--from",
    "table",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A table of portals (CSV: level,path,name,url): a file for each row, from what the table says.",
)
@click.option("--visit", is_flag=True, help="With --from: look at each portal of the table as well.")
@folder_option
@click.option("--force", is_flag=True, help="Replace files that exist already.")
@click.option("--max-pages", type=click.IntRange(min=1), help="Look at a portal with at most so many requests.  [30]")
@click.option("--delay", type=click.FloatRange(0, 600), help="Seconds between two requests to one server.")
@click.option("--contact", help="Mail address or web page that stands in the user agent.  [else $NIANBAO_CONTACT]")
@click.option("--allow-private", is_flag=True, help="Permit loopback and private addresses and hosts outside .gov.cn.")
@json_option
@click.pass_obj
def add(
    data: DataFolder,
    /,
    url: str | None,
    table: Path | None,
    visit: bool,
    folder: Path,
    force: bool,
    as_json: bool,
    **options: Any,
) -> int:
    """Write the site file of a portal, from a short look at the portal itself or from a table of portals.

    The look is a crawl of a few pages: robots.txt is obeyed, what is fetched goes into the archive.

    \b
    Examples:
      nianbao sites add https://www.example.gov.cn/ --contact me@example.org
      nianbao sites add --from portals.csv --folder my-sites
    """
    if (url is None) == (table is None):
        raise UsageError("name either the address of one portal, or a table with --from")
    drafts, mistakes = (
        ([draft_of(str(url))], []) if table is None else read_table(table, allow_private=options["allow_private"])
    )
    kept = [draft for draft in drafts if not force and draft.exists(folder)]
    if url is not None and kept:
        raise UsageError(f"{folder / kept[0].name}.yaml exists already; --force replaces it")
    wanted, code = [draft for draft in drafts if force or not draft.exists(folder)], 0
    if wanted and (visit or table is None):
        wanted, code = _look(data, wanted, options, keep=table is not None)
    files = [draft.write(folder, replace=force) for draft in wanted]
    _tell(folder, list(zip(wanted, files, strict=True)), kept, mistakes, as_json=as_json)
    return code or (Incomplete.exit_code if mistakes else 0)


def _look(
    data: DataFolder, drafts: list[SiteDraft], options: dict[str, Any], *, keep: bool
) -> tuple[list[SiteDraft], int]:
    """Walk a few pages of each portal. What the portals that answered told, and the worst exit code.

    ``keep`` keeps the drafts of the others as well, with what the table says of them. Scrapy is only imported here:
    listing and checking sites needs none.
    """
    from crawler.commands.crawl import crawl_settings, stopped
    from crawler.run import walk
    from crawler.scout import FEW_PAGES, looked_at

    options = {**options, "offline": False, "verbose": False, "max_pages": options["max_pages"] or FEW_PAGES}
    data.prepare()
    runs = walk([draft.site() for draft in drafts], crawl_settings(data, options))
    told, code = [], 0
    for draft, run in zip(drafts, runs, strict=False):
        problem = stopped(run)
        if problem is None and run.found is not None and not any(one.selected for one in run.found.lists.values()):
            note(f"{draft.name}: no list of annual reports was met in {run.requests} requests; the file says so")
            code = max(code, Incomplete.exit_code)
        code = max(code, problem or 0)
        if problem is None:
            told.append(looked_at(run, draft))
        elif keep:
            told.append(draft)
    return told, code


def _tell(
    folder: Path,
    written: Iterable[tuple[SiteDraft, Path]],
    kept: list[SiteDraft],
    mistakes: list[Mistake],
    *,
    as_json: bool,
) -> None:
    if as_json:
        print_json(
            {
                "folder": str(folder),
                "written": [
                    {
                        "name": draft.name,
                        "file": str(path),
                        **draft.values,
                        "reasons": draft.reasons,
                        "open": draft.open,
                    }
                    for draft, path in written
                ],
                "kept": [draft.name for draft in kept],
                "mistakes": [{"line": mistake.line, "reason": mistake.reason} for mistake in mistakes],
            }
        )
        return
    for mistake in mistakes:
        note(f"line {mistake.line}: {mistake.reason}")
    written = list(written)
    if len(written) == 1:
        say(written[0][0].text().rstrip())
    say(f"{len(written)} site files written into {folder}" + (f", {len(kept)} that exist kept" if kept else ""))
