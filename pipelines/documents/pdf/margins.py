"""Running headers, footers and page numbers: what stands on the pages and is no part of the text."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from pipelines.documents.pdf.lines import Line

# The bands at the head and foot of a page in which running lines stand, as parts of its height.
MARGIN = 0.13

_PAGE_NUMBER = re.compile(
    r"[-–—―─·•.\s]*(?:第\s*)?(?:page\s*)?(\d{1,4}|[一二三四五六七八九十]{1,4})(?:\s*页)?"
    r"(?:\s*[/／,，、]?\s*(?:共|of|总)?\s*\d{1,4}\s*页?)?[-–—―─·•.\s]*",
    re.IGNORECASE,
)
_DRESSED = re.compile(r"[-–—―─·•第页/／]|page", re.IGNORECASE)


# What stands above or below the parts of one table on two pages.
_CONTINUED = re.compile(r"[（(【]?\s*(?:续\s*表?|接上页|上接.{0,6}页|转下页|下转.{0,6}页)\s*\d*\s*[】)）]?")


def running_lines(pages: Mapping[int, Sequence[Line]], heights: Mapping[int, float]) -> set[Line]:
    """The lines that are running headers, footers or page numbers, or say that a table goes on.

    ``pages`` are the lines outside tables by page number, ``heights`` the pages' heights. A line is running if it
    reads alike (digits aside) at the same height of two neighbouring pages, or if it is a page number: dressed as
    one (``- 3 -``, ``第3页``, ``3/8``), a bare number that counts on from page to page, or one at the edge of
    nearly every page.
    """
    marginal = {number: _marginal(lines, heights[number]) for number, lines in pages.items()}
    repeated = _repeated(marginal)
    numbered = _numbered(marginal)
    continued = {
        line for lines in pages.values() for line in (*lines[:3], *lines[-3:]) if _CONTINUED.fullmatch(line.text)
    }
    return repeated | numbered | continued


def page_number(line: Line) -> int | None:
    """The number of its page that the line is, in digits, or may be."""
    found = _PAGE_NUMBER.fullmatch(line.text)
    return int(found[1]) if found and found[1].isdecimal() else None


def _marginal(lines: Sequence[Line], height: float) -> list[Line]:
    return [line for line in lines if line.bottom < MARGIN * height or line.top > (1 - MARGIN) * height]


def _repeated(marginal: Mapping[int, Sequence[Line]]) -> set[Line]:
    places: dict[tuple[str, int], list[Line]] = defaultdict(list)
    for lines in marginal.values():
        for line in lines:
            if any(character.isalpha() for character in line.text):
                places[_shape(line.text), round(line.top / 6)].append(line)
    pages = len(marginal)
    found = set()
    for lines in places.values():
        on_pages = {line.page for line in lines}
        if len(on_pages) >= max(2, min(3, pages)) or (len(on_pages) == 2 and pages > 3 and _neighbours(on_pages)):
            found.update(lines)
    return found


def _neighbours(pages: Iterable[int]) -> bool:
    first, second = sorted(pages)
    return second - first <= 2


def _shape(text: str) -> str:
    return re.sub(r"\d+", "#", "".join(text.split()))


def _numbered(marginal: Mapping[int, Sequence[Line]]) -> set[Line]:
    dressed: set[Line] = set()
    bare: dict[int, list[Line]] = defaultdict(list)
    standing: dict[tuple[str, int], list[Line]] = defaultdict(list)
    for page, lines in marginal.items():
        for line in lines:
            found = _PAGE_NUMBER.fullmatch(line.text)
            if not found:
                continue
            if _DRESSED.search(line.text):
                dressed.add(line)
            elif found[1].isdecimal():
                bare[int(found[1]) - page].append(line)
                if line in (lines[0], lines[-1]) and len(line.pieces) == 1:
                    standing[line.text, round(line.top / 6)].append(line)
    for lines in standing.values():
        if len(lines) >= max(2, 0.8 * len(marginal)):
            dressed.update(lines)
    for offset, lines in bare.items():
        if len({line.page for line in lines}) > 1 or (len(marginal) == 1 and offset == 0):
            dressed.update(lines)
    return dressed
