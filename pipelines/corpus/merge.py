"""A page and its files as one report: what each of them lacks is taken from the others. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipelines.corpus.identity import Identity
from pipelines.corpus.packing import Cells, Outline

PARTS_DISAGREE = "parts.disagree"

# What a report may learn from the page that links it, or from another version: field, rule that complained, notes.
_LENT = (
    (
        "agency",
        "identity.agency",
        "The agency, or its division, is not told here; another part or version of the report tells it.",
        "本件未写明单位或其所属地区，据同一报告的其他部分或版本确定。",
    ),
    (
        "year",
        "dates.year",
        "The year is not told here; another part of the report tells it.",
        "本件未写明年度，据同一报告的其他部分确定。",
    ),
)

# What a report may learn from its parts, beside cells and sections.
_SHARED = ("title", "signed")

_Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Value:
    """What a report says, in the shapes of the public JSON: ``body`` is everything but cells and findings."""

    url: str
    body: dict[str, Any]
    cells: Cells
    findings: list[dict[str, Any]]


def merged(main: Value, parts: Sequence[Value]) -> Value:
    """``main``, with the numbers, sections and dates that only a part gives.

    Where both give a number and they differ, the main version's stays as printed and a finding says so. ``parts`` in
    the order in which they are asked.
    """
    for part in parts:
        main = _with_part(main, part)
    return main


def adds(body: Outline, part: Outline) -> bool:
    """Whether ``part`` gives a title, a date or a section that ``body`` lacks."""
    known = {section.number for section in body.sections}
    return any(getattr(body, name) is None and getattr(part, name) is not None for name in _SHARED) or any(
        section.number not in known for section in part.sections
    )


def with_identity(value: Value, placed: Identity) -> Value:
    """``value`` as the report of the agency, year and publication in ``placed``, where others told what it left open.

    What it said it could not tell is taken back, and where the answer comes from is noted.
    """
    findings = value.findings
    told = {"agency": placed.agency, "year": placed.year, "published": placed.published}
    for name, rule, message, message_zh in _LENT:
        if value.body[name] != told[name]:
            findings = [finding for finding in findings if finding["rule"] != rule or finding["stated"] is not None]
            findings.append(_finding(rule, "note", message, message_zh))
    return replace(value, body=value.body | told, findings=findings)


def _with_part(main: Value, part: Value) -> Value:
    main = _with_body(main, part)
    if not main.cells:
        form = {"form": part.body.get("form"), "extra": part.body.get("extra", [])} if part.cells else {}
        cells = [cell | {"where": _where(cell, part)} for cell in part.cells]
        about_tables = [finding for finding in part.findings if finding["table"] is not None]
        return replace(main, body=main.body | form, cells=cells, findings=main.findings + about_tables)
    theirs = {_key(cell): cell for cell in part.cells if cell["state"] == "number"}
    cells, findings = [], list(main.findings)
    for own in main.cells:
        other = theirs.get(_key(own))
        if other is None:
            cells.append(own)
        elif own["state"] != "number":
            cells.append(other | {"where": _where(other, part)})
        else:
            cells.append(own)
            if own["value"] != other["value"]:
                findings.append(_disagreement(own, other, part))
    return replace(main, cells=cells, findings=findings)


def _with_body(main: Value, part: Value) -> Value:
    body = dict(main.body)
    for name in _SHARED:
        if body.get(name) is None:
            body[name] = part.body.get(name)
    known = {section["number"] for section in body.get("sections", [])}
    added = [section for section in part.body.get("sections", []) if section["number"] not in known]
    if added:
        body["sections"] = sorted([*body["sections"], *added], key=lambda section: section["number"])
    return replace(main, body=body)


def _key(cell: dict[str, Any]) -> _Key:
    return (cell["table"], cell["row"], cell["column"])


def _where(cell: dict[str, Any], part: Value) -> str:
    return f"{cell['where']} of {part.url}" if cell["where"] else part.url


def _disagreement(own: dict[str, Any], other: dict[str, Any], part: Value) -> dict[str, Any]:
    place = f"{own['table']}, {own['row']}, {own['column']}"
    finding = _finding(
        PARTS_DISAGREE,
        "error",
        f"{place}: {own['value']} here, {other['value']} in {part.url}.",
        f"{place}：本件为{own['value']}，{part.url} 中为{other['value']}。",
    )
    numbers = {"stated": own["value"], "expected": other["value"]}
    return finding | {name: own[name] for name in ("table", "row", "column")} | numbers


def _finding(rule: str, severity: str, message: str, message_zh: str) -> dict[str, Any]:
    nowhere = dict.fromkeys(("table", "row", "column", "stated", "expected"))
    return {"rule": rule, "severity": severity, "message": message, "message_zh": message_zh, **nowhere}
