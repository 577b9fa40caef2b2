"""VSB: page 1 is ``stem.htm``, page 2 of T ``stem/{T-1}.htm``, the last ``stem/1.htm``; articles ``info/C/ID.htm``."""

from tests.kit.portal import html
from tests.kit.portal.builder import Builder, Place
from tests.kit.portal.model import Entry


def mount(builder: Builder, place: Place) -> None:
    """Put the column's list pages, articles and files into the builder."""

    def dialect(entry: Entry, number: int) -> str:
        return f"/info/{place.number}/{number}.htm"

    pages = place.groups(builder.entries(place, dialect))
    total = len(pages)
    first = place.path.rstrip("/") + ".htm"
    for number, rows in enumerate(pages, 1):
        path = first if number == 1 else f"{place.path}{total - number + 1}.htm"
        builder.column_page(place, html.rows(rows) + _pager(place, number, total), path)
    builder.routes[place.path] = builder.routes[first]


def _pager(place: Place, number: int, total: int) -> str:
    goto = f"""<script src="/system/resource/js/gotopage.js"></script><input id="u13_goto"
    onkeydown="if(event.keyCode==13){{_simple_list_gotopage_fun({total},&quot;u13_goto&quot;,2)}}">"""
    if number == total:
        return f'<span class="p_next_d p_fun_d">下页</span><span class="p_t">共{total}页</span>{goto}'
    target = f"{place.path}{total - number}.htm"
    links = (
        f'<span class="p_no"><a href="{target}">{number + 1}</a></span><span class="p_next p_fun"><a href="{target}">'
    )
    return (
        f'<span class="p_pages"><span class="p_no_d">{number}</span>{links}下页</a></span></span>'
        f'<span class="p_t">共{total}页</span>{goto}'
    )
