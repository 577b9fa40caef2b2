"""LonSun: ``public/column/{organId}?type=3``, rows by ``site/label/8888``.

Option ``rows``: ``script`` (default; the parameters stand in an object), ``address`` (in the label's address) or
``both`` (two of them in the address).
A column of this style lies at its own path too, so that menus may link it by name.
"""

from urllib.parse import quote

from tests.kit.portal.builder import Builder, Place
from tests.kit.portal.model import Entry
from tests.kit.portal.server import Reply, Request

_FILE = "/xxgk/publicInfoList_newest2020"


def mount(builder: Builder, place: Place) -> None:
    """Put the body's public page, its label, articles and files into the builder."""
    organ, size = f"66{place.number}", place.column.per_page

    def dialect(entry: Entry, number: int) -> str:
        return f"/public/{organ}/{number}.html"

    pairs = builder.entries(place, dialect)
    pages = -(-len(pairs) // size)
    if place.column.options.get("rows") == "address":
        asked = (
            f"/site/label/8888?IsAjax=1&dataType=html&labelName=publicInfoList&siteId=679&pageSize={size}&pageIndex=1"
            f"&action=list&isDate=true&dateFormat=yyyy-MM-dd&length=80&organId={organ}&type=4&catId=11&cId="
            f"&result={quote('暂无相关信息')}&file={quote(_FILE, safe='')}"
        )
        script = f"$('#list').load('{asked}'); var pager = {{pageCount:{pages}}};"
    else:
        label_address, rest = "/site/label/8888", "IsAjax: 1, dataType: 'html', "
        if place.column.options.get("rows") == "both":
            label_address, rest = f"{label_address}?IsAjax=1&dataType=html", ""
        script = (
            f"Ls.ajax({{url: '{label_address}', data: {{{rest}labelName: 'publicInfoList', "
            f"siteId: '679', organId: '{organ}', type: 3, pageSize: {size}, pageIndex: 1, action: 'list', "
            f"isDate: true, dateFormat: 'yyyy-MM-dd', length: 80, sortType: 1, file: '{_FILE}'}}}}); "
            f"Ls.pagination({{pageCount:{pages}}});"
        )
    body = f'<meta name="SiteId" content="679"><div id="list" class="xxgk_list"></div><script>{script}</script>'
    home = f"/public/column/{organ}"
    builder.column_page(place, body, f"{home}?type=3&action=list")
    builder.page(
        home, "政府信息公开", f'<ul><li><a href="{home}?type=3&amp;action=list">政府信息公开年报</a></li></ul>'
    )
    builder.routes[place.path] = Reply(status=302, headers=(("Location", f"{home}?type=3&action=list"),))

    def label(request: Request) -> Reply:
        sent = {**request.query, **request.form}
        number = int(sent.get("pageIndex", "1"))
        right = sent.get("organId") == organ and sent.get("type") == "3" and sent.get("file") == _FILE
        rows = pairs[(number - 1) * size : number * size] if right else []
        text = "".join(
            f'<div class="xxgk_navli"><ul><li class="mc"><a href="{path}" title="{entry.title}" target="_blank">'
            f'{entry.title[:20]}…</a></li><li class="rq"><span class="date">{entry.published}</span></li></ul></div>'
            for entry, path in rows
        )
        return Reply((text or "暂无相关信息").encode(), validators=False)

    builder.shared("/site/label/8888", label, organ)
