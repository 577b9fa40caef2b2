"""What happened when: the attempts to crawl each site, as the archive tells them.

`take_in` brings the corpus's mirror of the archive up to date, `attempts` reads it. An attempt is one process that
crawled a site: it opens a file of the archive when it begins and leaves its account when it ends in good order. One
without an account was killed, or is still under way.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from archive.account import accounts, run_file
from archive.folder import ArchiveFolder
from archive.warcdate import parse_warc_date
from config.errors import ArchiveError
from pipelines.corpus import Corpus, CorpusUnwritable
from pipelines.corpus.history import FileHistory

# Accounts that stand for an attempt: the crawl's own, and what its parent says of one that left none.
CRAWL, FAILED_ATTEMPT = "crawl", "attempt"
# The prefix of the files that `run-due` writes itself; no site's file begins so (see crawler/runs.py).
CALLS = "nianbao.calls"

_BATCH = 200


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to crawl ``site``; ``run`` is the run that it was part of. Without an ``account`` nobody told how it
    went: ``ended`` is None then. ``told`` holds the account (see crawler/account.py), or what `run-due` says."""

    site: str
    run: str
    id: str
    started: datetime
    ended: datetime | None = None
    event: str = ""
    told: Mapping[str, Any] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """Why it ended: a crawl's own reason, ``killed``, ``crashed``, ``time_limit``, ``refused``; ``""`` where
        nobody told."""
        return str(self.told.get("reason", ""))


def take_in(folder: ArchiveFolder, corpus: Corpus, *, everything: bool = False) -> None:
    """Bring the history in ``corpus`` up to date with the archive; ``everything`` reads closed files again, too."""
    files = folder.files()
    stored = corpus.mirrored_files()
    if gone := stored - set(files):
        corpus.drop_files(gone)
    due = files if everything else [file for file in files if file not in stored]
    for start in range(0, len(due), _BATCH):
        corpus.mirror([_history(folder, file) for file in due[start : start + _BATCH]])


@contextmanager
def told_by(folder: ArchiveFolder, corpus: Corpus) -> Iterator[Corpus]:
    """A corpus with the history as the archive tells it now, for a command that reads it: ``corpus``, brought up to
    date, or where that can't be written (read-only media, a full disk) one in memory, with nothing but the history."""
    try:
        take_in(folder, corpus)
    except CorpusUnwritable:
        with Corpus.open("sqlite://", create=True) as passing:
            take_in(folder, passing)
            yield passing
    else:
        yield corpus


def attempts(corpus: Corpus, site: str | None = None) -> dict[str, list[Attempt]]:
    """The attempts of each site, or of one, oldest first."""
    found: dict[str, Attempt] = {}
    for row in corpus.run_files(site):
        if row["run"] and row["site"]:
            attempt = Attempt(row["site"], row["run"], row["attempt"], _moment(row["opened"]))
            found.setdefault(attempt.id, attempt)
            if row["ended"]:  # so a run ended before there were accounts; one that has an account is told by that
                ended, told = _moment(row["ended"]), {"reason": "finished"}
                found[attempt.id] = replace(found[attempt.id], ended=ended, event=CRAWL, told=told)
    for told in corpus.accounts(site=site):
        if told.get("event") not in (CRAWL, FAILED_ATTEMPT) or not told.get("site"):
            continue
        known = found.get(told.get("attempt") or "")
        if known is not None and known.told.get("event"):
            continue
        name = known.id if known else f"{told['site']} {told['started']}"
        started = known.started if known else _moment(told["started"])
        run = known.run if known else ""
        ended = _moment(told["ended"])
        found[name] = Attempt(told["site"], run, name, started, ended, told["event"], told)
    sites: dict[str, list[Attempt]] = {}
    for attempt in sorted(found.values(), key=lambda one: (one.started, one.id)):
        sites.setdefault(attempt.site, []).append(attempt)
    return sites


def _history(folder: ArchiveFolder, file: str) -> FileHistory:
    final = folder.is_finished(file)
    try:
        found = run_file(folder, file)
        if found is None:
            return FileHistory(file, final)
        told = accounts(folder, found)
    except ArchiveError:  # `verify` tells of damage
        return FileHistory(file, final)
    run = found.info.get("isPartOf")
    site = found.info.get("site")
    ended = found.closing.fields.get("run-ended") if found.closing else None
    return FileHistory(
        file,
        final,
        site,
        run if site else None,
        (found.info.get("attempt") or file) if site and run else None,
        found.opened,
        parse_warc_date(ended) if ended else None,
        told,
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
