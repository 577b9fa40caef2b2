"""Guangdong's gkmlpt: a script page with the tree of categories, rows by ``api/all/{category}``, many a page."""

import json

from tests.kit.portal import html
from tests.kit.portal.builder import Builder, Place
from tests.kit.portal.model import Entry
from tests.kit.portal.server import Reply, Request


def mount(builder: Builder, place: Place) -> None:
    """Put the catalogue's page, its interface, articles and files into the builder."""
    home = f"{place.path}gkmlpt"

    def dialect(entry: Entry, number: int) -> str:
        return f"{home}/content/3/{number // 1000}/post_{number}.html"

    pairs = builder.entries(place, dialect)
    category, size = place.number, place.column.per_page
    tree = [
        {"id": 11, "name": "机构职能", "children": [{"id": 12, "name": "领导信息", "children": []}]},
        {"id": int(category), "name": html.plain(place.column.name), "children": []},
        {"id": 13, "name": "部门预决算年报", "children": []},
    ]
    script = f"window._CONFIG = {{SITE_ID: 7, SID: '758', TREE: {json.dumps(tree, ensure_ascii=False)}, DETAIL: null}};"
    page = f"<script>{script}</script><div id='app'></div>"
    for path in (place.path, f"{home}/index", f"{home}/annualreport"):
        builder.page(path, "政府信息公开目录", page)
    if not place.path.endswith("/gkmlpt/"):
        builder.routes[place.path] = Reply(status=302, headers=(("Location", f"{home}/annualreport#{category}"),))

    def answer(request: Request) -> Reply:
        number = max(int(request.query.get("page", "1")), 1)
        rows = pairs[(number - 1) * size : number * size]
        if request.query.get("sid") != "758" or not rows:
            return Reply(b"{}", "application/json", status=404)
        value = {
            "classify": {"id": int(category), "name": html.plain(place.column.name), "post_count": len(pairs)},
            "articles": [
                {
                    "id": n,
                    "title": entry.title,
                    "date": 1_783_353_600 - n * 86_400,
                    "publisher": entry.publisher,
                    "url": f"http://{request.headers['host']}{path}",
                }
                for n, (entry, path) in enumerate(rows)
            ],
        }
        return Reply(json.dumps(value, ensure_ascii=False).encode(), "application/json", validators=False)

    builder.routes[f"{home}/api/all/{category}"] = answer
