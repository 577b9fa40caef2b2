"""Whether a document is an annual report, and what it is if not.

The tables and the six headings decide. The title only speaks where neither is there, and then only together with what
the page is made of: links, files, pictures, text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from config.forms import Lookalike, load_lookalikes
from pipelines.documents.model import Document
from pipelines.forms.headings import known_heading, standard_heading
from pipelines.forms.reading import Reading
from pipelines.forms.sections import is_date_line
from pipelines.report import Section

Verdict = tuple[str, str] | None

# A page of at most so many characters besides its title only announces what it links or shows.
_ANNOUNCEMENT = 400
_ERROR_PAGE = 600
_ROWS_OF_A_LIST = 4
_LINKS_OF_A_LIST = 6
_REPORTS_OF_A_LIST = 2
_NARRATIVE = 300
_TEMPLATE = 300
_PLACEHOLDER = re.compile(r"[×✕]{1,4}|(?<![A-Za-z])[XxＸ]{2,4}(?![A-Za-z])|_{3,}|（?此处填写")
_PRINTED = frozenset(("number", "mark", "unreadable"))
# What holds the place of a number in a pattern.
_STAND_IN = re.compile(r"\s*(?:[NnMmＮXxＸ×✕]{1,4}|[_＿]+)\s*")
# Something that was counted: 120条.
_FIGURE = re.compile(r"[0-9０-９]\s*(?:余|多)?(?:条|件|次|篇|份|个|项|人|元|万|宗|起|期|场)")
_CLOSING = re.compile(
    r"(?:[（(【\[〔][^（）()]*[）)】\]〕]|全文|正文|[.．](?:pdf|docx?|wps|ofd|xlsx?))+$", re.IGNORECASE
)
_ANNOUNCES = re.compile(r"(?:发布|公布|报送|上报|编制|完成|学习|公示|通报)(?!.*(?:发布会|公布栏))")
_YEAR = re.compile(r"[12][0-9]{3}|[二〇○零O一][〇○零O一二三四五六七八九]{3}")
_FIRST_WORD = re.compile(r"^[【\[(（]?(?P<word>.{2,6}?)[】\])）：:|丨｜\-—]")
_DATE_BEHIND = re.compile(r"[\[(（]?20[0-9]{2}[-./年][0-9]{1,2}[-./月][0-9]{1,2}日?[\])）]?$")
_NAME_ENDS = re.compile(r"关于|[（(]?(?:20[0-9]{2}|二[〇○零O]|信息公开|年度)")
_DOCUMENT_FILE = re.compile(r"\.(?:pdf|docx?|wps|ofd|xlsx?|et|rtf|zip|rar)(?:$|[?#])", re.IGNORECASE)


@dataclass(frozen=True)
class _Signs:
    """What speaks for and against a report."""

    document: Document
    reading: Reading
    sections: Sequence[Section]

    @cached_property
    def title(self) -> str:
        return re.sub(r"\s", "", self.document.title or "")

    @cached_property
    def printed(self) -> bool:
        """Whether anything is printed in a cell of the form but what holds the place of a number (N, ××)."""
        return any(cell.state in _PRINTED and not _STAND_IN.fullmatch(cell.raw or "") for cell in self.reading.cells)

    @cached_property
    def standard(self) -> int:
        return len({key for section in self.sections if (key := standard_heading(section.heading))})

    @cached_property
    def known(self) -> int:
        return len({key for section in self.sections if (key := known_heading(section.heading))})

    @cached_property
    def text(self) -> str:
        paragraphs = (block.text for block in self.document.paragraphs if block.main)
        return "".join(re.sub(r"\s", "", text) for text in paragraphs).replace(self.title, "", 1)

    @cached_property
    def written(self) -> int:
        """Characters under the headings."""
        return sum(len(section.text) for section in self.sections)

    @cached_property
    def filled_in(self) -> bool:
        """Whether the text tells of a year, and not how to: it counts something, or is dated, or names the year of its
        title, with few places empty."""
        if _PLACEHOLDER.search(self.text):
            return False
        if any(_FIGURE.search(section.text) for section in self.sections):
            return True
        silent = sum(not section.text for section in self.sections)
        year = _YEAR.search(self.title) if self.titled else None
        dated = self.dated or (year is not None and any(year[0] in section.text for section in self.sections))
        return dated and silent * 2 <= len(self.sections)

    @cached_property
    def dated(self) -> bool:
        """Whether a line holds nothing but a date, as a signature does."""
        return any(block.main and is_date_line(block.text) for block in self.document.paragraphs)

    @cached_property
    def lookalike(self) -> Lookalike | None:
        return _lookalike(self.title)

    @cached_property
    def on_open_government(self) -> bool:
        """Whether the title, the text or a table names open government, or the article that has it reported."""
        cells = (cell.text for table in self.document.tables for cell in table.cells)
        words = "".join(re.sub(r"\s", "", text) for text in (self.title, self.text, *cells))
        return any(word in words for word in ("信息公开", "公开政府信息", "第二十条"))

    @cached_property
    def listed(self) -> int:
        """How many titles of reports stand in lines of their own, beside the page's own title."""
        lines = {re.sub(r"\s", "", block.text) for block in self.document.paragraphs}
        return sum(1 for line in lines - {self.title} if _YEAR.search(line) and _lists_report(line))

    @cached_property
    def titled(self) -> bool:
        """Whether the title is that of a report and of nothing around one."""
        return is_report_title(self.title)


def judge(document: Document, reading: Reading, sections: Sequence[Section]) -> Verdict:
    """None for a report; else (code, sentence) of what the document is."""
    signs = _Signs(document, reading, sections)
    if reading.tables:
        verdict = _with_tables(signs)
    else:
        verdict = _by_sections(signs) if signs.standard >= 3 or signs.known >= 3 else _without_either(signs)
    return verdict or _part_of_year(signs)


def _part_of_year(signs: _Signs) -> Verdict:
    if signs.reading.period is None and any(word in signs.title for word in load_lookalikes().parts_of_a_year):
        return "part_of_year", "It is a report on a part of a year, not on the year."
    return None


def _with_tables(signs: _Signs) -> Verdict:
    if not signs.printed and _to_fill_in(signs):
        return "template", "The tables of a report stand there without a single number: it is a form to fill in."
    whole = len(signs.reading.tables) >= 2 or signs.reading.form == "2014" or signs.standard >= 2
    if not whole and signs.lookalike:
        return signs.lookalike.code, signs.lookalike.reason
    if not whole and signs.reading.tables == ("disclosure",) and not signs.on_open_government:
        return "other", "It counts permits and penalties as a report does, but says nothing of open government."
    return None


def _to_fill_in(signs: _Signs) -> bool:
    if len(_PLACEHOLDER.findall(signs.text)) >= 2 or signs.lookalike is not None:
        return True
    return signs.written < _TEMPLATE and not (signs.titled and signs.sections and signs.filled_in)


def _by_sections(signs: _Signs) -> Verdict:
    """Headings of a report, but no table: reports before 2014, and tables that are pictures or attached files."""
    if signs.lookalike and not (signs.lookalike.code == "news" and signs.standard >= 4):
        return signs.lookalike.code, signs.lookalike.reason
    shown_elsewhere = signs.document.images or signs.document.attachments
    if signs.written < _TEMPLATE and not signs.filled_in and not shown_elsewhere:
        return "template", "The headings of a report stand there with hardly a word under them."
    if signs.standard >= 3 or signs.titled or "信息公开" in signs.text:
        return None
    return "other", "It has neither the tables nor the title of a report on open government."


def _without_either(signs: _Signs) -> Verdict:
    return (
        _error_page(signs)
        or _correction(signs)
        or _announcement(signs)
        or ((signs.lookalike.code, signs.lookalike.reason) if signs.lookalike else None)
        or _list_page(signs)
        or _unless_narrative(signs)
    )


def _error_page(signs: _Signs) -> Verdict:
    words = load_lookalikes().errors
    first = signs.text[:80] if len(signs.text) <= _ERROR_PAGE else ""
    said = [word for word in words if len(signs.text) <= _ERROR_PAGE and word.replace(" ", "") in signs.title + first]
    # An address or a telephone number may hold 404 or 500: below the title of a report they say nothing.
    if any(not word.isdigit() or word in signs.title or not signs.titled for word in said):
        return "error_page", "The page says that it does not exist or has failed, though it was served as found."
    shown = any(not table.hidden for table in signs.document.tables) or signs.document.links >= _LINKS_OF_A_LIST
    shown = shown or signs.listed >= _REPORTS_OF_A_LIST
    if not (shown or signs.text or signs.document.attachments or signs.document.images):
        return "no_content", "The page has no text, no table, no picture and no file."
    return None


def _correction(signs: _Signs) -> Verdict:
    if any(word in signs.title for word in load_lookalikes().corrections):
        return "correction_notice", "It only says that a report was put right; the report stands elsewhere."
    return None


def _announcement(signs: _Signs) -> Verdict:
    """A title and a file, or a title and pictures. Rows of a list may be files too: the list announces none of them."""
    if len(signs.text) > _ANNOUNCEMENT or (signs.lookalike and signs.lookalike.code != "news"):
        return None
    dated = _YEAR.search(signs.title)
    if not dated and signs.document.links - len(signs.document.attachments) >= _ROWS_OF_A_LIST:
        return None
    files = [
        attachment
        for attachment in signs.document.attachments
        if _names_report(attachment.label) or (_names_report(signs.title) and _DOCUMENT_FILE.search(attachment.url))
    ]
    if files:
        return "attachment_only", "The page carries only the title of a report and links the report as a file."
    if signs.document.images and signs.titled:
        return "image_only", "The page shows the report only as pictures, which can't be read."
    return None


def _list_page(signs: _Signs) -> Verdict:
    links = signs.document.links
    short = links >= _REPORTS_OF_A_LIST and signs.listed >= _REPORTS_OF_A_LIST
    # Below each title a list may say how the report begins.
    summed_up = signs.listed >= _ROWS_OF_A_LIST and not _YEAR.search(signs.title)
    if not (short or links >= _LINKS_OF_A_LIST) or (len(signs.text) > links * 80 and not summed_up):
        return None
    if re.search(r"(?:首页|门户网站|政府网|人民政府|网站)$", signs.title) and not _names_report(signs.title):
        return "home_page", "It is the entrance of a web site, not a report."
    return "list_page", "It is a list of links to other pages, not a report."


def _unless_narrative(signs: _Signs) -> Verdict:
    """Short reports of the first years run without headings; the title must then be that of a report and no more."""
    topics = ("主动公开" in signs.text) + ("申请" in signs.text) + ("复议" in signs.text)
    told = len(signs.text) >= _NARRATIVE or (signs.dated and _FIGURE.search(signs.text))
    if signs.titled and told and topics >= 2:
        return None
    if _ANNOUNCES.search(signs.title) and _names_report(signs.title):
        return "news", "It is news about reports, not a report."
    return "other", "Neither the tables nor the sections of a report stand in it."


@lru_cache(maxsize=2048)
def _names_report(title: str) -> bool:
    plain = re.sub(r"\s", "", title)
    return any(word in plain for word in load_lookalikes().report_titles)


@lru_cache(maxsize=2048)
def is_report_title(title: str) -> bool:
    """Whether the title ends as that of a report, and nothing in front says that it is about one."""
    plain = _CLOSING.sub("", re.sub(r"\s", "", title))
    if not plain.endswith(load_lookalikes().report_titles):
        return False
    return _lookalike(title) is None and not _ANNOUNCES.search(plain)


@lru_cache(maxsize=2048)
def _lookalike(title: str) -> Lookalike | None:
    """What the words of the title say that it is. The name of a body may hold such a word (考核中心, 培训学校): in
    a title that ends as a report's does, only its first word counts (图解：…)."""
    plain = re.sub(r"\s", "", title)
    closed = _CLOSING.sub("", plain)
    first = _FIRST_WORD.match(plain)
    if closed.endswith(load_lookalikes().report_titles):
        words = first["word"] if first else ""
        words += "".join(plain[: len(word)] for kind in _kinds() for word in kind.titles if plain.startswith(word))
        words += plain[len(closed) :]
    else:
        words = plain
    return next(
        (
            kind
            for kind in _kinds()
            if (any(word in (plain if kind.anywhere else words) for word in kind.titles) or _is_of_body(plain, kind))
            and not any(word in plain for word in kind.unless)
        ),
        None,
    )


def _is_of_body(title: str, kind: Lookalike) -> bool:
    """Whether the name in front of the year, or of what the title says, ends as that of such a body."""
    return any(
        _NAME_ENDS.match(title, found.end()) for body in kind.bodies for found in re.finditer(re.escape(body), title)
    )


@lru_cache(maxsize=2048)
def _lists_report(line: str) -> bool:
    """Whether the line of a list names a report; its date may stand behind."""
    return is_report_title(_DATE_BEHIND.sub("", line))


def _kinds() -> tuple[Lookalike, ...]:
    return load_lookalikes().lookalikes
