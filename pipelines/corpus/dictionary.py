"""What stands in an export: every file and column, its type, unit and meaning. `export` writes by this list."""

from typing import NamedTuple


class Column(NamedTuple):
    """``type``: text, integer, number, date or time (ISO 8601), object or list. ``unit`` may be empty."""

    name: str
    type: str
    unit: str
    meaning: str


_REPORT = (
    Column(
        "report", "text", "", "key of the report in this export's files; the same in every export of the same report"
    ),
    Column("agency", "text", "", "full official name of the agency; empty where it can't be told"),
    Column(
        "division",
        "text",
        "GB/T 2260",
        "six-digit code of the division that the agency belongs to; empty where unknown",
    ),
    Column("year", "integer", "", "statistical year, the year that the report is about; empty where it can't be told"),
)

_PLACE = (
    Column("url", "text", "", "address from which it was fetched, or path of the imported file"),
    Column("captured", "time", "UTC", "when it was fetched (WARC-Date)"),
    Column("file", "text", "", "WARC file in which the record lies"),
    Column("offset", "integer", "byte", "where the record begins in that file"),
    Column("record_id", "text", "", "WARC-Record-ID"),
)

_STATE = Column(
    "state",
    "text",
    "",
    "number; blank: an empty cell; mark: printed, but no number (/, -, 无); unreadable: something that can't be read; "
    "absent: the report has no such row or column",
)

TABLES: dict[str, tuple[Column, ...]] = {
    "reports": (
        *_REPORT,
        Column("as_written", "text", "", "the agency's name as the report writes it"),
        Column("level", "text", "", "national, province, prefecture, county or township"),
        Column("sector", "text", "", "field of work of the agency, a key of config/sectors.yaml"),
        Column("form", "text", "", "statutory form: 2014, 2019, 2021, or narrative (no table)"),
        Column("title", "text", "", "title of the report"),
        Column("signed", "date", "", "date below the report's text"),
        Column("published", "date", "", "date of publication"),
        *_PLACE,
        Column("media_type", "text", "", "format of the canonical version"),
        Column("cells", "integer", "cells", "cells of the report's form"),
        Column("numbers", "integer", "cells", "cells in which a number stands"),
        Column("errors", "integer", "findings", "findings of severity error"),
        Column("findings", "integer", "findings", "findings of any severity"),
        Column("versions", "integer", "versions", "versions that were found, the canonical one included"),
        Column("parser", "text", "", "version of the parser that read it"),
    ),
    "cells": (
        *_REPORT,
        Column("table", "text", "", "table of the form: disclosure, requests, disputes or statistics"),
        Column("row", "text", "", "row of the form"),
        Column("column", "text", "", "column of the form"),
        _STATE,
        Column(
            "value",
            "number",
            "count; 10,000 CNY where row or column ends in _10k_cny",
            "the number; empty unless state is number",
        ),
        Column("raw", "text", "", "the cell as printed, after the repairs of the document"),
        Column("unit", "text", "", "unit printed in the cell itself"),
        Column("where", "text", "", "place in the document, counted from 1"),
        Column("reason", "text", "", "why a cell is unreadable"),
    ),
    "extra_cells": (
        *_REPORT,
        Column("table", "text", "", "table of the form in which the cell stands"),
        Column("row_label", "text", "", "label of a row that the form doesn't know, as printed"),
        Column("column_label", "text", "", "label of its column, as printed"),
        _STATE,
        Column("value", "number", "", "the number; empty unless state is number"),
        Column("raw", "text", "", "the cell as printed"),
        Column("where", "text", "", "place in the document, counted from 1"),
    ),
    "findings": (
        *_REPORT,
        Column("rule", "text", "", "name of the check"),
        Column("severity", "text", "", "error, warning or note"),
        Column("table", "text", "", "table that it is about"),
        Column("row", "text", "", "row that it is about"),
        Column("column", "text", "", "column that it is about"),
        Column("stated", "text", "", "what the report says"),
        Column("expected", "text", "", "what the check expects"),
        Column("message", "text", "", "the finding in English"),
        Column("message_zh", "text", "", "the finding in Chinese"),
    ),
    "versions": (
        *_REPORT,
        Column("role", "text", "", "canonical, part, duplicate, superseded or mirror"),
        Column("why", "text", "", "the reason for the role"),
        *_PLACE,
    ),
    "sections": (
        *_REPORT,
        Column("number", "integer", "", "number of the section: 1 for 一、"),
        Column("heading", "text", "", "heading without its number"),
        Column("text", "text", "", "paragraphs of the section, one a line"),
    ),
}

# The fields of reports.jsonl that hold lists or objects; their parts have the names of the columns above.
NESTED = (
    Column("agency", "object", "", "name, as_written, division, level, sector; null where it can't be told"),
    Column("sections", "list", "", "objects as the rows of sections.csv"),
    Column("cells", "list", "", "objects as the rows of cells.csv"),
    Column("extra", "list", "", "objects as the rows of extra_cells.csv"),
    Column("findings", "list", "", "objects as the rows of findings.csv"),
    Column("attachments", "list", "", "addresses of the files that belong to it"),
    Column("source", "object", "", "url, media_type, encoding and repairs of the canonical version"),
    Column("record", "object", "", "file, offset and id of the canonical version's record"),
    Column("versions", "list", "", "objects as the rows of versions.csv"),
)
