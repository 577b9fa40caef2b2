"""The numbered sections of a report: 一、总体情况 … with their running text."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

from pipelines.documents.model import Document, Paragraph, Table
from pipelines.forms.headings import known_heading, standard_heading
from pipelines.forms.label import canonical
from pipelines.forms.vocabulary import vocabularies
from pipelines.report import Section

_NUMERALS = {sign: i for i, sign in enumerate("一二三四五六七八九", 1)}
_NUMBERED = re.compile(
    r"^\s*(?:第(?P<part>[一二三四五六七八九十]{1,3})(?:部分|章)(?:\s*[、.．:：]|\s)"
    r"|第?(?P<number>[一二三四五六七八九十]{1,3})\s*[、.．:：])\s*(?P<rest>.+)$",
    re.DOTALL,
)
# What a numbered line begins with: asked of every cell and line before the pattern is.
_BEGINNINGS = frozenset("第一二三四五六七八九十")
_OTHERWISE = re.compile(
    r"^\s*(?:第?[一二三四五六七八九十]{1,3}(?:部分|章)?|[(（][一二三四五六七八九十]{1,3}[)）]|[0-9０-９]{1,2}|[ⅠⅡⅢⅣⅤⅥ])?"
    r"\s*[、.．:：]?\s*(?P<rest>.+)$",
    re.DOTALL,
)
_DIGIT = re.compile(r"[一二三四五六七八九十0-9０-９ⅠⅡⅢⅣⅤⅥ\s]+")
_REMARK = re.compile(r"\s*[(（\[【〔][^()（）]*[)）\]】〕]?\s*$")
_LONGEST_REMARKED = 500  # a heading with all its remarks
_LEADER = re.compile(r"[.…·\s_—-]*[0-9]{1,3}\s*$|[….·]{3,}.*$")
_SENTENCE_END = re.compile(r"[。；;！!\n]")
# A sentence follows the heading: …情况 2022年，我局主动公开信息318条。
_SENTENCE = re.compile(r"[，,；;。]|.{25}")
_RUNS_ON = re.compile(
    r"^[^，。：:；;\s]{2,40}?(?:情况|事项|措施|打算|概述|概况)(?=20[0-9]{2}\s*年|本年|根据|按照|我[局委镇乡])"
)
_HEADING_END = re.compile(r"[。：:；;\n]")
_DATE = re.compile(
    r"^\s*[0-9〇零○一二三四五六七八九十]{2,4}\s*年\s*[0-9一二三四五六七八九十]{1,3}\s*月\s*[0-9一二三四五六七八九十]{1,3}\s*日\s*$"
)
# How the last word of a heading ends; a line that begins like a heading and ends otherwise goes on in the next.
_HEADING_WORD = re.compile(r"(?:情况|事项|措施|打算|概述|概况|问题|安排|附表|附件|建设|[)）。：:])$")
_LONGEST_REST = 20
_SHORTEST_STANDARD = 4  # a numeral, its mark and a word: most cells hold a number, and need not be looked at
_MOST_ROWS = 4_000
# No report has more numbered lines; a page that has is a list, and comparing its runs would take long.
_MOST_MARKS = 500
LONGEST_HEADING = 50
_SIGNATURE_LENGTH = 30


@dataclass(frozen=True, slots=True)
class _Mark:
    """A paragraph that begins a section: its place, number, heading, and the text behind the heading.

    ``sign`` is what stands around the number ("", 第部分, （）): headings of one level bear the same.
    """

    at: int
    number: int
    heading: str
    text: str
    sign: str = ""


def read_sections(document: Document) -> tuple[Section, ...]:
    """The top-level sections in order, with the number that is printed before each (its place, where none is).

    A table of contents, row labels of tables whose cells were lost, and lists numbered in the same way inside a section
    are not taken for sections. The signature below the last section is not part of its text.
    """
    paragraphs = _whole_headings(_paragraphs(document))
    marks = _marks(paragraphs) or _unnumbered(paragraphs)
    return tuple(_sections(paragraphs, marks))


def _begins_numbered(text: str) -> bool:
    return text[:1] in _BEGINNINGS or (text[:1].isspace() and text.lstrip()[:1] in _BEGINNINGS)


def _as_numbered(text: str) -> re.Match[str] | None:
    return _NUMBERED.match(text) if _begins_numbered(text) else None


def _paragraphs(document: Document) -> list[Paragraph]:
    """The main paragraphs that are not blank, and those that a sheet holds in rows of one cell from a heading on (the
    sheet is one table)."""
    found: list[Paragraph] = []
    for block in document.blocks:
        if isinstance(block, Paragraph):
            if block.main and block.text and not block.text.isspace():
                found.append(block)
        elif not block.hidden and block.height <= _MOST_ROWS:
            texts = [cell.text for cell in block.cells]
            if any(map(_is_standard, [text for text in texts if len(text) >= _SHORTEST_STANDARD])):
                found += _headed_rows(block)
    return found


def _headed_rows(table: Table) -> Iterator[Paragraph]:
    running = False
    for row in table.rows():
        printed = [cell.text for cell in row if cell.text.strip()]
        if len(printed) == 1 and _is_standard(printed[0]):
            running = True
        running = running and len(printed) <= 1
        if running and printed:
            yield Paragraph(printed[0])


@lru_cache(maxsize=4096)
def _is_standard(text: str) -> bool:
    """Whether the text is the numbered heading of one of the sections that every report has."""
    found = _as_numbered(text)
    return found is not None and standard_heading(part_heading(found["rest"])[0]) is not None


def _whole_headings(paragraphs: list[Paragraph]) -> list[Paragraph]:
    """The paragraphs, with headings put together that a line end cut in two."""
    cut = [i for i, paragraph in enumerate(paragraphs[:-1]) if _is_cut(paragraph.text)]
    for i in reversed(cut):
        rest = paragraphs[i + 1].text.strip()
        if len(rest) <= _LONGEST_REST and _HEADING_WORD.search(rest) and not _as_numbered(rest):
            whole = paragraphs[i].text.strip() + rest
            paragraphs[i : i + 2] = [paragraphs[i]._replace(text=whole)]
    return paragraphs


def _is_cut(text: str) -> bool:
    """Whether a heading begins in the line and does not end as one."""
    if not _begins_numbered(text):
        return False
    text = text.strip()
    return not _HEADING_WORD.search(text) and not _SENTENCE_END.search(text) and _NUMBERED.match(text) is not None


def _sections(paragraphs: Sequence[Paragraph], marks: Sequence[_Mark]) -> Iterator[Section]:
    headings = {canonical(mark.heading) for mark in marks}
    for i, mark in enumerate(marks):
        end = marks[i + 1].at if i + 1 < len(marks) else len(paragraphs)
        texts = [mark.text] if mark.text else []
        below = (paragraph.text for paragraph in paragraphs[mark.at + 1 : end])
        texts += [text for text in below if not _is_heading_again(text, headings)]
        if i + 1 == len(marks):
            texts = _without_signature(texts)
        yield Section(mark.number, mark.heading, "\n".join(texts))


def _is_heading_again(text: str, headings: Collection[str]) -> bool:
    """Whether the line is a standard heading that has stood before, as where a table repeats it in its first row."""
    if len(text) > LONGEST_HEADING or not _is_standard(text):
        return False
    found = _as_numbered(text)
    heading, behind = part_heading(found["rest"]) if found else ("", "")
    return not behind and canonical(heading) in headings


def _without_signature(texts: list[str]) -> list[str]:
    """The texts up to the signing body and its date; what follows the date (annexes) goes too."""
    for i, text in enumerate(texts):
        if is_date_line(text):
            before = texts[:i]
            if before and len(before[-1]) <= _SIGNATURE_LENGTH and not _SENTENCE_END.search(before[-1]):
                before.pop()
            return before
    return texts


def is_date_line(text: str) -> bool:
    """Whether the line is a date and nothing else, as below a signature."""
    return text.rstrip().endswith("日") and _DATE.match(text) is not None


def _marks(paragraphs: Sequence[Paragraph]) -> list[_Mark]:
    """The numbered headings as one run 一、二、三、…: of several (contents, lists) the one that holds most text."""
    lines = [(i, paragraph.text) for i, paragraph in enumerate(paragraphs) if _begins_numbered(paragraph.text)]
    numbered = (_Mark(i, *said) for i, text in lines if (said := _numbered(text)))
    candidates = list(islice(numbered, _MOST_MARKS))
    # 一、 inside 第一部分 is one level below; the report's sections may be of either level.
    levels = ([mark for mark in candidates if mark.sign], [mark for mark in candidates if not mark.sign])
    candidates = max(filter(None, levels), key=_worth, default=[])
    runs: list[list[_Mark]] = []
    for mark in candidates:
        last = runs[-1][-1] if runs else None
        if last is None or (mark.number == 1 and not _still_same(runs[-1], mark)):
            runs.append([mark])
        elif mark.number == last.number + 1 or _repeated_number(runs[-1], mark) or _known_ahead(last, mark):
            runs[-1].append(mark)
    if len(runs) < 2:
        return runs[0] if runs else []
    return max(runs, key=lambda run: (_worth(run), _length(run, runs, paragraphs)))


def _still_same(run: Sequence[_Mark], mark: _Mark) -> bool:
    """Whether a further 一、 belongs to the run: a known heading whose number is mistyped, or a list inside it."""
    seen = {canonical(other.heading) for other in run}
    known = known_heading(mark.heading)
    if known is None:
        return any(known_heading(other.heading) for other in run)
    return canonical(mark.heading) not in seen and known not in {known_heading(other.heading) for other in run}


def _repeated_number(run: Sequence[_Mark], mark: _Mark) -> bool:
    """A number that is printed twice, or one that goes back: believed for the headings that every report has, but not
    for one that is printed again (above its own table, and as the first row of it)."""
    known = known_heading(mark.heading)
    if mark.number > run[-1].number or known is None or known == known_heading(run[-1].heading):
        return False
    return canonical(mark.heading) not in {canonical(other.heading) for other in run}


def _known_ahead(last: _Mark, mark: _Mark) -> bool:
    """A number left out in between."""
    return last.number < mark.number <= last.number + 3 and known_heading(mark.heading) is not None


def _worth(run: Sequence[_Mark]) -> int:
    return len({known for mark in run if (known := known_heading(mark.heading))})


def _length(run: Sequence[_Mark], runs: Sequence[Sequence[_Mark]], paragraphs: Sequence[Paragraph]) -> int:
    """How much text stands under the run: a table of contents has none."""
    after = [other[0].at for other in runs if other[0].at > run[0].at]
    end = min(after, default=len(paragraphs))
    headings = sum(len(paragraphs[mark.at].text) for mark in run)
    return sum(len(paragraph.text) for paragraph in paragraphs[run[0].at : end]) - headings


def _numbered(text: str) -> tuple[int, str, str, str] | None:
    """What the mark of a numbered line says, but for its place; remembered for lines that are headings and no more."""
    return _said_again(text) if len(text) <= LONGEST_HEADING else _said(text)


def _said(text: str) -> tuple[int, str, str, str] | None:
    found = _NUMBERED.match(text)
    number = _number(found["part"] or found["number"]) if found else None
    if found is None or number is None or _is_row_label(text):
        return None
    heading, behind = part_heading(found["rest"])
    return (number, heading, behind, "第部分" if found["part"] else "") if heading else None


_said_again = lru_cache(maxsize=4096)(_said)


def _is_row_label(text: str) -> bool:
    """一、本年新收政府信息公开申请数量: a line of a table whose cells were lost."""
    if len(text) > LONGEST_HEADING:
        return False
    sense = vocabularies()["requests"].sense(text)
    return bool(sense.rows or sense.groups)


def part_heading(rest: str) -> tuple[str, str]:
    """(heading, text behind it) of what follows the number; an empty heading where there is none."""
    end = _HEADING_END.search(rest)
    heading, text = (rest[: end.start()], rest[end.end() :]) if end else (rest, "")
    runs_on = _RUNS_ON.match(rest)
    first, _, behind = rest.strip().partition(" ")
    if runs_on:
        heading, text = runs_on[0], rest[runs_on.end() :]
    elif len(first) < len(heading.strip()) and known_heading(first) and _SENTENCE.search(behind):
        heading, text = first, behind
    if len(heading) > _LONGEST_REMARKED:
        return "", ""
    heading = _LEADER.sub("", heading)
    while _REMARK.search(heading):
        heading = _REMARK.sub("", heading)
    heading = re.sub(r"\s+", "", heading).strip("，,、.．:：;；")
    return (heading, text.strip()) if len(heading) <= LONGEST_HEADING else ("", "")


def _unnumbered(paragraphs: Sequence[Paragraph]) -> list[_Mark]:
    """Headings without 一、: those that every report has, each once, told by their wording.

    Of two with the same sense the one counts that is printed like most others: （一）主动公开 stands inside a section.
    """
    candidates = [mark for i, paragraph in enumerate(paragraphs) if (mark := _worded(i, paragraph))]
    levels = {mark.sign: [other for other in candidates if other.sign == mark.sign] for mark in candidates}
    first: dict[str | None, _Mark] = {}
    for level in sorted(levels.values(), key=_worth, reverse=True):
        for mark in level:
            first.setdefault(known_heading(mark.heading), mark)
    marks = sorted(first.values(), key=lambda mark: mark.at)
    return [replace(mark, number=number) for number, mark in enumerate(marks, 1)] if len(marks) >= 2 else []


def _worded(at: int, paragraph: Paragraph) -> _Mark | None:
    """A heading that every report has, whatever stands before it; its number is not told yet."""
    found = _OTHERWISE.match(paragraph.text)
    if found is None or len(paragraph.text) > LONGEST_HEADING:
        return None
    heading, text = part_heading(found["rest"])
    sign = _DIGIT.sub("", paragraph.text[: found.start("rest")])
    return _Mark(at, 0, heading, text, sign) if known_heading(heading) else None


def _number(digits: str) -> int | None:
    tens, ten, ones = digits.partition("十")
    if not ten:
        return _NUMERALS.get(digits)
    if any(part and part not in _NUMERALS for part in (tens, ones)):
        return None
    return 10 * _NUMERALS.get(tens, 1) + _NUMERALS.get(ones, 0)
