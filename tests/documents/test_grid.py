"""Even tables take a short way, which must read them as the careful one does."""

from random import Random

from lxml import etree

from pipelines.documents.html.even_table import EvenTable, read_even, written_tables
from pipelines.documents.html.grid import RawCell
from pipelines.documents.html.layout import DataTable, TableReader
from pipelines.documents.html.tree import Element, Page, page_of
from pipelines.documents.html.visibility import Visibility
from pipelines.documents.model import Table

# What stands in a cell; the last few are not for the short way.
_CONTENTS = (
    *("", "1", "12", "总计", "<p>3</p>", "<p> <span>四、</span><b>其他</b></p>", "结果<br>维持", "<p></p>"),
    *("<b><i>&#131;</i></b>", "1&#x84;2&#134;", "<p>1</p><p>&#128;<u><b>2</b></u></p>", "<o:p></o:p>"),
    *("<b>5\u2009000</b>", "<img src=a.png>", "m<sup>2</sup>", "<input value=7>", "<h4>5</h4>"),
)


def _drawn(rng: Random) -> list[list[list[RawCell]]]:
    """A table: most of them even, the others with spans that are too wide, too long, or missing."""
    width, damage = rng.randint(1, 7), rng.choice((0.0, 0.0, 0.02, 0.1))
    sections = []
    for _ in range(rng.randint(1, 3)):
        height = rng.randint(1, 6)
        free = [0] * width
        rows: list[list[RawCell]] = []
        for number in range(height):
            row, column = [], 0
            while column < width:
                if free[column] > number:
                    column += 1
                    continue
                room = next((end for end in range(column, width) if free[end] > number), width) - column
                colspan = rng.choice((1, 1, 1, rng.randint(1, room)))
                rowspan = rng.choice((1, 1, 1, rng.randint(1, height - number), 0))
                for covered in range(column, column + colspan):
                    free[covered] = number + rowspan if rowspan else height
                if rng.random() < damage:
                    colspan, rowspan = rng.choice(((colspan + 1, rowspan), (70, 1), (colspan, rowspan + 3), (1, 1)))
                content = rng.choice(_CONTENTS[:12] if rng.random() < 0.99 else _CONTENTS)
                if rng.random() >= damage / 2:
                    row.append(RawCell(content, rowspan, colspan))
                column += colspan
            rows.append(row)
        sections.append(rows)
    return sections


def _element(sections: list[list[list[RawCell]]], rng: Random) -> Element:
    """The table's markup, parsed: with sections or without, stray text in a few."""
    tag = rng.choice(("tbody", "tbody", "thead", "tfoot")) if rng.random() < 0.7 or len(sections) > 1 else ""
    stray = rng.choice(("", "", "", "\n", "单位：件", "<caption>表</caption>", "<colgroup><col><col></colgroup>"))
    body = ""
    for rows in sections:
        lines = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
        body += f"<{tag}>{lines}</{tag}>" if tag else lines
    found = etree.HTML(f"<table>{stray}{body}</table>").find(".//table")
    assert found is not None
    return found


def _cell(cell: RawCell) -> str:
    spans = (("rowspan", cell.rowspan), ("colspan", cell.colspan))
    attributes = "".join(f' {name}="{span}"' for name, span in spans if span != 1)
    return f"<td{attributes}>{cell.text}</td>"


def _with_care(table: Element) -> DataTable | None:
    page = _page(table)
    return TableReader(page, Visibility(page)).read_with_care(table)


def _even(table: Element) -> EvenTable | None:
    return read_even(written_tables(_page(table))[table], 1000)


def _page(table: Element) -> Page:
    root = table.getroottree().getroot()
    return page_of(root, etree.tostring(root))


def test_the_short_way_reads_a_table_as_the_careful_one_does():
    rng = Random(1)
    tables = [_element(_drawn(rng), rng) for _ in range(4000)]
    even = [(table, found) for table in tables if (found := _even(table)) is not None]
    assert 500 < len(even) < 3500  # both ways are walked
    for table, found in even:
        careful = _with_care(table)
        if careful is not None:
            assert careful == DataTable(Table(*found), ""), etree.tostring(table, encoding="unicode")


def test_what_is_not_even_is_left_to_the_careful_way():
    for rows in (
        "<tr><td>1<td>2</tr><tr></tr>",
        "<tr><td>1<td>2</tr><tr><td>3</tr>",
        "<tr><td colspan=70>1</tr><tr><td colspan=70>2</tr>",
        "<tr><td colspan=2>1</tr>",
        "<tr><td>1<td><img src=a.png></tr>",
        "<tr><td>1<td>2</tr>附注",
    ):
        table = etree.HTML(f"<table><tbody>{rows}</tbody></table>").find(".//table")
        assert table is not None
        assert _even(table) is None, rows
