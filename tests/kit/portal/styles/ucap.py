"""UCAP: static ``list.shtml``, ``list_2.shtml`` … or a shell whose rows come as JSON.

Option ``shifted``: page 2 is ``list_1.shtml``. Option ``json``: ``common_search``, ``search_list``, ``query_list``,
``file_list``, ``szinf``.
"""

import json
from hashlib import md5

from tests.kit.portal import html
from tests.kit.portal.builder import Builder, Place
from tests.kit.portal.model import Entry
from tests.kit.portal.server import Reply, Request

_ASKING = {
    "common_search": (
        '$.get("/common/search/{channel}?_isAgg=true&_isJson=true&_pageSize={size}&_template=index&page=1", show);'
    ),
    "search_list": '$.getJSON("/searchList/{channel}?_isAgg=true&_isJson=true&_pageSize={size}&page=" + page, show);',
    "query_list": (
        'var webSiteCode = ["{site}"];\n$.ajax({{type: "post", url: "/queryList", data: {{current: pageNo, '
        "pageSize: {size}, webSiteCode: webSiteCode, channelCode: ['{channel}'], sort: 'sortNum', order: 'desc'}}}});"
    ),
    "file_list": (
        'var channelId = "{channel}";\n$.post("/getFileListByCodeId", {{channelId: channelId, page: page, '
        "size: {size}, relateSubChannels: true}}, show);"
    ),
    "szinf": (
        '$.ajax({{url: "/szinf/interfacesWebManu/loadDataByChannelIdAndDeptIdBackSort", type: "POST", '
        'data: {{"channelId": "{channel}", "deptId": "{site}", "pageIndex": 1, "pageSize": {size}}}}});'
    ),
}


def mount(builder: Builder, place: Place) -> None:
    """Put the column's list pages (or its interface), articles and files into the builder."""

    def dialect(entry: Entry, number: int) -> str:
        return f"{place.path}{entry.published[:7].replace('-', '')}/{md5(str(number).encode()).hexdigest()}.shtml"

    pairs = builder.entries(place, dialect)
    kind = place.column.options.get("json")
    if kind:
        _interface(builder, place, kind, pairs)
        return
    pages = place.groups(pairs)
    for number, rows in enumerate(pages, 1):
        call = f"createPageHTML('page_div',{len(pages)}, {number},'list','shtml',{len(pairs)});"
        text = f"<UCAPCONTENT>{html.rows(rows)}</UCAPCONTENT><div id='page_div'></div><script>{call}</script>"
        further = number - 1 if place.column.options.get("shifted") else number
        builder.column_page(place, text, f"{place.path}list{f'_{further}' if number > 1 else ''}.shtml")
        if number == 1:
            builder.column_page(place, text, place.path)


def _interface(builder: Builder, place: Place, kind: str, pairs: list[tuple[Entry, str]]) -> None:
    channel, size = md5(place.number.encode()).hexdigest(), place.column.per_page
    script = _ASKING[kind].format(channel=channel, size=size, site=builder.portal.code)
    builder.column_page(place, f"<UCAPCONTENT><ul id='rows'></ul></UCAPCONTENT><script>{script}</script>", place.path)

    def answer(request: Request) -> Reply:
        asked = {**request.query, **request.form}
        number = int(asked.get("page") or asked.get("current") or asked.get("pageIndex") or 1)
        rows = pairs[(number - 1) * size : number * size]
        if kind in ("query_list", "file_list", "szinf") and channel not in request.body.decode():
            rows = []
        hosted = [(entry, f"//{request.headers['host']}{path}") for entry, path in rows]
        value = _SHAPES[kind](hosted, len(pairs), number)
        return Reply(json.dumps(value, ensure_ascii=False).encode(), "application/json;charset=UTF-8", validators=False)

    path = {
        "common_search": f"/common/search/{channel}",
        "search_list": f"/searchList/{channel}",
        "query_list": "/queryList",
        "file_list": "/getFileListByCodeId",
        "szinf": "/szinf/interfacesWebManu/loadDataByChannelIdAndDeptIdBackSort",
    }[kind]
    builder.shared(path, answer, channel)


def _plain(rows: list[tuple[Entry, str]], total: int, number: int) -> object:
    results = [{"title": e.title, "url": path, "publishedTimeStr": f"{e.published} 09:00:00"} for e, path in rows]
    return {"data": {"page": number, "rows": 18, "total": total, "relateSubChannels": "true", "results": results}}


def _query(rows: list[tuple[Entry, str]], total: int, number: int) -> object:
    results = [
        {"source": {"title": e.title, "showTitle": e.title, "pubDate": e.published, "urls": json.dumps({"pc": path})}}
        for e, path in rows
    ]
    return {"code": 200, "data": {"total": total, "results": results}}


def _files(rows: list[tuple[Entry, str]], total: int, number: int) -> object:
    results = [{"title": e.title, "url": path, "publishedTimeStr": e.published} for e, path in rows]
    return {"code": 200, "results": {"data": {"page": number, "rows": len(rows), "total": total, "results": results}}}


def _szinf(rows: list[tuple[Entry, str]], total: int, number: int) -> object:
    listed = [{"TITLE": e.title, "URL": path, "PUBLISHED_TIME_FORMAT": e.published} for e, path in rows]
    return {"code": 200, "data": {"allRow": total, "list": listed}}


_SHAPES = {"common_search": _plain, "search_list": _plain, "query_list": _query, "file_list": _files, "szinf": _szinf}
