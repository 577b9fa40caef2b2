"""What the readers of text tables share: the block they answer with, and what a line looks like."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_NUMBER = r"[-+−－]?[\d０-９]+(?:[,，.．][\d０-９]+)*"
_UNIT = r"(?:万元|萬元|亿元|万|萬|元|件|条|條|次|篇|人次|人|个|個|项|項|场|期|份|％|%)"
_MARK = r"[-—–－/／\\无無]{1,4}"
NUMBER = re.compile(rf"\s*{_NUMBER}\s*{_UNIT}?\s*")
FIGURE = re.compile(rf"\s*(?:{_NUMBER}\s*{_UNIT}?|{_MARK})\s*")
WIDE_ROW = 10  # cells
_FIGURE_STARTS = frozenset("-+−－—–/／\\无無")
UNIT = re.compile(rf"\s*{_UNIT}\s*")

_ITEM = re.compile(
    r"\s*(?:[（(]?[一二三四五六七八九十]{1,3}[）)、．.]|[（(]?\d{1,2}[）)、．]|\d{1,2}\.(?!\d)|第[一二三四五六七八九十]+(?:[章节条]|部分))"
)
_NUMERALS = frozenset("一二三四五六七八九十")
_SECTION = re.compile(r"\s*[一二三四五六七八九十]{1,3}、")
# Rows of the forms whose numbering looks like a section's: of the table of requests, and of the statistics of 2014.
_ROW_LABEL = re.compile(
    r"\s*(?:[一二三四]、\s*(?:本\s*年|上\s*年|结\s*转|結\s*轉)|[一三]、(?:主动|依申请)公开情况\s*$|二、回应解读情况\s*$"
    r"|[四五六]、(?:行政复议|行政诉讼|被?举报投诉)数量?"
    r"|[四五六七八九]、(?:向图书馆|机构建设和保障经费|政府信息公开会议和培训))"
)
_OPEN, _CLOSE = "（(〔[【《“", "）)〕]】》”"


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of printed cells in printed order, and the index of the line after them. No rows: no table begins before
    ``end``, and nobody needs to look again. ``gathered`` as in `Table`."""

    rows: list[list[str]]
    end: int
    gathered: bool = False


def is_blank(line: str) -> bool:
    return not line or line.isspace()


def is_item(line: str) -> bool:
    """Whether a numbered item begins here: 一、 （一） 1. 第一条 第一部分."""
    return _ITEM.match(line) is not None


def is_section(line: str) -> bool:
    """Whether the line is a section's heading (一、总体情况) and not a row of the form (一、本年新收…)."""
    first = line[:1]  # asked of every line of a page, menus and all: most begin otherwise
    may_be = first in _NUMERALS or first.isspace()
    return may_be and _SECTION.match(line) is not None and _ROW_LABEL.match(line) is None


def is_number(text: str) -> bool:
    return NUMBER.fullmatch(text) is not None


def is_figure(text: str) -> bool:
    """Whether the text is what stands in a cell for values: a number, or a mark in its place."""
    first = text[:1]
    if not (first.isdigit() or first.isspace() or first in _FIGURE_STARTS):
        return False
    return FIGURE.fullmatch(text) is not None


def is_wide_row(cells: Sequence[str]) -> bool:
    """Whether most of many cells are figures: others than figures may stand in some (约3)."""
    return len(cells) >= WIDE_ROW and 3 * sum(map(is_figure, cells)) >= 2 * len(cells)


def is_prose(line: str) -> bool:
    """Whether the line is running text, which no table has: a sentence, or more than a label's length."""
    text = line.strip()
    return len(text) > 80 or (len(text) > 25 and text.endswith(("。", "；", "：")))


def is_open(text: str) -> bool:
    """Whether a bracket that was opened in the text is still open at its end."""
    return sum(text.count(mark) for mark in _OPEN) > sum(text.count(mark) for mark in _CLOSE)


def next_printed(lines: Sequence[str], index: int) -> int:
    """The index of the first line from ``index`` on that is not blank, or the number of lines."""
    while index < len(lines) and is_blank(lines[index]):
        index += 1
    return index
