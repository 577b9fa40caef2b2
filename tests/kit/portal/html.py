"""The HTML of a simulated portal: layout, menus, article pages, in the shape of the real ones."""

import json
from collections.abc import Iterable, Sequence
from html import escape

from tests.kit.portal.model import Entry, Menu, Portal

# The classes by which a family's pages are known: of breadcrumb anchors, of the article's text.
MARKS = {"trs": ("CurrChnlCls", "view TRS_UEDITOR trs_editor_view"), "vsb": ("", "vsb_content")}
Link = tuple[str, str]  # (anchor text as HTML, address)


def plain(text: str) -> str:
    """``text`` without the line breaks that anchors are split by."""
    return "".join(text.replace("<br>", "").split())


def meta(portal: Portal, pairs: Iterable[tuple[str, str]]) -> str:
    """The standard meta tags of the site, then ``pairs``."""
    site = (("SiteName", portal.name), ("SiteDomain", "127.0.0.1"), ("SiteIDCode", portal.code))
    return "\n".join(f'<meta name="{name}" content="{escape(value)}">' for name, value in (*site, *pairs))


def page(portal: Portal, title: str, body: str, pairs: Sequence[tuple[str, str]] = ()) -> str:
    """A whole page. The charset that it declares is the portal's."""
    return (
        f'<!DOCTYPE html>\n<html><head><meta charset="{portal.quirks.declared or portal.quirks.encoding}">\n'
        f"<title>{escape(title)}-{escape(portal.name)}</title>\n{meta(portal, pairs)}\n"
        f'<link rel="stylesheet" href="/images/site.css"></head>\n<body>\n{body}\n'
        f'<div class="footer"><a href="/wzdt/">网站地图</a> <a href="/lxwm/">联系我们</a> '
        f"主办：{escape(portal.name)}办公室 网站标识码：{portal.code}</div>\n</body></html>"
    )


def menu(links: Sequence[Link], style: Menu) -> str:
    """A menu of ``links``, written as ``style`` says; ``frames`` and ``script_file`` are the caller's to serve."""
    if style == "script":
        return f"<script>\n{menu_script(links)}</script>"
    if style == "images":
        return "".join(
            f'<a href="{url}"><img src="/images/m{number}.png" alt="{plain(text)}"></a>'
            for number, (text, url) in enumerate(links)
        )
    if style == "onclick":
        return "".join(f'<td class="menu" onclick="window.location.href=\'{url}\'">{text}</td>' for text, url in links)
    if style == "area":
        areas = "".join(
            f'<area shape="rect" coords="{number}0,0,{number}9,20" href="{url}" alt="{plain(text)}">'
            for number, (text, url) in enumerate(links)
        )
        return f'<img src="/images/menu.jpg" usemap="#menu"><map name="menu">{areas}</map>'
    return (
        "<div class='nav'>" + "".join(f'<h3><a href="{url}"><em></em>{text}</a></h3>' for text, url in links) + "</div>"
    )


def menu_script(links: Sequence[Link]) -> str:
    """A menu that only exists after its script ran: half by document.write, half from an array."""
    half = (len(links) + 1) // 2
    written = "".join(
        f'document.write("<li><a href=\\"{url}\\" target=\\"_blank\\">" + "{plain(text)}" + "<\\/a><\\/li>");\n'
        for text, url in links[:half]
    )
    rows = json.dumps(
        [{"id": number, "title": plain(text), "url": url} for number, (text, url) in enumerate(links[half:])]
    )
    return f"{written}var menuData = {rows};\nfor (var i in menuData) addMenu(menuData[i]);\n"


def breadcrumb(trail: Sequence[Link], mark: str = "") -> str:
    """您现在的位置; ``mark`` is the anchors' class, by which TRS pages are known."""
    crumbs = [f'<a href="{url}" title="{plain(text)}" class="{mark}">{plain(text)}</a>' for text, url in trail]
    return f'<div class="pos">您现在的位置：{"&nbsp;&gt;&nbsp;".join(crumbs)}</div>'


def article(portal: Portal, entry: Entry, trail: Sequence[Link], style: str) -> str:
    """An article's page in the manner of ``style``; its attachments lie beside it."""
    mark, body_class = MARKS.get(style, ("", "content"))
    files = "".join(
        f'<p><a href="./{escape(name)}" OLDSRC="{escape(name)}">{escape(name)}</a></p>' for name, _ in entry.attachments
    )
    body = (
        f"{breadcrumb(trail, mark)}<h1>{escape(entry.title)}</h1>"
        f'<div class="info">发布时间：{entry.published}  来源：{escape(entry.publisher or portal.name)}</div>'
        f'<div class="{body_class}">{entry.body.decode()}</div>'
        + (f'<div class="fujian">附件：{files}</div>' if files else "")
    )
    pairs = (
        ("ColumnName", plain(trail[-1][0])),
        ("ColumnType", plain(trail[-1][0])),
        ("ArticleTitle", entry.title),
        ("PubDate", f"{entry.published} 10:00"),
        ("ContentSource", entry.publisher or portal.name),
    )
    return page(portal, entry.title, body, pairs)


def row(entry: Entry, address: str) -> str:
    """One row of a list."""
    title = escape(entry.title)
    anchor = f'<a href="{escape(address)}" title="{title}" target="_blank">{title}</a>'
    return f"<li>{anchor}<span>{entry.published}</span></li>"


def rows(pairs: Iterable[tuple[Entry, str]]) -> str:
    """The rows of a list, each entry with its address."""
    return '<ul class="list">\n' + "\n".join(row(entry, address) for entry, address in pairs) + "\n</ul>"
