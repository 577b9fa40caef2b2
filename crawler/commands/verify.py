"""`nianbao verify`: is every record there, whole and as it was written?"""

from collections.abc import Container
from dataclasses import asdict, replace

import click

from archive.verify import Problem, absent, verify
from crawler.console import json_option, note, print_json, say
from crawler.data import DataFolder

DAMAGED = 4


@click.command()
@json_option
@click.pass_obj
def command(data: DataFolder, as_json: bool) -> int:
    """Check digests and lengths of every record, the indexes, and that the corpus names nothing that is missing.

    \b
    Example:
      nianbao verify && echo sound
    """
    folder = data.existing_archive()
    found = verify(folder)
    missing = _missing_records(data, {(one.file, one.offset) for one in found.problems})
    missing = [one for one in missing if one.file not in found.elsewhere]
    problems = [replace(one, file=folder.place(one.file)) for one in (*found.problems, *missing)]
    if as_json:
        told = [asdict(problem) for problem in problems]
        print_json(
            {"files": found.files, "records": found.records, "problems": told, "elsewhere": dict(found.elsewhere)}
        )
    else:
        for problem in problems:
            note(str(problem))
        for file, place in found.elsewhere.items():
            note(f"{file}: not in {folder} yet: in writing, or left open, on {place}")
        say(f"{found.files} files, {found.records} records, {len(problems)} problems")
    return DAMAGED if problems else 0


def _missing_records(data: DataFolder, told: Container[tuple[str, int | None]]) -> list[Problem]:
    """Records that the corpus names and the archive lacks, but for those whose place is ``told`` of already."""
    existing = data.corpus_if_any()
    if existing is None:
        return []
    with existing as corpus:
        gone = absent(data.archive, corpus.locations())
    return [
        Problem(location.file, location.offset, url, "the corpus names this record, and the archive lacks it")
        for location, url in gone
        if (location.file, location.offset) not in told
    ]
