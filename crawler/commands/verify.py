"""`nianbao verify`: is every record there, whole and as it was written?"""

import click

from archive.verify import verify
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
    found = verify(data.existing_archive())
    problems: list[dict[str, object]] = [
        {"file": problem.file, "offset": problem.offset, "url": problem.url, "what": problem.what}
        for problem in found.problems
    ]
    problems += _missing_records(data)
    if as_json:
        print_json({"files": found.files, "records": found.records, "problems": problems})
    else:
        for problem in problems:
            note(f"{problem['file']} at {problem['offset']}: {problem['what']} ({problem['url'] or 'no URL known'})")
        say(f"{found.files} files, {found.records} records, {len(problems)} problems")
    return DAMAGED if problems else 0


def _missing_records(data: DataFolder) -> list[dict[str, object]]:
    """Records that the corpus names and whose file the archive lacks."""
    if not data.corpus_file.is_file():
        return []
    with data.existing_corpus() as corpus:
        named = corpus.files()
    kept = set(data.archive.files())
    return [
        {"file": file, "offset": 0, "url": None, "what": f"the file is gone; the corpus names {count} records in it"}
        for file, count in sorted(named.items())
        if file not in kept
    ]
