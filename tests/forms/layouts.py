"""The statutory forms as portals print them: rows of cells with spans, filled with given values."""

from collections.abc import Callable, Sequence
from random import Random

from config.forms import load_forms
from pipelines.documents.model import Table
from tests.forms.build import Given, grid, lines

Values = dict[tuple[str, str, str], str]
Rows = list[list[Given]]

_OUTCOMES_2019 = (
    ("（一）予以公开", ("granted",)),
    ("（二）部分公开（区分处理的，只计这一情形，不计其他情形）", ("partially_granted",)),
)
_GROUPS = (("（三）不予公开", "refused."), ("（四）无法提供", "unavailable."), ("（五）不予处理", "not_processed."))


def random_values(form: str, random: Random, largest: int = 99) -> Values:
    """A number as text for every cell of the form, mostly small."""
    return {
        (table, row, column): str(random.choice((0, 0, 1, 2, random.randrange(largest + 1))))
        for table, shape in load_forms()[form].tables.items()
        for row, column in shape.cells
    }


def disclosure_rows(form: str, values: Values) -> Rows:
    shape = load_forms()[form].tables["disclosure"]
    blocks: list[tuple[tuple[str, ...], list[str]]] = []
    for key, row in shape.rows.items():
        columns = row.columns or ()
        if not blocks or blocks[-1][0] != columns or key == "penalties":
            blocks.append((columns, []))
        blocks[-1][1].append(key)
    rows: Rows = []
    for subhead, (columns, keys) in zip(shape.subheads, blocks, strict=True):
        span = 3 // len(columns) if len(columns) != 2 else 1
        rows.append([(subhead, 1, 4)])
        rows.append(["信息内容", *((shape.columns[column].label, 1, span) for column in columns)])
        for key in keys:
            cells = [(values["disclosure", key, column], 1, span) for column in columns]
            rows.append([shape.rows[key].label, *cells])
    return rows


def requests_head() -> Rows:
    return [
        [("（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）", 3, 3), ("申请人情况", 1, 7)],
        [("自然人", 2, 1), ("法人或其他组织", 1, 5), ("总计", 2, 1)],
        ["商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他"],
    ]


def requests_rows(form: str, values: Values) -> Rows:
    shape = load_forms()[form].tables["requests"]
    printed = {key: [values["requests", key, column] for column in shape.columns] for key in shape.rows}
    rows = requests_head()
    rows.append([("一、本年新收政府信息公开申请数量", 1, 3), *printed["newly_received"]])
    rows.append([("二、上年结转政府信息公开申请数量", 1, 3), *printed["carried_over"]])
    outcome: Rows = [[("（一）予以公开", 1, 2), *printed["granted"]]]
    outcome.append([("（二）部分公开（区分处理的，只计这一情形，不计其他情形）", 1, 2), *printed["partially_granted"]])
    groups = _GROUPS + ((("（六）其他处理", "other_handling."),) if form == "2021" else ())
    for label, prefix in groups:
        members = [key for key in shape.rows if key.startswith(prefix)]
        for i, key in enumerate(members):
            head: list[Given] = [(label, len(members), 1)] if i == 0 else []
            outcome.append([*head, f"{i + 1}.{shape.rows[key].label}", *printed[key]])
    if form == "2019":
        outcome.append([("（六）其他处理", 1, 2), *printed["other_handling"]])
    outcome.append([("（七）总计", 1, 2), *printed["total"]])
    outcome[0].insert(0, ("三、本年度办理结果", len(outcome), 1))
    rows += outcome
    rows.append([("四、结转下年度继续办理", 1, 3), *printed["carried_forward"]])
    return rows


def disputes_rows(form: str, values: Values) -> Rows:
    shape = load_forms()[form].tables["disputes"]
    results = [column.label for column in shape.columns.values()]
    first: list[Given] = [(label, 2, 1) for label in results]
    return [
        [("行政复议", 1, 5), ("行政诉讼", 1, 10)],
        [*first, ("未经复议直接起诉", 1, 5), ("复议后起诉", 1, 5)],
        [*results, *results],
        [values["disputes", row, column] for row, column in shape.cells],
    ]


_STATISTICS_HEADS = {
    "proactive.disclosed_items": "一、主动公开情况",
    "responses.hot_topics": "二、回应解读情况",
    "requests.received": "三、依申请公开情况",
    "organization.dedicated_units": "八、机构建设和保障经费情况",
    "training.meetings": "九、政府信息公开会议和培训情况",
}


def statistics_rows(values: Values) -> Rows:
    shape = load_forms()["2014"].tables["statistics"]
    rows: Rows = [["统　计　指　标", "单  位", "统计数"]]
    for key, row in shape.rows.items():
        if key in _STATISTICS_HEADS:
            rows.append([_STATISTICS_HEADS[key], "", ""])
        unit = "万元" if key.endswith("cny") else "件"
        rows.append([row.label, unit, values["statistics", key, "value"]])
    return rows


def form_rows(form: str, values: Values) -> dict[str, Rows]:
    """The rows of every table of the form by table key."""
    if form == "2014":
        return {"statistics": statistics_rows(values)}
    return {
        "disclosure": disclosure_rows(form, values),
        "requests": requests_rows(form, values),
        "disputes": disputes_rows(form, values),
    }


def text(given: Given) -> str:
    return given if isinstance(given, str) else given[0]


def change_texts(rows: Rows, change: Callable[[str], str]) -> Rows:
    """The same rows with every text changed."""
    return [
        [change(given) if isinstance(given, str) else (change(given[0]), given[1], given[2]) for given in line]
        for line in rows
    ]


def without_rowspans(rows: Rows) -> Rows:
    return [[given if isinstance(given, str) else (given[0], 1, given[2]) for given in line] for line in rows]


def without_colspans(rows: Rows) -> Rows:
    return [[given if isinstance(given, str) else (given[0], given[1], 1) for given in line] for line in rows]


def spans_lost(rows: Rows) -> list[list[str]]:
    """Each cell once, as plain text has it."""
    return [[text(given) for given in line] for line in rows]


def spans_lost_with_gaps(rows: Rows) -> list[list[str]]:
    """Plain text that leaves an empty cell for each place that a span covers."""
    table = grid(rows)
    result = [["" for _ in range(table.width)] for _ in range(table.height)]
    for cell in table.cells:
        result[cell.row][cell.column] = cell.text
    return result


def spans_lost_padded(rows: Rows, width: int) -> list[list[str]]:
    """Plain text whose rows are filled up with empty cells at the end."""
    return [line + [""] * (width - len(line)) for line in spans_lost(rows)]


def spans_written_out(rows: Rows) -> list[list[str]]:
    """Every place that a span covers holds the text again."""
    table = grid(rows)
    result = [["" for _ in range(table.width)] for _ in range(table.height)]
    for cell in table.cells:
        for row in range(cell.row, cell.row + cell.rowspan):
            for column in range(cell.column, cell.column + cell.colspan):
                result[row][column] = cell.text
    return result


LAYOUTS: dict[str, Callable[[Rows], Sequence[Table]]] = {
    "grid": lambda rows: [grid(rows)],
    "no rowspans": lambda rows: [grid(without_rowspans(rows))],
    "no colspans": lambda rows: [grid(without_colspans(rows))],
    "no spans": lambda rows: [grid(without_rowspans(without_colspans(rows)))],
    "lost": lambda rows: [lines(spans_lost(rows))],
    "lost with gaps": lambda rows: [lines(spans_lost_with_gaps(rows))],
    "lost and padded": lambda rows: [lines(spans_lost_padded(rows, grid(rows).width))],
    "spans written out": lambda rows: [grid(spans_written_out(rows))],
    "empty cells for spans": lambda rows: [grid(spans_lost_with_gaps(rows))],
}
