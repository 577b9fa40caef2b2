"""What stands in a text beside the document: page numbers and running heads, and margins that a tool put before each
line (numbers of lines, marks of a quotation, an indent)."""

import re
from collections.abc import Sequence
from itertools import pairwise

from pipelines.documents.plain.rows import is_blank, is_figure, is_section, next_printed

_PAGE = re.compile(
    r"[\s\u3000]*(?:[-—–－―]{1,2}\s*(?P<between>\d{1,3})\s*[-—–－―]{1,2}|第\s*(?P<named>\d{1,3})\s*页(?:[\s,，/／]*共\s*\d{1,3}\s*页)?)\s*"
)
_CELLS = re.compile(r"[\t|｜│┃║]")
_LONGEST_HEAD = 60
# No label of the forms that stands in several places says any of this.
_HEAD = re.compile(r"公开|報告|报告|年报|年報|(?:局|委员会|委員會|办公室|辦公室|政府)$")
_FEWEST_NUMBERED = 10
_NUMBERED = re.compile(r"^[^\S\n]*(\d{1,5})(?:[^\S\n]?[:：.|]?[^\S\n]|$)", re.M)
_QUOTED = re.compile(r"^[^\S\n]*>[^\S\n]?", re.M)


def printed_lines(lines: Sequence[str]) -> Sequence[int]:
    """The indexes of the lines without those that a page break put between them: the number of the page, a running head
    beside it (the title, or a line that comes again), and one blank line before and after. Page numbers count up."""
    numbers = {index: int(found["between"] or found["named"]) for index, found in _pages(lines)}
    if not numbers or any(later <= number for number, later in pairwise(numbers.values())):
        return range(len(lines))
    dropped = set(numbers)
    title = next_printed(lines, 0)
    for beside in ([_before(lines, at) for at in numbers], [next_printed(lines, at + 1) for at in numbers]):
        heads = [index for index in beside if title < index < len(lines) and _may_be_head(lines[index])]
        printed = [lines[index].strip() for index in (*heads, title)]
        dropped.update(index for index in heads if printed.count(lines[index].strip()) > 1)
    for index in sorted(dropped):
        dropped |= {at for at in (index - 1, index + 1) if 0 <= at < len(lines) and is_blank(lines[at])}
    return [index for index in range(len(lines)) if index not in dropped]


def _pages(lines: Sequence[str]) -> list[tuple[int, re.Match[str]]]:
    return [(index, found) for index, line in enumerate(lines) if len(line) < 40 and (found := _PAGE.fullmatch(line))]


def _before(lines: Sequence[str], index: int) -> int:
    index -= 1
    while index >= 0 and is_blank(lines[index]):
        index -= 1
    return index


def _may_be_head(line: str) -> bool:
    text = line.strip()
    if len(text) > _LONGEST_HEAD or _CELLS.search(text) or is_figure(text) or is_section(text):
        return False
    return _HEAD.search(text) is not None


def without_margin(text: str) -> str:
    """The text without what stands before each of its lines alike: marks of a quotation, numbers of lines, spaces."""
    lines = [line for line in text.split("\n") if not is_blank(line)]
    if len(lines) < _FEWEST_NUMBERED:
        return text
    if all(map(_QUOTED.match, lines)):
        text = _QUOTED.sub("", text)
    elif (numbers := [_NUMBERED.match(line) for line in lines]) and all(numbers):
        counted = [int(found[1]) for found in numbers if found]
        if all(later == number + 1 for number, later in pairwise(counted)):
            text = _NUMBERED.sub("", text)
    indent = min(len(line) - len(line.lstrip(" ")) for line in text.split("\n") if not is_blank(line))
    return re.sub(f"^ {{{indent}}}", "", text, flags=re.M) if indent else text
