"""Tables whose cells stand between pipes: ``a | b |``, markdown, and boxes drawn with line characters."""

import re
from collections.abc import Sequence
from itertools import zip_longest

from pipelines.documents.normal import fold_lines
from pipelines.documents.plain.rows import (
    Block,
    is_blank,
    is_figure,
    is_item,
    is_number,
    is_open,
    is_prose,
    is_section,
    next_printed,
)

_PIPE = re.compile(r"(?<!\\)[|｜│┃║]")
_RULE_MARKS = frozenset("|｜│┃+:- \t")
_BOX_MARKS = frozenset("+-=|│┃─━┄┅┈┉├┌└┏┗┣┬┼┴┐┤┘┓┛┫┳╋┻┠┨┯┷┿═║╦╬╩╗╣╝╔╚╠ \t")
_BOX_CORNERS = frozenset("+├┌└┏┗┣┬┼┴┐┤┘┓┛┫┳╋┻┠┨┯┷┿╦╬╩╗╣╝╔╚╠")
_MAX_GAP = 2


def read_pipes(lines: Sequence[str], start: int) -> Block | None:
    """The pipe table at ``start``. Lines without a pipe inside it belong to a cell that is broken over lines."""
    if not _PIPE.search(lines[start]) and not _opens_below(lines, start):
        return None
    region = _region(lines, start)
    printed = [line for line in lines[start:region] if not is_blank(line)]
    margin = re.match(r"\s*", printed[0])[0]  # type: ignore[index]  # matches always
    rows, end = (
        _led_rows(lines, start, region, margin) if _leads(printed, margin) else _plain_rows(lines, start, region)
    )
    return Block(rows if _is_table(rows) else [], end)


def read_boxes(lines: Sequence[str], start: int) -> Block | None:
    """A table drawn with rules between its rows (┌─┬┐, +---+): the lines between two rules are one row. The rule above
    the first may be missing."""
    if not _is_box_rule(lines[start]):
        below = start + 1 < len(lines) and _is_box_rule(lines[start + 1])
        if not below or not _PIPE.search(lines[start]) or is_prose(lines[start]):
            return None
    rows: list[list[str]] = []
    group: list[list[str]] = []
    index = start
    while index < len(lines):
        line = lines[index]
        if _is_box_rule(line):
            rows += _merged(group)
            group = []
        elif _PIPE.search(line):
            group.append(_split(line.strip(), led=True))
        else:
            break
        index += 1
    rows += _merged(group)
    return Block(rows if len(rows) > 1 else [], index)


def _is_rule(line: str) -> bool:
    """A markdown separator: ``|---|:--:|``."""
    return "--" in line and _RULE_MARKS.issuperset(line.strip())


def _is_box_rule(line: str) -> bool:
    marks = set(line)
    return marks <= _BOX_MARKS and not marks.isdisjoint(_BOX_CORNERS) and len(line.strip()) > 2


def _merged(lines: list[list[str]]) -> list[list[str]]:
    """One row of the lines between two rules; separate rows where numbers would run into each other."""
    if len(lines) < 2:
        return lines
    columns = list(zip_longest(*lines, fillvalue=""))
    if len({len(cells) for cells in lines}) > 1 or any(map(_mixes_rows, columns)):
        return lines
    return [["\n".join(text for text in column if text.strip()) for column in columns]]


def _mixes_rows(column: Sequence[str]) -> bool:
    """Whether the column holds what no cell does: two figures, or a figure below a label."""
    printed = [text for text in column if text.strip()]
    return len(printed) > 1 and (sum(map(is_figure, printed)) > 1 or is_figure(printed[-1]))


def _region(lines: Sequence[str], start: int) -> int:
    """Where the run of pipe lines ends that begins at ``start``, broken cells included."""
    index = start
    end = start
    while index < len(lines):
        if _PIPE.search(lines[index]):
            index += 1
            end = index
            continue
        following = index
        while following < len(lines) and not _PIPE.search(lines[following]) and following - index <= _MAX_GAP:
            if is_prose(lines[following]) or (is_section(lines[following]) and not is_open(lines[following])):
                return end
            following += 1
        if following == len(lines) or not _PIPE.search(lines[following]):
            return end
        index = following
    return end


def _opens_below(lines: Sequence[str], start: int) -> bool:
    """A first label whose bracket closes on the next line, where the pipes begin."""
    following = start + 1
    return (
        is_open(lines[start])
        and not is_prose(lines[start])
        and following < len(lines)
        and _PIPE.search(lines[following]) is not None
        and not is_open(lines[start] + _PIPE.split(lines[following])[0])
    )


def _leads(printed: list[str], margin: str) -> bool:
    """Whether a pipe at the margin opens each row (markdown), so that other lines only continue one."""
    leading = [line.startswith((margin + "|", margin + "｜", margin + "│")) for line in printed]
    if not leading[0]:
        return False
    others = [len(_PIPE.findall(line)) for line, leads in zip(printed, leading, strict=True) if not leads]
    return len(others) < len(printed) / 2 or any(line.strip() == "|" for line in printed) or max(others) <= 1


def _led_rows(lines: Sequence[str], start: int, region: int, margin: str) -> tuple[list[list[str]], int]:
    """Rows that each begin with a pipe at the margin and go on to the next such line."""
    rows: list[list[str]] = []
    end = start
    for index in range(start, region):
        line = lines[index]
        if line.startswith((margin + "|", margin + "｜", margin + "│")):
            rows.append([line[len(margin) :]])
        elif is_blank(line):
            continue
        elif _PIPE.search(line) or next_printed(lines, index + 1) < region:
            rows[-1].append(line)
        else:
            break
        end = index + 1
    texts = ["\n".join(row) for row in rows]
    return [_split(text, led=True) for text in texts if not _is_rule(text)], end


def _plain_rows(lines: Sequence[str], start: int, region: int) -> tuple[list[list[str]], int]:
    """Rows of one line each; a line without a pipe begins the first cell of the row below it, or is a row itself."""
    rows: list[list[str]] = []
    broken: list[str] = []
    for index in range(start, region):
        line = lines[index]
        if is_blank(line) or _is_rule(line):
            continue
        if not _PIPE.search(line):
            broken.append(line)
            continue
        cells = _split(line, led=False)
        if broken and _continues(broken[-1], cells[0]):
            cells[0] = broken.pop() + "\n" + cells[0]
        rows += [[text] for text in broken] + [cells]
        broken = []
    return rows, region


def _continues(text: str, cell: str) -> bool:
    return is_open(text) or bool(cell.strip() and not is_figure(cell) and not is_item(cell))


def _split(row: str, led: bool) -> list[str]:
    """The cells of a row; the pipe that ends it opens no cell, nor does the one that leads it."""
    cells = [fold_lines(cell.replace("\\|", "|")) for cell in _PIPE.split(row)]
    if led and len(cells) > 1 and not cells[0]:
        del cells[0]
    if len(cells) > 1 and not cells[-1]:
        del cells[-1]
    return cells


def _is_table(rows: list[list[str]]) -> bool:
    """A table has two rows of two cells, or one with a number; a single line of words is a menu."""
    wide = [row for row in rows if len(row) > 1 and any(row)]
    return len(wide) > 1 or any(is_number(cell) for row in wide for cell in row)
