"""The corpus as files, read back as another program would."""

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from config.errors import UsageError
from pipelines.corpus import Corpus
from pipelines.corpus.export import FORMATS, export
from pipelines.report import Agency
from tests.corpus.made import FILE, HEALTH, NUMBERS, PAGE, PARSER, changed, record, report

OTHER = "http://b.gov.cn/1"


@pytest.fixture
def filled(corpus: Corpus) -> Corpus:
    awkward = report(
        OTHER,
        agency=Agency('甲, "乙"局', "=乙\n局", "370100"),
        text='含逗号,引号"和\n换行的文字',
        errors=1,
        published=date(2021, 2, 1),
    )
    corpus.store_many(
        [
            (record(PAGE), report(PAGE, attachments=(FILE,))),
            (record(FILE), report(FILE, numbers=changed(("total", "total"), 99))),
            (record(OTHER), awkward),
            (record("http://c.gov.cn/1"), report("http://c.gov.cn/1", agency=None, year=None, title="半个\ud83d字")),
        ],
        PARSER,
    )
    corpus.assemble()
    return corpus


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_csv_holds_what_the_corpus_holds(filled: Corpus, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "out"
    written = export(filled, folder, "csv")
    assert sorted(path.name for path in written) == sorted(path.name for path in folder.iterdir())
    listed = filled.reports()
    reports = rows(folder / "reports.csv")
    assert [(row["agency"] or None, row["division"] or None, row["url"]) for row in reports] == [
        (row["agency"], row["division"], row["url"]) for row in listed
    ]
    for row, expected in zip(reports, listed, strict=True):
        assert [int(row[name]) for name in ("cells", "numbers", "errors", "findings")] == [
            expected[name] for name in ("cells", "numbers", "errors", "findings")
        ]
        assert int(row["versions"]) == len(expected["versions"])
    keys = {row["report"] for row in reports}
    assert len(keys) == len(reports) == 3
    for table in ("cells", "findings", "versions", "sections"):
        found = rows(folder / f"{table}.csv")
        assert found and {row["report"] for row in found} <= keys
    health = [row for row in rows(folder / "cells.csv") if row["agency"] == HEALTH.name]
    assert {(row["row"], row["column"]): int(row["value"]) for row in health} == NUMBERS
    assert any(row["text"] == '含逗号,引号"和\n换行的文字' for row in rows(folder / "sections.csv"))
    assert {row["rule"] for row in rows(folder / "findings.csv")} == {"parts.disagree", "requests.balance"}
    versions = [row for row in rows(folder / "versions.csv") if row["agency"] == HEALTH.name]
    assert [(row["role"], row["url"]) for row in versions] == [("canonical", PAGE), ("part", FILE)]
    assert versions[1]["record_id"] == record(FILE).location.record_id


def test_blank_cell_has_no_value(corpus: Corpus, tmp_path: Path) -> None:
    corpus.store(record(), report(numbers={("a", "b"): None, ("a", "c"): 0}), PARSER)
    corpus.assemble()
    export(corpus, tmp_path, "csv")
    assert [(row["state"], row["value"]) for row in rows(tmp_path / "cells.csv")] == [("blank", ""), ("number", "0")]


def test_excel_knows_the_encoding(filled: Corpus, tmp_path: Path) -> None:
    for path in export(filled, tmp_path, "csv"):
        assert path.read_bytes().startswith("\ufeff".encode())


def test_jsonl_is_one_full_report_a_line(filled: Corpus, tmp_path: Path) -> None:
    export(filled, tmp_path, "jsonl")
    lines = (tmp_path / "reports.jsonl").read_text(encoding="utf-8").split("\n")
    assert lines.pop() == ""
    exported: list[dict[str, Any]] = [json.loads(line) for line in lines]
    for line in exported:
        assert line.pop("report")
    assert exported == list(filled.full_reports())


def test_every_column_is_in_the_dictionary(filled: Corpus, tmp_path: Path) -> None:
    export(filled, tmp_path, "csv")
    known = {(row["file"], row["column"]) for row in rows(tmp_path / "dictionary.csv")}
    for path in tmp_path.glob("*.csv"):
        if path.name == "dictionary.csv":
            continue
        with path.open(encoding="utf-8-sig", newline="") as stream:
            assert {(path.name, column) for column in next(csv.reader(stream))} <= known
    for row in rows(tmp_path / "dictionary.csv"):
        assert row["type"] and row["meaning"]


@pytest.mark.parametrize("form", FORMATS)
def test_same_corpus_gives_the_same_bytes_and_replaces_itself(filled: Corpus, tmp_path: Path, form: str) -> None:
    first = {path.name: path.read_bytes() for path in export(filled, tmp_path, form)}
    assert {path.name: path.read_bytes() for path in export(filled, tmp_path, form)} == first


def test_file_of_another_origin_is_not_overwritten(filled: Corpus, tmp_path: Path) -> None:
    (tmp_path / "cells.csv").write_text("my own cells")
    with pytest.raises(UsageError, match=r"cells\.csv"):
        export(filled, tmp_path, "csv")
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".csv"] == ["cells.csv"]
    assert (tmp_path / "cells.csv").read_text() == "my own cells"


def test_file_in_the_place_of_the_folder(filled: Corpus, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(UsageError):
        export(filled, tmp_path / "out", "csv")


def test_unknown_form_is_wrong_usage_and_names_the_known(filled: Corpus, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="csv, jsonl"):
        export(filled, tmp_path / "out", "parquet")
    assert not (tmp_path / "out").exists()


def test_export_that_fails_leaves_the_old_one_whole(filled: Corpus, tmp_path: Path, monkeypatch: Any) -> None:
    folder = tmp_path / "out"
    before = {path: path.read_bytes() for path in export(filled, folder, "csv")}
    reports = list(filled.full_reports())

    def break_off() -> Any:
        yield reports[0]
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(filled, "full_reports", break_off)
    with pytest.raises(Exception, match="No space left"):
        export(filled, folder, "csv")
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
