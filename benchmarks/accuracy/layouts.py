"""The layouts and formats in which reports really come, each as a function from a sample report to a file's bytes.

The quirks are those of the portals: what editors, converters and templates make of one and the same statutory table.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape
from random import Random

from benchmarks.accuracy.office import lines_with_tabs, side_by_side
from benchmarks.accuracy.paper import other_numbers, watermark
from benchmarks.accuracy.texts import cell_a_line, filled, flat, marked_down, pipes, spaced, tabs, text
from tests.kit.reports.render import docx, html_table, pdf, xlsx
from tests.kit.reports.sample import SampleReport
from tests.kit.reports.statutory import Printed, Rows

Render = Callable[[SampleReport, Random], bytes]
TableToHtml = Callable[[Rows, Random], str]


@dataclass(frozen=True, slots=True)
class Layout:
    """``name`` says what is special; ``format`` is the group that a floor is kept for. ``shows_blanks`` is false where
    an empty cell leaves nothing on the page that would tell of it: what follows it can't be placed, by nobody."""

    name: str
    format: str
    render: Render
    file_name: str
    shows_blanks: bool = True


def page(report: SampleReport, table: Callable[[Rows], str]) -> str:
    """The report's page without any declaration of its encoding."""
    parts = []
    for kind, content in report.blocks():
        if kind == "table":
            parts.append(table(content))  # type: ignore[arg-type]
        else:
            parts.append(f"<p>　　{escape(str(content))}</p>")
    title = escape(report.title)
    nav = '<div class="nav"><a href="/">首页</a> <a href="/zwgk/">政务公开</a> <a href="/xxgk/">信息公开年报</a></div>'
    body = f'<h1>{title}</h1><div class="TRS_Editor">{"".join(parts)}</div><div class="footer">主办单位</div>'
    return f"<html><head><title>{title}</title></head><body>{nav}{body}</body></html>"


def declared(text: str, charset: str | None) -> str:
    """``text`` with a meta tag that claims ``charset``."""
    return text.replace("<head>", f'<head><meta charset="{charset}">', 1) if charset else text


def html(table: TableToHtml, *, encoding: str = "utf-8", charset: str | None = "utf-8") -> Render:
    """A page whose tables are written by ``table``."""

    def render(report: SampleReport, rng: Random) -> bytes:
        text = page(report, lambda rows: table(rows, rng))
        return declared(text, charset).encode(encoding, "xmlcharrefreplace")

    return render


# -- tables as editors and templates write them ----------------------------------------------------


def as_printed(rows: Rows, rng: Random) -> str:
    return html_table(rows)


def without_rowspans(rows: Rows, rng: Random) -> str:
    """Group labels stand in their first row alone, and the rows below are short of a cell."""
    return html_table([[replace(cell, rowspan=1) for cell in row] for row in rows])


def rowspans_too_long(rows: Rows, rng: Random) -> str:
    """The last group's label claims rows far beyond the table's end."""
    return html_table([[replace(c, rowspan=c.rowspan + 40) if c.rowspan > 15 else c for c in row] for row in rows])


def flattened(rows: Rows, rng: Random) -> str:
    """Converters repeat a spanning label in every row that it covered, and leave no span at all."""
    return html_table(flat(rows))


def word_paste(rows: Rows, rng: Random) -> str:
    """Pasted from Word: paragraphs, spans in spans and o:p in every cell, labels torn into runs."""

    def dressed(text: str) -> str:
        runs = "".join(
            f'<span lang="EN-US" style="font-size:10.5pt;font-family:宋体">{escape(part)}</span>'
            for part in _torn(text, rng)
        )
        return f'<p class="MsoNormal" align="center"><!--[if !supportEmptyParas]-->{runs}<o:p></o:p></p>'

    return _dressed_table(rows, dressed)


def broken_labels(rows: Rows, rng: Random) -> str:
    """Line breaks and spaces of every width inside labels; numbers padded by no-break spaces."""

    def dressed(text: str) -> str:
        if text.strip().isdigit():
            return f"&nbsp;{text}&#12288;"
        return rng.choice(("<br>", "<br/>", "&nbsp;", "　")).join(escape(part) for part in _torn(text, rng))

    return _dressed_table(rows, dressed)


def full_width(rows: Rows, rng: Random) -> str:
    """Full-width digits, and half-width brackets in the labels."""
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    narrow = str.maketrans("（）：，", "():,")
    return html_table([[replace(c, text=c.text.translate(wide if c.key else narrow)) for c in row] for row in rows])


def nested(rows: Rows, rng: Random) -> str:
    """The data table inside two layout tables."""
    return f"<table><tr><td><table width='100%'><tr><td>{html_table(rows)}</td></tr></table></td></tr></table>"


def split_in_two(rows: Rows, rng: Random) -> str:
    """Two tables, the second without any header: the editor's page break. Spans are cut where the table is."""
    if len(rows) < 8:
        return html_table(rows)
    at = rng.randint(len(rows) // 2, len(rows) - 3)
    first = [[replace(c, rowspan=min(c.rowspan, at - r)) for c in row] for r, row in enumerate(rows[:at])]
    second = [list(row) for row in rows[at:]]
    carried = [
        (replace(cell, text=cell.text, rowspan=r + cell.rowspan - at))
        for r, row in enumerate(rows[:at])
        for cell in row
        if r + cell.rowspan > at
    ]
    second[0] = [*carried, *second[0]]
    return html_table(first) + "<p></p>" + html_table(second)


def hidden_twin(rows: Rows, rng: Random) -> str:
    """A copy with other numbers that the browser does not show."""
    style = rng.choice(
        ("display: none", "position: absolute; left: -9999px", "height: 0; overflow: hidden", "opacity: 0")
    )
    other = [
        [replace(cell, text=str(rng.randint(0, 99))) if cell.text.isdigit() else cell for cell in row] for row in rows
    ]
    return f"{html_table(rows)}<div style='{style}'>{html_table(other)}</div>"


def printed_twice(rows: Rows, rng: Random) -> str:
    """The same table twice, both visible."""
    return html_table(rows) + html_table(rows)


def header_repeated(rows: Rows, rng: Random) -> str:
    """The first rows again in the middle of a long table, as a printed page break leaves them."""
    if len(rows) < 20 or len(rows[0]) != 2:
        return html_table(rows)
    lead = 5
    return html_table([*rows[:lead], *(list(row) for row in rows[:3]), *rows[lead:]])


def titled(rows: Rows, rng: Random) -> str:
    """Title and unit as first rows of the table, who filled it in as the last one."""
    width = sum(cell.colspan for cell in rows[0])
    first = [[Printed(f"{_TITLES[_key(rows)]}", colspan=width)], [Printed("单位：件", colspan=width)]]
    return html_table([*first, *rows, [Printed("填报人：张三　填报日期：2023年1月12日", colspan=width)]])


def with_remarks(rows: Rows, rng: Random) -> str:
    """A column 备注 that the form does not have."""
    lead = {"requests": 3, "disputes": 3, "statistics": 1}.get(_key(rows))
    if lead is None:
        return html_table(rows)
    head = [[*rows[0], Printed("备注", rowspan=lead)], *rows[1:lead]]
    return html_table([*head, *([*row, Printed(rng.choice(("", "", "见附件说明")))] for row in rows[lead:])])


def turned(rows: Rows, rng: Random) -> str:
    """Requests and disputes with rows and columns exchanged; the list of 2014 beside codes and other years."""
    if _key(rows) == "statistics":
        (label, unit, value), *below = rows
        head = [label, Printed("代码"), unit, Printed("上年数"), replace(value, text="本年数")]
        code = iter(range(1, len(rows)))
        return html_table(
            [
                head,
                *(
                    [one, Printed(str(next(code))), two, Printed(str(rng.randint(0, 99))), three]
                    for one, two, three in below
                ),
            ]
        )
    if _key(rows) == "disclosure":
        return html_table(rows)
    places: dict[int, list[Printed]] = {}
    taken: set[tuple[int, int]] = set()
    for r, row in enumerate(rows):
        column = 0
        for cell in row:
            while (r, column) in taken:
                column += 1
            taken.update((r + i, column + j) for i in range(cell.rowspan) for j in range(cell.colspan))
            places.setdefault(column, []).append(replace(cell, rowspan=cell.colspan, colspan=cell.rowspan))
            column += cell.colspan
    return html_table([places[column] for column in sorted(places)])


def after_an_excerpt(rows: Rows, rng: Random) -> str:
    """A summary of last year's numbers above the table of section 二."""
    if _key(rows) != "disclosure":
        return html_table(rows)
    heads = ("申请类型", "自然人", "商业企业", "科研机构", "总计")
    labels = ("本年新收政府信息公开申请数量", "上年结转政府信息公开申请数量", "予以公开")
    summary = [[Printed(text) for text in heads]]
    summary += [[Printed(label), *(Printed(str(rng.randint(0, 99))) for _ in heads[1:])] for label in labels]
    return html_table(summary) + html_table(rows)


def roles(rows: Rows, rng: Random) -> str:
    """No table element: rows and cells by their role, spans as ARIA names them."""

    def shown(cell: Printed) -> str:
        spans = f'aria-rowspan="{cell.rowspan}" aria-colspan="{cell.colspan}"'
        return f'<span role="cell" {spans}>{escape(cell.text)}</span>'

    lines = (f'<div role="row">{"".join(map(shown, row))}</div>' for row in rows)
    return f'<div role="table">{"".join(lines)}</div>'


def hidden_digits(rows: Rows, rng: Random) -> str:
    """Numbers beside digits that are hidden in one way or another, and a column that is not shown."""
    hidden = ("font-size:0", "display:none", "color:transparent")
    other = [
        [cell if cell.key is None else replace(cell, text=f"{cell.text}\x00{rng.choice(hidden)}\x00") for cell in row]
        for row in rows
    ]
    parts = html_table(other).split("\x00")
    table = "".join(part if i % 2 == 0 else f'<span style="{part}">7</span>' for i, part in enumerate(parts))
    return table.replace("</tr>", "<td hidden>77</td></tr>")


_TITLES = {
    "disclosure": "二、主动公开政府信息情况",
    "requests": "三、收到和处理政府信息公开申请情况",
    "disputes": "四、政府信息公开行政复议、行政诉讼情况",
    "statistics": "政府信息公开情况统计表",
}


def _key(rows: Rows) -> str:
    return next(cell.key[0] for row in rows for cell in row if cell.key)


def _torn(text: str, rng: Random) -> list[str]:
    if len(text) < 4:
        return [text]
    at = rng.randint(1, len(text) - 1)
    # Never between two digits: a number is not torn by an editor.
    if text[at - 1].isdigit() and text[at].isdigit():
        return [text]
    return [text[:at], text[at:]]


def _dressed_table(rows: Rows, dressed: Callable[[str], str]) -> str:
    lines = []
    for row in rows:
        cells = "".join(
            f'<td rowspan="{c.rowspan}" colspan="{c.colspan}" valign="center">{dressed(c.text)}</td>' for c in row
        )
        lines.append(f"<tr>{cells}</tr>")
    return f'<table class="MsoTableGrid" border="1"><tbody>{"".join(lines)}</tbody></table>'


LAYOUTS = (
    Layout("as printed", "html", html(as_printed), "a.html"),
    Layout("without rowspans", "html", html(without_rowspans), "a.html"),
    Layout("rowspans too long", "html", html(rowspans_too_long), "a.html"),
    Layout("flattened", "html", html(flattened), "a.html"),
    Layout("Word paste", "html", html(word_paste), "a.html"),
    Layout("broken labels", "html", html(broken_labels), "a.html"),
    Layout("full width", "html", html(full_width), "a.html"),
    Layout("nested", "html", html(nested), "a.html"),
    Layout("split in two", "html", html(split_in_two), "a.html"),
    Layout("hidden twin", "html", html(hidden_twin), "a.html"),
    Layout("printed twice", "html", html(printed_twice), "a.html"),
    Layout("header repeated", "html", html(header_repeated), "a.html"),
    Layout("titled", "html", html(titled), "a.html"),
    Layout("with remarks", "html", html(with_remarks), "a.html"),
    Layout("turned", "html", html(turned), "a.html"),
    Layout("after an excerpt", "html", html(after_an_excerpt), "a.html"),
    Layout("roles", "html", html(roles), "a.html"),
    Layout("hidden digits", "html", html(hidden_digits), "a.html"),
    Layout("GB18030 as gb2312", "html", html(as_printed, encoding="gb18030", charset="gb2312"), "a.html"),
    Layout("UTF-8 as gbk", "html", html(as_printed, charset="gbk"), "a.html"),
    Layout("GBK as utf-8", "html", html(as_printed, encoding="gb18030", charset="utf-8"), "a.html"),
    Layout("GBK undeclared", "html", html(as_printed, encoding="gb18030", charset=None), "a.html"),
    Layout("pipes", "text", text(pipes), "a.txt"),
    Layout("tabs", "text", text(tabs), "a.txt"),
    Layout("Markdown", "text", text(marked_down), "a.txt"),
    Layout("Markdown, filled", "text", text(filled), "a.txt"),
    Layout("Markdown with HTML", "text", text(html_table), "a.txt"),
    Layout("cell a line", "text", text(cell_a_line), "a.txt"),
    Layout("wide gaps", "text", text(spaced), "a.txt", shows_blanks=False),
    Layout("ruled", "pdf", lambda report, rng: pdf(report), "a.pdf"),
    Layout("watermark", "pdf", lambda report, rng: pdf(report, behind=watermark), "a.pdf"),
    Layout("unseen numbers", "pdf", lambda report, rng: pdf(report, behind=other_numbers(rng)), "a.pdf"),
    Layout("level rules", "pdf", lambda report, rng: pdf(report, upright=False), "a.pdf"),
    Layout("merged cells", "docx", lambda report, rng: docx(report), "a.docx"),
    Layout("lines with tabs", "docx", lines_with_tabs, "a.docx"),
    Layout("side by side", "sheet", side_by_side, "a.xlsx"),
    Layout("merged cells", "sheet", lambda report, rng: xlsx(report), "a.xlsx"),
)
