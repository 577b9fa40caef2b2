"""Hanweb: ``jpage`` (records in the page and a proxy), ``xxgk`` (the catalogue's search), ``jpaas`` (units).

Option ``module`` names which. Option ``proxy`` of jpage: ``numbers`` (record numbers), ``group`` (the page's own
link), ``pages`` (record numbers are ignored). Option ``tree`` of xxgk: the page names no
category, and its tree of categories holds ``links``, ``calls`` or a script's ``nodes``, or is ``lost``.
"""

import json
from collections.abc import Sequence
from urllib.parse import quote

from tests.kit.portal import html
from tests.kit.portal.builder import Builder, Place
from tests.kit.portal.model import Entry
from tests.kit.portal.server import Reply, Request

Pairs = Sequence[tuple[Entry, str]]
_GROUP = 3


def mount(builder: Builder, place: Place) -> None:
    """Put the column's page, its interface, articles and files into the builder."""

    def dialect(entry: Entry, number: int) -> str:
        year, month, day = (int(part) for part in entry.published.split("-"))
        return f"/art/{year}/{month}/{day}/art_{place.number}_{number}.html"

    pairs = builder.entries(place, dialect)
    {"jpage": _jpage, "xxgk": _xxgk, "jpaas": _jpaas}[place.column.options.get("module", "jpage")](
        builder, place, pairs
    )


def _records(pairs: Pairs) -> str:
    return "\n".join(f"<record><![CDATA[\n    {html.row(entry, path)}    ]]></record>" for entry, path in pairs)


def _jpage(builder: Builder, place: Place, pairs: Pairs) -> None:
    size = place.column.per_page
    step = _GROUP * size
    by_group = place.column.options.get("proxy") == "group"
    unit, name = f"4{place.number}", quote(quote(builder.portal.name))
    query = f"appid=1&appid=1&webid=3&path=/&columnid={place.number}&unitid={unit}&webname={name}&permissiontype=0"

    def next_group(page: int) -> str:
        link = f"/module/web/jpage/dataproxy.jsp?page={page}&{query}"
        shown = f'<a href="{link}"></a>' if by_group and page * step < len(pairs) else ""
        return f"<nextgroup><![CDATA[{shown}]]></nextgroup>"

    def store(page: int, rows: Pairs) -> str:
        return (
            f"<datastore>\n{next_group(page)}\n<recordset>\n<ul class='cover'>\n</ul>\n{_records(rows)}\n</recordset>\n"
            f"</datastore>"
        )

    options = (
        f"groupSize:{_GROUP},proxyUrl:'/module/web/jpage/dataproxy.jsp',perPage:{size},barPosition:'bottom',"
        f"ajaxParam:param_{unit}"
    )
    script = (
        f"var param_{unit} = {{col:1,appid:'1',webid:3,path:'/',columnid:{place.number},sourceContentType:1,"
        f"unitid:'{unit}',webname:'{builder.portal.name}',permissiontype:0}}; function jpage_{unit}(){{"
        f"$('#{unit}').jpage({{themeName:'default',totalRecord:1000,openCookies:false,{options}}});}};"
        f"$(function(){{$('#{unit}').jpage({{themeName:'default',totalRecord:{len(pairs)},"
        f"dataStore:$('#{unit}').children('script').html(),{options}}});}});"
    )
    body = f'<div id="{unit}"><script type="text/xml">{store(1, pairs[:step])}</script></div><script>{script}</script>'
    builder.column_page(place, body, place.path)

    def proxy(request: Request) -> Reply:
        asked = request.query
        if place.column.options.get("proxy") == "pages":
            page, size = int(asked.get("page", "1")), min(int(asked.get("perpage", "10")), 100)
            return Reply(store(0, pairs[(page - 1) * size : page * size]).encode(), "text/xml", validators=False)
        if by_group:
            page = int(asked.get("page", "0"))
            text = store(page + 1, pairs[page * step : (page + 1) * step]) if "page" in asked else ""
        else:
            start, end = int(asked.get("startrecord", "1")), int(asked.get("endrecord", str(step)))
            text = store(0, pairs[start - 1 : end]).replace(
                "<recordset>", f"<totalrecord>{len(pairs)}</totalrecord><recordset>"
            )
        return Reply(text.encode(), "text/xml;charset=UTF-8", validators=False)

    builder.shared("/module/web/jpage/dataproxy.jsp", proxy, unit)


def _xxgk(builder: Builder, place: Place, pairs: Pairs) -> None:
    area, size = f"1137990000{place.number}", place.column.per_page
    script = (
        "function turn(page){loadDynamic('/module/xxgk/search.jsp?infotypeId=&vc_title=&vc_number=&area="
        f"{area}','infotypeId=A00002&jdid=3&divid=div{place.number}&currpage='+page);}} turn(1);"
    )
    tree = place.column.options.get("tree")
    if tree:
        script = f"$('#tree').load('/module/xxgk/tree.jsp?area={area}');"
        nodes = _tree(tree, place.path, area)
        if nodes:
            builder.shared("/module/xxgk/tree.jsp", lambda request: Reply(nodes.encode(), validators=False), area)
    body = f'<div id="div{place.number}"></div><script>{script}</script>'
    builder.column_page(place, body, place.path)

    def search(request: Request) -> Reply:
        number = int(request.query.get("currpage", "1"))
        rows = pairs[(number - 1) * size : number * size] if request.query.get("area") == area else []
        if tree and _tree(tree, "", area) and request.form.get("infotypeId") != "A00002":
            rows = []
        pages = -(-len(pairs) // size)
        lines = "".join(
            f'<tr class="tr_main_value_odd"><td>1137/{n}</td><td><a href="{path}" title="{entry.title}" '
            f'syh="1137/{n}" mc="{entry.title}" rq="{entry.published}">{entry.title[:12]}...</a></td>'
            f"<td>{entry.published}</td></tr>"
            for n, (entry, path) in enumerate(rows)
        )
        table = f'<table><tr><td class="tb_title">共{pages}页&nbsp;第{number}页</td></tr>{lines}</table>'
        return Reply(table.encode(), validators=False)

    builder.shared("/module/xxgk/search.jsp", search, area)


def _tree(kind: str, path: str, area: str) -> str:
    """A body's categories as links, as calls, or as a script's nodes; '' where the server has lost them."""
    nodes = (("A00001", "机构职能"), ("A00002", "信息公开年报"), ("A00003", "部门决算"))
    if kind == "links":
        return "".join(f'<a href="{path}?number={code}&area={area}">{name}</a>' for code, name in nodes)
    if kind == "calls":
        return "".join(f"<li onclick=\"show('{code}','{area}')\">{name}</li>" for code, name in nodes)
    if kind == "nodes":
        added = "".join(f"d.add('{code}','0','{name}',\"javascript:show('{code}')\");" for code, name in nodes)
        return f"<script>d = new dTree('d');{added}document.write(d);</script>"
    return ""


def _jpaas(builder: Builder, place: Place, pairs: Pairs) -> None:
    size, path = place.column.per_page, "/api-gateway/jpaas-publish-server/front/page/build/unit"

    def unit(tag: str) -> str:
        query = (
            f"{{'parseType':'bulidstatic','webId':'3185','tplSetId':'o0Yc','pageType':'column','tagId':'{tag}',"
            f"'editType':'null','pageId':'{place.number}'}}"
        )
        source = "/cms_files/default/script/AuthorizedRead/unitbuild.js?v=3.1"
        return f'<div><script id="u{tag}" src="{source}" url="{path}" queryData="{query}"></script></div>'

    builder.text(place.path, f"<html><head><title>{html.plain(place.column.name)}</title></head><body>"
                 + unit("页头") + unit("当前位置") + unit("信息列表") + unit("页脚") + "</body></html>")  # fmt: skip

    def build(request: Request) -> Reply:
        asked = request.query
        if asked.get("tagId") != "信息列表":
            value: object = {"success": True, "code": "200", "data": {"html": "<div>页头</div>"}}
            return Reply(json.dumps(value, ensure_ascii=False).encode(), "application/json", validators=False)
        number = json.loads(asked.get("paramJson", "{}")).get("pageNo", 1)
        rows = pairs[(number - 1) * size : number * size]
        markup = (
            f'{html.rows(rows)}<table class="pagination" newPagination="1" rows="{size}" unitid="信息列表" '
            f'count="{len(pairs)}" pageNo="{number}" unitUrl="{path}"><tbody></tbody></table>'
        )
        value = {"success": True, "code": "200", "data": {"html": markup}}
        return Reply(json.dumps(value, ensure_ascii=False).encode(), "application/json", validators=False)

    builder.shared(path, build, f"pageId={place.number}")
