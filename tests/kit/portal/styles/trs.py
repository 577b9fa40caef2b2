"""TRS WCM: a folder of static pages, ``index.html``, ``index_1.html`` …, articles at ``YYYYMM/tYYYYMMDD_ID.html``.

Option ``pager``: ``createPageHTML`` (default), ``countPage`` (links written by a script), ``links`` (plain anchors),
``from_one`` (the call counts from 1). Option ``beyond``: ``first`` answers pages behind the last with the first.
"""

from tests.kit.portal import html
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

    def dialect(entry: Entry, number: int) -> str:
        day = entry.published.replace("-", "")
        return f"{place.path}{day[:6]}/t{day}_{number}.html"

    options = place.column.options
    relative = [(entry, path.replace(place.path, "./", 1)) for entry, path in builder.entries(place, dialect)]
    pages = place.groups(relative)
    from_one = options.get("pager") == "from_one"
    for number, rows in enumerate(pages):
        text = html.rows(rows) + _pager(options.get("pager", "createPageHTML"), number, len(pages))
        name = "index.html" if number == 0 else f"index_{number + from_one}.html"
        builder.column_page(place, text, place.path + name)
        if number == 0:
            builder.column_page(place, text, place.path)
            if options.get("beyond") == "first":
                builder.column_page(place, text, f"{place.path}index_{len(pages)}.html")


def _pager(kind: str, current: int, total: int) -> str:
    if kind == "countPage":
        return COUNT_PAGE.format(current=current, total=total)
    if kind == "links":
        return f'<a href="index_{current + 1}.html">下一页</a>' if current + 1 < total else "<span>下一页</span>"
    shown = current + 1 if kind == "from_one" else current
    return f'<div class="page"><script>createPageHTML({total}, {shown}, "index", "html");</script></div>'
