"""The report's own title, and the parts of it that may name the agency."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.documents.model import Document, Paragraph
from pipelines.identity.folding import CHINESE_YEAR, folded
from pipelines.identity.name import Name, read_name

# What makes a line the title of such a report. 公开年报, 公开工作报告, 年度报告（公开） all occur.
REPORT = re.compile(r"(?:政府|政务)?(?:政府)?(?:信息|政务)公开.{0,14}?(?:报告|年报|总结)|(?:年度报告|年报)")
YEAR = re.compile(rf"(?:(?:19|20)\d{{2}}|{CHINESE_YEAR})")
_TOKEN = re.compile(
    rf"(?:(?:19|20)\d{{2}}|{CHINESE_YEAR})年?(?:度|份)?(?:\d{{1,2}}月(?:\d{{1,2}}日)?)?"
    r"|[\[【][^】\]]{0,12}[】\]]|[《》“”\"'「」|_\-—–:：,，;；·/]|^附件?\d*|^(?:图解|一图读懂)"
)
_LEAD = re.compile(
    r"^(?:关于|印发|公布|发布|公开|转发|报送|现将|现|根据|按照|由|附件?\d*|的|将|对|在|与|向|和|第\d+号|\d+[.、]?)+"
)
_END = re.compile(r"(?:关于|印发|公布|发布|的|在|度|开展|做好|推进|本年度)+$")
_STOP = re.compile(r"政府信息公开|政务信息公开|信息公开|政务公开|年度工作报告|年度报告|工作报告|年报|依申请公开")
_LONGEST = 90


@dataclass(frozen=True, slots=True)
class Title:
    """``text`` as printed (an agency line above it included), ``names`` that stand in it, the likeliest first."""

    text: str
    names: tuple[Name, ...]


def find_title(document: Document) -> Title | None:
    """The best title of the document that is a report's, or None: from the given titles, then from the first lines."""
    given = [_from_line(text) for _, text in document.titles if _is_title(text)]
    found = [*given, *_from_lines(document)]
    named = next((title for title in found if title.names), None)
    if named is None:
        return found[0] if found else None
    # The line with the year is the fuller title, where one of them has a name and the other not.
    return named


def _from_lines(document: Document) -> Iterator[Title]:
    """Titles among the first main paragraphs, with the agency line that may stand above or below them."""
    lines = [
        block for block in document.blocks[:25] if isinstance(block, Paragraph) and block.main and block.text.strip()
    ]
    for number, line in enumerate(lines[:15]):
        if not _is_title(line.text):
            continue
        title = _from_line(line.text)
        if not title.names and number and (above := _names_in(folded(lines[number - 1].text))):
            title = Title(lines[number - 1].text + line.text, above)
        elif not title.names and number + 1 < len(lines) and (below := _bracketed(folded(lines[number + 1].text))):
            title = Title(line.text, below)
        yield title


def _is_title(text: str) -> bool:
    """A short line that names a report and ends no sentence."""
    line = folded(text)
    return (
        len(line) <= _LONGEST
        and bool(REPORT.search(line))
        and not line.endswith(("。", ";", "；", "：", ":"))
        and bool("公开" in line or YEAR.search(line))
    )


def _from_line(text: str) -> Title:
    return Title(" ".join(text.split()), title_names(text))


def title_names(text: str) -> tuple[Name, ...]:
    """The names that a title line gives: before the report's words, else in brackets after them, else after a bar."""
    line = folded(text)
    stop = _STOP.search(line)
    before, after = (line[: stop.start()], line[stop.end() :]) if stop else (line, "")
    if before.endswith("人民"):
        # 山亭区人民政府信息公开年报: one 政府 for two words.
        before += "政府"
    return tuple(dict.fromkeys((*_names_in(before), *_bracketed(line), *_names_in(after))))


def _bracketed(line: str) -> tuple[Name, ...]:
    inside = re.findall(r"（([^（）]{2,40})）", line)
    return tuple(name for text in inside if (name := read_name(_LEAD.sub("", text))) is not None)


def _names_in(text: str) -> tuple[Name, ...]:
    """The names among the pieces of ``text`` between years, bars and marks; the mark of the scope stays with them."""
    pieces = [piece for piece in _TOKEN.split(text) if piece]
    found = [name for piece in pieces if (name := read_piece(piece)) is not None]
    if found and len(pieces) > 1 and not found[0].scope:
        joined = read_name("".join((found[0].written, pieces[-1]))) if pieces[-1] != found[0].written else None
        if joined is not None and joined.scope:
            found[0] = joined
    return tuple(found)


def read_piece(piece: str) -> Name | None:
    """The name that a piece of a title or sentence is, without the words that lead to it and away from it."""
    return read_name(piece) or read_name(_END.sub("", _LEAD.sub("", piece)))
