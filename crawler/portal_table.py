"""A table of portals, one a row, as drafts of site files: columns ``level``, ``path``, ``name`` and ``url``.

``path`` are the names of the divisions from the province down (浙江省/杭州市/西湖区), ``name`` the last of them,
``url`` the portal's home page. ``level`` is for people and not read.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from config import divisions
from config.errors import ConfigurationError, UsageError
from config.hosts import host_of, registered_domain
from config.load import made_up_site
from crawler.fetch.scope import refusal
from crawler.site_draft import SiteDraft, draft_of

_NEEDED = ("name", "url")
_KNOWN = frozenset({"level", "path", "name", "url"})


@dataclass(frozen=True, slots=True)
class Mistake:
    """A row that makes no site: its line, from 1, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    name: str
    path: str
    url: str


def read_table(path: Path, *, allow_private: bool = False) -> tuple[list[SiteDraft], list[Mistake]]:
    """The sites of a table in UTF-8 or, as spreadsheets here save it, GB 18030; and the rows that are wrong.
    ``allow_private`` takes rows of hosts outside .gov.cn as well.

    Raises UsageError where it is no such table at all.
    """
    drafts: dict[str, tuple[SiteDraft, _Row]] = {}
    mistakes: list[Mistake] = []
    for row in _rows(path, mistakes):
        try:
            draft = _draft(row)
            refused = refusal(row.url, made_up_site(row.url), allow_private=allow_private)
        except ConfigurationError as error:
            mistakes.append(Mistake(row.line, str(error)))
            continue
        if refused:
            mistakes.append(Mistake(row.line, refused.reason))
            continue
        if draft.name in drafts:
            _doubt(*drafts[draft.name], row)
            first = drafts[draft.name][1]
            mistakes.append(Mistake(row.line, f"{row.url} is the portal of line {first.line} ({first.name}) already"))
            continue
        drafts[draft.name] = (draft, row)
    _narrow(drafts.values())
    return [draft for draft, _ in drafts.values()], sorted(mistakes, key=lambda mistake: mistake.line)


def _rows(path: Path, mistakes: list[Mistake]) -> Iterator[_Row]:
    reader = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    header = [cell.strip().lower() for cell in _first(reader, path)]
    missing = [name for name in _NEEDED if name not in header]
    if missing or len(set(header)) != len(header):
        raise UsageError(
            f"{path}, line 1: a table of portals begins with the columns level,path,name,url"
            + (f"; {' and '.join(missing)} missing" if missing else "; one stands twice")
        )
    try:
        for cells in reader:
            line = reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                mistakes.append(Mistake(line, f"{len(cells)} cells, but the table has {len(header)} columns"))
                continue
            row = {name: cell.strip() for name, cell in zip(header, cells, strict=True) if name in _KNOWN}
            if not row["url"]:
                mistakes.append(Mistake(line, f"{row['name'] or 'the row'} has no url"))
            elif not row["name"]:
                mistakes.append(Mistake(line, f"{row['url']} has no name"))
            elif row.get("path") and row["path"].rpartition("/")[2].strip() != row["name"]:
                mistakes.append(Mistake(line, f"{row['name']} is not the last name of its path {row['path']}"))
            else:
                yield _Row(line, row["name"], row.get("path", ""), row["url"])
    except csv.Error as error:
        raise UsageError(f"{path}, line {reader.line_num}: not CSV: {error}") from error


def _first(reader: Iterator[list[str]], path: Path) -> list[str]:
    try:
        return next(reader, [])
    except csv.Error as error:
        raise UsageError(f"{path}, line 1: not CSV: {error}") from error


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: can't be read: {error.strerror}") from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UsageError(f"{path}: neither UTF-8 nor GB 18030; save the table as UTF-8")


def _draft(row: _Row) -> SiteDraft:
    """The draft of one row. Raises ConfigurationError where its address is none."""
    draft = draft_of(row.url)
    draft.head.append(f"{row.path or row.name}: from a table of portals; nobody looked at the portal yet.")
    draft.put("title", row.name, "the table's name")
    code, why = _division(row)
    if code:
        draft.put("division", code, why)
    elif "division" not in draft.values:
        draft.open["division"] = why
    return draft


def _division(row: _Row) -> tuple[str | None, str]:
    """The division that the path of names leads to, and why; None where a name on it is unknown or shared.

    The names of a path leave out what GB/T 2260 has between (市辖区, 省直辖县级行政区划).
    """
    names = [name.strip() for name in (row.path or row.name).split("/") if name.strip()]
    code: str | None = None
    for name in names:
        found = [one for one in divisions.named(name, within=code) if one.code != code or name == names[0]]
        # A municipality stands in the table twice, as province and as city: 北京市/北京市.
        if not found and code is not None and _is(code, name):
            continue
        current = [one for one in found if one.until is None] or found
        exact = [one for one in current if one.name == name] or current
        if len({one.code for one in exact}) != 1:
            problem = "is the name of several divisions" if exact else "is not in config/divisions.csv"
            return None, f"could not be told: {name} of {'/'.join(names)} {problem}"
        code = exact[0].code
    return code, f"by the path {'/'.join(names)}"


def _is(code: str, name: str) -> bool:
    own = divisions.division(code)
    return own is not None and name in (own.name, *own.spoken)


def _doubt(draft: SiteDraft, first: _Row, second: _Row) -> None:
    """Take back a division that the table alone gives, where it gives the portal to another one as well."""
    if made_up_site(first.url).division is None and _division(first)[0] != _division(second)[0]:
        draft.values.pop("division", None)
        draft.open["division"] = (
            f"could not be told: the table gives the portal to {first.path or first.name} (line {first.line}) "
            f"and to {second.path or second.name} (line {second.line})"
        )


def _narrow(drafts: Iterable[tuple[SiteDraft, _Row]]) -> None:
    """Hold portals that share a domain with others to their own hosts; the domain belongs to the portal at its top."""
    by_domain: dict[str, list[tuple[SiteDraft, _Row, str]]] = {}
    for draft, row in drafts:
        host = host_of(made_up_site(row.url).home)
        by_domain.setdefault(registered_domain(host), []).append((draft, row, host))
    for domain, sharing in by_domain.items():
        for draft, row, host in sharing:
            other = next((one for _, one, _ in sharing if one is not row), None)
            if other is not None and host not in (domain, f"www.{domain}"):
                draft.put("scope", (host,), f"{domain} is also the domain of {other.name} (line {other.line})")
