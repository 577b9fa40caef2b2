"""Even tables take a short way, which must read them as the careful one does."""

from random import Random

from pipelines.documents.html.even_table import EvenReader, EvenTable
from pipelines.documents.html.grid import RawCell
from pipelines.documents.html.layout import LAYOUT, METADATA, Arrangement, DataTable, TableReader
from pipelines.documents.html.page import Page
from pipelines.documents.html.tags import Spelling
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


def _markup(sections: list[list[list[RawCell]]], rng: Random) -> str:
    """The table's markup: with sections or without, stray text in a few."""
    tag = rng.choice(("tbody", "tbody", "thead", "tfoot")) if rng.random() < 0.7 or len(sections) > 1 else ""
    stray = rng.choice(("", "", "", "\n", "单位：件", "<caption>表</caption>", "<colgroup><col><col></colgroup>"))
    body = ""
    for rows in sections:
        lines = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
        body += f"<{tag}>{lines}</{tag}>" if tag else lines
    return f"<table>{stray}{body}</table>"


def _cell(cell: RawCell) -> str:
    spans = (("rowspan", cell.rowspan), ("colspan", cell.colspan))
    attributes = "".join(f' {name}="{span}"' for name, span in spans if span != 1)
    return f"<td{attributes}>{cell.text}</td>"


def _with_care(markup: str) -> DataTable | Arrangement:
    page = Page(markup, "http://example.gov.cn/")
    return TableReader(page).read_with_care(page.tables[0], hidden=False)


def _even(markup: str) -> EvenTable | None:
    return EvenReader(Spelling()).read(markup, 1000)


def test_the_short_way_reads_a_table_as_the_careful_one_does():
    rng = Random(1)
    tables = [_markup(_drawn(rng), rng) for _ in range(4000)]
    even = [(table, found) for table in tables if (found := _even(table)) is not None]
    assert 500 < len(even) < 3500  # both ways are walked
    for table, found in even:
        careful = _with_care(table)
        assert careful in (LAYOUT, METADATA) or careful == DataTable(Table(*found[:3]), ""), table


def test_what_is_not_even_is_left_to_the_careful_way():
    plain = "<tr><td>1</td><td>2</td></tr>"
    assert _even(f"<table><tbody>{plain}</tbody></table>") is not None
    for rows in (
        f"{plain}<tr></tr>",
        f"{plain}<tr><td>3</td></tr>",
        "<tr><td>1<td>2</td></tr>",
        "<tr><td colspan=70>1</td></tr><tr><td colspan=70>2</td></tr>",
        "<tr><td colspan=2>1</td></tr>",
        "<tr><td>1</td><td><img src=a.png></td></tr>",
        "<tr><td>1</td><td style='display:none'>2</td></tr>",
        "<tr style='display:none'><td>1</td><td>2</td></tr>",
        "<tr><td>1</td><td><b class=hidden>2</b></td></tr>",
        "<tr><td>1</td><td title='>'>2</td></tr>",
        "<tr><td>1</td><td><b title='>'>2</b></td></tr>",
        f"{plain}</tr><td>3</td><td>4</td>",
        f"{plain}<tr><td>3</td><td/><td>4</td></tr>",
        f"{plain}附注",
        f"{plain}<form>{plain}</form>",
    ):
        assert _even(f"<table><tbody>{rows}</tbody></table>") is None, rows
