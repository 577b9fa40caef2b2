"""Hand-made static lists of single cities. Option ``city``: ``nanjing`` (``index_17431_2.html``), ``changzhou``
(``/class/CODE/2``), ``numbers`` (a row of page numbers, ``2.html``), ``guess`` (only 共N页 is said)."""

from collections.abc import Callable

from tests.kit.portal import html
from tests.kit.portal.builder import Builder, Place
from tests.kit.portal.model import Entry


def mount(builder: Builder, place: Place) -> None:
    """Put the column's list pages, articles and files into the builder."""

    def dialect(entry: Entry, number: int) -> str:
        return f"{place.path}{entry.published.replace('-', '')}/{number}.html"

    city = place.column.options.get("city", "nanjing")
    name = _NAMES[city]
    pages = place.groups(builder.entries(place, dialect))
    for number, rows in enumerate(pages, 1):
        path = name(place, number)
        text = html.rows(rows) + _pager(city, place, number, len(pages))
        builder.column_page(place, text, path)
        if number == 1:
            builder.column_page(place, text, place.path)


def _nanjing(place: Place, number: int) -> str:
    return (
        f"{place.path}index_{place.number}.html" if number == 1 else f"{place.path}index_{place.number}_{number}.html"
    )


def _changzhou(place: Place, number: int) -> str:
    return place.path.rstrip("/") if number == 1 else f"{place.path}{number}"


def _numbers(place: Place, number: int) -> str:
    return f"{place.path}{number}.html"


def _guess(place: Place, number: int) -> str:
    return f"{place.path}index.html" if number == 1 else f"{place.path}index_{number}.html"


_NAMES: dict[str, Callable[[Place, int], str]] = {
    "nanjing": _nanjing,
    "changzhou": _changzhou,
    "numbers": _numbers,
    "guess": _guess,
}


def _pager(city: str, place: Place, number: int, total: int) -> str:
    if city == "guess":
        return (
            f"<div>共 <b>{total}</b> 页 <a href='javascript:void(0)' onclick='nsetpage({number + 1})'>下一页</a></div>"
        )
    name = _NAMES[city]
    if city == "numbers":
        shown = [f'<a href="{name(place, n)}">{n}</a>' if n != number else f"<b>{n}</b>" for n in range(1, total + 1)]
        return " ".join(shown)
    return f'<a href="{name(place, number + 1)}">下页&gt;</a>' if number < total else ""
