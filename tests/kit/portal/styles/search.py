"""Lists out of a server. Option ``server``: ``fjdzapp`` (JSON by POST), ``was`` (HTML by GET), ``cmsweb`` (淮安); of no
known system, ``api`` (JSON by GET) and ``fragment`` (HTML)."""

import json

from tests.kit.portal import html
from tests.kit.portal.builder import Builder, Place
from tests.kit.portal.model import Entry
from tests.kit.portal.server import Reply, Request

_SCRIPTS = {
    "fjdzapp": (
        "var chnlid = '{channel}'; $.ajax({{type: 'POST', url: '/fjdzapp/search', data: {{channelid: 229105, "
        "sortfield: '-docorderpri,-docreltime', classsql: 'chnlid={channel}', classcol: 'publishyear', classnum: 100, "
        "classsort: 0, cache: true, page: page, prepage: {size}}}}});"
    ),
    "api": "$.ajax({{url: '/api/v2/articles?topic={channel}&page=1&size={size}', type: 'get', success: show}});",
    "fragment": "$('#list').load('/fragments/rows.html?topic={channel}');",
    "was": "$.get('/was5/web/search?channelid=290792&classsql=chnlid={channel}&prepage={size}&page=1', show);",
    "cmsweb": (
        "$.post('/articleCommonController/lists.do', "
        "{{page: 1, pagesize: {size}, topic: '{channel}', deptid: ''}}, show);"
    ),
}
_PATHS = {
    "api": "/api/v2/articles",
    "fragment": "/fragments/rows.html",
    "fjdzapp": "/fjdzapp/search",
    "was": "/was5/web/search",
    "cmsweb": "/articleCommonController/lists.do",
}


def mount(builder: Builder, place: Place) -> None:
    """Put the column's page, the server's answers, articles and files into the builder."""

    def dialect(entry: Entry, number: int) -> str:
        day = entry.published.replace("-", "")
        return f"{place.path}{day[:6]}/t{day}_{number}.htm"

    pairs = builder.entries(place, dialect)
    server, size, channel = place.column.options.get("server", "fjdzapp"), place.column.per_page, f"3{place.number}"
    script = _SCRIPTS[server].format(channel=channel, size=size)
    builder.column_page(place, f"<div id='list'></div><script>{script}</script>", place.path)

    def answer(request: Request) -> Reply:
        asked = {**request.query, **request.form}
        number = int(asked.get("page", "1"))
        right = asked.get("classsql") == f"chnlid={channel}" or asked.get("topic") == channel
        rows = pairs[(number - 1) * size : number * size] if right else []
        if server == "fragment":
            return builder.reply(html.rows(pairs if right else []))
        if server == "was":
            return builder.reply(f"{html.rows(rows)}<p>共有<b>{len(pairs)}</b>条</p>")
        return Reply(
            json.dumps(_value(server, rows, len(pairs)), ensure_ascii=False).encode(), "text/html", validators=False
        )

    builder.shared(_PATHS[server], answer, channel)


def _value(server: str, rows: list[tuple[Entry, str]], total: int) -> object:
    if server == "fjdzapp":
        return {
            "count": total,
            "data": [{"doctitle": e.title, "docreltime": e.published, "docpuburl": p} for e, p in rows],
        }
    listed = [{"title": e.title, "link": path, "releaseTime": e.published} for e, path in rows]
    return {"value": {"list": listed, "total": total}}
