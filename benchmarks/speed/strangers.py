"""Report pages of which no two share a template or a printed table: no portal twice, no editor twice.

Of what is remembered from page to page (the links of a menu, lines around an article) nothing comes back but the
wording of the form itself. About 29 KB, mostly tables, as the reports of small bodies are; one value in sixteen is a
blank or a mark.
"""

from collections.abc import Callable, Iterator
from html import escape
from random import Random

from benchmarks.accuracy.layouts import broken_labels
from tests.kit.reports.sample import SampleReport
from tests.kit.reports.statutory import Rows
from tests.kit.reports.values import balanced_values

_FORMS = (("2021", 2022), ("2019", 2020), ("2021", 2023), ("2021", 2021))
_PLACES = "东西南北中上下新平安永丰长宁广泰"
_KINDS = ("财政局", "教育局", "民政局", "卫生健康委员会", "交通运输局", "水利局", "审计局", "统计局")
_BODIES = ("zoom", "TRS_Editor", "", "")  # the article's element: known by two of four, drawn for the others
_WORDS = "政务要闻动态公告领导机构规划人事财政服务互动专题数据法规解读回应建议提案便民企业投资旅游文化教育"


def strangers(count: int) -> Iterator[bytes]:
    """``count`` pages, each with a template, tables, numbers and text of its own."""
    for number in range(count):
        yield _page(number).encode()


def _page(number: int) -> str:
    rng = Random(f"stranger {number}")
    form, year = _FORMS[number % len(_FORMS)]
    agency = f"{''.join(rng.choices(_PLACES, k=2))}市{rng.choice(_KINDS)}"
    values = balanced_values(form, rng)
    printed = {key: rng.choice(("", "/", "—")) for key in values if rng.random() < 0.06}
    report = SampleReport(agency, year, form, values, printed=printed, length=2)
    editor = rng.choice((_paragraphs, _paragraphs, _bare, broken_labels))
    title = escape(report.title)
    body = "".join(
        editor(content, rng) if kind == "table" else _line(str(content), rng)  # type: ignore[arg-type]
        for kind, content in report.blocks()
    )
    box = rng.choice(_BODIES) or _name(rng)
    menu = "".join(
        f'<li class="{_name(rng)}"><a href="/{_name(rng)}/{rng.getrandbits(32):x}/" title="">{_label(rng)}</a></li>'
        for _ in range(rng.randint(20, 60))
    )
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}_{agency}</title></head><body>'
        f'<div class="{_name(rng)}"><div id="{_name(rng)}"><ul>{menu}</ul></div></div>'
        f'<div class="{_name(rng)}">您的位置：<a href="/">首页</a> &gt; <a href="/{_name(rng)}/">年报</a></div>'
        f'<div class="{_name(rng)}"><h1>{title}</h1><p>发布时间：{year + 1}-01-{rng.randint(10, 28)} 来源：{agency}</p>'
        f'<div class="{box}" id="{box}">{body}</div><p>【打印】【关闭】</p></div>'
        f'<div class="{_name(rng)}"><p>主办：{agency} 网站标识码：{rng.randint(10**9, 10**10)}</p></div></body></html>'
    )


def _name(rng: Random) -> str:
    return "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(4, 9)))


def _label(rng: Random) -> str:
    return "".join(rng.choices(_WORDS, k=rng.randint(4, 8)))


def _line(text: str, rng: Random) -> str:
    style = f"text-indent:{rng.randint(20, 40)}px;line-height:{rng.randint(20, 40)}px"
    return f'<p style="{style}"><span style="font-size:{rng.randint(12, 22)}px">{escape(text)}</span></p>'


def _paragraphs(rows: Rows, rng: Random) -> str:
    """A paragraph with a style of its own in every cell."""
    return _table(rows, lambda text: f'<p style="text-align:center;width:{rng.randint(9, 99)}px">{text}</p>', rng)


def _bare(rows: Rows, rng: Random) -> str:
    return _table(rows, str, rng)


def _table(rows: Rows, dressed: Callable[[str], str], rng: Random) -> str:
    lines = []
    for row in rows:
        cells = "".join(
            f'<td width="{rng.randint(30, 99)}" rowspan="{cell.rowspan}" colspan="{cell.colspan}">'
            f"{dressed(escape(cell.text))}</td>"
            for cell in row
        )
        lines.append(f'<tr style="height:{rng.randint(20, 60)}px">{cells}</tr>')
    return f'<table border="1" width="{rng.randint(500, 900)}"><tbody>{"".join(lines)}</tbody></table>'
