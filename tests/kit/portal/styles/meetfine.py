"""MeetFine: one branch a body, its annual reports at ``opennessAnnualReport/?branch_id=``, further pages ``page_2``."""

from tests.kit.portal import html
from tests.kit.portal.builder import Builder, Place
from tests.kit.portal.model import Entry


def mount(builder: Builder, place: Place) -> None:
    """Put the branch's pages, articles and files into the builder."""

    def dialect(entry: Entry, number: int) -> str:
        return f"/OpennessContent/show/{number}.html"

    branch = f"5b{int(place.number):022x}"
    pages = place.groups(builder.entries(place, dialect))
    folder = f"/OpennessContent/showList/{branch}/9"
    for number, rows in enumerate(pages, 1):
        foot = f'<div class="page">第{number}页 共{len(pages)}页</div>'
        builder.column_page(place, html.rows(rows) + foot, f"{folder}/page_{number}.html")
    more = f'<a href="{folder}/page_1.html">更多</a>'
    builder.column_page(place, html.rows(pages[0][:3]) + more, f"/opennessAnnualReport/?branch_id={branch}")
    builder.page(
        place.path, "信息公开目录", f'<a href="/OpennessContent/index/{branch}">{builder.portal.name}办公室</a>'
    )
