"""Report pages in the shape of real ones: about 40 KB, of which 5,000 characters are running text in some 35
paragraphs; a template around them with menus, meta tags, tools, related links and a footer; the statutory tables as
editors leave them: plain, with inline styles and a paragraph in every cell, with broken labels, and (one page in five)
as Word writes them. Such a page has its text from Word too, every number in a run of its own: Word sets Chinese and
Latin text in different fonts. The menus are the same on the pages of one portal, text, numbers and addresses differ.
"""

import re
from collections.abc import Callable, Iterator
from html import escape
from random import Random

from benchmarks.accuracy.layouts import as_printed, broken_labels, word_paste
from tests.kit.reports.sample import SampleReport
from tests.kit.reports.statutory import Rows

_PORTALS = 6
AGENCY = "青岛市卫生健康委员会"
_FORMS = (("2021", 2022), ("2019", 2020), ("2021", 2023), ("2014", 2016))
_CLAUSES = (
    "坚持以公开为常态、不公开为例外",
    "深入贯彻落实《中华人民共和国政府信息公开条例》",
    "及时更新门户网站政府信息公开专栏",
    "规范信息发布的审核和保密审查",
    "围绕重点领域回应群众关切",
    "畅通申请受理渠道并依法依规办理答复",
    "组织业务培训{}次、参训{}人次",
    "通过门户网站发布各类信息{}条",
    "召开新闻发布会{}场",
    "办理人大代表建议和政协委员提案{}件",
    "政务新媒体全年推送稿件{}篇",
    "将政务公开纳入年度绩效考核",
    "建立健全信息公开工作机制",
    "明确专人负责信息的收集、整理和报送",
)


def pages(count: int) -> Iterator[bytes]:
    """``count`` pages, every one a report with numbers and text of its own."""
    for number in range(count):
        yield _page(number).encode()


def _page(number: int) -> str:
    rng = Random(number)
    form, year = _FORMS[number % len(_FORMS)]
    report = SampleReport.drawn(AGENCY, year, form, number, length=7 if form == "2021" else 6)
    table = (as_printed, _styled, broken_labels, _styled, word_paste)[number % 5]
    line = _word_line if table is word_paste else _line
    title = escape(report.title)
    body = "".join(
        table(content, rng) if kind == "table" else _paragraph(kind, str(content), line, rng)  # type: ignore[arg-type]
        for kind, content in report.blocks()
    )
    # Two templates in three name the article's element as the great CMSs do.
    article = ("TRS_Editor", "article-content", "main-left")[number % 3]
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}-{AGENCY}</title>{_meta(title, year)}'
        '<link rel="stylesheet" href="/images/style.css"><script src="/images/jquery.min.js"></script></head>'
        f'<body><div class="header"><div class="logo"><img src="/images/logo.png" alt=""></div>{_menu(number)}</div>'
        '<div class="position">当前位置：<a href="/">首页</a> &gt; <a href="/zwgk/">政务公开</a> &gt; 年度报告</div>'
        f'<div class="main"><h1 class="title">{title}</h1><div class="info"><span>发布日期：{year + 1}-01-20</span>'
        f'<span>来源：{AGENCY}</span><span>字体：【<a href="#">大</a> <a href="#">小</a>】</span></div>'
        f'<div class="{article}">{body}</div><div class="tools"><a href="javascript:window.print()">打印本页</a> '
        f'<a href="javascript:window.close()">关闭窗口</a></div>{_related(rng)}</div>{_FOOTER}</body></html>'
    )


_FOOTER = (
    f'<div class="footer"><p>主办单位：{AGENCY}　网站标识码：3702000000</p>'
    '<p><a href="/wzdt/">网站地图</a> | <a href="/lxwm/">联系我们</a></p><p>鲁ICP备00000000号</p></div>'
    '<div id="qrcode" style="display:none">扫一扫在手机打开当前页</div><script>var page = 1;</script>'
)


def _meta(title: str, year: int) -> str:
    values = {
        "SiteName": AGENCY,
        "ArticleTitle": title,
        "PubDate": f"{year + 1}-01-20 09:30",
        "ContentSource": AGENCY,
        "ColumnName": "政府信息公开年度报告",
    }
    return "".join(f'<meta name="{name}" content="{content}">' for name, content in values.items())


def _menu(number: int) -> str:
    portal = number % _PORTALS
    items = (f'<li><a href="/p{portal}/c{n}/index.html" target="_blank">政务公开栏目{n}</a></li>' for n in range(90))
    return f"<ul>{''.join(items)}</ul>"


def _related(rng: Random) -> str:
    links = "".join(
        f'<li><a href="/art/{rng.getrandbits(40):x}.html">市卫生健康委关于第{rng.randint(1, 99)}号事项的通知</a></li>'
        for _ in range(6)
    )
    return f'<div class="related"><h3>相关链接</h3><ul>{links}</ul></div>'


def _paragraph(kind: str, text: str, line: Callable[[str, str], str], rng: Random) -> str:
    if kind in ("right", "h"):
        return line(kind, text)
    prose = text + "，".join(rng.choices(_CLAUSES, k=4)).format(*(rng.randint(1, 900) for _ in range(8))) + "。"
    return line(kind, prose)


def _line(kind: str, text: str) -> str:
    if kind == "right":
        return f'<p style="text-align:right">{escape(text)}</p>'
    if kind == "h":
        return f'<p style="text-indent:2em"><strong>{escape(text)}</strong></p>'
    return f'<p style="text-indent:2em"><span style="font-family:仿宋;font-size:16pt">{escape(text)}</span></p>'


def _word_line(kind: str, text: str) -> str:
    font = "font-size:16.0pt;font-family:仿宋_GB2312;mso-hansi-font-family:宋体"
    runs = "".join(
        f'<span{" lang=EN-US" if run.isascii() else ""} style="{font}">{escape(run)}</span>'
        for run in re.findall(r"[!-~]+|[^!-~]+", text)
    )
    runs = f"<b>{runs}</b>" if kind == "h" else runs
    align = "text-align:right" if kind == "right" else "text-indent:32.0pt"
    return f'<p class=MsoNormal style="{align};line-height:28.0pt">{runs}<span lang=EN-US><o:p></o:p></span></p>'


def _styled(rows: Rows, rng: Random) -> str:
    """A table from Word after the portal's editor has tidied it: a width on every cell, a paragraph in it."""
    lines = []
    for row in rows:
        cells = []
        for cell in row:
            spans = "".join(
                f' {name}="{span}"' for name, span in (("rowspan", cell.rowspan), ("colspan", cell.colspan)) if span > 1
            )
            text = escape(cell.text)
            cells.append(f'<td width="{rng.randint(30, 99)}"{spans}><p style="text-align:center">{text}</p></td>')
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return f'<table style="border-collapse:collapse" border="1"><tbody>{"".join(lines)}</tbody></table>'
