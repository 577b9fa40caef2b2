"""`nianbao repair`: mend a damaged archive."""

from dataclasses import replace

import click

from archive.repair import Loss, Repair, repair
from crawler.console import json_option, note, print_json, say
from crawler.data import DataFolder


@click.command()
@json_option
@click.pass_obj
def command(data: DataFolder, as_json: bool) -> None:
    """Keep every whole record, move the rest aside (nothing is deleted), and rebuild the indexes.

    What was lost is listed; the next crawl fetches it again. A sound archive is not touched.

    \b
    Example:
      nianbao verify || nianbao repair
    """
    folder = data.existing_archive()
    mended = repair(folder)
    if as_json:
        print_json(_json(mended))
        return
    for loss in mended.lost:
        note(
            f"lost: {_place(replace(loss, file=folder.place(loss.file)))}: {loss.reason} ({loss.url or 'no URL known'})"
        )
    for path in mended.torn:
        say(f"moved aside: {path}")
    counts = (("rewritten", mended.rewritten), ("reindexed", mended.reindexed), ("recovered", mended.recovered))
    say(", ".join(f"{len(files)} files {what}" for what, files in counts) + f", {len(mended.lost)} records lost")


def _place(loss: Loss) -> str:
    return loss.file if loss.offset is None else f"{loss.file} at {loss.offset}"


def _json(mended: Repair) -> dict[str, object]:
    return {
        "rewritten": list(mended.rewritten),
        "reindexed": list(mended.reindexed),
        "recovered": [one.file for one in mended.recovered],
        "lost": [
            {"file": loss.file, "offset": loss.offset, "url": loss.url, "reason": loss.reason} for loss in mended.lost
        ],
        "torn": [str(path) for path in mended.torn],
    }
