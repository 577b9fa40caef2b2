"""Tables held together by nothing but line ends: one cell a line."""

import re
from collections.abc import Sequence
from statistics import median

from pipelines.documents.normal import compact
from pipelines.documents.plain.rows import Block, is_figure, is_number, is_prose, is_section

_PUNCTUATION = re.compile(r"[。；！？]")
_LABEL = 60
_WIDE_ROW = 10
_PROBE = 40  # after so many lines a table shows
_FEWEST_NUMBERS = 6
_FEWEST_CELLS = 4  # after so many a longer gap ends nothing
_LONGEST_GAP = 8  # blank lines between cells a line: empty cells leave them, too
_GAPS = 12  # between cells, by which the usual one is told
_MOST_BESIDE = 2  # a code and a value
_FEWEST_CODES = 10
_LONGEST_CODE = 4
_LONGEST_STEP = 3
_MOST_LABELS = 24  # one below the other, without a figure
_DATE = re.compile(r".{0,40}\d{4}年\d{1,2}月\d{1,2}日")
# What converters leave of the cells' borders.
_INNER_BORDER = re.compile(r"[|｜│┃║\t]")
_BORDERS = "|｜│┃║ \t\u3000\u00a0"
# The first labels of the forms' header lines (forms.md): the corner of the table, and the two lines of applicants.
HEADER_STARTS = frozenset({"信息内容", "自然人", "商业企业"})
# Below these marks tell of a table as numbers do, and those of a list.
_HEADS = HEADER_STARTS | {"统计指标", "结果维持"}


def read_single_cells(lines: Sequence[str], start: int) -> Block | None:
    """A table copied as one cell a line: figures belong to the label above them. Borders of the cells may be left, and
    blank lines between them; an empty cell leaves nothing that could be told from these."""
    if is_figure(lines[start]) or not _is_label(lines[start].strip(_BORDERS)):
        return None
    runs: list[tuple[list[str], list[str]]] = [([], [])]  # labels (and a unit), then figures
    gap = _usual_gap(lines, start)
    index = start
    printed = numbers = 0
    headed = False
    end = start
    while index < len(lines):
        line = lines[index].strip(_BORDERS)
        if not line:
            following = _next_cell(lines, index)
            if following - index > (gap + 1) * (2 if printed < _FEWEST_CELLS else _LONGEST_GAP):
                break
            index = following
            continue
        if is_figure(line):
            runs[-1][1].append(line)
            numbers += headed or is_number(line)
            end = index + 1
        elif not _is_label(line) or (numbers and len(runs[-1][0]) > _MOST_LABELS):
            break
        else:
            headed = headed or compact(line) in _HEADS
            if runs[-1][1]:
                runs.append(([], []))
            runs[-1][0].append(line)
        index += 1
        printed += 1
        if printed > _PROBE and numbers < _FEWEST_NUMBERS:
            break
    runs = [run for run in _without_codes(runs) if run[1]]
    if numbers < _FEWEST_NUMBERS or numbers * 4 < sum(len(labels) + len(figures) for labels, figures in runs):
        return None
    return Block([row for labels, figures in runs for row in _rows_of_run(labels, figures)], end, gathered=True)


def _without_codes(runs: list[tuple[list[str], list[str]]]) -> list[tuple[list[str], list[str]]]:
    """The runs without the numbers or codes of the rows, where those count up before each value, unit or label."""
    codes = _codes(runs)
    if not codes:
        return runs
    result: list[tuple[list[str], list[str]]] = []
    waiting: list[str] = []  # labels behind which nothing but a code stood
    for number, (labels, figures) in enumerate(runs):
        labels = waiting + labels
        figures = [figure for at, figure in enumerate(figures) if (number, at) not in codes]
        waiting = [] if figures else labels
        if figures:
            result.append((labels, figures))
    return result


def _codes(runs: Sequence[tuple[list[str], list[str]]]) -> set[tuple[int, int]]:
    """Which figures are codes, as (run, place in the run)."""
    before_value: list[tuple[int, int]] = []
    before_unit: list[tuple[int, int]] = []
    before_label: list[tuple[int, int]] = []
    for number, (_, figures) in enumerate(runs):
        if 0 < len(figures) <= _MOST_BESIDE:
            before_value.append((number, 0))
            following = runs[number + 1][0] if number + 1 < len(runs) else []
            if following:
                is_unit = _UNIT_LINE.fullmatch(following[0]) is not None
                (before_unit if is_unit else before_label).append((number, len(figures) - 1))
    # The first may stand above the first label, out of the table; that of a row which is not printed is missing.
    for places in (before_value, before_unit, before_label):
        codes: set[tuple[int, int]] = set()
        last = 0
        for number, at in places:
            text = runs[number][1][at]
            if text.isdecimal() and len(text) <= _LONGEST_CODE and 0 < int(text) - last <= _LONGEST_STEP:
                codes.add((number, at))
                last = int(text)
        if len(codes) >= _FEWEST_CODES and len(codes) >= 0.8 * len(places):
            return codes
    return set()


def _next_cell(lines: Sequence[str], index: int) -> int:
    while index < len(lines) and not lines[index].strip(_BORDERS):
        index += 1
    return index


def _usual_gap(lines: Sequence[str], start: int) -> int:
    """How many lines are empty between two cells: each may stand in a paragraph of its own, each row in a block."""
    gaps: list[int] = []
    index = start
    while len(gaps) < _GAPS and (following := _next_cell(lines, index + 1)) < len(lines):
        gaps.append(following - index - 1)
        index = following
    return int(median(gaps)) if gaps else 0


def _rows_of_run(labels: list[str], figures: list[str]) -> list[list[str]]:
    """The label (and unit) just above the figures is theirs; of the labels before it each is a row, but those of
    a header line, which begins with a label that is known to, are one."""
    if len(figures) >= _WIDE_ROW:
        return [labels, figures]
    own = 2 if len(labels) > 1 and _UNIT_LINE.fullmatch(labels[-1]) else 1
    rows: list[list[str]] = []
    in_header = False
    for label in labels[:-own]:
        begins = compact(label) in HEADER_STARTS
        if in_header and not begins:
            rows[-1].append(label)
        else:
            rows.append([label])
        in_header = in_header or begins
    return [*rows, labels[-own:] + figures]


_UNIT_LINE = re.compile(r"条|件|次|篇|人|个|万元|人次")


def _is_label(line: str) -> bool:
    if _INNER_BORDER.search(line) or _DATE.fullmatch(line):
        return False
    return len(line) <= _LABEL and not is_section(line) and not is_prose(line) and not _PUNCTUATION.search(line)
