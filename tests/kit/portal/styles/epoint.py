"""Epoint: a front page with a category's number, the site's id in a script file, rows by a JSON interface from page 0.

Option ``wrapped``: ``yes`` when the interface wants its parameters inside ``params``. Option ``first``: ``1`` when
pages count from 1 and page 0 is empty, ``both`` when page 0 is page 1.
"""

import json

from tests.kit.portal.builder import Builder, Place
from tests.kit.portal.model import Entry
from tests.kit.portal.server import Reply, Request

_GUID = "7eb5f7f1-9041-43ad-8e13-8fcb82ea831a"


def mount(builder: Builder, place: Place) -> None:
    """Put the front page, the script, the interface, articles and files into the builder."""

    def dialect(entry: Entry, number: int) -> str:
        return f"/{place.number}/{entry.published.replace('-', '')}/{number}.html"

    pairs = builder.entries(place, dialect)
    category = f"003001{place.number}"
    front = f"/dynamic/zwgk/govInfoPub.html?categorynum={category}"
    builder.text(
        "/js/webBuilderCommon.js", f'var siteInfo = {{projectName: "web", siteGuid: "{_GUID}"}};', "text/javascript"
    )
    shell = '<script src="/js/webBuilderCommon.js"></script><div class="ewb-list" id="infolist"></div>'
    builder.column_page(place, shell, front)
    builder.routes[place.path] = Reply(status=301, headers=(("Location", front),))

    def answer(request: Request) -> Reply:
        body = json.loads(request.body)
        wrapped = "params" in body
        if wrapped != (place.column.options.get("wrapped") == "yes"):
            return Reply(b'{"custom":{"total":0,"data":[]}}', "application/json", validators=False)
        asked = body.get("params", body)
        right = asked["siteGuid"] == _GUID and asked["categorynum"] == category
        size = asked["pageSize"]
        index = asked["pageIndex"]
        if place.column.options.get("first"):
            index = max(index, 1) - 1 if place.column.options["first"] == "both" else index - 1
        rows = pairs[index * size : (index + 1) * size] if right and index >= 0 else []
        data = [
            {"title": e.title, "realtitle": e.title, "infourl": path, "infodate": f"{e.published} 08:00"}
            for e, path in rows
        ]
        value = {"custom": {"total": len(pairs) if rows else 0, "data": data}}
        return Reply(json.dumps(value, ensure_ascii=False).encode(), "application/json", validators=False)

    builder.shared("/EWB-FRONT/rest/lightfrontaction/getgovinfolist", answer, category)
