"""Numbers that the running text gives for what a table says too (text.requests, text.disputes, text.fees).

Only sentences that can mean nothing else are read: a false alarm costs more than a silent miss. A statement is held
against the table only where all such sentences of the report agree, and it may mean any of a few cells.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipelines.forms.value import AMOUNT_UNITS, chinese_number
from pipelines.report import Cell, Finding, Section

# Without one of these no pattern below matches.
_WORTH_READING = re.compile(r"收到|接到|接收|新收|受理|行政复议|行政诉讼|行政事业")
_SPACES = " \t\u3000\xa0"
_WIDE = re.compile("[０-９]")
_WIDE_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
_CLAUSE_ENDS = "；;！\n"  # and the full stop
# What follows counts a part of the thing, or tells it apart.
_OF_WHICH = re.compile(r"其中|包括|分别")
_PART = re.compile(
    r"本级|所属|下属|事业单位|季度|半年|月份|各[县区市镇乡街部单]|上年|去年|往年|同期|结转|网上|网络|当面|信函|传真|邮|累计|以来|主动撤|[局市区县直]属|减免|取消|减少|降低|停征|败诉"
    r"|近[一二两三四五六七八九十几0-9]+年|年来|[两三四五六七八九十]年[共总合]|每(?:收|接|受|新|[十百千万])|均每|[月日]均|[0-9]月"
    r"|[件条宗份起例](?:(?:以|及以)[上下内]|左右|上下)|全系统|下设|(?<!本)机关(?:共|共计)?[收接]|各[^，]{1,4}(?:单位|部门)"
    r"|[省市县区州]直(?:单位|部门|机关)|(?:在线|书面|现场|窗口|口头)(?:形式|方式)?[收接受]|复议机关|直接起诉|复议后|免征|代收"
)
# Counts of another thing, said beside the one that is meant.
_ASIDE = re.compile(
    r"(?:上年|上一年)度?结转[^，,]{0,20}?[0-9]+[件条宗份起例]?|(?:较|比|与|同)(?:上年|去年|上一年|往年|20[0-9]{2}年)[^，]*|同比[^，]*"
)
_YEAR = re.compile(r"20[0-9]{2}(?=年)")
# The months of a whole year tell no part of it.
_WHOLE_YEAR = re.compile(r"(?<![0-9])1(?:月(?:1日)?起?)?[至到—~～-]+(?:20[0-9]{2}年)?12月(?:31日|底)?|12月(?:31日|底)")
_NUMBER = r"(?P<count>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,9}(?:\.[0-9]+)?|[零一二两三四五六七八九十百千]{1,7})"
_COUNT = rf"{_NUMBER}[件条宗份起例]"
_WHO = (
    r"(?:各类|各种|任何形式|任何)?(?:的)?(?:社会)?(?:公民、?法人(?:和|或者?|及|与)其他组织|自然人(?:和|、)法人|公众|群众|市民|申请人)?"
    r"(?:提出|提交|递交)?(?:的)?"
)
_OPENNESS = r"(?:依申请公开|政府信息公开|信息公开)(?:政府信息|信息)?(?:的)?"
_SUM = r"(?:数量|总数)?(?:共|共计|总计|合计|为)?"
_REQUESTS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:收到|接到|接收|新收)到?(?:的)?{_WHO}{_OPENNESS}申请{_SUM}{_COUNT}",
        rf"(?:收到|接到|新收|受理){_COUNT}(?:依申请公开|(?:政府)?信息公开申请)",
        rf"(?:收到|接到)依申请公开(?:件|事项)?{_SUM}{_COUNT}",
        rf"(?:收到|接到|共受理)依申请公开(?:政府)?信息(?:申请)?{_COUNT}",
    )
)
_NO_REQUESTS = re.compile(
    rf"(?:未|没有)(?:收到|接到|接收)(?:和受理|或受理)?{_WHO}(?:{_OPENNESS}申请|依申请公开(?:件|事项)?$)"
)
_CAUSE = (
    r"(?<!政府)(?<!答复)(?<!办结)(?<!审结)(?<!应对)(?:因|涉及|针对|有关)?(?:政府)?信息公开(?:工作|类|方面|事项)?(?:申请)?(?:而)?"
    r"(?:被申请|被提起|提起|引起的?|引发的?|产生的?|申请|的)?(?:的)?"
)
_REVIEWED = re.compile(rf"{_CAUSE}行政复议(?:案件|申请)?{_SUM}{_COUNT}")
_SUED = re.compile(
    rf"(?:{_CAUSE}|提起|{_CAUSE}行政复议(?:案件|申请)?[0-9]+[件起宗例][，、和]?)行政诉讼(?:案件)?{_SUM}{_COUNT}"
)
_BOTH = rf"{_CAUSE}行政复议(?:、|和|及|或|以及)(?:被)?(?:提起)?(?:的)?行政诉讼"
_NO_DISPUTES = re.compile(
    rf"(?:未|没有|无)(?:发生|出现|收到|产生)?{_BOTH}(?:的)?(?:案件|情况|事项|情形|事件)?$|{_BOTH}(?:案件)?(?:数量)?(?:均为|为|均)[0零][件起]?$"
)
_FEE = r"行政事业性收费(?:总)?(?:金额|总额|收入)?"
_FEES = re.compile(rf"(?<!全[省市县区州])(?<!全国){_FEE}(?:共|共计|合计|为|总计)*{_NUMBER}(?P<unit>亿元|万元|元)")
_NO_FEES = re.compile(r"(?:无|没有)行政事业性收费(?:项目)?$")
_FEE_ITEMS = re.compile(r"行政事业性?收费(?:项目)?(?:共|共计)?(?P<count>[0-9]{1,4})项")

Place = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class _Claim:
    """What the text says, and the sums of cells that it may mean."""

    rule: str
    number: float
    words: str
    meant: tuple[tuple[Place, ...], ...]


def _cells(table: str, column: str, *rows: str) -> tuple[Place, ...]:
    return tuple((table, row, column) for row in rows)


_RECEIVED = (
    _cells("requests", "total", "newly_received"),
    _cells("requests", "total", "newly_received", "carried_over"),
    _cells("statistics", "value", "requests.received"),
)
_RECONSIDERATION = (
    _cells("disputes", "total", "reconsideration"),
    _cells("statistics", "value", "reconsideration.total"),
)
_LITIGATION = (
    _cells("disputes", "total", "litigation_direct", "litigation_after_reconsideration"),
    _cells("statistics", "value", "litigation.total"),
)
_FEE_AMOUNT = (_cells("disclosure", "amount_10k_cny", "fees"),)
_FEE_COUNT = (
    _cells("disclosure", "previous_items", "fees"),
    (("disclosure", "fees", "previous_items"), ("disclosure", "fees", "change")),
)


def statement_findings(cells: Sequence[Cell], sections: Sequence[Section], year: int | None) -> Iterator[Finding]:
    """One warning for each thing of which the text consistently gives another number than the table. Clauses that name
    another year than the report's ``year`` are about that year."""
    claims: dict[tuple[tuple[Place, ...], ...], list[_Claim]] = {}
    for clause in _clauses(sections):
        for claim in _claims(clause):
            named = set(_YEAR.findall(_ASIDE.sub("", clause)))
            if len(named) <= 1 and named <= {str(year)}:
                claims.setdefault(claim.meant, []).append(claim)
    if not claims:
        return
    by_place = {(cell.table, cell.row, cell.column): cell for cell in cells}
    for meant, made in claims.items():
        tabled = [total for places in meant if (total := _total(places, by_place)) is not None]
        if tabled and len({claim.number for claim in made}) == 1 and made[0].number not in tabled:
            yield _finding(made[0], tabled[0], meant[0][0])


def _clauses(sections: Sequence[Section]) -> Iterator[str]:
    """The clauses that are worth reading, white space taken out."""
    text = "\n".join([section.text for section in sections])
    for space in _SPACES:
        text = text.replace(space, "")
    for mark in _CLAUSE_ENDS:
        text = text.replace(mark, "。")
    text += "。"
    end = -1
    for word in _WORTH_READING.finditer(text):
        if word.start() > end:
            start = text.rfind("。", max(end, 0), word.start()) + 1
            end = text.index("。", word.end())
            clause = text[start:end]
            yield clause.translate(_WIDE_DIGITS) if _WIDE.search(clause) else clause


@lru_cache(maxsize=4096)
def _claims(clause: str) -> tuple[_Claim, ...]:
    """What one clause says; remembered, because the same clauses stand in thousands of reports."""
    said, *parts = _OF_WHICH.split(clause)
    whole = _WHOLE_YEAR.sub("", _ASIDE.sub("", said))
    # 全市1200件，其中市本级12件: the table may be that of either.
    if _PART.search(whole) or any("本级" in part for part in parts):
        return ()
    about_openness = "信息公开" in whole or "公开工作" in whole
    sued = _SUED.search(whole) if about_openness else None
    litigation = _claim("text.disputes", sued, _LITIGATION) if sued else ()
    return (*(claim for part in whole.split("，") for claim in _stated(part)), *litigation)


def _stated(part: str) -> Iterator[_Claim]:
    for pattern in _REQUESTS:
        # 财政局收到3件、教育局收到9件: they agree on nothing.
        if made := list(pattern.finditer(part)):
            yield from (claim for found in made for claim in _claim("text.requests", found, _RECEIVED))
            break
    if found := _REVIEWED.search(part):
        yield from _claim("text.disputes", found, _RECONSIDERATION)
    if found := _FEES.search(part):
        yield from _claim("text.fees", found, _FEE_AMOUNT, float(AMOUNT_UNITS[found["unit"]]))
    if found := _FEE_ITEMS.search(part):
        yield from _claim("text.fees", found, _FEE_COUNT)
    if found := _NO_REQUESTS.search(part):
        yield _Claim("text.requests", 0, found[0], _RECEIVED)
    if found := _NO_DISPUTES.search(part):
        yield _Claim("text.disputes", 0, found[0], _RECONSIDERATION)
        yield _Claim("text.disputes", 0, found[0], _LITIGATION)
    if found := _NO_FEES.search(part):
        yield _Claim("text.fees", 0, found[0], _FEE_AMOUNT)


def _claim(
    rule: str, found: re.Match[str], meant: tuple[tuple[Place, ...], ...], scale: float = 1.0
) -> Iterator[_Claim]:
    digits = found["count"].replace(",", "")
    number = float(digits) if digits[0].isdecimal() else chinese_number(digits)
    if number is not None:
        yield _Claim(rule, round(number * scale, 6), found[0], meant)


def _total(places: Sequence[Place], cells: Mapping[Place, Cell]) -> float | None:
    numbers = [cells[place].value if place in cells else None for place in places]
    return (
        None if any(number is None for number in numbers) else sum(number for number in numbers if number is not None)
    )


def _finding(claim: _Claim, tabled: float, place: Place) -> Finding:
    table, row, column = place
    stated, expected = _plain(claim.number), _plain(tabled)
    return Finding(
        claim.rule,
        "warning",
        f"The text says “{claim.words}”, that is {stated}; the table says {expected} ({table}, {row}, {column}).",
        f"正文称“{claim.words}”，即{stated}；表中为{expected}。",
        table=table,
        row=row,
        column=column,
        stated=stated,
        expected=expected,
    )


def _plain(number: float) -> int | float:
    return int(number) if number == int(number) else number
