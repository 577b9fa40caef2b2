"""`nianbao reparse`: bring the corpus up to date with today's parser, from the archive alone."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from rich.console import Console

from archive.recover import recover
from config.errors import ArchiveError, Incomplete
from crawler.console import json_option, note, print_json, print_table, say
from crawler.data import DataFolder
from crawler.workpace import WorkPace
from pipelines import forkserver
from pipelines.corpus import Corpus
from pipelines.reparse import MOST_NAMED, Reparsed, reparse
from pipelines.workers import available_cores

# Failures that are named to a person.
_NAMED = 200


@click.command()
@click.option("--all", "everything", is_flag=True, help="Parse every record from its start, whatever is kept of it.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and write nothing.")
@click.option("--workers", type=click.IntRange(1, 256), help="Worker processes.  [default: one a core]")
@click.option("--cluster", metavar="ADDRESS", help="Parse on the workers of this Dask scheduler, as tcp://HOST:8786.")
@json_option
@click.pass_obj
def command(
    data: DataFolder, everything: bool, dry_run: bool, workers: int | None, cluster: str | None, as_json: bool
) -> int:
    """Parse the archived records with today's parser, each from the first stage that has changed since it was parsed,
    and print what changed in the corpus. The network is not used.

    \b
    Examples:
      nianbao reparse
      nianbao reparse --all --dry-run --json
      nianbao --data /shared/data --corpus postgresql://me@db/nianbao reparse --cluster tcp://head:8786
    """
    if cluster is not None:
        data.check_shared()
    else:
        forkserver.begin()
    folder = replace(data.existing_archive(), data=data.path.absolute())
    if not dry_run:
        recover(folder)
    console = Console(file=sys.stderr, highlight=False, markup=False)
    with _corpus(data, dry_run, cluster) as corpus, WorkPace(console, "records") as pace:

        def show(done: Reparsed) -> None:
            pace.show(done.looked_at, done.total)

        done = reparse(
            folder,
            corpus,
            workers=workers or available_cores(),
            cluster=cluster,
            everything=everything,
            dry_run=dry_run,
            progress=show,
        )
    if as_json:
        print_json(done.as_json())
    else:
        _print(done)
    for damage in done.damage:
        note(f"damaged: {replace(damage, file=folder.place(damage.file))}")
    for url, _, reason in done.named()[:_NAMED]:
        note(f"could not be read: {url}: {reason}")
    if done.failed.total() > _NAMED:
        counts = ", ".join(f"{count} {code}" for code, count in sorted(done.failed.items()))
        note(f"and {done.failed.total() - _NAMED} more could not be read, in all {counts}; --json names {MOST_NAMED}")
    if done.damage:
        return ArchiveError.exit_code
    return Incomplete.exit_code if done.failures or done.changes.alarming else 0


@contextmanager
def _corpus(data: DataFolder, dry_run: bool, cluster: str | None) -> Iterator[Corpus]:
    """The corpus, made where it is missing; for a dry run, which writes nothing, one that is thrown away where it is
    missing (empty) or can't be written (a copy)."""
    with ExitStack() as stack:
        if not dry_run:
            yield stack.enter_context(data.corpus())
            return
        existing = data.corpus_if_any() if cluster is None else data.existing_corpus()
        scratch = Path(stack.enter_context(TemporaryDirectory()))
        if existing is None:
            yield stack.enter_context(Corpus.open(scratch / "corpus.sqlite", create=True))
            return
        stack.enter_context(existing)
        copy = existing.copy_of_protected(scratch)
        yield existing if copy is None else stack.enter_context(copy)


def _print(done: Reparsed) -> None:
    begun = ", ".join(f"{count} from the {stage}" for stage, count in sorted(done.began.items()))
    say(
        f"{done.records} records: {done.parsed} parsed{f' ({begun})' if begun else ''}, {done.current} with nothing to "
        f"parse again, {done.gone} gone"
    )
    for reason, count in sorted(done.skipped.items()):
        say(f"  {count} skipped: {reason}")
    changes = done.changes.as_json()
    counts = ", ".join(f"{changes[name]} {name}" for name in ("new", "lost", "moved", "changed"))
    say(f"{done.reports} reports read: {counts}")
    if changes["cells"]:
        columns = ("kind", "table", "row", "column", "count")
        print_table(columns, ([cell[name] for name in columns] for cell in changes["cells"]), numbers=("count",))
    for name in ("findings_gained", "findings_lost"):
        for rule, count in changes[name].items():
            say(f"{name.replace('_', ' ')}: {rule} ({count}×)")
    for kind, examples in changes["examples"].items():
        for example in examples:
            # The record is found by its file and offset, and shown by its address.
            shown = {key: value for key, value in example.items() if key != "record" and value is not None}
            say(f"  {kind}: {' '.join(f'{key}={value}' for key, value in shown.items())}")
