"""`nianbao history`: what became of one report, from one version of the parser to the next."""

from typing import Any

import click

from config.errors import UsageError
from crawler.console import json_option, print_json, print_table, say
from crawler.data import DataFolder


@click.command()
@click.argument("agency")
@click.argument("year", type=int)
@click.option("--division", help="The six digits of the division, where agencies of several bear the name.")
@json_option
@click.pass_obj
def command(data: DataFolder, agency: str, year: int, division: str | None, as_json: bool) -> int:
    """Show when a report came into the corpus, and each cell, finding and field that another parser, or another
    capture, has changed since, with the archived record that it was read from.

    \b
    Examples:
      nianbao history 青岛市卫生健康委员会 2020
      nianbao history 鼓楼区教育局 2021 --division 320106 --json
    """
    with data.existing_corpus() as corpus:
        found = corpus.past(agency, year, division)
    if not found:
        where = f" in {division}" if division else ""
        raise UsageError(
            f"nothing is known of a report of {agency}{where} for {year}; `nianbao reports` lists what there is. What "
            "happened before this nianbao kept a history is not known"
        )
    if as_json:
        print_json([{"report": events[-1]["report"], "events": events} for events in found.values()])
        return 0
    for events in found.values():
        _print(events)
    return 0


def _print(events: list[dict[str, Any]]) -> None:
    name, year, division, *_ = events[-1]["report"]
    say(f"{name} {year}{f' ({division})' if division else ''}")
    for event in events:
        say(f"{event['at']}  {_what(event)}: {_parsers(event)}")
        record = event["record"]
        if record["file"]:
            say(f"  from {record['url']} ({record['file']}, offset {record['offset']})")
        for field, value in event["fields"].items():
            say(f"  {field}: changed" if value is True else f"  {field}: {_short(value[0])} → {_short(value[1])}")
        if event["cells"]:
            rows = ([cell["cell"], _short(cell["before"]), _short(cell["after"])] for cell in event["cells"])
            print_table(("cell", "before", "after"), rows, numbers=("before", "after"))
        for title, findings in (("gained", event["findings_gained"]), ("lost", event["findings_lost"])):
            for finding in findings:
                say(f"  finding {title}: {finding['rule']}: {finding['message']}")


def _what(event: dict[str, Any]) -> str:
    other = " ".join(str(part) for part in (event["other"] or [])[:2])
    words = {"new": "new", "changed": "changed", "lost": "lost", "moved": f"moved to {other}", "came": f"was {other}"}
    return words[event["what"]]


def _parsers(event: dict[str, Any]) -> str:
    before, after = event["parser_before"], event["parser"]
    if before and after and before != after:
        return f"{before} → {after}"
    return f"{after or before or 'the report of another year'}"


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("name"))
    return "–" if value is None else str(value)
