"""The statutory tables as grids, to be printed in any format by the tests: labels, spans, and numbers of ours.

Layouts after 国办公开办函〔2019〕60号 and 〔2021〕30号; every number is different where it can be, so that a number
in a neighbour's place is seen.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.documents.model import GridCell


@dataclass(frozen=True)
class Statutory:
    """One table: its cells, and from which row on numbers stand in it."""

    name: str
    cells: tuple[GridCell, ...]
    height: int
    width: int

    def texts(self) -> dict[tuple[int, int, int, int], str]:
        """Bare text by (row, column, rowspan, colspan)."""
        return grid_texts(self.cells)


def grid_texts(cells: Iterable[GridCell]) -> dict[tuple[int, int, int, int], str]:
    return {(cell.row, cell.column, cell.rowspan, cell.colspan): "".join(cell.text.split()) for cell in cells}


class _Rows:
    """Lays cells out as HTML does: each goes to the first free column of its row."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.cells: list[GridCell] = []
        self._taken: set[tuple[int, int]] = set()
        self._row = -1

    def row(self, *cells: str | tuple[str, int, int]) -> None:
        """Cells are a text, or (text, rowspan, colspan)."""
        self._row += 1
        column = 0
        for cell in cells:
            text, rowspan, colspan = (cell, 1, 1) if isinstance(cell, str) else cell
            while (self._row, column) in self._taken:
                column += 1
            self.cells.append(GridCell(text, self._row, column, rowspan, colspan))
            self._taken.update(
                (self._row + down, column + across) for down in range(rowspan) for across in range(colspan)
            )
        missing = [column for column in range(self.width) if (self._row, column) not in self._taken]
        assert not missing, (self._row, missing)

    def table(self, name: str) -> Statutory:
        return Statutory(name, tuple(self.cells), self._row + 1, self.width)


def disclosure_2021(first: int = 101) -> Statutory:
    number = iter(range(first, first + 100))
    rows = _Rows(4)
    head = ("信息内容", "本年制发件数", "本年废止件数", "现行有效件数")
    rows.row(("第二十条第（一）项", 1, 4))
    rows.row(*head)
    for label in ("规章", "行政规范性文件"):
        rows.row(label, *(str(next(number)) for _ in range(3)))
    rows.row(("第二十条第（五）项", 1, 4))
    rows.row("信息内容", ("本年处理决定数量", 1, 3))
    rows.row("行政许可", (str(next(number)), 1, 3))
    rows.row(("第二十条第（六）项", 1, 4))
    rows.row("信息内容", ("本年处理决定数量", 1, 3))
    for label in ("行政处罚", "行政强制"):
        rows.row(label, (str(next(number)), 1, 3))
    rows.row(("第二十条第（八）项", 1, 4))
    rows.row("信息内容", ("本年收费金额（单位：万元）", 1, 3))
    rows.row("行政事业性收费", ("168.61", 1, 3))
    return rows.table("disclosure_2021")


def disclosure_2019(first: int = 201) -> Statutory:
    """Twelve narrow columns under it all: rows of four and rows of three columns of equal width."""
    number = iter(range(first, first + 100))
    rows = _Rows(6)

    def four(*texts: str) -> None:
        rows.row((texts[0], 1, 1), (texts[1], 1, 2), (texts[2], 1, 2), (texts[3], 1, 1))

    def three(*texts: str) -> None:
        rows.row((texts[0], 1, 2), (texts[1], 1, 2), (texts[2], 1, 2))

    def count() -> str:
        return str(next(number))

    rows.row(("第二十条第（一）项", 1, 6))
    four("信息内容", "本年新制作数量", "本年新公开数量", "对外公开总数量")
    four("规章", count(), count(), count())
    four("规范性文件", count(), count(), count())
    rows.row(("第二十条第（五）项", 1, 6))
    four("信息内容", "上一年项目数量", "本年增/减", "处理决定数量")
    four("行政许可", count(), "减3", count())
    four("其他对外管理服务事项", count(), "", count())
    rows.row(("第二十条第（六）项", 1, 6))
    four("信息内容", "上一年项目数量", "本年增/减", "处理决定数量")
    four("行政处罚", count(), "-12", count())
    four("行政强制", count(), "0", count())
    rows.row(("第二十条第（八）项", 1, 6))
    three("信息内容", "上一年项目数量", "本年增/减")
    three("行政事业性收费", count(), "无")
    rows.row(("第二十条第（九）项", 1, 6))
    three("信息内容", "采购项目数量", "采购总金额")
    three("政府集中采购", count(), "9000万")
    return rows.table("disclosure_2019")


_REFUSED = (
    "1.属于国家秘密",
    "2.其他法律行政法规禁止公开",
    "3.危及“三安全一稳定”",
    "4.保护第三方合法权益",
    "5.属于三类内部事务信息",
    "6.属于四类过程性信息",
    "7.属于行政执法案卷",
    "8.属于行政查询事项",
)
_UNAVAILABLE = ("1.本机关不掌握相关政府信息", "2.没有现成信息需要另行制作", "3.补正后申请内容仍不明确")
_NOT_PROCESSED = (
    "1.信访举报投诉类申请",
    "2.重复申请",
    "3.要求提供公开出版物",
    "4.无正当理由大量反复申请",
    "5.要求行政机关确认或重新出具已获取信息",
)
_OTHER_2021 = (
    "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
    "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
    "3.其他",
)


def requests(form: str = "2021", first: int = 1001, blank: bool = False) -> Statutory:
    number = iter(range(first, first + 1000))
    rows = _Rows(10)

    def counts() -> list[str]:
        return ["" if blank else str(next(number)) for _ in range(7)]

    def group(label: str, items: tuple[str, ...], *before: tuple[str, int, int]) -> None:
        for index, item in enumerate(items):
            lead = [*before, (label, len(items), 1)] if index == 0 else []
            rows.row(*lead, item, *counts())

    height = 20 if form == "2019" else 22
    rows.row(("（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）", 3, 3), ("申请人情况", 1, 7))
    rows.row(("自然人", 2, 1), ("法人或其他组织", 1, 5), ("总计", 2, 1))
    rows.row("商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他")
    rows.row(("一、本年新收政府信息公开申请数量", 1, 3), *counts())
    rows.row(("二、上年结转政府信息公开申请数量", 1, 3), *counts())
    rows.row(("三、本年度办理结果", height, 1), ("（一）予以公开", 1, 2), *counts())
    rows.row(("（二）部分公开（区分处理的，只计这一情形，不计其他情形）", 1, 2), *counts())
    group("（三）不予公开", _REFUSED)
    group("（四）无法提供", _UNAVAILABLE)
    group("（五）不予处理", _NOT_PROCESSED)
    if form == "2019":
        rows.row(("（六）其他处理", 1, 2), *counts())
    else:
        group("（六）其他处理", _OTHER_2021)
    rows.row(("（七）总计", 1, 2), *counts())
    rows.row(("四、结转下年度继续办理", 1, 3), *counts())
    return rows.table(f"requests_{form}")


def disputes(first: int = 11) -> Statutory:
    rows = _Rows(15)
    columns = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
    rows.row(("行政复议", 1, 5), ("行政诉讼", 1, 10))
    rows.row(*((label, 2, 1) for label in columns), ("未经复议直接起诉", 1, 5), ("复议后起诉", 1, 5))
    rows.row(*columns, *columns)
    rows.row(*(str(first + index) for index in range(15)))
    return rows.table("disputes")


_STATISTICS = (
    ("一、主动公开情况", "——", None),
    ("（一）主动公开政府信息数", "条", 1),
    ("其中：主动公开规范性文件数", "条", 1),
    ("制发规范性文件总数", "件", 1),
    ("（二）通过不同渠道和方式公开政府信息的情况", "——", None),
    ("1.政府公报公开政府信息数", "条", 1),
    ("2.政府网站公开政府信息数", "条", 1),
    ("3.政务微博公开政府信息数", "条", 1),
    ("4.政务微信公开政府信息数", "条", 1),
    ("5.其他方式公开政府信息数", "条", 1),
    ("二、回应解读情况", "——", None),
    ("（一）回应公众关注热点或重大舆情数", "次", 1),
    ("（二）通过不同渠道和方式回应解读的情况", "——", None),
    ("1.参加或举办新闻发布会总次数", "次", 1),
    ("其中：主要负责同志参加新闻发布会次数", "次", 1),
    ("三、依申请公开情况", "——", None),
    ("（一）收到申请数", "件", 1),
    ("1.当面申请数", "件", 1),
    ("2.传真申请数", "件", 1),
    ("3.网络申请数", "件", 1),
    ("4.信函申请数", "件", 1),
    ("（二）申请办结数", "件", 1),
    ("1.按时办结数", "件", 1),
    ("2.延期办结数", "件", 1),
    ("四、行政复议数量", "件", 1),
    ("五、行政诉讼数量", "件", 1),
    ("（一）维持具体行政行为或者驳回原告诉讼请求数", "件", 1),
    ("六、举报投诉数量", "件", 1),
    ("（三）经费投入", "万元", 1),
)


def statistics(first: int = 501) -> Statutory:
    """The 2014 form: label, unit, value; every fifth value is left blank."""
    rows = _Rows(3)
    rows.row("统计指标", "单位", "统计数")
    for index, (label, unit, value) in enumerate(_STATISTICS):
        printed = "" if value is None or index % 5 == 0 else str(first + index)
        rows.row(label, unit, printed)
    return rows.table("statistics")


def all_tables() -> tuple[Statutory, ...]:
    return (
        disclosure_2021(),
        disclosure_2019(),
        requests("2019"),
        requests("2021"),
        disputes(),
        statistics(),
    )
