"""The identities: what holds says nothing, what fails is a finding with place, stated and expected value."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from random import Random

import pytest

from pipelines.forms import Reading, check, check_years, copied_text, read_forms, wording
from pipelines.report import Agency, Finding, Section
from tests.forms.build import document, grid
from tests.forms.layouts import Values, form_rows

Place = tuple[str, str, str]


@dataclass(frozen=True)
class Who:
    agency: Agency | None = None
    year: int | None = 2022
    title: str | None = None
    signed: date | None = None
    published: date | None = None
    findings: tuple[Finding, ...] = ()


def sound(form: str) -> Values:
    """A report of the form in which every identity holds, with few zeros."""
    from config.forms import load_forms

    random = Random(form)
    values = {
        (table, row, column): random.randrange(5)
        for table, shape in load_forms()[form].tables.items()
        for row, column in shape.cells
    }
    if form == "2014":
        _sum_statistics(values)
    else:
        _sum_applications(values)
    return {place: str(number) for place, number in values.items()}


def _sum_applications(values: dict[Place, int]) -> None:
    requests = {(row, column) for table, row, column in values if table == "requests"}
    columns = list(dict.fromkeys(column for _, column in requests))
    rows = list(dict.fromkeys(row for row, _ in requests))
    apart = ("newly_received", "carried_over", "total", "carried_forward")
    for column in columns:
        outcomes = sum(values["requests", row, column] for row in rows if row not in apart)
        values["requests", "total", column] = outcomes
        values["requests", "carried_over", column] = 1
        values["requests", "carried_forward", column] = 2
        values["requests", "newly_received", column] = outcomes + 1
    for row in rows:
        values["requests", row, "total"] = sum(
            values["requests", row, column] for column in columns if column != "total"
        )
    for table, row, column in list(values):
        if table == "disputes" and column == "total":
            values[table, row, column] = sum(
                values[table, row, part] for part in ("upheld", "corrected", "other", "pending")
            )
        if column == "in_force":
            values[table, row, column] = 9
        if column == "total_published":
            values[table, row, column] = 9


def _sum_statistics(values: dict[Place, int]) -> None:
    from config.forms import load_identities

    for rule in load_identities().identities:
        if rule.table == "statistics" and rule.relation == "=":
            parts = sum(values["statistics", part, "value"] for part in rule.expected)
            values["statistics", rule.stated[0], "value"] = parts
    values["statistics", "replies.refused", "value"] = sum(
        number for (_, row, _), number in values.items() if row.startswith("replies.refused_")
    )
    values["statistics", "replies.total", "value"] = sum(
        number
        for (_, row, _), number in values.items()
        if row.startswith("replies.") and not row.startswith("replies.refused_") and row != "replies.total"
    )
    for whole in ("proactive.disclosed_items", "responses.press_conferences", "responses.online_interviews"):
        values["statistics", whole, "value"] = 9


def reading(form: str, values: Values) -> Reading:
    return read_forms(document(*(grid(rows) for rows in form_rows(form, values).values())))


def failed(form: str, values: Values) -> list[tuple[object, ...]]:
    return told(check(reading(form, values), (), Who()))


def told(findings: Iterable[Finding]) -> list[tuple[object, ...]]:
    return [(found.rule, found.severity, found.row, found.column, found.stated, found.expected) for found in findings]


@pytest.mark.parametrize("form", ["2021", "2019", "2014"])
def test_a_sound_report_has_no_findings(form: str) -> None:
    assert failed(form, sound(form)) == []


def _changed(form: str, *place: str, by: int = 1) -> Values:
    values = sound(form)
    table, row, column = place
    values[table, row, column] = str(int(values[table, row, column]) + by)
    return values


def _number(values: Values, *place: str) -> int:
    table, row, column = place
    return int(values[table, row, column])


@pytest.mark.parametrize("form", ["2021", "2019"])
def test_a_wrong_outcome_fails_its_column_and_its_row(form: str) -> None:
    values = _changed(form, "requests", "refused.third_party_rights", "other")
    total = _number(values, "requests", "total", "other")
    row_total = _number(values, "requests", "refused.third_party_rights", "total")
    assert failed(form, values) == [
        ("requests.outcomes", "error", "total", "other", total, total + 1),
        ("requests.applicants", "error", "refused.third_party_rights", "total", row_total, row_total + 1),
    ]


def test_the_balance_of_a_column() -> None:
    values = _changed("2021", "requests", "carried_forward", "natural_person")
    expected = _number(values, "requests", "newly_received", "natural_person") + 1
    assert failed("2021", values)[0] == ("requests.balance", "error", "total", "natural_person", expected + 1, expected)


def test_other_handling_counts_in_both_forms() -> None:
    for form, row in (("2019", "other_handling"), ("2021", "other_handling.fee_unpaid")):
        rules = [rule for rule, *_ in failed(form, _changed(form, "requests", row, "natural_person"))]
        assert rules == ["requests.outcomes", "requests.applicants"]


def test_disputes_and_disclosure() -> None:
    assert failed("2021", _changed("2021", "disputes", "litigation_direct", "pending"))[0][0] == "disputes.total"
    values = sound("2021")
    values["disclosure", "regulations", "in_force"] = "0"
    values["disclosure", "regulations", "issued"] = "3"
    values["disclosure", "regulations", "repealed"] = "1"
    assert failed("2021", values) == [("disclosure.in_force", "warning", "regulations", "in_force", 0, 2)]
    values = sound("2019")
    values["disclosure", "normative_documents", "total_published"] = "1"
    values["disclosure", "normative_documents", "newly_published"] = "4"
    assert failed("2019", values) == [
        ("disclosure.published", "warning", "normative_documents", "total_published", 1, 4)
    ]


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("channels.weibo", "statistics.channels"),
        ("requests.received_by_fax", "statistics.received"),
        ("requests.completed_on_time", "statistics.completed"),
        ("replies.granted", "statistics.replies"),
        ("replies.refused_privacy", "statistics.refused"),
        ("reconsideration.upheld", "statistics.reconsideration"),
        ("litigation.other", "statistics.litigation"),
        ("complaints.corrected", "statistics.complaints"),
        ("deposited.paper", "statistics.deposited"),
        ("organization.staff_part_time", "statistics.staff"),
    ],
)
def test_each_sum_of_the_statistics(row: str, rule: str) -> None:
    (found,) = failed("2014", _changed("2014", "statistics", row, "value"))
    assert (found[0], found[1], found[3]) == (rule, "error", "value")
    assert found[5] == found[4] + 1  # type: ignore[operator]


def test_a_part_is_not_larger_than_its_whole() -> None:
    values = sound("2014")
    values["statistics", "responses.press_conferences_by_head", "value"] = "10"
    assert failed("2014", values) == [
        ("statistics.part_of", "warning", "responses.press_conferences_by_head", "value", 10, 9)
    ]


@pytest.mark.parametrize("printed", ["", "/", "约3"])
def test_a_rule_is_not_assessed_without_its_numbers(printed: str) -> None:
    values = _changed("2021", "requests", "granted", "natural_person")
    values["requests", "refused.state_secret", "natural_person"] = printed
    assert [found for found in failed("2021", values) if found[0] == "requests.outcomes"] == []


def test_counts_are_whole_and_not_negative() -> None:
    values = sound("2019")
    values["disclosure", "licensing", "decisions"] = "12.5"
    values["disclosure", "penalties", "decisions"] = "-3"
    values["disclosure", "fees", "change"] = "减3"
    values["disclosure", "procurement", "amount_10k_cny"] = "168.61"
    found = [(rule, severity, row, column, stated) for rule, severity, row, column, stated, _ in failed("2019", values)]
    assert found == [
        ("counts.whole", "error", "licensing", "decisions", 12.5),
        ("counts.whole", "error", "penalties", "decisions", -3),
    ]


def test_years_are_carried_over() -> None:
    values = sound("2021")
    before: dict[Place, int | None] = {place: int(text) for place, text in sound("2021").items()}
    for (table, row, column), _ in list(before.items()):
        if row == "carried_forward":
            before[table, row, column] = _number(values, table, "carried_over", column)
    for row in ("regulations", "normative_documents"):
        change = _number(values, "disclosure", row, "issued") - _number(values, "disclosure", row, "repealed")
        before["disclosure", row, "in_force"] = 9 - change
    printed = {(cell.table, cell.row, cell.column): cell.value for cell in reading("2021", values).cells}
    assert told(check_years(printed, before)) == []
    before["requests", "carried_forward", "other"] = 7
    before["disclosure", "regulations", "in_force"] = None
    assert told(check_years(printed, before)) == [("years.carried", "warning", "carried_over", "other", 1, 7)]


def test_messages_can_be_checked_by_hand() -> None:
    values = _changed("2021", "disputes", "reconsideration", "total")
    (finding,) = check(reading("2021", values), (), Who())
    total = values["disputes", "reconsideration", "total"]
    assert f"total ({total})" in finding.message
    assert f"“总计” ({total})" in finding.message_zh
    for part in ("upheld", "corrected", "other", "pending"):
        if values["disputes", "reconsideration", part] != "0":
            assert f"({values['disputes', 'reconsideration', part]})" in finding.message_zh


def _dated(agency: str, level: str | None, **given: object) -> list[tuple[str, str, object]]:
    who = Who(agency=Agency(agency, agency, level=level), **given)  # type: ignore[arg-type]
    return [(found.rule, found.severity, found.expected) for found in check(Reading("narrative"), (), who)]


def test_dates() -> None:
    health = "某市卫生健康委员会"
    assert _dated(health, "prefecture", year=2021, published=date(2022, 1, 31)) == []
    assert _dated(health, "prefecture", year=2021, published=date(2022, 2, 1)) == [
        ("dates.deadline", "note", "on or before 2022-01-31")
    ]
    assert _dated("某市人民政府", "prefecture", year=2021, published=date(2022, 2, 1)) == []
    assert _dated("某市人民政府办公室", "prefecture", year=2021, published=date(2022, 4, 2)) == [
        ("dates.deadline", "note", "on or before 2022-03-31")
    ]
    assert _dated(health, "prefecture", year=2017, published=date(2018, 3, 1)) == []
    assert _dated(health, "prefecture", year=2019, signed=date(2019, 1, 16)) == [
        ("dates.signed", "error", "on or after 2019-12-31")
    ]
    assert _dated(health, "prefecture", year=2019, signed=date(2019, 12, 31)) == []
    assert _dated(health, "prefecture", year=2021, title="某局2020年政府信息公开工作年度报告") == [
        ("dates.year", "warning", 2021)
    ]
    assert _dated(health, "prefecture", year=2021, title="某局 2021 年政府信息公开工作年度报告") == []


def test_lateness_is_said_in_days() -> None:
    who = Who(agency=Agency("某局", "某局"), year=2021, published=date(2022, 2, 10))
    (finding,) = check(Reading("narrative"), (), who)
    assert "10 days" in finding.message
    assert "10天" in finding.message_zh


def _said(text: str, form: str = "2021", **changed: int) -> list[tuple[str, object, object]]:
    values = sound(form)
    if form == "2021":
        values["requests", "newly_received", "total"] = "24"
        values["requests", "carried_over", "total"] = "2"
        for row, key in (("reconsideration", "reviewed"), ("litigation_direct", "sued")):
            values["disputes", row, "total"] = str(changed.get(key, 0))
        values["disputes", "litigation_after_reconsideration", "total"] = "0"
        values["disclosure", "fees", "amount_10k_cny"] = "12.5"
    section = Section(1, "总体情况", text)
    return [
        (found.rule, found.stated, found.expected)
        for found in check(reading(form, values), (section,), Who())
        if found.rule.startswith("text.")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "全年共收到政府信息公开申请24件，均按时答复。",
        "2022年共受理依申请公开政府信息24件。",
        "本年收到24条依申请公开。",
        "全年收到政府信息公开申请26件。",  # with those carried over
        "其中，网上收到政府信息公开申请3件。",
        "上年收到政府信息公开申请5件。",
        "各部门收到政府信息公开申请110件。",
        "收到政府信息公开申请24件；本级收到信息公开申请3件。",
        "全市办理行政复议案件58件，行政诉讼案件20件。",
        "因政府信息公开被申请行政复议0件，提起行政诉讼0件。",
        "2022年没有发生因政府信息公开工作被申请行政复议、提起行政诉讼。",
        "行政事业性收费12.5万元。",
        "减免行政事业性收费20万元，取消行政事业性收费5项。",
        "主动公开政府信息318条，办理行政诉讼20件。",
        "依法答复政府信息公开行政复议3件。",
        "办理行政复议案件30件，其中涉及政府信息公开2件。",
        "局属单位收到政府信息公开申请5件。",
        "全年收到政府信息公开申请20余件。",
        "2021年共收到政府信息公开申请9件。",
        "与2021年收到政府信息公开申请9件相比，2022年有所增加。",
        "全市共收到政府信息公开申请1200件，其中市本级24件。",
        "近三年来共收到政府信息公开申请77件。",
        "收到政府信息公开申请5件以上的单位有3家。",
        "每收到1件政府信息公开申请，均严格登记。",
        "财政局收到政府信息公开申请3件、教育局收到政府信息公开申请9件。",
        "全系统共收到政府信息公开申请89件。",
        "三年共收到政府信息公开申请104件。",
        "1-6月收到政府信息公开申请11件。",
        "11月至12月收到政府信息公开申请3件。",
        "截至11月底，共收到政府信息公开申请22件。",
        "收到政府信息公开申请30件左右。",
        "在线收到政府信息公开申请16件，现场收到8件。",
        "局机关收到政府信息公开申请14件，下设机构收到10件。",
        "各责任单位收到政府信息公开申请110件。",
        "县直单位收到政府信息公开申请31件。",
        "每万人收到政府信息公开申请3件。",
        "市政府作为复议机关，收到政府信息公开行政复议申请17件。",
        "未经复议直接起诉的政府信息公开行政诉讼1件。",
        "对小微企业免征行政事业性收费8万元。",
        "全市行政事业性收费收入3.2亿元。",
        "代收行政事业性收费300万元上缴国库。",
        "收到政府信息公开申请18件。截至目前又收到信息公开申请24件。",  # two statements that differ: not unambiguous
    ],
)
def test_text_that_agrees_or_is_not_clear_says_nothing(text: str) -> None:
    assert _said(text) == []


@pytest.mark.parametrize(
    ("text", "rule", "stated", "expected"),
    [
        ("全年共收到政府信息公开申请25件。", "text.requests", 25, 24),
        ("2022年未收到政府信息公开申请。", "text.requests", 0, 24),
        ("年内收到1条依申请公开，均已答复。", "text.requests", 1, 24),
        ("因政府信息公开被申请行政复议3件。", "text.disputes", 3, 0),
        ("因公开工作提起行政诉讼2件。", "text.disputes", 2, 0),
        ("全年行政事业性收费13万元。", "text.fees", 13, 12.5),
        ("我局共收到公民、法人和其他组织提出的政府信息公开申请25件，其中自然人20件。", "text.requests", 25, 24),
        ("上年结转3件，本年新收政府信息公开申请二十五件，较上年减少5件。", "text.requests", 25, 24),
        ("未收到任何形式的政府信息公开申请。", "text.requests", 0, 24),
        ("收到政府信息公开申请1,024件，同比增长3%。", "text.requests", 1024, 24),
        ("涉及政府信息公开的行政复议3件，均已审结。", "text.disputes", 3, 0),
        ("因政府信息公开被申请行政复议0件、行政诉讼2件。", "text.disputes", 2, 0),
        ("行政事业性收费金额为130000元。", "text.fees", 13, 12.5),
        ("2022年收到政府信息公开申请25件，比2021年的35件减少10件。", "text.requests", 25, 24),
        ("2022年1月1日至2022年12月31日，本机关收到政府信息公开申请２５件。", "text.requests", 25, 24),
        ("1-12月，收到政府信息公开申请25件。", "text.requests", 25, 24),
        ("本年度收到依申请公开政府信息25件。", "text.requests", 25, 24),
    ],
)
def test_text_that_differs(text: str, rule: str, stated: float, expected: float) -> None:
    assert _said(text) == [(rule, stated, expected)]


def test_copied_text_is_measured_without_its_numbers() -> None:
    kept = "我局把政务公开作为一项重要工作来抓，2022年主动公开信息318条，内容涵盖政策文件、财政预决算和重点工作。"
    new = "新建成的便民服务大厅设立了政务公开专区，群众可以在现场查阅文件、提出申请并得到工作人员的帮助。"
    before = wording([Section(1, "总体情况", kept.replace("2022", "2021").replace("318", "２９０"))])
    found = copied_text(wording([Section(1, "总体情况", kept), Section(2, "其他", new)]), before)
    assert [(finding.rule, finding.severity, finding.stated) for finding in found] == [("years.copied", "note", 50)]
    assert not copied_text(wording([Section(1, "总体情况", new)]), before)
    assert not copied_text(wording([Section(1, "总体情况", "无。")]), wording([Section(1, "总体情况", "无。")]))
