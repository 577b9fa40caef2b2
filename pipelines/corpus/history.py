"""The history of the runs: a mirror of what the files of the archive tell, kept for the sake of speed alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from pipelines.corpus.packing import pack, storable, unpack
from pipelines.corpus.rows import timestamp
from pipelines.corpus.schema import accounts, run_files

# What of an account is long and seldom asked for.
_DETAILS = ("lists", "units", "failed", "lost", "counts", "robots")
_BATCH = 500
# A file that says nothing of when it was opened stands first, on either database.
_OLDEST_FIRST = (run_files.c.opened.is_not(None), run_files.c.opened, run_files.c.file)


@dataclass(frozen=True, slots=True)
class FileHistory:
    """What one file tells. ``site``, ``run`` and ``attempt`` are None where no crawl wrote it; ``ended`` is when the
    run ended, where the file is its last one. ``final``: it is closed, and will say nothing else."""

    file: str
    final: bool
    site: str | None = None
    run: str | None = None
    attempt: str | None = None
    opened: datetime | None = None
    ended: datetime | None = None
    accounts: Sequence[dict[str, Any]] = ()


def mirrored_files(connection: Connection) -> set[str]:
    return set(connection.scalars(select(run_files.c.file).where(run_files.c.final)))


def mirror(connection: Connection, files: Sequence[FileHistory]) -> None:
    drop_files(connection, [one.file for one in files])
    rows = [
        {
            "file": one.file,
            "final": one.final,
            "site": storable(one.site),
            "run": storable(one.run),
            "attempt": storable(one.attempt),
            "opened": timestamp(one.opened) if one.opened else None,
            "ended": timestamp(one.ended) if one.ended else None,
        }
        for one in files
    ]
    told = [
        {
            "file": one.file,
            "position": position,
            "event": str(account.get("event", "")),
            "site": storable(_text(account.get("site"))),
            "attempt": storable(_text(account.get("attempt"))),
            "summary": pack({name: value for name, value in account.items() if name not in _DETAILS}),
            "details": pack({name: value for name, value in account.items() if name in _DETAILS}),
        }
        for one in files
        for position, account in enumerate(one.accounts)
    ]
    for table, values in ((run_files, rows), (accounts, told)):
        if values:
            connection.execute(insert(table), values)


def drop_files(connection: Connection, files: Sequence[str]) -> None:
    for start in range(0, len(files), _BATCH):
        part = files[start : start + _BATCH]
        for table in (run_files, accounts):
            connection.execute(delete(table).where(table.c.file.in_(part)))


def run_rows(connection: Connection, site: str | None) -> list[dict[str, Any]]:
    wanted = run_files.c.site.is_not(None) if site is None else run_files.c.site == site
    query = select(run_files).where(wanted).order_by(*_OLDEST_FIRST)
    return [dict(row._mapping) for row in connection.execute(query)]


def account_rows(connection: Connection, event: str | None, site: str | None, *, details: bool) -> list[dict[str, Any]]:
    columns = [accounts.c.summary, *([accounts.c.details] if details else [])]
    query = select(*columns).join_from(accounts, run_files, accounts.c.file == run_files.c.file)
    if event is not None:
        query = query.where(accounts.c.event == event)
    if site is not None:
        query = query.where(accounts.c.site == site)
    query = query.order_by(*_OLDEST_FIRST, accounts.c.position)
    return [unpack(row.summary) | (unpack(row.details) if details else {}) for row in connection.execute(query)]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
