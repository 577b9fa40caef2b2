"""Findings about how the tables are printed (not about their numbers): their wording in both languages."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from config.forms import load_forms
from pipelines.documents.model import Attachment
from pipelines.report import Finding

if TYPE_CHECKING:
    from pipelines.forms.lines import Segment
    from pipelines.forms.tables import Key, Printed, TableReading

_NAMED = 5  # attachments that one sentence names


def _heading(table: str) -> str:
    """The table's title in the newest form that has it."""
    return next(form.tables[table].headings[0] for form in load_forms().values() if table in form.tables)


def mixed_forms(form: str, evidence: Mapping[str, Sequence[str]]) -> list[Finding]:
    """One note where the tables show more than one form."""
    shown = {name for names in evidence.values() for name in names}
    if len(shown) < 2:
        return []
    shows = [(table, " and ".join(sorted(names))) for table, names in evidence.items() if names]
    parts = ", ".join(f"{table}: {names}" for table, names in shows)
    parts_zh = "、".join(f"“{_heading(table)}”表为{names.replace(' and ', '和')}年格式" for table, names in shows)
    return [
        Finding(
            "form.mixed",
            "note",
            f"The tables belong to different forms ({parts}); the report is read as form {form}.",
            f"各表所用格式不一致（{parts_zh}），按{form}年格式读取。",
            stated=", ".join(sorted(shown)),
            expected=form,
        )
    ]


def undecided_form(form: str) -> list[Finding]:
    return [
        Finding(
            "form.undecided",
            "note",
            f"No table tells which form the report follows; it is listed as form {form}.",
            f"现有表格不足以判断所用格式，暂按{form}年格式列出。",
            expected=form,
        )
    ]


# What may show a table that is not there: rule, English and Chinese.
_UNSEEN = {
    "image": ("form.picture", "the page has pictures", "页面中有图片"),
    "script": ("form.script", "a script of the page writes tables", "页面用脚本生成表格"),
}


def unseen(tables: Sequence[str], shown_as: str) -> list[Finding]:
    """Tables that are missing where their heading stands, because the page shows them as ``shown_as``."""
    if not tables:
        return []
    rule, means, means_zh = _UNSEEN[shown_as]
    return [
        Finding(
            rule,
            "warning",
            f"The table {table} is missing where its heading stands, and {means}: it can't be read.",
            f"“{_heading(table)}”标题下没有表格，{means_zh}，无法读取。",
            table=table,
        )
        for table in tables
    ]


def excerpts(parts: "Sequence[Segment]") -> list[Finding]:
    return [_of_others(part) if part.of_others else _excerpt(part) for part in parts]


def _excerpt(part: "Segment") -> Finding:
    return Finding(
        "form.excerpt",
        "note",
        f"A table with some rows of {part.key} is not the statutory one ({part.lines[0].where}): it is not read.",
        f"{part.lines[0].where}处的表格只含“{_heading(part.key)}”表的部分项目，不是该表本身，未读取。",
        table=part.key,
    )


def _of_others(part: "Segment") -> Finding:
    return Finding(
        "form.of_others",
        "note",
        f"A table of {part.key} ({part.lines[0].where}) is that of bodies below the agency: it is not read.",
        f"{part.lines[0].where}处的“{_heading(part.key)}”表为所属单位数据，未读取。",
        table=part.key,
    )


def elsewhere(tables: Sequence[str], attachments: Sequence[Attachment]) -> list[Finding]:
    """One note where headings of tables stand over nothing and the page links or frames what may hold them."""
    if not tables or not attachments:
        return []
    names = ", ".join(attachment.url for attachment in attachments[:_NAMED])
    labels = "、".join(attachment.label or attachment.url for attachment in attachments[:_NAMED])
    titles = "、".join(f"“{_heading(table)}”" for table in tables)
    return [
        Finding(
            "form.elsewhere",
            "note",
            f"No table stands under the headings of {', '.join(tables)}; what the page links may hold them: {names}.",
            f"{titles}标题下没有表格，可能在页面的附件或内嵌页面中：{labels}。",
            table=tables[0],
            stated=names,
        )
    ]


def unknown_labels(table: str, reading: "TableReading") -> list[Finding]:
    """What is printed and has no place in the form (a note where it is no number: dates, names of those who filled it
    in); heads 本年增 and 本年减, which leave the sign of a change open."""
    counted = {cell.row_label for cell in reading.extra if cell.state == "number"}
    rows = [
        Finding(
            "form.unknown_row",
            "warning" if label in counted else "note",
            f"The form has no row “{label}” ({where}); its cells are kept as extra cells.",
            f"格式中没有“{label}”这一行（{where}），其数据另行保存。",
            table=table,
            stated=label,
        )
        for label, where in reading.unknown_rows.items()
    ]
    columns = [
        Finding(
            "form.unknown_column",
            "warning",
            f"The form has no column “{label}” here ({where}); its cells are kept as extra cells.",
            f"格式中此处没有“{label}”这一列（{where}），其数据另行保存。",
            table=table,
            stated=label,
        )
        for label, where in reading.unknown_columns.items()
    ]
    changes = [
        Finding(
            "disclosure.change_header",
            "note",
            f"The column is headed “{label}” ({where}): the numbers are kept as printed, without a sign.",
            f"栏目名为“{label}”（{where}），数字按原样保存，不加正负号。",
            table=table,
            column="change",
            stated=label,
            expected="本年增/减",
        )
        for label, where in reading.change_heads.items()
    ]
    return rows + columns + changes


def row_twice(table: str, key: "Key", first: "Printed", other: "Printed") -> Finding:
    return _twice(
        "form.row_twice", "the same table prints this row twice", "同一表中该行出现两次", table, key, first, other
    )


def copies_differ(table: str, key: "Key", first: "Printed", other: "Printed") -> Finding:
    return _twice(
        "form.copies_differ", "two printings of the table differ", "同一表的两处内容不一致", table, key, first, other
    )


def hidden_copy_differs(table: str, keys: "Sequence[Key]") -> Finding:
    """One note for the table; the first cell concerned stands for all."""
    return Finding(
        "form.hidden_copy",
        "note",
        f"A hidden copy of the table has other numbers in {len(keys)} cells; the visible ones are kept.",
        f"页面中隐藏的同一表格有{len(keys)}处数字不同，以显示的为准。",
        table=table,
        row=keys[0][0],
        column=keys[0][1],
        stated=len(keys),
    )


def _twice(
    rule: str, english: str, chinese: str, table: str, key: "Key", first: "Printed", other: "Printed"
) -> Finding:
    return Finding(
        rule,
        "warning",
        f"{english.capitalize()}: “{first.raw}” ({first.where}), “{other.raw}” ({other.where}); neither is believed.",
        f"{chinese}：“{first.raw}”（{first.where}）、“{other.raw}”（{other.where}），均不采信。",
        table=table,
        row=key[0],
        column=key[1],
        stated=f"{first.raw} | {other.raw}",
    )
