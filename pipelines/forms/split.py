"""One page with the reports of several bodies (all townships of a county, say), taken apart."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from pipelines.documents.model import Document, Paragraph, Table
from pipelines.forms.headings import standard_heading
from pipelines.forms.judge import is_report_title
from pipelines.forms.lines import segments
from pipelines.forms.sections import is_date_line, part_heading

Block = Paragraph | Table

_LONGEST_TITLE = 60
_LONGEST_NAME = 30
# Titles stand among the first lines of a report.
_OPENING = 5
_SENTENCE = re.compile(r"[。；，：]")
_FIRST = re.compile(r"^\s*(?:第?一(?:部分)?[、.．\s]|（一）)\s*(?P<rest>.+)$")
# The page on which a section begins, where a list of contents gives it a line of its own.
_PAGE_NUMBER = re.compile(r"[\s.…·—-]*[0-9]{0,3}[\s.…·—-]*")
# A title that says nothing of whose report it is: the line above does.
_NAMELESS = re.compile(r"^[\s0-9〇零一二三四五六七八九年度关于的]*(?:政府)?信息公开")
# What describes the page, and not each report on it.
_OF_THE_PAGE = re.compile(r"机构|机关|单位|名称|标题|索引|文号|主题")


def split_reports(document: Document) -> tuple[Document, ...]:
    """The reports of a page in printed order; the document itself where it holds one report or none.

    A report begins at the line with its title (or, without one, at its first section), and has a statutory table or
    three of the six headings before the next one begins. Page-wide titles, metadata on the publisher and attachments
    are not passed on: they can't be told to belong to one of the reports.
    """
    starts = _starts(document.blocks, _titles(document.blocks))
    if len(starts) < 2:
        starts = _starts(document.blocks, _first_sections(document.blocks))
    if len(starts) < 2:
        return (document,)
    return tuple(_part(document, start, end) for start, end in pairwise([*starts, len(document.blocks)]))


def _titles(blocks: Sequence[Block]) -> list[int]:
    """Where lines stand that are titles of reports."""
    return [
        i
        for i, block in enumerate(blocks)
        if isinstance(block, Paragraph)
        and block.main
        and len(block.text) <= _LONGEST_TITLE
        and not _SENTENCE.search(block.text)
        and is_report_title(block.text)
    ]


def _first_sections(blocks: Sequence[Block]) -> list[int]:
    """Where 一、总体情况 stands, or rather the first line after the date that closes the report before."""
    # Asked of every line of the page: the pattern only of those with the first numeral at their beginning.
    lines = [(i, block.text) for i, block in enumerate(blocks) if isinstance(block, Paragraph)]
    firsts = [i for i, text in lines if "一" in text and "一" in text.lstrip()[:2] and _is_overview(text)]
    if len(firsts) < 2:
        return firsts  # nothing to tell apart: no date is looked for
    found: list[int] = []
    for i in firsts:
        after = found[-1] + 1 if found else 0
        dates = [j for j in range(after, i) if _is_date(blocks[j])]
        found.append(dates[-1] + 1 if dates else i)
    return found


def _is_overview(text: str) -> bool:
    first = _FIRST.match(text)
    return first is not None and standard_heading(part_heading(first["rest"])[0]) == "overview"


def _is_date(block: Block) -> bool:
    return isinstance(block, Paragraph) and is_date_line(block.text)


def _starts(blocks: Sequence[Block], marks: Sequence[int]) -> list[int]:
    """The marks from which a report runs to the next: one without substance (a title printed twice, a list of
    contents) belongs to the report that follows it."""
    if len(marks) < 2:
        return []
    starts: list[int] = []
    pending: int | None = None
    last: set[str] = set()
    for mark, end in pairwise([*marks, len(blocks)]):
        begin = mark if pending is None else pending
        substance = _substance(blocks[mark:end])
        if starts and _goes_on(blocks[starts[-1]], blocks[mark:end]):
            last |= substance
            continue
        pending = None if substance else begin
        if substance and (not starts or substance & last):
            starts.append(_with_name_above(blocks, begin))
            last = substance
        else:
            # Text under one title and the tables under the next are one report.
            last |= substance
    return [0, *starts[1:]] if starts else []


def _goes_on(title: Block, blocks: Sequence[Block]) -> bool:
    """Whether the blocks, which begin with a title, go on with the report that has begun with the same ``title``: it is
    printed on each page, and a report begins with its first section."""
    above, here = (re.sub(r"\s", "", block.text) for block in (title, blocks[0]) if isinstance(block, Paragraph))
    if above != here or _NAMELESS.match(here):
        return False
    return not any(isinstance(block, Paragraph) and _is_overview(block.text) for block in blocks)


def _substance(blocks: Sequence[Block]) -> set[str]:
    """What of a report stands there: ``tables``, ``sections``."""
    keys = {segment.key for segment in segments(Document("", blocks=tuple(blocks)))}
    named = [_heading(block) for block in blocks if not _is_page_number(block)]
    # In a list of contents one heading follows another.
    written = {heading for (heading, text), (below, _) in pairwise(named) if heading and (text or below is None)}
    found = {"tables"} if keys & {"requests", "statistics"} else set()
    return found | ({"sections"} if len(written) >= 3 else set())


def _heading(block: Block) -> tuple[str | None, str]:
    """(which of the six headings the block begins with, if any; the text behind it)."""
    if not isinstance(block, Paragraph) or len(block.text) > _LONGEST_TITLE:
        return None, ""
    heading, text = part_heading(block.text.lstrip("一二三四五六七八九十、.． "))
    return standard_heading(heading), text


def _is_page_number(block: Block) -> bool:
    return isinstance(block, Paragraph) and _PAGE_NUMBER.fullmatch(block.text) is not None


def _with_name_above(blocks: Sequence[Block], start: int) -> int:
    """One line earlier where the body's name stands on a line of its own above its title."""
    above = blocks[start - 1] if start else None
    title = blocks[start]
    if not isinstance(above, Paragraph) or not isinstance(title, Paragraph) or not _NAMELESS.match(title.text):
        return start
    is_name = above.main and len(above.text) <= _LONGEST_NAME and not _SENTENCE.search(above.text)
    return start - 1 if is_name and not is_date_line(above.text) else start


def _part(document: Document, start: int, end: int) -> Document:
    blocks = document.blocks[start:end]
    lines = [block.text for block in blocks[:_OPENING] if isinstance(block, Paragraph)]
    at = max((i for i, line in enumerate(lines) if is_report_title(line)), default=0)
    title = lines[at] if lines and is_report_title(lines[at]) else ""
    if at and _NAMELESS.match(title) and len(lines[at - 1]) <= _LONGEST_NAME:
        title = lines[at - 1] + title
    return replace(
        document,
        titles=(("text", title),) if title else (),
        meta=tuple((name, value) for name, value in document.meta if name not in ("articletitle", "contentsource")),
        fields=tuple((label, value) for label, value in document.fields if not _OF_THE_PAGE.search(label)),
        blocks=blocks,
        attachments=(),
    )
