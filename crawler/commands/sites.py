"""`nianbao sites`: the configured portals."""

import click

from config.errors import ConfigurationError
from config.load import SITES, check_sites, load_sites
from crawler.console import json_option, note, print_json, print_table, say


@click.group()
def command() -> None:
    """List and check the portals of config/sites.

    \b
    Example:
      nianbao sites check
    """


@command.command("list")
@json_option
def list_sites(as_json: bool) -> None:
    """List the configured portals.

    \b
    Example:
      nianbao sites list --json
    """
    sites = load_sites()
    if as_json:
        print_json([{"name": site.name, **site.model_dump(mode="json", exclude={"name"})} for site in sites.values()])
        return
    print_table(
        ("name", "title", "home", "division"),
        ((site.name, site.title, site.home, site.division) for site in sites.values()),
    )


@command.command()
@json_option
def check(as_json: bool) -> int:
    """Check every site file: one line a mistake, with file, line, key, and what would be right.

    \b
    Example:
      nianbao sites check
    """
    mistakes = check_sites()
    if as_json:
        print_json({"folder": SITES.name, "mistakes": mistakes})
    else:
        for mistake in mistakes:
            note(mistake)
        say(f"{len(mistakes)} mistakes" if mistakes else "all site files are right")
    return ConfigurationError.exit_code if mistakes else 0
