"""When the report was signed (the date at the end of its text) and when it was published."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from pipelines.documents.model import Document, Paragraph, Table
from pipelines.identity.folding import ANY_YEAR, folded, folded_lines, small_number, year_number

_NUMERAL = "〇○零一二三四五六七八九十元廿卅"
_DATE = (
    rf"(?P<year>{ANY_YEAR})(?:年(?P<month>\d{{1,2}}|[{_NUMERAL}]{{1,3}})月(?P<day>\d{{1,2}}|[{_NUMERAL}]{{1,3}})[日号]"
    r"|[.\-/](?P<month2>\d{1,2})[.\-/](?P<day2>\d{1,2}))"
)
# What stands for the seal of a paper, or says that it bears one: 2024年1月18日（印章）
_SEAL = r"[（【]?(?:单位|公司)?(?:印|公|盖|签)章(?:处)?[）】]?|（此[件页][^（）]{0,10}）"
_DATE_LINE = re.compile(
    rf"(?P<agency>[^\d。,，;；:：]{{0,45}}?)[（(]?(?:日期:?|时间:?)?{_DATE}[)）]?(?:{_SEAL})?[。.]?$"
)
# A whole paragraph may end with the signature: … 取得实效。山亭区统计局2021年1月31日
_DATE_AT_END = re.compile(rf"。(?P<agency>[^\d。,，;；:：]{{4,45}}){_DATE}[)）]?(?:{_SEAL})?$")
# A labelled day is the page's, whoever signs.
_PAGE_WORDS = re.compile(r"更新|发布|发文|生成|上传|打印|公开|截止|录入|成文|编辑|点击|浏览")
_ANY_DATE = re.compile(_DATE)
_SHOWN_LABELS = (
    "发布日期",
    "发布时间",
    "公开日期",
    "公开时间",
    "发文日期",
    "发布于",
    "发稿时间",
    "信息公开日期",
    "公布日期",
)
# In a metadata table the bare word is clear enough; in running text it is not.
_PUBLISHED_LABELS = (*_SHOWN_LABELS, "上传时间", "日期", "时间", "更新时间", "更新日期")
_VISIBLE = re.compile(rf"(?:{'|'.join(_SHOWN_LABELS)})[:：]?{_DATE}")
# The line of small print below a title: 2022-01-20 作者：… 点击数：…
_BYLINE = re.compile(r"来源|作者|点击|浏览|阅读|字体|字号|访问|打印")
# What every label ends with.
_LABEL_ENDS = ("日期", "时间", "发布于")
_SHORTEST = len("来源2021-1-1")
_URL_DATES = (
    re.compile(r"/t((?:19|20)\d{2})(\d{2})(\d{2})_\d"),
    re.compile(r"/((?:19|20)\d{2})/(\d{1,2})/(\d{1,2})/"),
    re.compile(r"/((?:19|20)\d{2})-?(\d{2})[-/](\d{2})/"),
    re.compile(r"/((?:19|20)\d{2})(\d{2})(\d{2})/"),
)
_ATTACHMENT = re.compile(r"^(?:附件|附表|附录|附|统计表)[\d一二三:：]*|统计表$|情况表$")
_NUMBERED = re.compile(r"^(?:[一二三四五六七八九十]+、|第[一二三四五六七八九十]+部分)")
_RUNNING_TEXT = 60
_ROWS_ABOVE_ANNEX = 6
# 发布日期 in a longer paragraph speaks of something else.
_LINE = 200


@dataclass(frozen=True, slots=True)
class Signature:
    """The end of the main text: the day, and the lines that name who signs, the nearest to the date first."""

    day: date | None
    lines: tuple[str, ...]


def find_signature(main: Sequence[str | Table]) -> Signature | None:
    """The signature, or None, of the main text (see `main_lines`). It stands after the text, above an attachment where
    one follows; a date below the title or among the figures of a table is none. Without a date, a last short line may
    still name the signer.
    """
    lines: list[str | None] = []
    for block in main:
        lines += [block] if isinstance(block, str) else _above_annex(block)
    for number in range(len(lines) - 1, 0, -1):
        line = lines[number]
        if line is None:
            continue
        match = _DATE_LINE.fullmatch(line) or _DATE_AT_END.search(line)
        if (
            match
            and not _PAGE_WORDS.search(match["agency"])
            and _follows_text(lines, number)
            and _nothing_follows(lines[number + 1 :])
        ):
            day = _day(match)
            above = [text for text in reversed(lines[max(0, number - 3) : number]) if text and len(text) <= 45]
            own = match["agency"].strip("（")
            return Signature(day, tuple(text for text in (own, *above) if text))
    last = next((text for text in reversed(lines) if text), None)
    return Signature(None, (last,)) if last and 4 <= len(last) <= 30 and len(lines) > 3 else None


def main_lines(document: Document) -> list[str | Table]:
    """The main text in order: each paragraph that is not blank as a folded line, and the tables between."""
    blocks = [
        block
        for block in document.blocks
        if not isinstance(block, Paragraph) or (block.main and not block.text.isspace() and block.text)
    ]
    lines = iter(folded_lines([block.text for block in blocks if isinstance(block, Paragraph)]))
    return [next(lines) if isinstance(block, Paragraph) else block for block in blocks]


def _above_annex(table: Table) -> list[str | None]:
    """A table as None, behind its rows of one cell that stand above 附件: where an editor took the end of the report
    into the table below.
    """
    above: list[str | None] = []
    for number, cell in enumerate(table.cells[:_ROWS_ABOVE_ANNEX]):
        line = folded(cell.text)
        if cell.row != number:
            break
        if _ATTACHMENT.search(line):
            return [*above, None]
        above.append(line)
    return [None]


def _follows_text(lines: list[str | None], number: int) -> bool:
    """Whether there is a report above, or before it in the same line: running text, a whole sentence or a table. A date
    right below the title has none.
    """
    return any(line is None or len(line) > _RUNNING_TEXT or line.endswith("。") for line in lines[: number + 1])


def _nothing_follows(after: list[str | None]) -> bool:
    """Whether only tables, labels and page furniture follow, or an attachment begins."""
    for line in after:
        if line is None:
            continue
        if _ATTACHMENT.search(line):
            return True
        if len(line) > _RUNNING_TEXT or (_NUMBERED.match(line) and len(line) > 12) or line.endswith("。"):
            return False
    return True


def find_published(document: Document, url: str, captured: date) -> date | None:
    """The day of publication: the article's fields, the visible line above it, PubDate (which may be the day when the
    page was built), then the address. A day after the capture is a mistake and not taken.
    """
    for day in _published_days(document, url):
        if day is not None and day <= captured:
            return day
    return None


def _published_days(document: Document, url: str) -> Iterator[date | None]:
    for label in _PUBLISHED_LABELS:
        yield from (_first_day(folded(value)) for key, value in document.fields if key == label)
    yield _visible_day(document)
    yield from (_first_day(folded(value)) for key, value in document.meta if key == "pubdate" and value)
    yield _url_day(url)


def _visible_day(document: Document) -> date | None:
    """The day that a label in the page's small print gives, else the only day of a line of small print."""
    first = None
    for block in document.blocks:
        if isinstance(block, Paragraph) and _SHORTEST <= len(block.text) <= _LINE:
            shown = _shown(block.text)
            if shown is not None and shown.labelled:
                return shown.day
            first = first or shown
    return first.day if first else None


@dataclass(frozen=True, slots=True)
class _Shown:
    """A date in small print; ``day`` is None where there is no such day."""

    labelled: bool
    day: date | None


@lru_cache(maxsize=8192)
def _shown(text: str) -> _Shown | None:
    """The date in a line of small print; remembered, because a portal's pages share most of their short lines."""
    line = folded(text)
    labelled = _VISIBLE.search(line) if any(end in line for end in _LABEL_ENDS) else None
    if labelled:
        return _Shown(True, _day(labelled))
    beside = _ANY_DATE.search(line) if "。" not in line and _BYLINE.search(line) else None
    return _Shown(False, _day(beside)) if beside else None


def _first_day(text: str) -> date | None:
    match = _ANY_DATE.search(text)
    return _day(match) if match else _compact_day(text)


def _compact_day(text: str) -> date | None:
    match = re.fullmatch(r"((?:19|20)\d{2})(\d{2})(\d{2})", text)
    return _date(*(int(part) for part in match.groups())) if match else None


def _url_day(url: str) -> date | None:
    for pattern in _URL_DATES:
        match = pattern.search(url)
        if match:
            return _date(*(int(part) for part in match.groups()))
    return None


def _day(match: re.Match[str]) -> date | None:
    year = year_number(match["year"])
    month = small_number(match["month"] or match["month2"])
    day = small_number(match["day"] or match["day2"])
    return None if year is None or month is None or day is None else _date(year, month, day)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
