"""TrueCMS: JSONP with a datastore in it, refused without a referer. Option ``hidden``: rows wait in ``#initData``."""

import json
from hashlib import md5
from uuid import UUID

from tests.kit.portal import html
from tests.kit.portal.builder import Builder, Place
from tests.kit.portal.model import Entry
from tests.kit.portal.server import NOT_FOUND, Reply, Request


def mount(builder: Builder, place: Place) -> None:
    """Put the column's page, its interface, articles and files into the builder."""

    def identity(number: int) -> str:
        return str(UUID(md5(str(number).encode()).hexdigest()))

    def dialect(entry: Entry, number: int) -> str:
        return f"{place.path}content/{identity(number)}.html"

    pairs = builder.entries(place, dialect)
    if place.column.options.get("hidden"):
        rows = "".join(
            f"<li><span onclick=\"name2('{path}')\">{entry.title}</span><i>{entry.published}</i></li>"
            for entry, path in pairs
        )
        builder.column_page(place, f'<ul id="initData" style="display:none">{rows}</ul><ul id="show"></ul>', place.path)
        return
    column = identity(place.serial)
    script = (
        "$.ajax({url: '/truecms/messageController/getMessage.do', dataType: 'jsonp', "
        f"data: {{startrecord: 1, endrecord: 30, perpage: 10, columnId: '{column}', contentTemplate: ''}}}});"
    )
    builder.column_page(place, f"<div id='list'></div><script>{script}</script>", place.path)

    def answer(request: Request) -> Reply:
        asked = request.query
        if not request.headers.get("referer", "").endswith(place.path):
            return NOT_FOUND
        rows = pairs[int(asked["startrecord"]) - 1 : int(asked["endrecord"])]
        records = "".join(f"<record><![CDATA[{html.row(entry, path)}]]></record>" for entry, path in rows)
        store = f"<datastore><totalrecord>{len(pairs)}</totalrecord><recordset>{records}</recordset></datastore>"
        text = f"{asked['callback']}({json.dumps({'result': store}, ensure_ascii=False)})"
        return Reply(text.encode(), "application/javascript;charset=UTF-8", validators=False)

    builder.shared("/truecms/messageController/getMessage.do", answer, column)
