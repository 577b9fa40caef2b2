"""TRS WCM: a folder of static pages, ``index.html``, ``index_1.html`` …, articles at ``YYYYMM/tYYYYMMDD_ID.html``.

Option ``pager``: ``createPageHTML`` (default), ``countPage`` (links written by a script), ``links`` (plain anchors).
"""

from collections.abc import Sequence

from tests.kit.portal.builder import Builder, Place
from tests.kit.portal.model import Entry

COUNT_PAGE = """<script>
var currentPage = {current};//所在页从0开始
var nextPage = currentPage+1//下一页
var countPage = {total}//共多少页
if(countPage>1&&currentPage!=(countPage-1))
document.write("<a href="+"index"+"_" + nextPage + "."+"html">下一页</a>");
</script>"""


def mount(builder: Builder, place: Place) -> None:
    """Put the column's list pages, articles and files into the builder."""
    column = place.column
    size = max(column.per_page, 1)
    pages = [column.entries[start : start + size] for start in range(0, len(column.entries), size)] or [()]
    for number, entries in enumerate(pages):
        name = "index.html" if number == 0 else f"index_{number}.html"
        text = _list(builder, place, entries) + _pager(
            column.options.get("pager", "createPageHTML"), number, len(pages)
        )
        builder.column_page(place, text, place.path + name)
        if number == 0:
            builder.column_page(place, text, place.path)
    for number, entry in enumerate(column.entries):
        builder.entry(place, entry, _address(place, entry, number))


def _address(place: Place, entry: Entry, number: int) -> str:
    if entry.path:
        return entry.path
    day = entry.published.replace("-", "")
    if entry.file:
        return f"{place.path}{day[:6]}/{entry.file}"
    return f"{place.path}{day[:6]}/t{day}_{place.serial + number}.html"


def _list(builder: Builder, place: Place, entries: Sequence[Entry]) -> str:
    rows = []
    for entry in entries:
        address = _address(place, entry, place.column.entries.index(entry))
        relative = "./" + address.removeprefix(place.path) if address.startswith(place.path) else address
        rows.append(f'<li><a href="{relative}" target="_blank">{entry.title}</a><span>{entry.published}</span></li>')
    return '<ul class="gl_list">\n' + "\n".join(rows) + "\n</ul>"


def _pager(kind: str, current: int, total: int) -> str:
    if kind == "countPage":
        return COUNT_PAGE.format(current=current, total=total)
    if kind == "links":
        return f'<a href="index_{current + 1}.html">下一页</a>' if current + 1 < total else "<span>下一页</span>"
    return f'<div class="page"><script>createPageHTML({total}, {current}, "index", "html");</script></div>'
