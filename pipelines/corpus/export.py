"""The corpus as files for other programs: tables of comma-separated values, or one JSON object a line."""

import csv
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

from config.errors import NianbaoError, UsageError
from pipelines.corpus.corpus import Corpus
from pipelines.corpus.dictionary import NESTED, TABLES, Column

FORMATS = ("csv", "jsonl")

_DICTIONARY = "dictionary.csv"
_DICTIONARY_HEAD = ("file", "column", "type", "unit", "meaning")
# With the byte order mark, or Excel on a Chinese Windows takes the file for GBK and shows garbage; pandas, R and
# `encoding="utf-8-sig"` skip it.
_CSV_ENCODING = "utf-8-sig"

_Report = dict[str, Any]
_Row = dict[str, Any]


def export(corpus: Corpus, folder: Path, form: str) -> list[Path]:
    """Write the canonical reports into ``folder``, made where it is missing, with a data dictionary; returns the files.

    Each file appears whole or not at all. An earlier export is replaced. Raises UsageError for an unknown ``form``, and
    where a file of another origin has a name that is needed.
    """
    if form not in FORMATS:
        raise UsageError(f"no export as {form}; choose one of {', '.join(FORMATS)}")
    names = [f"{table}.csv" for table in TABLES] if form == "csv" else ["reports.jsonl"]
    names.append(_DICTIONARY)
    _check_folder(folder, names)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        workshop = Path(tempfile.mkdtemp(prefix=".export-", dir=folder))
        try:
            (_write_csv if form == "csv" else _write_jsonl)(corpus, workshop)
            _write_dictionary(workshop / _DICTIONARY)
            return [(workshop / name).replace(folder / name) for name in names]
        finally:
            shutil.rmtree(workshop, ignore_errors=True)
    except OSError as error:
        raise NianbaoError(f"the export into {folder} failed: {error.strerror or error}") from error


def _check_folder(folder: Path, names: Iterable[str]) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; name a folder")
    taken = [name for name in names if (folder / name).exists()]
    if taken and not _is_export(folder):
        raise UsageError(f"{folder / taken[0]} exists and is not of an export; name another folder or move it away")


def _is_export(folder: Path) -> bool:
    """Whether ``folder`` holds an export: its dictionary tells."""
    try:
        with (folder / _DICTIONARY).open(encoding=_CSV_ENCODING, newline="") as stream:
            return tuple(next(csv.reader(stream), ())) == _DICTIONARY_HEAD
    except (OSError, UnicodeDecodeError, csv.Error):
        return False


def _write_jsonl(corpus: Corpus, folder: Path) -> None:
    with (folder / "reports.jsonl").open("w", encoding="utf-8", newline="\n") as stream:
        for report in corpus.full_reports():
            stream.write(json.dumps({"report": _key(report)} | report, ensure_ascii=False) + "\n")


def _write_csv(corpus: Corpus, folder: Path) -> None:
    with ExitStack() as stack:
        writers = {
            table: _writer(stack.enter_context(_open_csv(folder / f"{table}.csv")), columns)
            for table, columns in TABLES.items()
        }
        for report in corpus.full_reports():
            shared = _shared(report)
            for table, rows in _ROWS.items():
                writers[table].writerows(shared | row for row in rows(report))


def _write_dictionary(path: Path) -> None:
    with _open_csv(path) as stream:
        writer = csv.writer(stream)
        writer.writerow(_DICTIONARY_HEAD)
        for table, columns in TABLES.items():
            writer.writerows((f"{table}.csv", *column) for column in columns)
        writer.writerows(("reports.jsonl", *column) for column in NESTED)


def _open_csv(path: Path) -> TextIO:
    return path.open("w", encoding=_CSV_ENCODING, newline="")


def _writer(stream: TextIO, columns: tuple[Column, ...]) -> "csv.DictWriter[str]":
    writer = csv.DictWriter(stream, [column.name for column in columns], extrasaction="ignore")
    writer.writeheader()
    return writer


def _key(report: _Report) -> str:
    """A short name of the report that does not change between exports."""
    agency = report["agency"] or {"name": None, "division": None}
    parts = [agency["name"], report["year"], agency["division"]]
    if agency["name"] is None or report["year"] is None:
        parts.append(report["record"]["id"])
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()[:16]


def _shared(report: _Report) -> _Row:
    agency = report["agency"] or {}
    return {
        "report": _key(report),
        "agency": agency.get("name"),
        "division": agency.get("division"),
        "year": report["year"],
    }


def _report_rows(report: _Report) -> Iterator[_Row]:
    agency = report["agency"] or {}
    yield {
        **{name: agency.get(name) for name in ("as_written", "level", "sector")},
        **{name: report[name] for name in ("form", "title", "signed", "published", "captured", "parser")},
        **_place(report["record"]),
        "url": report["source"]["url"],
        "media_type": report["source"]["media_type"],
        "cells": len(report["cells"]),
        "numbers": sum(cell["state"] == "number" for cell in report["cells"]),
        "errors": sum(finding["severity"] == "error" for finding in report["findings"]),
        "findings": len(report["findings"]),
        "versions": len(report["versions"]),
    }


def _version_rows(report: _Report) -> Iterator[_Row]:
    return (version | _place(version["record"]) for version in report["versions"])


def _place(record: _Row) -> _Row:
    return {"file": record["file"], "offset": record["offset"], "record_id": record["id"]}


_ROWS: dict[str, Callable[[_Report], Iterable[_Row]]] = {
    "reports": _report_rows,
    "cells": lambda report: report["cells"],
    "extra_cells": lambda report: report["extra"],
    "findings": lambda report: report["findings"],
    "versions": _version_rows,
    "sections": lambda report: report["sections"],
}
