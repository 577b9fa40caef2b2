"""The statutory tables as an agency prints them: rows of cells with their spans, each value cell with its key.

Written from the forms themselves and deliberately independent of config/forms, so that what the parser reads can be
held against what was printed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Printed:
    """One printed cell; ``key`` is (table, row, column) for a cell that carries a value, None for a label."""

    text: str
    rowspan: int = 1
    colspan: int = 1
    key: Key | None = None


Rows = list[list[Printed]]

APPLICANTS = (
    "natural_person",
    "commercial_enterprise",
    "research_institution",
    "public_welfare_organization",
    "legal_service_organization",
    "other",
    "total",
)
RESULTS = ("upheld", "corrected", "other", "pending", "total")
DISPUTES = ("reconsideration", "litigation_direct", "litigation_after_reconsideration")

# (row key, label) by group, in the order of the form; None stands for a row without a group.
_REFUSED = (
    ("refused.state_secret", "1.属于国家秘密"),
    ("refused.prohibited_by_law", "2.其他法律行政法规禁止公开"),
    ("refused.three_securities_one_stability", "3.危及“三安全一稳定”"),
    ("refused.third_party_rights", "4.保护第三方合法权益"),
    ("refused.internal_affairs", "5.属于三类内部事务信息"),
    ("refused.process_information", "6.属于四类过程性信息"),
    ("refused.enforcement_files", "7.属于行政执法案卷"),
    ("refused.administrative_inquiry", "8.属于行政查询事项"),
)
_UNAVAILABLE = (
    ("unavailable.not_held", "1.本机关不掌握相关政府信息"),
    ("unavailable.requires_creation", "2.没有现成信息需要另行制作"),
    ("unavailable.unclear_after_correction", "3.补正后申请内容仍不明确"),
)
_NOT_PROCESSED = (
    ("not_processed.petition", "1.信访举报投诉类申请"),
    ("not_processed.repeated", "2.重复申请"),
    ("not_processed.publication", "3.要求提供公开出版物"),
    ("not_processed.excessive", "4.无正当理由大量反复申请"),
    ("not_processed.reconfirmation", "5.要求行政机关确认或重新出具已获取信息"),
)
_OTHER_2021 = (
    ("other_handling.no_correction", "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请"),
    ("other_handling.fee_unpaid", "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请"),
    ("other_handling.other", "3.其他"),
)
_PARTIAL = "（二）部分公开（区分处理的，只计这一情形，不计其他情形）"
Groups = list[tuple[str, tuple[tuple[str, str], ...] | str]]


def request_groups(form: str) -> Groups:
    """The outcome rows of table 三: (label, row key) for a row of its own, (label, rows) for a group."""
    other: Groups = [("（六）其他处理", _OTHER_2021 if form == "2021" else "other_handling")]
    return [
        ("（一）予以公开", "granted"),
        (_PARTIAL, "partially_granted"),
        ("（三）不予公开", _REFUSED),
        ("（四）无法提供", _UNAVAILABLE),
        ("（五）不予处理", _NOT_PROCESSED),
        *other,
        ("（七）总计", "total"),
    ]


def outcome_rows(form: str) -> list[str]:
    """Keys of the rows of item three that add up to its total."""
    keys: list[str] = []
    for _, rows in request_groups(form):
        keys.extend([rows] if isinstance(rows, str) else [key for key, _ in rows])
    return keys[:-1]


def tables(form: str, printed: Callable[[Key], str]) -> dict[str, Rows]:
    """The tables of ``form`` in order; ``printed`` gives the text that stands in a value cell."""

    def value(table: str, row: str, column: str, colspan: int = 1) -> Printed:
        key = (table, row, column)
        return Printed(printed(key), colspan=colspan, key=key)

    if form == "2014":
        return {"statistics": _statistics(value)}
    disclosure = _disclosure_2021(value) if form == "2021" else _disclosure_2019(value)
    return {"disclosure": disclosure, "requests": _requests(form, value), "disputes": _disputes(value)}


Value = Callable[..., Printed]


def _disclosure_2021(value: Value) -> Rows:
    def three(label: str, row: str) -> list[Printed]:
        return [Printed(label), *(value("disclosure", row, c) for c in ("issued", "repealed", "in_force"))]

    def one(label: str, row: str, column: str = "decisions") -> list[Printed]:
        return [Printed(label), value("disclosure", row, column, colspan=3)]

    heads = ("本年制发件数", "本年废止件数", "现行有效件数")
    return [
        [Printed("第二十条第（一）项", colspan=4)],
        [Printed("信息内容"), *(Printed(head) for head in heads)],
        three("规章", "regulations"),
        three("行政规范性文件", "normative_documents"),
        [Printed("第二十条第（五）项", colspan=4)],
        [Printed("信息内容"), Printed("本年处理决定数量", colspan=3)],
        one("行政许可", "licensing"),
        [Printed("第二十条第（六）项", colspan=4)],
        [Printed("信息内容"), Printed("本年处理决定数量", colspan=3)],
        one("行政处罚", "penalties"),
        one("行政强制", "compulsory_measures"),
        [Printed("第二十条第（八）项", colspan=4)],
        [Printed("信息内容"), Printed("本年收费金额（单位：万元）", colspan=3)],
        one("行政事业性收费", "fees", "amount_10k_cny"),
    ]


def _disclosure_2019(value: Value) -> Rows:
    made = ("newly_made", "newly_published", "total_published")
    items = ("previous_items", "change", "decisions")

    def three(label: str, row: str, columns: tuple[str, ...]) -> list[Printed]:
        return [Printed(label), *(value("disclosure", row, column) for column in columns)]

    def head(*labels: str) -> list[Printed]:
        return [Printed("信息内容"), *(Printed(label) for label in labels)]

    return [
        [Printed("第二十条第（一）项", colspan=4)],
        head("本年新制作数量", "本年新公开数量", "对外公开总数量"),
        three("规章", "regulations", made),
        three("规范性文件", "normative_documents", made),
        [Printed("第二十条第（五）项", colspan=4)],
        head("上一年项目数量", "本年增/减", "处理决定数量"),
        three("行政许可", "licensing", items),
        three("其他对外管理服务事项", "other_services", items),
        [Printed("第二十条第（六）项", colspan=4)],
        head("上一年项目数量", "本年增/减", "处理决定数量"),
        three("行政处罚", "penalties", items),
        three("行政强制", "compulsory_measures", items),
        [Printed("第二十条第（八）项", colspan=4)],
        [Printed("信息内容"), Printed("上一年项目数量"), Printed("本年增/减", colspan=2)],
        [
            Printed("行政事业性收费"),
            value("disclosure", "fees", "previous_items"),
            value("disclosure", "fees", "change", colspan=2),
        ],
        [Printed("第二十条第（九）项", colspan=4)],
        [Printed("信息内容"), Printed("采购项目数量"), Printed("采购总金额", colspan=2)],
        [
            Printed("政府集中采购"),
            value("disclosure", "procurement", "projects"),
            value("disclosure", "procurement", "amount_10k_cny", colspan=2),
        ],
    ]


def _requests(form: str, value: Value) -> Rows:
    def seven(row: str) -> list[Printed]:
        return [value("requests", row, column) for column in APPLICANTS]

    note = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
    organisations = ("商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他")
    rows: Rows = [
        [Printed(note, rowspan=3, colspan=3), Printed("申请人情况", colspan=7)],
        [Printed("自然人", rowspan=2), Printed("法人或其他组织", colspan=5), Printed("总计", rowspan=2)],
        [Printed(label) for label in organisations],
        [Printed("一、本年新收政府信息公开申请数量", colspan=3), *seven("newly_received")],
        [Printed("二、上年结转政府信息公开申请数量", colspan=3), *seven("carried_over")],
    ]
    groups = request_groups(form)
    height = sum(1 if isinstance(group, str) else len(group) for _, group in groups)
    lead = [Printed("三、本年度办理结果", rowspan=height)]
    for label, group in groups:
        if isinstance(group, str):
            rows.append([*lead, Printed(label, colspan=2), *seven(group)])
        else:
            for number, (key, text) in enumerate(group):
                first = [Printed(label, rowspan=len(group))] if number == 0 else []
                rows.append([*(lead if number == 0 else []), *first, Printed(text), *seven(key)])
        lead = []
    rows.append([Printed("四、结转下年度继续办理", colspan=3), *seven("carried_forward")])
    return rows


def _disputes(value: Value) -> Rows:
    heads = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
    return [
        [Printed("行政复议", colspan=5), Printed("行政诉讼", colspan=10)],
        [
            *(Printed(head, rowspan=2) for head in heads),
            Printed("未经复议直接起诉", colspan=5),
            Printed("复议后起诉", colspan=5),
        ],
        [Printed(head) for _ in range(2) for head in heads],
        [value("disputes", row, column) for row in DISPUTES for column in RESULTS],
    ]


# (row key or None for a heading, indent, label, unit) of the 2014 form, in its order.
STATISTICS: tuple[tuple[str | None, int, str, str], ...] = (
    (None, 0, "一、主动公开情况", ""),
    ("proactive.disclosed_items", 1, "（一）主动公开政府信息数\n（不同渠道和方式公开相同信息计1条）", "条"),
    ("proactive.normative_documents_disclosed", 2, "其中：主动公开规范性文件数", "条"),
    ("proactive.normative_documents_issued", 3, "制发规范性文件总数", "件"),
    ("channels.total", 1, "（二）通过不同渠道和方式公开政府信息的情况", "条"),
    ("channels.gazette", 2, "1.政府公报公开政府信息数", "条"),
    ("channels.website", 2, "2.政府网站公开政府信息数", "条"),
    ("channels.weibo", 2, "3.政务微博公开政府信息数", "条"),
    ("channels.wechat", 2, "4.政务微信公开政府信息数", "条"),
    ("channels.other", 2, "5.其他方式公开政府信息数", "条"),
    (None, 0, "二、回应解读情况", ""),
    ("responses.hot_topics", 1, "（一）回应公众关注热点或重大舆情数\n（不同方式回应同一热点或舆情计1次）", "次"),
    ("responses.channels_total", 1, "（二）通过不同渠道和方式回应解读的情况", "次"),
    ("responses.press_conferences", 2, "1.参加或举办新闻发布会总次数", "次"),
    ("responses.press_conferences_by_head", 2, "其中：主要负责同志参加新闻发布会次数", "次"),
    ("responses.online_interviews", 2, "2.政府网站在线访谈次数", "次"),
    ("responses.online_interviews_by_head", 2, "其中：主要负责同志参加政府网站在线访谈次数", "次"),
    ("responses.interpretations_published", 2, "3.政策解读稿件发布数", "篇"),
    ("responses.social_media_replies", 2, "4.微博微信回应事件数", "次"),
    ("responses.other", 2, "5.其他方式回应事件数", "次"),
    (None, 0, "三、依申请公开情况", ""),
    ("requests.received", 1, "（一）收到申请数", "件"),
    ("requests.received_in_person", 2, "1.当面申请数", "件"),
    ("requests.received_by_fax", 2, "2.传真申请数", "件"),
    ("requests.received_online", 2, "3.网络申请数", "件"),
    ("requests.received_by_letter", 2, "4.信函申请数", "件"),
    ("requests.received_otherwise", 2, "5.其他形式", "件"),
    ("requests.completed", 1, "（二）申请办结数", "件"),
    ("requests.completed_on_time", 2, "1.按时办结数", "件"),
    ("requests.completed_after_extension", 2, "2.延期办结数", "件"),
    ("replies.total", 1, "（三）申请答复数", "件"),
    ("replies.already_public", 2, "1.属于已主动公开范围数", "件"),
    ("replies.granted", 2, "2.同意公开答复数", "件"),
    ("replies.partially_granted", 2, "3.同意部分公开答复数", "件"),
    ("replies.refused", 2, "4.不同意公开答复数", "件"),
    ("replies.refused_state_secret", 3, "其中：涉及国家秘密", "件"),
    ("replies.refused_trade_secret", 3, "涉及商业秘密", "件"),
    ("replies.refused_privacy", 3, "涉及个人隐私", "件"),
    ("replies.refused_security_stability", 3, "危及国家安全、公共安全、经济安全和社会稳定", "件"),
    ("replies.refused_not_government_information", 3, "不是《条例》所指政府信息", "件"),
    ("replies.refused_other_legal", 3, "法律法规规定的其他情形", "件"),
    ("replies.not_this_agency", 2, "5.不属于本行政机关公开数", "件"),
    ("replies.does_not_exist", 2, "6.申请信息不存在数", "件"),
    ("replies.asked_to_amend", 2, "7.告知作出更改补充数", "件"),
    ("replies.other_channel", 2, "8.告知通过其他途径办理数", "件"),
    ("reconsideration.total", 0, "四、行政复议数量", "件"),
    ("reconsideration.upheld", 1, "（一）维持具体行政行为数", "件"),
    ("reconsideration.corrected", 1, "（二）被依法纠错数", "件"),
    ("reconsideration.other", 1, "（三）其他情形数", "件"),
    ("litigation.total", 0, "五、行政诉讼数量", "件"),
    ("litigation.upheld_or_dismissed", 1, "（一）维持具体行政行为或者驳回原告诉讼请求数", "件"),
    ("litigation.corrected", 1, "（二）被依法纠错数", "件"),
    ("litigation.other", 1, "（三）其他情形数", "件"),
    ("complaints.total", 0, "六、被举报投诉数量", "件"),
    ("complaints.upheld", 1, "（一）维持具体行政行为数", "件"),
    ("complaints.corrected", 1, "（二）被纠错数", "件"),
    ("complaints.other", 1, "（三）其他情形数", "件"),
    ("deposited.total", 0, "七、向图书馆、档案馆等查阅场所报送信息数", "条"),
    ("deposited.paper", 1, "（一）纸质文件数", "条"),
    ("deposited.electronic", 1, "（二）电子文件数", "条"),
    (None, 0, "八、机构建设和保障经费情况", ""),
    ("organization.dedicated_units", 1, "（一）政府信息公开工作专门机构数", "个"),
    ("organization.reading_points", 1, "（二）设置政府信息公开查阅点数", "个"),
    ("organization.staff_total", 1, "（三）从事政府信息公开工作人员数", "人"),
    ("organization.staff_full_time", 2, "1.专职人员数（不包括政府公报及政府网站工作人员数）", "人"),
    ("organization.staff_part_time", 2, "2.兼职人员数", "人"),
    (
        "organization.budget_10k_cny",
        1,
        "（四）政府信息公开专项经费（不包括用于政府公报编辑管理及政府网站建设维护等方面的经费）",
        "万元",
    ),
    (None, 0, "九、政府信息公开会议和培训情况", ""),
    ("training.meetings", 1, "（一）召开政府信息公开工作会议或专题会议数", "次"),
    ("training.courses", 1, "（二）举办各类培训班数", "次"),
    ("training.people_trained", 1, "（三）接受培训人员数", "人次"),
)


def _statistics(value: Value) -> Rows:
    rows: Rows = [[Printed("统　计　指　标"), Printed("单位"), Printed("统计数")]]
    for key, indent, label, unit in STATISTICS:
        last = value("statistics", key, "value") if key else Printed("")
        rows.append([Printed("　　" * indent + label), Printed(unit), last])
    return rows


def keys(form: str) -> Iterator[Key]:
    """The keys of every value cell of ``form``, in the order in which they are printed."""
    for rows in tables(form, lambda key: "0").values():
        yield from (cell.key for row in rows for cell in row if cell.key)
