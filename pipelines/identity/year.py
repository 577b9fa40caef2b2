"""The statistical year: from the title, the stated period, the text, and as a last resort the dates."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from pipelines.identity.folding import ANY_YEAR, folded, without_citations, year_number
from pipelines.identity.title import LONGEST_TITLE, is_title
from pipelines.report import Finding

_FIRST = 2000
_YEAR = rf"(?P<year>{ANY_YEAR})"
# 2021年1月 is a date and 〔2019〕60号 a document's number: neither is a statistical year.
_NUMBERS = re.compile(r"[〔\[【（]?(?:19|20)\d{2}[〕\]】）]?第?\d+号|\d{5,}")
_DATED = re.compile(rf"(?:{ANY_YEAR})(?:年(?:\d{{1,2}}|[一二三四五六七八九十元]{{1,3}})月|[.\-/]\d{{1,2}}[.\-/])")
_OF_REPORT = re.compile(
    rf"{_YEAR}(?:年度|年|度|)(?:的|本级|市级|全[市省区县])?(?:政府|政务)?(?:信息|政务)?(?:公开|年度报告|报告|年报)"
)
_OF_YEAR = re.compile(rf"{_YEAR}(?:年度|年(?!\d))")
_SPAN = re.compile(rf"{_YEAR}年?(?:至|到|-|—+|~)(?:{ANY_YEAR})年?")
# 2008年5月1日至12月31日 is the first year of the Regulations: a period that ends with its year.
_TO_YEARS_END = re.compile(
    rf"{_YEAR}年\d{{1,2}}月\d{{1,2}}日?(?:起)?(?:至|到|-|—+|~)"
    rf"(?:(?P<end>{ANY_YEAR})年)?12月(?:31日?)?(?!\d)"
)
# 20年政府信息公开年报; two digits count something elsewhere (实施10年).
_TWO_DIGITS = re.compile(
    r"(?<!\d)(?P<year>[012]\d)年度?(?:政府|政务)?(?:信息|政务)?公开(?:工作)?(?:年报|年度(?:工作)?报告)"
)
_BRACKETED = re.compile(rf"（{_YEAR}(?:年度|年)?）")
_ANY = re.compile(_YEAR)
# A whole year from its first month to its last, or named as what the figures are of.
_PERIODS = (
    re.compile(
        rf"{_YEAR}年(?:1|01|一|元)月(?:(?:1|01|一)日)?(?:起|始|开始)?.{{0,3}}?(?:至|到|—+|-+|~|–|～|止)"
        rf"(?P<end>{ANY_YEAR}|当|同|本)?年?(?:12|十二)月(?:31|三十一|(?![\d一二三]))"
    ),
    re.compile(
        rf"{_YEAR}(?P<mark>[.\-/])0?1(?P=mark)0?1日?(?:起|始)?(?:至|到|—+|-+|~|–)(?:(?P<end>{ANY_YEAR})(?P=mark))?12(?P=mark)31"
    ),
    re.compile(rf"统计(?:期限|时间|时限|区间|周期|年度)(?:为|是|:)?{_YEAR}(?P<end>)年度?(?!度?\d)"),
)
_STATED = re.compile(
    rf"{_YEAR}(?:年度|年)[^。]{{0,24}}?(?:政府信息公开|政务公开|信息公开)[^。]{{0,12}}?(?:报告|情况|年报|工作)"
)
_FIRST_WORDS = re.compile(rf"^(?:（[一二三四五]）|[一二三1]、)?{_YEAR}(?:年度?|以来)[,，]", re.MULTILINE)

_WEIGHTS = {"title": 3.0, "period": 3.0, "text": 2.0, "signed": 1.5, "published": 1.0}
_NAMES_ZH = {"title": "标题", "period": "统计期限", "text": "正文", "signed": "落款日期", "published": "发布日期"}


def find_year(
    title: str | None, text: str, signed: date | None, published: date | None, captured: date
) -> tuple[int | None, tuple[Finding, ...]]:
    """The year that the sources speak for together, and the finding ``dates.year`` where they disagree.

    ``text`` is the main text, folded, a line a paragraph; titles among its lines are no witness beside ``title``.
    Signature and publication only speak for the year before them, and only decide where title, period and text are
    silent or contradict each other.
    """
    sources = {
        "title": title_year(title) if title else None,
        "period": _period_year(text),
        "text": _text_year(
            "\n".join(line for line in text.split("\n") if len(line) > LONGEST_TITLE or not is_title(line))
        ),
        "signed": _year_before(signed),
        "published": _year_before(published),
    }
    said = {source: year for source, year in sources.items() if year is not None and _FIRST <= year <= captured.year}
    stated = {source: year for source, year in said.items() if source in ("title", "period", "text")}
    if not stated:
        return _from_dates(said, published)
    votes: dict[int, float] = {}
    for source, year in said.items():
        votes[year] = votes.get(year, 0.0) + _WEIGHTS[source]
    best = max(stated.values(), key=lambda year: (votes[year], year == stated.get("title")))
    if published is not None and published.year <= best:
        # A report can come out late, but not before its year is over.
        stated["published"] = published.year - 1
    return best, (_disagreement(best, stated),) if set(stated.values()) != {best} else ()


def title_year(title: str) -> int | None:
    """The one year that a title gives: the year of the report, not of a notice or a date beside it; None for a span."""
    whole = _NUMBERS.sub(" ", folded(title))
    line = _SPAN.sub(" ", _DATED.sub(" ", whole))
    for pattern in (_OF_REPORT, _BRACKETED, _OF_YEAR, _ANY):
        years = {year for match in pattern.finditer(line) if (year := year_number(match["year"])) is not None}
        if len(years) == 1:
            return years.pop()
        if years:
            return None
    period = _TO_YEARS_END.search(whole)
    if period:
        return year_number(period["year"]) if period["end"] in (None, period["year"]) else None
    short = _TWO_DIGITS.search(line)
    return 2000 + int(short["year"]) if short else None


def _period_year(text: str) -> int | None:
    """The calendar year that the report says its figures cover; None where the period spans several years."""
    for match in (match for pattern in _PERIODS for match in pattern.finditer(text)):
        start, end = year_number(match["year"]), year_number(match["end"] or "")
        if end is None or end == start:
            return start
    return None


def _text_year(text: str) -> int | None:
    """The year that the opening says it reports on, else the year that the text speaks of most, by far."""
    beginning = without_citations(text[:3000])[:1500]
    match = _whole_year(_STATED, beginning) or _whole_year(_FIRST_WORDS, beginning)
    if match:
        return year_number(match["year"])
    counts = Counter(year for year in _running_years(text) if year is not None)
    ranked = counts.most_common(2)
    if not ranked or ranked[0][1] < 3 or (len(ranked) > 1 and ranked[1][1] * 2 > ranked[0][1]):
        return None
    return ranked[0][0]


def _whole_year(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The first match whose year is no end of a longer number."""
    found = pattern.finditer(text)
    return next((match for match in found if not text[max(0, match.start() - 1) : match.start()].isdigit()), None)


def _running_years(text: str) -> Iterator[int | None]:
    """The years that the text speaks of: 2019年 before words, and not before a month or a number."""
    for before, after in pairwise(text.split("年")):
        if (not after or after[0] in ",，" or "一" <= after[0] <= "鿿") and after[1:2] != "月":
            yield year_number(before[-4:])


def _year_before(day: date | None) -> int | None:
    """The year that a report of that day is about: reports come out by March and are corrected until summer."""
    if day is None or day.month > 6:
        return None
    return day.year - 1


def _from_dates(said: dict[str, int], published: date | None) -> tuple[int | None, tuple[Finding, ...]]:
    year = said.get("signed") or said.get("published") or (published.year - 1 if published else None)
    if year is None:
        return None, (
            Finding(
                "dates.year",
                "warning",
                "The statistical year can't be told: title, text and dates give none.",
                "无法判断统计年度：标题、正文和日期均未给出。",
            ),
        )
    return year, (
        Finding(
            "dates.year",
            "warning",
            f"Neither title nor text gives the statistical year; {year} is the year before the report's date.",
            f"标题和正文均未写明统计年度；按报告日期的上一年取 {year} 年。",
            expected=year,
        ),
    )


def _disagreement(best: int, stated: dict[str, int]) -> Finding:
    parts = ", ".join(f"{source} {year}" for source, year in stated.items())
    parts_zh = "，".join(f"{_NAMES_ZH[source]} {year} 年" for source, year in stated.items())
    other = next(year for year in stated.values() if year != best)
    return Finding(
        "dates.year",
        "warning",
        f"The sources of the statistical year disagree: {parts}; {best} is taken.",
        f"统计年度的各处写法不一致：{parts_zh}；取 {best} 年。",
        stated=other,
        expected=best,
    )
