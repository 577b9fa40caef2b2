"""The titles that a document offers, best first."""

import re
from collections.abc import Sequence

from pipelines.documents.normal import compact, fold
from pipelines.documents.plain.rows import is_item

_REPORT = re.compile(r"(?:报告|年报|报表|总结|统计表)(?:\(.{0,20}\))?$")
_AGENCY = re.compile(
    r"[\u4e00-\u9fff]{2,30}(?:局|委|委员会|办|办公室|政府|厅|处|院|站|会|部|队|中心|街道|办事处|乡|镇|公司)$"
)
_YEAR = re.compile(r"20[0-9]{2}年")
HEAD_LINES = 12  # among which a text's title stands
_LONGEST = 80
# What stands between an article's title and the site's name in <title>.
_SITE_SEPARATOR = re.compile(r"\s*[-_|–—｜]{1,3}\s*|\s{2,}|>|»")


def title_of_text(lines: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The title among the first lines of a text: the first that names a report, together with the agency's line above
    it; else the first line, if it is short enough to be one and begins no section."""
    head = [fold(line) for line in lines[:HEAD_LINES]]
    for index, line in enumerate(head):
        if len(line) > _LONGEST or line.endswith(("。", "，", ",")) or not _REPORT.search(compact(line)):
            continue
        above = head[index - 1] if index else ""
        named = above and len(above) <= 40 and _AGENCY.fullmatch(compact(above)) and not line.startswith(above)
        if named or _is_rest(compact(line), compact(above)):
            line = above + line
        return (("text", line),)
    if head and len(head[0]) <= _LONGEST and not head[0].endswith("。") and not is_item(head[0]):
        return (("text", head[0]),)
    return ()


def _is_rest(line: str, above: str) -> bool:
    """Whether the line is the end of a title that begins above: 某某局2021年政府信 / 息公开工作年度报告."""
    whole = ("信息公开" in above + line and "信息公开" not in line) or line == "年度报告"
    return whole and 0 < len(above) <= _LONGEST and _YEAR.search(above) is not None and not above.endswith(("。", ":"))


def without_site(title: str, site_names: Sequence[str] = ()) -> str:
    """The <title> without a site's or column's name: after the last separator, or any of ``site_names``."""
    text = fold(title)
    for name in filter(None, map(fold, site_names)):
        for side in (text.removesuffix(name), text.removeprefix(name)):
            if side != text and len(side) > 4 and side != side.strip(" -_|–—｜·>"):
                text = side.strip(" -_|–—｜·>")
    parts = [part for part in _SITE_SEPARATOR.split(text) if part]
    if len(parts) < 2:
        return text
    named = [part for part in parts if _REPORT.search(compact(part))]
    return max(named or parts[:1], key=len)
