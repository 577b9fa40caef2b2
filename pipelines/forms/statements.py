"""Numbers that the running text gives for what a table says too (text.requests, text.disputes, text.fees).

Only sentences that can mean nothing else are read: a false alarm costs more than a silent miss. A statement is held
against the table only where all such sentences of the report agree, and it may mean any of a few cells.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipelines.report import Cell, Finding, Section

# Without one of these no pattern below matches.
_WORTH_READING = re.compile(r"收到|接到|新收|受理|行政复议|行政诉讼|行政事业")
_SPACES = " \t\u3000\xa0"
_CLAUSE = re.compile(r"[^。；;！\n]+")
_PART = re.compile(
    r"其中|本级|所属|下属|事业单位|季度|半年|月份|各[县区市镇乡街部单]|上年|去年|往年|同期|结转|网上|网络|当面|信函|传真|邮|累计|以来|主动撤"
)
_YEAR = re.compile(r"20[0-9]{2}(?=年)")
_COUNT = r"(?P<count>[0-9]{1,6})[件条宗份起例]"
_REQUESTS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:收到|接到|新收)(?:公民、法人和其他组织)?(?:的)?(?:依申请公开|政府信息公开|信息公开)(?:政府信息|信息)?(?:的)?申请(?:共|共计|总计|数量)?{_COUNT}",
        rf"(?:收到|接到|新收|受理){_COUNT}(?:依申请公开|(?:政府)?信息公开申请)",
        rf"共(?:收到|接到|受理)(?:依申请公开)(?:政府)?信息(?:申请)?{_COUNT}",
    )
)
_NO_REQUESTS = re.compile(
    r"(?:未|没有)(?:收到|接到)(?:和受理|或受理)?(?:任何)?(?:公民、法人和其他组织)?(?:的)?(?:依申请公开|(?:政府)?信息公开)(?:政府信息|信息)?(?:的)?申请"
)
_CAUSE = r"因(?:政府)?信息公开(?:工作)?(?:申请)?(?:而)?(?:被申请|被提起|提起|引起的|引发的|产生的|申请)?(?:的)?"
_REVIEWED = re.compile(rf"{_CAUSE}行政复议(?:案件)?{_COUNT}")
_SUED = re.compile(rf"(?:{_CAUSE}|提起)行政诉讼(?:案件)?{_COUNT}")
_NO_DISPUTES = re.compile(
    rf"(?:未|没有)(?:发生|出现)?{_CAUSE}行政复议(?:、|和|及|或)(?:被)?(?:提起)?行政诉讼(?:案件|情况|事项)?$"
)
_FEES = re.compile(r"行政事业性收费(?:金额|总额)?(?:共|共计|合计|为|总计)?(?P<count>[0-9]{1,9}(?:\.[0-9]+)?)万元")
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


def statement_findings(cells: Mapping[Place, Cell], sections: Sequence[Section], year: int | None) -> Iterator[Finding]:
    """One warning for each thing of which the text consistently gives another number than the table. Clauses that name
    another year than the report's ``year`` are about that year."""
    claims: dict[tuple[tuple[Place, ...], ...], list[_Claim]] = {}
    for section in sections:
        text = section.text
        for space in _SPACES:
            text = text.replace(space, "")
        for clause in _CLAUSE.findall(text):
            for claim in _claims(clause) if _WORTH_READING.search(clause) else ():
                named = set(_YEAR.findall(clause))
                if len(named) <= 1 and named <= {str(year)}:
                    claims.setdefault(claim.meant, []).append(claim)
    for meant, made in claims.items():
        tabled = [total for places in meant if (total := _total(places, cells)) is not None]
        if tabled and len({claim.number for claim in made}) == 1 and made[0].number not in tabled:
            yield _finding(made[0], tabled[0], meant[0][0])


@lru_cache(maxsize=4096)
def _claims(clause: str) -> tuple[_Claim, ...]:
    """What one clause says; remembered, because the same clauses stand in thousands of reports."""
    return () if _PART.search(clause) else tuple(_stated(clause))


def _stated(clause: str) -> Iterator[_Claim]:
    for pattern in _REQUESTS:
        if found := pattern.search(clause):
            yield _Claim("text.requests", int(found["count"]), found[0], _RECEIVED)
            break
    about_openness = "信息公开" in clause or "公开工作" in clause
    for rule, pattern, meant in (
        ("text.disputes", _REVIEWED, _RECONSIDERATION),
        *((("text.disputes", _SUED, _LITIGATION),) if about_openness else ()),
        ("text.fees", _FEES, _FEE_AMOUNT),
        ("text.fees", _FEE_ITEMS, _FEE_COUNT),
    ):
        if found := pattern.search(clause):
            yield _Claim(rule, float(found["count"]), found[0], meant)
    if found := _NO_REQUESTS.search(clause):
        yield _Claim("text.requests", 0, found[0], _RECEIVED)
    if found := _NO_DISPUTES.search(clause):
        yield _Claim("text.disputes", 0, found[0], _RECONSIDERATION)
        yield _Claim("text.disputes", 0, found[0], _LITIGATION)


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
