"""What a printed cell says."""

import pytest

from pipelines.forms.value import chinese_number, in_chinese, read_value


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("0", 0),
        ("12", 12),
        ("１２", 12),
        ("1,234", 1234),
        ("1，234", 1234),
        ("12,345,678", 12345678),
        ("1\u2009234", 1234),
        (" 7\u3000", 7),
        ("\u200b7\ufeff", 7),
        ("007", 7),
        ("24.0", 24),
        ("12.5", 12.5),
        ("-3", -3),
        ("－3", -3),
        ("−3", -3),
        ("1.", 1),
        ("0。", 0),
        ("0、", 0),
        ("0件", 0),
        ("3 条", 3),
        ("15人次", 15),
        ("3万", 30000),
        ("1.2万条", 12000),
        ("〇", 0),
        ("零", 0),
        ("十二", 12),
        ("两", 2),
        ("二十", 20),
        ("一百二十", 120),
        ("一百零二", 102),
        ("两千三百零五", 2305),
    ],
)
def test_counts(printed: str, number: float) -> None:
    value = read_value(printed)
    assert (value.state, value.number) == ("number", number)


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("减3", -3),
        ("减少3", -3),
        ("减少了3", -3),
        ("↓3", -3),
        ("-3", -3),
        ("+3", 3),
        ("增3", 3),
        ("增加 3项", 3),
        ("3", 3),
        ("减十", -10),
    ],
)
def test_changes(printed: str, number: int) -> None:
    value = read_value(printed, "change")
    assert (value.state, value.number) == ("number", number)


@pytest.mark.parametrize(
    ("printed", "header_unit", "number", "unit"),
    [
        ("168.61", None, 168.61, None),
        ("9000万", None, 9000, "万"),
        ("9000 万", None, 9000, "万"),
        ("168.61萬元", None, 168.61, "萬元"),
        ("251000元", None, 25.1, "元"),
        ("0.5亿元", None, 5000, "亿元"),
        ("￥1,200.50万元", None, 1200.5, "万元"),
        ("251000", "元", 25.1, None),
        ("25万元", "元", 25, "万元"),
        ("300千元", None, 30, "千元"),
        ("0", None, 0, None),
    ],
)
def test_amounts_are_in_ten_thousands(printed: str, header_unit: str | None, number: float, unit: str | None) -> None:
    value = read_value(printed, "amount", header_unit)
    assert (value.state, value.number, value.unit) == ("number", number, unit)


@pytest.mark.parametrize("printed", ["", " ", "\u3000", "\n", "\u200b", "\xa0"])
def test_blank(printed: str) -> None:
    assert read_value(printed).state == "blank"


@pytest.mark.parametrize(
    "printed",
    ["/", "-", "—", "——", "－", "╱", "\\", "*", "无", "N/A", "无数据", "/ /", "…", "暂无", "×", "无。", "（无）"],
)
def test_marks_are_no_numbers(printed: str) -> None:
    value = read_value(printed)
    assert (value.state, value.number) == ("mark", None)


@pytest.mark.parametrize(
    "printed",
    [
        "约20", "近30", "20余", "10多", "20左右", "3-5", "2~3", "1/2", "2（含1件撤回）", "(3)", "<5", ">1",
        "O", "o", "○", "l", "①", "1²", "3①", "1 2", "1 234", "1\n2", "1,23", "1,2345", "1.2.3", "10%", "1e3", "٣",
        "一百二", "二〇", "一二", "十百", "见附件", "+3", "减3", "2023年", "3项目", "9" * 60,
    ],
)  # fmt: skip
def test_what_is_not_certain_is_unreadable(printed: str) -> None:
    value = read_value(printed)
    assert (value.state, value.number) == ("unreadable", None)
    assert value.reason


@pytest.mark.parametrize("printed", ["251000日元", "3件", "约5万元", "5万余元", "万元", "1 2万元"])
def test_amounts_that_are_not_certain(printed: str) -> None:
    assert read_value(printed, "amount").state == "unreadable"


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("一百一十一", 111),
        ("一千零一", 1001),
        ("一千零一十", 1010),
        ("九千九百九十九", 9999),
        ("一十", 10),
        ("十", 10),
        ("三百", 300),
    ],
)
def test_chinese_numbers(printed: str, number: int) -> None:
    assert chinese_number(printed) == number


def test_every_chinese_number_reads_back() -> None:
    assert [chinese_number(in_chinese(number)) for number in range(10_000)] == list(range(10_000))
