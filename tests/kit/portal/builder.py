"""From a described portal to its table of routes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from mimetypes import guess_type
from typing import TypeVar
from urllib.parse import unquote

from tests.kit.portal import html
from tests.kit.portal.model import Column, Entry, Portal
from tests.kit.portal.server import Reply, Request, Route, Server

_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class Place:
    """A column where it lies: its folder ``path`` (with both slashes), breadcrumb, first number of its articles."""

    column: Column
    path: str
    trail: tuple[html.Link, ...]
    serial: int

    @property
    def number(self) -> str:
        """A number that stands for the column in addresses and parameters."""
        return str(self.serial)

    def groups(self, rows: Sequence[_Row]) -> list[Sequence[_Row]]:
        """``rows`` by pages; one empty page where there are none."""
        size = max(self.column.per_page, 1)
        return [rows[start : start + size] for start in range(0, len(rows), size)] or [()]


@dataclass
class Builder:
    """Collects the routes of one portal. Styles put their pages in by the methods below."""

    portal: Portal
    routes: dict[str, Route] = field(default_factory=dict)
    serial: int = 1000

    def build(self) -> dict[str, Route]:
        """All routes; the portal's own ``pages`` win."""
        portal = self.portal
        platform = (portal.platform_name, portal.platform)
        columns = [(column.name, f"{portal.platform}{column.slug}/") for column in portal.columns]
        units = [(unit.name, f"{portal.platform}{unit.slug}/") for unit in portal.units]
        news = [(column.name, f"/{column.slug}/") for column in portal.news]
        self.page("/", "首页", self._menu("/", [*news, platform, ("政民互动", "/zmhd/")]) + self._front(portal))
        self._platform(portal.platform, platform[0], columns, units)
        for column in portal.columns:
            self._column(column, portal.platform, (("首页", "/"), platform))
        for column in portal.news:
            self._column(column, "/", (("首页", "/"),))
        for unit in portal.units:
            path = f"{portal.platform}{unit.slug}/"
            self._platform(path, unit.name, [(column.name, f"{path}{column.slug}/") for column in unit.columns], [])
            for column in unit.columns:
                self._column(column, path, (("首页", "/"), platform, (unit.name, path)))
        for path in ("/wzdt/", "/lxwm/", "/zmhd/"):
            self.page(path, "栏目", "<p>本栏目正在建设中，欢迎您提出宝贵意见。</p>" * 5)
        if portal.quirks.robots is not None:
            self.routes["/robots.txt"] = Reply(portal.quirks.robots.encode(), "text/plain")
        return {**self.routes, **portal.pages}

    def page(self, path: str, title: str, body: str, pairs: tuple[tuple[str, str], ...] = ()) -> None:
        """One HTML page at ``path``."""
        self.text(path, html.page(self.portal, title, body, pairs))

    def text(self, path: str, text: str, media_type: str = "text/html") -> None:
        """``text`` at ``path`` as it is, in the portal's encoding."""
        self.routes[path] = self.reply(text, media_type)

    def reply(self, text: str, media_type: str = "text/html") -> Reply:
        """An answer that holds ``text``, with the portal's quirks."""
        quirks = self.portal.quirks
        shown = "text/plain" if quirks.wrong_media_type else media_type
        charset = quirks.declared or quirks.encoding
        return Reply(
            text.encode(quirks.encoding, "xmlcharrefreplace"), f"{shown}; charset={charset}", delay=quirks.delay
        )

    def shared(self, path: str, answer: Callable[[Request], Reply], says: str) -> None:
        """An interface that several columns answer at one ``path``: this one where the request carries ``says``."""
        before = self.routes.get(path)

        def choose(request: Request) -> Reply:
            if before is None or says in unquote(f"{request.target} {request.body.decode()}"):
                return answer(request)
            return before if isinstance(before, Reply) else before(request)

        self.routes[path] = choose

    def file(self, path: str, payload: bytes) -> None:
        """The file ``payload`` at ``path``, its type by the name."""
        kind = "text/html" if self.portal.quirks.wrong_media_type else guess_type(path)[0] or "application/octet-stream"
        self.routes[path] = Reply(payload, kind, delay=self.portal.quirks.delay)

    def column_page(self, place: Place, body: str, path: str) -> None:
        """A page of a column: breadcrumb, title, the column's meta tags, around ``body``."""
        name = html.plain(place.column.name)
        pairs = (("ColumnName", name), ("ColumnDescription", f"{name}栏目"), ("ColumnType", name))
        mark, _ = html.MARKS.get(place.column.style, ("", ""))
        self.page(path, name, html.breadcrumb(place.trail, mark) + body, pairs)

    def entry(self, place: Place, entry: Entry, path: str) -> None:
        """What the row of ``entry`` leads to: the file itself, or an article page with its attachments beside it."""
        if entry.file:
            self.file(path, entry.body)
            return
        self.text(path, html.article(self.portal, entry, place.trail, place.column.style))
        folder = path[: path.rindex("/") + 1]
        for name, payload in entry.attachments:
            self.file(folder + name, payload)

    def entries(self, place: Place, dialect: Callable[[Entry, int], str]) -> list[tuple[Entry, str]]:
        """Put in what all rows lead to; each entry with its address, which ``dialect`` makes of it and its number."""
        pairs = []
        for number, entry in enumerate(place.column.entries):
            path = entry.path or dialect(entry, place.serial + number)
            if entry.file:
                path = f"{path.rpartition('/')[0]}/{entry.file}"
            self.entry(place, entry, path)
            pairs.append((entry, path))
        return pairs

    def _menu(self, path: str, links: list[html.Link]) -> str:
        style = self.portal.menu
        if style == "script_file":
            self.text(f"{path}menu.js", html.menu_script(links), "application/javascript")
            return f'<script src="{path}menu.js"></script>'
        if style == "frames":
            self.page(f"{path}top.html", "导航", html.menu(links, "anchors"))
            return f'<iframe src="{path}top.html" width="1000" height="80"></iframe>'
        return html.menu(links, style)

    def _front(self, portal: Portal) -> str:
        """The home page's middle: the newest rows of the news columns, as every portal shows them."""
        rows = "".join(
            f'<li><a href="/{column.slug}/">{entry.title}</a><span>{entry.published}</span></li>'
            for column in portal.news
            for entry in column.entries[:5]
        )
        return f"<h2>要闻</h2><ul>{rows}</ul>"

    def _platform(self, path: str, name: str, columns: list[html.Link], units: list[html.Link]) -> None:
        """The platform's page in the layout of the 2019 notice: standard menu on the left, the units below."""
        fixed = [
            ("政府信息<br>\n公开指南", f"{path}zn/"),
            ("政府信息<br>\n公开制度", f"{path}zd/"),
            ("依申请公开", f"{path}ysq/"),
        ]
        for text, target in fixed:
            self.page(target, html.plain(text), "<p>请按照有关规定办理。</p>" * 8)
        dead = f'<!--<ul><li><a href="{path}nb_old/">政府信息公开年报</a></li></ul>-->'
        listed = "".join(f'<li><a href="{url}" class="c-font1" target="_blank">{text}</a></li>' for text, url in units)
        scroll = f'<div class="scroll_tit"><span>政府部门</span></div><div class="scroll_con"><ul>{listed}</ul></div>'
        body = self._menu(path, [*fixed, *columns]) + dead + (scroll if units else "")
        self.page(path, name, body, (("ColumnName", name), ("ColumnType", "信息公开指南")))

    def _column(self, column: Column, parent: str, trail: tuple[html.Link, ...]) -> None:
        path = f"{parent}{column.slug}/"
        place = Place(column, path, (*trail, (column.name, path)), self.serial)
        self.serial += len(column.entries) + 1
        if column.children and not column.entries:
            children = "".join(f'<li><a href="{path}{child.slug}/">{child.name}</a></li>' for child in column.children)
            self.column_page(place, f"<ul>{children}</ul>", path)
        else:
            import_module(f"tests.kit.portal.styles.{column.style}").mount(self, place)
        for child in column.children:
            self._column(child, path, place.trail)


def serve(portal: Portal, port: int = 0) -> Server:
    """The portal on loopback; a context manager. ``port`` 0 takes a free one."""
    builder = Builder(portal)
    routes = builder.build()
    quirks = portal.quirks
    missing: Route = Reply(html.page(portal, "404", "<p>404 Not Found</p>").encode(quirks.encoding), status=404)
    if quirks.home_404:
        missing = routes["/"]
    elif quirks.soft_404:
        missing = builder.reply(html.page(portal, "页面不存在", "<h1>抱歉，您访问的页面不存在或已删除</h1>"))
    return Server(routes, missing=_robots_apart(missing), port=port)


def _robots_apart(missing: Route) -> Route:
    """An unknown robots.txt is a plain 404 on every portal: a soft one would be read as rules."""

    def answer(request: Request) -> Reply:
        if request.path == "/robots.txt":
            return Reply(b"", status=404)
        return missing if isinstance(missing, Reply) else missing(request)

    return answer
