"""Tables held together by nothing but spaces: printed columns."""

import re
from collections.abc import Sequence

from pipelines.documents.normal import compact
from pipelines.documents.plain.rows import Block, is_blank, is_prose, is_section, is_wide_row, next_printed

_SPACES = str.maketrans("\u00a0\u3000\u2002\u2003\u2009", "     ")
_FIGURE = (
    r"(?:[-+−－]?[\d０-９]+(?:[,，.．][\d０-９]+)*(?:\s?(?:万元|萬元|万|萬|元)|[件条次项个])?|[-—–－/／]{1,4}|无|無)"
)
_TAIL = re.compile(rf"^(?P<label>.*?)(?P<figures>(?:(?:^|(?<=\s)){_FIGURE}(?:\s+|$))+)$")
_FIGURES = re.compile(_FIGURE)
_UNIT_END = re.compile(r"\s(?:条|件|次|篇|人|个|万元|人次)$")
# Labels that are spread over the width of their column.
_SPREAD = re.compile("统 *计 *指 *标|单 +位|统 +计 +数|指 +标")
_WORD = re.compile(r"[\u4e00-\u9fff/]{2,20}")  # a label that is not spread, and not one of two lines
_GAP = re.compile(r"\s{2,}")
# With these the heads of two of the forms' tables begin (forms.md).
_STARTS = ("(本列数据", "申请人情况", "行政复议")
_PUNCTUATION = re.compile(r"[。；！？]")
_LABEL = 60
_PIECE = 3  # characters of the longest numeral that a broken label may begin with: 三、本
_PROSE = 80  # characters after which a line is looked at more closely
_LONGEST_LINE = 1000
_SHORT_LABEL = 9
_FEWEST_ROWS = 2
_WIDE_ROW = 10
_PROBE = 40  # after so many lines a table shows


def read_columns(lines: Sequence[str], start: int) -> Block | None:
    """A table in columns of spaces: rows end in figures, header lines and broken labels stand between them."""
    if not _may_belong(lines[start]) or (_strength(lines[start]) == 0 and not _heads(lines, start)):
        return None
    rows: list[list[str]] = []
    strong = 0
    end = start
    kept = 0
    index = start
    while index < len(lines) and (is_blank(lines[index]) or _may_belong(lines[index])):
        hung = _hung_from(lines[index], lines[index - 1]) if rows and index > start else None
        if hung is not None and len(hung) <= len(rows[-1]):
            # The rest of a number that is broken in its column: what it is, nobody can tell.
            rows[-1] = [*rows[-1][: -len(hung)], *hung]
            end = index + 1
        elif not is_blank(lines[index]):
            rows.append(_cells(lines[index]))
            if strength := _strength(lines[index]):
                strong += strength - 1
                end, kept = index + 1, len(rows)
        elif next_printed(lines, index) - index > 2:
            break
        index += 1
        if index - start > _PROBE and strong < _FEWEST_ROWS:
            break
    if strong < _FEWEST_ROWS:
        return None
    return Block(rows[:kept], end, gathered=True)


def _hung_from(line: str, above: str) -> list[str] | None:
    """The figures of the line ``above`` with the digits of ``line`` below the one under which they stand alone, within
    its width; None where there is nothing of the kind."""
    rest = line.strip()
    tail = _TAIL.match(above.translate(_SPACES).rstrip()) if rest.isdecimal() and line[:1].isspace() else None
    if tail is None:
        return None
    figures = list(_FIGURES.finditer(above.translate(_SPACES), tail.start("figures")))
    at = _columns(line[: len(line) - len(line.lstrip())])
    over = [
        i
        for i, figure in enumerate(figures)
        if _columns(above[: figure.start()]) <= at and at + len(rest) <= _columns(above[: figure.end()])
    ]
    return [figure[0] + f"\n{rest}" * (i in over) for i, figure in enumerate(figures)] if over else None


def _columns(text: str) -> int:
    """How many columns of a fixed-width font the text takes."""
    return sum(2 if "\u2e80" <= character <= "\uffe6" else 1 for character in text)


def _heads(lines: Sequence[str], start: int) -> bool:
    """Whether a header line stands at ``start``: several fields, and a row of figures within the next lines."""
    text = _plain(lines[start])
    if compact(text).startswith(_STARTS):
        return _heads_in_pieces(lines, start)
    words = text.split()
    if len(_GAP.split(text)) < 2 and len(words) < 3 and (len(words) < 2 or max(map(len, words)) > _SHORT_LABEL):
        return False
    nearby = [line for line in lines[start + 1 : start + 8] if not is_blank(line)][:5]
    for line in nearby:
        if not _may_belong(line):
            return False
        if _strength(line) >= 2:
            return True
    return False


def _heads_in_pieces(lines: Sequence[str], start: int) -> bool:
    """Whether the head that begins at ``start`` goes on in lines that are pieces of labels, to a row of figures."""
    for line in lines[start + 1 : start + _PROBE]:
        if not is_blank(line) and (_strength(line) >= 2 or not _may_belong(line)):
            return _may_belong(line)
    return False


def _strength(line: str) -> int:
    """3: a row that makes a table by itself (the fifteen figures of the disputes); 2: one that only a table has; 1: a
    row if its neighbours are; 0: none."""
    match = _TAIL.match(_plain(line))
    if is_wide_row(line.split()):
        return 3
    if not match:
        return 1 if _UNIT_END.search(_plain(line)) else 0
    figures = len(_FIGURES.findall(match["figures"]))
    label = match["label"]
    if figures >= _WIDE_ROW:
        return 3
    if figures >= 3 or (label.endswith("  ") and label.strip()):
        return 2
    if label and _UNIT_END.search(label.rstrip()):
        return 2
    return 1 if label.strip() or figures > 1 else 0


def _may_belong(line: str) -> bool:
    text = _plain(line)
    if len(text) > _PROSE:
        if len(text) > _LONGEST_LINE:
            return False
        text = _GAP.sub("  ", text)
    words = text.split()
    # Words of a head stand apart, a dozen of them in one line; running text has none, or one here and there.
    prose = is_prose(text) and (len(words) < _WIDE_ROW or max(map(len, words)) > _LABEL)
    if len(text) > 2 * _LABEL or "\t" in line or prose or _PUNCTUATION.search(text):
        return False
    return not is_section(text) or len(text) <= _PIECE or _TAIL.match(text) is not None


def _cells(line: str) -> list[str]:
    text = _plain(line)
    match = _TAIL.match(text)
    if not match:
        words = text.split()
        parts = _GAP.split(text)
        return words if all(map(_WORD.fullmatch, words)) or not (len(parts) > 1 or re.search(r"\d", text)) else parts
    label = match["label"].strip()
    unit = _UNIT_END.search(label)
    labels = [*_GAP.split(label[: unit.start()]), unit[0].strip()] if unit else _GAP.split(label)
    return [text for text in labels if text] + [figure[0] for figure in _FIGURES.finditer(match["figures"])]


def _plain(line: str) -> str:
    text = line.translate(_SPACES).strip()
    return _SPREAD.sub(lambda label: "".join(label[0].split()), text) if "统" in text or "  " in text else text
